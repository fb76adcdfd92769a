"""How much of an issue is conflict: the conflict index, and strict opposition of interests."""

from __future__ import annotations

from fractions import Fraction

from bargaining.model.issue import Issue


def conflict_index(issue: Issue) -> Fraction | None:
    """Return the share of payoff variation that is conflict rather than common interest.

    After each player's mean payoff in the issue is removed, payoffs are split into what all
    share, C, and what sets them apart, Z (for two players A = C + Z, B = C - Z, with
    C = (A + B)/2).  The index is ||Z||² / (||C||² + ||Z||²) in the Frobenius norm: 1 for
    strictly opposed payoffs, 0 for identical ones.  It depends on the players' units.

    Returns
    -------
    Fraction in [0, 1], or None when payoffs do not vary.

    Examples
    --------
    >>> pennies = Issue.normal_form("p", ["a", "b"], {"a": ["H", "T"], "b": ["H", "T"]},
    ...     {"a": [[1, -1], [-1, 1]], "b": [[-1, 1], [1, -1]]})
    >>> conflict_index(pennies)
    Fraction(1, 1)
    """
    table = issue.exact_payoffs
    count = len(issue.players)
    centred = table - table.sum(axis=0) / Fraction(len(table))
    common = centred.sum(axis=1) / Fraction(count)
    total = Fraction((centred**2).sum())
    apart = Fraction(((centred - common[:, None]) ** 2).sum())
    return apart / total if total else None


def zero_sum_rate(issue: Issue) -> Fraction | None:
    """Return the μ > 0 with B = -μ A + constant, for two players; None if there is none.

    This is strict opposition of interests, which survives linking issues at one μ.  Games that
    are zero-sum only in their best replies (strategically) can have mutual gains.

    Examples
    --------
    >>> option = Issue.from_options("o", ["a", "b"], ["x", "y"], {"a": [0, 2], "b": [0, -1]})
    >>> zero_sum_rate(option)
    Fraction(1, 2)
    """
    if len(issue.players) != 2:
        return None
    steps = issue.exact_payoffs - issue.exact_payoffs[0]
    mine, theirs = steps[:, 0], steps[:, 1]
    first = next((i for i, x in enumerate(mine) if x != 0), None)
    if first is None or theirs[first] / mine[first] >= 0:
        return None
    rate = -theirs[first] / mine[first]
    return (
        Fraction(rate) if all(y == -rate * x for x, y in zip(mine, theirs, strict=True)) else None
    )
