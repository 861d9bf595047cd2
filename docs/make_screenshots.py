"""Take the pictures of the HTML pages for the documentation, in headless Chromium.

Needs Chromium and its driver, and a champion and a challenger in this folder: run `make screenshots`.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from selenium import webdriver

ROOT = Path(__file__).resolve().parents[1]
MAX_BYTES = 200_000


@dataclass(frozen=True)
class Picture:
    """A picture of a page.

    Attributes:
        name: the file in `docs/`, without its extension.
        command: the `stancewire` command that writes the page to the file `PAGE`.
        size: width and height of the window in CSS pixels.
        scheme: `light` or `dark`.
        script: run before the picture is taken.
    """

    name: str
    command: tuple[str, ...]
    size: tuple[int, int]
    scheme: str = "light"
    script: str = ""


PAGE = "page.html"
ARTICLES = ("score", "examples/article.txt", "examples/articles", "-o", PAGE)
REPORT = ("experiments", "report", "champion", "challenger", "-o", PAGE)
FOCUS = "document.querySelectorAll('.text .chip')[{}].focus();"
SCROLL = "document.querySelector('{}').scrollIntoView();"
PICTURES = (
    Picture("article_page", ARTICLES, (1280, 860), script="scrollTo(0, 0);" + FOCUS.format(2)),
    Picture("article_page_phone", ARTICLES, (390, 780), "dark", SCROLL.format("#a0")),
    Picture("report", REPORT, (1080, 1130)),
    Picture("report_slices", REPORT, (1080, 1000), script=SCROLL.format("#slices")),
    Picture("report_errors", REPORT, (1080, 900), script=SCROLL.format("#errors")),
)


@contextmanager
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    if os.geteuid() == 0:  # Chromium's sandbox does not work for root
        options.add_argument("--no-sandbox")
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def shot(driver: Any, page: Path, picture: Picture) -> bytes:
    """A page as PNG with 256 colours."""
    width, height = picture.size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    feature = {"name": "prefers-color-scheme", "value": picture.scheme}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "screen", "features": [feature]})
    driver.get(page.as_uri())
    driver.execute_script(picture.script)
    driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 300));")
    raw = b64decode(driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"])
    out = io.BytesIO()
    Image.open(io.BytesIO(raw)).convert("RGB").quantize(256).save(out, "PNG", optimize=True)
    return out.getvalue()


def main(names: list[str]) -> None:
    """Take all pictures, or those that are named."""
    chosen = [p for p in PICTURES if not names or p.name in names]
    pages: dict[tuple[str, ...], Path] = {}
    with tempfile.TemporaryDirectory() as folder, browser() as driver:
        for picture in chosen:
            if picture.command not in pages:
                page = Path(folder) / f"{len(pages)}.html"
                command = [str(page) if x == PAGE else x for x in picture.command]
                subprocess.run([Path(sys.executable).with_name("stancewire"), *command], cwd=ROOT, check=True)
                pages[picture.command] = page
            content = shot(driver, pages[picture.command], picture)
            if len(content) > MAX_BYTES:
                raise SystemExit(f"{picture.name}: {len(content):,} bytes, more than {MAX_BYTES:,}")
            (ROOT / "docs" / f"{picture.name}.png").write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1:])
