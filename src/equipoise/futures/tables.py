"""A batch of futures as tables that pandas, R or DuckDB read, and back again.

`outcomes`: a row for each future and strategy. `inputs`: a row for each state. `weekly`: the sums of the
weekly series over the batch. Weeks of falls and events are -1 where there was none inside the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from equipoise.futures.play import Batch, Plan
from equipoise.scenario.names import order_names
from equipoise.world.calendar import NEVER
from equipoise.world.parameters import parameters_of
from equipoise.world.player import Player

if TYPE_CHECKING:
    import pyarrow as pa

    from equipoise.futures.particles import Who
    from equipoise.world.player import Played

RISING = "future"
"""The column that numbers futures."""


def parquet(table: pa.Table) -> memoryview:
    """Return a table as the bytes of a Parquet file, in one group of rows.

    Whole numbers and names repeat and get a dictionary. Fractions do not, and trying one for them took three times as
    long and gave larger files. The numbers of futures rise by one, and are written as what they rise by.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    repeats = [c.name for c in table.schema if not pa.types.is_floating(c.type) and c.name != RISING]
    content = pa.BufferOutputStream()
    pq.write_table(
        table, content, compression="snappy", use_dictionary=repeats, row_group_size=max(1, table.num_rows),
        column_encoding={RISING: "DELTA_BINARY_PACKED"} if RISING in table.column_names else None,
    )  # fmt: skip
    return memoryview(content.getvalue())


def outcome_table(player: Player, batch: Batch) -> pa.Table:
    """Return the outcomes of a batch, strategy after strategy."""
    import pyarrow as pa

    profiles, _, futures = batch.outcomes.shape
    number = np.tile(np.arange(futures, dtype=np.int64) + batch.first_state * batch.chance, profiles)
    who = {
        "future": pa.array(number),
        "state": pa.array((number // batch.chance).astype(np.int32)),
        "stream": pa.array((number % batch.chance).astype(np.int32)),
    }
    return pa.table({**who, **_outcome_columns(player, batch.outcomes, batch.weeks[player.groups.of])})


def particle_table(player: Player, who: Who, origin: np.ndarray, played: Played) -> pa.Table:
    """Return how futures went on that were left by an update, strategy after strategy.

    Args:
        who: they are. origin: which first future each comes from [n]. played: by profile, of which the first is what
            was followed.
    """
    import pyarrow as pa

    profiles = len(played.outcomes)
    columns = {
        "future": np.arange(len(who), dtype=np.int64), "origin": np.asarray(origin, np.int64),
        "state": who.state.astype(np.int64), "stream": who.stream.astype(np.int64),
    }  # fmt: skip
    told = {name: pa.array(np.tile(values, profiles)) for name, values in columns.items()}
    return pa.table({**told, **_outcome_columns(player, played.outcomes, played.weeks)})


def _outcome_columns(player: Player, outcomes: np.ndarray, fell: np.ndarray) -> dict[str, pa.Array]:
    """Return the strategy, and every outcome, of each future, strategy after strategy.

    Args:
        outcomes: [profiles, rows, futures]. fell: the weeks of dated events and deals [profiles, drawn, futures].
    """
    import pyarrow as pa

    profiles, _, futures = outcomes.shape
    names = [profile.name for profile in player.world.profiles]
    columns: dict[str, pa.Array] = {"strategy": _dictionary(np.repeat(np.arange(profiles), futures), names)}
    orders = order_names(player.world.forces)
    for row, name in enumerate(player.columns.names):
        values = outcomes[:, row].reshape(-1)
        if name == "order":
            columns[name] = _dictionary(values.astype(np.int64), orders)
        elif name.startswith(("fallen.", "event.", "held.")):
            columns[name] = pa.array(values.astype(np.int32))
        else:
            columns[name] = pa.array(values)
        if name.rpartition(".")[2] == "payoff":
            columns[name] = pa.array(player.columns.values(outcomes, name).reshape(-1))
    for n, item in enumerate(player.world.drawn):
        weeks = fell[:, n].reshape(-1)
        kind = "deal" if item.talk else "event"
        columns[f"{kind}.{item.name}"] = pa.array(
            np.where(weeks < player.world.weeks, weeks, -1).astype(np.int32)
        )
    return columns


def _dictionary(index: np.ndarray, names: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), pa.array(names))


def input_table(batch: Batch) -> pa.Table:
    """Return the uncertain numbers of a batch, a row for each state."""
    import pyarrow as pa

    states = np.arange(batch.first_state, batch.first_state + batch.states, dtype=np.int32)
    values = {path: pa.array(v) for path, v in sorted(batch.parameters.values.items()) if v.ndim}
    return pa.table({"state": pa.array(states), **values})


def weekly_table(player: Player, batch: Batch) -> pa.Table:
    """Return the weekly series of a batch, summed over its futures: a row for each strategy, series and week."""
    import pyarrow as pa

    at = np.indices(batch.sums.shape).reshape(3, -1)
    names = [profile.name for profile in player.world.profiles]
    columns = (
        _dictionary(at[0], names),
        _dictionary(at[1], list(player.series)),
        pa.array(at[2].astype(np.int32)),
    )
    return pa.table(
        dict(zip(("strategy", "series", "week"), columns, strict=True))
        | {"sum": pa.array(batch.sums.reshape(-1))}
    )


def batch_of(player: Player, plan: Plan, number: int, outcomes: pa.Table, weekly: pa.Table) -> Batch:
    """Return a batch as its tables tell it; its states are drawn again, which gives the same numbers."""
    first, states = plan.batch(number)
    profiles, futures = len(player.world.profiles), states * plan.chance
    orders = order_names(player.world.forces)
    rows = []
    for name in player.columns.names:
        column = outcomes[name].combine_chunks()
        if name == "order":
            code = {order: n for n, order in enumerate(orders)}
            values = np.array([code[v] for v in column.dictionary.to_pylist()], np.float32)[
                column.indices.to_numpy()
            ]
        else:
            values = column.to_numpy().astype(np.float32)
        rows.append(values.reshape(profiles, futures))
    weeks = np.full((len(player.groups.decided), len(player.world.drawn), futures), NEVER, np.int32)
    for n, item in enumerate(player.world.drawn):
        kind = "deal" if item.talk else "event"
        drawn = outcomes[f"{kind}.{item.name}"].to_numpy().reshape(profiles, futures)
        for profile, group in enumerate(player.groups.of):
            weeks[group, n] = np.where(drawn[profile] >= 0, drawn[profile], NEVER)
    sums = weekly["sum"].to_numpy().reshape(profiles, len(player.series), player.world.weeks + 1)
    parameters = parameters_of(player.world, first, states, seed=plan.seed)
    return Batch(number, first, states, plan.chance, parameters, np.stack(rows, axis=1), weeks, sums)
