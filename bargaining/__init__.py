"""When does putting several issues on one table turn a deadlock into a deal?

Importing this package loads nothing heavy; each public name is loaded when first used.

>>> import bargaining as bg
>>> verdict = bg.solve(bg.load("us_mexico/guns_for_fentanyl"))
>>> verdict.verdict.linking_breaks_deadlock
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from bargaining.equilibrium.concepts import equilibria as equilibria
    from bargaining.equilibrium.correlated import correlated_equilibrium as correlated_equilibrium
    from bargaining.equilibrium.linked import linked_equilibrium as linked_equilibrium
    from bargaining.equilibrium.repeated.answer import PayoffSet as PayoffSet
    from bargaining.equilibrium.repeated.payoffs import repeated_payoffs as repeated_payoffs
    from bargaining.errors import BargainingError as BargainingError
    from bargaining.geometry.exchange_rates import exchange_rates as exchange_rates
    from bargaining.linkage.agenda_game import AgendaGame as AgendaGame
    from bargaining.linkage.agenda_game import agenda_game as agenda_game
    from bargaining.linkage.coalitions.analysis import coalitions as coalitions
    from bargaining.linkage.coalitions.answer import CoalitionAnalysis as CoalitionAnalysis
    from bargaining.linkage.design.answer import Design as Design
    from bargaining.linkage.design.design import design as design
    from bargaining.linkage.evaluate import evaluate as evaluate
    from bargaining.linkage.packages import minimal_packages as minimal_packages
    from bargaining.linkage.robustness import Robustness as Robustness
    from bargaining.linkage.robustness import robustness as robustness
    from bargaining.linkage.verdict import Verdict as Verdict
    from bargaining.linkage.verdict import solve as solve
    from bargaining.loading import load as load
    from bargaining.loading import loads as loads
    from bargaining.model.agenda import Agenda as Agenda
    from bargaining.model.deal import Deal as Deal
    from bargaining.model.game import LinkageGame as LinkageGame
    from bargaining.model.issue import Issue as Issue
    from bargaining.model.links import Link as Link
    from bargaining.results import Status as Status
    from bargaining.settlement.enforcement.thresholds import CriticalDiscount as CriticalDiscount
    from bargaining.settlement.enforcement.thresholds import critical_discount as critical_discount
    from bargaining.settlement.frontier import frontier as frontier
    from bargaining.settlement.mechanism.answer import Mechanism as Mechanism
    from bargaining.settlement.mechanism.direct import mechanism as mechanism
    from bargaining.settlement.settle import settle as settle
    from bargaining.settlement.settlement import Settlement as Settlement
    from bargaining.settlement.win_set import win_set as win_set
    from bargaining.sweeps.answer import Sweep as Sweep
    from bargaining.sweeps.answer import open_sweep as open_sweep
    from bargaining.sweeps.run import sweep as sweep

_HOMES = {
    "Agenda": "bargaining.model.agenda",
    "AgendaGame": "bargaining.linkage.agenda_game",
    "BargainingError": "bargaining.errors",
    "CoalitionAnalysis": "bargaining.linkage.coalitions.answer",
    "CriticalDiscount": "bargaining.settlement.enforcement.thresholds",
    "Deal": "bargaining.model.deal",
    "Design": "bargaining.linkage.design.answer",
    "Issue": "bargaining.model.issue",
    "Link": "bargaining.model.links",
    "LinkageGame": "bargaining.model.game",
    "PayoffSet": "bargaining.equilibrium.repeated.answer",
    "Mechanism": "bargaining.settlement.mechanism.answer",
    "Robustness": "bargaining.linkage.robustness",
    "Settlement": "bargaining.settlement.settlement",
    "Status": "bargaining.results",
    "Sweep": "bargaining.sweeps.answer",
    "Verdict": "bargaining.linkage.verdict",
    "agenda_game": "bargaining.linkage.agenda_game",
    "coalitions": "bargaining.linkage.coalitions.analysis",
    "critical_discount": "bargaining.settlement.enforcement.thresholds",
    "correlated_equilibrium": "bargaining.equilibrium.correlated",
    "design": "bargaining.linkage.design.design",
    "evaluate": "bargaining.linkage.evaluate",
    "equilibria": "bargaining.equilibrium.concepts",
    "exchange_rates": "bargaining.geometry.exchange_rates",
    "frontier": "bargaining.settlement.frontier",
    "linked_equilibrium": "bargaining.equilibrium.linked",
    "load": "bargaining.loading",
    "loads": "bargaining.loading",
    "mechanism": "bargaining.settlement.mechanism.direct",
    "minimal_packages": "bargaining.linkage.packages",
    "open_sweep": "bargaining.sweeps.answer",
    "repeated_payoffs": "bargaining.equilibrium.repeated.payoffs",
    "robustness": "bargaining.linkage.robustness",
    "settle": "bargaining.settlement.settle",
    "solve": "bargaining.linkage.verdict",
    "sweep": "bargaining.sweeps.run",
    "win_set": "bargaining.settlement.win_set",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    if name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
