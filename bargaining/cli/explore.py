"""``bargaining explore``: a local page on which the numbers of a game move."""

from __future__ import annotations

import click

from bargaining.cli import common


@click.command("explore")
@common.options(
    common.game_argument,
    click.option(
        "--port",
        type=click.IntRange(1, 65535),
        metavar="N",
        help="Where the page is served.  [default: a free port]",
    ),
    click.option("--no-browser", is_flag=True, help="Print the address, open nothing."),
    common.language_option,
    common.solution_option,
    common.set_option,
    click.option(
        "--check",
        is_flag=True,
        help="Work the page out once and say what is on it; serve nothing.",
    ),
)
def command(
    game: str,
    port: int | None,
    no_browser: bool,
    language: str,
    solution: str,
    settings: tuple[str, ...],
    check: bool,
) -> None:
    """Open a page on which the numbers of GAME move and the answer follows.

    Sliders for parameters, discount factors, premiums, weights and payoffs, tick boxes for links,
    a choice of solution concepts; the changed game can be kept as a file.  The page is served on
    this computer only and asks nobody else for anything; Ctrl-C ends it.  Needs marimo:
    pip install "bargaining[explore]".

    \b
    Example:
      bargaining explore us_mexico/guns_for_fentanyl --check
      bargaining explore us_mexico/six_issue_table --language es --set j=1 --check
    """
    from bargaining.settlement.solutions import check_defined
    from bargaining.settlement.solutions import solution as find_solution

    if not check:
        from bargaining.explore.serve import check_installed

        check_installed()
    found = common.load_game(game, settings)
    concept = find_solution(solution)
    if found.issues:
        check_defined(concept, found, "shares")
    if check:
        from bargaining.explore.check import summary

        click.echo(summary(found, solution, language))
        return

    from bargaining.explore.serve import serve

    def ready(address: str) -> None:
        click.echo(address)
        click.echo("Ctrl-C ends the page.", err=True)
        if not no_browser:
            import webbrowser

            webbrowser.open(address)

    try:
        serve(found, port=port, language=language, solution=solution, ready=ready)
    except KeyboardInterrupt:
        click.echo("the page is closed", err=True)
