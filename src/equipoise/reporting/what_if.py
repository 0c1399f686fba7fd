"""A what-if in words: the answer, what it was, each change, and what a number says; `**` sets off what changed most.

Nothing is computed here: every number comes from `findings.what_if`. The page, its print and its address-less reader
(without JavaScript) show the same sentences.
"""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.findings.found import Found, StrategyFound
from equipoise.findings.hedges import Kind
from equipoise.findings.what_if import WhatIf
from equipoise.reporting.pages.grounds import in_words
from equipoise.scenario import Number, Scenario, wording
from equipoise.scenario.display_names import Names
from equipoise.scenario.moving import Move, allowed, asked_for
from equipoise.scenario.phrases import interval, listed, multiple, number, percent, sentence, significant

ADVICE = {
    Kind.HEDGE: "Stay close to rivals at once",
    Kind.ONE_CAMP: "Keep to one camp",
    Kind.ONE_FORCE: "Lean on one force",
    Kind.OUT: "Stay out",
}
"""What a kind of strategy tells a patron to do."""


@dataclass(frozen=True)
class WhatIfView:
    """A what-if as it is shown.

    Attributes:
        found: what was found. scenario: with the changes, for names and ways.
        changed: whether anything was changed.
        against: what `was` is called: `as written`, or the name of another view.
    """

    found: WhatIf
    scenario: Scenario
    changed: bool
    against: str = "as written"

    @property
    def names(self) -> Names:
        """Display names, those of added ways among them."""
        return Names.of(self.scenario)

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
    """Return the sentences below: what it was, the second, how often it is best, and the fall of the government."""
    return tuple(text for text in (_before(view), _second(view), _everywhere(view), _falls(view)) if text)


def _before(view: WhatIfView) -> str:
    if not view.changed:
        return ""
    best, old = view.now.best, view.was.best
    against = sentence(view.against)
    if best == old:
        change = view.found.changes[best]
        apart = "" if change.low is None else f" ({interval(change.low, change.high, signed=True)})"
        return (
            f"{against} it was the same; its payoff moved by {number(change.mean, signed=True)}{apart}, "
            f"to {number(view.best.payoff.mean)}."
        )
    gap = view.now.difference(best, old)
    behind = f"{number(gap.mean)} behind ({interval(gap.low, gap.high)})" if gap.mean else "level with it"
    return f"{against} it was **{view.names.strategy(old)}**, which is now {behind}."


def _second(view: WhatIfView) -> str:
    ranking = view.now.ranking
    if len(ranking) < 2 or _equals(view) or (view.changed and ranking[1] == view.was.best != view.now.best):
        return ""
    gap = view.now.difference(*ranking[:2])
    return (
        f"Second: {view.names.quoted(ranking[1])}, {number(gap.mean)} behind ({interval(gap.low, gap.high)})."
    )


def _everywhere(view: WhatIfView) -> str:
    if len(view.now.ranking) < 2:
        return ""
    shown = [view.now.best]
    rival = max(
        (name for name in view.now.ranking if name != shown[0]),
        key=lambda name: view.now.strategies[name].chance_best,
    )
    parts = [
        f"{view.names.quoted(name)} in {percent(view.now.strategies[name].chance_best)}{_was_best(view, name)}"
        for name in (*shown, rival)
    ]
    how = (
        "No way is best everywhere: best in the states of the world is"
        if view.best.chance_best < 0.995
        else "Best"
    )
    return f"{how} {listed(parts)}."


def _was_best(view: WhatIfView, name: str) -> str:
    then, now = (percent(found.strategies[name].chance_best) for found in (view.was, view.now))
    return f" (was {then})" if view.changed and then != now else ""


def _falls(view: WhatIfView) -> str:
    if view.names.incumbent is None:
        return ""
    chance = view.best.forces[view.names.incumbent].collapse
    then = view.was.strategies[view.now.best].forces[view.names.incumbent].collapse
    was = f" (was {percent(then)})" if view.changed and percent(then) != percent(chance) else ""
    return f"{sentence(view.names.government())} falls within the run in {percent(chance)} of futures{was}."


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
        parts.append(f"{view.names.quoted(old)} {number(view.now.difference(best, old).mean)} behind")
    return " · ".join(parts)


def change_said(path: str, text: str, written: Scenario) -> str:
    """Say a change in a few words: `Danger that Kabul falls ×6`."""
    asked = asked_for(text)
    what = lever_name(path, written)
    if isinstance(asked, Move):
        return f"{what} {move_said(asked)}"
    if event_of(path) is not None and asked.value in (0.0, 1.0):
        return f"{what}: {'never' if asked.value == 0 else 'surely'}"
    return f"{what}: {number_said(path, asked)}"


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
    if allowed(path) != (0.0, 1.0) or not given:
        return in_words(value, scenario)
    said = [f"{significant(100 * part)}" for part in given]
    if len(said) == 3:
        return f"{said[0]} to {said[2]} %, most likely {said[1]} %"
    return f"{' to '.join(said)} %"
