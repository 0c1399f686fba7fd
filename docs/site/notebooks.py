"""The notebooks of the docs: run as Jupyter runs them, stored with what they gave, and shown as pages of the site.

`python docs/site/notebooks.py` runs them again after a change of the model or of a case. A notebook is JSON, and a
page of it is Markdown: nbconvert, which makes it so too, brings 25 packages for what stands here in a few lines.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
_STYLE = re.compile(r"<style.*?</style>| border=\"1\" class=\"dataframe\"", re.DOTALL)
"""How pandas would have a table look; the site has its own way."""


def played(notebook: Path) -> Any:
    """Return a notebook as it is when run from its first cell to its last, in an empty folder."""
    import nbformat
    from nbclient import NotebookClient

    made = nbformat.read(notebook, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            made, timeout=600, record_timing=False, resources={"metadata": {"path": folder}}
        )
        client.execute()
    made.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return made


def page_of(notebook: dict[str, Any], name: str) -> str:
    """Return a notebook as Markdown: its text, its cells and what they gave."""
    parts = []
    for cell in notebook["cells"]:
        source = _text(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source.replace(".ipynb)", ".md)"))  # to the other notebooks' pages
        else:
            parts += [f"```python\n{source}\n```", *map(_shown, cell["outputs"])]
    parts.insert(
        1, f"*[The notebook itself]({name}.ipynb): with Equipoise and Jupyter it runs as it stands.*"
    )
    return "\n\n".join(parts) + "\n"


def _shown(output: dict[str, Any]) -> str:
    """Return what a cell gave in the richest form that a page shows."""
    forms = output.get("data", {})
    for form in ("image/svg+xml", "text/html"):
        if form in forms:
            bare = _STYLE.sub("", _text(forms[form]))
            lines = re.sub(r"\n\s*", "\n", bare).strip()  # an indented line would be code
            return f'<div class="given">\n{lines}\n</div>'
    said = _text(output.get("text") or forms["text/plain"]).rstrip()
    return f"```text\n{said}\n```"


def _text(lines: str | list[str]) -> str:
    return lines if isinstance(lines, str) else "".join(lines)


if __name__ == "__main__":
    import nbformat

    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        nbformat.write(played(path), path)
