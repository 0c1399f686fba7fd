"""Texts made to be taken for something else, in every field, through everything that shows them: texts they stay."""

from __future__ import annotations

import copy
import json
import random
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from hostile_situation import (
    ANALYSE,
    OBSERVATIONS,
    OUTCOMES,
    SCENARIO,
    SHOW,
    asked,
    documents,
    good,
    seen,
    situation,
    slots_of,
    squashed,
    strings,
    table,
    workbook,
    write,
)
from hostile_texts import FIT, OWN_WORDS, UNFIT, Data, Slot, filled, put, renamed
from test_kills import answers, until

import equipoise
from equipoise.errors import ScenarioError
from equipoise.scenario import load, loads
from equipoise.text import fault_of, first_unfit

STEP, ANALYSED, SERVED = 2, 8, 4
FILLINGS = len(FIT) // STEP
"""Fillings of every field, each a step of texts further than the one before; of these, how many every command is
given, and how many are served."""
KINDS = {"scenario.yaml": SCENARIO, "seen.yaml": OBSERVATIONS, "asked.yaml": OUTCOMES}
FILES = {"scenario.yaml": situation, "seen.yaml": seen, "asked.yaml": asked}
Place = tuple[str, Slot]
"""A place of one of the files; two files may have places of the same path."""
ELEMENTS = """() => {
  const made = new Set(), links = []
  for (const element of document.querySelectorAll('*')) {
    made.add(element.localName)
    for (const {name, value} of element.attributes) {
      made.add(`${element.localName} ${name}`)
      if (/^(xlink:)?(href|src|srcset|srcdoc|action|formaction|data)$/.test(name)) links.push(value)
    }
  }
  return {made: [...made], links, text: document.documentElement.textContent}
}"""
"""What a page is made of: its elements and their attributes, what it leads to, its text."""


class Looked:
    """What a browser makes of pages whose own rules against scripts are laid aside: elements, links and texts."""

    def __init__(self, browser: Any) -> None:
        self.context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
        self.ran: list[str] = []

    @contextmanager
    def page(self, address: str) -> Iterator[Any]:
        """Open a page; nothing that a text says is run, and nothing is asked for elsewhere."""
        page, own = self.context.new_page(), (address.partition("?")[0], "data:image/", "blob:")
        page.on("dialog", lambda dialog: (self.ran.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: request.url.startswith(own) or self.ran.append(request.url))
        page.goto(address)
        yield page
        page.close()
        assert self.ran == []

    def at(self, file: Path) -> dict[str, Any]:
        """Return what a report is made of: it has no script, no handler of events, and leads nowhere but to sources."""
        with self.page(file.as_uri()) as page:
            found = page.evaluate(ELEMENTS)
        kinds = {name.partition(" ")[0] for name in found["made"]}
        assert not kinds & {"script", "iframe", "object", "embed", "img", "form", "base", "meta http-equiv"}
        assert not [name for name in found["made"] if " on" in name]
        assert all(re.match(r"#|https?://", link) for link in found["links"]), found["links"]
        return found


@pytest.fixture(scope="module")
def looked(browser):
    looks = Looked(browser)
    yield looks
    looks.context.close()


def marked(data: Data, mark: str) -> tuple[Data, dict[Slot, str]]:
    """Return data with a text of its own in every place that nothing else says."""
    made = copy.deepcopy(data)
    texts = {slot: f"{mark}{number:03}q" for number, slot in enumerate(slots_of(data))}
    for slot, text in texts.items():
        put(made, slot.path, text)
    return made, texts


def shown(place: Path, commands: dict[str, list[str]], looked: Looked) -> tuple[dict[str, str], set[str]]:
    """Give commands in a folder, and return every text they show, by where, and what their pages are made of."""
    found, made = {}, set()
    for name, command in commands.items():
        found[name] = squashed(good(command, place))
        if name == "from sheet":
            shutil.copy(place / "land.geojson", place / "sheet")
            assert load(place / "sheet" / "scenario.yaml").scenario == load(place / "scenario.yaml").scenario
    for name, text in documents(place, commands).items():
        found[name] = squashed(list(strings(json.loads(text))))
    for file in place.rglob("*.csv"):
        found[file.name] = squashed(table(file.read_bytes().decode("utf-8-sig")))
    for file in place.rglob("*.xlsx"):
        texts = squashed(workbook(file))
        if file.name != "scenario.xlsx":  # what its cells hold is held to by reading them back
            found[file.name] = texts
    for file in place.rglob("*.html"):
        page = looked.at(file)
        found[file.name], made = squashed(page["text"]), made | set(page["made"])
    return found, made


def carried(
    before: dict[str, str], marks: dict[Place, str], now: dict[str, str], texts: dict[Place, str]
) -> int:
    """Hold every text to be shown wherever the mark in its place was shown; return how often one is.

    In the columns of a terminal a long text stands in pieces.
    """
    at = [
        (where, place)
        for where, text in before.items()
        for place, mark in marks.items()
        if squashed(mark) in text
    ]
    short = [
        (where, place) for where, place in at
        if where not in {**SHOW, **ANALYSE} or (len(texts[place]) <= 10 and texts[place].split() == [texts[place]])
    ]  # fmt: skip
    missing = [
        (where, place, texts[place]) for where, place in short if squashed(texts[place]) not in now[where]
    ]
    assert not missing, missing[:5]
    return len(short)


class Fields:
    """Every field of the format, shown once with marks of their own, and then with texts."""

    def __init__(self, looked: Looked, place: Path) -> None:
        self.looked, self.place = looked, place
        self.marks: dict[Place, str] = {}
        at = self._folder("marked")
        for file, mark in zip(FILES, ("Qzs", "Qzo", "Qza"), strict=True):
            made, texts = marked(FILES[file](), mark)
            write(made, at, file)
            self.marks |= {(file, slot): text for slot, text in texts.items()}
        few, made = shown(at, SHOW, looked)
        more, self.made = shown(at, ANALYSE, looked)
        self.made |= made
        self.before = {False: few, True: few | more}

    def _folder(self, name: str) -> Path:
        (self.place / name).mkdir()
        return self.place / name

    def fill(self, shift: int) -> tuple[Path, dict[Place, str]]:
        """Write every file of a folder with texts in all its fields."""
        at, texts = self._folder(f"{shift}"), dict[Place, str]()
        for file, data in FILES.items():
            made, own = filled(data(), slots_of(data()), shift)
            write(made, at, file)
            texts |= {(file, slot): text for slot, text in own.items()}
        return at, texts

    def attack(self, shift: int, *, analysed: bool) -> int:
        """Show one filling; return how often a text was found where its mark had been."""
        at, texts = self.fill(shift)
        now, made = shown(at, {**SHOW, **(ANALYSE if analysed else {})}, self.looked)
        assert made <= self.made, made - self.made
        found = carried(self.before[analysed], self.marks, now, texts)
        shutil.rmtree(at)
        return found


def test_every_field_that_takes_a_text_is_filled():
    """And the texts are what they are said to be."""
    for file, kind in KINDS.items():
        filled_ = {slot.field for slot in slots_of(FILES[file]())}
        missing = kind.fields() - filled_ - {"Order.order", "NoDeal.because"}
        assert {field for field in missing if not field.endswith(".void")} == set(), file
        assert filled_ <= kind.fields()
    assert len({slot.field for slot in slots_of(situation())}) > 50 and len(slots_of(situation())) > 200
    assert len(set(FIT)) == len(FIT)
    for text in FIT:
        assert not fault_of(text, most=4000, lines=True)
    for text in UNFIT:
        assert fault_of(text, lines=True)


def test_a_filling_is_checked_played_and_kept_as_texts(tmp_path, undrawn):
    texts: dict[Slot, str] = {}
    for file in ("scenario.yaml", "seen.yaml"):
        made, own = filled(FILES[file](), slots_of(FILES[file]()), 3)
        write(made, tmp_path, file)
        texts |= own
    few = ["--futures", "64", "--workers", "1"]
    document = json.loads(good(["run", "scenario.yaml", *few, "--out", "study", "--json"], tmp_path))
    title = next(text for slot, text in texts.items() if slot.path == ("title",))
    assert document["scenario"]["title"] == title
    kept = json.loads((tmp_path / "study" / "summary.json").read_text(encoding="utf-8"))
    assert kept["scenario"]["title"] == title
    for name in ("check", "trace", "export csv", "export xlsx"):
        good(SHOW[name], tmp_path)
    cells = [cell for file in tmp_path.rglob("*.csv") for cell in table(file.read_text(encoding="utf-8"))]
    shown_ = squashed(cells), squashed(workbook(tmp_path / "study-tables.xlsx"))
    for slot, text in texts.items():
        if slot.field == "Strategy.name" and "empire" in slot.path:
            assert all(squashed(text) in cells for cells in shown_), slot


@pytest.mark.long
def test_every_text_in_every_field_stays_a_text_wherever_it_is_shown(looked, tmp_path):
    fields, found = Fields(looked, tmp_path), 0
    analysed = range(0, FILLINGS, -(-FILLINGS // ANALYSED))
    for number in range(FILLINGS):
        try:
            found += fields.attack(STEP * number, analysed=number in analysed)
        except BaseException as error:
            error.add_note(f"of filling {number}")
            raise
    print(
        f"{FILLINGS} fillings of {len(fields.marks)} places; a text found where its mark had been {found:,} times"
    )


def fitting(data: Data, kind: Any, draw: random.Random | None, most: int) -> Iterator[tuple[Data, Slot, str]]:
    """Yield data with one text that may not stand where it stands."""
    each = [(slot, text) for slot in kind.slots(data) for text in UNFIT]
    each += [(slot, text) for slot in kind.checked(data) for text in [*UNFIT, *FIT]]
    for slot, text in each if draw is None else draw.sample(each, most):
        made = copy.deepcopy(data)
        put(made, slot.path, text)
        yield made, slot, text


def refused(data: Data, kind: Any, draw: random.Random | None = None, most: int = 0) -> int:
    """Hold what may not stand somewhere to be refused with a sentence a terminal may show; return how often it is."""
    count = 0
    for made, slot, text in fitting(data, kind, draw, most):
        said = None
        try:
            loads(json.dumps(made, default=str))
        except ScenarioError as error:
            said = error
        if said is None:  # a word of a file may be a name
            assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", text) and slot.longest is None, (slot, text)
            continue
        assert said.problems and all(
            one.line >= 1 and one.column >= 1 and one.message for one in said.problems
        )
        assert first_unfit(str(said)) is None, (slot, text)
        count += 1
    return count


def test_some_texts_that_may_not_stand_there_are_refused():
    assert refused(situation(), SCENARIO, random.Random(4), 60) > 50


@pytest.mark.long
def test_every_text_that_may_not_stand_somewhere_is_refused():
    print(f"{refused(situation(), SCENARIO):,} refused")


@pytest.mark.long
@pytest.mark.parametrize("words", range(len(OWN_WORDS)))
def test_names_that_are_words_of_programs_or_of_our_own_are_names(looked, tmp_path, words):
    for file, data in FILES.items():
        write(renamed(data(), words), tmp_path, file)
    shown(tmp_path, renamed({**SHOW, **ANALYSE}, words), looked)


@contextmanager
def serving(file: Path) -> Iterator[str]:
    """Serve a scenario on this machine."""
    made = equipoise.serve(file, port=0, workers=1)
    server = made.server()
    thread = threading.Thread(target=server.run, args=([made.listener],), daemon=True)
    thread.start()
    try:
        until(lambda: answers(made.url))
        yield made.url
    finally:
        server.should_exit = True
        thread.join(10)


def what_if(looked: Looked, file: Path) -> dict[str, Any]:
    """Return what the what-if page is made of, with one analysis opened and done."""
    with serving(file) as url:
        with urlopen(f"{url}api/v1/text") as answer:
            assert json.load(answer)["text"] == load(file).text
        with looked.page(url) as page:
            page.wait_for_selector("html[data-stage=full]", state="attached", timeout=120_000)
            page.wait_for_selector("#levers .lever", timeout=120_000)
            panel = page.locator("#analysis-talks")
            panel.locator("summary").first.click()
            panel.get_by_role("button", name="Start").click()
            panel.locator(".shown table").first.wait_for(state="attached", timeout=120_000)
            found = page.evaluate(ELEMENTS)
        for name in ("ranking", "power"):
            with urlopen(f"{url}api/v1/figures/{name}.csv") as answer:
                table(answer.read().decode("utf-8-sig"))
        asked_ = Request(
            f"{url}api/v1/check", json.dumps({"text": "x: ["}).encode(), {"content-type": "application/json"}
        )
        with urlopen(asked_) as answer:
            json.load(answer)
    return found


@pytest.mark.long
def test_the_what_if_page_shows_texts_as_texts(looked, tmp_path):
    at = tmp_path / "scenario.yaml"
    write(marked(situation(), "Qz")[0], tmp_path)
    before = what_if(looked, at)
    for shift in range(0, len(FIT), -(-len(FIT) // SERVED)):
        write(filled(situation(), slots_of(situation()), shift)[0], tmp_path)
        now = what_if(looked, at)
        assert set(now["made"]) <= set(before["made"]), set(now["made"]) - set(before["made"])
