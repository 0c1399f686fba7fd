"""A what-if in words: the answer, what it was, each change, and what a number says; `**` sets off what changed most.

Nothing is computed here: every number comes from `findings.what_if`. The page, its print and its address-less reader
(without JavaScript) show the same sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.findings.found import Found, StrategyFound
from equipoise.findings.hedges import Kind
from equipoise.findings.what_if import Change, WhatIf
from equipoise.findings.why_moved import WhyMoved
from equipoise.reporting.answer import succeeds_most
from equipoise.reporting.pages.grounds import in_words
from equipoise.reporting.run_view import ScenarioView
from equipoise.scenario import Number, Scenario, wording
from equipoise.scenario.altering import dated_item
from equipoise.scenario.display_names import Names
from equipoise.scenario.moving import Move, Way, asked_for
from equipoise.scenario.phrases import (
    counted_over,
    day,
    interval,
    listed,
    multiple,
    number,
    percent,
    sentence,
    significant,
)
from equipoise.scenario.rules import range_of

AS_WRITTEN = "as written"
"""What the situation as its file has it is called."""
ALWAYS = 0.9995
"""A share of states that would be printed as all of them."""
ADVICE = {
    Kind.HEDGE: "Stay close to rivals at once",
    Kind.ONE_CAMP: "Keep to one camp",
    Kind.ONE_FORCE: "Lean on one force",
    Kind.OUT: "Stay out",
}
"""What a kind of strategy tells a patron to do."""


@dataclass(frozen=True)
class WhatIfView(ScenarioView):
    """A what-if as it is shown.

    Attributes:
        found: what was found. scenario: with the changes, for names and ways.
        changed: whether anything was changed.
        against: what `was` is called: `as written`, or the name of another view.
    """

    found: WhatIf
    scenario: Scenario
    changed: bool
    against: str = AS_WRITTEN

    @property
    def now(self) -> Found:
        """What was found with the changes."""
        return self.found.now

    @property
    def was(self) -> Found:
        """What was found without them."""
        return self.found.was

    @property
    def best(self) -> StrategyFound:
        """The best strategy now."""
        return self.now.strategies[self.now.best]


def lead(view: WhatIfView) -> str:
    """Say what to do, in one breath."""
    best = view.now.best
    close = _equals(view)
    named = f"**{view.names.strategy(best)}**"
    if close:
        others = listed([f"**{view.names.strategy(name)}**" for name in close])
        return f"Too close to call: {named} and {others} cannot be told apart."
    now = " now" if view.changed and best != view.was.best else ""
    return f"{ADVICE[view.best.kind]}: {named}{now} does best."


def _equals(view: WhatIfView) -> list[str]:
    best = view.now.best
    return [name for name in view.now.ranking[1:] if view.now.difference(best, name).told_apart is False]


def beneath(view: WhatIfView) -> tuple[str, ...]:
    """Return the sentences below: what it was, the second, how often it is best, which way succeeds most often where
    that is another, and the fall of the government."""
    most = succeeds_most(view.now, view.names)
    return tuple(
        text for text in (_before(view), _second(view), _everywhere(view), *most, _falls(view)) if text
    )


def _before(view: WhatIfView) -> str:
    if not view.changed:
        return ""
    best, old = view.now.best, view.was.best
    then = sentence(view.against if view.against == AS_WRITTEN else f"with {view.against}")
    if best == old:
        change = view.found.changes[best]
        apart = "" if change.low is None else f" ({interval(change.low, change.high, signed=True)})"
        return (
            f"{then} it was the same; its payoff moved by {number(change.mean, signed=True)}{apart}, "
            f"to {number(view.best.payoff.mean)}."
        )
    return f"{then} it was **{view.names.strategy(old)}**, which is now {_behind(view, old)}."


def _behind(view: WhatIfView, name: str) -> str:
    """Say how far a way is behind the best now; of one that cannot be told apart from it, that it is as good."""
    gap = view.now.difference(view.now.best, name)
    if name in _equals(view) or not gap.mean:
        return "as good"
    return f"{number(gap.mean)} behind ({interval(gap.low, gap.high)})"


def _second(view: WhatIfView) -> str:
    ranking = view.now.ranking
    if len(ranking) < 2 or _equals(view) or (view.changed and ranking[1] == view.was.best != view.now.best):
        return ""
    return f"Second: {view.names.quoted(ranking[1])}, {_behind(view, ranking[1])}."


def _everywhere(view: WhatIfView) -> str:
    if len(view.now.ranking) < 2:
        return ""
    if view.best.chance_best > ALWAYS:
        return f"{sentence(view.names.quoted(view.now.best))} is best in every state of the world."
    best = view.now.best
    rival = max(
        (name for name in view.now.ranking if name != best),
        key=lambda name: view.now.strategies[name].chance_best,
    )
    own, other = (percent(view.now.strategies[name].chance_best) for name in (best, rival))
    return (
        f"No way is best everywhere: {view.names.quoted(best)} is best in {own} of the states of the world"
        f"{_was_best(view, best)}, {view.names.quoted(rival)} in {other}{_was_best(view, rival)}. "
        f"{counted_over(view.found.states)}"
    )


def _was_best(view: WhatIfView, name: str) -> str:
    then, now = (percent(found.strategies[name].chance_best) for found in (view.was, view.now))
    return f" (was {then})" if view.changed and then != now else ""


def _falls(view: WhatIfView) -> str:
    if view.names.incumbent is None:
        return ""
    chance = view.best.forces[view.names.incumbent].collapse
    then = view.was.strategies[view.now.best].forces[view.names.incumbent].collapse
    was = f" (was {percent(then)})" if view.changed and percent(then) != percent(chance) else ""
    way = view.names.quoted(view.now.best)
    return f"Under {way} {view.names.government()} falls within the run in {percent(chance)} of futures{was}."


def strip(view: WhatIfView) -> str:
    """Return the answer in a line, for a narrow screen that has scrolled past it."""
    best, old = view.now.best, view.was.best
    parts = [f"**{view.names.strategy(best)}** best"]
    if view.names.incumbent is not None:
        now, then = (
            found.strategies[best].forces[view.names.incumbent].collapse for found in (view.now, view.was)
        )
        was = f" (was {percent(then)})" if percent(now) != percent(then) else ""
        parts.append(f"{view.names.government()} falls {percent(now)}{was}")
    if old != best:
        parts.append(f"{view.names.quoted(old)} {_behind(view, old).partition(' (')[0]}")
    return " · ".join(parts)


def change_said(path: str, text: str, written: Scenario) -> str:
    """Say a change in a few words: `Danger that Kabul falls: ×6`."""
    item = dated_item(path)
    if item is not None:
        return f"{lever_name(f'{item}.probability', written)}: on {day(text)}"
    asked = asked_for(text)
    what = lever_name(path, written)
    if isinstance(asked, Move):
        return f"{what}: {move_said(asked)}"
    if event_of(path) is not None and asked.value in (0.0, 1.0):
        return f"{what}: {'never' if asked.value == 0 else 'surely'}"
    return f"{what}: {number_said(path, asked)}"


def not_always(path: str, view: WhatIfView) -> str:
    """Say in how many futures an event comes that is set to come surely, and why not in all; nothing where it does."""
    key = event_of(path)
    found = view.now.events.get(key or "")
    if key is None or found is None or found.probability > ALWAYS:
        return ""
    event = {**view.scenario.events, **view.scenario.talks}[key]
    barred = listed([view.names.quoted_event(name) for name in event.unless], last="or")
    needed = listed([view.names.quoted_event(name) for name in event.requires])
    reasons = [f"does not come after {barred}"] * bool(barred) + [f"comes only after {needed}"] * bool(needed)
    if event.on is None and event.between is None:
        reasons.append("comes only where its condition holds")
    because = f", because it {listed(reasons)}" if reasons else ""
    return f"; comes in {percent(found.probability)} of futures{because}"


def move_said(move: Move) -> str:
    """Say how far a number is moved: `×6`, `odds ×2`, `+0.1`."""
    if move.way == "shift":
        return f"{move.by:+.3g}".replace("-", "−")
    said = {0.5: "½", 0.25: "¼"}.get(move.by, multiple(move.by))
    return f"{'odds ' if move.way == 'odds' else ''}×{said}"


def event_of(path: str) -> str | None:
    """Return the event or talk whose chance stands at a path, or None."""
    keys = path.split(".")
    chances = (
        keys[0] in ("events", "talks") and len(keys) == 3 and keys[2] in ("probability", "weekly", "chance")
    )
    return keys[1] if chances else None


def lever_name(path: str, scenario: Scenario) -> str:
    """Return what a lever is called: an event by what it is, a shared quantity by its label, a number by its place."""
    event = event_of(path)
    if event is not None:
        return sentence(Names.of(scenario).event(event))
    if path.startswith("quantities."):
        return sentence(Names.of(scenario).quantity(path.partition(".")[2]))
    return sentence(wording.place(path, scenario))


def number_said(path: str, value: Number, scenario: Scenario | None = None) -> str:
    """Say a number as it stands at a path: shares and chances in per cent, others as they are."""
    given = value.pert or value.triangular or value.uniform or (value.value is not None and (value.value,))
    if range_of(path) != (0.0, 1.0) or not given:
        return in_words(value, scenario)
    said = [f"{significant(100 * part)}" for part in given]
    if len(said) == 3:
        return f"{said[0]} to {said[2]} %, most likely {said[1]} %"
    return f"{' to '.join(said)} %"


def why(found: WhyMoved, view: WhatIfView) -> str:
    """Say why the answer moved: what newly happens, and what the two ways gained by it."""
    first, second = view.names.quoted(found.best), view.names.quoted(found.before)
    said = _split_said(found, view, (first, second))
    lead = f"The lead of {first} over {second} went from {_signed(found.start)} to {_signed(found.end)}."
    return f"{said} {lead} {counted_over(found.futures, 'futures')}"


def _split_said(found: WhyMoved, view: WhatIfView, ways: tuple[str, str]) -> str:
    split = found.split
    if split is None:
        return "Nothing that happens became much likelier or less likely."
    who, does = happening(split.what, view.names)
    head = (
        f"**{sentence(who)} now {does} in {percent(split.now)} of futures instead of {percent(split.was)}.**"
    )
    where = "where it newly does" if split.now > split.was else "where it no longer does"
    there, elsewhere = (
        " and ".join(
            f"{name} {gained(means[key])}" for key, name in zip(found.ways[::-1], ways[::-1], strict=True)
        )
        for means in (split.there, split.elsewhere)
    )
    return f"{head} In the {percent(split.newly)} {where}, {there}; elsewhere {elsewhere}."


def gained(amount: float) -> str:
    """Say what a way gained or lost."""
    if abs(amount) < SMALLEST_SAID:
        return "is level"
    return f"{'gains' if amount > 0 else 'loses'} {number(abs(amount))}"


SMALLEST_SAID = 0.0005
"""A gain that would be printed as 0.000 is none."""


def happening(key: str, names: Names) -> tuple[str, str]:
    """Say what happens, as who and what: `the Crown`, `falls`."""
    kind, _, name = key.partition(".")
    if kind == "falls":
        return names.within(name), "falls"
    if kind == "events":
        return f"“{names.event(name)}”", "happens"
    return f"“{names.order(name)}”", "is how it ends"


def key_said(key: str, beliefs: str | None, changes: Mapping[str, str], written: Scenario) -> str:
    """Say a change by its key: `beliefs`, or the path of a number.

    Args:
        beliefs: whose are taken now. changes: what is asked, by path. written: the situation as its file has it.
    """
    if key == "beliefs":
        return f"the beliefs of {Names.of(written).holder(beliefs)}"
    if key in changes:
        return change_said(key, changes[key], written)
    item = dated_item(key)
    return f"{lever_name(key if item is None else f'{item}.probability', written)}: back"


def turns(
    found: WhyMoved, names: Names, said: Mapping[str, str], turned: Mapping[str, str]
) -> tuple[str, ...]:
    """Say what would turn the answer back, and what each change does alone.

    Args:
        found: why it moved. said: each change in words, by key.
        turned: by key, where the two ways are level, in words; only of changes that can be moved back by a part.
    """
    old, out = names.quoted(found.before), []
    if found.start.mean > 0:
        turning = [said[part.key] for part in found.parts if (part.alone.high or 0.0) < 0]
        if not turning:
            return ("The answer is as it was, and no change alone would turn it.",)
        return tuple(f"**{name}** alone would put {old} ahead; the others undo it." for name in turning)
    kept = ", the other changes kept" * (len(found.parts) > 1)
    for part in found.parts:
        name = f"**{said[part.key]}**"
        if part.key in turned:
            out.append(f"**{sentence(said[part.key])}**{kept}: {turned[part.key]}.")
        elif (part.without.high or part.without.mean) <= 0:
            out.append(f"Without {name}{kept}{',' * bool(kept)} {old} is ahead again.")
        elif (part.without.low or part.without.mean) > 0:
            out.append(f"Without {name} the answer stays.")
        else:
            out.append(f"Without {name} the two cannot be told apart.")
    alone = [said[part.key] for part in found.parts if (part.alone.low or 0.0) > 0]
    if len(found.parts) > 1:
        enough = listed([f"“{name}”" for name in alone], last="or") + " alone would be enough" if alone else (
            "No change alone would be enough"
        )  # fmt: skip
        out.append(f"{enough} to put {names.quoted(found.best)} ahead.")
    return tuple(out)


def turned_said(way: Way, by: float, low: float | None, high: float | None, old: str) -> str:
    """Say where two ways are level: `at about ×1.1 ... is as good again; between ×0.6 and ×1.8 ...`."""

    def at(amount: float) -> str:
        return f"**{move_said(Move(way, float(f'{amount:.2g}')))}**"

    level = f"at about {at(by)} {old} is as good again"
    if low is None or high is None:
        return level
    ends = sorted((low, high))
    return f"{level}; between {at(ends[0])} and {at(ends[1])} the two cannot be told apart"


def _signed(change: Change) -> str:
    return number(change.mean, signed=True)
