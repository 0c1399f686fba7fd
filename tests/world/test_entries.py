"""What the file may say and what the weekly model does stand under the same keys."""

import pytest

from equipoise.scenario import conditions as said_conditions
from equipoise.scenario import effects as said_effects
from equipoise.scenario.policies import TERMS
from equipoise.world import conditions, effects, policies
from equipoise.world.kernel.choosing import chosen


def test_effects_and_conditions_of_the_file_are_those_of_the_model():
    assert set(effects.EFFECTS) == set(said_effects.EFFECTS)
    assert set(conditions.CONDITIONS) == set(said_conditions.CONDITIONS)
    assert set(policies.FOLLOWED) == {key for key in TERMS if key.startswith("follow-")}


def test_every_modifier_belongs_to_an_effect_that_exists():
    owned = {key for entry in said_effects.EFFECTS.values() for key in entry.modifiers}
    assert owned == set(said_effects.MODIFIERS)


def test_choosing_calls_the_function_at_a_place():
    from numba import njit

    @njit
    def double(x, y):
        return 2.0 * x + 0.0 * y

    @njit
    def plus(x, y):
        return x + y

    @njit
    def minus(x, y):
        return x - y

    call = njit(chosen([double, plus, minus]).py_func)
    assert [call(place, 5.0, 3.0) for place in range(3)] == [pytest.approx(v) for v in (10.0, 8.0, 2.0)]
