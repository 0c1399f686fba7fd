"""Check what the parts of a scenario mean together: shares, ties, effects, conditions, talks, beliefs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equipoise.scenario.conditions import HappenedCondition, OrderCondition, compares
from equipoise.scenario.effects import EFFECTS, MODIFIERS, kinds_of
from equipoise.scenario.inspection import Inspection, quoted
from equipoise.scenario.model import Condition, Effect, Hypothesis, Issue, Number, Scenario, Talk
from equipoise.scenario.outlook import AS_THINGS_STAND, HappensJudgement, Judgement
from equipoise.scenario.phrases import counted
from equipoise.scenario.places import places, with_numbers
from equipoise.scenario.pooling import check_pools
from equipoise.scenario.ranges import check_range, circle_of, fault_of_range, may_be_zero, quantity_spans
from equipoise.scenario.reading import Path
from equipoise.scenario.resolving import clouts, resolve
from equipoise.scenario.rules import range_of
from equipoise.scenario.success import SUBJECTS, Goal
from equipoise.scenario.timing import happenings
from equipoise.scenario.value_types import POWER, Range

MOST_REALIGNING = 12
"""Forces among which coalitions are compared inside the run: 4,096 of them at every look."""


def check_relations(inspection: Inspection, scenario: Scenario, spans: dict[str, Range]) -> None:
    """Note everything that is sound by itself and wrong together."""
    _check_incumbent(inspection, scenario)
    _check_collapse(inspection, scenario)
    _check_shares(inspection, scenario)
    _check_actors(inspection, scenario)
    _check_ties(inspection, scenario)
    _check_realign(inspection, scenario)
    _check_war(inspection, scenario)
    for path, effect in effects(scenario):
        _check_effect(inspection, path, effect)
    for path, condition in conditions(scenario):
        _check_condition(inspection, path, condition)
    for index, judgement in enumerate(scenario.outlook):
        _check_judgement(inspection, ("outlook", index), judgement, scenario)
    for name, hypothesis in scenario.hypotheses.items():
        _check_hypothesis(inspection, ("hypotheses", name), hypothesis, spans)
    for index, goal in enumerate(scenario.success):
        _check_goal(inspection, ("success", index), goal, scenario)
    for name, talk in scenario.talks.items():
        _check_talk(inspection, ("talks", name), talk, scenario)
    check_pools(inspection, scenario)
    _check_places(inspection, scenario, spans)


def effects(scenario: Scenario) -> Iterator[tuple[Path, Effect]]:
    """Yield every effect of the scenario with its path."""
    for path, dated in happenings(scenario):
        for index, effect in enumerate(dated.effects):
            yield (*path, "effects", index), effect
    for name, agreement in scenario.agreements.items():
        for index, effect in enumerate(agreement.breach):
            yield ("agreements", name, "breach", index), effect


def conditions(scenario: Scenario) -> Iterator[tuple[Path, Condition]]:
    """Yield every condition of the scenario with its path."""
    for name, event in scenario.events.items():
        for index, condition in enumerate(event.when or ()):
            yield ("events", name, "when", index), condition
    for patron, group in scenario.strategies.items():
        for name, strategy in group.items():
            path: Path = ("strategies", patron, name)
            for then in strategy.thens:
                path = (*path, "then")
                for index, condition in enumerate(() if isinstance(then.when, str) else then.when):
                    yield (*path, "when", index), condition


def _check_incumbent(inspection: Inspection, scenario: Scenario) -> None:
    incumbents = [name for name, force in scenario.forces.items() if force.incumbent]
    for name in incumbents[1:]:
        message = f"`{incumbents[0]}` is the incumbent already; there is at most one"
        inspection.add(("forces", name, "incumbent"), message)


def _check_collapse(inspection: Inspection, scenario: Scenario) -> None:
    for name, force in scenario.forces.items():
        if force.collapse and force.collapse.rate is not None and force.collapse.yearly is not None:
            message = "`rate` and `yearly` both say how likely it falls"
            inspection.add(
                ("forces", name, "collapse", "yearly"), message, "keep one of the two", at_key=True
            )


def _check_war(inspection: Inspection, scenario: Scenario) -> None:
    """Where there is no war, nothing can be said of it."""
    said = scenario.war.model_fields_set - {"intensity", "claims", "because"}
    for field in sorted(said) if scenario.war.peace else ():
        key = field.replace("_", "-")
        message = f"`intensity: none` says that there is no war; `{key}` speaks of one"
        inspection.add(("war", key), message, "keep one of the two", at_key=True)


def _check_shares(inspection: Inspection, scenario: Scenario) -> None:
    """Relative numbers need something to be relative to."""
    if inspection.whole("regions") and inspection.whole("forces"):
        for region in _uncontrolled(scenario):
            message = f"nobody is sure to control any of `{region}` at the start"
            hint = "give some force a `control` above 0 there"
            inspection.add(("regions", region), message, hint, at_key=True)
    if inspection.whole("regions"):
        _check_weights(inspection, scenario)
        _check_map(inspection, scenario)
    for name, patron in scenario.patrons.items():
        if (
            patron.interest is not None
            and inspection.whole("patrons", name)
            and not any(patron.interest.values())
        ):
            message = f"the interest of `{name}` is zero in every region"
            inspection.add(("patrons", name, "interest"), message, "leave `interest` out for equal interest")


def _uncontrolled(scenario: Scenario) -> list[str]:
    """Return the regions where every force's control may be 0 at once."""
    return [
        region
        for region in scenario.regions
        if all(
            may_be_zero(force.control[region], scenario)
            for force in scenario.forces.values()
            if region in force.control
        )
    ]


def _check_weights(inspection: Inspection, scenario: Scenario) -> None:
    without = [name for name, region in scenario.regions.items() if region.weight is None]
    if without and len(without) < len(scenario.regions):
        for name in without:
            message = f"`{name}` has no `weight`, but other regions have one"
            inspection.add(("regions", name), message, "give all regions a weight, or none", at_key=True)
    elif not without and not any(region.weight for region in scenario.regions.values()):
        inspection.add(("regions",), "the weights of all regions are zero", at_key=True)


def _check_map(inspection: Inspection, scenario: Scenario) -> None:
    """All regions have a place on the map or none has, and no two the same."""
    without = [name for name, region in scenario.regions.items() if region.at is None]
    taken: dict[tuple[float, float], str] = {}
    for name, region in scenario.regions.items() if len(without) < len(scenario.regions) else ():
        if region.at is None:
            message = f"`{name}` has no place (`at`), but other regions have one"
            inspection.add(("regions", name), message, "give all regions a place, or none", at_key=True)
        elif (other := taken.setdefault(region.at, name)) != name:
            message = f"`{name}` has the same place as `{other}`"
            inspection.add(("regions", name, "at"), message, "give the middle of each region")


def _check_actors(inspection: Inspection, scenario: Scenario) -> None:
    focus = scenario.focus
    known = inspection.whole("focus") and focus in scenario.patrons
    if known and inspection.whole("strategies") and not scenario.strategies.get(focus):
        message = f"`{focus}` is the focus and has no strategy; write at least one under `strategies.{focus}`"
        inspection.add(("strategies",), message, at_key=True)
    for name, patron in scenario.patrons.items():
        own = scenario.strategies.get(name, {})
        if patron.default is not None and patron.default not in own and inspection.whole("strategies"):
            message = f"`{patron.default}` is not a strategy of `{name}`"
            inspection.add(("patrons", name, "default"), message, inspection.nearest(patron.default, own))
        if name in patron.values.rivals:
            inspection.add(
                ("patrons", name, "values", "rivals", name), "a patron is not its own rival", at_key=True
            )


def _check_ties(inspection: Inspection, scenario: Scenario) -> None:
    seen: dict[frozenset[str], int] = {}
    for index, tie in enumerate(scenario.ties):
        pair = frozenset(tie.between)
        path = ("ties", index, "between")
        if len(pair) == 1:
            inspection.add(path, f"`{tie.between[0]}` is tied to itself; a tie needs two actors")
        elif pair in seen:
            message = f"`{tie.between[0]}` and `{tie.between[1]}` have a tie already (item {seen[pair] + 1})"
            inspection.add(path, message, "keep one of the two")
        seen.setdefault(pair, index)


def _check_realign(inspection: Inspection, scenario: Scenario) -> None:
    count = len(scenario.forces)
    if scenario.dynamics.realign == POWER and count > MOST_REALIGNING and inspection.whole("dynamics"):
        message = f"`power` compares the coalitions of at most {MOST_REALIGNING} forces; there are {count}"
        inspection.add(("dynamics", "realign"), message, "merge forces, or write `patronage`")


def _check_effect(inspection: Inspection, path: Path, effect: Effect) -> None:
    if not inspection.whole(*path):
        return
    written = inspection.document.node(path)
    order = list(written.value) if written is not None else []
    kinds = sorted(kinds_of(effect), key=order.index)
    if not kinds:
        inspection.add(path, f"an effect needs one of: {', '.join(EFFECTS)}")
    for kind in kinds[1:]:
        message = f"an effect has one kind; here stand {' and '.join(f'`{kind}`' for kind in kinds)}"
        inspection.add((*path, kind), message, "make them two effects of the list", at_key=True)
    for modifier in MODIFIERS:
        owners = [key for key, entry in EFFECTS.items() if modifier in entry.modifiers]
        if kinds and getattr(effect, modifier) is not None and not set(owners) & set(kinds):
            message = f"`{modifier}` belongs to {' and '.join(f'`{o}`' for o in owners)}, not to `{kinds[0]}`"
            inspection.add((*path, modifier), message, "remove it", at_key=True)
    for kind in kinds:
        for below, message in EFFECTS[kind].faults(getattr(effect, kind)):
            inspection.add((*path, kind, *below), message)


def _check_condition(inspection: Inspection, path: Path, condition: Condition) -> None:
    if not inspection.whole(*path):
        return
    if isinstance(condition, OrderCondition) and condition.of is not None and condition.order != "takeover":
        message = f"`of` says who takes over; it does not go with `{condition.order}`"
        inspection.add((*path, "of"), message, "remove it", at_key=True)
    limits = (
        (condition.since or 0, condition.within) if isinstance(condition, HappenedCondition) else (0, None)
    )
    if limits[1] is not None and limits[0] > limits[1]:
        message = f"nothing is at least {limits[0]} and at most {limits[1]} weeks ago"
        inspection.add((*path, "since"), message, "swap the two")
    if compares(condition) and (condition.below is None) == (condition.above is None):
        inspection.add(path, "a condition needs either `below` or `above`")


def _check_judgement(inspection: Inspection, path: Path, judgement: Judgement, scenario: Scenario) -> None:
    if not inspection.whole(*path):
        return
    if isinstance(judgement.is_, tuple) and judgement.is_[0] >= judgement.is_[1]:
        message = "the low end must lie below the high end"
        inspection.add((*path, "is"), message, "one value stands without brackets")
    weeks, key = scenario.calendar.weeks, "within" if hasattr(judgement, "within") else "week"
    if judgement.at > weeks and inspection.whole("calendar"):
        message = f"the run has {counted(weeks, 'week')}; nothing of week {judgement.at} is seen in it"
        inspection.add((*path, key), message, "lengthen the run, or judge an earlier week")
    if isinstance(judgement, HappensJudgement) and judgement.given == AS_THINGS_STAND:
        message = "as things stand no event or talk takes place; nothing can be judged to happen"
        inspection.add((*path, "given"), message, "remove it")


def _check_hypothesis(
    inspection: Inspection, path: Path, hypothesis: Hypothesis, spans: dict[str, Range]
) -> None:
    for weight, value in hypothesis.goals.items():
        allowed = range_of(f"patrons.*.values.{weight}")
        check_range(inspection, (*path, "goals", weight), Number(value=value), allowed, spans)
    if not hypothesis.prior > 0 and inspection.whole(*path):
        inspection.add((*path, "prior"), "what is impossible before stays so", "leave the hypothesis out")


def _check_goal(inspection: Inspection, path: Path, goal: Goal, scenario: Scenario) -> None:
    """Note a condition of success that has no subject or several, no level or two, or a horizon beyond the run."""
    if not inspection.whole(*path):
        return
    if len(goal.subjects) != 1:
        given = ", ".join(f"`{subject.replace('_', '-')}`" for subject in SUBJECTS)
        inspection.add(path, f"a condition of success needs exactly one of {given}")
        return
    if goal.compared and (goal.below is None) == (goal.above is None):
        inspection.add(path, "a condition of success needs either `below` or `above`")
    if not goal.compared:
        for key in ("below", "above", "over"):
            if getattr(goal, key) is not None:
                message = (
                    f"`{goal.subjects[0].replace('_', '-')}` holds or does not; `{key}` does not go with it"
                )
                inspection.add((*path, key), message, "remove it", at_key=True)
    if goal.week is not None and goal.week > scenario.calendar.weeks:
        inspection.add(
            (*path, "week"), f"week {goal.week} is after the end of the run ({scenario.calendar.weeks} weeks)"
        )


def _check_talk(inspection: Inspection, path: Path, talk: Talk, scenario: Scenario) -> None:
    if not inspection.whole(*path):
        return
    if not talk.issues:
        inspection.add((*path, "issues"), "a talk needs at least one issue")
    for actor, clout in clouts(talk, scenario).items():
        if clout == POWER and actor in scenario.patrons:
            message = f"`{actor}` is a patron; only forces have power"
            inspection.add((*path, "clout", actor), message, "give it a number")
    for name in _unweighed(talk, scenario):
        message = (
            "nobody with a position here is sure to have both clout and salience; the forecast would be 0 / 0"
        )
        hint = "give at least one actor a position, a clout and a salience above 0"
        inspection.add((*path, "issues", name), message, hint, at_key=True)


def _unweighed(talk: Talk, scenario: Scenario) -> list[str]:
    """Return the issues where the weight of every position may be 0 at once."""
    return [
        name
        for name, issue in talk.issues.items()
        if not any(_weighs(actor, talk, issue, scenario) for actor in issue.positions)
    ]


def _weighs(actor: str, talk: Talk, issue: Issue, scenario: Scenario) -> bool:
    """True where an actor's clout and salience are surely above 0, a force's power taken to be above 0."""
    clout, salience = clouts(talk, scenario).get(actor), issue.salience.get(actor)
    if clout is None or salience is None:
        return False
    weighs = isinstance(clout, str) or not may_be_zero(clout, scenario)
    return weighs and not may_be_zero(salience, scenario)


def _check_places(inspection: Inspection, scenario: Scenario, spans: dict[str, Range]) -> None:
    """Beliefs, `reveals` and what is set name places that exist; a number laid over one stays in its range."""
    dated = inspection.whole("calendar")
    plain = resolve(scenario.model_copy(update={"set_": {}, "widen": None})) if dated else None
    known = None if plain is None else places(plain)
    clean = not inspection.problems and not inspection.broken
    for path, happening in happenings(scenario):
        for index, place in enumerate(happening.reveals):
            _check_place(inspection, (*path, "reveals", index), place, known)
    laid: dict[Path, Mapping[str, Number]] = {("set",): scenario.set_}
    laid |= {("beliefs", holder): overlay for holder, overlay in scenario.beliefs.items()}
    for at, overlay in laid.items():
        _check_overlay(inspection, at, overlay, known, spans)
    if plain is not None and clean and not inspection.problems:
        check_worlds(inspection, ("set",) if scenario.set_ else (), resolve(scenario))


def check_changes(inspection: Inspection, set_: Mapping[str, Number], scenario: Scenario) -> None:
    """Note what is wrong with numbers that are to be set in a resolved scenario, each by itself."""
    for path, number in set_.items():
        if number.is_ is not None and number.is_ not in scenario.quantities:
            hint = inspection.nearest(number.is_, scenario.quantities)
            inspection.add(("set", path), f"there is no quantity {quoted(number.is_)}", hint)
    _check_overlay(inspection, ("set",), set_, places(scenario), quantity_spans(scenario))


def _check_overlay(
    inspection: Inspection,
    at: Path,
    overlay: Mapping[str, Number],
    known: dict[str, Number] | None,
    spans: dict[str, Range],
) -> None:
    """Each number laid over the scenario has a place there, and stays in its range."""
    for place, number in overlay.items():
        _check_place(inspection, (*at, place), place, known, at_key=True)
        check_range(inspection, (*at, place), number, range_of(place), spans)


def check_worlds(inspection: Inspection, at: Path, scenario: Scenario) -> None:
    """Note it if what is set, or what a holder believes, makes a world that cannot be played.

    Args:
        inspection: where to note it.
        at: where numbers were set, empty where none were.
        scenario: resolved, with those numbers in their places.
    """
    if at:
        _check_world(inspection, at, scenario, "with these numbers")
        if inspection.problems:
            return
    for holder, overlay in scenario.beliefs.items():
        when = f"under the beliefs of `{holder}`" if at else "under these beliefs"
        _check_world(inspection, at or ("beliefs", holder), with_numbers(scenario, overlay), when)


def _check_world(inspection: Inspection, at: Path, scenario: Scenario, when: str) -> None:
    """What was laid over a scenario leaves somebody in control and heard, and what refers to it in its range."""
    circle = circle_of(scenario)
    if circle:
        message = f"{when} shared quantities refer to each other in a circle: {' → '.join(circle)}"
        inspection.add(at, message, at_key=True)
        return
    for region in _uncontrolled(scenario):
        inspection.add(at, f"{when} nobody is sure to control any of `{region}`", at_key=True)
    for name, talk in scenario.talks.items():
        for issue in _unweighed(talk, scenario):
            inspection.add(at, f"{when} nobody has weight on `{issue}` of `{name}`", at_key=True)
    spans = quantity_spans(scenario)
    for place, number in places(scenario).items():
        fault = None if number.is_ is None else fault_of_range(number, range_of(place), spans)
        if fault is not None:
            inspection.add(at, f"{when} `{place}` leaves its range: {fault[0]}", fault[1], at_key=True)


def _check_place(
    inspection: Inspection, path: Path, place: str, known: dict[str, Number] | None, *, at_key: bool = False
) -> None:
    lost = {str(broken[-1]) for broken in inspection.broken}
    if known is not None and place not in known and not lost.intersection(place.split(".")):
        message = f"{quoted(place)} is not the path of a number of this scenario"
        inspection.add(path, message, inspection.nearest(place, known), at_key=at_key)
