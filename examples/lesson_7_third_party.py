"""Lesson 7: a third party, what a chair at the table changes.

Run: python examples/lesson_7_third_party.py, or: marimo edit on this file.
The page examples/lesson_7_third_party.html is built from it by build_lessons.py.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Lesson 7: a third party")


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
    from functools import cache

    from bargaining.report.pages.lesson import (
        Bar,
        Bars,
        Choice,
        Exercise,
        Lesson,
        Readout,
        Slider,
    )
    from bargaining.results import in_figures

    @cache
    def settled(game):
        """Return the gains with two chairs and with three."""
        two = game.without("mining", "precursors")
        return bg.settle(two).gains, bg.settle(game).gains

    def picture(game):
        """Draw what each party gains without Canada and with it."""
        two, three = settled(game)
        names = {"us": "US", "mexico": "Mexico", "canada": "Canada"}
        bars = []
        for party, name in names.items():
            bars.append(Bar(f"{name}, two chairs", two[party], 0, in_figures(two[party]), "second"))
            bars.append(
                Bar(f"{name}, three chairs", three[party], 0, in_figures(three[party]), "first")
            )
        return Bars("gain (Nash)", tuple(bars))

    def says(game):
        """Say what the third chair changes for the other two."""
        two, three = settled(game)
        change = [three[party] - two[party] for party in ("us", "mexico")]
        if not any(three.values()):
            return "Deadlock, with Canada and without."
        if not any(two.values()):
            return "The two alone are deadlocked; with Canada all three gain."
        if min(change) > 0:
            return "The two can trade alone, and Canada makes both better off still."
        if max(change) < 0:
            return "The two can trade alone; Canada takes more than it brings, and both lose by it."
        if min(change) == 0 == max(change):
            return "The two can trade alone; Canada gains, and nothing changes for them."
        return "The two can trade alone; with Canada one of them gains and the other does not."

    def shapley(party, first, second):
        """Write the Shapley value of three parties as an expression over what coalitions reach."""
        return (
            f'(worth("{party}+{first}") + worth("{party}+{second}"))/6'
            f' + (worth("us+mexico+canada") - worth("{first}+{second}"))/3'
        )

    columns = ("Two chairs", "Three chairs", "Shapley value, with money")
    rows = (("us", "US", "mexico", "canada"), ("mexico", "Mexico", "us", "canada"),
            ("canada", "Canada", "us", "mexico"))  # fmt: skip

    lesson = Lesson(
        number=7,
        title="A third party",
        minutes=45,
        level="second year; fractions, averages over orders",
        goals=(
            "show how a third party can complete a deal that no two can make",
            "say when a third party only takes a share, and when it is worth its chair",
            "compute a Shapley value from what coalitions can reach",
            "test whether a deal is in the core",
        ),
        hook="""\
The United States wants less fentanyl, Mexico fewer guns, Canada safer investments in Mexican mines.
An old idea is on the table again: not two treaties but one, a *North American security treaty*,
with three chairs. To some it is what was missing all along. To others a third chair is one more
mouth and one more veto. Both can be right. When is which?""",
        play="""\
Work in threes: the United States, Mexico and Canada. The numbers are points; parts of a card are
possible.

| card | who acts | the US | Mexico | Canada |
|---|---|---|---|---|
| Egress checks on guns | the US | −2 | +3 | 0 |
| Protection of Canadian mines | Mexico | 0 | −2 | +3 |
| Screening of Canadian ports | Canada | +3 | 0 | −2 |
| *(round 3 only)* Raids on fentanyl labs | Mexico | +5 | −3 | 0 |

* **Round 1** (3 minutes). Any *two* of you may sign; the third keeps out. No raids.
* **Round 2** (3 minutes). All three together, no raids. Nothing is signed unless nobody loses.
* **Round 3** (5 minutes). With the raids. First the US and Mexico alone, then all three. The two
  may refuse to let Canada in.

Write down who signed, and all gains.""",
        model="""\
In a **circle** each act helps only the next party. No two can trade: who is helped by me cannot
help me back. Three can: each gets from one side what it pays to the other. A third party can so
**complete** a deal, and the test is the one of lesson 2 for a circle: the product of all gains
above the product of all costs.

But a party that signs also *takes*. Where two can trade by themselves, a third chair brings its
act, and it claims a share, and may veto. If its act is worth less than its share, the two are
better off without: the deal is **diluted**.

How much should each get? Two ways of asking:

* The **core**: no group must be able to do better by itself. A deal outside the core invites a
  group to leave.
* The **Shapley value**: let the parties enter the room in every possible order and pay each what it
  adds to those already there; take the average. It needs something that can be handed over, such as
  money; here one point is worth one point to all.

The **nucleolus** is a third: it makes the worst-treated group as content as possible.""",
        symbols=(
            ("f", "what raids on fentanyl labs are worth to the US; they cost Mexico 3"),
            ("c", "what the screening of Canadian ports is worth to the US"),
            ("v(S)", "what the members of S can reach together, if they may pay each other"),
            (
                "Shapley value of Mexico",
                "[v(US, MX) + v(MX, CA)]/6 + [v(all) − v(US, CA)]/3, as single parties reach 0",
            ),
            ("core", "every group S gets at least v(S), all together exactly v(all)"),
        ),
        game="lessons/a_third_chair",
        sliders=(
            Slider(
                "parameters.f",
                "f: what raids are worth to the US",
                ("1", "2", "3", "4", "5", "6"),
                0,
            ),
            Slider(
                "parameters.c",
                "c: what Canada's screening is worth to the US",
                ("0", "8/9", "1", "2", "3", "4"),
                4,
            ),
        ),
        readouts=tuple(
            Readout(measure, label, column=column)
            for party, label, first, second in rows
            for column, measure in zip(
                columns,
                (
                    f'without("mining", "precursors").gain("{party}")',
                    f'gain("{party}")',
                    shapley(party, first, second),
                ),
                strict=True,
            )
        ),
        picture=picture,
        caption="What each party gains (Nash) without Canada and with it.",
        says=says,
        prediction=Choice(
            "You saw it: with f = 1 the two are deadlocked, and Canada (c = 3) completes a circle "
            "in which each gains 1. Now f = 5: the US and Mexico can trade guns for fentanyl by "
            "themselves and gain 3/2 and 9/10. Then Canada joins, with the same act worth 3 to "
            "the US. What happens to the gains of the US and of Mexico?",
            (
                "Both rise: there is one more act to trade",
                "The US gains, Mexico loses",
                "Nothing: they have their deal already",
                "Both fall",
            ),
            3,
            """\
**Both fall**, from 3/2 and 9/10 to 4/3 and 4/5; Canada gains 1. Its screening adds 3 − 2 = 1 to
what there is, and the protection of its mines adds another 1; but all three now share, and Mexico
pays Canada with an act that brings the two nothing. At *c* = 4 the screening is worth its chair: 2
and 1.

So the same party with the same act completes the deal at *f* = 1 and dilutes it at *f* = 5. What a
third party is worth to two others depends on what they can do without it. And at *c* = 8/9 the
circle is just not worth its costs: 3 · 3 · 8/9 = 8 = 2 · 2 · 2.""",
        ),
        questions=(
            Exercise(
                "f = 1, so that the two are deadlocked. **Above** which c is there a deal for all "
                "three?",
                "8/9",
                "Each act is paid by one and enjoyed by the next: 3 · 3 · c must be more than "
                "2 · 2 · 2 = 8. At 8/9 itself nobody can be made better off.",
                ("Multiply the three gains, and the three costs.",),
            ),
            Exercise(
                "f = 5, c = 3, three chairs. Checks, mines and ports are carried out in full, the "
                "raids for a share y. What does the **US** gain in the Nash deal?",
                "4/3",
                "The gains are 1 + 5y, 1 − 3y and 1. The product is 0 at y = −1/5 and y = 1/3 and "
                "largest half-way, at y = 1/15: 4/3, 4/5 and 1.",
                (
                    "Write the three gains with the share y.",
                    "(1 + 5y)(1 − 3y) is largest half-way between its zeros.",
                ),
                source='gain("us")',
                at={"parameters.f": "5", "parameters.c": "3"},
            ),
            Choice(
                "f = 5, c = 3, no money. Is the Nash deal of three, (4/3, 4/5, 1), in the core?",
                (
                    "Yes: everybody gains, so nobody leaves",
                    "No: the US and Mexico do better by themselves",
                    "No: Canada does better by itself",
                ),
                1,
                "The two alone reach 3/2 > 4/3 and 9/10 > 4/5: both would leave. That everybody "
                "gains is not enough; no *group* may do better by itself. At c = 4 the deal gives "
                "them 2 and 1, and the reason to leave is gone.",
                ("What do the US and Mexico reach without Canada?",),
            ),
            Exercise(
                "With money: the US and Canada together reach 6, all three 12, every other group "
                "0. What is the **Shapley value** of Mexico?",
                "2",
                "Mexico adds something only as the last to enter: 12 − 6 = 6, in 2 of 6 orders, "
                "so 2. The US and Canada get 5 each. In the core Mexico may get up to 6, since "
                "the other two can be held at 6; the nucleolus gives it 3.",
                (
                    "In which of the six orders does Mexico add anything?",
                    "How much does it add when it enters last?",
                ),
                source=shapley("mexico", "us", "canada"),
                game="classic/add_canada",
            ),
            Choice(
                "Canada takes a chair in the trade of guns for fentanyl without an act of its "
                "own. The raids would cost it 1 (trouble moves north). What does its signature "
                "change, if all three must sign?",
                (
                    "Nothing: it has nothing to offer",
                    "The US and Mexico gain a little less",
                    "Everything: nothing is signed any more",
                ),
                2,
                "Without raids the US gains nothing, and every raid costs Canada something that "
                "nobody can make good. A guest who only signs can block and cannot help. (Had "
                "the raids *helped* Canada, its signature would have changed nothing here: they "
                "are carried out in full anyway. Game: us_mexico/canada_joins.)",
                ("Who can compensate Canada, and with which act?",),
            ),
        ),
        leaves_out="""\
* **Who decides on the chairs.** The two might keep their trade to themselves and meet Canada on
  another table; that is an agenda (lesson 6).
* **Trust.** Mexico may find a treaty of three less lopsided than one of two. The model counts acts,
  not comfort.
* **Mediators.** A third party may also watch, report and vouch (`us_mexico/reporting_mediator`).
* **Promises in a circle**: who is wronged cannot always strike back at the one who wronged him.
* **Money** is assumed only where the text says so.""",
        teaching="""\
| minutes | what |
|---|---|
| 0–3 | Three chairs: what was missing, or one more veto? |
| 3–16 | Play first, three rounds in threes; collect the gains of rounds 2 and 3 |
| 16–24 | The model in words; the circle on the board |
| 24–27 | Everyone predicts |
| 27–34 | Move f at c = 3, then c at f = 5; open “What happens, and why” |
| 34–43 | Exercises 1 to 3 (4 and 5 as homework) |
| 43–45 | What the model leaves out |

**Board plan.** Left: the circle with an arrow for every act, gain at its head, cost at its tail.
Middle: gains with two chairs and with three for f = 1 and f = 5. Right: the six orders of three
parties, with what each adds.

**Common errors.**

* “Canada gains, so the others must lose.” At f = 1 all three gain; at f = 5, c = 4 too.
* “Everybody gains, so the deal is stable.” That is exercise 3.
* Testing the circle by adding: 3 + 3 + c > 6. It is the product that counts, as in lesson 2.
* Using the Shapley value where nothing can be handed over. It shares a sum; acts alone may not be
  able to reach it.

**Groups of two or four.** A group of two plays round 3 and reads Canada's sheet aloud; in a group
of four the fourth keeps the minutes and checks that nobody loses.""",
        sources="""\
* Payan & Montes de Oca 2024 (Baker Institute): Canada's participation; the idea of a North American
  security treaty, credited to Eduardo Guerrero. Games: `us_mexico/north_american_treaty`,
  `us_mexico/canada_joins`.
* Myerson, R. B. (1977), Graphs and cooperation in games, *Mathematics of Operations Research* 2,
  225–229, as in `classic/add_canada` (exercise 4).
* Roles in the circle are invented, and **all payoffs are illustrative**.""",
        command="bargaining solve lessons/a_third_chair --set f=5 --set c=3",
        python="""\
import bargaining as bg
for f, c in (("1", "3"), ("5", "3"), ("5", "4")):
    game = bg.load("lessons/a_third_chair", parameters={"f": f, "c": c})
    print(f, c, *(bg.settle(g).gains for g in (game.without("mining", "precursors"), game)))
    print(bg.coalitions(game).shapley)
found = bg.coalitions(bg.load("classic/add_canada"))
print(found.shapley, found.nucleolus)""",
        formulas=(
            ("deal of two", "3 · f > 2 · 3, that is f > 2"),
            ("deal of the circle", "3 · 3 · c > 2 · 2 · 2, that is c > 8/9"),
        ),
    )
    return (lesson,)


if __name__ == "__main__":
    app.run()
