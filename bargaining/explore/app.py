"""The page itself, as a marimo notebook; ``bargaining explore`` runs it.

Cells: what the page was opened with, the widgets, how they are laid out, and what is shown for
where they stand.  Everything they do stands in the modules beside this one.
"""

import marimo

app = marimo.App(width="full", app_title="bargaining", html_head_file="head.html")


@app.cell
def _():
    import marimo as mo

    from bargaining.explore import panel

    session = panel.opened(mo.cli_args()["session"])
    mo.Html(session.heading)
    return mo, panel, session


@app.cell
def _(mo, panel, session):
    sliders = mo.ui.dictionary(panel.slider_widgets(session))
    ticks = mo.ui.dictionary(panel.tick_widgets(session))
    concept = panel.concept_widget(session)
    issue = panel.issue_widget(session)
    return concept, issue, sliders, ticks


@app.cell
def _(concept, issue, panel, session, sliders, ticks):
    panel.panel(session, sliders, ticks, concept, issue)
    return


@app.cell
def _(concept, mo, panel, session, sliders, ticks):
    now = session.standing(sliders.value, ticks.value)
    mo.vstack(panel.shown(session, now, concept.value or session.solution))
    return


if __name__ == "__main__":
    app.run()
