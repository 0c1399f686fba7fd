"""What a job is given: a scenario, strategies by name, a study that was run before."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from equipoise import evidence, scenario
from equipoise.errors import InputError
from equipoise.futures.folder import Folder
from equipoise.futures.play import Plan
from equipoise.jobs.study import Study, scenario_of
from equipoise.scenario import Scenario, ScenarioFile
from equipoise.world.compile import compile_world
from equipoise.world.player import Player

Source = str | Path | Mapping[str, Any] | ScenarioFile


def load(source: Source) -> ScenarioFile:
    """Read and check a scenario; everything wrong with it is said at once (`ScenarioError`)."""
    return source if isinstance(source, ScenarioFile) else scenario.load(source)


def profiles_of(
    of: Scenario, strategies: Sequence[str] | None, with_: Mapping[str, str]
) -> list[dict[str, str]]:
    """Return one profile for each strategy asked for, the other patrons as told."""
    if of.focus in with_:
        raise InputError(f"{of.focus} is the focus; choose its strategies with --strategies")
    for patron, name in with_.items():
        known(
            f"strategy of {patron}",
            name,
            of.strategies.get(patron, {}) if patron in of.patrons else _no_patron(of, patron),
        )
    own = of.strategies[of.focus]
    names = list(own) if strategies is None else list(dict.fromkeys(strategies))
    if not names:
        raise InputError(f"no strategy was asked for; {of.focus} has: {', '.join(own)}")
    for name in names:
        known(f"strategy of {of.focus}", name, own)
    return [{**with_, of.focus: name} for name in names]


def _no_patron(of: Scenario, patron: str) -> dict[str, Any]:
    known("patron", patron, of.patrons)
    return {}


def known(kind: str, name: str, allowed: Sequence[str] | Mapping[str, Any]) -> None:
    """Refuse a name that is not among those allowed, and say which is nearest."""
    if name not in allowed:
        near = difflib.get_close_matches(name, allowed, n=1)
        hint = f" (nearest: {near[0]})" if near else ""
        raise InputError(f"no {kind} is called {name!r}{hint}; there is: {', '.join(allowed) or 'none'}")


def open_study(path: str | Path) -> Study:
    """Open a finished study folder."""
    folder = Folder(path)
    manifest = folder.manifest()
    file = scenario_of(folder)
    if manifest is None:
        raise InputError(f"{path} holds no study: there is no study.json in it")
    summary = folder.json("summary.json")
    believed = evidence.under_beliefs(file.scenario, manifest["beliefs"])
    chosen = profiles_of(believed, manifest["strategies"], manifest["with"])
    player = Player(compile_world(believed, profiles=chosen), seed=manifest["seed"])
    plan = Plan(summary["states"], summary["chance"], summary["seed"])
    return Study(file, believed, player, plan, summary, folder=folder)
