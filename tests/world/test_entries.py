"""What the file may say and what the weekly model does stand under the same keys."""

from importlib import import_module
from pkgutil import iter_modules

from numba import njit
from numba.core.dispatcher import Dispatcher

from equipoise.scenario import conditions as said_conditions
from equipoise.scenario import effects as said_effects
from equipoise.scenario.policies import TERMS
from equipoise.world import conditions, effects, kernel, policies
from equipoise.world.kernel.choosing import chosen
from equipoise.world.kernel.compiling import inner


def test_effects_and_conditions_of_the_file_are_those_of_the_model():
    assert set(effects.EFFECTS) == set(said_effects.EFFECTS)
    assert set(conditions.CONDITIONS) == set(said_conditions.CONDITIONS)
    assert set(policies.FOLLOWED) == {key for key in TERMS if key.startswith("follow-")}


def test_every_modifier_belongs_to_an_effect_that_exists():
    owned = {key for entry in said_effects.EFFECTS.values() for key in entry.modifiers}
    assert owned == set(said_effects.MODIFIERS)


def test_choosing_calls_the_function_at_a_place():
    @inner
    def double(x, y):
        return 2.0 * x + 0.0 * y

    @inner
    def plus(x, y):
        return x + y

    @inner
    def minus(x, y):
        return x - y

    choose = chosen([double, plus, minus])

    @njit
    def call(place, x, y):
        return choose(place, x, y)

    for choice in (call, choose):
        assert [choice(place, 5.0, 3.0) for place in range(3)] == [10.0, 8.0, 2.0]


def test_only_what_python_calls_is_compiled_for_python_to_call():
    """Every other function would be compiled a second time, with all fields of all its tuples taken apart."""
    modules = [import_module(f"{kernel.__name__}.{found.name}") for found in iter_modules(kernel.__path__)]
    doors = {
        name for module in modules for name, value in vars(module).items() if isinstance(value, Dispatcher)
    }
    assert doors == {
        "start_block", "play_block", "take_up", "go_over", "collect", "note_order",
        "sort_by_week", "spread_states", "uniforms",
    }  # fmt: skip
