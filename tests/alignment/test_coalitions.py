"""Coalitions under the power and the patronage account: textbook cases, H22, declared blindness."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.alignment.coalitions import ACCOUNTS, Contenders, choices, minimal_winning
from equipoise.errors import InputError


def contenders(power, *, ties=None, support=None, patron_ties=None) -> Contenders:
    count = len(power)
    support = np.zeros((1, count)) if support is None else np.array(support, dtype=float)
    return Contenders(
        forces=tuple("abcdefgh"[:count]),
        power=np.array([power], dtype=float),
        ties=np.zeros((1, count, count)) if ties is None else np.array([ties], dtype=float),
        support=support[None],
        patron_ties=np.zeros((1, len(support), len(support)))
        if patron_ties is None
        else np.array([patron_ties], dtype=float),
    )


def members(field, account="power", **options):
    return {
        force: "".join(choice.members)
        for force, choice in choices(field, account=account, **options)[0].items()
    }


def test_minimal_winning_coalitions_of_five_three_and_two():
    found = minimal_winning(("a", "b", "c"), np.array([5, 3, 2]))
    assert [("".join(c.members), round(c.power, 9)) for c in found] == [("ac", 0.7), ("ab", 0.8)]


def test_exactly_half_does_not_win():
    found = minimal_winning(("a", "b", "c"), np.array([0.5, 0.3, 0.2]))
    assert {"".join(c.members) for c in found} == {"ab", "ac"}


def test_the_strong_want_the_weakest_partner_that_suffices():
    """Riker's size principle on 0.4, 0.35, 0.25: the two weaker win with 0.6 and leave the strongest out."""
    (wanted,) = choices(contenders([0.4, 0.35, 0.25]))
    assert wanted["a"].members == ("a", "c")
    assert wanted["b"].members == wanted["c"].members == ("b", "c")
    assert wanted["b"].agreed
    assert wanted["c"].agreed
    assert not wanted["a"].agreed
    assert wanted["b"].share == pytest.approx(0.35 / 0.6)


def test_a_majority_needs_nobody():
    assert members(contenders([0.6, 0.3, 0.1])) == {"a": "a", "b": "ab", "c": "ac"}


def test_ties_decide_between_equal_partners_only():
    ties = np.zeros((3, 3))
    ties[0, 2] = ties[2, 0] = 0.5
    assert members(contenders([1, 1, 1], ties=ties))["a"] == "ac"
    assert members(contenders([1, 1, 1]))["a"] == "ab"
    assert members(contenders([0.4, 0.3, 0.3 + 1e-3], ties=ties))["a"] == "ab"


def test_after_a_shift_of_power_the_alliance_re_forms_whatever_the_ties():
    """H22: the power account follows strength, the patronage account does not."""
    ties = [[0, 0.9, -0.9], [0.9, 0, 0], [-0.9, 0, 0]]
    support = [[0.8, 0.8, 0.1]]
    before = contenders([0.45, 0.30, 0.25], ties=ties, support=support)
    after = replace(before, power=np.array([[0.30, 0.45, 0.25]]))
    assert members(before)["c"] == "bc"
    assert members(after)["c"] == "ac"
    assert members(before, "patronage") == members(after, "patronage") == {"a": "ab", "b": "ab", "c": "bc"}


def test_shared_patrons_draw_together_and_rival_patrons_keep_apart():
    support = [[1, 1, 0], [0, 0, 1]]
    rivals = [[0, -0.5], [-0.5, 0]]
    assert members(contenders([1, 1, 1], support=support, patron_ties=rivals), "patronage") == {
        "a": "ab",
        "b": "ab",
        "c": "c",
    }


def test_local_rivalry_can_outweigh_a_shared_patron():
    support = [[1, 1]]
    kept = contenders([1, 1], support=support, ties=[[0, -0.9], [-0.9, 0]])
    assert members(kept, "patronage")["a"] == "ab"
    support = [[1, 0.5]]
    apart = contenders([1, 1], support=support, ties=[[0, -0.9], [-0.9, 0]])
    assert members(apart, "patronage")["a"] == "a"


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(1, 20), min_size=1, max_size=6), st.sampled_from([0.5, 0.6, 0.75]))
def test_minimal_winning_and_best_by_definition(power, quota):
    forces, total = tuple("abcdef"[: len(power)]), sum(power)
    weight = dict(zip(forces, power, strict=True))
    everyone = [c for r in range(1, len(forces) + 1) for c in combinations(forces, r)]

    def wins(coalition):
        return sum(weight[f] for f in coalition) > quota * total + 1e-7

    minimal = {c for c in everyone if wins(c) and not any(wins(set(c) - {f}) for f in c)}
    assert {c.members for c in minimal_winning(forces, np.array(power), quota=quota)} == minimal
    (wanted,) = choices(contenders(power), quota=quota)
    for force in forces:
        shares = [weight[force] / sum(weight[f] for f in c) for c in everyone if force in c and wins(c)]
        assert wanted[force].share == pytest.approx(max(shares))


@pytest.mark.parametrize("account", sorted(ACCOUNTS))
def test_an_account_does_not_look_at_what_it_declares_to_ignore(account):
    rng = np.random.default_rng(9)
    for _ in range(30):
        ties = np.triu(rng.uniform(-1, 1, (5, 5)), 1)
        rivals = np.triu(rng.uniform(-1, 1, (3, 3)), 1)
        field = contenders(
            rng.random(5), ties=ties + ties.T, support=rng.random((3, 5)), patron_ties=rivals + rivals.T
        )
        other, options = field, {}
        for ignored in ACCOUNTS[account].ignores:
            if ignored == "quota":
                options = {"quota": 0.8}
            else:
                other = replace(other, **{ignored: rng.permuted(getattr(other, ignored), axis=-1)})
        assert members(field, account) == members(other, account, **options)


def test_the_accounts_differ():
    field = contenders([0.5, 0.3, 0.2], support=[[1, 1, 0]])
    assert members(field, "power") != members(field, "patronage")


def test_draws_do_not_touch_each_other():
    rng = np.random.default_rng(0)
    many = Contenders(
        forces=tuple("abcd"),
        power=rng.random((50, 4)),
        ties=np.zeros((50, 4, 4)),
        support=rng.random((50, 2, 4)),
        patron_ties=np.zeros((50, 2, 2)),
    )
    for account in ACCOUNTS:
        rows = choices(many, account=account)
        assert all(rows[k] == choices(many.rows(k, k + 1), account=account)[0] for k in range(50))


def test_bad_questions_are_refused():
    with pytest.raises(InputError, match="patronage, power"):
        choices(contenders([1, 1]), account="affinity")
    with pytest.raises(InputError, match="quota"):
        choices(contenders([1, 1]), quota=0.4)
    with pytest.raises(InputError, match="not enumerated"):
        minimal_winning(tuple(f"f{k:02d}" for k in range(15)), np.ones(15))
