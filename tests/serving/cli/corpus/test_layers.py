"""`corpus fetch` and `corpus detach`: a layer and its texts, from a file, an archive and a server."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import Result
from stancewire.data.annotation.corpus import read_corpus
from stancewire.data.layers import registry as layer_source
from stancewire.data.layers.layer import detach, write_layer
from stancewire.data.schema import Article

Cli = Callable[..., Result]
OneLine = Callable[[Result], str]


@pytest.fixture
def articles(tiny: list[Article]) -> list[Article]:
    return [a.model_copy(update={"genre": None}) for a in tiny]


@pytest.fixture
def small_layer(articles: list[Article], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Article]:
    """The layer `news` is that of the tiny corpus, with its texts in `tmp_path` in every format."""
    layers = tmp_path / "layers"
    layers.mkdir()
    (layers / "news.toml").write_bytes((layer_source.LAYERS / "news.toml").read_bytes())
    write_layer(layers / "news.jsonl", [detach(a, a.text) for a in articles])
    monkeypatch.setattr(layer_source, "LAYERS", layers)
    monkeypatch.setenv("STANCEWIRE_CACHE", str(tmp_path / "cache"))
    rows = [{"ID": a.doc_id, "content_original": a.text, "content": "another text"} for a in articles]
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    (tmp_path / "texts.jsonl.gz").write_bytes(gzip.compress((tmp_path / "texts.jsonl").read_bytes()))
    (tmp_path / "folder").mkdir()
    with zipfile.ZipFile(tmp_path / "texts.zip", "w") as archive:
        for row in [*rows, {"ID": "another", "content_original": "Not wanted."}]:
            archive.writestr(f"Data-main/data/jsons/{row['ID']}.json", json.dumps(row))
            archive.writestr(f"Data-main/data/splits/{row['ID']}.json", "{}")
            (tmp_path / "folder" / f"{row['ID']}.json").write_text(json.dumps(row))
    return articles


@pytest.mark.parametrize("form", ["texts.jsonl", "texts.jsonl.gz", "texts.zip", "folder"])
def test_a_local_copy_is_joined_and_used_by_name(
    form: str, cli: Cli, small_layer: list[Article], tmp_path: Path
) -> None:
    result = cli("corpus", "fetch", "news", "--from", tmp_path / form)
    assert result.exit_code == 0 and result.stdout == ""
    assert "54 of 54 articles written to" in result.stderr and "Apache-2.0" in result.stderr
    assert read_corpus(["news"]) == small_layer
    assert cli("corpus", "validate", "news").exit_code == 0


def test_the_archive_is_downloaded_joined_and_deleted(
    cli: Cli, small_layer: list[Article], tmp_path: Path
) -> None:
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path)
    ) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        result = cli("corpus", "fetch", "news", "--url", f"http://127.0.0.1:{server.server_port}/texts.zip")
        server.shutdown()
    assert result.exit_code == 0, result.stderr
    assert read_corpus(["news"]) == small_layer
    assert list((tmp_path / "cache" / "downloads").iterdir()) == []


def test_offline_the_error_says_what_to_do(cli: Cli, small_layer: list[Article], one_line: OneLine) -> None:
    line = one_line(cli("corpus", "fetch", "news", "--url", "http://127.0.0.1:9/texts.zip"))
    assert "cannot be reached" in line and "--from" in line


def test_training_on_a_layer_that_was_not_fetched_is_an_error(
    cli: Cli, small_layer: list[Article], one_line: OneLine
) -> None:
    assert "news: the texts of this layer have not been fetched" in one_line(cli("corpus", "stats", "news"))


def test_changed_and_missing_texts_are_reported_and_the_rest_is_joined(
    cli: Cli, small_layer: list[Article], tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in (tmp_path / "texts.jsonl").read_text().splitlines()]
    rows[0]["content_original"] += " More."
    (tmp_path / "other.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows[:-1]))
    result = cli("corpus", "fetch", "news", "--from", tmp_path / "other.jsonl", "-o", tmp_path / "out.jsonl")
    faults = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert result.exit_code == 1 and len(faults) == 2
    assert f"{small_layer[0].doc_id}: the text is not the one that was annotated" in faults[0]
    assert f"{small_layer[-1].doc_id}: not in the dataset" in faults[1]
    assert "52 of 54 articles" in result.stderr
    assert read_corpus([tmp_path / "out.jsonl"]) == small_layer[1:-1]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.zip", b"PK no zip", "a.zip: damaged or incomplete"),
        ("a.jsonl.gz", gzip.compress(b"{}" * 999, mtime=0)[:20], "a.jsonl.gz: damaged or incomplete"),
        ("a.jsonl", b'{"ID": \n', "a.jsonl:1: not JSON"),
        ("a.jsonl", b"\xff\xfe\x00", "not UTF-8"),
        ("a.jsonl", b'{"ID": "%s"}', "an article without text"),
        ("gone.zip", None, "no such file"),
    ],
)
def test_a_damaged_copy_gives_one_error(
    name: str,
    content: bytes | None,
    said: str,
    cli: Cli,
    small_layer: list[Article],
    tmp_path: Path,
    one_line: OneLine,
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content.replace(b"%s", small_layer[0].doc_id.encode()))
    assert said in one_line(cli("corpus", "fetch", "news", "--from", tmp_path / name))


def test_a_copy_of_something_else_writes_nothing(
    cli: Cli, small_layer: list[Article], tmp_path: Path
) -> None:
    (tmp_path / "else.jsonl").write_text('{"ID": "x", "text": "y"}\n')
    result = cli("corpus", "fetch", "news", "--from", tmp_path / "else.jsonl", "-o", tmp_path / "out.jsonl")
    assert (
        result.exit_code == 1
        and "none of the layer's 54 articles" in result.stderr
        and not (tmp_path / "out.jsonl").exists()
    )


def test_an_unknown_layer_is_an_error(cli: Cli, one_line: OneLine) -> None:
    assert "nows: no such layer (the layers are: news, news-more)" in one_line(cli("corpus", "fetch", "nows"))


def test_annotations_are_separated_from_their_texts(
    cli: Cli, small_layer: list[Article], tmp_path: Path
) -> None:
    assert (
        cli(
            "corpus", "fetch", "news", "--from", tmp_path / "texts.zip", "-o", tmp_path / "mine.jsonl"
        ).exit_code
        == 0
    )
    result = cli(
        "corpus",
        "detach",
        tmp_path / "mine.jsonl",
        "--from",
        tmp_path / "texts.jsonl",
        "-o",
        tmp_path / "layer.jsonl",
    )
    assert result.exit_code == 0
    assert (tmp_path / "layer.jsonl").read_bytes() == (tmp_path / "layers" / "news.jsonl").read_bytes()


def test_an_own_layer_file_is_joined_too(
    cli: Cli, small_layer: list[Article], tmp_path: Path, one_line: OneLine
) -> None:
    own = tmp_path / "layers" / "news.jsonl"
    result = cli("corpus", "fetch", own, "--from", tmp_path / "texts.zip", "-o", tmp_path / "joined.jsonl")
    assert result.exit_code == 0 and read_corpus([tmp_path / "joined.jsonl"]) == small_layer
    assert "name one with -o" in one_line(cli("corpus", "fetch", own, "--from", tmp_path / "texts.zip"))
    assert "cannot be read" in one_line(
        cli("corpus", "fetch", tmp_path / "gone.jsonl", "-o", tmp_path / "x.jsonl")
    )


def test_nothing_is_written_if_texts_are_missing(
    cli: Cli, small_layer: list[Article], tmp_path: Path, one_line: OneLine
) -> None:
    (tmp_path / "mine.jsonl").write_text('{"doc_id": "x", "sentences": [{"text": "Nothing."}]}\n')
    line = one_line(
        cli(
            "corpus",
            "detach",
            tmp_path / "mine.jsonl",
            "--from",
            tmp_path / "texts.jsonl",
            "-o",
            tmp_path / "layer.jsonl",
        )
    )
    assert "1 article not among the texts: x" in line and not (tmp_path / "layer.jsonl").exists()
