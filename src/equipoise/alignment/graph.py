"""A signed, weighted network of actors: the one object every measure of this room reads.

A tie is a number: its sign says friend or foe, its size how much the tie weighs. Networks come from a
scenario (`situation.py`), from a list of ties in CSV, from GraphML or from NetworkX (`reading.py`), and go back to
NetworkX.
Source: Cartwright and Harary 1956, *Structural balance: a generalization of Heider's theory*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from equipoise.errors import InputError

if TYPE_CHECKING:
    import networkx


class SignedTie(NamedTuple):
    """One tie: two actors, the first before the second in name order, and its signed weight."""

    first: str
    second: str
    weight: float


@dataclass(frozen=True, eq=False)
class SignedGraph:
    """A signed network.

    Attributes:
        actors: names, sorted.
        weights: symmetric matrix [actors, actors], diagonal 0; 0 where there is no tie, positive for
            friendship, negative for rivalry. Read only.
    """

    actors: tuple[str, ...]
    weights: np.ndarray

    def __post_init__(self) -> None:
        weights = np.array(self.weights, dtype=float)
        n = len(self.actors)
        if weights.shape != (n, n):
            raise InputError(f"{n} actors need a matrix of {n} by {n} ties; this one is {weights.shape}")
        if len(set(self.actors)) < n or list(self.actors) != sorted(self.actors):
            raise InputError("the actors of a signed network must be named once each, in sorted order")
        if not np.isfinite(weights).all():
            raise InputError("every tie must be a finite number")
        if np.any(np.diag(weights) != 0):
            raise InputError("an actor cannot have a tie with itself: the diagonal must be 0")
        if not np.array_equal(weights, weights.T):
            raise InputError("ties are mutual: the matrix must be symmetric")
        weights.setflags(write=False)
        object.__setattr__(self, "weights", weights)

    def __repr__(self) -> str:
        return (
            f"<SignedGraph: {len(self.actors)} actors, {len(self.ties)} ties, "
            f"{sum(tie.weight < 0 for tie in self.ties)} of them hostile>"
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SignedGraph):
            return NotImplemented
        return self.actors == other.actors and np.array_equal(self.weights, other.weights)

    __hash__ = None  # type: ignore[assignment]

    @property
    def ties(self) -> tuple[SignedTie, ...]:
        """All ties, ordered by name."""
        rows, columns = np.nonzero(np.triu(self.weights))
        names = self.actors
        return tuple(
            SignedTie(names[i], names[j], float(self.weights[i, j]))
            for i, j in zip(rows, columns, strict=True)
        )

    @property
    def total(self) -> float:
        """Sum of the sizes of all ties."""
        return float(np.abs(np.triu(self.weights)).sum())

    def index(self, actor: str) -> int:
        """Return an actor's place in `actors`; refuse a name that is not there."""
        if actor not in self.actors:
            raise InputError(f"no actor is called {actor!r}; there are: {', '.join(self.actors)}")
        return self.actors.index(actor)

    def subgraph(self, actors: Iterable[str]) -> SignedGraph:
        """Return the network of some actors and the ties between them."""
        kept = tuple(sorted(actors))
        places = [self.index(actor) for actor in kept]
        return SignedGraph(kept, self.weights[np.ix_(places, places)])

    def with_actor(self, actor: str, ties: Mapping[str, float]) -> SignedGraph:
        """Return the network with one more actor, tied to some that are there."""
        if actor in self.actors:
            raise InputError(f"{actor!r} is already in the network")
        return SignedGraph.from_edges(
            [*self.ties, *((actor, other, weight) for other, weight in ties.items() if weight)],
            actors=[*self.actors, actor],
        )

    @classmethod
    def from_edges(cls, edges: Iterable[Sequence[Any]], *, actors: Iterable[str] = ()) -> SignedGraph:
        """Build a network from (actor, actor, signed weight) triples.

        Args:
            edges: each pair once, in either order; a weight of 0 names the actors without tying them.
            actors: further actors, who may have no tie.

        Raises:
            InputError: a pair is listed twice, or an actor is tied to itself.
        """
        listed = [(str(a), str(b), float(weight)) for a, b, weight in edges]
        names = sorted({name for a, b, _ in listed for name in (a, b)} | set(actors))
        place = {name: index for index, name in enumerate(names)}
        weights = np.zeros((len(names), len(names)))
        seen: set[tuple[str, str]] = set()
        for a, b, weight in listed:
            pair = (min(a, b), max(a, b))
            if a == b:
                raise InputError(f"{a!r} is tied to itself; a tie needs two actors")
            if pair in seen:
                raise InputError(f"the tie between {pair[0]!r} and {pair[1]!r} is given twice; give it once")
            seen.add(pair)
            weights[place[a], place[b]] = weights[place[b], place[a]] = weight
        return cls(tuple(names), weights)

    def to_networkx(self) -> networkx.Graph:
        """Return a NetworkX graph; edges carry `sign` (-1 or 1) and `weight` (the size)."""
        import networkx as nx

        graph = nx.Graph()
        graph.add_nodes_from(self.actors)
        for first, second, weight in self.ties:
            graph.add_edge(first, second, sign=1 if weight > 0 else -1, weight=abs(weight))
        return graph
