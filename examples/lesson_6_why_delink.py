"""Lesson 6: why delink? Agendas and power.

Run: python examples/lesson_6_why_delink.py, or: marimo edit on this file.
The page examples/lesson_6_why_delink.html is built from it by build_lessons.py.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Lesson 6: why delink?")


@app.cell
def _():
    import marimo as mo

    import bargaining as bg
    from bargaining.report.pages import cells, notebook

    return bg, cells, mo, notebook


@app.cell
def _(cells, lesson, mo, notebook):
    prediction = cells.prediction(lesson)
    mo.vstack([mo.md(notebook.opening(lesson)), prediction])
    return (prediction,)


@app.cell
def _(cells, prediction):
    waiting = cells.waiting(prediction)
    return (waiting,)


@app.cell
def _(cells, lesson, mo, waiting):
    mo.stop(waiting, mo.md("The rest opens once you have predicted."))
    sliders = cells.sliders(lesson)
    mo.vstack(list(sliders))
    return (sliders,)


@app.cell
def _(cells, lesson, notebook, sliders):
    at = notebook.position(lesson, sliders.value)
    print(f"{lesson.title}: {at.says}")
    cells.figure(lesson, at)
    return


@app.cell
def _(lesson, mo, notebook, waiting):
    mo.stop(waiting)
    mo.accordion({"What happens, and why": mo.md(notebook.reveal(lesson))})
    return


@app.cell
def _(cells, lesson, mo, waiting):
    mo.stop(waiting)
    given = cells.questions(lesson)
    return (given,)


@app.cell
def _(cells, given, lesson):
    cells.exercises(lesson, given)
    return


@app.cell
def _(lesson, mo, notebook):
    teacher = mo.accordion({"For the teacher (gives answers away)": mo.md(lesson.teaching)})
    mo.vstack([mo.md(notebook.closing(lesson)), teacher])
    return


@app.cell
def _(bg):
    from bargaining.report.pages.lesson import (
        Choice,
        Exercise,
        Lesson,
        Line,
        Plane,
        Readout,
        Slider,
        Spot,
    )

    def settled(game):
        """Return the gains of Nash bargaining apart and linked, and those of equal gains."""
        asked = (("nash", "delinked"), ("nash", "linked"), ("egalitarian", "linked"))
        return [tuple(bg.settle(game, solution=s, agenda=a).gains.values()) for s, a in asked]

    def picture(game):
        """Draw the best deals on one table, and where each way of bargaining ends."""
        apart, linked, equal = settled(game)
        points = [tuple(point) for point in bg.frontier(game, rational_only=True).points]
        most = min(max(x for x, _ in points), max(y for _, y in points))
        same = apart == linked
        spots = [Spot(apart, "two tables = one table" if same else "two tables", "ring")]
        spots += [] if same else [Spot(linked, "one table", "circle")]
        spots += [] if equal in (apart, linked) else [Spot(equal, "equal gains", "square")]
        lines = (
            Line(tuple(points), "best deals", "front"),
            Line(((0, 0), (most, most)), "", "level"),
        )
        return Plane("gain of the US", "gain of Mexico", lines, tuple(spots))

    def says(game):
        """Say who wants one table."""
        (us, mexico), (us_linked, mexico_linked), _ = settled(game)
        if us_linked == us:
            return f"Both stakes are equal: one table or two, the US gains {us}, Mexico {mexico}."
        wants, refuses = ("The US", "Mexico") if us_linked > us else ("Mexico", "the US")
        return (
            f"{wants} wants one table, {refuses} two: linking moves the gains from "
            f"({us}, {mexico}) to ({us_linked}, {mexico_linked})."
        )

    lesson = Lesson(
        number=6,
        title="Why delink? Agendas and power",
        minutes=45,
        level="second year; a product of two linear terms and its maximum",
        goals=(
            "give a reason to keep issues apart that is neither pride nor a mistake",
            "compute who gains and who loses when two issues move to one table",
            "say which ideas of a fair deal leave nothing to quarrel about",
            "tell linking that redistributes from linking that harms both",
        ),
        hook="""\
*Mexico has employed an effective strategy to delink issues*, writes a policy brief that asks for
the opposite: all issues at once, in one framework, to the satisfaction of both. Are the delinkers
leaving gains on the table? Or do they know something about tables?""",
        play="""\
Work in pairs: one of you is the United States, the other Mexico. Nothing is deadlocked. The numbers
are points.

| card | the United States | Mexico |
|---|---|---|
| Joint border services | +1 | +1 |
| The US list of targets comes first | +4 | 0 |
| *or instead* the Mexican list comes first | 0 | +2 |

Lists may be mixed: half of the time each, or a quarter and three quarters.

* **Round 1** (3 minutes). Two tables: first sign the services, then agree on the lists.
* **Round 2** (4 minutes). One table: services and lists as one package, nothing is signed before
  everything is.
* **Round 3** (3 minutes). Change roles. Before you start, both write in secret “one table” or “two
  tables”. One table only if both want it.

Write down both gains of each round, and what you wrote in round 3.""",
        model="""\
An **agenda** says which issues are bargained together. With no deadlock to break, every agenda ends
in a deal, and the question is who gets what.

On **two tables** the services are signed in full, and the quarrel about the lists is split down the
middle: each list half of the time. Nothing better for both is left: the deal is **efficient**.

On **one table** nothing is signed before everything is, so the services become a bargaining chip
for both. Nash bargaining takes the package with the largest *product* of gains, now of both
issues together.

Four things can happen when issues move to one table. Linking may **break a deadlock**,
**enlarge** what all gain, **redistribute** from one to the other, or **harm** everybody. A table
needs two to sit down: if linking needs both sides' consent, a side that would lose by it says no.
What separate tables cost or bring a side is its **price of delinking**.

Not all ideas of a fair deal treat tables alike. Besides Nash bargaining the page shows **equal
gains**: both gain the same on each table, which all three tables of this game allow.""",
        symbols=(
            ("a, b", "what its own list is worth to the US and to Mexico"),
            ("p", "part of the time in which the US list comes first"),
            ("two tables", "p = 1/2: gains (1 + a/2, 1 + b/2)"),
            ("one table", "p with the largest product (1 + ap)(1 + b(1 − p))"),
            ("equal gains", "the p at which 1 + ap = 1 + b(1 − p)"),
        ),
        game="lessons/two_tables",
        sliders=(
            Slider(
                "parameters.a",
                "a: what its own list is worth to the US",
                ("1", "3/2", "2", "3", "4", "5", "6"),
                2,
            ),
            Slider(
                "parameters.b",
                "b: what its own list is worth to Mexico",
                ("1", "3/2", "2", "3", "4"),
                2,
            ),
        ),
        readouts=(
            Readout("delinked.gains.us", "US (Nash)", column="Two tables"),
            Readout("linked.gains.us", "US (Nash)", column="One table"),
            Readout(
                "linked.gains.us - delinked.gains.us", "US (Nash)", column="What linking brings"
            ),
            Readout("delinked.gains.mexico", "Mexico (Nash)", column="Two tables"),
            Readout("linked.gains.mexico", "Mexico (Nash)", column="One table"),
            Readout(
                "linked.gains.mexico - delinked.gains.mexico",
                "Mexico (Nash)",
                column="What linking brings",
            ),
            Readout(
                'gain("us", "egalitarian", "delinked")', "Each (equal gains)", column="Two tables"
            ),
            Readout(
                'gain("us", "egalitarian", "linked")', "Each (equal gains)", column="One table"
            ),
            Readout(
                'gain("us", "egalitarian", "linked") - gain("us", "egalitarian", "delinked")',
                "Each (equal gains)",
                column="What linking brings",
            ),
        ),
        picture=picture,
        caption=(
            "All best deals of both issues together. Two tables end on this line already: linking "
            "only moves along it."
        ),
        says=says,
        prediction=Choice(
            "The US wants its list more (a = 4) than Mexico wants its own (b = 2). On two tables "
            "the services are signed and each list comes first half of the time: gains (3, 2). "
            "Now both issues go on one table (Nash bargaining). Who gains by that?",
            (
                "Both: more issues, more to trade",
                "The US",
                "Mexico",
                "Nobody: nothing changes",
            ),
            1,
            """\
**The US, at Mexico's expense.** On one table the US list comes first for 5/8 of the time instead of
half; gains are 7/2 and 7/4 instead of 3 and 2. No value is created, since (3, 2) was a best deal
already: linking **redistributes**. Nash bargaining moves on as long as a step brings one side a
larger *part of its own gain* than it costs the other. At (3, 2) a bit more of the US list adds 4
for every 3 that the US has, and takes 2 for every 2 that Mexico has: 4/3 is more than 1, so the
step is taken, until at (7/2, 7/4) both parts are 8/7. On its own table the lists alone are 2 and 1:
4/2 and 2/1, as much for both, and half and half stands. Delinking is good bargaining for Mexico,
not a mistake.

Move *a* below *b*: now Mexico wants one table and the US two. At *a* = *b* the table does not
matter. And with equal gains it never does here (last row): 1 each from the services and an equal
split of the lists add up to the equal split of both. Elsewhere one table can be better for both
under equal gains, when quarrels of opposite kinds are traded; it is never worse for anyone as long
as every single issue can be split equally.""",
        ),
        questions=(
            Exercise(
                "a = 4, b = 2, one table. For which **part of the time** does the US list come "
                "first?",
                "5/8",
                "The product (1 + 4p)(1 + 2(1 − p)) is 0 at p = −1/4 and at p = 3/2; it is largest "
                "half-way, at p = 5/8.",
                ("Where is 1 + 4p zero, where 3 − 2p?",),
                source='share("priorities", "us list first")',
            ),
            Exercise(
                "a = 2, b = 4. How much does linking bring the **US** (a loss is negative)?",
                "-1/4",
                "(a − b)/(2b) = −2/8: from 2 on two tables to 7/4 on one. Now it is the US that "
                "should keep the issues apart.",
                ("What does the US gain on two tables?", "Use (a − b)/(2b)."),
                source="linked.gains.us - delinked.gains.us",
                at={"parameters.a": "2", "parameters.b": "4"},
            ),
            Exercise(
                "a = 4, b = 2, and both insist on **equal gains**. What does each gain on one "
                "table?",
                "7/3",
                "1 + 4p = 1 + 2(1 − p) gives p = 1/3, and 1 + 4/3 = 7/3. Issue by issue it is the "
                "same: 1 from the services and 4/3 from the lists. Where every issue can be split "
                "equally, who believes in equal gains has no reason to fear a table.",
                ("For which p do both gain alike?",),
                source='gain("mexico", "egalitarian", "linked")',
            ),
            Choice(
                "Migration control, slack elsewhere, security and trade: four favours, each "
                "deadlocked alone. Two tables, migration + slack and security + trade, bring the "
                "US 23/5 and Mexico 31/8; one table 4 and 5. The brief says that separate tables "
                "are Mexico's effective strategy. Whose strategy are they here?",
                ("Mexico's", "The US's", "Nobody's: one table is better for both"),
                1,
                "23/5 > 4: it is the US that prefers two tables; Mexico gains 5 > 31/8 on one. Who "
                "should delink depends on the stakes, not on who has done it so far. (Game: "
                "us_mexico/migration_for_slack.)",
                ("Compare both numbers side by side, for each country.",),
            ),
            Exercise(
                "Two accords, commerce and operations. A committee must ratify commerce and gains "
                "1 by it. The party MORENA must ratify operations, gains 1 by them and loses 2 by "
                "commerce. On two tables both accords pass and the US gains 5. On one table "
                "MORENA has a veto over the whole package. What does the US gain then (operations "
                "bring it 3, commerce 2; parts are possible)?",
                "4",
                "MORENA passes 1 − 2c ≥ 0, so at most half of the commerce accord: 3 + 2/2 = 4. "
                "Mexico loses too (2 instead of 3). A veto player of one table has become a veto "
                "player of all: linking harms both.",
                (
                    "Which share of commerce lets MORENA come out at 0?",
                    "Operations in full, and that share of commerce.",
                ),
                source="linked.gains.us",
                game="us_mexico/two_ratifiers",
            ),
        ),
        leaves_out="""\
* **Deadlock.** Where nothing can be signed issue by issue, delinking is a price both pay (lessons 1
  and 2).
* **Threats.** A stronger side may link to extort: “sign, or I close the border”. Here the worst
  that can happen is the status quo.
* **Order and time**: which issue comes first, and who proposes.
* **Promises.** Issues that are bargained apart can still be *enforced* together (lesson 4).
* That real governments settle by the Nash solution is an assumption; with equal gains the story
  disappears, as long as each issue can be split equally.""",
        teaching="""\
| minutes | what |
|---|---|
| 0–3 | The quotation: is delinking a mistake? |
| 3–15 | Play first, three rounds; collect gains and the secret votes |
| 15–23 | The model in words; the line of best deals on the board |
| 23–26 | Everyone predicts |
| 26–34 | Move a and b; find the line a = b; open “What happens, and why” |
| 34–43 | Exercises 1 to 3 (4 and 5 for the quick) |
| 43–45 | What the model leaves out |

**Board plan.** Left: the line of best deals from (1, 3) to (5, 1), the class's deals of rounds 1
and 2 as points of two colours. Middle: (1 + 4p)(3 − 2p) with its zeros −1/4 and 3/2. Right: four
boxes: breaks a deadlock, enlarges, redistributes, harms.

**Common errors.**

* “More issues, more to trade.” Draw (3, 2): it lies on the line already.
* “The stronger side wins.” Multiply all US points by ten: nothing changes but the unit. What counts
  is how large the quarrel is next to the services.
* Taking the refusal to link for a refusal to cooperate. On two tables everything is signed.
* Mixing up linking in bargaining (this lesson) and in enforcement (lesson 4).

**Round 3.** The votes are written after the change of roles. Whoever is Mexico *in round 3* (and
was the US before) should vote for two tables, whoever is now the US for one. If they do not, ask
for their reasons: a class that shares equally has no reason to care.""",
        sources="""\
* Payan & Montes de Oca 2024 (Baker Institute): Mexico has employed an effective strategy to delink
  issues; the US puts drugs and smuggling first, Mexico guns and trafficking; the majority of MORENA
  is a barrier. Games: `us_mexico/mexico_delinks`, `us_mexico/migration_for_slack`,
  `us_mexico/two_ratifiers`.
* That Nash bargaining on a sum of issues is not the sum of the bargains, and that in this game
  equal gains are, can be checked on the page.
* **All payoffs are illustrative.**""",
        command="bargaining agenda lessons/two_tables --set a=4 --set b=2",
        python="""\
import bargaining as bg
for a, b in (("4", "2"), ("2", "4"), ("3", "3")):
    found = bg.agenda_game(bg.load("lessons/two_tables", parameters={"a": a, "b": b}))
    print(a, b, found.delinked.gains, found.linked.gains, found.stable)
four = bg.agenda_game(bg.load("us_mexico/migration_for_slack"))
print(four.preferred, four.agendas["migration+slack,security+trade"].gains)""",
        formulas=(
            ("p on one table", "half-way between −1/a and 1 + 1/b: p = 1/2 + 1/(2b) − 1/(2a)"),
            ("what linking brings", "the US (a − b)/(2b), Mexico (b − a)/(2a), while 0 ≤ p ≤ 1"),
            ("equal gains", "1 + ap = 1 + b(1 − p), on one table and on two"),
        ),
    )
    return (lesson,)


if __name__ == "__main__":
    app.run()
