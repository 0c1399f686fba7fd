"""How quickly the page answers: the bars, in a real browser, on the founding case with eight ways of engaging.

Times of a busy machine say nothing of the page: there the clock is not held against the bars, the processor time is.
"""

import time

import pytest
import yaml

from equipoise.scenario import load

pytestmark = pytest.mark.long
LONG = 240_000
FALL, WANTS = "forces.government.collapse.yearly", "patrons.russia.values.influence"
WAYS, MOVES = 8, 24
FIRST, FULL, GOAL = 0.25, 1.5, 0.05
"""Seconds: a first answer drawn, a full one, one of goals on the server."""
BUSY = 1.3
"""Times its processor time that a plain calculation may take on a machine that is called idle."""
DRAG = """async ([path, moves]) => {
  const range = document.querySelector(`[data-path="${path}"] input[type=range]`);
  const frames = [], took = [];
  let before = performance.now(), going = true;
  const frame = (now) => { frames.push(now - before); before = now; if (going) requestAnimationFrame(frame); };
  requestAnimationFrame((now) => { before = now; requestAnimationFrame(frame); });
  for (let place = 1; place <= moves; place++) {
    const begun = performance.now();
    range.value = 50 + place;
    range.dispatchEvent(new Event("input", { bubbles: true }));
    const wanted = new URL(location.href).searchParams.get(path);
    const drawn = () => new URLSearchParams(document.documentElement.dataset.drawn).get(path) === wanted;
    while (!drawn() && performance.now() - begun < 20000) await new Promise((done) => setTimeout(done, 4));
    took.push(performance.now() - begun);
    await new Promise((done) => setTimeout(done, 120));
  }
  going = false;
  const begun = performance.now();
  range.dispatchEvent(new Event("change", { bubbles: true }));
  const root = document.documentElement;
  while (root.dataset.stage !== "full") await new Promise((done) => setTimeout(done, 4));
  return { took, frames, full: performance.now() - begun };
}"""


class OnIsAWord(yaml.SafeLoader):
    """Reads `on` and `no` as words, as YAML 1.2 does."""


OnIsAWord.yaml_implicit_resolvers = {
    first: [one for one in found if one[0] != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def busy():
    """How much longer than its processor time a plain calculation takes."""
    begun, used = time.perf_counter(), time.process_time()
    sum(n * n for n in range(3_000_000))
    return (time.perf_counter() - begun) / (time.process_time() - used)


@pytest.fixture(scope="module")
def eight(serving, tmp_path_factory):
    """The founding case with eight of its ways of engaging, served."""
    data = yaml.load(load("afghanistan-2021").text, OnIsAWord)
    for way in list(data["strategies"]["russia"])[WAYS:]:
        del data["strategies"]["russia"][way]
    file = tmp_path_factory.mktemp("eight") / "eight.yaml"
    file.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
    with serving(file) as url:
        yield url


def test_moves_are_answered_while_they_are_made(browser, eight, capsys):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{eight}?{FALL}=odds*1.01&{WANTS}=*1.01")
    for path in (FALL, WANTS):
        page.wait_for_selector(f'#levers [data-path="{path}"]', timeout=LONG)
    page.wait_for_selector("[data-figure=regions] svg", timeout=LONG)
    page.evaluate(DRAG, [FALL, 2])
    crowded, used = busy(), time.process_time()
    moved = page.evaluate(DRAG, [FALL, MOVES])
    each = (time.process_time() - used) / MOVES
    page.evaluate(DRAG, [WANTS, 2])
    page.wait_for_selector('html[data-stage="full"]', timeout=LONG)
    goals = page.evaluate(DRAG, [WANTS, MOVES])
    took, frames = sorted(moved["took"]), moved["frames"]
    within = took[int(0.95 * len(took))] / 1000
    smooth = sum(length < 50 for length in frames) / len(frames)
    goal = sorted(goals["took"])[int(0.95 * MOVES)] / 1000
    with capsys.disabled():
        print(
            f"\nfirst answers: 95 % drawn within {within:.3f} s, {each:.3f} s of processor time a move; full "
            f"{moved['full'] / 1000:.2f} s; goals {goal:.3f} s; frames under 50 ms {smooth:.0%}; machine {crowded:.1f}"
        )
    assert each < 2 * FIRST
    page.close()
    if crowded > BUSY:
        pytest.skip(f"the machine is busy: a calculation takes {crowded:.1f} times its processor time")
    assert within < FIRST and moved["full"] / 1000 < FULL and smooth > 0.6


def test_goals_are_weighed_at_once():
    from equipoise.jobs.serve import session_of
    from equipoise.server.view import View

    session = session_of("afghanistan-2021")
    session.answer(View(None, {WANTS: "*2"}), "full")
    used = time.process_time()
    for times in range(3, 13):
        session.answer(View(None, {WANTS: f"*{times}"}), "full")
    assert (time.process_time() - used) / 10 < GOAL
