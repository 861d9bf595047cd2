"""The page of the service in a browser: looks, forms with keyboard and mouse, injection, corrections."""

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
Browser = Any
TEXT = (
    "Kenya accused Somalia of shelling a border town on Monday. The minister said that the attack broke the "
    "agreement, and urged the United Nations to act. It was a brutal and shameless provocation."
)
INJECTIONS = (
    "<script>document.title='hit'</script>",
    "<img src=x onerror=\"document.title='hit'\">",
    '"><svg onload="document.title=\'hit\'">',
    "</textarea></script><script>document.title='hit'</script>",
    "{{ 7 * 7 }} ${document.title='hit'} javascript:document.title='hit'",
)


@pytest.fixture(scope="module")
def service(tiny_model: Path) -> Iterator[RunningServer]:
    running = RunningServer(tiny_model, "--workers", "1")
    yield running
    running.stop()


def _score(browser: Browser, service: RunningServer, text: str, title: str = "") -> None:
    browser.open(f"{service.url}/")
    browser.run(
        "document.getElementById('text').value = arguments[0];"
        "document.getElementById('title').value = arguments[1];",
        text,
        title,
    )
    browser.find("button.main").click()
    browser.wait_for(".correct, [role=alert]")


def test_the_start_page_looks_right(view: Callable[[Path | str, str], None], service: RunningServer) -> None:
    view(f"{service.url}/", "service-start")


def test_the_documentation_looks_right(
    view: Callable[[Path | str, str], None], service: RunningServer
) -> None:
    view(f"{service.url}/docs", "service-docs")


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
)
def test_the_result_looks_right(width: int, scheme: str, browser: Browser, service: RunningServer) -> None:
    browser.look(width, scheme)
    _score(browser, service, TEXT, "Shells fall near the border")
    browser.open_details()
    browser.check_looks(f"service-result-{width}-{scheme}")


def test_an_error_is_announced_and_leads_back(browser: Browser, service: RunningServer) -> None:
    _score(browser, service, "Das ist ein deutscher Text über den Krieg an der Grenze. " * 4)
    assert "not in English" in browser.find("[role=alert]").text
    assert browser.find("#text").is_displayed()


def test_it_works_with_the_keyboard_alone(browser: Browser, service: RunningServer) -> None:
    from selenium.webdriver.common.keys import Keys

    browser.open(f"{service.url}/")
    browser.run("document.getElementById('text').focus();")
    browser.press(TEXT)
    for _ in range(12):
        browser.press(Keys.TAB)
        if browser.run("return document.activeElement.type") == "submit":
            break
    browser.press(Keys.ENTER)
    browser.wait_for(".correct")
    assert "border town" in browser.find(".text").text


def test_a_file_can_be_chosen(browser: Browser, service: RunningServer, tmp_path: Path) -> None:
    (tmp_path / "news.txt").write_text(TEXT, encoding="utf-8")
    browser.open(f"{service.url}/")
    browser.find("#file").send_keys(str(tmp_path / "news.txt"))
    browser.find("button.main").click()
    browser.wait_for(".correct")
    assert "border town" in browser.find(".text").text


@pytest.mark.parametrize("injected", INJECTIONS)
def test_nothing_that_is_injected_runs(injected: str, browser: Browser, service: RunningServer) -> None:
    _score(browser, service, f"{TEXT} {injected} It rained.", injected)
    browser.open_details()
    assert browser.driver.title != "hit"
    shown = browser.find(".text").text
    assert injected[:10] in shown


def test_a_correction_is_downloaded_as_a_sheet(
    browser: Browser, service: RunningServer, tmp_path: Path
) -> None:
    browser.driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    _score(browser, service, TEXT)
    browser.run("document.querySelector('.correct').open = true;")
    browser.run(
        "const row = [...document.querySelectorAll('.correct .row')].at(-1);"
        "for (const [name, value] of Object.entries(arguments[0]))"
        "  row.querySelector(`[name=${name}]`).value = value;",
        {"sentence": "0", "kind": "blame", "actor": "Kenya", "actor_id": "KEN", "target": "Somalia"},
    )
    browser.run("document.querySelector('.correct button').click();")
    sheet = tmp_path / "text.sheet"
    for _ in range(100):
        if sheet.exists():
            break
        browser.settle()
    assert "> blame | Kenya | KEN | Somalia | -" in sheet.read_text(encoding="utf-8")
