"""Games as the literature prints them: one payoff array a player."""

import numpy as np

from equipoise.games.normal_form import NormalForm


def from_player_arrays(arrays, *, players=None, strategies=None):
    """Return the game of these arrays; players and strategies are called 1, 2, ... where they have no names."""
    payoffs = np.stack([np.asarray(array, dtype=float) for array in arrays], axis=-1)
    names = [str(i + 1) for i in range(len(arrays))] if players is None else players
    if strategies is None:
        strategies = [[str(s + 1) for s in range(size)] for size in payoffs.shape[:-1]]
    return NormalForm(tuple(names), tuple(map(tuple, strategies)), payoffs)
