"""Draw the pictures of the what-if page that the documentation shows: `make pictures`, with Chromium and Playwright.

A still of the founding case with three changes, and a short animation (APNG) of one move: a slider goes from as
written to six times the odds of a fall, and the answer turns.
"""

from __future__ import annotations

import shutil
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from equipoise.jobs.serve import serve

IMAGES = Path(__file__).resolve().parents[1] / "images"
FALL = "forces.government.collapse.yearly"
STILL = f"{FALL}=odds*6&forces.government.resentment.duplicity=*0.5&events.us-exit-later.probability=0.85"
STEPS = (1.2, 1.6, 2, 3, 4, 6)
SHOWN, LAST = 700, 2500
"""Milliseconds that a frame of the animation, and its last, is shown."""
LONG = 300_000
SIGNATURE = b"\x89PNG\r\n\x1a\n"


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
        (IMAGES / "what-if-move.png").write_bytes(animated(frames))
        browser.close()


def animated(frames: list[bytes]) -> bytes:
    """Return PNG pictures of one size as one that moves (APNG, as the PNG specification of 2025 has it)."""
    head = next(chunks(frames[0]))[1]
    width, height = struct.unpack(">II", head[:8])
    out, number = SIGNATURE + chunk(b"IHDR", head) + chunk(b"acTL", struct.pack(">II", len(frames), 0)), 0
    for place, frame in enumerate(frames):
        delay = LAST if place == len(frames) - 1 else SHOWN
        control = struct.pack(">IIIIIHHBB", number, width, height, 0, 0, delay, 1000, 0, 0)
        out, number = out + chunk(b"fcTL", control), number + 1
        for kind, data in chunks(frame):
            if kind != b"IDAT":
                continue
            if place == 0:
                out += chunk(b"IDAT", data)
            else:
                out, number = out + chunk(b"fdAT", struct.pack(">I", number) + data), number + 1
    return out + chunk(b"IEND", b"")


def chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the content of each part of a PNG."""
    at = len(SIGNATURE)
    while at < len(picture):
        (size,) = struct.unpack(">I", picture[at : at + 4])
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + size]
        at += 12 + size


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a part of a PNG with its length and check sum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


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
