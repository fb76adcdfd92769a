"""How much of what was asked for must arrive before guns can be traded for fentanyl?

Run: python examples/when_does_linking_start_to_matter.py
"""

from fractions import Fraction

import bargaining as bg

low, high = Fraction(0), Fraction(1)  # no deal at low, a deal at high
for _ in range(20):
    middle = (low + high) / 2
    game = bg.load("us_mexico/guns_for_fentanyl", parameters={"a": middle})
    if bg.solve(game).verdict.linking_breaks_deadlock:
        high = middle
    else:
        low = middle
print(f"linking breaks the deadlock from a delivered share of {float(high):.6f} on")
assert low <= Fraction(2, 5) <= high  # the closed form: a * b > 2/5
