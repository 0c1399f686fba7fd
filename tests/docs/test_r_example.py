"""The example in R of docs/serve.md, run as a reader runs it against the page of a case: it prints what is shown."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.server.conftest import running

PAGE = Path(__file__).resolve().parents[2] / "docs/serve.md"
CODE, SHOWN = re.search(
    r"```r\n(.*?)```\n.*?```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S
).groups()
WRITTEN = "http://127.0.0.1:8421/"


def printed_by_r(code: str) -> list[str]:
    """Return the lines that R prints, each without the blanks that pad it."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed (Debian: r-base-core)")
    have = subprocess.run(["Rscript", "-e", "library(httr2); library(jsonlite)"], capture_output=True)
    if have.returncode:
        pytest.skip("R has no httr2 or no jsonlite (Debian: r-cran-httr2, r-cran-jsonlite)")
    with running("two-valleys") as url:
        done = subprocess.run(
            ["Rscript", "-"], input=code.replace(WRITTEN, url), capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 0, done.stderr
    return [line.rstrip() for line in done.stdout.splitlines()]


@pytest.mark.long
def test_the_example_in_r_prints_what_is_shown():
    assert printed_by_r(CODE) == SHOWN.splitlines()


def test_the_example_in_r_asks_and_the_rest_of_it_is_read():
    asked, job = CODE.replace('stage = "full"', 'stage = "first"').split("# A job")
    names = named(printed_by_r(f"{asked}if (FALSE) {{ #{job} }}"))
    assert len(names) == 9
    assert names == named(SHOWN.split(" place")[0].splitlines())


def named(lines: list[str]) -> list[str]:
    """Return the words of some lines in the order of the alphabet, without the numbers."""
    return sorted(re.findall(r"[a-z][\w-]+", " ".join(lines)))
