"""Gambit's `.nfg` files: writing the payoff version, reading the payoff and the outcome version.

In both the profiles are listed with the first player's strategy changing fastest. Numbers are written
in full decimals, so what is read back is bit for bit what was written.

Source: the format description in the Gambit manual, "Game representation formats", strategic games.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain

import numpy as np

from equipoise.errors import InputError
from equipoise.games.normal_form import NormalForm

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{}])|([^\s{}",]+)|,', re.DOTALL)


def to_nfg(game: NormalForm, *, title: str = "Equipoise game") -> str:
    """Write a game as the text of a Gambit `.nfg` file (payoff version).

    Args:
        game: the game.
        title: title line of the file.

    Returns:
        The text, ending with a line break.
    """
    players = " ".join(_quote(name) for name in game.players)
    strategies = "\n".join(
        "{ " + " ".join(_quote(name) for name in names) + " }" for names in game.strategies
    )
    profiles = _first_fastest(game.payoffs)
    lines = [" ".join(_number(value) for value in row) for row in profiles]
    head = f'NFG 1 R {_quote(title)} {{ {players} }}\n\n{{ {strategies}\n}}\n""\n\n'
    return head + "\n".join(lines) + "\n"


def from_nfg(text: str) -> NormalForm:
    """Read a game from the text of a Gambit `.nfg` file (payoff or outcome version).

    Args:
        text: the file's content.

    Returns:
        The game. Players and strategies without a name are named by their place: `1`, `2`, ...

    Raises:
        InputError: the text is not a complete `.nfg` file; the message says what is wrong.
    """
    tokens = _Tokens(text)
    if [tokens.word(), tokens.word()] != ["NFG", "1"] or tokens.word() not in ("R", "D"):
        raise InputError("not a Gambit .nfg file: it must begin with `NFG 1 R`")
    tokens.string()
    players = _named(tokens.strings())
    strategies = _read_strategies(tokens)
    if len(strategies) != len(players):
        raise InputError(f"the .nfg file names {len(players)} players but strategies for {len(strategies)}")
    if tokens.peek() == "string":
        tokens.string()
    count = int(np.prod([len(names) for names in strategies]))
    if tokens.peek() == "{":
        rows = _read_outcomes(tokens, count, len(players))
    else:
        values = [_parse(word) for word in tokens.rest()]
        if len(values) != count * len(players):
            raise InputError(f"the .nfg file needs {count * len(players)} payoffs and has {len(values)}")
        rows = np.array(values).reshape(count, len(players))
    shape = tuple(len(names) for names in strategies)
    payoffs = np.stack([rows[:, i].reshape(shape, order="F") for i in range(len(players))], axis=-1)
    return NormalForm(players, strategies, payoffs)


def _first_fastest(payoffs: np.ndarray) -> np.ndarray:
    """Return payoffs as (profiles, players) with the first player's strategy changing fastest."""
    return np.stack([payoffs[..., i].reshape(-1, order="F") for i in range(payoffs.shape[-1])], axis=1)


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _number(value: float) -> str:
    return np.format_float_positional(value + 0.0, unique=True, trim="-")


def _parse(word: str) -> float:
    try:
        return float(Fraction(word)) if "/" in word else float(word)
    except (ValueError, ZeroDivisionError) as error:
        raise InputError(f"the .nfg file has `{word}` where a payoff was expected") from error


def _read_strategies(tokens: _Tokens) -> tuple[tuple[str, ...], ...]:
    """Read names (a list a player) or, in the older form, numbers of strategies."""
    tokens.open()
    result: list[tuple[str, ...]] = []
    while tokens.peek() != "}":
        if tokens.peek() == "{":
            result.append(_named(tokens.strings()))
        else:
            word = tokens.word()
            if not word.isdecimal() or int(word) == 0:
                raise InputError(f"the .nfg file has `{word}` where a number of strategies was expected")
            result.append(tuple(str(s + 1) for s in range(int(word))))
    tokens.close()
    return tuple(result)


def _named(names: list[str]) -> tuple[str, ...]:
    """Name what has no name by its place, with primes where another one has that name already."""
    result = list(names)
    for place, name in enumerate(names, start=1):
        if not name.strip():
            own = str(place)
            while own in result:
                own += "'"
            result[place - 1] = own
    return tuple(result)


def _read_outcomes(tokens: _Tokens, count: int, players: int) -> np.ndarray:
    """Read the outcome version: a list of outcomes, then the number of one for each profile (0: none)."""
    tokens.open()
    outcomes = [[0.0] * players]
    while tokens.peek() != "}":
        tokens.open()
        tokens.string()
        values = []
        while tokens.peek() != "}":
            values.append(_parse(tokens.word()))
        tokens.close()
        if len(values) != players:
            raise InputError(f"an outcome in the .nfg file has {len(values)} payoffs for {players} players")
        outcomes.append(values)
    tokens.close()
    chosen = tokens.rest()
    if len(chosen) != count:
        raise InputError(f"the .nfg file needs an outcome for each of {count} profiles and has {len(chosen)}")
    for word in chosen:
        if not word.isdecimal() or int(word) >= len(outcomes):
            raise InputError(f"a profile in the .nfg file refers to outcome `{word}`, which is not listed")
    return np.array([outcomes[int(word)] for word in chosen])


class _Tokens:
    """The words, quoted strings and braces of a file, read in order."""

    def __init__(self, text: str) -> None:
        self._left: Iterator[tuple[str, str]] = (
            ("string", re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL))
            if match[1] is not None
            else (match[2], match[2])
            if match[2]
            else ("word", match[3])
            for match in _TOKEN.finditer(text)
            if match[0] != ","
        )
        self._next = next(self._left, ("end", ""))

    def peek(self) -> str:
        return self._next[0]

    def _take(self, kind: str, what: str) -> str:
        found, value = self._next
        if found != kind:
            raise InputError(f"the .nfg file has {_words(found, value)} where {what} was expected")
        self._next = next(self._left, ("end", ""))
        return value

    def word(self) -> str:
        return self._take("word", "a word or a number")

    def string(self) -> str:
        return self._take("string", "text in quotation marks")

    def open(self) -> None:
        self._take("{", "`{`")

    def close(self) -> None:
        self._take("}", "`}`")

    def strings(self) -> list[str]:
        self.open()
        found = []
        while self.peek() != "}":
            found.append(self.string())
        self.close()
        return found

    def rest(self) -> list[str]:
        """Return all words that are left; anything else is an error."""
        found = []
        for kind, value in chain([self._next], self._left):
            if kind == "end":
                break
            if kind != "word":
                raise InputError(f"the .nfg file has {_words(kind, value)} where a number was expected")
            found.append(value)
        self._next = ("end", "")
        return found


def _words(kind: str, value: str) -> str:
    return {"end": "its end", "string": f'"{value}"'}.get(kind, f"`{value}`")
