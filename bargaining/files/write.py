"""Writing a game in one of the formats that can be read.

What a format cannot hold is an error that names it; what is lost without harm is a warning.
Every text is read back before it is handed out, and must give the same game.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from bargaining.errors import BargainingError, InputError, NotSupportedError
from bargaining.files.build import build
from bargaining.files.document import document_of, same_game
from bargaining.files.layout import json_text, toml_text
from bargaining.files.nfg import read_nfg, write_nfg
from bargaining.files.scores import read_scores, write_scores
from bargaining.files.toml import parse
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.model.spelling import show, suggestion
from bargaining.model.transfers import without_transfers

Format = Literal["toml", "json", "nfg", "csv"]
Body = Literal["payoffs", "outcomes"]
TALK = ("question", "source", "claims", "expected")
"""Parts of a game file that change no answer."""


@dataclass(frozen=True)
class Written:
    """A game as text.

    Attributes
    ----------
    text : str
    warnings : tuple of str
        What the format leaves out.
    """

    text: str
    warnings: tuple[str, ...] = ()


def write(
    game: LinkageGame, to: Format, *, issue: str | None = None, body: Body = "payoffs"
) -> Written:
    """Write a game.

    Parameters
    ----------
    game : LinkageGame
    to : {"toml", "json", "nfg", "csv"}
    issue : str, optional
        The issue to write, for ``"nfg"``; needed if there are several.
    body : {"payoffs", "outcomes"}
        Which of Gambit's two ways to state payoffs.

    Raises
    ------
    NotSupportedError
        If the format cannot hold the game.
    InputError
        If an argument is wrong.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]]], players=["us", "mexico"])
    >>> print(write(game, "csv").text, end="")
    issue,option,us,mexico,status_quo
    0,0,0,0,x
    0,1,-4,6,
    """
    if to not in get_args(Format):
        msg = f"format: expected one of {', '.join(get_args(Format))}, found {show(to)}"
        raise InputError(msg)
    if to != "nfg" and issue is not None:
        msg = f"issue: expected none, since .{to} holds all issues; only .nfg needs one"
        raise InputError(msg)
    if to == "nfg":
        return _strategic(game, _chosen(game, issue), body)
    bare = without_transfers(game)
    return _table(bare) if to == "csv" else _game_file(bare, to)


def _game_file(game: LinkageGame, to: Format) -> Written:
    document = document_of(game)
    text = toml_text(document) if to == "toml" else json_text(document)
    again = build(parse(text, "the written game", to), "the written game")
    _agree(same_game(again, game))
    lost = [k for k in TALK if k in game.document and k not in document]
    warnings = [f"left out: {', '.join(lost)}"] if lost else []
    for name, issue in again.issues.items():
        if issue.status_quo_index is None and not game.reserved:
            warnings.append(
                f"issue {show(name)} has no status quo; name one in the file (status_quo.PLAYER = "
                "an action), or it will be refused"
            )
    return Written(text, tuple(warnings))


def _table(game: LinkageGame) -> Written:
    for name, issue in game.issues.items():
        if not issue.is_options:
            msg = (
                f"issue {show(name)}: a .csv table holds joint options, and here players act "
                f"({', '.join(issue.actions)}); write .toml or .json"
            )
            raise NotSupportedError(msg)
    complete = len(game.issues) * (len(game.issues) - 1) // 2
    open_links = [k for k in game.links or () if k.negotiable and k.spillovers is None]
    if game.links is not None and not len(game.links) == len(open_links) == complete:
        msg = "links: a .csv table cannot hold links between issues; write .toml or .json"
        raise NotSupportedError(msg)
    _no_channels(game, "csv", allowed=("reservation",))
    text = write_scores(game)
    again = build(read_scores(text, "the written table").document, "the written table")
    _agree(_same_payoffs(game, again) and again.reservation == game.reservation)
    lost = [k for k in ("title", *TALK) if game.document.get(k)]
    if any(issue.title for issue in game.issues.values()):
        lost.append("titles of issues")
    if game.discount:
        lost.append("discount")
    return Written(text, _left_out(game, lost, list(game.issues.values())))


def _strategic(game: LinkageGame, issue: Issue, body: Body) -> Written:
    if body not in get_args(Body):
        msg = f"body: expected one of {', '.join(get_args(Body))}, found {show(body)}"
        raise InputError(msg)
    if issue.is_options:
        msg = (
            f"issue {show(issue.name)}: an .nfg file holds actions of each player, and this issue "
            "is a list of joint options; write .csv, .toml or .json"
        )
        raise NotSupportedError(msg)
    for link in game.links or ():
        if issue.name in link.between and link.spillovers is not None:
            pair = " and ".join(link.between)
            msg = f"links: an .nfg file cannot hold the spillovers between {pair}"
            raise NotSupportedError(msg)
    _no_channels(game, "nfg")
    entry = (game.document.get("issues") or {}).get(issue.name) or {}
    title = issue.title or (game.title if len(game.issues) == 1 else issue.name)
    text = write_nfg(issue, title, body=body, comment=str(entry.get("description", "")))
    imported = read_nfg(text, "the written game")
    again = build(imported.document, "the written game").issues["game"]
    _agree(np.array_equal(again.exact_payoffs, issue.exact_payoffs))
    lost = [k for k in TALK if game.document.get(k)]
    if game.discount:
        lost.append("discount")
    if issue.status_quo_index is not None:
        lost.append(f"the status quo ({issue.status_quo})")
    return Written(text, (*_left_out(game, lost, [issue]), *imported.warnings))


def _chosen(game: LinkageGame, name: str | None) -> Issue:
    if name is None and len(game.issues) == 1:
        return next(iter(game.issues.values()))
    if name in game.issues and name is not None:
        return game.issues[name]
    known = ", ".join(show(k) for k in list(game.issues)[:20])
    hint = "" if name is None else f", found {show(name)}{suggestion(name, game.issues)}"
    msg = f"an .nfg file holds one issue: expected the name of one of {known}{hint} (--issue)"
    raise InputError(msg)


def _no_channels(game: LinkageGame, to: Format, allowed: Sequence[str] = ()) -> None:
    held = [key for key in game.channels if key not in allowed]
    if held:
        msg = f"{held[0]}: a .{to} file cannot hold {', '.join(held)}; write .toml or .json"
        raise NotSupportedError(msg)


def _left_out(game: LinkageGame, lost: list[str], issues: Sequence[Issue]) -> tuple[str, ...]:
    if any(issue.visibility for issue in issues):
        lost.append("visibility")
    warnings = [f"left out: {', '.join(lost)}"] if lost else []
    if game.parameters:
        warnings.append("formulas are written as the numbers they stand for")
    return tuple(warnings)


def _same_payoffs(first: LinkageGame, second: LinkageGame) -> bool:
    return first.players == second.players and all(
        a.options == b.options
        and a.status_quo_index == b.status_quo_index
        and np.array_equal(a.exact_payoffs, b.exact_payoffs)
        for a, b in zip(first.issues.values(), second.issues.values(), strict=True)
    )


def _agree(same: bool) -> None:
    if not same:
        msg = "the game could not be written: read back, it is another one; please report this"
        raise BargainingError(msg)
