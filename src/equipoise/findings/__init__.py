"""Judging ways of engaging: tallies, metrics, regret, comparison, search, games, and the one-period model."""
