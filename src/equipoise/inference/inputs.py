"""The inputs that a fit may move: on which scale, measured by which standard deviation, and how far at most."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce

from equipoise.errors import InputError
from equipoise.scenario import ScenarioFile, places
from equipoise.scenario.moving import Way, fixed_by, move_of, moved_middle, own_deviation, room, way_for
from equipoise.scenario.number import Number, spread
from equipoise.scenario.overlay import widened
from equipoise.scenario.rules import range_of
from equipoise.scenario.value_types import ANY, Range

FARTHEST = 10.0
"""Standard deviations of its own that an input moves at most."""


@dataclass(frozen=True)
class Input:
    """One input that may move.

    Attributes:
        path: its place. number: as the file writes it; bare where only widening makes it uncertain.
        way: how it moves. deviation: its own standard deviation on the scale of that way.
        low, high: how far it may move, in such deviations.
        allowed: what may stand there. widen: by how much a bare number may be off, or None.
    """

    path: str
    number: Number
    way: Way
    deviation: float
    low: float
    high: float
    allowed: Range
    widen: float | None

    def written(self, move: float) -> Number:
        """Return the number as it would be written after a move by so many of its own standard deviations."""
        return moved_middle(self.number, move_of(self.way, move * self.deviation), self.allowed)

    def played(self, written: Number) -> Number:
        """Return what is drawn where a number is written: a bare one is widened, if the file is."""
        return written if self.widen is None else widened(written, self.widen, self.allowed)


def input_at(file: ScenarioFile, path: str, numbers: Mapping[str, Number]) -> Input | str:
    """Return an input of a scenario, or why the number at a path cannot move."""
    number, allowed = numbers[path], allowed_at(path, numbers)
    if number.is_ is not None:
        return f"{path} follows the shared quantity {number.is_}: name quantities.{number.is_}"
    bare = file.widen is not None and path in file.written and path not in file.set_ and number.form == "pert"
    as_written = number
    if bare and (middle := number.pert) is not None:
        plain = number.model_copy(update={"pert": None, "value": middle[1]})
        if widened(plain, file.widen or 0.0, range_of(path)) == number:
            as_written = plain
    way = way_for(as_written, allowed)
    if fixed_by(as_written, way):
        return f"{path} is {number}: it cannot move, for it moves by {MOVES[way]}"
    if as_written.certain:
        return f"{path} is marked as certain"
    if spread(number) == 0:
        return (
            f"{path} is {number} without any doubt, so that it has no standard deviation of its own to be moved by: "
            "write its range, or say by how much such numbers may be off (--widen 30%)"
        )
    deviation = own_deviation(number, way)
    low, high = (end / deviation for end in room(as_written, way, allowed))
    low, high = max(low, -FARTHEST), min(high, FARTHEST)
    if not low < 0 < high:
        return f"{path} is {number}: it fills all that may stand there, and cannot move without leaving it"
    widen = file.widen if as_written is not number else None
    return Input(path, as_written, way, deviation, low, high, allowed, widen)


MOVES: dict[Way, str] = {"shift": "a shift", "times": "a factor", "odds": "a factor on its odds"}
"""How each way is said."""


def allowed_at(path: str, numbers: Mapping[str, Number]) -> Range:
    """Return what may stand at a path; at a shared quantity, what may stand at all that refer to it."""
    name = path.partition("quantities.")[2]
    if not name:
        return range_of(path)
    users = [(user, number.times or 1.0) for user, number in numbers.items() if number.is_ == name]
    ranges = [
        tuple(sorted(end / times for end in allowed_at(user, numbers))) for user, times in users if times
    ]
    return reduce(lambda one, other: (max(one[0], other[0]), min(one[1], other[1])), ranges, ANY)


def named(file: ScenarioFile, paths: Collection[str]) -> list[Input]:
    """Return the inputs that were named.

    Raises:
        InputError: a path is no number of the scenario, or cannot move; all that cannot are said.
    """
    numbers = places(file.scenario)
    found: list[Input] = []
    faults: list[str] = []
    for path in dict.fromkeys(paths):
        if path not in numbers:
            near = difflib.get_close_matches(path, numbers, n=1)
            faults.append(f"{path} is no number of the scenario{f'; nearest: {near[0]}' if near else ''}")
            continue
        made = input_at(file, path, numbers)
        (faults if isinstance(made, str) else found).append(made)  # type: ignore[arg-type]
    if faults:
        raise InputError("\n".join(faults))
    return found


def free(file: ScenarioFile) -> dict[str, Input]:
    """Return every input that is uncertain, written in the file, and can move, by its path."""
    numbers = places(file.scenario)
    drawn = [
        path
        for path, number in numbers.items()
        if number.is_ is None and path in file.written and spread(number) > 0
    ]
    made = {path: input_at(file, path, numbers) for path in drawn}
    return {path: item for path, item in made.items() if isinstance(item, Input)}
