"""Pages of the site that are made from the sources: a hook of MkDocs.

The start page is the README, the reference of keys comes from the JSON Schema, the cases from their folders, so that
nothing is said twice by hand.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from notebooks import NOTEBOOKS, page_of

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "equipoise"
MOVED = {
    "docs/": "",
    "src/equipoise/cases/": "cases/",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changes.md",
    "SECURITY.md": "security.md",
}
"""Where what the README names lies on the site."""
SHOWN = {
    "notes": "what it is and what in it is judged",
    "scenario": "the file",
    "observations": "what was seen since",
    "seen-since": "how the odds moved with it",
    "outcomes": "what came of it",
}
"""What the gallery calls a page of a case; another page has its file's name."""
INTRO = (
    "# Cases\n\nSituations that come with the package. Any command takes a case's name in place of a file. What the "
    "chances of the real ones came to stands in [how far to trust it](../trust.md).\n\nIn the pictures squares are the "
    "forces of the country and circles the powers outside it; a blue line is a friendly tie, a dashed orange one a "
    "rivalry, a grey one the standing that a power starts with. Thicker is stronger; distances mean nothing.\n\n"
)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages made from the sources."""
    made = {
        "index.md": _moved((ROOT / "README.md").read_text(encoding="utf-8")),
        "contributing.md": _moved((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")),
        "security.md": _moved((ROOT / "SECURITY.md").read_text(encoding="utf-8")),
        "changes.md": (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        "python.md": python_page(),
        "reference/keys.md": keys_page(
            json.loads((PACKAGE / "scenario/schema.json").read_text(encoding="utf-8"))
        ),
        **_cases(),
        **{
            f"notebooks/{path.stem}.md": page_of(json.loads(path.read_text(encoding="utf-8")), path.stem)
            for path in NOTEBOOKS.glob("*.ipynb")
        },
    }
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    return files


def _moved(text: str) -> str:
    """Return a page of the repository's root with its links as they are on the site; others lose their target."""

    def link(match: re.Match[str]) -> str:
        shown, target = match.groups()
        for old, new in MOVED.items():
            if target.startswith(old):
                return f"[{shown}]({new}{target.removeprefix(old)})"
        return match[0] if target.startswith("http") else shown

    return re.sub(r"\[([^\]]*)\]\(([^)]+)\)", link, text)


def _cases() -> dict[str, str]:
    """Return the gallery of cases, and the pages of each."""
    pages, rows = {}, []
    for folder in sorted(
        path for path in (PACKAGE / "cases").iterdir() if (path / "scenario.yaml").is_file()
    ):
        said = yaml.safe_load((folder / "scenario.yaml").read_text(encoding="utf-8"))
        name, title, links = folder.name, said["title"], []
        for page in sorted((*folder.glob("*.yaml"), *folder.glob("*.md")), key=_place):
            text = page.read_text(encoding="utf-8")
            if page.suffix == ".yaml":
                text = f"# {title}: {SHOWN.get(page.stem, page.stem)}\n\n```yaml\n{text}```\n"
            pages[f"cases/{name}/{page.stem}.md"] = text
            links.append(f"[{SHOWN.get(page.stem, page.stem)}]({name}/{page.stem}.md)")
        for figure in sorted(folder.glob("*.svg")):
            pages[f"cases/{name}/{figure.name}"] = figure.read_text(encoding="utf-8")
        rows.append(
            f"## {title}\n\n{said.get('question', '')}\n\n"
            f"![The actors and their ties: {title}](../images/cases/{name}.svg)\n\n"
            f"`equipoise run {name}` · {', '.join(links)}\n"
        )
    return pages | {"cases/index.md": INTRO + "\n".join(rows)}


def _place(page: Path) -> tuple[int, str]:
    """Return where a page of a case stands among its links: those of SHOWN in their order, then the others."""
    known = list(SHOWN)
    return (known.index(page.stem) if page.stem in known else len(known), page.stem)


def python_page() -> str:
    """Return the reference of the jobs in Python, from the registry of jobs."""
    from equipoise.jobs import JOBS

    def part(path: str, members: str = "[]") -> str:
        return f"\n::: equipoise.jobs.{path}\n    options: {{heading_level: 3, members: {members}}}\n"

    return "".join([
        "# In Python\n\nThe same jobs as the commands, for notebooks and programs: `equipoise.NAME(...)`. Each is "
        "loaded when first used; every option is a keyword argument.\n\n```python\nimport equipoise\n\n"
        'study = equipoise.run("afghanistan-2021", futures=20_000)\n'
        'study.ranking, study.forces, study.events, study.weekly\n```\n\n'
        'Tables and figures: [in a notebook](notebook.md).'
        "\n\n## What `run` gives\n",
        part("study.Study", "[ranking, differences, forces, orders, events, talks, agreements, numbers, by_week, "
             "futures, outcomes, states, inputs, weekly, tables, plot, summary, analyses, report]"),
        "\n## What every other job gives\n", part("answer.Answer", "[to_dict]"), "\n## The jobs\n",
        *(part(f"{entry.file}.{name}") for name, entry in sorted(JOBS.items())),
    ])  # fmt: skip


def keys_page(schema: dict[str, Any]) -> str:
    """Return the reference of every key of the scenario file, from its JSON Schema."""
    out = [
        "# Every key of the file\n\nMade from the JSON Schema that editors use. What a number may look like stands "
        "under [the scenario file](../scenario-format.md). *Unless given* says what stands for a key that is left out; "
        "`equipoise check SCENARIO --resolved` writes all of that into a scenario.\n"
    ]
    for name, part in {"A scenario": schema, **schema["$defs"]}.items():
        forms = [form for form in (part, *part.get("anyOf", ())) if form.get("properties")]
        if not forms:
            continue
        out.append(f"\n## {name}\n\n{part.get('description', '')}\n")
        out.append("| key | takes | unless given | means |\n|---|---|---|---|")
        rows = {key: _row(key, entry, form) for form in forms for key, entry in form["properties"].items()}
        out += rows.values()
    return "\n".join(out) + "\n"


def _row(key: str, entry: dict[str, Any], form: dict[str, Any]) -> str:
    default = "**must be given**" if key in form.get("required", ()) else _default(entry)
    return f"| `{key}` | {_takes(entry)} | {default} | {_cell(entry.get('description', ''))} |"


def _default(entry: dict[str, Any]) -> str:
    """Return what stands for a key that is left out; where the rest of the file decides it, its text says what."""
    value = entry.get("default")
    if value is None and re.search(r"not given|neither|unless given|Without (it|this)", entry.get("description", "")):
        return "see what it means"
    if value in (None, [], ""):
        return "nothing"
    if value == {}:
        below = entry
        while isinstance(below.get("additionalProperties"), dict):
            below = below["additionalProperties"]
        return f"{_value(below['default'])} for each" if "default" in below else "nothing"
    return _value(value)


def _value(value: Any) -> str:
    if not isinstance(value, dict):
        return f"`{value:g}`" if isinstance(value, float) else f"`{json.dumps(value)}`".replace('"', "")
    if not all(isinstance(level, int | float) for level in value.values()):
        return "that of each of its keys"
    return ", ".join(f"{key} {_value(level)}" for key, level in value.items())


def _takes(entry: dict[str, Any]) -> str:
    """Return what a key takes, in a few words."""
    if "$ref" in entry:
        name = entry["$ref"].rsplit("/", 1)[-1]
        return "number" if name == "Number" else f"[{name}](#{name.lower()})"
    if "const" in entry:
        return f"`{entry['const']}`"
    if "enum" in entry:
        return ", ".join(f"`{word}`" for word in entry["enum"])
    choices = [
        item for key in ("anyOf", "oneOf") for item in entry.get(key, ()) if item.get("type") != "null"
    ]
    if choices:
        return " or ".join(dict.fromkeys(map(_takes, choices)))
    kind = entry.get("type", "anything")
    if kind == "array":
        return f"list of {_takes(entry.get('items', {}))}"
    if kind == "object" and isinstance(entry.get("additionalProperties"), dict):
        return f"by name: {_takes(entry['additionalProperties'])}"
    words = {"string": "text", "boolean": "true or false", "integer": "whole number", "object": "mapping"}
    return "date" if entry.get("format") == "date" else words.get(kind, kind)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
