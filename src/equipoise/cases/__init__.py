"""Bundled scenarios, each a folder: scenario.yaml, notes, claims."""
