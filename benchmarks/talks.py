"""How fast the bargaining models are beside plain Python that does the same, and on the 351 EU issues.

    python benchmarks/talks.py [FOLDER OF THE EU DATA]

The plain transcriptions below are what one writes from the algorithms in words: lists, loops, no library.
Both sides get the same inputs, must agree, and are timed in one run; compiling is not counted.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from pathlib import Path

import deu
import numpy as np

from equipoise.bargaining import outcomes
from equipoise.bargaining.challenge import challenge_path
from equipoise.bargaining.ktab import ktab_path

SEED = 1


def plain_compromise(
    positions: list[list[float]], salience: list[list[float]], clout: list[list[float]]
) -> list:
    """Return the weighted mean of each draw."""
    made = []
    for xs, ss, cs in zip(positions, salience, clout, strict=True):
        below = sum(c * s for c, s in zip(cs, ss, strict=True))
        made.append(sum(c * s * x for c, s, x in zip(cs, ss, xs, strict=True)) / below)
    return made


def plain_challenge(x: list[float], s: list[float], c: list[float], rounds: int) -> list[list[float]]:
    """Return the positions of every round of the challenge model as published."""
    n, x = len(x), list(x)
    w = [ci * si for ci, si in zip(c, s, strict=True)]
    span = max(x) - min(x)
    path = [list(x)]

    def distances(r):
        return [[(abs(x[k] - x[m]) / span) ** r[k] for m in range(n)] for k in range(n)]

    def everything(u):
        return sum(abs(w[k] * (u[k][b] - u[k][a])) for k in range(n) for a in range(n) for b in range(n))

    def wins(u, total, i, j):
        if x[i] == x[j]:
            return 0.0
        return sum(max(0.0, w[k] * (u[k][j] - u[k][i])) for k in range(n)) / total

    def expected(r, i, j, chance):
        d = abs(x[i] - x[j]) / span
        good, bad = 2 - 4 * max(0.5 - d / 2, 0.0) ** r, 2 - 4 * (0.5 + d / 2) ** r
        return s[j] * (chance * good + (1 - chance) * bad) + (1 - s[j]) * good - (2 - 4 * 0.5**r)

    for _ in range(rounds):
        u = distances([1.0] * n)
        total = everything(u)
        danger = [
            sum(expected(1.0, j, i, wins(u, total, j, i)) for j in range(n) if j != i) for i in range(n)
        ]
        low, high = min(danger), max(danger)
        if low == high:
            break
        risk = [(2 * d - high - low) / (high - low) for d in danger]
        r = [(1 - q / 3) / (1 + q / 3) for q in risk]
        u = distances(r)
        total = everything(u)
        goals = []
        for i in range(n):
            fights, deals = [], []
            for j in range(n):
                if x[j] == x[i]:
                    continue
                a = expected(r[i], i, j, wins(u, total, i, j))
                b = expected(r[i], j, i, wins(u, total, j, i))
                if b > a > 0:
                    fights.append((abs(x[j] - x[i]), len(fights), x[j]))
                elif b > 0 > a and b > abs(a):
                    mean = (abs(a) * x[i] + abs(b) * x[j]) / (abs(a) + abs(b))
                    deals.append((mean, len(deals), x[i] + (x[j] - x[i]) * abs(a / b)))
            goals.append(min(fights or deals or [(0, 0, x[i])])[2])
        x = goals
        path.append(list(x))
    return path


def plain_election(utility: list[list[float]], w: list[float]) -> list[float]:
    """Return the conditional election's chances under proportional votes."""
    options = len(utility[0])
    p = []
    for m in range(options):
        chance = 0.5
        for n in range(options):
            if n == m:
                continue
            votes = [w[k] * (utility[k][m] - utility[k][n]) for k in range(len(w))]
            for_m = 1e-8 + sum(v for v in votes if v > 0)
            for_n = 1e-8 - sum(v for v in votes if v < 0)
            chance *= for_m / (for_m + for_n)
        p.append(chance)
    total = sum(p)
    return [v / total for v in p]


def plain_spatial(theta: list[list[float]], sal: list[list[float]], w: list[float], most: int = 100) -> list:
    """Return the positions of every turn of the spatial model under its default rules."""
    n, dims = len(theta), len(theta[0])
    theta = [list(t) for t in theta]
    s = [sum(row) for row in sal]
    path, first = [[list(t) for t in theta]], 0.0

    def distance(a, at, to):
        above = sum((sal[a][k] * (at[k] - to[k])) ** 2 for k in range(dims))
        return math.sqrt(above / sum(v * v for v in sal[a]))

    def felt(d, risk):
        return (1 - d) * (1 + d * risk) if d <= 1 else (1 - d) * (1 + risk)

    def strengths(u, i, j):
        a = b = 1e-10
        for v in (s[i] * w[i] * (u[i][i] - u[i][j]), s[j] * w[j] * (u[j][i] - u[j][j])):
            a, b = (a + v, b) if v > 0 else (a, b - v)
        a0, b0 = a, b
        for m in range(n):
            if m in (i, j):
                continue
            lean = s[m] * w[m] * (u[m][i] - u[m][j])
            pi = (a0 + max(lean, 0)) / (a0 + b0 + abs(lean))
            for_i = pi * (2 * u[m][i] + u[m][m]) + (1 - pi) * 3 * u[m][j]
            for_j = pi * 3 * u[m][i] + (1 - pi) * (2 * u[m][j] + u[m][m])
            v = s[m] * w[m] * (for_i - for_j)
            a, b = (a + v, b) if v > 0 else (a, b - v)
        return a / (a + b)

    for turn in range(1, most + 1):
        d = [[distance(i, theta[i], theta[j]) for j in range(n)] for i in range(n)]
        p = plain_election([[1 - v for v in row] for row in d], w)
        low, high = min(p), max(p)
        risk = [(3 * v - high - 2 * low) / (2 * (high - low)) for v in p]
        bargains = []
        for i in range(n):
            guess = [risk[i] * 2 / 3 + r / 3 for r in risk]
            guess[i] = risk[i]
            u = [[felt(d[m][j], guess[m]) for j in range(n)] for m in range(n)]
            best, found = 1e-5, None
            for j in range(n):
                if j == i:
                    continue
                phi = strengths(u, i, j)
                gain = (1 - s[j]) * 2 * u[i][i] + s[j] * (phi * 2 * u[i][i] + (1 - phi) * 2 * u[i][j])
                gain -= u[i][i] + u[i][j]
                if gain > best:
                    best, found = gain, (j, phi)
            if found:
                j, phi = found
                new_i, new_j = [], []
                for k in range(dims):
                    a, b = (sal[i][k] * phi) ** 2, (sal[j][k] * (1 - phi)) ** 2
                    z = a + b + 1e-6
                    x_i, x_j = theta[i][k], theta[j][k]
                    new_i.append(math.floor(0.5 + 1e4 * ((a + 1e-6) * x_i + b * x_j) / z) / 1e4)
                    new_j.append(math.floor(0.5 + 1e4 * (a * x_i + (b + 1e-6) * x_j) / z) / 1e4)
                bargains.append({i: new_i, j: new_j, "by": i})
        worth = []
        for bargain in [{}, *bargains]:
            places = [bargain.get(m, theta[m]) for m in range(n)]
            worth.append([sum(felt(distance(a, theta[a], y), risk[a]) for y in places) / n for a in range(n)])
        new = []
        for k in range(n):
            mine = [m for m, b in enumerate(bargains) if b["by"] == k]
            mine = [-1, *mine, *(m for m, b in enumerate(bargains) if k in b and b["by"] != k)]
            p = plain_election([[worth[m + 1][a] for m in mine] for a in range(n)], w)
            chosen = mine[p.index(max(p))]
            new.append(theta[k] if chosen < 0 else bargains[chosen][k])
        moved = sum(math.dist(a, b) for a, b in zip(new, theta, strict=True))
        theta = new
        path.append([list(t) for t in theta])
        if turn == 1:
            first = moved
        elif moved / (first + 1e-4) < 0.02:
            break
    return path


def best_of(job: Callable[[], object], times: int) -> tuple[float, object]:
    """Return the least seconds a job took, and what it returned."""
    least, result = math.inf, None
    for _ in range(times):
        began = time.perf_counter()
        result = job()
        least = min(least, time.perf_counter() - began)
    return least, result


def compare(name: str, plain: Callable[[], object], ours: Callable[[], object]) -> float:
    """Time both, check that they agree, print and return how many times faster ours is."""
    ours()
    slow, expected = best_of(plain, 2)
    fast, found = best_of(ours, 20)
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), atol=1e-6)
    print(f"{name:<50} plain {1e3 * slow:9.2f} ms   here {1e3 * fast:8.3f} ms   {slow / fast:7.0f} times")
    return slow / fast


def ratios() -> dict[str, float]:
    """Return how many times faster each model is than its plain transcription."""
    rng = np.random.default_rng(SEED)
    x, s, c = (
        rng.uniform(0, 100, (20_000, 8)),
        rng.uniform(0.1, 1, (20_000, 8)),
        rng.uniform(0.1, 1, (20_000, 8)),
    )
    lists = x.tolist(), s.tolist(), c.tolist()
    one = x[:3].ravel(), s[:3].ravel(), c[:3].ravel()
    theta, sigma = rng.uniform(0, 1, (17, 2)), rng.uniform(0.1, 0.5, (17, 2))
    w = rng.uniform(10, 100, 17)
    return {
        "compromise": compare(
            "compromise, 20,000 draws, 8 actors",
            lambda: plain_compromise(*lists),
            lambda: outcomes("compromise", x, s, c, scale=(0, 100)),
        ),
        "challenge": compare(
            "challenge, 24 actors, 5 rounds",
            lambda: plain_challenge(*(a.tolist() for a in one), 5),
            lambda: challenge_path(*one, rounds=5).positions,
        ),
        "ktab": compare(
            "spatial model, 17 actors, 2 issues, to the end",
            lambda: plain_spatial(theta.tolist(), sigma.tolist(), w.tolist()),
            lambda: ktab_path(theta, sigma, w).positions,
        ),
    }


def main() -> None:
    """Print the ratios, and the seconds the 351 EU issues take under every model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=deu.DATA)
    asked = parser.parse_args()
    ratios()
    if (asked.folder / "deu3.tsv").exists():
        issues = deu.load(asked.folder)
        deu.forecasts(issues)
        _, seconds = deu.forecasts(issues)
        print(f"351 EU issues under all {len(seconds)} models: {sum(seconds.values()):.2f} s")


if __name__ == "__main__":
    main()
