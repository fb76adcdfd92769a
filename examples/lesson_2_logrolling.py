"""Lesson 2: logrolling and exchange rates, guns for fentanyl.

Run: python examples/lesson_2_logrolling.py, or: marimo edit on this file.
The page examples/lesson_2_logrolling.html is built from it by build_lessons.py.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Lesson 2: logrolling and exchange rates")


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

    names = {"guns": "egress checks on guns", "fentanyl": "raids on fentanyl labs"}
    strokes = {"guns": "first", "fentanyl": "second"}
    tenths = ("0", "1/10", "1/5", "3/10", "2/5", "1/2", "3/5", "7/10", "4/5", "9/10", "1")

    def common(game):
        """Return the weights on the US at which neither issue offers a trade, if there are any."""
        rates = [rate.interval for rate in bg.exchange_rates(game).values()]
        low, high = max(low for low, _ in rates), min(high for _, high in rates)
        return (low, high) if low <= high else None

    def picture(game):
        """Draw both issues' exchange rates as bars, and shade what they share."""
        bars = []
        for issue, rate in bg.exchange_rates(game).items():
            low, high = rate.interval
            bars.append(Bar(names[issue], high, low, f"{low} to {high}", strokes[issue]))
        axis = "weight on the US at which the issue offers no trade"
        return Bars(axis, tuple(bars), band=common(game))

    def says(game):
        """Say whether there is a deal, and why."""
        shared = common(game)
        if shared:
            low, high = shared
            where = f"from {low} to {high}" if low < high else f"exactly at {low}"
            return f"Deadlock: the bars overlap {where}, and there every package is blocked."
        us, mexico = bg.settle(game).gains.values()
        return f"The bars do not overlap: a deal. The US gains {us}, Mexico {mexico} (Nash)."

    lesson = Lesson(
        number=2,
        title="Logrolling and exchange rates",
        minutes=45,
        level="first year; fractions and one inequality",
        goals=(
            "explain how two acts that nobody wants alone can pass together",
            "compute an issue's exchange rates and draw them as a bar",
            "read from two bars whether there is a deal",
            "say how much of what was promised must arrive for the deal to survive",
        ),
        hook="""\
Washington asks Mexico to raid fentanyl laboratories; Mexico City asks the United States to stop
guns from going south. Each raid and each check costs the side that carries it out, and the other
side enjoys the result. Alone, neither happens. *You raid, we check* looks like the obvious deal.
But a critic says: neither side can fully deliver what the other wants, so both fall back on the
defensive. Who is right, and from how much delivery on?""",
        play="""\
Work in pairs: one of you is the United States, the other Mexico. The numbers are points. You may
agree on a part of a card (a half, three quarters): everything in it shrinks in proportion.

| card | the United States | Mexico |
|---|---|---|
| The US checks cars going south for guns | −4 | +6 |
| Mexico raids fentanyl labs | +5 | −3 |

* **Round 1** (2 minutes). Each card alone. Sign only what costs neither of you points.
* **Round 2** (4 minutes). Both cards as one package. Agree if you can.
* **Round 3** (4 minutes). The work costs what it cost, but only **half of the result arrives**:
  checks bring Mexico +3, raids bring the US +2½. Again one package.

Write down your points after each round. In round 3: what is the best you can find for both?""",
        model="""\
Each card has a **giver**, who pays, and a **receiver**. Alone it is a deadlock: the giver will not.

Now price one side's points in the other's. A referee puts a **weight** on the US and the rest on
Mexico, and adds up. Checks are worth nothing to a referee who cares much for the US (who pays), and
raids are worth nothing to one who cares much for Mexico. The weights at which a card is worth
nothing, so that it **offers no trade**, are its **exchange rates**: the bar in the figure.

* If the two bars **overlap**, some weight finds both cards worthless, and every package too. No
  package can then help both: **deadlock**.
* If the bars **do not overlap**, every referee likes at least one card, and there is a package that
  helps both. This is **logrolling**: I vote for your dam, you vote for my subway.

In plain numbers: what I get from your act, times what you get from mine, must be more than what
the acts cost us, multiplied. *Product of the gains above product of the costs.* How the gains are
spread over the two acts does not matter, only their product.

Part of a result may get lost on the way while the full cost is paid: the **delivered part**.
""",
        symbols=(
            ("a, b", "delivered part of the checks' and of the raids' result, from 0 to 1"),
            ("(−4, 6a)", "gains (US, Mexico) of egress checks"),
            ("(5b, −3)", "gains (US, Mexico) of lab raids"),
            ("t", "weight on the US; Mexico has 1 − t"),
            ("bar", "all t at which a card is worth at most 0, so that it offers no trade"),
        ),
        game="us_mexico/guns_for_fentanyl",
        sliders=(
            Slider("parameters.a", "a: part of the checks' result that arrives", tenths, 10),
            Slider("parameters.b", "b: part of the raids' result that arrives", tenths, 10),
        ),
        readouts=(
            Readout(
                "linked.mutual_gain",
                "Does the package help both?",
                {"True": "yes", "False": "no"},
            ),
            Readout(
                "30*parameters.a*parameters.b", "Product of the gains, 5b · 6a (costs: 4 · 3 = 12)"
            ),
            Readout("linked.gains.us", "Gain of the US (Nash)"),
            Readout("linked.gains.mexico", "Gain of Mexico (Nash)"),
            Readout("issues.guns.exchange_rates[0]", "Bar of the checks begins at"),
            Readout("issues.fentanyl.exchange_rates[1]", "Bar of the raids ends at"),
        ),
        picture=picture,
        caption=(
            "One bar per card: the weights on the US at which it offers no trade. Where the bars "
            "overlap (shaded), every package is blocked."
        ),
        says=says,
        prediction=Choice(
            "With full delivery (a = b = 1) the package helps both. Now only half of each result "
            "arrives, at full cost. Is there still a package that helps both?",
            (
                "Yes, with about half the gains",
                "Yes, but only one of the two gains much",
                "No: the deal breaks down altogether",
            ),
            2,
            """\
**No.** The product of the gains falls to a quarter, 5/2 · 3 = 7½, below the product of the costs,
4 · 3 = 12. The bars overlap from 3/7 to 6/11. The deal does not shrink in proportion: below the
line 5*b* · 6*a* = 12, that is *a* · *b* = 2/5, it is gone.

Move along the line: *a* = 1 needs *b* above 2/5, *a* = 4/5 needs *b* above 1/2, and the other way
round. A side that delivers everything can save a deal with one that delivers little.""",
        ),
        questions=(
            Exercise(
                "Full delivery (a = b = 1). Where does the bar of the **checks** begin?",
                "3/5",
                "Checks are worth −4*t* + 6(1 − *t*) = 6 − 10*t*: nothing from *t* = 3/5 on.",
                ("At which weight is −4t + 6(1 − t) exactly 0?",),
                source="issues.guns.exchange_rates[0]",
            ),
            Exercise(
                "Full delivery. Both cards are signed in full. How much does **Mexico** gain?",
                "3",
                "6 from the checks minus 3 for the raids; the US gains 5 − 4 = 1. The Nash deal is "
                "kinder to the US: it takes only 7/8 of the checks, and the gains are 3/2 and 9/4.",
                ("What do the checks bring Mexico, and what do the raids cost it?",),
                source='gain("mexico", "utilitarian")',
            ),
            Exercise(
                "Only half of the raids' result arrives (b = 1/2). **Above** which a is there a "
                "deal for both?",
                "4/5",
                "5/2 · 6*a* must be more than 12, so *a* must be more than 12/15 = 4/5. At 4/5 "
                "itself the bars touch at 6/11, and touching is enough for a deadlock.",
                (
                    "Write down the product of the gains with b = 1/2.",
                    "5/2 · 6a > 12. Solve for a.",
                ),
            ),
            Choice(
                "The work is halved as well as its result: checks cost the US 2, bring Mexico 3; "
                "raids cost Mexico 3/2 and bring the US 5/2. What happens to the bars?",
                (
                    "They move towards each other and overlap",
                    "Nothing: they stay where they are",
                    "They move apart",
                ),
                1,
                "A bar depends only on the *ratio* of gain to cost, and half of everything has the "
                "same ratio. That is why a deal may take parts of an act, and why “we deliver "
                "less” is fatal only if it still costs as much.",
                ("Compute 3/(3 + 2) and compare it with 6/(6 + 4).",),
            ),
            Exercise(
                "Only 7/10 of each result arrives (a = b = 7/10). How much does the **US** gain in "
                "the Nash deal?",
                "9/28",
                "With all the raids and a share *x* of the checks the gains are 7/2 − 4*x* and "
                "4.2*x* − 3. Their product is largest half-way between the shares at which one of "
                "the two is 0: *x* = 3/4.2 = 5/7 and *x* = 7/8, so *x* = 89/112, and the US gains "
                "7/2 − 89/28 = 9/28.",
                (
                    "Let the raids be full and the checks a share x. What are the two gains?",
                    "A product of two straight lines is largest half-way between their zeros.",
                ),
                source="linked.gains.us",
                at={"parameters.a": "7/10", "parameters.b": "7/10"},
            ),
        ),
        leaves_out="""\
* **Promises.** The deal is signed here and kept. Who would keep it without a court? (Lesson 4.)
* **Joint effects.** Calm at the border may be worth something only if both acts happen; the game
  file has a bonus *w* for that, 0 here.
* **Doubt.** Both sides know the numbers and the delivered parts.
* **Voters.** What is traded must pass at home too (lesson 5).
* The weights are prices, not justice: what is *fair* is lesson 3.""",
        teaching="""\
| minutes | what |
|---|---|
| 0–3 | The two demands; the critic's claim |
| 3–15 | Play first, three rounds; collect rounds 2 and 3 on the board |
| 15–24 | The model in words; both bars by hand for full delivery |
| 24–27 | Everyone predicts |
| 27–35 | Move a and b; find three points of the line a · b = 2/5; open “What happens, and why” |
| 35–43 | Exercises 1 to 4 (5 as homework, or for the quick) |
| 43–45 | What the model leaves out |

**Board plan.** Left: deals of round 2 as points (US, Mexico); the full package is (1, 3). Middle:
the two bars on a line from 0 to 1, 3/5 and 3/8 marked. Right: 5b · 6a > 4 · 3, and under it the
line a · b = 2/5 in a square.

**Common errors.**

* Adding instead of multiplying: “6 + 5 > 4 + 3, so there is a deal”. In round 3 there is 3 + 2½ on
  one side and 7 on the other; let them try a = 1, b = 2/5 (sum 8, and still a deadlock).
* “Half delivered, half the gain.” That is exercise 4, where the cost is halved too.
* Thinking that touching bars leave a deal. At the touching weight everything is worth 0 or less.
* Reading the bar as the range of *good* weights. It is where nothing can be traded.

**Round 3 has no deal for both.** Pairs that report one took a result without its cost.""",
        sources="""\
* Hughes, *The Geopolitical Cost Function of US Mexico Security Integration* (undated): because
  neither side can fully deliver what the other wants, relations fall back to a defensive posture.
  The structure (who asks whom for what) is the sources'; **all payoffs are illustrative**.
* Logrolling: Buchanan, J. M., and Tullock, G. (1962), *The Calculus of Consent*, chapter 10, as in
  the bundled game `classic/logrolling`.""",
        command="bargaining solve us_mexico/guns_for_fentanyl --set a=1 --set b=1",
        python="""\
import bargaining as bg
for a, b in (("1", "1"), ("1/2", "1/2"), ("4/5", "1/2"), ("7/10", "7/10")):
    game = bg.load("us_mexico/guns_for_fentanyl", parameters={"a": a, "b": b})
    print(a, b, *(rate.interval for rate in bg.exchange_rates(game).values()))
    print(bg.solve(game).verdict.in_words)""",
        formulas=(
            ("checks offer no trade", "−4t + 6a(1 − t) ≤ 0, that is t ≥ 6a/(6a + 4)"),
            ("raids offer no trade", "5bt − 3(1 − t) ≤ 0, that is t ≤ 3/(5b + 3)"),
            ("deal for both", "6a/(6a + 4) > 3/(5b + 3), that is 5b · 6a > 4 · 3 = 12"),
        ),
    )
    return (lesson,)


if __name__ == "__main__":
    app.run()
