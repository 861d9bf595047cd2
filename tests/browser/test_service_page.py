"""The page of `stancewire serve` in a browser: looks, a pasted text, corrections, and code in texts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "serving" / "server"))
pytest.importorskip("fastapi", reason="the extra serve is not installed")
from running import RunningServer

pytestmark = pytest.mark.browser
TEXT = "Kenya accused Somalia on Tuesday of shelling villages. Somalia urged Kenya to stop."
CODE = "<img src=x onerror=window.hacked=1></script><script>window.hacked=1</script>"


@pytest.fixture(scope="module")
def service(tiny_model: Path) -> Iterator[RunningServer]:
    running = RunningServer(tiny_model, "--workers", "1")
    yield running
    running.stop()


def paste(browser: Any, service: RunningServer, text: str, title: str = "") -> None:
    """Paste a text, and send the form."""
    browser.open(f"{service.url}/")
    browser.find("#text").send_keys(text)
    browser.find("#title").send_keys(title)
    browser.find("button.main").click()
    for _ in range(600):
        if browser.driver.find_elements("css selector", "article"):
            return
        browser.settle()
    raise AssertionError(browser.find("body").text)


def test_the_start_page_looks_right(view: Callable[[str, str], None], service: RunningServer) -> None:
    view(f"{service.url}/", "service")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_result_looks_right(width: int, scheme: str, browser: Any, service: RunningServer) -> None:
    browser.look(width, scheme)
    paste(browser, service, TEXT, "Border")
    browser.find("details.correct summary").click()
    browser.stretch()
    browser.screenshot(f"service-result-{width}-{scheme}")
    assert browser.errors() == []
    assert browser.too_wide() == []
    assert browser.overlaps() == []
    assert browser.accessibility_errors() == []


def test_code_in_texts_never_runs(browser: Any, service: RunningServer) -> None:
    paste(browser, service, f"Kenya accused {CODE} of shelling villages.", CODE)
    browser.settle()
    assert browser.run("return window.hacked") is None
    assert browser.run("return document.querySelectorAll('img').length") == 0
    assert "onerror" in browser.find("article").text
    assert browser.errors() == []
