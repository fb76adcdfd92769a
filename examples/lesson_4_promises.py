"""Lesson 4: promises that keep each other.

Run: python examples/lesson_4_promises.py, or: marimo edit on this file.
The page examples/lesson_4_promises.html is built from it by build_lessons.py.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Lesson 4: promises that keep each other")


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
def _():
    from fractions import Fraction

    from bargaining.report.pages.lesson import (
        Bar,
        Bars,
        Choice,
        Exercise,
        Lesson,
        Readout,
        Slider,
    )

    def scales(game):
        """Return temptation and loss of the US, weighted by its patience, on each table."""
        d, x = game.parameters["d"], game.parameters["x"]
        large, small = Fraction(5, 2) + x, Fraction(5, 2) - x
        names = ("data", "patrols", "both together")
        pairs = ((large, small), (small, large), (5, 5))
        return [(n, (1 - d) * t, d * loss) for n, (t, loss) in zip(names, pairs, strict=True)]

    def picture(game):
        """Draw what breaking a promise brings today against what it costs later."""
        bars = []
        for name, tempted, lost in scales(game):
            for what, value, stroke in (("gain", tempted, "first"), ("loss", lost, "second")):
                text = f"{float(value):.3g}"
                bars.append(Bar(f"{name}: {what}", value, 0, text, stroke))
        return Bars("what breaking its word brings the US, per round", tuple(bars))

    def says(game):
        """Say which promises the US keeps."""
        data, _, both = (tempted <= lost for _, tempted, lost in scales(game))
        if data:
            return "Each table keeps its promises by itself; linking is not needed."
        if both:
            return "Apart each table is broken, linked both hold: the promises keep each other."
        return "Nothing is kept in full, apart or linked: tomorrow counts too little."

    lesson = Lesson(
        number=4,
        title="Promises that keep each other",
        minutes=45,
        level="first year; fractions, one linear inequality",
        goals=(
            "say why a signed deal may still be broken, and what holds it",
            "compute from temptation and loss how patient a side must be to keep its word",
            "show how two linked promises keep each other, and when linking adds nothing",
            "find the patience that the trade of guns for fentanyl needs",
        ),
        hook="""\
The deal is signed: joint patrols here, shared data there. No court stands above two states. On any
Monday morning one side can take the other's contribution and hold back its own. It would be paid
for that today and punished from tomorrow on. When is tomorrow enough? And does it help to say:
*break one promise, and you have broken them all*?""",
        play="""\
Work in pairs: one of you is the United States, the other Mexico. On each table both write down in
secret whether to **keep** or to **break**, then show. The numbers are points (the United States,
Mexico) of one round.

| data | Mexico keeps | Mexico breaks |
|---|---|---|
| **the US keeps** | 1, 4 | −1, 5 |
| **the US breaks** | 5, −1 | 0, 0 |

| patrols | Mexico keeps | Mexico breaks |
|---|---|---|
| **the US keeps** | 4, 1 | −1, 5 |
| **the US breaks** | 5, −1 | 0, 0 |

After every round roll a die: on 1, 2, 3 or 4 there is another round, on 5 or 6 the game is over.

* **Treatment A** (5 minutes). Who breaks on a table ends *that table*: both get 0 there for ever.
* **Treatment B** (5 minutes). A new game. Who breaks on one table ends *both tables*.

Write down after how many rounds each table ended, and your points.""",
        model="""\
Breaking a promise brings something once: the **temptation**, what the breaker gets today above
what keeping would bring. It costs something later: the **loss**, what is missing in every round
once the other side has stopped trusting.

How much later counts is the **patience** (or discount factor) *d*: the part of a point today that a
point of the next round is worth. With the die of the game it is the chance 2/3 that there is a
next round. A promise is kept if the temptation, weighted with what today counts for, 1 − *d*, is at
most the loss, weighted with *d*.

On each table one side is tempted by much and has little to lose, the other has much to lose and
is hardly tempted: on the data it is the US that is tempted, on the patrols it is Mexico. **Apart**,
the one who is tempted most decides. **Linked**, a side that breaks anything loses everything; so
it will, if it breaks at all, break all promises on the same day. Its temptations add up, and so do
its losses. The slack of the easy promise props up the hard one.""",
        symbols=(
            ("d", "patience: what a point of the next round is worth today, from 0 to 1"),
            ("x", "how unequal the two sides are on each table; mirrored on the other"),
            ("T, L", "temptation and loss of a side"),
            ("promise kept", "(1 − d) · T ≤ d · L, that is d ≥ T/(T + L)"),
            ("data, for the US", "T = 5/2 + x and L = 5/2 − x; for Mexico the reverse"),
        ),
        game="lessons/mirrored_promises",
        sliders=(
            Slider(
                "parameters.d",
                "d: patience, what a point of the next round is worth today",
                ("1/5", "3/10", "2/5", "1/2", "3/5", "7/10", "4/5", "9/10"),
                3,
            ),
            Slider(
                "parameters.x",
                "x: how unequal temptations are (0: all alike)",
                ("0", "1/2", "1", "3/2", "2"),
                0,
            ),
        ),
        readouts=(
            Readout(
                'critical("delinked", "full")',
                "Patience needed to keep every promise in full",
                column="Tables apart",
            ),
            Readout(
                'critical("linked", "full")',
                "Patience needed to keep every promise in full",
                column="Tables linked",
            ),
            Readout(
                'discount.us >= critical("delinked", "full")',
                "Are all promises kept at this patience?",
                {"True": "yes", "False": "no"},
                "Tables apart",
            ),
            Readout(
                'discount.us >= critical("linked", "full")',
                "Are all promises kept at this patience?",
                {"True": "yes", "False": "no"},
                "Tables linked",
            ),
            Readout(
                "(1 - parameters.d)*(5/2 + parameters.x)",
                "Where the US is tempted most: (1 − d) · T",
                column="Tables apart",
            ),
            Readout(
                "(1 - parameters.d)*5",
                "Where the US is tempted most: (1 − d) · T",
                column="Tables linked",
            ),
            Readout(
                "parameters.d*(5/2 - parameters.x)",
                "What it would lose: d · L",
                column="Tables apart",
            ),
            Readout("parameters.d*5", "What it would lose: d · L", column="Tables linked"),
        ),
        picture=picture,
        caption=(
            "For the United States: what breaking its word brings, (1 − d) · T, above what it "
            "costs, d · L; a promise is kept if the lower bar is at least as long. For Mexico "
            "data and patrols change places, so apart a table holds only if both rows do."
        ),
        says=says,
        prediction=Choice(
            "Temptations as in the game (x = 3/2). On the data the US is tempted by 4 and would "
            "lose 1 a round; on the patrols it is the other way round. Apart, both promises are "
            "kept from d = 4/5 on. Now they are linked. From which patience on are both kept?",
            (
                "Still 4/5: the harder promise decides",
                "7/10: a little less, since two tables weigh more",
                "1/2",
                "1/5: the easier promise now carries the other",
            ),
            2,
            """\
**From 1/2 on.** Who breaks one promise loses both, so he breaks both: the temptation is 4 + 1 = 5,
the loss 1 + 4 = 5, and 5/(5 + 5) = 1/2. The linked threshold is an average of 4/5 and 1/5, weighted
with the size of the tables; it can never be above the harder one.

Between 1/2 and 4/5 the promises hold *only because* they are linked: with the die of the game,
*d* = 2/3, treatment A invites breaking and treatment B does not.

Move *x* back to 0: if temptations are alike everywhere, linking does nothing for promises kept in
full. There is no slack to lend. And below 1/2 nothing is kept in full, whatever is linked to
what.""",
        ),
        questions=(
            Exercise(
                "Tables apart, x = 1. From which patience **d** on are both promises kept?",
                "7/10",
                "On the data the US is tempted by 5/2 + 1 = 7/2 and would lose 5/2 − 1 = 3/2. So "
                "d ≥ (7/2)/5 = 7/10. On the patrols the same holds for Mexico.",
                ("How large are T and L of the one who is tempted most?", "d ≥ T/(T + L)."),
                source='critical("delinked", "full")',
                at={"parameters.x": "1"},
            ),
            Exercise(
                "Tables linked, x = 2. From which patience **d** on are both promises kept?",
                "1/2",
                "T = 9/2 + 1/2 = 5 and L = 1/2 + 9/2 = 5. Unequal sides make the promises on each "
                "table harder to keep, but they do not change the sums. Linking now saves the "
                "most: apart it would take 9/10.",
                ("Add the temptations of one side on both tables, and its losses.",),
                source='critical("linked", "full")',
                at={"parameters.x": "2"},
            ),
            Exercise(
                "Guns for fentanyl (lesson 2): checks cost the US 4 and bring Mexico 6, raids cost "
                "Mexico 3 and bring the US 5. Both are carried out in full, and who stops ends the "
                "deal. From which patience on is it kept by **both**?",
                "4/5",
                "The US saves 4 by stopping and loses 5 − 4 = 1 a round: 4/5. Mexico saves 3 and "
                "loses 6 − 3 = 3: 1/2. The less patient promise decides. Alone neither act would "
                "ever be kept: there the giver has nothing to lose.",
                (
                    "What does the US save in the round in which it stops checking?",
                    "What did it gain a round from the whole deal?",
                ),
                source='critical("linked", "full")',
                game="us_mexico/guns_for_fentanyl",
            ),
            Exercise(
                "The Nash deal of lesson 2 takes only 7/8 of the checks and all raids. From which "
                "patience on is *that* kept by both?",
                "7/10",
                "The US saves 7/8 · 4 = 7/2 and loses 5 − 7/2 = 3/2 a round: (7/2)/5 = 7/10. "
                "Mexico saves 3 and loses 7/8 · 6 − 3 = 9/4: 4/7. A deal that asks less of the "
                "one who is tempted lasts longer. With the shares chosen for that purpose, "
                "something is kept from √(2/5) ≈ 0.632 on.",
                ("What do 7/8 of the checks cost the US, and what does it gain then?",),
                source='critical("linked", "settlement")',
                game="us_mexico/guns_for_fentanyl",
            ),
            Exercise(
                "“Link everything, then every promise is safer.” Trade: each side is tempted by 1 "
                "and would lose 4, so trade alone is kept from 1/5 on. Joint operations cost "
                "Mexico 2 and bring the US 5: alone never kept. Linked, from which patience on "
                "are *both* kept in full?",
                "3/5",
                "Mexico is tempted by 1 + 2 = 3 and would lose 4 − 2 = 2 a round: 3/5. The US is "
                "tempted by 1 and would lose 4 + 5 = 9. Trade lends its slack to the operations "
                "and is itself in danger: between 1/5 and 3/5 it holds alone and falls when all "
                "of the operations are tied to it.",
                (
                    "Add up what Mexico saves by breaking both.",
                    "What does Mexico gain a round from both together?",
                ),
                source='critical("linked", "full")',
                game="us_mexico/tariff_slack",
            ),
        ),
        leaves_out="""\
* **Parts of a promise.** The page asks for promises kept in full. Some part of them can be kept
  from *d* = 1/5 on, apart or linked.
* **Mistakes.** If a kept promise can look broken, linking spreads the accident to all tables.
* **Starting afresh.** “Never again” is a harsh threat; after a breach both may prefer to forget it.
* **Different patience.** Here both sides weigh tomorrow alike; a government before an election may
  not.
* **Whether to sign at all**: what costs votes at home is lesson 5.""",
        teaching="""\
| minutes | what |
|---|---|
| 0–3 | The signed deal; who will keep it? |
| 3–16 | Play first, treatments A and B; collect after how many rounds each table ended |
| 16–24 | The model in words; T and L of the US on both tables on the board |
| 24–27 | Everyone predicts |
| 27–34 | Move d at x = 3/2, then x; open “What happens, and why” |
| 34–43 | Exercises 1 to 3 (4 and 5 as homework) |
| 43–45 | What the model leaves out |

**Board plan.** Left: rounds survived, one row per pair, A against B. Middle: a table of T and L for
the US on data, patrols and both, under it T/(T + L) = 4/5, 1/5, 1/2. Right: the inequality
(1 − d) · T ≤ d · L.

**Common errors.**

* Taking what the breaker *gets* (5) for the temptation. It is 5 minus what keeping brings.
* Adding the thresholds or taking their plain mean because it happens to be right here. Let them try
  T, L = (4, 1) and (2, 8): it is 6/15, not the mean of 4/5 and 1/5.
* “Whoever breaks would break only the data.” Linked, the patrols are lost anyway from the next
  round on, so he takes their temptation along.
* Reading *d* as a virtue. It also falls when the relation may end for other reasons.

**If both treatments look alike in your class**, the pairs were too trusting for one lesson: play
again with the die ending the game on 4, 5 and 6 (*d* = 1/2).""",
        sources="""\
* Bernheim, B. D., and Whinston, M. D. (1990), Multimarket contact and collusive behavior, *RAND
  Journal of Economics* 21, 1–26: pooling of slack. The bundled game is
  `classic/multimarket_contact`.
* Hughes, *The Geopolitical Cost Function of US Mexico Security Integration* (undated), for the
  trade in exercises 3 and 4 (`us_mexico/guns_for_fentanyl`).
* Coleman (GWU): free trade strengthens security; put to the test in `us_mexico/tariff_slack`
  (exercise 5).
* Data and patrols are a story made for teaching, and **all payoffs are illustrative**.""",
        command="bargaining enforce lessons/mirrored_promises --set x=3/2",
        python="""\
import bargaining as bg
for x in ("0", "1", "3/2", "2"):
    game = bg.load("lessons/mirrored_promises", parameters={"x": x})
    print(x, *(bg.critical_discount(game, agenda=a).full for a in ("delinked", "linked")))
deal = bg.critical_discount(bg.load("us_mexico/guns_for_fentanyl"))
print(deal.full, deal.settlement, deal.lottery, round(float(deal.any), 6))""",
        formulas=(
            ("apart", "the harder promise: d ≥ (5/2 + x)/5 = 1/2 + x/5"),
            ("linked", "T = 5 and L = 5 for each side: d ≥ 1/2, whatever x is"),
        ),
    )
    return (lesson,)


if __name__ == "__main__":
    app.run()
