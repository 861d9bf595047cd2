"""Five invalid files of every kind of source: one line each, the other inputs are read, exit 1."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from stancewire.serving.articles.registry import READERS, reader_of
from stancewire.serving.articles.source import Source
from synthetic.invalid_files import KINDS, PACKED, WITHOUT_FILES, variants
from synthetic.memory import Listing, listing

Cli = Callable[..., Result]
TEXT = "Kenya accused Somalia on Tuesday of shelling a border town."
ALL = {**KINDS, **PACKED}
CASES = [(name, variant) for name, kind in ALL.items() for variant in variants(kind)]
# In MB of resident memory. The largest are those of an article of 200 MB in a row of Parquet, which its
# library decompresses as one page, and of a document that unpacks to 200 MB.
MEMORY = 1000


def test_every_kind_has_invalid_files() -> None:
    assert {reader.name for reader in READERS} == set(KINDS) | WITHOUT_FILES
    for name, kind in KINDS.items():
        assert reader_of(Source(kind.sample, data=kind.valid)).name == name


def errors_of(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if line.startswith("error: ")]


@pytest.mark.parametrize(("name", "variant"), CASES)
def test_an_invalid_file_is_one_line_and_the_others_are_read(
    name: str, variant: str, tmp_path: Path, cli: Cli
) -> None:
    bad, good = tmp_path / f"bad{ALL[name].ending}", tmp_path / "good.txt"
    bad.write_bytes(variants(ALL[name])[variant])
    good.write_text(TEXT)
    result = cli("articles", bad, good)
    if variant == "truncated" and ALL[name].is_counted:
        assert f"{bad.name}: 3 announced, 2 read, 1 missing" in result.stderr
        return
    [error] = errors_of(result.stderr)
    assert result.exit_code == 1 and bad.name in error and len(error) < 600
    assert result.stdout.splitlines()[-1].startswith("good ")
    if variant in ("empty", "encrypted"):
        assert variant in error
    assert "Error" not in error.replace(str(tmp_path), "") and "Traceback" not in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_a_huge_article_is_refused_with_the_limit(name: str, tmp_path: Path) -> None:
    kind = ALL[name]
    bad, good = tmp_path / f"bad{kind.ending}", tmp_path / "good.txt"
    kind.huge(bad, kind.valid)
    good.write_text(TEXT)
    found = listing(bad, good)
    bad.unlink()
    [error] = found.errors
    print(f"{name}: {found.peak // 1024} MB")
    assert found.code == 1 and bad.name in error and kind.limit in error
    assert found.stdout.splitlines()[-1].startswith("good ")
    assert found.peak < MEMORY * 1024


# Two gigabytes that are written into a pipe, never to disk.
STREAMS = {
    "csv": """
write(b"id,title,date,source,text\\r\\n")
text = b"Kenya accused Somalia on Tuesday of shelling a town. " * 18_000
for n in range(SIZE // len(text) + 1):
    write(b"a%d,Headline,2021-05-03,Gazette,%s\\r\\n" % (n, text))
""",
    "warc": """
page = b"<html><head><title>T</title></head><body><article>" + b"<p>%s</p>" % (b"It rained. " * 40) * 9
head = b"WARC/1.0\\r\\nWARC-Type: response\\r\\nWARC-Record-ID: <urn:uuid:%d>\\r\\n"
head += b"WARC-Date: 2021-05-03T00:00:00Z\\r\\nWARC-Target-URI: https://h.example/%d\\r\\n"
head += b"Content-Type: application/http;msgtype=response\\r\\n"
for n in range(SIZE // 1_000_000):
    kind, body = (b"text/html", page) if n % 100 == 0 else (b"image/png", bytes(1_000_000))
    http = b"HTTP/1.1 200 OK\\r\\nContent-Type: " + kind + b"\\r\\n\\r\\n" + body
    write(head % (n, n) + b"Content-Length: %d\\r\\n\\r\\n" % len(http) + http + b"\\r\\n\\r\\n")
""",
}


def streamed(kind: str, size: int) -> Listing:
    """The articles in a stream of `size` bytes."""
    code = f"import sys; write = sys.stdout.buffer.write; SIZE = {size}\n{STREAMS[kind]}"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
        found = listing("-", "--any-language", stdin=writer.stdout)
    assert writer.returncode == 0 and found.code == 0, found.errors
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", STREAMS)
def test_two_gigabytes_take_the_memory_of_a_tenth(kind: str) -> None:
    small, large = (streamed(kind, size) for size in (200_000_000, 2_000_000_000))
    for found in (small, large):
        print(f"{kind}: {found.n_articles} articles, {found.peak // 1024} MB")
    assert large.n_articles > 9 * small.n_articles > 0 and large.peak < 1.2 * small.peak
