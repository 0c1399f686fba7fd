"""How likely each account of a patron's reasons is, after what it was seen to do.

An account, or hypothesis, is whose view of the world the patron acts on, what it wants, and by which rule it chooses.
Under it a way of engaging d is chosen with the chance exp(W(d)/(λ·spread)) / Σ exp(W/(λ·spread)): W is what the rule
makes of the payoffs, `spread` the standard deviation of W over the ways there were to choose from, and λ how loosely
the patron chooses. At λ near 0 it always takes the best, at large λ it may do anything and its acts teach nothing. The
patron knows its own weights and we do not: they are drawn as the file doubts them, the same for all its acts.

Source: MODEL.md §5c; quantal response, McKelvey and Palfrey 1995, Games and Economic Behavior 10:6-38; random utility,
McFadden 1974; the matrix of evidence and hypotheses, Heuer 1999, *Psychology of Intelligence Analysis*, ch. 8; from
acts back to reasons by Bayes, Baker, Saxe and Tenenbaum 2009, Cognition 113:329-349.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from equipoise.inference.rules import MEAN, Rule
from equipoise.inference.wants import Goals
from equipoise.records import Record

SHOWN = (0.1, 0.3, 1.0, 3.0)
"""The λ of tables; the matrix of acts is at the second, where a way one spread worse is taken 28 times less often."""
AT = SHOWN[1]
LOOSENESS = tuple(sorted({*SHOWN, *(float(f"{x:.3g}") for x in np.geomspace(0.03, 10.0, 22))}))
"""The λ at which everything is reported."""
MOST_DRAWS = 128
"""Draws of the patron's own weights."""


@dataclass(frozen=True)
class Account:
    """A hypothesis of why a patron acts as it does.

    Attributes:
        name: its key. title: in a few words.
        holder: whose beliefs it acts on; None for the analyst's.
        rule: by which it chooses.
        goals: values of some of its weights [draws], by the path of the weight; the others as the file doubts them.
        prior: its weight before anything was seen, relative to the others'.
    """

    name: str
    title: str
    holder: str | None
    rule: Rule = MEAN
    goals: Mapping[str, np.ndarray] = field(default_factory=dict)
    prior: float = 1.0


@dataclass(frozen=True)
class Weighed(Record):
    """One hypothesis, weighed.

    Attributes:
        name, title, holder, rule: of the hypothesis.
        prior: its probability before.
        chance: of everything that was seen, under it, by the λ of `looseness`.
        posterior: its probability after, by the λ of `looseness`.
    """

    name: str
    title: str
    holder: str | None
    rule: str
    prior: float
    chance: tuple[float, ...]
    posterior: tuple[float, ...]


@dataclass(frozen=True)
class Held(Record):
    """All hypotheses of one holder's beliefs together: their probability before, and after by the λ of `looseness`."""

    holder: str | None
    prior: float
    posterior: tuple[float, ...]


@dataclass(frozen=True)
class Told(Record):
    """How far one act tells the hypotheses apart, at the λ of the matrix.

    Attributes:
        act: what was done. since: from when, None from the start.
        chance: of it under each hypothesis, in their order.
        ratio: how many times likelier it is under the hypothesis that expects it most than under the one that
            expects it least; 1 is an act that tells nothing.
    """

    act: str
    since: str | None
    chance: tuple[float, ...]
    ratio: float


@dataclass(frozen=True)
class Telling(Record):
    """What seeing a way of engaging next would teach, at the λ of the matrix.

    Attributes:
        way: of engaging. chance: of seeing it, over all hypotheses as they now stand.
        bits: how far seeing it would move them: the Kullback-Leibler divergence, in bits.
        favours: the hypothesis whose probability it would raise most. posterior: that probability then.
    """

    way: str
    chance: float
    bits: float
    favours: str
    posterior: float


@dataclass(frozen=True)
class Learnt(Record):
    """A weight of the patron before and after, over all hypotheses, at the λ of the matrix."""

    path: str
    prior: float
    prior_sd: float
    posterior: float
    posterior_sd: float


@dataclass(frozen=True)
class Likely(Record):
    """How likely each hypothesis is.

    Attributes:
        looseness: the λ. shown: those of tables. at: the λ of the matrix, of what is telling and of what was learnt.
        hypotheses: the likeliest first, at that λ. holders: the same by whose beliefs the patron acts on.
        acts: what was seen, act by act. next: what would be telling, the most telling first.
        weights: what was learnt of the patron's weights, those that moved most first.
        expected_bits: what the next act is expected to teach.
        evidence: chance of everything seen, over all hypotheses, by λ.
    """

    looseness: tuple[float, ...]
    shown: tuple[float, ...]
    at: float
    hypotheses: tuple[Weighed, ...]
    holders: tuple[Held, ...]
    acts: tuple[Told, ...]
    next: tuple[Telling, ...]
    weights: tuple[Learnt, ...]
    expected_bits: float
    evidence: tuple[float, ...]


def choice_chances(worth: np.ndarray, looseness: Sequence[float]) -> np.ndarray:
    """Return the chance of every way of engaging [λ, ..., ways] given what each is worth [..., ways].

    What is worth nothing defined is never chosen; where all are worth the same, each is as likely.
    """
    worth = np.asarray(worth, dtype=float)
    known = np.isfinite(worth)
    spread = np.nanstd(np.where(known, worth, np.nan), axis=-1, keepdims=True)
    top = np.where(known, worth, -np.inf).max(axis=-1, keepdims=True)
    flat = ~(spread > 1e-12 * np.maximum(1.0, np.abs(top)))
    lead = np.where(flat, 0.0, np.where(known, worth - top, 0.0) / np.where(flat, 1.0, spread))
    scaled = lead / np.reshape(looseness, (-1,) + (1,) * worth.ndim)
    weights = np.where(known, np.exp(scaled), 0.0)
    return weights / weights.sum(axis=-1, keepdims=True)


def worths(account: Account, goals: Goals, draws: int) -> np.ndarray:
    """Return what each way of engaging is worth to a patron of this account, under draws of its weights [draws, ways].

    Args:
        account: the hypothesis.
        goals: payoff as it depends on the weights, under the beliefs of the account's holder.
        draws: how many draws of the weights: those of the first states.
    """
    weights = drawn_weights(account, goals, draws)
    if account.rule.metric == MEAN.metric:
        known = (
            goals.payoff.mean(axis=1)
            - np.einsum("ks,kds->d", goals.values, goals.terms) / goals.values.shape[1]
        )
        return known + weights.T @ goals.slopes
    rest = goals.payoff - np.einsum("ks,kds->ds", goals.values, goals.terms)
    return np.stack(
        [account.rule.worth(rest + np.tensordot(weights[:, m], goals.terms, axes=1)) for m in range(draws)]
    )


def drawn_weights(account: Account, goals: Goals, draws: int) -> np.ndarray:
    """Return the patron's weights under an account [weights, draws]."""
    return np.stack(
        [np.broadcast_to(account.goals.get(path, values), values.shape)[:draws]
         for path, values in zip(goals.paths, goals.values, strict=True)]
    ) if goals.paths else np.zeros((0, draws))  # fmt: skip


@dataclass(frozen=True, eq=False)
class Seen:
    """One act: the ways of engaging there were, and the one that was taken.

    Attributes:
        ways: names. done: the one taken. since: from when, None from the start.
        goals: payoff as it depends on the weights, by holder of beliefs.
    """

    ways: tuple[str, ...]
    done: str
    since: str | None
    goals: Mapping[str | None, Goals]


def weigh(accounts: Sequence[Account], acts: Sequence[Seen]) -> Likely:
    """Return how likely each account is after some acts.

    Args:
        accounts: the hypotheses.
        acts: what was seen, the last one last; all with the same weights, in the same order.
    """
    any_goals = next(iter(acts[0].goals.values()))
    draws = min(MOST_DRAWS, any_goals.payoff.shape[1])
    at = LOOSENESS.index(AT)
    chances = [
        np.stack([choice_chances(worths(a, act.goals[a.holder], draws), LOOSENESS) for a in accounts], axis=1)
        for act in acts
    ]  # each [λ, accounts, draws, ways]
    taken = [chance[..., act.ways.index(act.done)] for chance, act in zip(chances, acts, strict=True)]
    joint = np.prod(taken, axis=0)
    prior = np.array([account.prior for account in accounts])
    prior = prior / prior.sum()
    chance = joint.mean(axis=2)
    evidence = chance @ prior
    posterior = normalised(prior * chance, prior)
    order = np.argsort(-posterior[at], kind="stable")
    cell = normalised(prior[:, None] * joint[at] / draws, np.repeat(prior[:, None] / draws, draws, axis=1))
    names = [a.name for a in accounts]
    told = [_told(act, one[at].mean(axis=1), order) for act, one in zip(acts, taken, strict=True)]
    following, expected = _telling(acts[-1].ways, chances[-1][at], cell, names)
    return Likely(
        LOOSENESS, SHOWN, AT,
        tuple(_weighed(accounts[h], prior[h], chance[:, h], posterior[:, h]) for h in order),
        _holders(accounts, prior, posterior),
        tuple(told), following, _learnt(accounts, acts[0], prior, cell, draws), expected,
        tuple(float(x) for x in evidence),
    )  # fmt: skip


def normalised(weights: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Return weights as shares: of the whole for a table, a row each where they have one axis more than `otherwise`.

    Where all are 0 (nothing that was seen is possible under anything) they stay as before: `otherwise`.
    """
    axes = tuple(range(weights.ndim - otherwise.ndim, weights.ndim))
    total = weights.sum(axis=axes, keepdims=True)
    return np.where(total > 0, weights / np.where(total > 0, total, 1.0), otherwise)


def _weighed(account: Account, prior: float, chance: np.ndarray, posterior: np.ndarray) -> Weighed:
    return Weighed(
        account.name, account.title, account.holder, account.rule.title, float(prior),
        tuple(float(x) for x in chance), tuple(float(x) for x in posterior),
    )  # fmt: skip


def _holders(accounts: Sequence[Account], prior: np.ndarray, posterior: np.ndarray) -> tuple[Held, ...]:
    found = []
    for holder in dict.fromkeys(account.holder for account in accounts):
        own = np.array([account.holder == holder for account in accounts])
        after = tuple(float(x) for x in posterior[:, own].sum(axis=1))
        found.append(Held(holder, float(prior[own].sum()), after))
    return tuple(found)


def _told(act: Seen, chance: np.ndarray, order: np.ndarray) -> Told:
    low, high = float(chance.min()), float(chance.max())
    ratio = high / low if low > 0 else np.inf if high > 0 else 1.0
    return Told(act.done, act.since, tuple(float(chance[h]) for h in order), float(ratio))


def _telling(
    ways: Sequence[str], chances: np.ndarray, cell: np.ndarray, names: Sequence[str]
) -> tuple[tuple[Telling, ...], float]:
    """Return what seeing each way next would teach, and what the next act is expected to teach.

    Args:
        ways: of engaging. chances: of each [accounts, draws, ways].
        cell: probability of every account and draw of weights now [accounts, draws]. names: of the accounts.
    """
    now = cell.sum(axis=1)
    out = []
    for d, way in enumerate(ways):
        weight = (cell * chances[..., d]).sum(axis=1)
        seen = float(weight.sum())
        if not seen > 0:
            continue
        after = weight / seen
        felt = after > 0
        bits = float((after[felt] * np.log2(after[felt] / now[felt])).sum())
        gains = int(np.argmax(after - now))
        out.append(Telling(way, seen, max(0.0, bits), names[gains], float(after[gains])))
    return tuple(sorted(out, key=lambda one: -one.bits)), math.fsum(one.chance * one.bits for one in out)


def _learnt(
    accounts: Sequence[Account], act: Seen, prior: np.ndarray, cell: np.ndarray, draws: int
) -> tuple[Learnt, ...]:
    """Return each weight before and after, over accounts and draws, those that moved most first."""
    weights = np.stack([drawn_weights(a, act.goals[a.holder], draws) for a in accounts], axis=1)
    before = np.repeat(prior[:, None] / draws, draws, axis=1)
    found = []
    for path, values in zip(act.goals[accounts[0].holder].paths, weights, strict=True):
        (mean, sd), (after, after_sd) = _moments(values, before), _moments(values, cell)
        if sd > 0:
            found.append(Learnt(path, mean, sd, after, after_sd))
    return tuple(sorted(found, key=lambda one: -abs(one.posterior - one.prior) / one.prior_sd))


def _moments(values: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    mean = float((weights * values).sum())
    return mean, float(np.sqrt(max(0.0, (weights * (values - mean) ** 2).sum())))
