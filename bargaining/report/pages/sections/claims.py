"""What the sources assert, put to the test."""

from __future__ import annotations

from markupsafe import Markup

from bargaining.linkage.claims import claims as tested
from bargaining.linkage.flip import Flip
from bargaining.report.pages.blocks import Block, Cell, Grid, Paragraph
from bargaining.report.pages.saying import foreign, name
from bargaining.report.pages.study import Study
from bargaining.results import in_figures

MAX_CLAIMS = 20
MAX_OUTCOMES = 200


def claims(study: Study) -> list[Block]:
    """Return one row per claim: held, refuted or depends, and on what."""
    say, game = study.say, study.game
    entries = list(game.document.get("claims") or ())
    if not entries:
        return []
    if len(entries) > MAX_CLAIMS or study.outcomes > MAX_OUTCOMES:
        return [Paragraph(say("report_claims.left_out", found=len(entries)), "faint")]
    found = tested(game, levels=(), everywhere=False).claims
    rows = []
    for claim in found:
        words = Markup("{}").format(name(claim.says))
        for text in (claim.source, claim.note):
            if text:
                words += Markup('<br><span class="faint">{}</span>').format(name(text))
        style = {"held": "good", "refuted": "bad"}.get(claim.status, "")
        verdict = Markup('<span class="{}">{}</span>').format(
            style, say(f"report_claim.{claim.status}")
        )
        notes = [
            Markup("{}: {}").format(name(parameter), _flip(study, flip))
            for parameter, flips in claim.threshold.items()
            for flip in flips
        ]
        if claim.reason:
            notes.append(foreign(claim.reason))
        asked = Markup("<code>{}</code>").format(name(claim.holds_when))
        rows.append((Cell(verdict), Cell(words), Cell(Markup("<br>").join([asked, *notes]))))
    head = (say("report_claims.verdict"), say("report_claims.claim"), say("report_claims.when"))
    return [
        Paragraph(say("report_claims.intro")),
        Grid(say("report_claims.caption"), head, tuple(rows), sortable=False),
    ]


def _flip(study: Study, flip: Flip) -> Markup:
    """Say where a claim turns."""
    say = study.say
    at = in_figures(float(flip.bracket[0]) if flip.threshold is None else flip.threshold)
    if flip.isolated:
        return say("report_claims.only", at=at) if flip.true_at else say("report_claims.not", at=at)
    if flip.true_below:
        return say("report_claims.below", at=at)
    return say("report_claims.above", at=at)
