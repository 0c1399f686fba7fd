"""What can never happen is said, with its place; what may happen after all is not."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from equipoise.scenario import load
from equipoise.scenario.reach import unreachable

# ruff: noqa: E501 - tables of cases, one row a line

FREE: dict[str, Any] = {
    "equipoise": 1, "title": "t", "focus": "p", "calendar": {"start": "2030-01-07", "weeks": 20},
    "regions": {"land": {}, "sea": {}},
    "forces": {
        "a": {"incumbent": True, "control": {"land": [0.2, 0.8], "sea": 1}, "collapse": {"rate": 0.01}},
        "b": {"control": {"land": 1}},
    },
    "patrons": {"p": {"backing": {"a": {"money": [0, 0.5]}}, "engagement": {"budget": [0.5, 1.5]}}},
    "strategies": {"p": {"s": {"engage": {"a": 1}}}},
    "events": {"d": {"between": ["2030-02-04", "2030-02-18"]}},  # weeks 4 to 6
}  # fmt: skip


def never(**changes: Any) -> list[str]:
    data = copy.deepcopy(FREE)
    for section, entries in changes.items():
        data[section] = [*entries] if isinstance(entries, list) else {**data.get(section, {}), **entries}
    return [".".join(map(str, found.path)) for found in unreachable(load(data).scenario)]


def event(**keys: Any) -> dict[str, Any]:
    return {"events": {**FREE["events"], "e": keys}}


def when(condition: Any, **keys: Any) -> dict[str, Any]:
    return event(when=condition, **keys)


TALKS = {
    "t": {
        "requires": ["d"],
        "on": "2030-02-25",
        "issues": {"k": {"positions": {"a": 0}, "salience": {"a": 1}}},
        "clout": {"a": 1},
    }
}


def term(fulfils: str, signed: str = "t", **events: Any) -> dict[str, Any]:
    owed = {"who": "a", "does": "it", "event": fulfils, "within": 4}
    return {
        "events": {**FREE["events"], "c": {"requires": ["d"], "on": "2030-03-04"}, **events},
        "talks": TALKS,
        "agreements": {"x": {"parties": ["a", "b"], "signed": signed, "terms": [owed]}},
    }


def then(*ways: dict[str, Any]) -> dict[str, Any]:
    inner: dict[str, Any] = {}
    for way in reversed(ways):
        inner = {"then": {**way, **inner}}
    return {"strategies": {"p": {"s": inner}}}


SAID = [
    ("push", event(effects=[{"push": {"b": 0.1}, "regions": ["sea"]}]), "events.e.effects.0.push.b"),
    ("power", when({"power": "a", "above": 1}), "events.e.when.0"),
    ("below nothing", when({"standing": "p", "with": "a", "below": 0}), "events.e.when.0"),
    ("control", when({"control": "b", "in": "sea", "above": 0}), "events.e.when.0"),
    ("backing", when({"backing": "a", "above": 0.5}), "events.e.when.0"),
    ("backing by channel", when({"backing": "a", "channel": "troops", "above": 0}), "events.e.when.0"),
    ("effort", when({"engaged": "p", "with": "a", "above": 1.5}), "events.e.when.0"),
    ("fall", when([{"power": "a", "above": 0.1}, {"collapsed": "b"}]), "events.e.when.1"),
    ("settlement", when({"order": "settlement"}), "events.e.when.0"),
    ("takeover by who governs", when({"order": "takeover", "of": "a"}), "events.e.when.0"),
    ("window of a conditional event", when({"happened": "d", "since": 3}, on="2030-02-18"), "events.e.when.0"),
    ("no chance", event(probability=0), "events.e.probability"),
    ("requires what comes later", event(on="2030-01-28", requires=["d"]), "events.e.requires.0"),
    ("after what comes too late", event(on="2030-02-18", after={"d": 3}), "events.e.after.d"),
    ("after what comes too early", event(on="2030-04-01", after={"d": [1, 2]}), "events.e.after.d"),
    ("condition of a then", then({"when": {"collapsed": "b"}}), "strategies.p.s.then.when.0"),
    ("effort on the fallen", then({"when": {"collapsed": "a"}, "engage": {"a": 1, "b": 1}}), "strategies.p.s.then.engage.a"),
    ("backing of the fallen", then({"when": {"collapsed": "a"}, "back": {"a": {"money": 1}}}), "strategies.p.s.then.back.a"),
    ("fulfilled by its own signing", term("t"), "agreements.x.terms.0.event"),
    ("fulfilled before its signing", term("d"), "agreements.x.terms.0.event"),
    ("fulfilled long before its signing", term("d", signed="s", s={"requires": ["t"], "on": "2030-03-11"}), "agreements.x.terms.0.event"),
    ("later on", then({"when": {"collapsed": "a"}}, {"when": "d", "engage": {"a": 1}}), "strategies.p.s.then.then.engage.a"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "path"), [case[1:] for case in SAID], ids=[case[0] for case in SAID])
def test_what_can_never_happen_is_said_once(changes, path) -> None:
    assert never(**changes) == [path]


EFFECT = {"effects": [{"settlement": True}, {"backing": {"p": {"a": {"troops": 1}}}}, {"budget": {"p": 2}}]}
NOT_SAID = [
    ("as it stands", {}),
    ("push where there is some", event(effects=[{"push": {"b": 0.1, "a": 0.1}}])),
    ("push where there may be some", event(effects=[
        {"push": {"b": 0.1}, "regions": ["sea"]}, {"transfer": {"from": "a", "to": "b", "share": 0.1}, "regions": ["sea"]}])),
    ("push everywhere", event(effects=[{"push": {"b": 0.1}, "regions": "all"}])),
    ("within reach", when([{"power": "a", "above": 0.99}, {"backing": "a", "above": 0.4}, {"collapsed": "a"}])),
    ("an effect brings it", {"events": {"d": EFFECT, "e": {"when": [
        {"order": "settlement"}, {"backing": "a", "above": 1.4}, {"engaged": "p", "with": "a", "above": 1.6}]}}}),
    ("takeover by another", when({"order": "takeover", "of": "b"})),
    ("in time", event(on="2030-02-18", requires=["d"], after={"d": [0, 2]})),
    ("room in some draws", event(on="2030-02-18", after={"d": 2})),
    ("decided for a day", {**event(on="2030-01-28", probability=0, requires=["d"], **{"decided-by": "p"}),
                           "strategies": {"p": {"s": {"decide": {"e": "2030-03-04"}}}}}),
    ("fulfilled by what only comes later", term("c")),
    ("fulfilled by the talk, signed on a day", term("t", signed="2030-01-14")),
    ("fulfilled by what need not have come", term("d", signed="c", c={"on": "2030-03-04", "after": {"d": 1}})),
    ("effort on others", then({"when": {"collapsed": "a"}, "engage": {"b": 1}, "floor": 0.5})),
]  # fmt: skip


@pytest.mark.parametrize("changes", [case[1] for case in NOT_SAID], ids=[case[0] for case in NOT_SAID])
def test_what_may_happen_after_all_is_not_said(changes) -> None:
    assert never(**changes) == []


def test_a_term_fulfilled_by_its_signing_is_told_what_to_name() -> None:
    (found,) = unreachable(load({**copy.deepcopy(FREE), **term("t")}).scenario)
    assert "`t` is the signing of `x`" in found.says and "name an event that can only come once" in found.says
    (found,) = unreachable(load({**copy.deepcopy(FREE), **term("d")}).scenario)
    assert "`d` is required by `t`, which is the signing of `x`" in found.says


def test_a_chance_judged_of_what_can_never_come_is_said() -> None:
    """b has no `collapse`, and the event of chance 0 never comes; what a and d may do is not said."""
    judged = [{"falls": "a", "within": 9, "is": 0.1}, {"falls": "b", "within": 9, "is": 0.1},
              {"happens": "d", "within": 9, "is": 0.5}, {"happens": "e", "within": 9, "is": 0.5}]  # fmt: skip
    quiet = event(on="2030-02-04", probability=0)
    assert never(outlook=judged, **quiet) == ["events.e.probability", "outlook.1", "outlook.3"]
