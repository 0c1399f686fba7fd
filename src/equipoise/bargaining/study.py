"""The study of a talk: where it may land under each model, the chance of a deal, what blocks it, who moves.

Source: MODEL.md §3 *Talks*. Draws are states of a run, and errors those of `draws.estimate` (MODEL.md §5); a
table without uncertainty has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.bargaining.accuracy import accuracy, accuracy_note
from equipoise.bargaining.deadlines import deadline_analysis, deals_under_shift
from equipoise.bargaining.model import Model
from equipoise.bargaining.models import model_named, models_asked
from equipoise.bargaining.movers import least_moves
from equipoise.bargaining.order import order_spread
from equipoise.bargaining.sampling import talk_named, talk_table
from equipoise.bargaining.table import Table
from equipoise.draws.estimate import estimate, of_known
from equipoise.draws.values import spread_out
from equipoise.scenario.model import Scenario, Talk
from equipoise.scenario.number import Number
from equipoise.scenario.resolving import clouts
from equipoise.scenario.value_types import POWER

_QUANTILES = {"p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
_BINS = 20
AT_THE_START, IN_ITS_WEEK = "as at the start", "in the week of the talk"
"""Whose power counts as clout, where clout is power: this study takes the start, a run the week of the talk."""
_GAPS = ((0.05, "agree"), (0.15, "differ a little"), (0.3, "differ clearly"), (np.inf, "differ widely"))


@dataclass(frozen=True)
class TalkResult:
    """What the models say of a talk; `to_dict()` is what is printed and shown."""

    table: Table
    content: dict[str, Any]

    def __repr__(self) -> str:
        chances = ", ".join(f"{k} {v['deal']['mean']:.2f}" for k, v in self.content["models"].items())
        return f"<TalkResult {self.content['talk']!r}: chance of a deal {chances}>"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data, ready for JSON; what is undefined is None."""
        return self.content


def study_talk(
    scenario: Scenario,
    name: str,
    *,
    models: str | list[str] | None = None,
    draws: int = 1024,
    seed: int = 1,
) -> TalkResult:
    """Study a talk of a scenario.

    Args:
        scenario: a checked scenario, beliefs laid over it if that is wanted.
        name: the talk.
        models: a model, several, or `"all"`; the talk's own model if not given.
        draws: how many draws of the talk's uncertain numbers.
        seed: of the draws.

    Raises:
        InputError: unknown talk or model, or an issue on which nobody has weight.
    """
    talk = talk_named(scenario, name)
    chosen = models_asked(talk.model if models is None else models)
    lead = model_named(talk.model)
    table = talk_table(scenario, name, draws=draws, seed=seed)
    result = study_table(table, models=chosen, lead=lead)
    about = {
        "talk": name,
        "what": talk.what,
        "host": talk.host,
        "invited": list(talk.invited),
        "seed": seed,
        "with_power": AT_THE_START if POWER in clouts(talk, scenario).values() else None,
        "takes_place": _mean_probability(talk, scenario.quantities),
        "date": _date(talk),
    }
    return TalkResult(table, result.content | about)


def study_table(
    table: Table,
    *,
    models: list[Model] | str | list[str] = "all",
    lead: Model | str = "compromise",
) -> TalkResult:
    """Study a table, from a file or drawn from a scenario.

    Args:
        table: who sits there.
        models: which models to ask.
        lead: the model whose forecast says who would have to move.
    """
    chosen = [m if isinstance(m, Model) else model_named(m) for m in _listed(models)]
    lead = model_named(lead) if isinstance(lead, str) else lead
    forecasts = {m.name: table.outcomes(m) for m in dict.fromkeys([*chosen, lead])}
    known = accuracy()
    sections = {m.name: _model_section(table, m, forecasts[m.name]) for m in chosen}
    for name, section in sections.items():
        section["accuracy"] = known[name].to_dict() if name in known else None
    led = forecasts[lead.name]
    deals = table.deals(led)
    draws, steps = (64, 12) if lead.has_rounds else (1024, 40)
    moves = least_moves(table, lead, led, draws=draws, steps=steps)
    content = {
        "talk": table.title,
        "what": None,
        "host": None,
        "invited": [],
        "seed": None,
        "with_power": None,
        "takes_place": None,
        "date": None,
        "model": lead.name,
        "draws": table.draws,
        "actors": _actors_section(table),
        "veto": [a for a, v in zip(table.actors, table.veto, strict=True) if v],
        "issues": _issues_section(table),
        "models": sections,
        "moves": [m.to_dict() for m in moves],
        "likely_already": bool(deals.mean() > 0.5),
        "disagreement": _disagreement(table, {m.name: forecasts[m.name] for m in chosen}),
        "deadline": deadline_analysis(float(deals.mean())),
        "power_shift": deals_under_shift(deals, surplus(table)),
        "accuracy_note": accuracy_note(),
    }
    return TalkResult(table, _plain(content))


def _listed(models: Any) -> list[Any]:
    return list(models_asked(models)) if isinstance(models, str) else list(models)


def surplus(table: Table) -> np.ndarray:
    """Return the room for agreement between the veto parties, shape (n,), as a share of the scale.

    On each issue the width of what all of them accept, over the width of the scale; the tightest issue
    counts. Parties without a position or reservation leave all room; 0 where nothing suits all.
    """
    x, r = table.positions[..., table.veto], table.reservation[..., table.veto]
    low = np.fmax.reduce(x - r, axis=-1, initial=-np.inf)
    high = np.fmin.reduce(x + r, axis=-1, initial=np.inf)
    ends = table.scales
    room = np.minimum(high, ends[:, 1]) - np.maximum(low, ends[:, 0])
    return np.clip(room / (ends[:, 1] - ends[:, 0]), 0.0, 1.0).min(axis=1)


def _error(values: np.ndarray) -> dict[str, float | None]:
    """Return how sure the mean over the draws is: standard error and 95 % interval."""
    found = of_known(values).plain()
    return {key: found[key] for key in ("se", "low", "high")}


def _model_section(table: Table, model: Model, outcome: np.ndarray) -> dict[str, Any]:
    accepts = table.accepts(outcome)
    landed = ~np.isnan(outcome)
    ok = accepts.all(axis=2) & landed
    deals = ok.all(axis=1)
    issues = {}
    parties = [a for a, v in zip(table.actors, table.veto, strict=True) if v]
    by_order = order_spread(table, model)
    for k, name in enumerate(table.issues):
        without = np.delete(ok, k, axis=1).all(axis=1)
        issues[name] = {
            **_distribution(outcome[:, k], table.scales[k]),
            "order_sd": None if by_order is None else float(by_order[k]),
            "no_agreement": float(1.0 - landed[:, k].mean()),
            "accepts": {p: estimate(accepts[:, k, v]).plain() for v, p in enumerate(parties)},
            "accepted_by_all": float(ok[:, k].mean()),
            "deal_without": float(without.mean()),
            "blocks": float(without.mean() - deals.mean()),
            "errors": {
                "mean": _error(outcome[:, k]),
                "no_agreement": _error(~landed[:, k]),
                "accepted_by_all": _error(ok[:, k]),
                "deal_without": _error(without),
                "blocks": _error(without.astype(float) - deals),
            },
        }
    blocking = max(issues, key=lambda name: (issues[name]["blocks"], 1 - issues[name]["accepted_by_all"]))
    return {
        **model.to_dict(),
        "deal": estimate(deals).plain(),
        "issues": issues,
        "blocking": blocking if issues[blocking]["accepted_by_all"] < 1 else None,
    }


def _distribution(values: np.ndarray, scale: np.ndarray) -> dict[str, Any]:
    """Return mean, sd, quantiles and histogram of a forecast, over draws that have an outcome."""
    here = values[~np.isnan(values)]
    if not len(here):
        return {"mean": None, "sd": None, **dict.fromkeys(_QUANTILES), "histogram": None}
    low, high = min(scale[0], here.min()), max(scale[1], here.max())
    counts, edges = np.histogram(here, bins=_BINS, range=(low, high))
    quantiles = np.quantile(here, list(_QUANTILES.values()))
    return {
        "mean": float(here.mean()),
        "sd": float(here.std(ddof=1)) if len(here) > 1 else 0.0,
        **dict(zip(_QUANTILES, quantiles.tolist(), strict=True)),
        "histogram": {"edges": edges.tolist(), "shares": (counts / len(here)).tolist()},
    }


def _actors_section(table: Table) -> dict[str, Any]:
    return {
        actor: {"clout": float(table.clout[:, a].mean()), "veto": bool(table.veto[a])}
        for a, actor in enumerate(table.actors)
    }


def _issues_section(table: Table) -> dict[str, Any]:
    sections = {}
    for k, name in enumerate(table.issues):
        parties = {}
        for a, actor in enumerate(table.actors):
            if np.isnan(table.positions[:, k, a]).all():
                continue
            position = table.positions[:, k, a]
            parties[actor] = {
                "position": float(position.mean()),
                "p5": float(np.quantile(position, 0.05)),
                "p95": float(np.quantile(position, 0.95)),
                "salience": float(table.salience[:, k, a].mean()),
                "reservation": float(table.reservation[:, k, a].mean()),
            }
        labels = {f"{point:g}": text for point, text in table.labels[k].items()}
        low, high = (float(v) for v in table.scales[k])
        sections[name] = {"low": low, "high": high, "labels": labels, "parties": parties}
    return sections


def _disagreement(table: Table, forecasts: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """Return, issue by issue, the two models whose mean forecasts lie farthest apart."""
    rows = []
    for k, name in enumerate(table.issues):
        means = {m: float(np.nanmean(f[:, k])) for m, f in forecasts.items() if not np.isnan(f[:, k]).all()}
        if len(means) < 2:
            continue
        low, high = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
        gap = means[high] - means[low]
        share = float(gap / (table.scales[k, 1] - table.scales[k, 0]))
        word = next(word for most, word in _GAPS if share <= most)
        rows.append(
            {
                "issue": name,
                "low_model": low,
                "low": means[low],
                "high_model": high,
                "high": means[high],
                "gap": gap,
                "share": share,
                "word": word,
                "says": f"the models {word} on “{name}”: {low} at {means[low]:.3g}, {high} at {means[high]:.3g}"
                f"{_between(table.labels[k])}",
            }
        )
    return rows


def _between(labels: dict[float, str]) -> str:
    if len(labels) < 2:
        return ""
    low, high = min(labels), max(labels)
    return f" (from {low:g}, {labels[low]}, to {high:g}, {labels[high]})"


def _mean_probability(talk: Talk, quantities: dict[str, Number]) -> float:
    """Return the mean of the talk's own probability, what it requires left aside."""
    if talk.probability is None:
        return 1.0
    values, weights = spread_out(talk.probability, quantities)
    return float(np.average(values, weights=weights))


def _date(talk: Talk) -> dict[str, str] | None:
    if talk.on is not None:
        return {"first": talk.on.isoformat(), "last": talk.on.isoformat()}
    if talk.between is not None:
        return {"first": talk.between[0].isoformat(), "last": talk.between[1].isoformat()}
    return None


def _plain(value: Any) -> Any:
    """Return nested data with NaN turned into None."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else float(value)
    return value
