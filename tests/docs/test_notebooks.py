"""The notebooks: each runs from its first cell to its last as Jupyter runs it, and gives what is stored and shown."""

import re
import runpy
from importlib.util import find_spec
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.ipynb"))
MADE = runpy.run_path(str(DOCS / "site/notebooks.py"))


def given(notebook):
    """What each cell of code gave, without what libraries warn of."""
    return [
        [
            output.get("data") or output.get("text")
            for output in cell["outputs"]
            if output.get("name") != "stderr"
        ]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_gives_what_it_shows(path):
    if not (find_spec("nbclient") and find_spec("ipykernel")):
        pytest.skip("nbclient and ipykernel are not installed (the extra `test`)")
    import nbformat

    stored = given(nbformat.read(path, as_version=4))
    assert any(stored)
    assert given(MADE["played"](path)) == stored, "run it again: make notebooks"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_tells_nothing_of_the_machine_it_ran_on(path):
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"/(?:home|root|tmp|work|Users)/|site-packages|stderr", text) == []


def test_a_page_shows_text_code_and_what_came_of_it():
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "[next](other.ipynb)"]},
        {
            "cell_type": "code",
            "source": "table",
            "outputs": [
                {
                    "data": {
                        "text/plain": ["plain"],
                        "text/html": [
                            "<style scoped>\n td {}\n</style>\n",
                            '<table border="1" class="dataframe">\n',
                            "    <tr></tr>\n\n",
                            "</table>",
                        ],
                    }
                },
                {"name": "stdout", "text": ["said\n", "twice\n"]},
            ],
        },
    ]
    page = MADE["page_of"]({"cells": cells}, "here")
    assert page.index("# Title") < page.index("(here.ipynb)") < page.index("```python\ntable\n```")
    assert "[next](other.md)" in page
    assert '<div class="given">\n<table>\n<tr></tr>\n</table>\n</div>' in page
    assert "```text\nsaid\ntwice\n```" in page
    assert "plain" not in page


def test_there_are_notebooks_with_pictures():
    assert len(NOTEBOOKS) == 3
    assert sum("image/svg+xml" in path.read_text(encoding="utf-8") for path in NOTEBOOKS) == 2
