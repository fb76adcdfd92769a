"""Lesson 1: zero-sum deadlock, and why one table is not enough.

Run: python examples/lesson_1_zero_sum_deadlock.py, or: marimo edit on this file.
The page examples/lesson_1_zero_sum_deadlock.html is built from it by build_lessons.py.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Lesson 1: zero-sum deadlock")


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
        Bar,
        Bars,
        Choice,
        Exercise,
        Lesson,
        Readout,
        Slider,
    )

    names = {"trade": "tariff certainty", "security": "joint operations", "priorities": "the list"}
    strokes = {"trade": "first", "security": "second", "priorities": "third"}

    def common(game):
        """Return the weights on the US at which no issue offers a trade, if there are any."""
        rates = [rate.interval for rate in bg.exchange_rates(game).values()]
        low, high = max(low for low, _ in rates), min(high for _, high in rates)
        return (low, high) if low <= high else None

    def picture(game):
        """Draw each issue's exchange rates as a bar, and the rate that all share."""
        bars = []
        for issue, rate in bg.exchange_rates(game).items():
            low, high = rate.interval
            text = f"{low} to {high}" if low < high else str(low)
            bars.append(Bar(names[issue], high, low, text, strokes[issue]))
        shared = common(game)
        label = f"common rate {shared[0]}" if shared else ""
        mark = shared[0] if shared else None
        return Bars("weight on the US at which the issue offers no trade", tuple(bars), mark, label)

    def says(game):
        """Say whether there is a deal, and which weight speaks against it."""
        shared = common(game)
        if shared:
            return f"Deadlock: at the weight {shared[0]} on the US every issue is blocked."
        us, mexico = bg.settle(game).gains.values()
        return f"A deal for both: the US gains {us}, Mexico {mexico}. No weight is in all bars."

    lesson = Lesson(
        number=1,
        title="Zero-sum deadlock, and why one table is not enough",
        minutes=45,
        level="secondary school or first year; negative numbers and fractions",
        goals=(
            "say what makes an issue pure conflict, and measure it",
            "show that pure conflicts at one exchange rate stay deadlocked, however many you link",
            "find the weight that blocks every issue at once",
            "say which change of stakes breaks the deadlock, and which does not",
        ),
        hook="""\
The United States and Mexico quarrel over tariffs, over joint police operations, over whose list
of targets comes first. A policy brief argues that one issue at a time would lead to zero-sum games,
and that all of them on one table give the give-and-take. Six big issues would be negotiated
together on the strength of it. Is it enough to put quarrels on one table?""",
        play="""\
Work in pairs: one of you is the United States, the other Mexico. The numbers are points that a
card brings you. You may also agree on half of a card, or a quarter.

| card | the United States | Mexico |
|---|---|---|
| The US drops its tariff threats | −2 | +2 |
| Mexico joins US operations | +3 | −3 |
| The US list of targets comes first | +1 | −1 |
| *or instead* the Mexican list comes first | −1 | +1 |

* **Round 1** (3 minutes). One card at a time. Sign only what costs neither of you points.
* **Round 2** (4 minutes). All cards at once, as one package. Find one that brings *both* of you
  points.
* **Round 3** (4 minutes). New: dropping the tariff threats is now worth **+4** to Mexico. Again
  one package.

Write down your points after each round.""",
        model="""\
Each issue has a **status quo** that both sides know, worth 0. Everything else is counted as a gain
or loss from there. An issue is **pure conflict** (strictly competitive) if every step that brings
one side something costs the other side something, always at the same **exchange rate**: here one
point for one point.

Now imagine a referee who adds up both sides' points, with some **weight** on each side. If at
these weights *no* step of an issue is worth more than the status quo, the issue **offers no
trade** at these weights. An issue usually offers no trade over a whole range of weights: its
**bar** in the figure.

* If one weight lies in the bars of *all* issues, then no package is worth more than nothing at
  this weight. So no package can bring both sides something. **Deadlock**, whatever you link.
* If no weight lies in all bars, there is a package that both prefer. (This direction is the deeper
  half: whenever no deal helps both, some weight proves it.)

Three issues at the rate one for one all have the weight one half in their bars. Add a fourth, or a
hundredth: it is still there. A sum of zeros is zero.

The **conflict index** says how much of an issue is conflict: 1 for pure conflict one for one, 0
where both want the same.""",
        symbols=(
            ("gain", "points above the status quo: (US, Mexico) = (−2, s) for tariff certainty"),
            ("t", "weight on the US; Mexico has 1 − t"),
            (
                "t · gain of the US + (1 − t) · gain of Mexico",
                "what a step is worth to the referee",
            ),
            ("bar", "all t at which no step of the issue is worth more than 0"),
            (
                "conflict index",
                "for one step with gains (−c, g): (c + g)² / (2c² + 2g²)",
            ),
            ("s, m", "what tariff certainty is worth to Mexico; the unit in which Mexico counts"),
        ),
        game="lessons/one_exchange_rate",
        sliders=(
            Slider(
                "parameters.s",
                "s: what tariff certainty is worth to Mexico (it costs the US 2)",
                ("1", "3/2", "2", "5/2", "3", "4", "5", "6"),
                2,
            ),
            Slider(
                "parameters.m",
                "m: the unit in which Mexico counts (2: every Mexican number doubled)",
                ("1/2", "1", "2", "3"),
                1,
            ),
        ),
        readouts=(
            Readout(
                "linked.mutual_gain",
                "Does one table bring both something?",
                {"True": "yes", "False": "no"},
            ),
            Readout("linked.gains.us", "Gain of the US on one table (Nash)"),
            Readout("linked.gains.mexico", "Gain of Mexico on one table (Nash)"),
            Readout("len(minimal_packages)", "Pairs of issues that already suffice"),
            Readout("issues.trade.exchange_rates[0]", "Tariff certainty: its bar begins at"),
            Readout("issues.trade.conflict_index", "Tariff certainty: conflict index"),
        ),
        picture=picture,
        caption=(
            "One bar per issue: the weights on the US at which it offers no trade. A weight that "
            "lies in all bars blocks every package."
        ),
        says=says,
        prediction=Choice(
            "All three issues are one for one. Tariff certainty costs the US 2. You raise what it "
            "is worth to Mexico, s, from 2 upwards and leave the other two issues alone. From "
            "where on does one table bring both sides something?",
            (
                "Already at s = 2: three issues give enough to trade",
                "From anything above 2 on",
                "Only above 6: it must outweigh the other issues too",
                "Never: the other two issues remain pure conflict",
            ),
            1,
            """\
**From anything above 2 on.** At *s* = 2 the weight 1/2 lies in every bar: each step is worth 0 or
less there, and so is every package. Raise *s* a little and the bar of tariff certainty begins to
the right of 1/2, at *s*/(*s* + 2). The other two bars stay, and now nothing is common to all three.
Mexico pays for the tariffs with something that is still one for one: it can give up more than 2 and
less than *s* points that bring the US as much, and both gain. What the other issues are good for is
*paying*; they need not create anything themselves.

Below 2 the bar grows to the left and still holds 1/2. Unequal stakes alone are not enough: the act
must bring its receiver more than it costs its giver, at the rate of the other issues.

And the unit *m*: doubling Mexico's numbers moves every bar, the common weight goes from 1/2 to
2/3, and nothing else happens. The conflict index does change with the unit, so do not take it for
a verdict.""",
        ),
        questions=(
            Exercise(
                "Everything one for one (s = 2, m = 1). A fourth issue comes on the table: it "
                "brings the US 10 and costs Mexico 10. Mexico and the US sign any package of the "
                "four. What is the **sum** of both gains?",
                "0",
                "Every part of the package sums to 0, halves and quarters too, and so does the "
                "whole. If one side gains, the other loses as much: no package brings both "
                "something. Size and number of the issues play no part.",
                ("What is the sum of both gains in each single issue?", "And in half of it?"),
                source="linked.gains.us + linked.gains.mexico",
            ),
            Exercise(
                "Tariff certainty is worth s = 5 to Mexico (m = 1). Where does its bar **begin**?",
                "5/7",
                "The step is worth −2*t* + 5(1 − *t*) to the referee. That is 0 at *t* = 5/7, and "
                "less for every larger weight on the US, who pays. So the bar is 5/7 to 1, and 1/2 "
                "is outside.",
                (
                    "At which weight t is −2t + 5(1 − t) exactly 0?",
                    "−2t + 5 − 5t = 0.",
                ),
                source="issues.trade.exchange_rates[0]",
                at={"parameters.s": "5"},
            ),
            Exercise(
                "Still s = 5. What does the **US** gain in the Nash deal on one table?",
                "3/2",
                "All of tariff certainty gives (−2, 5), together 3 points. The other issues move "
                "points one for one between the two, so every split of 3 can be reached as long as "
                "Mexico still has something to give. The Nash deal has the largest product of "
                "gains, and of two numbers with the sum 3 these are 3/2 and 3/2.",
                (
                    "What do both gain together if tariff certainty is signed in full?",
                    "The other issues move points one for one. Which split of 3 has the largest "
                    "product?",
                ),
                source="linked.gains.us",
                at={"parameters.s": "5"},
            ),
            Choice(
                "At s = 1 the stakes of tariff certainty are unequal too: it costs the US 2 and "
                "brings Mexico 1. Why does the deadlock stay?",
                (
                    "1 is too small a number; at s = 1 and ten times the unit m it would break",
                    "The act destroys value at the rate of the other issues, and its opposite is "
                    "not on the table",
                    "Because Mexico gains in it and the US loses",
                ),
                1,
                "The bar at *s* = 1 is 1/3 to 1 and holds 1/2. Whoever pays 2 points for 1 can be "
                "paid back one for one, but never more than 1. If the *opposite* act were on the "
                "table (the US gains 2, Mexico loses 1), its bar would be the weights up to 1/3, "
                "and 1/2 would be free: a deal. The unit m moves all bars together and opens "
                "nothing.",
                ("Look at the bar at s = 1: does it hold the common weight 1/2?",),
            ),
            Exercise(
                "What is the **conflict index** of tariff certainty at s = 4, m = 1?",
                "9/10",
                "(2 + 4)² / (2·2² + 2·4²) = 36/40 = 9/10: nearly pure conflict when looked at "
                "alone. And yet this issue is what makes the deal. How much conflict is in a "
                "single issue does not say what it is worth at a common table.",
                ("Put c = 2 and g = 4 into the formula under “The same in symbols”.",),
                source="issues.trade.conflict_index",
                at={"parameters.s": "4"},
            ),
        ),
        leaves_out="""\
* **Side payments.** If the sides can pay each other money, money is one more issue, at one rate.
* **Time.** Who keeps a promise that costs him something tomorrow? (Lesson 4.)
* **Issues that touch each other.** A step may be worth more because another is taken too.
* **What is not known.** Both sides see all numbers here; real negotiators guess.
* **More than two parties.** With three, pairs of issues may not be enough (lesson 7).
* That real quarrels are zero-sum at all is an assumption about numbers nobody has measured.""",
        teaching="""\
| minutes | what |
|---|---|
| 0–3 | The question: is one table enough? |
| 3–17 | Play first, three rounds in pairs; collect the points of round 2 and 3 on the board |
| 17–25 | The model in words; draw the three bars |
| 25–28 | Everyone predicts, on the page or by a show of hands |
| 28–36 | Move s, then m; open “What happens, and why” |
| 36–43 | Exercises 1 to 3 (4 and 5 as homework) |
| 43–45 | What the model leaves out |

**Board plan.** Left: the class's points, one row per pair; in round 2 every row sums to 0. Middle:
a line from 0 to 1, the three bars under each other, a dotted line at 1/2. Right: the sentence
“a deal for both ⇔ no weight lies in all bars”.

**Common errors.**

* “More issues, more to trade.” Let them add a fourth card to round 2.
* “In round 2 somebody must be bad at bargaining.” Sum the points: it cannot be done.
* “Unequal is enough.” Move s to 1.
* Reading the weight as a share of the gains. It is the referee's price of a US point.
* Taking the conflict index for a verdict: it changes with the unit m, the deadlock does not.

**If a pair reports a deal for both in round 2**, add up their points together: one card was counted
with the wrong sign.""",
        sources="""\
* Payan & Montes de Oca 2024 (Baker Institute), policy brief: dealing with one issue at a time
  would lead to zero-sum games, all issues together give the give-and-take. Here the claim is taken
  at its word and put to the test.
* All payoffs are **illustrative**, made for teaching; trade and security are names from the
  source's list. The game with the source's six issues is `us_mexico/six_issue_table`.""",
        command="bargaining solve lessons/one_exchange_rate --set s=5 --set m=1",
        python="""\
import bargaining as bg
for s in ("1", "2", "4", "5", "6"):
    verdict = bg.solve(bg.load("lessons/one_exchange_rate", parameters={"s": s, "m": "1"}))
    trade = verdict.issues["trade"]
    print(s, *trade.exchange_rates, trade.conflict_index, verdict.verdict.in_words)""",
        formulas=(
            (
                "bar of tariff certainty",
                "−2t + s(1 − t) ≤ 0, that is t ≥ s/(s + 2)",
            ),
        ),
    )
    return (lesson,)


if __name__ == "__main__":
    app.run()
