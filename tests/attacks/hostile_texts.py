"""Texts that were made to be taken for something else, and every place of a file where a text may stand.

The places are read from the published JSON Schema: a key added to the format is attacked from the day it is there.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from equipoise.text import alike

Data = dict[str, Any]
Step = str | int

FIT = [
    # formulas of a spreadsheet
    "=cmd|'/c calc'!A1", "+1+1", "@SUM(A1)", "-2+3", "\t=1+2", "\n=1+3", " =1+4", "＝1+5", "＠SUM(A6)", "−6+7", "-3",
    '=HYPERLINK("http://x.example";"y")', '",=1+7,"', "a;=1+8", "'=1+9", "=1+1\n+2\n@3", "\xa0=1+10",
    # markup, attributes and addresses of a page
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onmouseover='alert(1)", "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "--><svg onload=alert(1)>", "</title></style><script>alert(1)</script>",
    "]]>", "<![CDATA[", "<!--", "<b>", "</text>", "&lt;i&gt;", "&#60;u>", "&amp", "<a href=//x.example>", "<br/>",
    "</svg><script>alert(1)</script>", "<iframe srcdoc='<script>parent.alert(1)</script>'>",
    # templates, formats, shells
    "{{7*7}}", "{% for x in y %}", "${7*7}", "%s%n", "%(a)s", "{0}", "{title.__class__}", "$(touch x)", "`touch x`",
    "| cat", "; rm x", "a && b", "\\x1b[31m", "\\u202e", "\\", "\\n", "\\1", "$&",
    # markup of terminals, of Markdown, of charts
    "[red]x[/red]", "[link=http://x.example]y[/link]", "[/]", ":bomb:", "[x](javascript:alert(1))", "**b**",
    "| a | b |", "datum.x", "a.b[0]", "a,b", "signal",
    # what YAML, JSON and tables have a meaning for
    "~", "null", "yes", "1e3", "0x10", "2031-01-01", "- a", "a: b", "# c", "*a", "&a", "!!python/name:os.system", "'",
    '"', "|", ">", "---", "...", "{a: b}", "[", "<<", "?", "%YAML 1.1", '"}, {"a": 1', "NaN", "None", "<NA>", "nan",
    "__proto__", "constructor", "toString",
    # flags and paths
    "--help", "-h", "--out=x", "--", "../../etc/passwd", "a/b", "..", ".", "C:\\x", "~/x", "file:///etc/passwd", "CON",
    # writing
    "שלום", "صلح یا جنگ", "می\u200cخواهد", "क्\u200dष", "戰爭", "🕊", "👍🏽", "🇩🇪", "Ｗｉｄｅ", "ﷺ", "𒐫", "İstanbul",
    "Straße", "ﬁ", "Z" + "\u0301" * 20, "\u0301\u0302", "A\u030a", "Ζεύς", "ʼʽ", "a\xa0b",
    # lengths
    "w" * 24, "W" * 200, "many words " * 18, "x" * 4000, "long words " * 360, "&" * 4000, "\n" * 300,
    "<" * 200, "{" * 200, " ", "\n", "\t", "a\nb", "a\tb",
]  # fmt: skip
"""Texts that may stand in a text, and have no meaning there but their own."""
UNFIT = [
    "\0", "a\0b", "\x1b[2J", "\x1b]8;;http://x.example\x07y\x1b]8;;\x07", "\x1b]0;title\x07", "\x9b31m", "\x07", "\b",
    "\x7f", "a\x85b", "\u202eabc", "\u2066abc\u2069", "a\u200bb", "a\u200db", "a\u2060b", "\ufeffa", "a\xadb",
    "❤\ufe0f", "👩\u200d👩\u200d👧", "\ud800", "\udc80a", "\uffff", "\ue000", "\U000e0041", "\U000f0000", "\u3164",
]  # fmt: skip
"""Texts that a terminal obeys, that turn the direction of writing, or of which something is not seen."""

IDENTIFIERS = [
    "crown", "rebels", "hill-lords", "empire", "republic", "valley", "hills", "back-crown", "even-hedge", "back-rebels",
    "republic-leaves", "lake-conference", "power-sharing", "weariness", "gazette", "c1", "wait", "stay", "stay-out",
]  # fmt: skip
OWN_WORDS = [
    "constructor null nan true none 1e3 yes on no off 0x10 inf index name false 0 default is value",
    "state stream future payoff strategy week mean best second chance level start sign self class type id count sum",
    "others power all money troops chaos national never hedge out takeover any none beta is note then end own",
    "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
    " ".join(mark * 64 for mark in "abcdefghijklmnopqrs"),
    "a- a-- a--- b- b-- c- c-- d- d-- d--- e- e-- f- g- h- i- j- j-- j---",
]
"""Names for these: words of programs, of files and tables of our own, figures, long ones, ones that end alike."""


@dataclass(frozen=True)
class Slot:
    """A place for a text.

    Attributes:
        path: where in the data.
        field: the class of the format and its key, of which a file may have many.
        longest: most characters; None where the format names no length, so what stands there is a name or a path.
        told_apart: whether readers tell things by it: names of actors, say.
    """

    path: tuple[Step, ...]
    field: str
    longest: int | None

    @property
    def told_apart(self) -> bool:
        return self.path[-1] in ("name", "label")


class Schema:
    """A published JSON Schema, walked beside the data that it describes."""

    def __init__(self, schema: Data) -> None:
        self.schema = schema

    def fields(self) -> set[str]:
        """Return every field of the format that takes a free text."""
        whole = {"": {"properties": self.schema["properties"]}, **self.schema["$defs"]}
        return {
            f"{name}.{key}"
            for name, part in whole.items()
            for form in [part, *part.get("anyOf", ())]
            for key, value in form.get("properties", {}).items()
            for text in _within(value)
            if "maxLength" in text and not {"pattern", "enum", "const"} & set(text)
        }

    def slots(self, data: Any) -> Iterator[Slot]:
        """Yield every place of some data where a free text stands or may stand."""
        for slot in self._slots(data, {"properties": self.schema["properties"]}, (), ""):
            if slot.longest is not None:
                yield slot

    def checked(self, data: Any) -> Iterator[Slot]:
        """Yield every place where a name, a path, a date or a word stands."""
        for slot in self._slots(data, {"properties": self.schema["properties"]}, (), ""):
            if slot.longest is None:
                yield slot

    def _forms(self, node: Data, name: str) -> Iterator[tuple[Data, str]]:
        if "$ref" in node:
            name = node["$ref"].rpartition("/")[2]
            yield from self._forms(self.schema["$defs"][name], name)
        elif "anyOf" in node or ("oneOf" in node and "properties" not in node):
            for form in node.get("anyOf") or node["oneOf"]:
                yield from self._forms(form, name)
        else:
            yield node, name

    def _slots(self, data: Any, node: Data, path: tuple[Step, ...], field: str) -> Iterator[Slot]:
        forms = list(self._forms(node, field.partition(".")[0]))
        if data is None or isinstance(data, str):
            texts = [form for form, _ in forms if form.get("type") == "string" or "const" in form]
            free = [form for form in texts if not {"pattern", "enum", "const", "format"} & set(form)]
            if free and "maxLength" in free[0]:
                yield Slot(path, field, free[0]["maxLength"])
            elif texts and data is not None:
                yield Slot(path, field, None)
        elif isinstance(data, dict):
            for form, name in _of_keys(forms, set(data)):
                for key, below in form.get("properties", {}).items():
                    yield from self._slots(data.get(key), below, (*path, key), f"{name}.{key}")
                below = form.get("additionalProperties")
                if isinstance(below, dict):
                    for key in data:
                        yield from self._slots(data[key], below, (*path, key), field)
        elif isinstance(data, list):
            for form, _ in forms:
                first = form.get("prefixItems", [])
                for number, item in enumerate(data):
                    below = first[number] if number < len(first) else form.get("items")
                    if form.get("type") == "array" and isinstance(below, dict):
                        yield from self._slots(item, below, (*path, number), field)


def _of_keys(forms: list[tuple[Data, str]], keys: set[str]) -> Iterator[tuple[Data, str]]:
    """Yield the form of a mapping that has all the keys, or whose keys are the writer's own."""
    fit = [(form, name) for form, name in forms if "properties" in form and keys <= set(form["properties"])]
    own = [(form, name) for form, name in forms if isinstance(form.get("additionalProperties"), dict)]
    yield from (fit or own)[:1]


def _within(node: Any) -> Iterator[Data]:
    """Yield the forms of texts inside a field's schema, but not inside other parts of the format."""
    if isinstance(node, dict) and "$ref" not in node:
        if node.get("type") == "string":
            yield node
        for key in ("anyOf", "items", "additionalProperties", "prefixItems"):
            below = node.get(key, ())
            for form in below if isinstance(below, list | tuple) else [below]:
                yield from _within(form)


def put(data: Data, path: tuple[Step, ...], text: Any) -> None:
    """Write a text at a place of some data."""
    at: Any = data
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = text


def filled(data: Data, slots: list[Slot], shift: int, texts: list[str] = FIT) -> tuple[Data, dict[Slot, str]]:
    """Return the data with a text of the list in every place, each the next one from `shift` on that is short enough.

    Shifted by one to the length of the list, every text comes to stand in every place. Names by which things are told
    apart are all different to a reader.
    """
    made, given, taken = copy.deepcopy(data), {}, list[str]()
    for number, slot in enumerate(slots):
        fit = [text for text in texts if len(text) <= (slot.longest or 0)]
        at = number + shift
        if slot.told_apart:
            while (
                not fit[at % len(fit)].strip()
                or alike([*taken, fit[at % len(fit)]])
                or fit[at % len(fit)] in taken
            ):
                at += 1
            taken.append(fit[at % len(fit)])
        given[slot] = fit[at % len(fit)]
        put(made, slot.path, given[slot])
    return made, given


def spelled_out(data: Any, node: Data, schema: Schema) -> Any:
    """Return data with every number written as a mapping, in which its grounds may stand."""
    if "#/$defs/Number" in (form.get("$ref") for form in (node, *node.get("anyOf", ()))):
        if isinstance(data, list):
            return {("uniform", "pert")[len(data) - 2]: data}
        return {"value": data} if isinstance(data, int | float) else data
    forms = list(schema._forms(node, ""))
    below = partial(spelled_out, schema=schema)
    if isinstance(data, dict):
        for form, _ in _of_keys(forms, set(data)):
            more = form.get("additionalProperties")
            inside = {key: form.get("properties", {}).get(key, more) for key in data}
            return {key: below(value, inside[key]) for key, value in data.items()}
    if isinstance(data, list):
        for form in (form for form, _ in forms if form.get("type") == "array"):
            first = form.get("prefixItems", [])
            items = [first[n] if n < len(first) else form.get("items") or {} for n in range(len(data))]
            return [below(item, of) for item, of in zip(data, items, strict=True)]
    return data


def renamed(data: Any, words: int) -> Any:
    """Return data in which things are called by words that mean something else, wherever they are named."""
    names = dict(zip(IDENTIFIERS, OWN_WORDS[words].split(), strict=True))
    longest = sorted(names, key=len, reverse=True)
    named = re.compile(rf"(?<![a-z0-9-])({'|'.join(map(re.escape, longest))})(?![a-z0-9-])")
    return _renamed(data, lambda text: named.sub(lambda found: names[found[1]], text))


def _renamed(data: Any, of: Callable[[str], str]) -> Any:
    if isinstance(data, dict):
        return {of(key): _renamed(value, of) for key, value in data.items()}
    if isinstance(data, list):
        return [_renamed(value, of) for value in data]
    return of(data) if isinstance(data, str) else data
