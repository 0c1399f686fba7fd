"""Play the small run that the tests of the report are held against, again: `make golden`.

What stands in this folder is what Equipoise wrote, not an invention: the bundled case `two-valleys` with all its
analyses, its JSON without white space. Look at the change in `git diff --stat` before it is committed: it should be
as large as the change of the model that caused it.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import equipoise

HERE = Path(__file__).parent
CASE, FUTURES = "two-valleys", 4096


def main() -> None:
    """Play, analyse, and keep the JSON."""
    with TemporaryDirectory() as at:
        study = equipoise.run(CASE, futures=FUTURES, out=Path(at) / "study")
        equipoise.explore(study)
        equipoise.optimise(CASE, futures=FUTURES, study=study.folder.path)
        equipoise.game(CASE, players=["empire", "republic"], futures=FUTURES, study=study.folder.path)
        equipoise.beliefs(CASE, futures=FUTURES, study=study.folder.path)
        kept = {"run": study.summary, **study.analyses}
    for name, found in sorted(kept.items()):
        text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    (HERE / "scenario.yaml").write_text(study.file.text, encoding="utf-8")


if __name__ == "__main__":
    main()
