"""The store of cached texts: every kind of damage is noticed and repaired, and its size is bounded."""

from __future__ import annotations

import logging
import multiprocessing
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from stancewire.data.files.text_store import TextStore

LIMIT = 10_000_000
TEXTS = {bytes([n]) * 32: f"text {n} " * 50 for n in range(200)}


def store(file: Path, limit: int = LIMIT) -> TextStore:
    return TextStore(file, limit, "tests")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A store with all texts."""
    file = tmp_path / "cache" / "store.sqlite"
    filled = store(file)
    filled.put(TEXTS.items())
    filled.close()
    return file


def execute(*statements: str) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        connection = sqlite3.connect(file)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    return damage


def random_bytes(file: Path) -> None:
    file.write_bytes(random.Random(0).randbytes(50_000))


def overwritten_pages(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096:20_480] = random.Random(0).randbytes(16_384)
    file.write_bytes(data)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2 + 100])


DAMAGE = {
    "random bytes": random_bytes,
    "overwritten pages": overwritten_pages,
    "cut in half": cut,
    "empty": lambda file: file.write_bytes(b""),
    "a changed row": execute("UPDATE texts SET value = '[]' WHERE key < x'10'"),
    "a row with bytes": execute("UPDATE texts SET value = x'ff00'"),
    "swapped digests": execute("UPDATE texts SET digest = x'0000000000000000'"),
    "another table": execute("DROP TABLE texts", "CREATE TABLE texts (a, b)"),
    "no table": execute("DROP TABLE texts"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damage_is_noticed_and_the_file_made_anew(
    damage: Callable[[Path], None], file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damage(file)
    with caplog.at_level(logging.WARNING, "stancewire"):
        again = store(file)
        found = again.get(list(TEXTS))
        assert all(TEXTS[key] == value for key, value in found.items())
        again.put(TEXTS.items())
        assert again.get(list(TEXTS)) == TEXTS
        again.close()
    assert len(caplog.messages) <= 1
    assert store(file).get(list(TEXTS)) == TEXTS


def test_a_folder_in_its_place_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "store.sqlite").mkdir()
    (tmp_path / "store.sqlite" / "mine.txt").write_text("mine")
    with caplog.at_level(logging.WARNING, "stancewire"):
        blocked = store(tmp_path / "store.sqlite")
        blocked.put(TEXTS.items())
        assert blocked.get(list(TEXTS)) == {}
    assert len(caplog.messages) == 1 and "is not used" in caplog.messages[0]
    assert (tmp_path / "store.sqlite" / "mine.txt").read_text() == "mine"


def test_a_read_only_file_is_still_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(
        "stancewire.data.files.text_store.sqlite3.connect",
        lambda path, **options: connect(f"file:{path}?mode=ro", uri=True, **options),
    )
    read_only = store(file)
    assert read_only.get(list(TEXTS)) == TEXTS
    read_only.put([(b"new", "new")])
    assert file.exists()


def test_the_store_is_bounded_and_removes_what_was_not_used(tmp_path: Path) -> None:
    file, limit = tmp_path / "store.sqlite", 200_000
    bounded = store(file, limit)
    bounded.put([(b"often used", "x" * 1000)])
    for n in range(1000):
        assert bounded._connection is not None
        bounded._connection.execute("UPDATE texts SET used = used - 10000")
        assert bounded.get([b"often used"])
        bounded.put([(b"%d" % n, "y" * 1000)])
        assert file.stat().st_size < 1.3 * limit
    assert bounded.get([b"often used", b"999"]).keys() == {b"often used", b"999"}
    assert not bounded.get([b"0"])


def write_and_damage(file: Path, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(30):
        mine = store(file)
        keys = rng.sample(list(TEXTS), 20)
        mine.put([(key, TEXTS[key]) for key in keys])
        if rng.random() < 0.2:
            file.write_bytes(rng.randbytes(9000))
        assert all(TEXTS[key] == value for key, value in mine.get(keys).items())
        mine.close()


def test_processes_share_a_store_that_is_damaged_meanwhile(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=write_and_damage, args=(tmp_path / "store.sqlite", n)) for n in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [p.exitcode for p in processes] == [0, 0]
    last = store(tmp_path / "store.sqlite")
    last.put(TEXTS.items())
    assert last.get(list(TEXTS)) == TEXTS
