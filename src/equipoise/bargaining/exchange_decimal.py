"""Equal-gain exchange told slowly, in plain Python and decimal arithmetic, to be read beside `exchange.py`.

It is there for two ends. With `even` above 0 it is the twin that the compiled kernel is held against. With
`even` = 0 and 28 digits it is the reference program (decide-exchange-model 2025.3.1): two of the model's
decisions are exact ties again and again, and there the last digit decides.

- **Which of two equal gains is traded first?** Exchanges stand in a list: two issues at a time in the order of
  the table; for these, who is above both outcomes with who is below both, then who is below the first only
  with who is below the second only, actors in the order of the table. Before each trade the list is sorted by
  gain, largest first, equals staying in the order they had. Gains that are equal by the equations may differ in
  their last digit when they are computed by different routes, and then that digit decides.
- **Has an outcome arrived where it was meant to go?** One that arrived exactly is not held there and may be
  moved past; one that is a last digit short is stopped, which leaves no exchange.

So the order of multiplications and divisions below is part of the reference run, and so is that the shares by
which positions follow votes are the doubles nearest to 0.4 and 0.1.

Source: as `exchange.py`; the order of operations from the public source of decide-exchange-model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from itertools import combinations

import numpy as np

REFERENCE_DIGITS = 28
"""Digits the reference program computes with."""
LEAST = Decimal("1e-10")
"""A move or a gain no larger than this is none."""


@dataclass
class Side:
    """What one actor brings to an exchange.

    Attributes:
        actor, gives, wants: the actor, the issue it concedes on, the issue it is paid on.
        goal: the other actor's position on the issue given, towards which this side moves.
        place: where this side votes on it so far; `move` is what this exchange would add.
        salience, wanted: of the issue given and of the issue wanted.
        both: salience of the issue given, of both actors together.
        clout, total: of this actor, and the weight c s of all on the issue given.
        priced: moves this side was priced at before it was moved by another exchange.
        known: votes of others on the issue given, as far as this exchange has learnt of them.
    """

    actor: int
    gives: int
    wants: int
    goal: Decimal
    place: Decimal
    salience: Decimal
    wanted: Decimal
    both: Decimal
    clout: Decimal
    total: Decimal
    move: Decimal = Decimal(0)
    priced: list[Decimal] = field(default_factory=list)
    known: dict[int, Decimal] = field(default_factory=dict)

    @property
    def vote(self) -> Decimal:
        """Where this side would vote."""
        return self.place + self.move

    @property
    def room(self) -> Decimal:
        """How far the goal is."""
        return abs(self.goal - self.place)

    def shift(self, step: Decimal) -> Decimal:
        """Return by how much a step shifts the outcome."""
        return step * self.salience * self.clout / self.total

    def step(self, shift: Decimal) -> Decimal:
        """Return the step that shifts the outcome by so much."""
        return shift * self.total / (self.clout * self.salience)

    def take(self, step: Decimal) -> None:
        """Move by a step towards the goal."""
        self.move = -step if self.place > self.goal else step

    def gain(self, given: Decimal, got: Decimal) -> Decimal:
        """Return what the two shifts of outcomes are worth to this side."""
        return abs(given * self.salience - got * self.wanted)


@dataclass
class Exchange:
    """Two sides, what each would gain, and whether the exchange is still possible."""

    i: Side
    j: Side
    gain: Decimal = Decimal(0)
    open: bool = True

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both sides, the one whose move is sized last first."""
        return self.i, self.j


@dataclass
class Round:
    """A round of exchanges.

    Attributes:
        x, s: positions and salience by issue and actor, only of those that have weight there.
        c: clout by actor.
        even: what differs by less counts as the same.
    """

    x: list[dict[int, Decimal]]
    s: list[dict[int, Decimal]]
    c: list[Decimal]
    even: Decimal

    def __post_init__(self) -> None:
        self.total = [sum((self.c[a] * s for a, s in row.items()), Decimal(0)) for row in self.s]

    def pull(self, issue: int, changed: dict[int, Decimal]) -> Decimal:
        """Return the sum of x s c with some positions changed."""
        s, places = self.s[issue], self.x[issue] | changed
        return sum((x * s[a] * self.c[a] for a, x in places.items()), Decimal(0))

    def outcome(self, issue: int, changed: dict[int, Decimal]) -> Decimal:
        """Return the compromise of an issue with some positions changed."""
        return self.pull(issue, changed) / self.total[issue]

    def candidates(self) -> Iterator[Exchange]:
        """Yield an exchange for every two actors on opposite sides of the outcomes of two issues."""
        middle = [self.outcome(k, {}) - self.even for k in range(len(self.x))]
        below = [{a: x < o for a, x in row.items()} for row, o in zip(self.x, middle, strict=True)]
        for p, q in combinations(range(len(self.x)), 2):
            here = [a for a in self.x[p] if a in self.x[q]]
            for first in (False, True):
                for i in (a for a in here if below[p][a] == first and not below[q][a]):
                    for j in (a for a in here if below[p][a] != first and below[q][a]):
                        yield self.exchange(i, j, p, q)

    def exchange(self, i: int, j: int, p: int, q: int) -> Exchange:
        """Return the priced exchange of two actors: who cares less about q relative to p gives way on q."""
        if self.s[p][i] / self.s[q][i] < self.s[p][j] / self.s[q][j]:
            i, j = j, i
        made = Exchange(self.side(i, j, q, p), self.side(j, i, p, q))
        self.price(made)
        return made

    def side(self, me: int, other: int, gives: int, wants: int) -> Side:
        """Return what an actor brings when it gives way on one issue for another."""
        s = self.s[gives]
        return Side(
            actor=me,
            gives=gives,
            wants=wants,
            goal=self.x[gives][other],
            place=self.x[gives][me],
            salience=s[me],
            wanted=self.s[wants][me],
            both=s[me] + s[other],
            clout=self.c[me],
            total=self.total[gives],
        )

    def price(self, exchange: Exchange) -> None:
        """Size both moves and the gain; close the exchange where it is not possible.

        One side moves all the way, the other pays in kind: d_q and d_p stand in the ratio of equal gains.
        """
        i, j = exchange.sides
        d_p = j.shift(j.room)
        d_q = j.both / i.both * d_p
        steps = i.step(d_q), j.room
        if steps[0] > i.room:
            d_q = i.shift(i.room)
            d_p = i.both / j.both * d_q
            steps = i.room, j.step(d_p)
        i.take(steps[0])
        j.take(steps[1])
        exchange.gain = i.gain(d_q, d_p)
        exchange.open = exchange.gain >= LEAST and self.allowed(i) and self.allowed(j)
        if exchange.open:
            self.cut_back(exchange, i, j)
            self.cut_back(exchange, j, i)
            exchange.open = self.allowed(i) and self.allowed(j)

    def allowed(self, side: Side) -> bool:
        """Say whether a move is one, stays on the scale and goes the way the side was priced before."""
        end = 100 + self.even
        if not LEAST < abs(side.move) <= end or not -self.even <= side.vote <= end:
            return False
        moves = [*side.priced, side.move]
        return sum(moves) <= end and (min(moves) > 0 or max(moves) < 0)

    def cut_back(self, exchange: Exchange, me: Side, other: Side) -> None:
        """Shorten a side's move so that the outcome stops at the position of the one it is meant for."""
        before = self.outcome(me.gives, me.known | {me.actor: me.place})
        after = self.outcome(me.gives, me.known | {me.actor: me.vote})
        if min(before, after) >= me.goal - self.even or max(before, after) <= me.goal + self.even:
            return
        now = self.pull(me.gives, {me.actor: me.place} | me.known)
        step = abs((me.goal * me.total - now) / (me.salience * me.clout))
        mine = me.shift(step)
        theirs = me.both / other.both * mine
        other.take(other.step(theirs))
        me.take(step)
        exchange.gain = other.gain(theirs, mine)

    def learn(self, exchange: Exchange, done: Exchange) -> None:
        """Let an exchange know what another, now made, has changed, and price it again if it matters."""
        moved = [
            (side, by)
            for side in exchange.sides
            for by in done.sides
            if (side.actor, side.gives) == (by.actor, by.gives)
        ]
        for side, by in moved:
            side.place = by.vote
            side.priced.append(side.move)
        told = False
        for by, buyer in (done.sides, done.sides[::-1]):
            for side, mine in (exchange.sides, exchange.sides[::-1]):
                if (mine.actor, mine.wants) == (buyer.actor, buyer.wants):
                    side.known[by.actor] = self.nearest(by, side.known.get(by.actor, by.vote))
                    told = True
        if moved or told:
            self.price(exchange)

    def nearest(self, by: Side, known: Decimal) -> Decimal:
        """Return the vote nearest to where the mover began, of the one known before and the new one."""
        lower = self.x[by.gives][by.actor] <= known
        return min(known, by.vote) if lower else max(known, by.vote)

    def trades(self) -> list[Exchange]:
        """Return the exchanges made: the largest gain first, the rest priced anew, until none is left."""
        left, made = [e for e in self.candidates() if e.open], []
        while left:
            left.sort(key=self.rank, reverse=True)
            best, *left = left
            made.append(best)
            for exchange in left:
                self.learn(exchange, best)
            left = [e for e in left if e.open]
        return made

    def rank(self, exchange: Exchange) -> Decimal | int:
        """Return the gain, equal gains being the same number."""
        return exchange.gain if self.even == 0 else round(exchange.gain / self.even)


@dataclass(frozen=True)
class DecimalRound:
    """What a round left: the exchanges made, votes and new positions by issue and actor."""

    made: list[Exchange]
    votes: list[dict[int, Decimal]]
    positions: list[dict[int, Decimal]]


def decimal_rounds(
    positions: np.ndarray,
    salience: np.ndarray,
    clout: np.ndarray,
    *,
    rounds: int,
    follow: tuple[float, float],
    digits: int = REFERENCE_DIGITS,
    even: float = 0.0,
) -> list[DecimalRound]:
    """Play the exchange model in decimal arithmetic and return every round.

    Args:
        positions: shape (issues, actors) on 0 to 100, NaN where an actor has none.
        salience: same shape, 0 to 1; taken, like positions and clout, as the shortest decimals that name them.
        clout: shape (actors,).
        follow: positions follow votes by follow[0] (1 - salience) + follow[1]; the doubles themselves.
        digits: significant digits of every operation.
        even: what differs by less counts as the same; 0: the last digit decides.

    Source: module docstring.
    """
    c = [_decimal(v) for v in clout]
    known = ~np.isnan(positions) & (salience * clout > 0)
    x, s = (
        [
            {int(a): _decimal(row[a]) for a in np.flatnonzero(has)}
            for row, has in zip(what, known, strict=True)
        ]
        for what in (positions, salience)
    )
    played = []
    with localcontext() as context:
        context.prec = digits
        for _ in range(rounds):
            played.append(_one_round(Round(x, s, c, _decimal(even)), Decimal(follow[0]), Decimal(follow[1])))
            x = played[-1].positions
    return played


def _decimal(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def _one_round(talk: Round, by_salience: Decimal, always: Decimal) -> DecimalRound:
    """Trade, vote, and let the positions of those that traded follow their votes part of the way."""
    made = talk.trades()
    votes, after = [dict(row) for row in talk.x], [dict(row) for row in talk.x]
    for side in (side for exchange in made for side in exchange.sides):
        x, y = talk.x[side.gives][side.actor], side.vote
        share = (1 - side.salience) * by_salience
        votes[side.gives][side.actor] = y
        after[side.gives][side.actor] = share * y + always * y + (1 - share - always) * x
    return DecimalRound(made, votes, after)
