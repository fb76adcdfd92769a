"""Lesson 3: what is fair, six solution concepts on one frontier.

Run: python examples/lesson_3_what_is_fair.py, or: marimo edit on this file.
The page examples/lesson_3_what_is_fair.html is built from it by build_lessons.py.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Lesson 3: what is fair?")


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
    from bargaining.settlement.solutions import SOLUTIONS

    marks = {
        "nash": "circle",
        "kalai_smorodinsky": "diamond",
        "egalitarian": "square",
        "utilitarian": "triangle",
        "raiffa": "ring",
        "perles_maschler": "cross",
    }
    letters = {
        "nash": "N",
        "kalai_smorodinsky": "K",
        "egalitarian": "E",
        "utilitarian": "U",
        "raiffa": "R",
        "perles_maschler": "P",
    }
    words = {
        "nash": "● N  Nash: largest product",
        "kalai_smorodinsky": "◆ K  Kalai-Smorodinsky: equal part of the best hopes",
        "egalitarian": "■ E  Egalitarian: equal gains",
        "utilitarian": "▲ U  Utilitarian: largest sum",
        "raiffa": "○ R  Raiffa: half-way, again and again",
        "perles_maschler": "× P  Perles-Maschler: equal concessions",
    }

    def chosen(game):
        """Return the gains that each concept chooses, concepts with one answer together."""
        found = {}
        for concept in letters:
            gains = tuple(bg.settle(game, solution=concept).gains.values())
            same = (at for at in found if abs(at[0] - gains[0]) + abs(at[1] - gains[1]) < 1e-9)
            found.setdefault(next(same, gains), []).append(concept)
        return found

    def picture(game):
        """Draw the deals in which nobody loses, and what each concept chooses from them."""
        points = [tuple(point) for point in bg.frontier(game, rational_only=True).points]
        best = points[-1][0], points[0][1]
        even = min(best)
        lines = (
            Line(((0, 0), (even, even)), "equal gains", "level"),
            Line(((0, 0), best), "to both best hopes", "faint"),
            Line(tuple(points), "best deals", "front"),
        )
        spots = [
            Spot(at, " = ".join(letters[c] for c in concepts), marks[concepts[0]])
            for at, concepts in chosen(game).items()
        ]
        return Plane("gain of the US", "gain of Mexico, in its unit", lines, tuple(spots))

    def says(game):
        """Say between which deals the concepts differ."""
        found = sorted(chosen(game).items(), key=lambda pair: float(pair[0][0]))
        (low, least), (high, most) = found[0], found[-1]
        first, last = (" and ".join(words[c][5:].split(":")[0] for c in g) for g in (least, most))
        return (
            f"Six ideas of fairness, {len(found)} different deals. The US gains least "
            f"({float(low[0]):.3g}) with {first}, most ({float(high[0]):.3g}) with {last}."
        )

    concepts = [SOLUTIONS[name] for name in letters]

    lesson = Lesson(
        number=3,
        title="What is fair? Six solution concepts on one frontier",
        minutes=45,
        level="first year; a straight line and its equation",
        goals=(
            "read a frontier: all deals that leave nothing on the table",
            "find on it the deals of Nash, Kalai-Smorodinsky, equal gains and the largest sum",
            "say which of them depend on the unit in which a side counts",
            "name for each idea an axiom that it keeps and one that it gives up",
        ),
        hook="""\
There is a deal: tariffs, joint operations, migration and ports of entry on one table, and both the
United States and Mexico can gain. But *which* deal? On the same table Mexico can come out with 3
points or with almost 5, and the US with 4⅔ or with 8. Each side calls its favourite the fair
one. An arbitrator must say what she means by fair *before* she looks at who gets more.""",
        play="""\
Work in pairs: one of you is the United States, the other Mexico. The numbers are points above the
status quo. If you do not agree, both get 0.

| deal | the United States | Mexico |
|---|---|---|
| A | 8 | 3 |
| B | 7 | 3½ |
| C | 5½ | 4¼ |
| D | 4⅔ | 4⅔ |
| E | 2 | 6 |

* **Round 1** (4 minutes). Agree on one deal. Write down your **reason** in one sentence.
* **Round 2** (2 minutes). News: Mexico's accountants have always counted in half points. Double
  every number of Mexico's. The acts behind the deals are the same. Does your reason still
  choose the same deal?
* **Round 3** (2 minutes). An arbitrator asks: if deal E had never been on the list, would you have
  chosen another one?""",
        model="""\
The **frontier** is the line of best deals: from none of them can one side get more without the
other getting less. All six ideas choose a deal on it, and all start from the **status quo**, worth
0 to both. They differ in what they compare.

* **Nash** takes the largest *product* of the gains. It keeps *independence*: take away deals that
  were not chosen, and the choice stays.
* **Kalai-Smorodinsky** looks at each side's *best hope*, the most it could get if the other side
  just did not lose, and gives both the same part of it. It gives up independence and keeps
  *monotonicity*: if your possibilities improve and the best hopes of the other stay, you do not
  lose.
* **Egalitarian**: the largest *equal* gains. Where gains can be made equal it is monotone, but it
  compares my points with yours.
* **Utilitarian**: the largest *sum* of the gains. It compares points too, and may leave one side
  with nothing.
* **Raiffa**: go half-way to both best hopes, take that as the new status quo, and again.
* **Perles-Maschler**: both start at their best deals and concede in steps of equal size until
  they meet. Linking what was settled apart harms nobody, as long as no issue alone has deals at
  somebody's cost.

**Axioms in words.** *Efficient*: nothing is left on the table. *Symmetric*: same position, same
gain. *Scale invariant*: the unit in which a side counts does not change the deal. *Independent*:
deals that nobody would choose do not matter. *Monotone*: better possibilities harm nobody. No idea
keeps all of them; Nash showed that the first four leave only his.""",
        symbols=(
            ("u, v", "gains of the US and of Mexico"),
            ("N", "the deal with the largest u · v"),
            ("K", "the best deal with u / (best hope of the US) = v / (best hope of Mexico)"),
            ("E", "the best deal with u = v"),
            ("U", "the deal with the largest u + v"),
            (
                "R",
                "the limit of d := half-way from d to (best u at d, best v at d), from d = (0, 0)",
            ),
            ("P", "where √(−du · dv), added up along the frontier, is the same from both ends"),
            ("s, m", "what tariff certainty is worth to Mexico; the unit in which Mexico counts"),
        ),
        game="lessons/fair_shares",
        sliders=(
            Slider(
                "parameters.m",
                "m: Mexico's unit (2: its numbers doubled)",
                ("1/2", "1", "3/2", "2"),
                1,
            ),
            Slider(
                "parameters.s",
                "s: what tariff certainty is worth to Mexico",
                ("3", "4", "5", "6"),
                3,
            ),
        ),
        readouts=tuple(
            Readout(f'gain("{player}", "{concept}")', words[concept], column=column)
            for concept in letters
            for player, column in (("us", "US"), ("mexico", "Mexico"))
        ),
        picture=picture,
        caption=(
            "The line of best deals, and the six ideas on it, by their letters. Dotted: equal "
            "gains. Dashed: equal parts of the best hopes."
        ),
        says=says,
        prediction=Choice(
            "Mexico counts in half points now: all its numbers double (m from 1 to 2), the acts "
            "are the same. Which ideas choose **other acts** than before?",
            (
                "None: a unit is only a unit",
                "Nash and Kalai-Smorodinsky",
                "The egalitarian and the utilitarian",
                "All six",
            ),
            2,
            """\
**The egalitarian and the utilitarian.** Watch the gain of the US, whose unit stays: with Nash,
Kalai-Smorodinsky, Raiffa and Perles-Maschler it does not move at all, and Mexico's number just
doubles. They compare only a side's own gains with each other, so a unit cancels out.

Equal gains do not survive: the old deal is now 14/3 against 28/3, so the choice moves to (7, 7).
The largest sum moves too: at *m* = 2 every deal on the middle piece of the line has the sum 14, and
here the tie goes to the deal with the largest minimum, (7, 7).

Whoever wants equal gains must first say why a point of mine is worth a point of yours. Whoever
refuses to compare points must accept that need does not count.""",
        ),
        questions=(
            Exercise(
                "Start values (s = 6, m = 1). Between (2, 6) and (8, 3) the frontier is the line "
                "v = 7 − u/2. What does **Mexico** get in the Nash deal?",
                "7/2",
                "The product *u*(7 − *u*/2) is largest half-way between its zeros 0 and 14: *u* = "
                "7, *v* = 7/2. It lies between 2 and 8, so the line applies.",
                (
                    "Write the product u · v with v = 7 − u/2.",
                    "u(7 − u/2) is 0 at u = 0 and u = 14, and largest half-way.",
                ),
                source='gain("mexico", "nash")',
            ),
            Exercise(
                "Same frontier: what do both get with **equal gains**?",
                "14/3",
                "*u* = 7 − *u*/2 gives *u* = 14/3.",
                ("Put v = u into v = 7 − u/2.",),
                source='gain("us", "egalitarian")',
            ),
            Exercise(
                "The best hopes are 28/3 for the US and 34/5 for Mexico. What does the **US** get "
                "with Kalai-Smorodinsky? (Two decimals will do.)",
                "245/43",
                "*v*/*u* = (34/5)/(28/3) = 51/70. So 51*u*/70 = 7 − *u*/2, and *u* = 7 · 70/86 = "
                "245/43, about 5.70: 61 % of the best hope, and 61 % for Mexico as well.",
                (
                    "Both get the same part of their best hope: v/u = (34/5)/(28/3) = 51/70.",
                    "Put v = 51u/70 into v = 7 − u/2.",
                ),
                source='gain("us", "kalai_smorodinsky")',
            ),
            Choice(
                "Set s = 3 and m = 1. One of the six ideas leaves Mexico with nothing. Which one, "
                "and why?",
                (
                    "Nash: Mexico is the weaker side",
                    "Utilitarian: each point that Mexico gives up brings the US two, so the "
                    "largest sum is at the end of the line",
                    "Raiffa: Mexico's best hope is the smaller one",
                ),
                1,
                "At *s* = 3 the frontier ends in (8, 0), and on the way there each point that "
                "Mexico gives up brings the US two. The sum goes to the end of the line: (8, 0). "
                "A sum does not ask who gets it. Nash cannot end there: the product would be 0.",
                ("Look at the six rows of the table at s = 3.",),
            ),
            Choice(
                "An arbitrator strikes deals from the list that nobody chose, but that gave Mexico "
                "its best hope. Whose answer may change?",
                ("Nash", "Kalai-Smorodinsky", "Egalitarian"),
                1,
                "Of the three only Kalai-Smorodinsky looks at the best hopes (Raiffa and "
                "Perles-Maschler start from them too). Nash keeps its choice as long as that deal "
                "stays on the list: this is independence. Equal gains look at one deal only. Who "
                "wanted to change in round 3, when E was gone, has argued like Kalai and "
                "Smorodinsky.",
                ("Who uses the end points of the frontier?",),
            ),
        ),
        leaves_out="""\
* **Where the numbers come from.** Gains must be measured before they can be shared; here they are
  given, and both sides believe them.
* **Power outside the table.** What happens without a deal is the status quo; threats could change
  it.
* **Need, desert, history.** No axiom here knows who was poorer or who was promised what.
* **Procedure.** Who makes the first offer, and how often, is another way to a deal.
* **More than two parties.** Perles-Maschler is defined for two only.""",
        teaching="""\
| minutes | what |
|---|---|
| 0–3 | The arbitrator's question |
| 3–13 | Play first; collect deals *and reasons* on the board |
| 13–23 | The model in words: match each reason with an idea |
| 23–26 | Everyone predicts |
| 26–34 | Move m, then s; open “What happens, and why” |
| 34–43 | Exercises 1, 2 and 5 (3 and 4 as homework) |
| 43–45 | What the model leaves out |

**Board plan.** Left: the students' reasons, grouped. Middle: the frontier through (2, 6), (8, 3),
(9, 1), with N at (7, 3½), E at (4⅔, 4⅔), U at (8, 3). Right: a table of ideas against axioms
(scale, independence, monotonicity), filled in together.

**Common errors.**

* “Fair means equal points.” Ask after round 2: equal in whose unit?
* “Nash is the middle of the line.” It is the middle only between the zeros of the product.
* Mixing up a larger number and a better deal when m moves: look at the US, whose unit stays.
* Taking the best hopes from the ends of the *whole* frontier; they count only deals in which the
  other side does not lose.

**Deals of the class**: A is utilitarian, B is Nash, D is egalitarian; C is close to P
(Perles-Maschler), E is nobody's and serves round 3.""",
        sources="\n".join(
            [
                "* Payan & Montes de Oca 2024 (Baker Institute): four of the six issues of its "
                "list. Who pays in each and **all payoffs are illustrative**.",
                *dict.fromkeys(f"* {c.title}: {c.citation}" for c in concepts),
            ]
        ),
        command="bargaining settle lessons/fair_shares --solution kalai_smorodinsky --set m=1",
        python="""\
import bargaining as bg
game = bg.load("lessons/fair_shares", parameters={"s": "6", "m": "1"})
print(*(tuple(point) for point in bg.frontier(game, rational_only=True).points))
for concept in "nash kalai_smorodinsky egalitarian utilitarian raiffa perles_maschler".split():
    print(concept, *bg.settle(game, solution=concept).gains.values())""",
    )
    return (lesson,)


if __name__ == "__main__":
    app.run()
