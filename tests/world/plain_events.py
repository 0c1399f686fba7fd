"""Step 1 of the week in `plain_reading`: what fires, what it does, and which conditions hold. MODEL.md §3."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from typing import Any

CHANNELS = ("troops", "money")


def leaves(what: dict[str, Any], depth: int) -> list[tuple[str, ...]]:
    """Return the keys down to every number of a mapping of mappings."""
    if depth == 1:
        return [(key,) for key in what]
    return [(key, *rest) for key in what for rest in leaves(what[key], depth - 1)]


class Happenings:
    """What `Plain` does in step 1; all that it looks at and changes stands there."""

    def week_of(self, day: date) -> int:
        return (day - self.start).days // 7

    def fire_events(self) -> None:
        for name in sorted(self.events):
            if name not in self.conditional and self.came.get(name) == self.t:
                self._happens(name, f"events.{name}.effects", self.events[name].get("effects"))
        for name in sorted(self.talks):
            if self.came.get(name) == self.t:
                acts = all(self.S.get(party, 1) for party in self.talks[name].get("veto") or [])
                self._happens(name, f"talks.{name}.effects", self.talks[name].get("effects") if acts else [])
        for name, agreement in sorted((self.data.get("agreements") or {}).items()):
            self._breaches(f"agreements.{name}.breach", agreement)
        for name in self.conditional:
            if name in self.happened:
                continue
            event, comes = self.events[name], self.came.get(name) == self.t
            holds = self.hold(event["when"])
            sure = not ({"weekly", "chance", "on", "between", "odds", "decided-by"} & set(event))
            if (comes and not holds) or (holds and sure and not comes):
                self.notes.append(f"week {self.t}: {name} {'came' if comes else 'stayed away'}")
            if comes:
                self._happens(name, f"events.{name}.effects", event.get("effects"))

    def _happens(self, name: str, path: str, effects: list[Any] | None) -> None:
        self.happened[name] = self.t
        self.act(effects, path)

    def _breaches(self, path: str, agreement: Any) -> None:
        signed = agreement["signed"]
        week = self.week_of(signed) if isinstance(signed, date) else self.happened.get(signed)
        for term in agreement["terms"] if week is not None else []:
            due = self.week_of(term["by"]) if "by" in term else week + term["within"]
            if due == self.t >= week and term["event"] not in self.happened:
                self.act(agreement.get("breach"), path)

    def act(self, effects: Iterable[Any] | None, path: str) -> None:
        for k, effect in enumerate(effects or []):
            kind = next(iter(set(effect) - {"over", "announced", "weeks", "regions", "claims", "because"}))
            regions = self.G if effect.get("regions", "all") == "all" else effect["regions"]
            getattr(self, f"_act_{kind}")(effect[kind], f"{path}.{k}.{kind}", effect, regions)

    def _act_standing(self, what: Any, path: str, effect: Any, regions: Any) -> None:
        for i, j in leaves(what, 2):
            if self.S[j]:
                self.R[i, j] = min(1.0, max(0.0, self.R[i, j] + self.number(f"{path}.{i}.{j}")))

    def _act_backing(self, what: Any, path: str, effect: Any, regions: Any) -> None:
        for i, j, c in leaves(what, 3):
            target = self.number(f"{path}.{i}.{j}.{c}")
            self.decide_backing((i, j, c), target, effect.get("over", 1), effect.get("announced", False))

    def _act_expect(self, what: Any, path: str, effect: Any, regions: Any) -> None:
        for i, j, c in leaves(what, 3):
            if self.S[j]:
                self.expected[i, j, c], self.follows[i, j, c] = self.number(f"{path}.{i}.{j}.{c}"), False

    def _act_push(self, what: Any, path: str, effect: Any, regions: Any) -> None:
        until = self.t + effect.get("weeks", 1)
        self.pushes += [(self.t, until, g, j, self.number(f"{path}.{j}")) for j in what for g in regions]

    def _act_transfer(self, what: Any, path: str, effect: Any, regions: Any) -> None:
        to, share = what["to"], self.number(f"{path}.share")
        givers = [j for j in self.F if j != to] if what["from"] == "others" else [what["from"]]
        for g, j in ((g, j) for g in regions for j in givers if self.S[to]):
            given = share * self.C[g, j]
            self.C[g, j] -= given
            self.C[g, to] += given

    def _act_violence(self, what: Any, path: str, effect: Any, regions: Any) -> None:
        if "set" in what:
            self.V = self.V_mean = self.number(f"{path}.set")
        self.V = max(0.0, self.V + (self.number(f"{path}.add") if "add" in what else 0))

    def _act_tie(self, what: Any, path: str, effect: Any, regions: Any) -> None:
        pair = tuple(sorted(what["between"]))
        tie = self.number(f"{path}.set") if "set" in what else self.tie[pair] + self.number(f"{path}.add")
        self.tie[pair] = min(1.0, max(-1.0, tie))

    def _act_hazard(self, what: Any, path: str, effect: Any, regions: Any) -> None:
        for j in what:
            self.hazard[j] *= self.number(f"{path}.{j}")

    def _act_receptivity(self, what: Any, path: str, effect: Any, regions: Any) -> None:
        for j in what:
            self.receptivity[j] *= self.number(f"{path}.{j}")

    def _act_budget(self, what: Any, path: str, effect: Any, regions: Any) -> None:
        for i in what:
            self.budget[i] *= self.number(f"{path}.{i}")

    def _act_values(self, what: Any, path: str, effect: Any, regions: Any) -> None:
        for i, key in leaves(what, 2):
            value = self.drawn.get(f"{path}.{i}.{key}")
            self.weights[i][key] = self._value(what[i][key]) if value is None else value

    def _act_settlement(self, what: Any, path: str, effect: Any, regions: Any) -> None:
        self.settled = what

    def hold(self, when: Any) -> bool:
        """Whether all conditions hold; a bare name waits for that event or deal."""
        if isinstance(when, str):
            return when in self.happened
        return all(self._holds(c) for c in (when if isinstance(when, list) else [when]))

    def _holds(self, c: Any) -> bool:
        if "happened" in c:
            ago = self.t - self.happened.get(c["happened"], math.inf)
            return bool(c.get("since", 0) <= ago <= c.get("within", math.inf))
        if "not-happened" in c:
            return c["not-happened"] not in self.happened
        if "collapsed" in c:
            return not self.S[c["collapsed"]]
        if "order" in c:
            return self.order == (f"takeover:{c['of']}" if "of" in c else c["order"]) or (
                "of" not in c and self.order.split(":")[0] == c["order"]
            )
        level = self._seen(c)
        return level < c["below"] if "below" in c else level > c["above"]

    def _seen(self, c: Any) -> float:
        if "power" in c:
            return self.power(self.C)[c["power"]]
        if "control" in c:
            return self.C[c["in"], c["control"]]
        if "standing" in c:
            return self.R[c["standing"], c["with"]]
        if "engaged" in c:
            return self.x[c["engaged"], c["with"]]
        if "backing" in c:
            by, through = [c["by"]] if "by" in c else self.I, [c["channel"]] if "channel" in c else CHANNELS
            return sum(self.B[i, c["backing"], k] for i in by for k in through)
        return self.V
