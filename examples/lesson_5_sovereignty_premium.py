"""Lesson 5: cooperation that shows, the sovereignty premium.

Run: python examples/lesson_5_sovereignty_premium.py, or: marimo edit on this file.
The page examples/lesson_5_sovereignty_premium.html is built from it by build_lessons.py.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Lesson 5: cooperation that shows")


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
    import math

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

    def share(game, agenda):
        """Return the share of the joint operations that an agenda carries out."""
        done = bg.settle(game, agenda=agenda).deal.get("operations", {})
        return round(float(done.get("joint operations", 0)), 6)

    def premium(game, s):
        """Return what a share of the joint operations costs Mexico at home."""
        kappa, beta, v = (float(game.parameters[name]) for name in ("kappa", "beta", "v"))
        return kappa * math.expm1(beta * v * s)

    def picture(game):
        """Draw what operations bring, and what they cost at home."""
        steps = [k / 40 for k in range(41)]
        curve = [(s, round(premium(game, s), 4)) for s in steps if premium(game, s) <= 9]
        lines = (
            Line(((0, 0), (1, 8)), "brings both", "first"),
            Line(((0, 0), (1, 2)), "brings Mexico", "second"),
            Line(tuple(curve), "premium", "front"),
        )
        at = [(share(game, agenda), agenda) for agenda in ("delinked", "linked")]
        marks = {"delinked": ("ring", "alone"), "linked": ("circle", "with aid")}
        spots = [Spot((s, premium(game, s)), marks[a][1], marks[a][0]) for s, a in at if s]
        if not any(s for s, _ in at):
            spots = [Spot((0, 0), "no deal", "cross")]
        return Plane("share of the joint operations", "points", lines, tuple(spots))

    def says(game):
        """Say how much is carried out, alone and with aid."""
        alone, together = (share(game, agenda) for agenda in ("delinked", "linked"))
        if not together:
            return "Deadlock: the first bit that shows costs more than it brings both together."
        gain = float(bg.settle(game).gains["mexico"])
        deal = f"with aid {together:.0%}, and each side gains {gain:.3g}"
        if not alone:
            return f"Alone nothing passes in Mexico; {deal}."
        return f"Alone {alone:.0%} of the operations pass; {deal}."

    quarters = ("1/4", "1/2", "3/4", "1", "3/2", "2")
    lesson = Lesson(
        number=5,
        title="Cooperation that shows: the sovereignty premium",
        minutes=45,
        level="second year; the exponential function, its slope, logarithms",
        goals=(
            "say why a deal that pays can fail at home, and what a win-set is",
            "find how deep cooperation goes where a further step costs as much as it brings",
            "say when aid on the same table opens a deadlock, and when nothing does",
            "show that one audience for everything can sink what two quiet deals would pass",
        ),
        hook="""\
American agents at the side of Mexican marines bring results. They also bring headlines. A study of
US-Mexican security integration puts it in one word: friction at home grows *exponentially* with the
depth and visibility of cooperation. A senator who can live with ten advisers cannot live with
twenty. Can Washington pay for that? Or should both rather keep their voices down?""",
        play="""\
Work in pairs: one of you is the United States, the other Mexico. You sign a number of **joint
operations** from 0 to 8. Each operation brings the US 6 points and Mexico 2. But Mexico's
opposition watches, and the more it sees, the worse it gets:

| joint operations | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 |
|---|---|---|---|---|---|---|---|---|---|
| Mexico pays at home | 0 | 5 | 14 | 28 | 51 | 89 | 153 | 257 | 429 |

* **Round 1** (3 minutes). Operations only. How many will Mexico sign?
* **Round 2** (5 minutes). The US may also send **aid**: every point costs it 1 and brings Mexico 1.
  One package of operations and aid. Find one in which both gain.
* **Round 3** (4 minutes). A joint centre makes the operations half as visible: Mexico now pays 0,
  2, 5, 9, 14, 20, 28, 38, 51. Again one package with aid.

Write down the number of operations and both gains.""",
        model="""\
A deal must be **ratified**: whoever signs it must survive it at home. What is agreed to with a
foreign power has a **depth**, how far it goes, and a **visibility**, how much of it shows. What
shows costs the government at home: the **sovereignty premium**. It grows exponentially: every
further bit costs more than the bit before.

The deals that a side can ratify are its **win-set**. Of operations alone Mexico would like best the
depth at which a further bit costs what it brings *Mexico*, but it can ratify more, as long as it is
not left with less than nothing. The US, which pays no premium, wants all it can get. The Nash deal
lies in between. If already the first bit costs Mexico more than it brings it, nothing passes.

With **aid on the same table** it is what the bit brings *both* that counts: the US can hand over
part of its gain. So a package opens the deadlock if the first bit costs less than it brings both
together, and goes as deep as further bits do. Aid alone creates nothing: what one side gets, the
other pays.

The premium belongs to what *one audience* sees together. Two quiet deals are two small premiums.
One grand bargain in front of the cameras is one large premium: the difference is the **cross
premium**.""",
        symbols=(
            ("s", "share of the joint operations that is carried out, from 0 to 1"),
            ("2s, 6s", "what they bring Mexico and the US; 8s together"),
            ("κ, β", "scale and rate of the premium"),
            ("v", "how visible the operations are: v · s shows"),
            ("premium", "κ(exp(βvs) − 1), paid by Mexico"),
            ("slope of the premium", "κβv · exp(βvs); at s = 0 it is κβv"),
        ),
        game="lessons/how_loud",
        sliders=(
            Slider("parameters.kappa", "κ: how much sovereignty weighs (scale)", quarters[:4], 3),
            Slider("parameters.beta", "β: how steeply depth is felt (rate)", quarters, 0),
            Slider("parameters.v", "v: how visible the operations are", ("1", "2", "4"), 2),
        ),
        readouts=(
            Readout(
                'share("operations", "joint operations", "nash", "delinked")',
                "Share of the joint operations",
                column="Operations alone",
            ),
            Readout(
                'share("operations", "joint operations")',
                "Share of the joint operations",
                column="With aid",
            ),
            Readout("delinked.gains.us", "Gain of the US (Nash)", column="Operations alone"),
            Readout("linked.gains.us", "Gain of the US (Nash)", column="With aid"),
            Readout("delinked.gains.mexico", "Gain of Mexico (Nash)", column="Operations alone"),
            Readout("linked.gains.mexico", "Gain of Mexico (Nash)", column="With aid"),
            Readout(
                "2 > parameters.kappa*parameters.beta*parameters.v",
                "Does the first bit cost less than it brings (2 alone, 8 with aid)?",
                {"True": "yes", "False": "no"},
                "Operations alone",
            ),
            Readout(
                "8 > parameters.kappa*parameters.beta*parameters.v",
                "Does the first bit cost less than it brings (2 alone, 8 with aid)?",
                {"True": "yes", "False": "no"},
                "With aid",
            ),
        ),
        picture=picture,
        caption=(
            "The curve is the premium. Where it starts steeper than the lower line nothing passes "
            "alone; where it starts steeper than the upper line nothing passes at all. The Nash "
            "deals are marked on it."
        ),
        says=says,
        prediction=Choice(
            "κ = β = 1 and v = 4. The first bit of operations brings Mexico 2 per unit and costs "
            "it 4: alone, nothing passes. Aid costs the US what it brings Mexico: alone, nothing "
            "passes. Now both are on one table. What happens?",
            (
                "Still nothing: aid creates no value, and the premium is too steep",
                "A shallow deal: about a sixth of the operations for about a fifth of the aid",
                "About half of the operations for half of the aid",
                "All of the operations, since the US gains enough to pay for them",
            ),
            1,
            """\
**A shallow deal.** The first bit brings both together 8 and costs 4: there is something to share,
and aid shares it. But the premium gets steeper: its slope reaches 8 where 4 · exp(4*s*) = 8, at
*s* = (ln 2)/4, about 17 %. Any further bit costs more than it brings. Both gain 0.193; aid of 21 %
makes good what Mexico loses.

Now make the operations half as visible, *v* = 2: 69 %, *four times* as deep, and each side gains
1.27. Less noise does more than more money. And with *β* = 2 at *v* = 4 the first bit costs 8:
deadlock, whatever the aid.""",
        ),
        questions=(
            Exercise(
                "κ = 1, v = 4. From which **β** on is there no deal even with aid?",
                "2",
                "The first bit costs κβv = 4β and brings both together 8: nothing from β = 2 on. "
                "How much aid is on offer does not matter.",
                ("What does the first bit of operations bring both together?",),
            ),
            Exercise(
                "κ = 1, β = 1/2, v = 4. How large is the **premium** that Mexico pays in the deal "
                "with aid?",
                "3",
                "At the best share the slope is 8: κβv · exp(βvs) = 2 · exp(2s) = 8, so exp(2s) = "
                "4. The premium is κ(4 − 1) = 3. The logarithm is needed only for the share "
                "itself, (ln 4)/2 ≈ 0.693.",
                (
                    "What is κβv, and how large must exp(βvs) be for a slope of 8?",
                    "Put exp(βvs) into the premium; you need no logarithm.",
                ),
                source='linked.requirements["premium.mexico"].premium',
                at={"parameters.beta": "1/2"},
            ),
            Exercise(
                "κ = β = 1. The joint centre makes operations half as visible, v = 2. Which "
                "**share** of them is carried out in the deal with aid?",
                "0.693",
                "2 · exp(2s) = 8, so s = (ln 4)/2 = ln 2 ≈ 0.693. Half the visibility makes the "
                "curve start half as steep *and* bend half as fast.",
                ("2 · exp(2s) = 8.", "exp(2s) = 4, and ln 4 ≈ 1.386."),
                source='share("operations", "joint operations")',
                at={"parameters.v": "2"},
            ),
            Choice(
                "κ = β = 1, v = 4. The US offers twice the aid (up to 8 instead of 4). What "
                "happens to the share of joint operations?",
                ("It doubles", "It rises a little", "It stays at about 17 %"),
                2,
                "Only 21 % of the aid is used as it is. Aid divides what the operations bring; it "
                "does not change the slope of the premium. To go deeper, make it show less, or "
                "matter less.",
                ("How much of the aid is used now?", "What does more aid change about the curve?"),
            ),
            Exercise(
                "Two acts, joint operations and shared data, bring Mexico 3 and the US 2 each, and "
                "each shows 1 (κ = β = 1). Signed in full on two quiet tables, the premiums are e "
                "− 1 each; in one grand bargain before one audience e² − 1. How much **more** "
                "does Mexico pay for the grand bargain?",
                "2.952",
                "e² − 1 − 2(e − 1) = (e − 1)² ≈ 2.952: the cross premium. Mexico would be left "
                "with 6 − 6.39 < 0, so the full package does not even pass; what passes on one "
                "table brings 2.71 and 1.19 instead of 4 and 2.56. Here linking harms both.",
                ("e ≈ 2.718, e² ≈ 7.389.", "e² − 1 − 2(e − 1) is a square."),
            ),
        ),
        leaves_out="""\
* **Who watches.** Here one audience sees the operations; parliaments, parties and the press differ,
  and some win-sets are votes.
* **Washington's own home front**: the US pays no premium here.
* **Secrets come out.** Quiet deals are cheap until somebody prints them.
* **Whether it is right** that voters see less. The model says what silence does, not that it is
  good.
* The exponential shape is a word in the source; nobody has measured κ and β.""",
        teaching="""\
| minutes | what |
|---|---|
| 0–3 | The headline; can Washington pay for that? |
| 3–17 | Play first, three rounds; collect rounds 2 and 3 on the board |
| 17–25 | The model in words; the curve and the two lines on the board |
| 25–28 | Everyone predicts |
| 28–35 | Move v, then β, then κ; open “What happens, and why” |
| 35–43 | Exercises 1 to 3 (4 and 5 as homework) |
| 43–45 | What the model leaves out |

**Board plan.** Left: operations and gains of rounds 2 and 3. Middle: axes, the lines 2s and 8s, one
flat and one steep curve; mark where the curve has the slope 8. Right: κβv against 2 and 8.

**Common errors.**

* Looking for the point where the curve *crosses* the line. The best share is where the curve is as
  steep as the line; the crossing is the deepest deal that can still be ratified.
* “The US gains three times as much, so it can pay for anything.” It can pay for one operation in
  round 2: it brings both 8 and costs 5. The second one costs 9 more.
* “More aid, deeper cooperation.” That is exercise 4.
* Thinking that quiet always wins: with two *different* audiences the cross premium is 0.

**In round 2** one operation is best (8 − 5 = 3 to share), in **round 3** six: the premium goes up
by 8 from 5 to 6 operations, so five do as well; both leave 20 to share.""",
        sources="""\
* Hughes, *The Geopolitical Cost Function of US Mexico Security Integration* (undated): friction
  rises exponentially with depth and visibility; decouple and keep it quiet. Games:
  `us_mexico/sovereignty_premium`, `us_mexico/clearinghouse`.
* Payan & Montes de Oca 2024 (Baker Institute): deal with all issues at the same time in one
  comprehensive framework. Both claims are put to the test in `us_mexico/one_audience` (exercise 5).
* **All numbers are illustrative**: the shape is the source's word, the rest is invented.""",
        command="bargaining solve lessons/how_loud --set beta=1/2",
        python="""\
import bargaining as bg
for v in ("1", "2", "4"):
    deal = bg.settle(bg.load("lessons/how_loud", parameters={"v": v}))
    print(v, deal.deal["operations"]["joint operations"], *map(float, deal.gains.values()))
game = bg.load("us_mexico/one_audience")
print(*(bg.settle(game, agenda=a).gains for a in ("delinked", "linked")))
print(bg.win_set(game).cross_premium)""",
        formulas=(
            ("a deal alone", "only if κβv < 2"),
            ("a deal with aid", "only if κβv < 8; then κβv · exp(βvs) = 8 at the best share"),
            ("best share", "s = ln(8/κβv)/(βv), or 1 where that is more"),
        ),
    )
    return (lesson,)


if __name__ == "__main__":
    app.run()
