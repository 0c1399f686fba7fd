"""MODEL.md §2 and §3 once more: one future at a time, in plain Python, written from that page alone.

The kernel and its NumPy reference were written side by side, so they may share a misreading. This was written without a
look at either. It knows nothing of how they draw: it is told which value every uncertain number has and in which week
events, deals and falls came, and computes all else: what they do, who is engaged, backing, control, standing, violence,
order and payoff, and how likely each fall was. It notes where a conditional event came though its conditions do not
hold, or stayed away though they do and its weekly chance is 1. Noise (σ, ς) and re-alignment are left out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import timedelta
from typing import Any

from plain_events import CHANNELS, Happenings

FORMS = {"value", "uniform", "pert", "triangular", "normal", "lognormal", "beta", "choice", "words", "is"}


def is_number(x: Any) -> bool:
    return not isinstance(x, dict) or bool(FORMS & set(x))


def dig(data: Any, *keys: str) -> Any:
    """Return what stands below these keys, None where nothing does."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) and not FORMS & set(data) else None
    return data


def power_of(base: float, exponent: float) -> float:
    """0^0 = 1; under a negative exponent a base below 10⁻⁶ counts as 10⁻⁶."""
    return float(1 if exponent == 0 else (max(base, 1e-6) if exponent < 0 else base) ** exponent)


class Plain(Happenings):
    """One future of a scenario (plain data), played by `play`; afterwards its series and results stand in attributes.

    Then `chances` has of each force its chance to fall (q of equation 4) in every week in which it stood.

    Args:
        data: the scenario.
        strategies: the strategy of each patron; its default, engagement or standings where it has none.
        drawn: value of every uncertain number, by path.
        came: week in which each event or deal came. fell: week in which each force fell.
    """

    def __init__(
        self,
        data: Any,
        strategies: dict[str, str],
        drawn: dict[str, float],
        came: dict[str, int],
        fell: dict[str, int],
    ) -> None:
        self.data, self.drawn, self.came, self.fell = data, dict(drawn), came, fell
        self.weeks, self.start = data["calendar"]["weeks"], data["calendar"]["start"]
        self.G, self.F, self.I = sorted(data["regions"]), sorted(data["forces"]), sorted(data["patrons"])
        self.focus = data["focus"]
        self.incumbent = next((j for j in self.F if data["forces"][j].get("incumbent")), None)
        self.dynamics = data.get("dynamics") or {}
        self.events, self.talks = data.get("events") or {}, data.get("talks") or {}
        self.conditional = sorted(n for n, e in self.events.items() if "when" in e)
        self.notes: list[str] = []
        self._country()
        self._patrons(strategies)
        self.happened: dict[str, int] = {}
        self.pushes: list[tuple[int, int, str, str, float]] = []
        self.settled = False
        self.t = 0
        self.order = self._order()

    # Numbers

    def number(self, path: str, default: float = 0.0) -> float:
        """Return the number at a path: as drawn, as written, or its default."""
        if path not in self.drawn:
            self.drawn[path] = self._written(path, default)
        return self.drawn[path]

    def _written(self, path: str, default: float) -> float:
        written: Any = self.data
        for key in path.split("."):
            if isinstance(written, list):
                written = written[int(key)] if int(key) < len(written) else None
            else:
                written = written.get(key) if isinstance(written, dict) else None
        return default if written is None else self._value(written)

    def _value(self, written: Any) -> float:
        if isinstance(written, dict) and "is" in written:
            return self.number(f"quantities.{written['is']}") * written.get("times", 1)
        return float(written["value"] if isinstance(written, dict) else written)

    def one_or_each(self, path: str, name: str, default: float) -> float:
        """Return a number that is written once for all, or once a name."""
        whole = dig(self.data, *path.split("."))
        return (
            self.number(path, default)
            if whole is not None and is_number(whole)
            else self.number(f"{path}.{name}", default)
        )

    # The start

    def _country(self) -> None:
        weights = {g: (self.data["regions"][g] or {}).get("weight") for g in self.G}
        weights = {g: 1.0 if w is None else w for g, w in weights.items()}
        self.omega = {g: w / sum(weights.values()) for g, w in weights.items()}
        raw = {(g, j): self.number(f"forces.{j}.control.{g}") for g in self.G for j in self.F}
        self.C = {(g, j): raw[g, j] / sum(raw[g, k] for k in self.F) for g in self.G for j in self.F}
        self.S = dict.fromkeys(self.F, 1)
        self.P_start = self.power(self.C)
        self.tie: dict[tuple[str, ...], float] = defaultdict(float)
        for k, tie in enumerate(self.data.get("ties") or []):
            pair = tuple(sorted(tie["between"]))
            self.tie[pair] = (
                self.drawn[p]
                if (p := f"ties.{'|'.join(pair)}.sign") in self.drawn
                else self.number(f"ties.{k}.sign")
            )
        self.V = self.number("dynamics.violence.start", 1)
        self.V_mean = self.number("dynamics.violence.mean", 1)
        self.receptivity, self.hazard = dict.fromkeys(self.F, 1.0), dict.fromkeys(self.F, 1.0)
        self.held = [self.P_start]
        self.chances: dict[str, list[float]] = {j: [] for j in self.F}

    def _patrons(self, strategies: dict[str, str]) -> None:
        each = [(i, j) for i in self.I for j in self.F]
        self.R = {(i, j): self.number(f"patrons.{i}.standing.{j}") for i, j in each}
        self.R_start = dict(self.R)
        self.B = {(i, j, c): self.number(f"patrons.{i}.backing.{j}.{c}") for i, j in each for c in CHANNELS}
        self.B_start, self.expected = dict(self.B), dict(self.B)
        self.follows = dict.fromkeys(self.B, True)
        self.moves: dict[tuple[str, str, str], tuple[float, int, float]] = {}
        self.budget = {i: self.number(f"patrons.{i}.engagement.budget", 1) for i in self.I}
        self.x = dict.fromkeys(each, 0.0)
        self.nu, self.weights, self.way = {}, {}, {}
        for i in self.I:
            interest = self.data["patrons"][i].get("interest") or dict.fromkeys(self.G, 1)
            for g in self.G:
                self.nu[i, g] = interest.get(g, 0) / sum(interest.values())
            self.weights[i] = self._weights(i)
            self.way[i] = self._way(i, strategies.get(i))

    def _weights(self, i: str) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float, influence=1.0, exposure=1.0)

        def look(values: dict[str, Any], below: str) -> None:
            for key, value in values.items():
                if is_number(value):
                    found[below + key] = self.number(f"patrons.{i}.values.{below}{key}")
                else:
                    look(value, f"{below}{key}.")

        look(self.data["patrons"][i].get("values") or {}, "")
        return found

    def _way(self, i: str, name: str | None) -> dict[str, Any]:
        """Return the way of engaging with which patron i begins."""
        patron = self.data["patrons"][i]
        if name or patron.get("default"):
            return self.data["strategies"][i][name or patron["default"]]
        key = "standing" if "engage" not in (patron.get("engagement") or {}) else "engagement.engage"
        return {"engage": {j: self.number(f"patrons.{i}.{key}.{j}") for j in self.F}}

    def power(self, C: dict[tuple[str, str], float]) -> dict[str, float]:
        return {j: sum(self.omega[g] * C[g, j] for g in self.G) for j in self.F}

    def a(self, j: str, k: str) -> float:
        return 0.0 if j == k else self.tie[tuple(sorted((j, k)))]

    # Steps 2 and 3: policy and backing

    def decide_backing(self, key: tuple[str, str, str], target: float, over: int, announced: bool) -> None:
        if self.S[key[1]]:
            self.moves[key] = target, over, (target - self.B[key]) / over
            self.follows[key] = not announced
            if announced:
                self.expected[key] = target

    def decide(self) -> None:
        for i in self.I:
            if self.t == 0:
                self._back(i)
            while "then" in self.way[i] and self.hold(self.way[i]["then"]["when"]):
                self.way[i] = self.way[i]["then"]
                self._back(i)

    def _back(self, i: str) -> None:
        for j, channels in (self.way[i].get("back") or {}).items():
            for c, target in channels.items():
                self.decide_backing((i, j, c), target, self.way[i].get("back-over", 4), True)

    def engage(self, P: dict[str, float]) -> None:
        """(1)"""
        for i in self.I:
            way, base = self.way[i], self.way[i].get("engage") or {}
            tau, zeta, floor = (way.get(k, 0) for k in ("follow-power", "follow-standing", "floor"))
            u = {
                j: self.S[j] * base.get(j, 0) * power_of(P[j], tau) * power_of(self.R[i, j], zeta)
                for j in self.F
            }
            for j in self.F:
                share = (1 - floor) * u[j] / sum(u.values()) if sum(u.values()) > 0 else 0
                self.x[i, j] = self.budget[i] * (floor / sum(self.S.values()) + share) if self.S[j] else 0.0

    def step_backing(self) -> None:
        for key, (target, left, step) in list(self.moves.items()):
            self.B[key] = target if left == 1 else self.B[key] + step
            self.moves[key] = target, left - 1, step
            if left == 1:
                del self.moves[key]
        self.expected.update({key: self.B[key] for key, follows in self.follows.items() if follows})

    # Steps 4 and 5: control and falls

    def season(self) -> tuple[dict[tuple[str, str], float], float]:
        """Return what the seasons of this week push, and how many times V̄ counts."""
        day, push, times = self.start + timedelta(weeks=self.t), defaultdict(float), 1.0
        for name, season in (self.dynamics.get("seasons") or {}).items():
            first, last = season["between"]
            now = f"{day:%m-%d}"
            if first <= now <= last or (first > last and (now >= first or now <= last)):
                times *= self.number(f"dynamics.seasons.{name}.violence", 1)
                for j in season.get("push") or {}:
                    for g in self.G if season.get("regions", "all") == "all" else season["regions"]:
                        push[g, j] += self.number(f"dynamics.seasons.{name}.push.{j}")
        return push, times

    def fitness(self, g: str, j: str, P: dict[str, float], given: dict[str, float], push: dict) -> float:
        """(2) without its noise."""
        of = f"forces.{j}"
        more = {c: sum(self.B[i, j, c] - self.B_start[i, j, c] for i in self.I) for c in CHANNELS}
        fought = sum(self.a(j, k) * self.C[g, k] for k in self.F)
        lost = sum(self.number(f"forces.{k}.undermine") * given[k] for k in self.F if k != j)
        return (
            self.number(f"{of}.momentum")
            + self.number(f"{of}.home.{g}")
            + sum(self.number(f"{of}.backing-effect.{c}") * more[c] for c in CHANNELS)
            + self.number(f"{of}.bandwagon") * (P[j] - self.P_start[j])
            + self.V * self.number("dynamics.hostility") * fought
            + self.number(f"{of}.legitimacy") * given[j]
            - (lost if j == self.incumbent else 0)
            + push[g, j]
        )

    def fight(self, P: dict[str, float], push: dict) -> dict[tuple[str, str], float]:
        """(3), from where nobody falls."""
        given = {j: sum(self.x[i, j] for i in self.I) for j in self.F}
        out = {}
        for g in self.G:
            grown = {
                j: self.S[j] * self.C[g, j] * math.exp(self.fitness(g, j, P, given, push)) for j in self.F
            }
            for j in self.F:
                out[g, j] = grown[j] / sum(grown.values()) if sum(grown.values()) > 0 else 0.0
        return out

    def chance_of_falling(self, j: str, P: dict[str, float]) -> float:
        """q of (4)."""
        of = f"forces.{j}.collapse"
        yearly, threshold = self.number(f"{of}.yearly"), dig(self.data, *of.split("."), "threshold")
        rate = -math.log(1 - yearly) / 52 if yearly else self.number(f"{of}.rate")
        start = self.P_start[j] if threshold in (None, "start") else self.number(f"{of}.threshold")
        more = {c: sum(self.B[i, j, c] - self.B_start[i, j, c] for i in self.I) for c in CHANNELS}
        gap = sum(self.B[i, j, c] - self.expected[i, j, c] for i in self.I for c in CHANNELS)
        slide = self.held[max(0, self.t - 4)][j] - P[j]
        log = (
            -sum(self.one_or_each(f"{of}.shield", c, 0) * more[c] for c in CHANNELS)
            + self.number(f"{of}.panic") * max(0.0, gap)
            + self.number(f"{of}.slide") * max(0.0, slide)
        )
        ratio = power_of(start / max(P[j], 1e-6), self.number(f"{of}.steepness"))
        return 1 - math.exp(-min(5.0, rate * ratio * math.exp(log) * self.hazard[j]))

    def fall(self, C: dict[tuple[str, str], float]) -> list[str]:
        """Let fall who falls this week, and pass on what they held; return them."""
        for j in self.F:
            self.chances[j] += [self.chance_of_falling(j, self.power(C))] if self.S[j] else []
        gone = [j for j in self.F if self.fell.get(j) == self.t]
        heirs = [j for j in self.F if self.S[j] and j not in gone]
        left = {(g, j): C[g, j] if j in heirs else 0.0 for g in self.G for j in self.F}
        for g, j in ((g, j) for g in self.G for j in gone):
            kin = {k: C[g, k] * power_of(1 + self.a(j, k), self.number("dynamics.inherit")) for k in heirs}
            kin = kin if sum(kin.values()) > 0 else {k: C[g, k] for k in heirs}
            for k in kin if sum(kin.values()) > 0 else ():
                left[g, k] += C[g, j] * kin[k] / sum(kin.values())
        self.C = left
        self.settled &= not gone
        self.S.update(dict.fromkeys(gone, 0))
        return gone

    # Steps 6 to 9: standing, violence, score

    def openness(self, i: str, j: str) -> float:
        """ρ_ij of step 6."""
        of = f"forces.{j}.receptivity"
        plain = self.number(f"{of}.base", 1) * self.receptivity[j]
        each = [(k, j, c) for k in self.I for c in CHANNELS]
        had, hoped = sum(self.B_start[k] for k in each), sum(self.expected[k] for k in each)
        leaves = sum(self.expected[i, j, c] for c in CHANNELS) < sum(self.B_start[i, j, c] for c in CHANNELS)
        loss = max(0.0, 1 - hoped / had) if had else 0.0
        return plain if leaves else plain * (1 + self.number(f"{of}.shopping") * loss)

    def standing(self, i: str, j: str) -> float:
        """(5)"""
        if not self.S[j]:
            return 0.0
        R, x = self.R[i, j], self.x[i, j]
        rivals = sum(max(0.0, -self.a(j, k)) * self.x[i, k] for k in self.F)
        friends = sum(max(0.0, self.a(j, k)) * self.x[i, k] for k in self.F)
        equal = x > 0 and any(self.a(j, k) < 0 and self.x[i, k] >= x - 1e-6 for k in self.F)
        alienation, duplicity, parity = (
            self.number(f"forces.{j}.resentment.{key}") for key in ("alienation", "duplicity", "parity")
        )
        gain = self.one_or_each(f"patrons.{i}.engagement.gain", j, 0.05)
        gained = gain * self.openness(i, j) * x * (1 - R) + self.number("dynamics.warmth") * friends * (1 - R)
        resented = alienation * rivals + duplicity * x * rivals + parity * equal
        faded = self.number("dynamics.fade", 0.01) * R
        return min(
            1.0, max(0.0, R + gained - faded - self.one_or_each(f"patrons.{i}.resented", j, 1) * resented)
        )

    def calm(self, times: float, fallen: int) -> None:
        """Step 8."""
        of = "dynamics.violence"
        contested = sum(self.omega[g] * (1 - sum(self.C[g, j] ** 2 for j in self.F)) for g in self.G)
        mean = self.V_mean * times * (1 + self.number(f"{of}.contest") * contested)
        after = self.number(f"{of}.after-fall") * fallen
        self.V = max(0.0, self.V + self.number(f"{of}.revert", 0.1) * (mean - self.V) + after)

    def _order(self) -> str:
        P, majority = self.power(self.C), self.dynamics.get("majority", 0.6)
        if self.settled:
            return "settlement"
        for j in self.F:
            if j != self.incumbent and P[j] >= majority - 1e-6:
                return f"takeover:{j}"
        return (
            "holds" if any(self.S[j] for j in ([self.incumbent] if self.incumbent else self.F)) else "chaos"
        )

    def influence(self, i: str) -> float:
        return sum(self.nu[i, g] * self.C[g, j] * self.R[i, j] for g in self.G for j in self.F)

    def score(self, i: str) -> float:
        """(6)"""
        w, P = self.weights[i], self.power(self.C)
        backed = {c: sum(self.B[i, j, c] for j in self.F) for c in CHANNELS}
        return (
            w["influence"] * self.influence(i)
            - sum(w[f"rivals.{k}"] * self.influence(k) for k in self.I)
            + sum(w[f"power.{j}"] * P[j] for j in self.F)
            + sum(w[f"control.{j}.{g}"] * self.C[g, j] for g in self.G for j in self.F)
            + w["order." + self.order.replace(":", ".")]
            + w["violence"] * self.V * w["exposure"]
            - w["cost"] * sum(self.x[i, j] for j in self.F)
            - sum(w[f"backing-cost.{c}"] * backed[c] for c in CHANNELS)
        )

    def step(self) -> None:
        """One week."""
        self.held += [self.power(self.C)] if self.t else []
        self.fire_events()
        self.decide()
        P = self.power(self.C)
        self.engage(P)
        self.step_backing()
        push, times = self.season()
        for first, until, g, j, much in self.pushes:
            push[g, j] += much if first <= self.t < until else 0
        gone = self.fall(self.fight(P, push))
        self.R = {(i, j): self.standing(i, j) for i in self.I for j in self.F}
        self.calm(times, len(gone))
        self.order = self._order()

    def play(self) -> Plain:
        """Play all weeks. Then there are `outcomes` by their names, and `series` [weeks + 1] by theirs."""
        i, scores, shares, ties = self.focus, [], [], []
        series = defaultdict(list)
        self._look(series)
        for week in range(self.weeks):
            self.t = week
            self.step()
            scores.append(self.score(i))
            effort = sum(self.x[i, j] for j in self.F)
            shares.append({j: self.x[i, j] / effort if effort > 0 else 0.0 for j in self.F})
            ties.append({(j, k): max(0.0, -self.a(j, k)) for j in self.F for k in self.F})
            for key in [key for key in self.B if not self.S[key[1]]]:
                self.B[key] = self.expected[key] = 0.0
                self.moves.pop(key, None)
                self.follows[key] = False
            self._look(series)
        terminal = self.weights[i]["terminal"]
        mean = self.weeks**-1
        self.series = dict(series)
        self.outcomes = {
            "payoff": (1 - terminal) * mean * sum(scores) + terminal * scores[-1],
            "influence": mean * sum(series["influence"][1:]),
            "influence_end": series["influence"][-1],
            "levers": sum(self.S[j] and self.R[i, j] >= 0.3 for j in self.F),
            "spread": mean
            * sum(1 - sum(s**2 for s in part.values()) for part in shares if any(part.values())),
            "hedge_index": mean
            * sum(s[j] * s[k] * h[j, k] for s, h in zip(shares, ties, strict=True) for j, k in h),
            "violence_end": self.V,
            **{f"power.{j}": series[f"power.{j}"][-1] for j in self.F},
            **{f"standing.{j}": self.R[i, j] for j in self.F},
            **{f"engaged.{j}": mean * sum(part[j] for part in shares) for j in self.F},
        }
        return self

    def _look(self, series: dict[str, list[float]]) -> None:
        P = self.power(self.C)
        series["influence"].append(self.influence(self.focus))
        series["violence"].append(self.V)
        for j in self.F:
            series[f"power.{j}"].append(P[j])
            series[f"standing.{j}"].append(self.R[self.focus, j])
