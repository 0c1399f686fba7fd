"""Draw the pictures of the what-if page that the documentation shows: `make pictures`, with Chromium and Playwright.

A still of the founding case with three changes, and a short animation (APNG) of one move: a slider goes from as
written to six times the odds of a fall, and the answer turns.
"""

from __future__ import annotations

import shutil
import threading
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from equipoise.jobs.serve import serve

IMAGES = Path(__file__).resolve().parents[1] / "images"
FALL = "forces.government.collapse.yearly"
STILL = f"{FALL}=odds*6&forces.government.resentment.duplicity=*0.5&events.us-exit-later.probability=0.85"
STEPS = (1.2, 1.6, 2, 3, 4, 6)
SHOWN, LAST = 700, 2500
"""Milliseconds that a frame of the animation, and its last, is shown."""
LONG = 300_000
COLOURS = 48
"""Of the animation: text and a few hues; so it loads quickly."""


def settled(page: Page, address: str) -> None:
    """Wait until all futures of a view are played and drawn."""
    page.wait_for_selector(f'html[data-stage=full][data-address="{address}"]', state="attached", timeout=LONG)
    page.wait_for_selector("#levers .lever", timeout=LONG)
    if address:
        page.wait_for_selector("#why:not([hidden]):not([aria-busy]) svg", timeout=LONG)
    page.wait_for_timeout(400)


def draw(url: str) -> None:
    """Draw both pictures of a page that is served."""
    with sync_playwright() as started:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1180, "height": 1000})
        page.goto(f"{url}?{STILL}")
        settled(page, STILL)
        page.screenshot(path=IMAGES / "what-if.png")
        frames = []
        page.set_viewport_size({"width": 1000, "height": 560})
        for odds in (None, *STEPS):
            address = "" if odds is None else f"{FALL}=odds*{odds:g}"
            page.goto(f"{url}?{address}")
            settled(page, address)
            frames.append(page.screenshot())
        animated(frames, IMAGES / "what-if-move.png")
        browser.close()


def animated(frames: list[bytes], target: Path) -> None:
    """Write PNG pictures of one size as one that moves (APNG), in as few colours as the page has."""
    pictures = [Image.open(BytesIO(frame)).convert("RGB") for frame in frames]
    plain = Image.Dither.NONE
    few = pictures[-1].quantize(COLOURS, dither=plain)
    first, *others = (picture.quantize(palette=few, dither=plain) for picture in pictures)
    shown = [SHOWN] * len(others) + [LAST]
    first.save(target, save_all=True, append_images=others, duration=shown, loop=0, optimize=True)


def main() -> None:
    """Serve the founding case, draw, and stop."""
    serving = serve("afghanistan-2021", port=0)
    server = serving.server()
    thread = threading.Thread(target=server.run, args=([serving.listener],), daemon=True)
    thread.start()
    draw(serving.url)
    server.should_exit = True
    thread.join(10)


if __name__ == "__main__":
    main()
