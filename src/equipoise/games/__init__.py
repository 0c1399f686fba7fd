"""Games between patrons: equilibria of payoff arrays, quantal responses, trust in estimated games.

A payoff array (players, strategies, payoffs of every profile) comes in; verified equilibria, regrets,
dominance, the logit path, bootstrap probabilities and one selected answer with its reason come out.
`analyse` does all of it; the parts are usable alone. Methods and limits: `docs/games.md`.
"""

from equipoise.games import gambit
from equipoise.games.dominance import Dominated, Elimination, dominated, eliminate
from equipoise.games.empirical import (
    EmpiricalGame,
    Interval,
    Trust,
    hoeffding_delta,
    hoeffding_samples,
)
from equipoise.games.equilibria import (
    TOLERANCE,
    Equilibrium,
    Solution,
    pure_equilibria,
    solve,
    verify,
)
from equipoise.games.nfg import from_nfg, to_nfg
from equipoise.games.normal_form import (
    Mixtures,
    NormalForm,
    deviation_payoffs,
    expected_payoffs,
    from_player_arrays,
    mixtures_from_names,
    named_mixtures,
    pure_mixtures,
    pure_regrets,
    regret,
    relative_regret,
    restrict,
    scaled,
)
from equipoise.games.quantal import (
    LogitPath,
    QuantalResponse,
    logit_response,
    quantal_response,
    trace,
)
from equipoise.games.result import PRECISIONS, GameResult, analyse
from equipoise.games.selection import Rule, Selection, select

__all__ = [
    "PRECISIONS",
    "TOLERANCE",
    "Dominated",
    "Elimination",
    "EmpiricalGame",
    "Equilibrium",
    "GameResult",
    "Interval",
    "LogitPath",
    "Mixtures",
    "NormalForm",
    "QuantalResponse",
    "Rule",
    "Selection",
    "Solution",
    "Trust",
    "analyse",
    "deviation_payoffs",
    "dominated",
    "eliminate",
    "expected_payoffs",
    "from_nfg",
    "from_player_arrays",
    "gambit",
    "hoeffding_delta",
    "hoeffding_samples",
    "logit_response",
    "mixtures_from_names",
    "named_mixtures",
    "pure_equilibria",
    "pure_mixtures",
    "pure_regrets",
    "quantal_response",
    "regret",
    "relative_regret",
    "restrict",
    "scaled",
    "select",
    "solve",
    "to_nfg",
    "trace",
    "verify",
]
