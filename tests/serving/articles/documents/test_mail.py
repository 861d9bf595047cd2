"""Mail that forwards, digests of several messages, and headers on folded lines."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from stancewire.serving.articles.documents.mail import Mail
from synthetic.reading import read, refusal
from synthetic.stories import Story, stories

STORIES = stories(20)


def message(story: Story, text: str | None = None) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"{story.outlet} <news@gazette.example>"
    mail["To"] = "reader@home.example"
    mail["Subject"] = story.title
    mail["Date"] = "Mon, 03 May 2021 09:05:00 +0200"
    mail["Message-ID"] = f"<{abs(hash(story.title))}@gazette.example>"
    mail.set_content(story.text if text is None else text)
    return mail


def forwarding(note: str) -> EmailMessage:
    outer = message(STORIES[1], note)
    del outer["Subject"]
    outer["Subject"] = "Fwd: news"
    return outer


@pytest.mark.parametrize("note", ["", "FYI\n"])
def test_an_attached_message_is_read_instead_of_the_note_above_it(note: str) -> None:
    outer = forwarding(note)
    outer.add_attachment(message(STORIES[0]))
    (article,) = read(Mail(), outer.as_bytes(), "a.eml").articles
    assert (article.title, article.text) == (STORIES[0].title, STORIES[0].text)
    assert article.outlet == STORIES[0].outlet


GMAIL = "---------- Forwarded message ---------\nFrom: {outlet} <news@g.example>\n"
GMAIL += "Date: Mon, 3 May 2021 at 09:05\nSubject: {title}\nTo: <a@b.example>\n\n\n{text}"
APPLE = "\nBegin forwarded message:\n\nFrom: {outlet} <n@g.example>\nSubject: {title}\n"
APPLE += "Date: 3 May 2021 at 09:05:00 CEST\nTo: a@b.example\n\n{text}"


@pytest.mark.parametrize("form", [GMAIL, APPLE])
@pytest.mark.parametrize("note", ["", "See below.\n\n"])
def test_a_message_forwarded_inline_is_read_with_its_own_headers(form: str, note: str) -> None:
    story = STORIES[0]
    body = form.format(outlet=story.outlet, title=story.title, text=story.text)
    (article,) = read(Mail(), forwarding(note + body).as_bytes(), "a.eml").articles
    assert (article.title, article.text, article.outlet) == (story.title, story.text, story.outlet)


@pytest.mark.parametrize("form", [GMAIL, APPLE])
def test_a_message_that_was_forwarded_twice_is_read(form: str) -> None:
    story = STORIES[0]
    inner = form.format(outlet=story.outlet, title=story.title, text=story.text)
    body = form.format(outlet="Ines", title="Fwd: news", text=inner)
    (article,) = read(Mail(), forwarding(body).as_bytes(), "a.eml").articles
    assert (article.title, article.text, article.outlet) == (story.title, story.text, story.outlet)


def test_a_message_with_thousands_of_forwarding_lines_is_read() -> None:
    body = GMAIL.format(outlet="Ines", title="Fwd: news", text="") * 5000 + STORIES[0].text
    (article,) = read(Mail(), forwarding(body).as_bytes(), "a.eml").articles
    assert article.text.endswith(STORIES[0].text)


def test_a_message_forwarded_inline_as_html_is_read() -> None:
    story = STORIES[0]
    outer = forwarding("")
    rows = "<br>".join(
        (f"From: {story.outlet} &lt;n@g.example&gt;", f"Subject: {story.title}", "To: a@b.example")
    )
    text = "".join(f"<p>{p}</p>" for p in story.paragraphs)
    mark = '<div class="gmail_attr">---------- Forwarded message ---------'
    html = f'<div class="gmail_quote">{mark}<br>{rows}</div>{text}</div>'
    outer.add_alternative(f"<html><body>{html}</body></html>", subtype="html")
    (article,) = read(Mail(), outer.as_bytes(), "a.eml").articles
    assert (article.title, article.text, article.outlet) == (story.title, story.text, story.outlet)


def test_a_long_answer_to_a_forwarded_message_is_the_article() -> None:
    body = f"{STORIES[1].text}\n\n---------- Forwarded message ---------\nFrom: a@b.example\n\nFerry."
    (article,) = read(Mail(), forwarding(body).as_bytes(), "a.eml").articles
    assert article.text == STORIES[1].text


def test_a_reply_in_the_form_of_outlook_is_left_out() -> None:
    body = f"{STORIES[0].text}\n\n-----Original Message-----\nFrom: a@b.example\nSent: Monday\n\nOlder text."
    (article,) = read(Mail(), forwarding(body).as_bytes(), "a.eml").articles
    assert article.text == STORIES[0].text


def test_each_message_of_a_digest_is_an_article() -> None:
    parts = "".join(
        f"--digest\r\nContent-Type: message/rfc822\r\n\r\n{message(s).as_string()}\r\n" for s in STORIES
    )
    data = (
        "From: list@gazette.example\r\nTo: a@b.example\r\nSubject: Digest, Vol 3\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/digest;\r\n boundary="digest"\r\n\r\n{parts}--digest--\r\n'
    )
    reading = read(Mail(), data.encode(), "digest.eml")
    assert reading.report.errors == []
    assert [(a.title, a.text) for a in reading.articles] == [(s.title, s.text) for s in STORIES]
    assert reading.articles[1].position == "message 2"
    assert len({a.id for a in reading.articles}) == 20


def test_a_boundary_on_a_folded_line_and_soft_line_breaks() -> None:
    data = (
        "From: Harbour Gazette <n@g.example>\r\nTo: a@b.example\r\n"
        "Subject: =?utf-8?q?Ferry_reopens_=E2=80=93?=\r\n =?utf-8?q?_council_pleased?=\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/alternative;\r\n\tcharset=utf-8;\r\n\tboundary=\r\n\t"b=_1"\r\n\r\n'
        "--b=_1\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        "The fer=\r\nry sails =3D again =C3=A9.\r\n--b=_1--\r\n"
    )
    (article,) = read(Mail(), data.encode(), "a.eml").articles
    assert article.text == "The ferry sails = again é."
    assert article.title == "Ferry reopens – council pleased"


def test_a_message_without_text_is_refused() -> None:
    assert "no text" in refusal(Mail(), message(STORIES[0], "").as_bytes(), "a.eml")
