"""The bargaining models behind one interface, with what each declares about itself.

A model turns positions, salience and clout into one outcome an issue and draw. What it declares here
(which inputs it uses, what leaves it unchanged) is what the tests try to refute.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np

from equipoise.bargaining.challenge import MENDED, challenge_outcomes
from equipoise.bargaining.cooperative import kalai_smorodinsky, nash_bargain, rubinstein_outcome
from equipoise.bargaining.exchange import exchange_outcomes
from equipoise.bargaining.ktab import KtabRules, ktab_outcomes
from equipoise.bargaining.means import compromise, plain_median, weighted_median
from equipoise.bargaining.pce import ElectionModel, pce_outcomes
from equipoise.errors import InputError

Input = Literal["salience", "clout", "scale", "reservation", "reference", "other issues"]
Solver = Callable[..., np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Model:
    """A bargaining model and its declared properties.

    Attributes:
        name: as in a scenario's `model:`.
        title: what it is called in the literature.
        says: how it finds an outcome, in a sentence.
        source: where it comes from.
        caution: when not to trust it.
        uses: the inputs beside positions that may change its outcome.
        symmetric: the order of actors in the table never changes the outcome.
        mirrors: turning every scale round turns the outcome round.
        scale_free: units and origin of the scales do not matter.
        within: outcomes lie between the lowest and highest position that has weight.
        monotone: an actor that moves up never brings the outcome down.
        has_rounds: it plays out over rounds or turns.
        solve: positions, salience (n, issues, actors), clout (n, actors) and keywords to (n, issues).
    """

    name: str
    title: str
    says: str
    source: str
    caution: str
    uses: frozenset[Input]
    symmetric: bool = True
    mirrors: bool = True
    scale_free: bool = True
    within: bool = True
    monotone: bool = False
    has_rounds: bool = False
    solve: Solver = field(repr=False)

    @property
    def joint(self) -> bool:
        """True where issues bear on each other."""
        return "other issues" in self.uses

    def to_dict(self) -> dict[str, Any]:
        """Return what a reader should know about the model, as plain data."""
        words = ("name", "title", "says", "source", "caution")
        flags = ("symmetric", "mirrors", "scale_free", "within", "monotone", "has_rounds")
        return {k: getattr(self, k) for k in words + flags} | {"uses": sorted(self.uses), "joint": self.joint}


def _by_issue(solve: Solver, *, width: bool = False, scale: bool = False, limits: bool = False) -> Solver:
    """Turn a one-issue solver into one for all issues; the flags say which keywords it takes."""

    def solve_all(positions, salience, clout, *, scales, reservation=None, reference=None):
        columns = []
        for k, (low, high) in enumerate(scales):
            keywords: dict[str, Any] = {}
            if width:
                keywords["width"] = high - low
            if scale:
                keywords["scale"] = (low, high)
            if limits:
                keywords["reservation"] = None if reservation is None else reservation[:, k]
                keywords["reference"] = None if reference is None else reference[:, k]
            columns.append(solve(positions[:, k], salience[:, k], clout, **keywords))
        return np.stack(columns, axis=1)

    return solve_all


def _jointly(solve: Solver) -> Solver:
    def solve_all(positions, salience, clout, *, scales, reservation=None, reference=None):
        return solve(positions, salience, clout, scale=np.asarray(scales, float))

    return solve_all


_BOTH: frozenset[Input] = frozenset({"salience", "clout"})
_BDM = "Bueno de Mesquita (1985, 1994); as reconstructed by Scholz, Calbert and Smith (2011)"
_KTAB = "KTAB: Wise, Lester and Efird (2015); program smpc 0.1 (2019)"


def _pce_model(name: str, election: ElectionModel, says: str) -> Model:
    return Model(
        name=name,
        title=f"Probabilistic Condorcet election, {election.replace('-', ', ')}",
        says=says,
        source=_KTAB,
        caution="A mean over tabled positions: where camps are far apart it may name a place nobody holds.",
        uses=_BOTH,
        solve=_by_issue(partial(pce_outcomes, election=election), width=True),
    )


def _ktab_model(name: str, rules: KtabRules, title: str, says: str) -> Model:
    return Model(
        name=name,
        title=title,
        says=says,
        source=_KTAB,
        caution="Sensitive to small changes of input once bargains tie; read the spread, not one run.",
        uses=_BOTH | {"scale", "other issues"},
        symmetric=False,
        mirrors=False,
        has_rounds=True,
        solve=_jointly(partial(ktab_outcomes, rules=rules)),
    )


_ALL = (
    Model(
        name="compromise",
        title="Compromise",
        says="The mean position, each weighted by clout and salience.",
        source="Achen in Thomson et al. (2006); Van den Bos (1991)",
        caution="Knows no veto and no status quo: a party that can walk away counts no more than its clout.",
        uses=_BOTH,
        monotone=True,
        solve=_by_issue(compromise),
    ),
    Model(
        name="weighted-median",
        title="Weighted median voter",
        says="The position that beats every other when each votes, by clout and salience, for the nearer.",
        source="Black (1948); Bueno de Mesquita (1985) for the weights",
        caution="Jumps from camp to camp as weights shift; a minority never shows in it.",
        uses=_BOTH,
        monotone=True,
        solve=_by_issue(weighted_median),
    ),
    Model(
        name="median",
        title="Plain median",
        says="The middle position, each actor counted once.",
        source="Black (1948)",
        caution="Blind to clout and salience; a baseline, not a forecast.",
        uses=frozenset(),
        monotone=True,
        solve=_by_issue(plain_median),
    ),
    Model(
        name="challenge",
        title="Challenge model, as published",
        says="Actors confront, compromise or give way by what they expect to gain; the weighted median after "
        "five rounds.",
        source=_BDM,
        caution="Does not settle, hangs on the weight of the status quo, ties break by the order of actors.",
        uses=_BOTH,
        symmetric=False,
        mirrors=False,
        has_rounds=True,
        solve=_by_issue(challenge_outcomes),
    ),
    Model(
        name="challenge-mended",
        title="Challenge model, mended",
        says="As the challenge model, with chances of the two sides adding to one, nearest compromise first, "
        "and capitulation possible.",
        source=_BDM,
        caution="Mended by reading the paper, not by its authors; ties break by the order of actors.",
        uses=_BOTH,
        symmetric=False,
        mirrors=False,
        has_rounds=True,
        solve=_by_issue(partial(challenge_outcomes, rules=MENDED)),
    ),
    _pce_model(
        "pce-conditional",
        "conditional",
        "Every position meets every other; its chance is the product of its chances to win.",
    ),
    _pce_model(
        "pce-uniform",
        "markov-uniform",
        "A position holds until a rival, drawn evenly, beats it; its chance is the time it holds.",
    ),
    _pce_model(
        "pce-incentive",
        "markov-incentive",
        "A position holds until beaten, and the more a rival gains by challenging, the oftener it does.",
    ),
    _ktab_model(
        "ktab",
        KtabRules(),
        "KTAB spatial model",
        "Actors pick targets, bargain and vote on bargains until positions settle, in one space of issues.",
    ),
    _ktab_model(
        "ktab-blend",
        KtabRules(bargains="weighted"),
        "KTAB spatial model, both views blended, as published",
        "As ktab, each bargain a blend of what initiator and receiver see, with the program's two bugs.",
    ),
    _ktab_model(
        "ktab-blend-mended",
        KtabRules(bargains="weighted", mended=True),
        "KTAB spatial model, both views blended, mended",
        "As ktab-blend, the receiver judging by its chance to win and clout weighing the blend.",
    ),
    Model(
        name="nash",
        title="Asymmetric Nash bargaining solution",
        says="The outcome that makes the weighted product of gains over walking away greatest.",
        source="Nash (1950); Kalai (1977)",
        caution="Needs to know when each walks away; where any two cannot agree it forecasts no agreement.",
        uses=_BOTH | {"scale", "reservation", "reference"},
        within=False,
        solve=_by_issue(nash_bargain, scale=True, limits=True),
    ),
    Model(
        name="kalai-smorodinsky",
        title="Kalai-Smorodinsky solution",
        says="The outcome that gives every party the same share of its best hope, or comes nearest to that.",
        source="Kalai and Smorodinsky (1975)",
        caution="Every party at the table counts alike, so a marginal one can pull the outcome.",
        uses=frozenset({"scale", "reservation", "reference"}),
        within=False,
        solve=_by_issue(kalai_smorodinsky, scale=True, limits=True),
    ),
    Model(
        name="rubinstein",
        title="Rubinstein shares between the two heaviest opponents",
        says="The two heaviest parties that differ split the distance by how well each can wait.",
        source="Rubinstein (1982); Binmore, Rubinstein and Wolinsky (1986)",
        caution="Two parties only: use it where the others follow.",
        uses=_BOTH,
        mirrors=False,
        solve=_by_issue(rubinstein_outcome),
    ),
    Model(
        name="exchange",
        title="Equal-gain exchange between issues",
        says="Opponents trade concessions at equal gain, best trades first; then the compromise of votes.",
        source="Stokman and Van Oosten (1994); Van Assen, Stokman and Van Oosten (2003)",
        caution="Trades may hurt others; with one issue it is the compromise. Equal gains break by order.",
        uses=_BOTH | {"scale", "other issues"},
        symmetric=False,
        mirrors=False,
        has_rounds=True,
        solve=_jointly(exchange_outcomes),
    ),
)

MODELS: dict[str, Model] = {model.name: model for model in _ALL}
"""Every bargaining model by name."""


def model_named(name: str) -> Model:
    """Return the model of that name.

    Raises:
        InputError: no such model; names the nearest and lists all.
    """
    if name in MODELS:
        return MODELS[name]
    near = difflib.get_close_matches(name, MODELS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise InputError(f"no bargaining model is called {name!r}{hint} The models are: {', '.join(MODELS)}")


def models_asked(names: str | list[str] | tuple[str, ...]) -> list[Model]:
    """Return the models asked for: a name, several, or `"all"`."""
    if names == "all":
        return list(MODELS.values())
    return [model_named(name) for name in ([names] if isinstance(names, str) else names)]
