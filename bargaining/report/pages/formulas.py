"""The formulas of a report, in MathML: browsers draw them without any script.

Their letters are those of the definitions: g gains, x shares, λ exchange rates, δ discount
factors, T temptations, L losses, d depth, r the radius.
"""

from __future__ import annotations

from markupsafe import Markup


def _math(inside: str) -> Markup:
    return Markup(f'<math display="block"><mrow>{inside}</mrow></math>')


def _sub(base: str, index: str) -> str:
    return f"<msub><mi>{base}</mi><mrow>{index}</mrow></msub>"


def _sum(under: str) -> str:
    return f"<munder><mo>∑</mo><mrow>{under}</mrow></munder>"


_K, _I, _A = "<mi>k</mi>", "<mi>i</mi>", "<mi>a</mi>"
_KI = "<mi>k</mi><mo>,</mo><mi>i</mi>"
_KA = "<mi>k</mi><mo>,</mo><mi>a</mi>"
_KA_ARG = "<mo>(</mo><mi>a</mi><mo>)</mo>"
_BEST = f"<munder><mi>max</mi>{_A}</munder>"
_WORTH = f"{_sum(_I)}{_sub('λ', _I)}{_sub('g', _KI)}{_KA_ARG}"

FORMULAS: dict[str, Markup] = {
    "answer": _math(
        f"<munder><mo>⋂</mo>{_K}</munder>{_sub('Λ', _K)}<mo>=</mo><mo>∅</mo>"
        f"<mo>⟺</mo><mo>∃</mo><mi>x</mi><mo>:</mo>{_sub('G', _I)}<mo>(</mo><mi>x</mi><mo>)</mo>"
        f"<mo>&gt;</mo><mn>0</mn><mspace width='0.6em'/><mo>∀</mo>{_I}"
    ),
    "alone": _math(
        f"{_sub('Λ', _K)}<mo>=</mo><mo>{{</mo><mi>λ</mi><mo>≥</mo><mn>0</mn><mo>,</mo>"
        f"{_sum(_I)}{_sub('λ', _I)}<mo>=</mo><mn>1</mn><mo>:</mo>"
        f"{_BEST}{_WORTH}<mo>=</mo><mn>0</mn><mo>}}</mo>"
    ),
    "deal": _math(
        f"{_sub('G', _I)}<mo>=</mo>{_sum(_K)}{_sum(_A)}{_sub('x', _KA)}{_sub('g', _KI)}{_KA_ARG}"
    ),
    "concepts": _math(
        f"<munder><mi>max</mi><mi>x</mi></munder><munder><mo>∏</mo>{_I}</munder>{_sub('G', _I)}"
        f"<mo>(</mo><mi>x</mi><mo>)</mo><mspace width='0.8em'/>{_sub('G', _I)}<mo>≥</mo><mn>0</mn>"
    ),
    "lasting": _math(
        f"<mo>(</mo><mn>1</mn><mo>−</mo><mi>δ</mi><mo>)</mo>{_sub('T', _I)}<mo>≤</mo><mi>δ</mi>"
        f"{_sub('L', _I)}<mo>⟺</mo><mi>δ</mi><mo>≥</mo>"
        f"<mfrac>{_sub('T', _I)}<mrow>{_sub('T', _I)}<mo>+</mo>{_sub('L', _I)}</mrow></mfrac>"
    ),
    "home": _math(
        f"{_sub('G', _I)}<mo>−</mo><mi>κ</mi><mo>(</mo>"
        "<msup><mi>e</mi><mrow><mi>β</mi><mi>d</mi></mrow></msup><mo>−</mo><mn>1</mn>"
        "<mo>)</mo><mo>≥</mo><mn>0</mn>"
    ),
    "parties": _math(
        "<mi>x</mi><mo>(</mo><mi>S</mi><mo>)</mo><mo>≥</mo><mi>v</mi><mo>(</mo><mi>S</mi><mo>)</mo>"
        "<mspace width='0.6em'/><mo>∀</mo><mi>S</mi><mo>,</mo><mspace width='0.6em'/>"
        "<mi>x</mi><mo>(</mo><mi>N</mi><mo>)</mo><mo>=</mo><mi>v</mi><mo>(</mo><mi>N</mi><mo>)</mo>"
    ),
    "private": _math(
        f"{_sub('U', _I)}<mo>(</mo><mi>t</mi><mo>|</mo><mi>t</mi><mo>)</mo><mo>≥</mo>"
        f"{_sub('U', _I)}<mo>(</mo><msup><mi>t</mi><mo>′</mo></msup><mo>|</mo><mi>t</mi><mo>)</mo>"
        f"<mo>,</mo><mspace width='0.6em'/>{_sub('U', _I)}<mo>(</mo><mi>t</mi><mo>|</mo>"
        "<mi>t</mi><mo>)</mo><mo>≥</mo><mn>0</mn>"
    ),
    "robust": _math(
        "<mo>|</mo><msup><mi>u</mi><mo>′</mo></msup><mo>−</mo><mi>u</mi><mo>|</mo><mo>≤</mo>"
        "<mi>r</mi><mo>(</mo><mi>max</mi><mi>u</mi><mo>−</mo><mi>min</mi><mi>u</mi><mo>)</mo>"
    ),
}
