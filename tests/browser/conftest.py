"""A headless Chromium, driven through Debian's chromedriver. Without one, the tests are skipped."""

from __future__ import annotations

import json
import os
import shutil
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "build" / "screenshots"
AXE = ROOT / "build" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
DESKTOP, PHONE, PAPER = 1280, 390, 794
HEIGHT = 900
VIEWS = [
    (DESKTOP, "light", "screen"),
    (DESKTOP, "dark", "screen"),
    (PHONE, "light", "screen"),
    (PHONE, "dark", "screen"),
    (PAPER, "light", "print"),
]

# Boxes of text that overlap, as pairs of texts. Ranges give the boxes of lines, which elements do not.
OVERLAPS = """
const boxes = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; (node = walker.nextNode());) {
  const parent = node.parentElement;
  if (!node.data.trim() || parent.closest(".hide, .skip, script, style, select, title, desc")) continue;
  if (!parent.checkVisibility({contentVisibilityAuto: true, opacityProperty: true})) continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  for (const r of range.getClientRects()) if (r.width > 1 && r.height > 1) boxes.push([r, node.data.trim()]);
}
boxes.sort((a, b) => a[0].top - b[0].top);
const found = [];
boxes.forEach(([r, text], i) => {
  for (let j = i + 1; j < boxes.length && boxes[j][0].top < r.bottom; j += 1) {
    const [s, other] = boxes[j];
    const width = Math.min(r.right, s.right) - Math.max(r.left, s.left);
    const height = Math.min(r.bottom, s.bottom) - Math.max(r.top, s.top);
    if (width > 3 && height > 0.45 * Math.min(r.height, s.height))
      found.push([text.slice(0, 40), other.slice(0, 40)]);
  }
});
return found;
"""


class Browser:
    """A browser window.

    Attributes:
        driver: the WebDriver.
    """

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def look(self, width: int = DESKTOP, scheme: str = "light", media: str = "screen") -> None:
        """Set the width of the window in CSS pixels, the colour scheme, and `screen` or `print`."""
        self._resize(width, HEIGHT)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [feature]})

    def _resize(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def stretch(self) -> None:
        """Make the window as high as the page, so that everything is drawn; at most 12,000 px."""
        for _ in range(3):  # what is drawn for the first time may be higher than was estimated
            width, height = self.run("return [innerWidth, document.documentElement.scrollHeight]")
            self._resize(width, max(HEIGHT, min(height, 12_000)))
            self.settle()

    def open(self, page: Path | str) -> float:
        """Open a file or address; returns the seconds until it was loaded and drawn."""
        began = time.perf_counter()
        self.driver.get(page if isinstance(page, str) else page.as_uri())
        self.driver.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => setTimeout(done, 0));"
        )
        return time.perf_counter() - began

    def run(self, script: str, *arguments: Any) -> Any:
        """The value that a script returns."""
        return self.driver.execute_script(script, *arguments)

    def find(self, selector: str) -> Any:
        """The first element of a CSS selector."""
        return self.driver.find_element("css selector", selector)

    def all(self, selector: str) -> list[Any]:
        """The elements of a CSS selector that are displayed."""
        return [e for e in self.driver.find_elements("css selector", selector) if e.is_displayed()]

    def wait_for(self, selector: str, seconds: float = 60) -> Any:
        """The first element of a CSS selector, once there is one."""
        end = time.monotonic() + seconds
        while not (found := self.driver.find_elements("css selector", selector)):
            assert time.monotonic() < end, f"no {selector} on {self.driver.current_url}"
            time.sleep(0.05)
        return found[0]

    def settle(self) -> None:
        """Wait until the page has been drawn twice, so that filters have been applied."""
        self.driver.execute_async_script(
            "const done = arguments[0];"
            "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0)));"
        )

    def choose(self, name: str, value: str) -> None:
        """Set the field `f-NAME` of the filters, as a reader does."""
        self.run(
            "const e = document.getElementById(arguments[0]); e.value = arguments[1];"
            "e.dispatchEvent(new Event('input', {bubbles: true}));",
            f"f-{name}",
            value,
        )
        self.settle()

    def open_details(self) -> None:
        """Open everything that can be opened."""
        self.run("document.querySelectorAll('details').forEach((d) => { d.open = true; });")
        self.settle()

    def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        from selenium.webdriver import ActionChains

        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def point(self, element: Any) -> None:
        """Move the pointer to an element."""
        from selenium.webdriver import ActionChains

        ActionChains(self.driver).move_to_element(element).perform()

    def screenshot(self, name: str, *, whole: bool = True) -> Path:
        """Write a picture of the window, or of the whole page, to `build/screenshots`."""
        options: dict[str, Any] = {"format": "png", "captureBeyondViewport": whole}
        if whole:
            width, height = self.run(
                "const e = document.documentElement; return [e.clientWidth, e.scrollHeight]"
            )
            options["clip"] = {"x": 0, "y": 0, "width": width, "height": min(height, 6000), "scale": 1}
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", options)
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        path.write_bytes(b64decode(shot["data"]))
        return path

    def too_wide(self) -> list[str]:
        """What makes the page wider than its window; empty if nothing does."""
        return list(
            self.run(
                "const width = document.documentElement.clientWidth;"
                "if (document.documentElement.scrollWidth <= width) return [];"
                "return [...document.querySelectorAll('body *')]"
                ".filter((e) => e.getBoundingClientRect().right > width + 1 && !e.closest('.scroll'))"
                ".slice(0, 9).map((e) => e.outerHTML.slice(0, 90));"
            )
        )

    def overlaps(self) -> list[list[str]]:
        """Pairs of texts that are drawn over each other."""
        return list(self.run(OVERLAPS))

    def accessibility_errors(self) -> list[str]:
        """What axe-core finds that is serious or critical."""
        if not AXE.exists():
            pytest.skip("axe-core is not installed: run make test-browser, which needs npm")
        self.run(AXE.read_text(encoding="utf-8"))
        found = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document).then((r) => done(JSON.stringify(r.violations)))"
        )
        return [
            f"{v['id']}: {v['help']}: {[n['html'][:90] for n in v['nodes'][:4]]}"
            for v in json.loads(found)
            if v["impact"] in ("serious", "critical")
        ]

    def errors(self) -> list[str]:
        """Messages of the console since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def check_looks(self, name: str) -> None:
        """Take a picture of the page, and check that it looks right."""
        self.screenshot(name)
        assert self.errors() == []
        assert self.too_wide() == []
        assert self.overlaps() == []
        assert self.accessibility_errors() == []


def _chromium() -> tuple[str, str]:
    browser = next((p for p in map(shutil.which, CHROMIUM) if p), None)
    driver = shutil.which("chromedriver")
    if not browser or not driver:
        pytest.skip("no chromium and chromedriver: apt-get install chromium chromium-driver")
    return browser, driver


@pytest.fixture(scope="session")
def browser_session() -> Iterator[Browser]:
    selenium = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    binary, driver_binary = _chromium()
    options = selenium.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb"):
        options.add_argument(argument)
    if os.geteuid() == 0:  # Chromium's sandbox does not work for root
        options.add_argument("--no-sandbox")
    options.add_argument("--disable-dev-shm-usage")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = selenium.Chrome(options=options, service=selenium.ChromeService(driver_binary))
    try:
        driver.set_script_timeout(60)
        yield Browser(driver)
    finally:
        driver.quit()


@pytest.fixture
def browser(browser_session: Browser) -> Iterator[Browser]:
    """A browser at 1280 px in light mode, without what the test before it stored."""
    browser_session.look()
    browser_session.driver.get("about:blank")
    browser_session.errors()
    yield browser_session
    browser_session.run("try { localStorage.clear(); } catch { /* about:blank has none */ }")


@pytest.fixture(params=VIEWS, ids=lambda v: f"{v[0]}-{v[1]}-{v[2]}")
def view(request: pytest.FixtureRequest, browser: Browser) -> Callable[[Path | str, str], None]:
    """Open a page in one of five views, take a picture of it, and check that it looks right."""
    width, scheme, media = request.param

    def check(page: Path | str, name: str) -> None:
        browser.look(width, scheme, media)
        browser.open(page)
        browser.stretch()
        browser.check_looks(f"{name}-{width}-{media if media == 'print' else scheme}")

    return check
