"""The report of runs in a browser: looks, plots, and the filters of the error browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

pytestmark = pytest.mark.browser
Cli = Callable[..., Result]
CURVE = """share,seed,articles,sentences,on,measured,name,f1,gold,low,high
0.5,0,20,400,test,6,statements,0.5,30,0.4,0.6
0.5,1,20,400,test,6,statements,0.55,30,0.4,0.6
1.0,0,40,800,test,6,statements,0.7,30,,
0.5,0,20,400,test,6,blame,0.4,12,,
1.0,0,40,800,test,6,blame,0.6,12,,
"""


@pytest.fixture(scope="module")
def pages(
    trained_once: tuple[Path, Result], cli: Cli, tiny_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Reports of one run, of two, and of two without text."""
    folder = tmp_path_factory.mktemp("report")
    shutil.copy(trained_once[0], folder / "mlflow.db")
    (folder / "curve.csv").write_text(CURVE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'mlflow.db'}")
        settings = ("--set", "bootstrap=20", "--set", "classifier.regularisation=0.05")
        result = cli("train", "--corpus", tiny_file, *settings)
        assert result.exit_code == 0, result.stderr
        made = {}
        for name, arguments in {
            "report-one": ["1", "--learning-curve", "curve.csv"],
            "report-two": ["1", "2"],
            "report-without-text": ["1", "2", "--no-text"],
        }.items():
            made[name] = folder / f"{name}.html"
            result = cli("experiments", "report", *arguments, "-o", made[name])
            assert result.exit_code == 0, result.stderr
    return made


@pytest.mark.parametrize("name", ["report-one", "report-two", "report-without-text"])
def test_reports_look_right(name: str, view: Callable[[Path, str], None], pages: dict[str, Path]) -> None:
    view(pages[name], name)


def test_plots_follow_the_mode_and_the_width(browser: Any, pages: dict[str, Path]) -> None:
    colour = "return getComputedStyle(document.querySelector('figure svg.wide text')).fill"
    browser.open(pages["report-two"])
    light = browser.run(colour)
    assert browser.all("figure svg.wide") and not browser.all("figure svg.narrow")
    browser.look(390, "dark")
    browser.open(pages["report-two"])
    assert browser.run(colour) != light
    assert browser.all("figure svg.narrow") and not browser.all("figure svg.wide")
    titles = "[...document.querySelectorAll('figure svg.narrow > title')]"
    names = browser.run(f"return {titles}.map((t) => t.textContent)")
    assert "Difference in F1 to A by slice" in names


def filtered(browser: Any, name: str, value: str) -> int:
    browser.choose(name, value)
    return len(browser.all("#entries > li"))


def test_errors_can_be_filtered(browser: Any, pages: dict[str, Path]) -> None:
    browser.open(pages["report-two"])
    everything = len(browser.all("#entries > li"))
    for name in ("made_by", "kind", "cause", "stance", "conflict"):
        options = browser.run(
            "return [...document.querySelectorAll(arguments[0])].map((o) => [o.value, o.textContent])",
            f"#f-{name} option:not([value=''])",
        )
        counted = {value: int(text.rpartition("(")[2].rstrip(")")) for value, text in options}
        value = next(iter(counted), None)
        if value is None:  # a filter with a single choice is left out
            continue
        assert filtered(browser, name, value) == counted[value] < everything
        assert browser.find("#shown").text == f"{counted[value]} of {everything} errors"
        browser.find("#filters [type=reset]").click()
        browser.settle()
        assert len(browser.all("#entries > li")) == everything
    assert filtered(browser, "words", "no such words") == 0
    assert browser.find("#none").is_displayed()


def test_the_keyboard_reaches_the_filters_and_wide_tables(browser: Any, pages: dict[str, Path]) -> None:
    from selenium.webdriver.common.keys import Keys

    browser.open(pages["report-two"])
    seen = set()
    for _ in range(60):
        browser.press(Keys.TAB)
        active = browser.driver.switch_to.active_element
        seen.add(active.get_attribute("id") or active.get_attribute("aria-label") or active.text)
    assert {"f-kind", "f-words", "What differs", "F1 by slice", "Provenance"} - seen <= {"F1 by slice"}
