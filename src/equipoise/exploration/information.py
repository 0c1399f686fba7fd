"""What it is worth to know: EVPI, EVPPI for each input and group, and what to find out first, by when.

EVPI = E[max_d f(d, s)] - max_d E[f(d, s)]: the gain of choosing in full knowledge of the state (luck stays
unknown). EVPPI of a set of inputs = E[max_d E(f | set)] - max_d E[f], with E(f | set) by regression on the
one sample. Chance left in f(d, s) makes EVPI too large, because the maximum picks lucky strategies; where
the ensemble carries its noise, more of it is added in steps and the trend run back to none.

Source: Strong, Oakley and Brennan 2014 (Med. Decis. Making 34:311-326), standard error by drawing the
regression's coefficients; upward bias, Oakley et al. 2010 (J. Health Econ. 29:468-477); running the noise
back, Cook and Stefanski 1994 (J. Am. Stat. Assoc. 89:1314-1328).
Assumptions: risk-neutral over states (values are in payoff); inputs independent; what is learnt is learnt
exactly. Do not trust: an EVPPI below `floor` (what an input that means nothing reaches); values for a
group of more than about ten inputs under 1000 states; a correction larger than half its value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from equipoise.draws.estimate import estimate, freedom, interval, unit_means
from equipoise.errors import InputError
from equipoise.exploration.ensemble import Ensemble, Input
from equipoise.exploration.smooth import Smooth, root, single, surface
from equipoise.records import Record
from equipoise.scenario import phrases
from equipoise.scenario.display_names import Names

if TYPE_CHECKING:
    from equipoise.scenario.model import Scenario

DRAWS = 100
UNSEEN_DRAWS = 20
DUMMIES = 20
NOISE_STEPS = np.array([0.0, 0.5, 1.0, 1.5, 2.0])
NOISE_DRAWS = 40


@dataclass(frozen=True)
class Worth(Record):
    """What knowing something is worth, in payoff.

    Attributes:
        what: the input's path, a group's name, or `everything`.
        paths: the inputs in it that vary.
        value: best estimate, not below 0: `raw` less `bias`.
        se, low, high: standard error and 95 % interval.
        raw: plain estimate.
        bias: by how much the plain estimate is estimated to be too large.
        share: value as a share of EVPI, None where EVPI is 0.
        told_apart: True where the interval leaves out 0 and the value lies above the floor.
    """

    what: str
    paths: tuple[str, ...]
    value: float
    se: float
    low: float | None
    high: float | None
    raw: float
    bias: float
    share: float | None
    told_apart: bool


@dataclass(frozen=True)
class Information(Record):
    """What to find out first.

    Attributes:
        evpi: value of knowing the whole state.
        everything: the same by regression on all inputs: free of luck, blind to what smoothing cannot see.
        floor: largest EVPPI that any of 20 dummy inputs reached.
        inputs: one a varying input, the most valuable first.
        groups: one a group, the most valuable first.
    """

    evpi: Worth
    everything: Worth | None
    floor: float
    inputs: tuple[Worth, ...]
    groups: tuple[Worth, ...]


@dataclass(frozen=True)
class Reveal(Record):
    """What an event or talk makes known, and when.

    Attributes:
        event: its name.
        first, last: the earliest and latest day it may come.
        paths: the inputs it reveals that vary.
        worth: value of knowing them all from the start, None where none varies.
        with_earlier: value of knowing these and all that is revealed before, None likewise.
        says: the result in one sentence.
    """

    event: str
    first: date
    last: date
    paths: tuple[str, ...]
    worth: Worth | None
    with_earlier: Worth | None
    says: str


def evpi(ensemble: Ensemble, *, rng: np.random.Generator) -> Worth:
    """Return the value of knowing the state, chance noise taken out where the ensemble carries it.

    Args:
        ensemble: the sample of states.
        rng: for the added noise.
    """
    gain = (ensemble.payoff - ensemble.payoff[ensemble.recommended]).max(axis=0)
    raw = float(gain.mean())
    bias, correction_se = _noise_bias(ensemble, raw, rng)
    se = float(np.hypot(estimate(gain).se or 0.0, correction_se))
    value = max(0.0, raw - bias)
    found = interval(value, se, freedom(ensemble.states))
    return Worth(
        "everything", ensemble.varying, value, se, found.low, found.high, raw, bias,
        1.0 if value > 0 else None, found.told_apart,
    )  # fmt: skip


def _noise_bias(ensemble: Ensemble, raw: float, rng: np.random.Generator) -> tuple[float, float]:
    """Return by how much chance noise raises EVPI, by simulation-extrapolation, and its standard error."""
    covariance = ensemble.noise_covariance()
    if covariance is None or not np.any(covariance):
        return 0.0, 0.0
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))[:, None, :]
    base = ensemble.payoff.T
    corrections = []
    for _ in range(NOISE_DRAWS):
        noise = np.einsum("sde,se->sd", root, rng.standard_normal(base.shape))
        levels = [raw]
        for step in NOISE_STEPS[1:]:
            payoff = base + step**0.5 * noise
            levels.append(float(payoff.max(axis=1).mean() - payoff.mean(axis=0).max()))
        corrections.append(raw - np.polyval(np.polyfit(NOISE_STEPS, levels, 2), -1.0))
    return float(np.mean(corrections)), float(np.std(corrections, ddof=1) / len(corrections) ** 0.5)


def evppi(
    ensemble: Ensemble,
    paths: Sequence[str],
    *,
    rng: np.random.Generator,
    name: str | None = None,
    floor: float = 0.0,
    smooth: Smooth | None = None,
) -> Worth:
    """Return the value of knowing a set of inputs.

    Args:
        ensemble: the sample of states.
        paths: inputs of the set; constant ones add nothing.
        rng: for the coefficients' draws.
        name: what to call the set; the path of a single input if not given.
        floor: what a dummy input reaches.
        smooth: the regression of the contrasts on the set, where it is at hand.

    Raises:
        InputError: where a path is not an input of the ensemble.
    """
    unknown = [path for path in paths if path not in ensemble.inputs]
    if unknown:
        raise InputError(f"not an input of the study: {', '.join(unknown)}")
    items = [ensemble.inputs[path] for path in paths if ensemble.inputs[path].kind != "constant"]
    raw, bias, se = _evppi(ensemble, items, rng, smooth)
    value = max(0.0, raw - bias)
    what = name if name is not None else "+".join(paths)
    found = interval(value, se, freedom(ensemble.states))
    told = found.told_apart and value > floor
    return Worth(what, tuple(i.name for i in items), value, se, found.low, found.high, raw, bias, None, told)


def _evppi(
    ensemble: Ensemble, items: Sequence[Input], rng: np.random.Generator, smooth: Smooth | None = None
) -> tuple[float, float, float]:
    if not items or len(ensemble.strategies) < 2:
        return 0.0, 0.0, 0.0
    smooth = surface(items, ensemble.contrasts) if smooth is None else smooth
    if not smooth.blocks:
        return 0.0, 0.0, _unseen(smooth, items, rng)
    best = ensemble.recommended
    gain = (smooth.fitted - smooth.fitted[:, [best]]).max(axis=1)
    raw = float(gain.mean())
    error = _mean_error(ensemble.contrasts - smooth.fitted)
    drawn = []
    for _ in range(DRAWS // 10):
        drawn += _gains(smooth.fitted_draws(count=10, rng=rng, mean_error=error))
    bias = max(0.0, float(np.mean(drawn)) - raw)
    return raw, bias, float(np.hypot(np.std(drawn, ddof=1), estimate(gain).se or 0.0))


def _gains(draws: np.ndarray) -> list[float]:
    """Return what knowing the inputs gains in each draw of E(f | inputs), [draws, states, strategies]."""
    return (draws.max(axis=2).mean(axis=1) - draws.mean(axis=1).max(axis=1)).tolist()


def _unseen(smooth: Smooth, items: Sequence[Input], rng: np.random.Generator) -> float:
    """Return the standard error where the regression sees no effect: what too weak an effect to be seen is worth.

    Root mean square of what the inputs' straight lines would be worth, with slopes drawn from the error that
    the regression has in finding them.
    """
    lines = np.hstack([single(item).q[:, :1] for item in items])
    spread = root(smooth.residual)
    noise = rng.standard_normal((UNSEEN_DRAWS, lines.shape[1] + 1, len(spread))) @ spread.T
    slopes, mean = noise[:, :-1], smooth.mean + noise[:, -1] / len(lines) ** 0.5
    drawn = np.moveaxis(slopes, 1, 2) @ lines.T + mean[:, :, None]
    return float(np.sqrt(np.mean(np.square(_gains(np.moveaxis(drawn, 1, 2))))))


def _mean_error(residuals: np.ndarray) -> np.ndarray:
    """Return the covariance of the mean of residuals [states, outputs], from the means of independent units."""
    means = unit_means(residuals.T)
    return np.cov(means).reshape(len(means), -1) / means.shape[1]


def information(
    ensemble: Ensemble,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    on_all: Smooth | None = None,
    rng: np.random.Generator,
) -> Information:
    """Return EVPI, and EVPPI for each varying input and each group.

    Args:
        ensemble: the sample of states.
        groups: name -> paths; the parts of the scenario (`forces.crown`, `events.offensive`) if not given.
        on_all: `regression_on_all` of the ensemble, where it is at hand.
        rng: for noise and coefficients.
    """
    whole = evpi(ensemble, rng=rng)
    floor = _floor(ensemble, rng)

    def worth(paths: Sequence[str], name: str | None = None, smooth: Smooth | None = None) -> Worth:
        found = evppi(ensemble, paths, rng=rng, name=name, floor=floor, smooth=smooth)
        return replace(found, share=found.value / whole.value if whole.value > 0 else None)

    singles = sorted((worth([path]) for path in ensemble.varying), key=lambda w: -w.value)
    groups = groups if groups is not None else parts_of(ensemble.varying)
    many = sorted((worth(paths, name) for name, paths in groups.items()), key=lambda w: -w.value)
    everything = worth(ensemble.varying, "everything", on_all) if ensemble.varying else None
    return Information(whole, everything, floor, tuple(singles), tuple(many))


def _floor(ensemble: Ensemble, rng: np.random.Generator) -> float:
    dummies = [Input("dummy", "continuous", rng.random(ensemble.states)) for _ in range(DUMMIES)]
    found = [_evppi(ensemble, [dummy], rng) for dummy in dummies]
    return max(raw - bias for raw, bias, _ in found)


def parts_of(paths: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return paths grouped by the part of the scenario they belong to: their first two keys."""
    groups: dict[str, tuple[str, ...]] = {}
    for path in paths:
        key = ".".join(path.split(".")[:2])
        groups[key] = (*groups.get(key, ()), path)
    return {key: found for key, found in groups.items() if len(found) > 1}


def reveals(
    ensemble: Ensemble, scenario: Scenario, *, floor: float = 0.0, rng: np.random.Generator
) -> tuple[Reveal, ...]:
    """Return what becomes known when, by the first day each revealing event or talk may come.

    Args:
        ensemble: the sample of states.
        scenario: whose events and talks carry `reveals`.
        floor: what a dummy input reaches.
        rng: for the coefficients' draws.
    """
    found, known = [], []
    for name, first, last, revealed in sorted(_revealing(scenario), key=lambda r: (r[1], r[2], r[0])):
        paths = tuple(path for path in revealed if path in ensemble.varying)
        known += [path for path in paths if path not in known]
        worth = evppi(ensemble, paths, rng=rng, name=name, floor=floor) if paths else None
        both = evppi(ensemble, known, rng=rng, name=f"all known by {last}", floor=floor) if paths else None
        found.append(
            Reveal(
                name,
                first,
                last,
                paths,
                worth,
                both,
                _reveal_sentence(Names.of(scenario).quoted_event(name), first, last, worth),
            )
        )
    return tuple(found)


def _revealing(scenario: Scenario) -> list[tuple[str, date, date, tuple[str, ...]]]:
    start = scenario.calendar.start
    end = scenario.calendar.day_of(scenario.calendar.weeks)
    found = []
    for name, event in {**scenario.events, **scenario.talks}.items():
        if event.reveals:
            first, last = (event.on, event.on) if event.on else event.between or (start, end)
            found.append((name, max(first, start), max(last, start), event.reveals))
    return found


def _reveal_sentence(name: str, first: date, last: date, worth: Worth | None) -> str:
    when = f"on {phrases.day(first)}"
    if first != last:
        when = f"between {phrases.day(first)} and {phrases.day(last)}"
    if worth is None:
        return f"{name}, {when}, reveals nothing that is uncertain here"
    if not worth.told_apart:
        return f"{name}, {when}: knowing what it reveals would not change the choice by more than chance"
    return (
        f"{name}, {when}: knowing now what it reveals is worth {worth.value:.3g} in payoff (standard error "
        f"{worth.se:.2g}); finding it out is worth nothing more once it has come"
    )
