"""Whole random scenarios that use every feature of the format, for tests of the model.

`random_scenario(seed)` gives plain data, as a file would hold it; the checker must accept all of it. Numbers
are chosen so that much happens in a few weeks: forces fall, talks fail and succeed, regions go ungoverned,
thresholds are crossed. `scenarios()` is the same for Hypothesis.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import strategies as st

START = date(2030, 1, 7)
CHANNELS = ("troops", "money")
FORCES = ("crown", "league", "north", "rebels")
PATRONS = ("aria", "brand", "corona", "delta")
REGIONS = ("coast", "hills", "marsh", "plain")

Data = dict[str, Any]


def scenarios() -> st.SearchStrategy[Data]:
    """Return a strategy of whole valid scenarios."""
    return st.integers(0, 2**32 - 1).map(random_scenario)


def random_scenario(seed: int) -> Data:
    """Return a random valid scenario, as plain data."""
    return _Draft(np.random.default_rng(seed)).scenario()


def restless_scenario(seed: int) -> Data:
    """Return a random scenario in which forces look again at their ties and talks are settled by power."""
    data, rng = random_scenario(seed), np.random.default_rng([seed, 1])
    data["dynamics"] |= {
        "realign": ["power", "patronage"][rng.integers(2)], "realign-rate": [2, 30], "realign-step": [0.1, 0.9],
    }  # fmt: skip
    for talk in data["talks"].values():
        forces = [actor for actor in talk["clout"] if actor in data["forces"]]
        talk["clout"] = "power" if rng.random() < 0.4 else talk["clout"] | dict.fromkeys(forces, "power")
        for issue in talk["issues"].values():
            issue["salience"][next(iter(data["forces"]))] = 0.5
    return data


def shuffled(data: Any, rng: np.random.Generator) -> Any:
    """Return the same scenario with the keys of every mapping, and the ties, in another order."""
    if isinstance(data, dict):
        keys = list(data)
        out = {keys[k]: shuffled(data[keys[k]], rng) for k in rng.permutation(len(keys))}
        if "ties" in out:
            out["ties"] = [out["ties"][k] for k in rng.permutation(len(out["ties"]))]
        return out
    return [shuffled(item, rng) for item in data] if isinstance(data, list) else copy.copy(data)


class _Draft:
    """Draws the parts of one scenario; later parts use the names of earlier ones."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.weeks = int(rng.integers(10, 25))
        self.forces = FORCES[: rng.integers(2, 5)]
        self.patrons = PATRONS[: rng.integers(2, 5)]
        self.regions = REGIONS[: rng.integers(1, 5)]
        self.dated = [f"event-{n}" for n in range(rng.integers(4, 8))]
        self.triggered = [f"turn-{n}" for n in range(rng.integers(2, 5))]
        self.talks = [f"talk-{n}" for n in range(rng.integers(1, 3))]
        self.decider = self.patrons[int(rng.integers(2))]

    # numbers

    def chance(self, p: float) -> bool:
        return bool(self.rng.random() < p)

    def pick(self, items: Any) -> Any:
        return items[int(self.rng.integers(len(items)))]

    def some(self, items: Any, p: float = 0.5) -> Iterator[Any]:
        return (item for item in items if self.chance(p))

    def number(self, low: float, high: float) -> Any:
        """Return a number within [low, high] in any of the forms."""
        a, m, b = (round(float(x), 6) for x in np.sort(self.rng.uniform(low, high, 3)))
        sd = round((b - a) / 3 + 1e-6, 6)
        forms: list[Any] = [
            m, m, [a, b], [a, m, b], {"uniform": [a, b]}, {"triangular": [a, m, b]}, {"pert": [a, m, b]},
            {"normal": [m, sd], "within": [low, high]}, {"choice": {a: 1, b: 2}}, {"value": m},
        ]  # fmt: skip
        if low > 0:
            forms.append({"lognormal": [m, 1.3], "within": [low, high]})
        if low == 0:
            forms.append({"is": "mood", "times": round(0.8 * high, 6)})
        if (low, high) == (0, 1):
            forms += [
                {"beta": [2, 3]},
                {"words": self.pick(["likely", "very unlikely", "roughly even chance"])},
            ]
        return self.pick(forms)

    def day(self, first: int, last: int) -> date:
        """Return a day from week `first` to week `last`."""
        return START + timedelta(days=int(self.rng.integers(7 * first, 7 * last + 7)))

    # the situation

    def scenario(self) -> Data:
        weighted = self.chance(0.5)
        forces = {j: self.force(n == 0 and self.chance(0.7), n == 0) for n, j in enumerate(self.forces)}
        return {
            "equipoise": 1,
            "title": "Drawn at random",
            "focus": self.patrons[0],
            "calendar": {"start": START, "weeks": self.weeks},
            "quantities": {"mood": {"uniform": [0.1, 1.2]}, "other": {"is": "mood", "times": 0.5}},
            "regions": {g: {"weight": self.pick([0.5, 1, 2])} if weighted else {} for g in self.regions},
            "forces": forces,
            "patrons": {i: self.patron(i) for i in self.patrons},
            "ties": self.ties(),
            "dynamics": self.dynamics(),
            "events": self.events(),
            "agreements": {f"pact-{n}": self.agreement() for n in range(2)},
            "talks": {name: self.talk(n) for n, name in enumerate(self.talks)},
            "strategies": {i: {f"way-{n}": self.strategy(i) for n in range(3)} for i in self.patrons[:2]},
        }

    def force(self, incumbent: bool, somewhere: bool) -> Data:
        out = {
            "incumbent": incumbent,
            "control": {g: self.held(somewhere) for g in self.regions},
            "momentum": self.number(-0.05, 0.05),
            "home": {g: self.number(-0.03, 0.03) for g in self.some(self.regions)},
            "volatility": {"national": self.number(0, 0.1), "regional": self.number(0, 0.1)},
            "backing-effect": {c: self.number(0, 0.08) for c in self.some(CHANNELS, 0.8)},
            "bandwagon": self.number(-0.05, 0.1),
            "undermine": self.number(0, 0.05),
            "legitimacy": self.number(0, 0.05),
            "receptivity": {"base": self.number(0.5, 1.5), "shopping": self.number(0, 2)},
            "resentment": {
                "alienation": self.number(0, 0.03), "duplicity": self.number(0, 0.1),
                "parity": self.number(0, 0.02),
            },
        }  # fmt: skip
        if self.chance(0.85):
            how = self.pick([{"rate": self.number(0.005, 0.06)}, {"yearly": self.number(0.2, 0.95)}])
            out["collapse"] = how | {
                "threshold": self.pick(["start", self.number(0.1, 0.5)]),
                "steepness": self.pick([0, 1, self.number(1, 4)]),
                "shield": self.pick([self.number(0, 1), {c: self.number(0, 1) for c in CHANNELS}]),
                "panic": self.number(0, 2), "slide": self.number(0, 5),
            }  # fmt: skip
        return out

    def held(self, surely: bool) -> Any:
        return self.number(0.05, 1) if surely else self.pick([0, self.number(0, 1)])

    def patron(self, name: str) -> Data:
        engagement: Data = {"budget": self.number(0, 1.5)}
        engagement["gain"] = self.pick(
            [self.number(0.02, 0.15), {j: self.number(0, 0.2) for j in self.forces[:2]}]
        )
        way = self.rng.random()
        if way < 0.4:
            engagement["engage"] = {j: self.number(0, 1) for j in self.some(self.forces, 0.7)}
        others = [k for k in self.patrons if k != name]
        out = {
            "engagement": engagement,
            "values": {
                "influence": self.number(0.5, 1.5),
                "rivals": {k: self.number(-0.2, 0.5) for k in self.some(others)},
                "power": {j: self.number(-0.5, 0.5) for j in self.some(self.forces)},
                "order": {
                    "holds": self.number(-0.2, 0.2), "settlement": self.number(0, 0.3),
                    "chaos": self.number(-0.5, 0),
                    "takeover": {j: self.number(-0.3, 0.3) for j in self.some(self.forces)},
                },
                "control": {
                    j: {g: self.number(-0.3, 0.3) for g in self.some(self.regions)} for j in self.forces[:2]
                },
                "violence": self.number(-0.1, 0), "exposure": self.number(0, 2), "cost": self.number(0, 0.1),
                "backing-cost": {"troops": self.number(0, 0.2), "money": self.number(0, 0.1)},
                "terminal": self.number(0, 1),
            },
            "standing": {j: self.number(0, 1) for j in self.some(self.forces, 0.8)},
            "backing": {
                j: {c: self.number(0, 1) for c in self.some(CHANNELS, 0.8)}
                for j in self.some(self.forces, 0.6)
            },
        }  # fmt: skip
        if self.chance(0.6):
            out["resented"] = self.pick(
                [self.number(0, 3), {j: self.number(0, 3) for j in self.some(self.forces)}]
            )
        if name in self.patrons[:2] and self.chance(0.5):
            out["default"] = f"way-{self.rng.integers(3)}"
        if self.chance(0.5):
            interest = {g: self.pick([0, 0.5, 1]) for g in self.regions}
            out["interest"] = interest | {self.pick(self.regions): 1}
        return out

    def ties(self) -> list[Data]:
        actors = [*self.forces, *self.patrons[:2]]
        pairs = [(a, b) for n, a in enumerate(actors) for b in actors[n + 1 :]]
        return [{"between": list(pair), "sign": self.number(-1, 1)} for pair in pairs if self.chance(0.7)]

    def dynamics(self) -> Data:
        return {
            "fade": self.number(0, 0.03), "warmth": self.number(0, 0.03), "hostility": self.number(0, 0.05),
            "inherit": self.pick([0, 1, self.number(0, 3)]), "majority": self.pick([0.51, 0.6, 0.75]),
            "seasons": self.seasons(),
            "violence": {
                "start": self.number(0, 2), "mean": self.number(0, 2), "revert": self.number(0, 0.5),
                "contest": self.number(0, 1), "after-fall": self.number(-0.3, 0.5),
            },
        }  # fmt: skip

    # what happens

    def events(self) -> Data:
        out = {name: self.event(n) for n, name in enumerate(self.dated)}
        return out | {name: self.turn(n) for n, name in enumerate(self.triggered)}

    def event(self, n: int) -> Data:
        out = self.window(n) | {"probability": self.number(0, 1), "effects": self.effects(3)}
        earlier = [*self.dated[: min(n, 4)], *(self.talks[:1] if n > 2 else [])]
        if earlier:
            out["after"] = {a: self.lag() for a in self.some(earlier, 0.3)}
        if n == 0:
            out["decided-by"] = self.decider
        return out

    def lag(self) -> Any:
        """Return the least weeks after something, or least and most."""
        least = int(self.rng.integers(0, 4))
        return self.pick([least, [least, least + int(self.rng.integers(0, 9))]])

    def window(self, n: int) -> Data:
        """Return when something may fall, and how that hangs on earlier events."""
        first = int(self.rng.integers(-2, self.weeks - 3))
        last = max(int(self.rng.integers(first + 1, self.weeks + 4)), 1)
        out: Data = self.pick([{}, {"on": self.day(max(first, 0), max(first, 0))}])
        if not out and self.chance(0.8):
            days = [self.day(first, self.weeks - 1), self.day(max(first, 0), last)]
            out = {"between": sorted(days)}
        if self.chance(0.6):
            out["timing"] = self.pick(["even", "early", "late"])
        if self.chance(0.4):
            out["slips"] = {"chance": self.number(0, 1), "weeks": int(self.rng.integers(1, 5))}
        earlier = self.dated[: min(n, 3)]
        for key in ("requires", "unless"):
            names = list(self.some(earlier, 0.2))
            if names:
                out[key] = names
        if n > 3 and self.chance(0.5):  # open, and so is what names it; only later events may
            key = self.pick(["requires", "unless"])
            out[key] = [*out.get(key, []), self.pick([*self.triggered, *self.dated[4:n]])]
        if earlier and self.chance(0.5):
            out["odds"] = {a: self.number(0, 4) for a in self.some(earlier)}
        return out

    def turn(self, n: int) -> Data:
        conditions = [self.condition() for _ in range(self.rng.integers(1, 3))]
        when: Any = conditions if len(conditions) > 1 or self.chance(0.5) else conditions[0]
        out: Data = {"when": when, "effects": self.effects(2)}
        if self.chance(0.4):
            last = int(self.rng.integers(2, self.weeks + 4))
            out["between"] = sorted([self.day(-2, min(last, self.weeks - 1)), self.day(0, last)])
        if self.chance(0.4):
            out["odds"] = {a: self.number(0, 4) for a in self.some(self.everything(), 0.3)}
        if n == 0:
            out["decided-by"] = self.decider
        return out | self.pick([{}, {"weekly": self.number(0, 1)}, {"chance": self.number(0, 1)}])

    def everything(self) -> list[str]:
        return [*self.dated, *self.triggered, *self.talks]

    def condition(self) -> Data:
        side = self.pick(["above", "below"])
        level = round(float(self.rng.uniform(0.2, 0.5)), 4)
        force, patron, name = self.pick(self.forces), self.pick(self.patrons), self.pick(self.everything())
        narrow = self.pick([{}, {"by": patron}, {"channel": self.pick(CHANNELS)}])
        since = int(self.rng.integers(0, 3))
        ago = self.pick([{}, {"within": since + 3}, {"since": since}, {"within": since + 3, "since": since}])
        return self.pick(
            [
                {"power": force, side: level},
                {"control": force, "in": self.pick(self.regions), side: level},
                {"standing": patron, "with": force, side: level},
                {"violence": "level", side: 2 * level},
                {"collapsed": force},
                {"backing": force, side: level, **narrow},
                {"engaged": patron, "with": force, side: level},
                {"order": self.pick(["holds", "settlement", "chaos", "takeover"])},
                {"order": "takeover", "of": force},
                {"happened": name, **ago},
                {"not-happened": name},
            ]
        )

    def effects(self, most: int) -> list[Data]:
        return [self.effect() for _ in range(self.rng.integers(1, most + 1))]

    def effect(self) -> Data:
        i, j = self.pick(self.patrons), self.pick(self.forces)
        span = int(self.rng.integers(1, 9))
        moved = {c: self.number(0, 1) for c in self.pick([CHANNELS, CHANNELS[:1], CHANNELS[1:]])}
        backer = {self.pick(self.patrons[:2]): {self.forces[0]: moved}}  # few, so that decisions meet
        pair = [str(name) for name in self.rng.permutation(self.forces)[:2]]
        mixed = [self.patrons[0], self.pick(self.forces)]
        names = [
            f"power.{j}", "influence", "cost", "order.chaos", f"order.takeover.{j}", "violence",
            f"rivals.{self.patrons[1]}", f"control.{j}.{self.regions[0]}", "exposure", "backing-cost.money",
            "order.holds",
        ]  # fmt: skip
        valued = {name: self.number(0, 0.5) for name in self.some(names, 0.3)}
        where: Data = self.pick([{}, {"regions": "all"}, {"regions": [self.pick(self.regions)]}])
        return self.pick(
            [
                {
                    "standing": {
                        i: {j: self.number(-0.3, 0.3)},
                        self.patrons[0]: {self.forces[0]: self.number(-0.2, 0.2)},
                    }
                },
                {"backing": backer, "over": span, "announced": self.chance(0.3)},
                {"backing": {i: {j: moved}}},
                {"expect": backer},
                {"expect": {i: {j: moved}}},
                {"push": {j: self.number(-0.1, 0.2)}, "weeks": span, **where},
                {"violence": {"add": self.number(-0.5, 1)}},
                {"violence": {"set": self.number(0, 2)}},
                {"tie": {"between": pair, "add": self.number(-1, 1)}},
                {"tie": {"between": pair, "set": self.number(-1, 1)}},
                {"tie": {"between": mixed, "set": self.number(-1, 1)}},
                {"hazard": {j: self.number(0, 3)}},
                {"receptivity": {j: self.number(0, 2)}},
                {"budget": {i: self.number(0, 1.5)}},
                {"values": {self.patrons[int(self.chance(0.3))]: valued}},
                {"settlement": self.chance(0.6)},
                {"transfer": self.transfer(), **where},
            ]
        )

    def transfer(self) -> Data:
        giver, receiver = (str(name) for name in self.rng.permutation(self.forces)[:2])
        return {"from": self.pick([giver, "others"]), "to": receiver, "share": self.number(0, 1)}

    def seasons(self) -> Data:
        days = ["01-07", "01-20", "02-11", "03-01", "04-10", "12-01"]
        return {
            f"season-{n}": {
                "between": [self.pick(days), self.pick(days)],
                "push": {j: self.number(-0.05, 0.05) for j in self.some(self.forces)},
                "regions": self.pick(["all", [self.pick(self.regions)]]), "violence": self.pick([1, self.number(0, 2)]),
            }
            for n in range(self.rng.integers(0, 3))
        }  # fmt: skip

    def talk(self, n: int) -> Data:
        actors = [*self.forces, *self.patrons]
        issues = {}
        for issue in ("seats", "arms")[: 1 + int(self.chance(0.5))]:
            positions = {a: self.number(0, 100) for a in self.some(actors, 0.8)} | {
                actors[0]: self.number(0, 100)
            }
            issues[issue] = {
                "positions": positions,
                "salience": {a: self.number(0.1, 1) for a in self.some(actors, 0.8)} | {actors[0]: 0.5},
                "reservation": {a: self.number(20, 80) for a in self.some(positions, 0.6)},
            }
        out = {
            "veto": [self.forces[0], *self.some(actors[1:], 0.3)],
            "clout": {a: self.number(0.1, 1) for a in self.some(actors, 0.8)} | {actors[0]: 0.5},
            "issues": issues,
            "host": self.patrons[0],
            "effects": [*self.effects(2), {"settlement": True}],
        }
        return out | self.window(0 if n == 0 else 4) | {"probability": self.number(0, 1)}

    def agreement(self) -> Data:
        signed = self.pick(
            [
                START - timedelta(days=30),
                self.day(0, 3),
                self.talks[0],
                self.dated[0],
                self.pick(self.triggered),
            ]
        )
        terms = []
        for event in (*self.some(self.dated, 0.4), self.pick(self.everything())):
            due: Data = {"within": int(self.rng.integers(0, 8))}
            if self.chance(0.5):
                due = {"by": self.day(4, self.weeks + 2)}
            terms.append({"who": self.forces[0], "does": "keep its word", "event": event, **due})
        return {"parties": list(self.forces[:2]), "signed": signed, "terms": terms, "breach": self.effects(2)}

    # strategies

    def policy(self) -> Data:
        out: Data = {
            "engage": {j: round(float(self.rng.uniform(0, 1)), 3) for j in self.some(self.forces, 0.8)}
        }
        if self.chance(0.5):
            out["follow-power"] = self.pick([-1, 0.5, 1, 2])
        if self.chance(0.5):
            out["follow-standing"] = self.pick([-0.5, 1, 2])
        if self.chance(0.5):
            out["floor"] = self.pick([0.1, 0.5, 1])
        if self.chance(0.4):
            out["back"] = {self.pick(self.forces): {self.pick(CHANNELS): round(float(self.rng.random()), 3)}}
            out["back-over"] = int(self.rng.integers(1, 10))
        return out

    def strategy(self, patron: str) -> Data:
        out = self.policy()
        way = out
        for _ in range(int(self.rng.choice(5, p=[0.4, 0.25, 0.2, 0.1, 0.05]))):
            whens = [
                self.pick(self.dated),
                self.pick(self.triggered),
                self.talks[0],
                self.condition(),
                [self.condition()],
            ]
            way["then"] = {"when": self.pick(whens), **self.policy()}
            way = way["then"]
        if patron == self.decider and self.chance(0.5):
            names = [self.dated[0], self.triggered[0]]
            out["decide"] = {
                a: self.pick(["never", self.day(0, self.weeks - 1)]) for a in self.some(names, 0.7)
            }
        return out
