"""Step 1: what fires in the lanes of a block, and where conditions hold. Source: MODEL.md §3.

`p`, `s` are parameters and one profile's state (`rows.py`); `world` and `events` are tables described in `program.py`.
"""

from __future__ import annotations

import numpy as np

from equipoise.world import conditions, effects
from equipoise.world.kernel.arithmetic import copy, fill, listed
from equipoise.world.kernel.choosing import chosen
from equipoise.world.kernel.compiling import inlined, inner
from equipoise.world.kernel.lanes import LANES, LOG_OF_ZERO, ONE, ZERO, f32, log
from equipoise.world.kernel.rows import SO, UNSEEN

act = chosen([entry.lane for entry in effects.ENTRIES])
watched_row = chosen([entry.row for entry in conditions.ENTRIES])


@inner
def fire(h, lanes, week, p, s, world, events, moving, pushing):
    """Let an occurrence act, in listed order, in some lanes; a deal only where its veto forces are in the field."""
    occurrence, kept = events.occurrences[h], s.fired + events.occurrences[h].kept
    for k in range(lanes.shape[0]):
        lane = lanes[k]
        if occurrence.kept >= 0:
            s.rows[kept, lane] = f32(week)
        stands = True
        for j in range(world.sizes.forces):
            if events.needs[h, j] and s.rows[s.alive + j, lane] == ZERO:
                stands = False
        if stands:
            for n in range(occurrence.first, occurrence.end):
                o = events.operations[n]
                if o.kind >= 0:
                    act(o.kind, s, o, p.rows[p.amounts + n, lane], lane, week, world, moving, pushing)


@inner
def hold(first, end, week, s, world, tests, mask):
    """Clear `mask` in the lanes in which some test of the range does not hold (strictly)."""
    for c in range(first, end):
        test = tests[c]
        sign, level = test.sign, test.level
        row = watched_row(test.kind, s, world, week, test)
        for l in range(LANES):
            mask[l] = mask[l] if sign * (s.rows[row, l] - level) > ZERO else ZERO


@inner
def due_and_so(h, due, week, s, world, events, mask, lanes):
    """List the lanes in which an occurrence is due and what it waits for is so; return how many there are."""
    occurrence = events.occurrences[h]
    fill(mask, ONE if occurrence.every_week else ZERO)
    for k in range(due.shape[0]):
        mask[due[k]] = ONE
    hold(occurrence.first_test, occurrence.end_test, week, s, world, events.tests, mask)
    return listed(mask, lanes)


@inner
def chance_of(n, trigger, turn, p, s, events, factor, chance):
    """The chance of a conditional event this week, its odds changed by what has happened; a chance of 1 stays 1.

    Where the strategy sets the week (`turn`), it is 1.
    """
    own = p.rows[p.weekly + n]
    if turn >= 0:
        fill(chance, ONE)
        return
    if trigger.end_odds == trigger.first_odds:
        copy(chance, own)
        return
    fill(factor, ONE)
    for q in range(trigger.first_odds, trigger.end_odds):
        fired, times = s.fired + events.odds[q], p.factors + q
        for l in range(LANES):
            factor[l] *= p.rows[times, l] if s.rows[fired, l] >= ZERO else ONE
    for l in range(LANES):
        odd = own[l] * factor[l]
        chance[l] = odd / (ONE - own[l] + odd) if own[l] < ONE else ONE


@inlined
def in_its_time(trigger, turn, week):
    """Whether a conditional event may fire in a week: in its window, or where a strategy sets its week."""
    return turn == week if turn >= 0 else (week >= trigger.first) & (week <= trigger.last)


@inlined
def draw_firing(fired, draws, chance, firing):
    """Mark the lanes in which an event that has not fired yet is drawn to; return how many there are."""
    count = np.int32(0)
    for l in range(LANES):
        fires = (fired[l] < ZERO) & (draws[l] < chance[l])
        firing[l] = ONE if fires else ZERO
        count += np.int32(fires)
    return count


@inner
def succeeds(n, turn, draws, week, p, s, w, world, events, lanes):
    """List the lanes in which conditional event `n` fires, for the first time; return how many there are.

    `turn` is the week that the profile's strategy sets, -1 for none.
    """
    trigger, firing, chance = events.triggered[n], w.rows[w.spare], w.rows[w.spare + 1]
    if not in_its_time(trigger, turn, week):
        return 0
    if turn >= 0 or trigger.end_odds > trigger.first_odds:
        chance_of(n, trigger, turn, p, s, events, w.rows[w.spare + 2], chance)
    else:
        chance = p.rows[p.weekly + n]
    if draw_firing(s.rows[s.fired + n], draws, chance, firing) == 0:
        return 0
    occurrence = events.occurrences[trigger.occurrence]
    hold(occurrence.first_test, occurrence.end_test, week, s, world, events.tests, firing)
    return listed(firing, lanes)


@inlined
def add_likely(likely, firing, chance, so):
    """Add the logarithm of the chance of what was seen: that an event fires where it may, or that it does not."""
    if so:
        for l in range(LANES):
            likely[l] += log(chance[l]) if firing[l] > ZERO else LOG_OF_ZERO
    else:
        for l in range(LANES):
            likely[l] += log(ONE - chance[l]) if firing[l] > ZERO else ZERO


@inner
def fires_as_seen(n, turn, week, p, s, w, world, events, lanes):
    """List the lanes in which conditional event `n` fires, as it was seen to, or none; return how many there are.

    It fires wherever it may, and the logarithm of the chance of what was seen is added up. `turn` is as in `succeeds`.
    """
    trigger, firing, chance = events.triggered[n], w.rows[w.spare], w.rows[w.spare + 1]
    so = world.seen[week, world.sizes.forces + n] == SO
    fired, occurrence = s.fired + n, events.occurrences[trigger.occurrence]
    fill(firing, ZERO)
    if in_its_time(trigger, turn, week):
        chance_of(n, trigger, turn, p, s, events, w.rows[w.spare + 2], chance)
        for l in range(LANES):
            firing[l] = ONE if s.rows[fired, l] < ZERO else ZERO
        hold(occurrence.first_test, occurrence.end_test, week, s, world, events.tests, firing)
    add_likely(w.rows[w.likely_events + n], firing, chance, so)
    return listed(firing, lanes) if so else 0


@inner
def fire_week(week, due_lanes, due_first, turns, draws, p, s, w, world, events, lanes, moving, pushing):
    """Step 1: dated events, deals and breaches in their order, then conditional events.

    Args:
        due_lanes, due_first: of one profile's group, as in `block.Futures`. draws: of the week [rows, lanes].
        turns: of one profile [conditional events], as in `program.StrategyTables`.
        lanes: scratch [lanes]. moving, pushing: the week from which each backing rests, each push has ended.
    """
    for h in range(due_first.shape[1]):
        begin, end, occurrence = due_first[week, h], due_first[week + 1, h], events.occurrences[h]
        if end == begin and not occurrence.every_week:
            continue
        due = due_lanes[h, begin:end]
        if occurrence.end_test > occurrence.first_test:
            count = due_and_so(h, due, week, s, world, events, w.rows[w.spare], lanes)
            fire(h, lanes[:count], week, p, s, world, events, moving, pushing)
        else:
            fire(h, due, week, p, s, world, events, moving, pushing)
    for n in range(events.triggered.shape[0]):
        known = world.seen[week, world.sizes.forces + n] if world.sizes.seen else UNSEEN
        if known == UNSEEN:
            count = succeeds(n, turns[n], draws[n], week, p, s, w, world, events, lanes)
        else:
            count = fires_as_seen(n, turns[n], week, p, s, w, world, events, lanes)
        if count > 0:
            h = np.int64(events.triggered[n].occurrence)
            fire(h, lanes[:count], week, p, s, world, events, moving, pushing)
