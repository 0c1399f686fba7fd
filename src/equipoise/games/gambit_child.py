"""Run one Gambit solver on the game on standard input and print its equilibria as JSON.

Started by `gambit.py` as a program of its own, so that a solver that crashes or does not end takes
nothing with it. Imports nothing of Equipoise.
"""

from __future__ import annotations

import io
import json
import sys


def main() -> None:
    """Read a `.nfg` game, solve it by the method named in the first argument, print the profiles."""
    import pygambit

    text = sys.stdin.read()
    if hasattr(pygambit, "read_nfg"):
        game = pygambit.read_nfg(io.StringIO(text))
    else:
        game = pygambit.Game.parse_game(text)
    method = sys.argv[1]
    solver = getattr(pygambit.nash, f"{method}_solve")
    options = {"rational": False} if method in ("enummixed", "lcp") else {}
    profiles = solver(game, **options).equilibria
    vectors = [
        [[float(profile[strategy]) for strategy in player.strategies] for player in game.players]
        for profile in profiles
    ]
    print(json.dumps(vectors))


if __name__ == "__main__":
    main()
