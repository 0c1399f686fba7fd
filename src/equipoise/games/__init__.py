"""Games between patrons: equilibria of payoff arrays, quantal responses, trust in estimated games.

A payoff array (players, strategies, payoffs of every profile) comes in; verified equilibria, regrets,
dominance, the logit path, bootstrap probabilities and one selected answer with its reason come out.
`analyse` does all of it; the parts are usable alone. Methods and limits: `docs/games.md`.
"""

from equipoise.games.empirical import EmpiricalGame, hoeffding_samples
from equipoise.games.nfg import from_nfg, to_nfg
from equipoise.games.normal_form import NormalForm
from equipoise.games.result import analyse

__all__ = ["EmpiricalGame", "NormalForm", "analyse", "from_nfg", "hoeffding_samples", "to_nfg"]
