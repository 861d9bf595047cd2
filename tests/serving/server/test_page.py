"""The forms of the page, without a browser: text, file, URL, errors, and corrections as a sheet."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import Result
from running import RunningServer
from stancewire.data.annotation.corpus import read_corpus
from stancewire.data.codebook import Codebook
from stancewire.data.errors import InputError
from stancewire.data.record import Party, Record, ScoredSentence, ScoredStatement
from stancewire.serving.server.pages.corrections import Row, correction_sheet, rows_of

TEXT = (
    "Kenya accused Somalia of shelling a border town on Monday.\n\n"
    "The minister said that the attack\nbroke the agreement, and urged the United Nations to act."
)


def _view(service: RunningServer, **form: Any) -> httpx.Response:
    files = form.pop("files", None)
    return httpx.post(f"{service.url}/view", data=form, files=files or {"x": (None, "")}, timeout=60)


def _alert(reply: httpx.Response, status: int = 422) -> str:
    assert reply.status_code == status
    found = re.search(r'role="alert">(.*?)</p>', reply.text, re.S)
    assert found, reply.text[:500]
    return html.unescape(re.sub("<[^>]+>", "", found[1]))


def test_a_pasted_text_becomes_an_article_page(service: RunningServer) -> None:
    reply = _view(service, text=TEXT, title="Border <script>alert(1)</script>")
    assert reply.status_code == 200
    assert "border town on Monday" in reply.text and "<script>alert" not in reply.text
    assert "form-action 'self'" in html.unescape(reply.text)


def _zip(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "titles"),
    [
        ("news.csv", f'id,title,text\na,First,"{TEXT}"\nb,Second,"{TEXT} Again."\n'.encode(), 2),
        ("article.txt", TEXT.encode(), 1),
        ("files.zip", _zip({"a.txt": TEXT, "b.txt": TEXT + " Again."}), 2),
        ("../../etc/evil.txt", TEXT.encode(), 1),
        (f"{'long name ' * 24}.csv", f'id,text\na,"{TEXT}"\nb,"{TEXT} Again."\n'.encode(), 2),
    ],
)
def test_a_file_is_read_as_score_reads_it(
    name: str, content: bytes, titles: int, service: RunningServer
) -> None:
    reply = _view(service, files={"file": (name, content)})
    assert reply.status_code == 200, reply.text[-2000:]
    assert len(re.findall("<article ", reply.text)) == titles
    assert "../" not in reply.text


def test_more_articles_than_a_request_may_have_are_named(service: RunningServer) -> None:
    rows = "".join(f'a{n},"{TEXT} It was day {n}."\n' for n in range(9))
    reply = _view(service, files={"file": ("news.csv", f"id,text\n{rows}".encode())})
    assert len(re.findall("<article ", reply.text)) == 5
    assert "more than 5 articles; the first 5 were read" in reply.text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "paste a text, choose a file or name a URL"),
        ({"text": TEXT, "url": "https://example.org/"}, "one of them"),
        ({"text": "Das ist ein deutscher Text über den Krieg an der Grenze. " * 4}, "not in English"),
        ({"text": TEXT, "model": "other"}, "the service does not have this model"),
        ({"url": "http://127.0.0.1:1/"}, "is a loopback address"),
        ({"url": "http://localhost/"}, "loopback"),
        ({"url": "http://169.254.169.254/latest"}, "link-local"),
        ({"url": "http://[::ffff:10.0.0.1]/"}, "private"),
        ({"url": "file:///etc/passwd"}, "not a URL of http or https"),
        ({"url": "hf:owner/name"}, "not a URL of http or https"),
        ({"url": "/etc/passwd"}, "not a URL of http or https"),
        ({"files": {"file": ("x.bin", bytes(2000))}}, ""),
        ({"files": {"file": ("x.docx", b"PK\x03\x04broken")}}, ""),
        ({"files": {"file": ("empty.txt", b"")}}, ""),
        ({"url": '"><script>alert(1)</script>'}, "not a URL"),
    ],
)
def test_what_cannot_be_shown_is_said_on_the_page(
    form: dict[str, Any], words: str, service: RunningServer
) -> None:
    reply = _view(service, **form)
    assert words in _alert(reply)
    assert "<script>alert" not in reply.text


@pytest.mark.parametrize("body", [b"", b"--x\r\n", b"\xff" * 50])
@pytest.mark.parametrize("path", ["/view", "/corrections"])
@pytest.mark.parametrize(
    "kind",
    ["multipart/form-data; boundary=x", "multipart/form-data", "application/x-www-form-urlencoded", "x"],
)
def test_invalid_forms_are_refused(body: bytes, path: str, kind: str, service: RunningServer) -> None:
    reply = httpx.post(f"{service.url}{path}", content=body, headers={"Content-Type": kind}, timeout=60)
    assert reply.status_code in (400, 422), reply.text


def _fields(page: str) -> dict[str, list[str]]:
    """What a browser sends for the first form of corrections, if nothing is changed."""
    form = page[page.index('action="/corrections"') :]
    form = form[: form.index("</form>")]
    found: dict[str, list[str]] = {}
    for tag in re.finditer(r"<input([^>]*)>|<select([^>]*)>(.*?)</select>", form, re.S):
        name = re.search(r'name="(\w+)"', tag[1] or tag[2])
        assert name
        if tag[1]:
            value = re.search(r'value="([^"]*)"', tag[1], re.S)
            assert value
            found.setdefault(name[1], []).append(html.unescape(value[1]))
            continue
        options = re.findall(r"<option([^>]*)>", tag[3])
        chosen = next((o for o in options if "selected" in o), options[0])
        value = re.search(r'value="([^"]*)"', chosen)
        assert value
        found.setdefault(name[1], []).append(html.unescape(value[1]))
    return found


def _import(cli: Callable[..., Result], sheet: str, folder: Path, codebook: Codebook) -> Any:
    (folder / "c.sheet").write_text(sheet, encoding="utf-8")
    result = cli("corpus", "import", folder / "c.sheet", "--format", "sheet", "-o", folder / "c.jsonl")
    assert result.exit_code == 0, result.stderr
    [article] = read_corpus([str(folder / "c.jsonl")], codebook)
    return article


def test_a_correction_is_a_sheet_that_corpus_import_takes(
    service: RunningServer, cli: Callable[..., Result], tmp_path: Path, codebook: Codebook
) -> None:
    fields = _fields(_view(service, text=TEXT).text)
    fields["sentence"][-1], fields["kind"][-1] = "1", "appeal"
    fields["actor"][-1], fields["actor_id"][-1] = "The minister", "KEN"
    fields["target"][-1], fields["target_id"][-1] = "the United Nations", "UN"
    fields["sentence"][-2], fields["kind"][-2] = "0", "loaded"
    reply = httpx.post(f"{service.url}/corrections", data=fields, timeout=60)
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-disposition"] == 'attachment; filename="text.sheet"'
    article = _import(cli, reply.text, tmp_path, codebook)
    assert [s.text for s in article.sentences] == [
        "Kenya accused Somalia of shelling a border town on Monday.",
        "The minister said that the attack broke the agreement, and urged the United Nations to act.",
    ]
    assert [s.para for s in article.sentences] == [True, True]
    assert "loaded" in article.sentences[0].labels
    added = article.sentences[1].statements[-1]
    assert (added.stance, added.actor.text, added.target.text) == (
        "appeal",
        "The minister",
        "the United Nations",
    )
    assert (added.actor_id, added.target_id) == ("KEN", "UN")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"actor": "Uganda", "kind": "blame"}, "'Uganda' is not in the sentence"),
        ({"kind": "praise"}, "unknown stance"),
        ({"actor_id": "not an id", "kind": "blame", "actor": "Kenya"}, "must be in capitals"),
        ({"sentence": "99", "kind": "blame"}, "there is no sentence 99"),
        ({"sentence": "x"}, "the form is not complete"),
        ({"actor": "Kenya | x", "kind": "blame"}, ""),
    ],
)
def test_an_invalid_correction_is_refused(change: dict[str, str], words: str, service: RunningServer) -> None:
    fields = _fields(_view(service, text=TEXT).text)
    for name, value in change.items():
        fields[name][-1] = value
    reply = httpx.post(f"{service.url}/corrections", data=fields, timeout=60)
    assert words in _alert(reply)


def test_a_correction_with_half_a_character_is_refused(service: RunningServer) -> None:
    fields = _fields(_view(service, text=TEXT).text)
    fields["article"] = [fields["article"][0].replace("Kenya", "\\ud800")]
    reply = httpx.post(f"{service.url}/corrections", data=fields, timeout=60)
    assert "unpaired surrogate" in _alert(reply)


def test_words_that_occur_twice_are_numbered(codebook: Codebook) -> None:
    text = "They\nsaid that they and they left."
    sentence = ScoredSentence(start=0, end=len(text), text=text)
    actor = Party(text="they", start=24, end=28, id="KEN", evidence="guess")
    statement = ScoredStatement(sentence=0, stance="blame", score=0.5, actor=actor)
    record = Record(id="x", sentences=(sentence,), statements=(statement,))
    rows = rows_of(record, text)
    assert rows == [Row(0, "blame", "they#2", "KEN")]
    sheet = correction_sheet(text, rows, codebook, {"doc_id": "x\ny"})
    assert "### x y\n" in sheet and "> blame | they#2 | KEN | - | -" in sheet


def test_texts_that_look_like_lines_of_a_sheet_stay_texts(codebook: Codebook) -> None:
    text = "### other\n\n> blame | x | KEN | - | -\n\n! loaded\n\nKenya blamed Somalia."
    rows: Sequence[Row] = []
    sheet = correction_sheet(text, rows, codebook, {"doc_id": "a", "outlet": "P\n### b"})
    from stancewire.data.annotation.sheet import parse_sheet

    [article] = parse_sheet(sheet, "x", codebook)
    assert all(not s.statements and not s.labels for s in article.sentences)
    with pytest.raises(InputError):
        correction_sheet(text, [Row(0, "blame\n### b", "x")], codebook, {"doc_id": "a"})
