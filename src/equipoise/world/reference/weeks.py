"""The model in plain NumPy, to be read beside the equations of `docs/model.md`.

The same model as the kernel, told slowly: one function for each step of the week, arrays in double
precision with a leading axis of futures, nothing reused and nothing fused. The kernel is held against it on
random scenarios. Axes: n futures, G regions, F forces, P patrons, C channels, W weights.

Source: MODEL.md §1-3; the numbers of equations and steps are its.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from equipoise.world.calendar import NEVER
from equipoise.world.compile import MAJORITY_SLACK, World
from equipoise.world.kernel.rows import LEVER, NOT_SO, SO
from equipoise.world.outcomes import series_names
from equipoise.world.parameters import Parameters
from equipoise.world.policies import FOLLOWED, Profile
from equipoise.world.reference.chance import Chance, chances, event_uniforms
from equipoise.world.reference.events import (
    Calendar,
    Sight,
    State,
    decide,
    fire_events,
    move_backing,
    switch_policies,
)
from equipoise.world.reference.realignment import note_rounding, realign
from equipoise.world.reference.talks import Agenda
from equipoise.world.success import succeeded
from equipoise.world.weights import weight_names

ALMOST_ZERO = 1e-6
"""A base below this counts as this under a negative exponent; so does a power in eq. 4."""
PARITY_SLACK = 1e-6
"""By how much another may be engaged less and the red line "as equals" is still crossed (eq. 5)."""
HIGHEST_HAZARD = 5.0
"""Cap of the weekly hazard (eq. 4)."""
SLIDE_WEEKS = 4
"""Over how many weeks a loss of power counts as a slide (eq. 4)."""
HOLDS, SETTLEMENT, CHAOS, TAKEOVER = range(4)
"""Codes of the orders; a takeover by force j is TAKEOVER + j."""


@dataclass(frozen=True)
class Reference:
    """What the reference found.

    Attributes:
        outcomes: [profiles, rows, n]; rows are named by `outcomes.column_names`.
        margin: [profiles, n], how far the closest decision of the future lay from going the other way:
            thresholds and majority in their own unit, falls and parity in proportion, 0 where an exact
            draw met its chance. Below the accuracy of single precision the kernel may decide otherwise.
        traces: [profiles, series, weeks + 1, n]: influence, violence, then power, standing with the focus
            and presence in the field of each force.
        weeks: [profiles, drawn, n], the week of each dated event and deal.
    """

    outcomes: np.ndarray
    margin: np.ndarray
    traces: np.ndarray
    weeks: np.ndarray


# Step 2: policy


def policy_weights(
    alive: np.ndarray,
    base: np.ndarray,
    followed: Sequence[np.ndarray],
    exponents: Sequence[np.ndarray],
    floor: np.ndarray,
) -> np.ndarray:
    """Return w [n, P, F] of eq. 1: what share of its budget each patron spends on each force.

    Args:
        alive: S [n, F]. base: [n, P, F]. followed: what may be followed, P and R, each [n, P or 1, F].
        exponents: τ and ζ, [n, P] each. floor: [n, P].
    """
    base = alive[:, None] * base
    u = base
    for quantity, exponent in zip(followed, exponents, strict=True):
        u = u * _raised(quantity, exponent, base > 0)
    evenly = _ratio(1.0, alive.sum(1)[:, None, None])
    floor = floor[..., None]
    return alive[:, None] * (floor * evenly + (1 - floor) * _ratio(u, u.sum(2, keepdims=True)))


def _raised(quantity: np.ndarray, exponent: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return quantity^exponent [n, P, F], measured against the best that counts: shares do not change."""
    exponent = exponent[..., None]
    quantity = np.where(exponent < 0, np.maximum(quantity, ALMOST_ZERO), quantity)
    least = np.min(np.where(counts, quantity, np.inf), axis=2, keepdims=True)
    most = np.max(np.where(counts, quantity, 0), axis=2, keepdims=True)
    return np.where(counts, _ratio(quantity, np.where(exponent < 0, least, most)), 1) ** exponent


def _ratio(part: np.ndarray | float, whole: np.ndarray) -> np.ndarray:
    """Return part / whole, and 0 where there is no whole."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 0.0)


# Step 4: control


def fitness(
    p: SimpleNamespace,
    s: State,
    x: np.ndarray,
    backing: np.ndarray,
    push: np.ndarray,
    nation: np.ndarray,
    region: np.ndarray,
    incumbent: int,
) -> np.ndarray:
    """Return F [n, G, F] of eq. 2.

    Args:
        p: parameters. s: the situation at t. x: engagement [n, P, F]. backing: B [n, P, F, C].
        push: of events and seasons [n, G, F]. nation: ε_j [n, F]. region: ε_gj [n, G, F]. incumbent: index or -1.
    """
    engaged = x.sum(1)
    supported = np.einsum("njc,nijc->nj", p.effect, backing - p.backing)
    undermined = np.zeros_like(engaged)
    if incumbent >= 0:
        authority = p.undermine * engaged
        undermined[:, incumbent] = authority.sum(1) - authority[:, incumbent]
    hostile = (s.violence * p.hostility)[:, None, None] * np.einsum("njk,ngk->ngj", s.tie, s.control)
    everywhere = (
        p.momentum
        + supported
        + p.bandwagon * (s.power - s.power_at_start)
        + p.legitimacy * engaged
        - undermined
        + p.national * nation
    )
    return everywhere[:, None] + p.home + hostile + push + p.regional[:, None] * region


def replicate(alive: np.ndarray, control: np.ndarray, fitness: np.ndarray) -> np.ndarray:
    """Return C(t+1) [n, G, F] of eq. 3, before any fall."""
    held = alive[:, None] * control
    highest = np.max(np.where(held > 0, fitness, -np.inf), axis=2, keepdims=True)
    grown = held * np.exp(np.where(held > 0, fitness - np.where(np.isfinite(highest), highest, 0), 0))
    return _ratio(grown, grown.sum(2, keepdims=True))


# Step 5: fall


def hazard(
    p: SimpleNamespace,
    s: State,
    power: np.ndarray,
    earlier: np.ndarray,
    backing: np.ndarray,
    expected: np.ndarray,
) -> np.ndarray:
    """Return λ [n, F] of eq. 4, 0 for those no longer in the field.

    Args:
        power: P(t+1) of eq. 3 [n, F]. earlier: P(t-4) [n, F]. backing, expected: B and B^e [n, P, F, C].
    """
    shielded = np.einsum("njc,nijc->nj", p.shield, backing - p.backing)
    gap = np.maximum(0, backing.sum((1, 3)) - expected.sum((1, 3)))
    slid = np.maximum(0, earlier - power)
    weakness = (p.threshold / np.maximum(power, ALMOST_ZERO)) ** p.steepness
    with np.errstate(over="ignore"):
        pressure = np.minimum(np.exp(-shielded + p.panic * gap + p.slide * slid), 1e300)
        rate = p.rate * weakness * pressure * s.hazard
    return s.alive * np.minimum(HIGHEST_HAZARD, rate)


def inherit(stays: np.ndarray, control: np.ndarray, tie: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """Return control [n, G, F] once what the fallen held has gone to those still in the field there.

    Args:
        stays: who is in the field after the falls [n, F]. control: C of eq. 3. tie: a [n, F, F].
        exponent: `inherit` [n].
    """
    heirs = stays[:, None] * control
    kinship = (1 + tie) ** exponent[:, None, None]
    claims = heirs[:, :, None, :] * kinship[:, None]  # n, G, fallen, heir
    claims = np.where(claims.sum(3, keepdims=True) > 0, claims, heirs[:, :, None, :])
    return heirs + np.einsum("ngj,ngjk->ngk", control - heirs, _ratio(claims, claims.sum(3, keepdims=True)))


# Steps 6 and 7: receptivity and standing


def receptivity(p: SimpleNamespace, s: State, expected: np.ndarray) -> np.ndarray:
    """Return ρ [n, P, F]: how open each force is to each patron when its sponsors waver."""
    start, now = p.backing.sum((1, 3)), expected.sum((1, 3))
    loss = np.where(start > 0, np.maximum(0, 1 - _ratio(now, start)), 0)
    stays = expected.sum(3) >= p.backing.sum(3)
    return (p.receptivity * s.receptivity)[:, None] * (1 + stays * (p.shopping * loss)[:, None])


def standing(p: SimpleNamespace, s: State, x: np.ndarray, rho: np.ndarray, alive: np.ndarray) -> np.ndarray:
    """Return R(t+1) [n, P, F] of eq. 5; `alive` is S(t+1) [n, F]."""
    rivalry, friendship = np.maximum(0, -s.tie), np.maximum(0, s.tie)
    with_rivals = np.einsum("njk,nik->nij", rivalry, x)
    with_friends = np.einsum("njk,nik->nij", friendship, x)
    fade, warmth = p.fade[:, None, None], p.warmth[:, None, None]
    room = 1 - s.standing
    resented = p.resented * (
        p.alienation[:, None] * with_rivals
        + p.duplicity[:, None] * x * with_rivals
        + p.parity[:, None] * as_equals(s, rivalry, x)
    )
    gained = p.gain * rho * x * room + warmth * with_friends * room
    return alive[:, None] * np.clip(s.standing + gained - fade * s.standing - resented, 0, 1)


def as_equals(s: State, rivalry: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return where patron i engages some rival of j no less than j itself [n, P, F]."""
    lead = x[:, :, None, :] - x[:, :, :, None]  # n, P, j, k: x_ik - x_ij
    rival = (rivalry > 0)[:, None]
    courted = x > 0
    doubtful = rival & courted[..., None] & (np.abs(lead) > PARITY_SLACK / 10)
    s.margin.note(np.abs(lead + PARITY_SLACK) / np.maximum(x, ALMOST_ZERO)[..., None], doubtful)
    return courted & (rival & (lead >= -PARITY_SLACK)).any(3)


# Steps 8 and 9: violence, order, score


def violence(
    p: SimpleNamespace,
    s: State,
    mean: np.ndarray,
    control: np.ndarray,
    region_weight: np.ndarray,
    fallen: np.ndarray,
) -> np.ndarray:
    """Return V(t+1) [n]; `mean` is V̄ as the seasons make it, `fallen` how many forces fell this week [n]."""
    contested = (1 - (control**2).sum(2)) @ region_weight
    drawn_to = mean * (1 + p.contest * contested)
    return np.maximum(0, s.violence + p.revert * (drawn_to - s.violence) + p.after_fall * fallen)


def order(world: World, s: State) -> np.ndarray:
    """Return the code of the order [n]: 0 holds, 1 settlement, 2 chaos, 3 + j takeover by force j."""
    governs = np.arange(len(world.forces)) == world.incumbent
    majority = (s.power >= world.majority) & ~governs
    holders = s.alive[:, governs] if governs.any() else s.alive
    beyond = s.power - world.majority
    exactly = np.abs(beyond - MAJORITY_SLACK) <= MAJORITY_SLACK / 10
    s.margin.note(np.abs(beyond), (s.alive > 0) & ~governs & ~exactly & ~s.settled[:, None])
    return np.select(
        [s.settled, majority.any(1), (holders > 0).any(1)],
        [SETTLEMENT, TAKEOVER + majority.argmax(1), HOLDS],
        CHAOS,
    )


def influence(world: World, s: State) -> np.ndarray:
    """Return I_i = Σ_g ν_ig Σ_j C_gj R_ij [n, P]."""
    return np.einsum("ig,ngj,nij->ni", world.interest, s.control, s.standing)


def score(world: World, s: State, i: int, x: np.ndarray, backing: np.ndarray) -> np.ndarray:
    """Return the terms of u_i, eq. 6 [n, terms], in the order of `rows.TERMS`.

    Args:
        s: the situation at t+1, with the weights of week t. x, backing: engagement and B of week t.
    """
    names = weight_names(world.forces, world.regions, world.patrons)
    forces, reach = world.forces, influence(world, s)

    def w(*wanted: str) -> np.ndarray:
        return s.weights[:, i, [names.index(name) for name in wanted]]

    orders = w("order.holds", "order.settlement", "order.chaos", *(f"order.takeover.{j}" for j in forces))
    terms = (
        w("influence") * reach[:, [i]],
        -w(*(f"rivals.{k}" for k in world.patrons)) * reach,
        w(*(f"power.{j}" for j in forces)) * s.power,
        w(*(f"control.{j}.{g}" for g in world.regions for j in forces)) * s.control.reshape(len(reach), -1),
        np.take_along_axis(orders, order(world, s)[:, None], axis=1),
        w("violence") * s.violence[:, None] * w("exposure"),
        -w("cost") * x[:, i].sum(1, keepdims=True),
        -w("backing-cost.troops", "backing-cost.money") * backing[:, i].sum(1),
    )
    return np.stack([term.sum(1) for term in terms], axis=1)


# One week, and a run of them


def play(
    world: World,
    parameters: Parameters,
    *,
    seed: int,
    futures: np.ndarray,
    chance: int,
    first_state: int = 0,
    scored: tuple[str, ...] | None = None,
) -> Reference:
    """Play futures of a world under each of its profiles, as `Player.play` does.

    Args:
        parameters: of the states from `first_state` on.
        futures: numbers `state * chance + stream`.
        chance: streams a state.
        scored: patrons whose payoff is wanted, the focus first; the focus alone by default.
    """
    names = scored or (world.patrons[world.focus],)
    patrons = tuple(world.patrons.index(name) for name in names)
    state, stream = np.asarray(futures) // chance, np.asarray(futures) % chance
    column = state - first_state
    p = SimpleNamespace(**{name: array[column].astype(float) for name, array in parameters.arrays.items()})
    luck = chances(world, seed, state, stream)
    uniforms = event_uniforms(world, seed, state, stream)
    told = []
    for profile in world.profiles:
        agenda = Agenda(world, parameters, column, uniforms, profile)
        told.append(_play_profile(world, p, profile, agenda, luck, patrons))
    return Reference(*(np.stack(part) for part in zip(*told, strict=True)))


def _play_profile(
    world: World, p: SimpleNamespace, profile: Profile, agenda: Agenda, luck: Chance, scored: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    s = State.start(world, p, profile)
    s.order = order(world, s)
    past = [s.power] * (SLIDE_WEEKS + 1)
    record = _Record(world, s, scored)
    for week in range(world.weeks):
        agenda.settle(s, week)
        x, backing, past = play_week(world, p, s, profile, agenda.calendar, luck, past, week)
        record.add(world, s, x, backing)
    series = record.series()
    judged = (
        succeeded(world.scenario, series[None], series_names(world))
        if world.scenario.success
        else series[:0, 0]
    )
    outcomes = np.concatenate([record.outcomes(world, s, p), judged, agenda.rows()])
    return outcomes, s.margin.least, series, _fallen_in(world, s, agenda.calendar.weeks)


def play_week(
    world: World,
    p: SimpleNamespace,
    s: State,
    profile: Profile,
    calendar: Calendar,
    luck: Chance,
    past: list[np.ndarray],
    week: int,
    sight: Sight | None = None,
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Play a week, talks settled; return its engagement [n, P, F] and backing [n, P, F, C], and the powers now past.

    Args:
        past: the powers of the last weeks, the present one last. sight: what was seen is made to come so.
    """
    fire_events(world, s, p, profile, calendar, luck.weekly[:, week], week, sight)
    realign(world, s, p, luck.look[:, week])
    if week == 0:
        for stages in profile.stages:
            decide(s, np.arange(len(s.alive)), world.policies[stages[0].policy])
    switch_policies(world, s, profile, week)
    move_backing(s)
    x, backing = _week(world, p, s, past, luck, week, sight)
    s.effort, s.order = x, order(world, s)
    return x, backing, [*past[1:], s.power]


def _fallen_in(world: World, s: State, weeks: np.ndarray) -> np.ndarray:
    """Return the weeks of dated events and deals [drawn, n], open ones as the run decided."""
    weeks = weeks.copy()
    for k in world.open:
        fired = s.fired[:, world.happenings.index(world.drawn[k].name)]
        weeks[k] = np.where(fired >= 0, fired, NEVER)
    return weeks


def _week(
    world: World,
    p: SimpleNamespace,
    s: State,
    past: list[np.ndarray],
    luck: Chance,
    week: int,
    sight: Sight | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Play steps 2 and 4 to 8 of one week; return its engagement [n, P, F] and backing [n, P, F, C]."""
    x = s.budget[..., None] * _weights(world, p, s)
    backing, expected = (s.alive[:, None, :, None] * b for b in (s.backing, s.expected))
    shocks = luck.nation[:, week], luck.region[:, week]
    seasons = world.seasons[week]
    push = s.push[:, week] + p.season_push[:, seasons].sum(1)
    grown = replicate(s.alive, s.control, fitness(p, s, x, backing, push, *shocks, world.incumbent))
    rate = hazard(p, s, world.region_weight @ grown, past[0], backing, expected)
    q = -np.expm1(-rate)
    fell = luck.fall[:, week] < q
    if sight is not None:
        fell = _falls_as_seen(sight, week, s.alive, q, rate, fell)
    s.margin.note(np.abs(luck.fall[:, week] - q) / np.where(q > 0, q, 1), q > 0)
    stays = s.alive * ~fell
    note_rounding(world, s, lambda tie: inherit(stays, grown, tie, p.inherit))
    control = inherit(stays, grown, s.tie, p.inherit)
    standing_next = standing(p, s, x, receptivity(p, s, expected), stays)
    mean = s.violence_mean * p.season_violence[:, seasons].prod(1)
    violence_next = violence(p, s, mean, control, world.region_weight, fell.sum(1))
    s.control, s.power = control, world.region_weight @ control
    s.standing, s.violence = standing_next, violence_next
    s.alive, s.settled = stays, s.settled & ~fell.any(1)
    s.fell = np.where(fell, week, s.fell)
    return x, backing


def _falls_as_seen(
    sight: Sight, week: int, alive: np.ndarray, q: np.ndarray, rate: np.ndarray, fell: np.ndarray
) -> np.ndarray:
    """Return who falls [n, F], as was seen where it was seen; add how likely that was: q, or e^-λ."""
    known = sight.seen[week, : fell.shape[1]]
    with np.errstate(divide="ignore"):
        sight.likely[:, : len(known)] += np.where(
            known == SO, np.log(q), np.where(known == NOT_SO, -rate, 0.0)
        )
    return np.where(known == SO, alive > 0, np.where(known == NOT_SO, False, fell))


def _weights(world: World, p: SimpleNamespace, s: State) -> np.ndarray:
    """Return eq. 1 under the policy each patron follows in each future."""
    rows = np.array([[*row.follow, row.floor] for row in world.policies])
    *exponents, floor = np.moveaxis(rows[s.policy], -1, 0)
    base = p.base[np.arange(len(s.policy))[:, None], s.policy]
    return policy_weights(s.alive, base, [entry.plain(p, s) for entry in FOLLOWED.values()], exponents, floor)


class _Record:
    """Gathers the weeks of one profile and turns them into the rows of outcomes."""

    def __init__(self, world: World, s: State, scored: tuple[int, ...]) -> None:
        self.scored, self.focus = scored, world.focus
        self.terms: list[np.ndarray] = []  # a week each: n, scored, terms
        self.reach = [influence(world, s)]
        self.engaged: list[np.ndarray] = []
        self.ties: list[np.ndarray] = []
        self.weekly = [self._now(s)]

    def add(self, world: World, s: State, x: np.ndarray, backing: np.ndarray) -> None:
        self.terms.append(np.stack([score(world, s, i, x, backing) for i in self.scored], 1))
        self.reach.append(influence(world, s))
        self.engaged.append(x[:, self.focus])
        self.ties.append(s.tie.copy())
        self.weekly.append(self._now(s))

    def _now(self, s: State) -> np.ndarray:
        standing = s.standing[:, self.focus]
        columns = [self.reach[-1][:, [self.focus]], s.violence[:, None], s.power, standing, s.alive]
        return np.concatenate(columns, axis=1).T

    def series(self) -> np.ndarray:
        """Return the weekly series [series, weeks + 1, n]."""
        return np.stack(self.weekly, axis=1)

    def outcomes(self, world: World, s: State, p: SimpleNamespace) -> np.ndarray:
        """Return the rows of `column_names` [rows, n]."""
        rows: list[np.ndarray] = []
        reach = np.array(self.reach[1:])
        for n, i in enumerate(self.scored):
            terms = np.array(self.terms)[:, :, n]
            weighed = (1 - p.terminal[:, [i]]) * terms.mean(0) + p.terminal[:, [i]] * terms[-1]
            rows += [weighed.sum(1), reach[:, :, i].mean(0), reach[-1, :, i], *weighed.T]
        lever = s.standing[:, self.focus] >= float(LEVER)
        s.margin.note(np.abs(s.standing[:, self.focus] - float(LEVER)), s.alive > 0)
        share = shares(np.array(self.engaged))
        rows += [(lever & (s.alive > 0)).sum(1), spread(share).mean(0)]
        rows += [hedge_index(share, np.array(self.ties)).mean(0), order(world, s), s.violence]
        for j in range(len(world.forces)):
            rows += [s.fell[:, j], s.power[:, j], s.standing[:, self.focus, j], share[:, :, j].mean(0)]
        return np.stack([*rows, *s.fired.T[: len(world.triggered)]])


def shares(x: np.ndarray) -> np.ndarray:
    """Return what share of its effort goes to each force, x_j / Σx [..., F]; 0 where there is none."""
    return _ratio(x, x.sum(-1, keepdims=True))


def spread(share: np.ndarray) -> np.ndarray:
    """Return 1 - Σ_j s_j² [...] of shares [..., F]; 0 where there is no effort."""
    return np.where(share.sum(-1) > 0, 1 - (share**2).sum(-1), 0)


def hedge_index(share: np.ndarray, tie: np.ndarray) -> np.ndarray:
    """Return Σ_j Σ_{k≠j} s_j s_k h_jk [...] of shares [..., F] and ties [..., F, F]."""
    return np.einsum("...j,...k,...jk->...", share, share, np.maximum(0, -tie))
