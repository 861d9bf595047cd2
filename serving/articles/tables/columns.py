"""Which column of a table holds the text, the title, the date …: found by name, or named by the user."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from ....data.errors import InputError

# A column that holds only a summary is used if there is no column with the full text.
SUMMARIES = ("message", "description", "abstract", "summary", "excerpt", "snippet")
# Columns with the day on which a service has seen an article, which is not that of its publication.
SEEN = ("seendate",)
# Names of columns by role, in order of preference, as `normalised` writes them.
NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        # `text` of news-please is the page; `maintext` the article.
        *("maintext", "text", "content", "body", "full_text", "fulltext", "article_text", "story_content"),
        *("article", "story", "body_html", "notes", *SUMMARIES),
    ),
    "title": ("title", "headline", "heading", "title_page", "title_rss", "subject"),
    "date": (
        # `date` of Event Registry is when it was indexed; `dateTimePub` when it was published.
        *("datetimepub", "date_publish", "publish_date", "date_published", "publication_date"),
        *("published_at", "publishedat", "published", "pub_date", "pubdate", "event_date", "date"),
        *("datetime", "created_at", "seendate"),
    ),
    "outlet": (
        *("outlet", "source_hostname", "source", "publication", "source_domain", "media_name", "newspaper"),
        *("source_name", "sourcecommonname", "publisher", "sitename", "site_name", "meta_site_name"),
        *("hostname", "domain", "site"),
    ),
    "url": ("url", "link", "article_url", "web_url", "source_url", "url_alias", "canonical_link"),
    "id": ("id", "doc_id", "article_id", "event_id_cnty", "uri", "uuid", "guid"),
    "author": ("author", "authors", "byline", "creator"),
    "language": ("language", "lang", "language_code"),
    "date_original": ("date_original",),
    "actor": ("actor",),
    "target": ("target",),
}
ROLES = ("text", "id", "title", "date", "outlet", "url")


# Tables need the same names for every row; JSON may have others in each.
@lru_cache(maxsize=1000)
def normalised(name: str | None) -> str:
    """A name for comparison: `Event Date` and `event-date` are `event_date`."""
    return re.sub(r"[\W_]+", "_", (name or "").strip().casefold()).strip("_")


def find_columns(names: Sequence[str], named: Mapping[str, str]) -> dict[str, str]:
    """The column of each role that the table has.

    Args:
        names: the header, or the keys of an object.
        named: the columns that the user named, by role; case matters only between columns that differ in
            nothing else. Those that the table lacks are left out.
    """
    by_name: dict[str, str] = {}
    for name in names:
        by_name.setdefault(normalised(name), name)
    found: dict[str, str] = {}
    for role, aliases in NAMES.items():
        if role in named:
            column = named[role] if named[role] in names else by_name.get(normalised(named[role]))
        else:
            column = next((by_name[a] for a in aliases if a in by_name), None)
        if column is not None:
            found[role] = column
    return found


def check_named(names: Sequence[str], named: Mapping[str, str], found: Mapping[str, str], where: str) -> None:
    """Check that the table has the columns that the user named.

    Raises:
        InputError: one is missing.
    """
    for role, column in named.items():
        if role not in found:
            raise InputError(
                f"no column {column!r}", where=where, hint=f"--{role}-column; the columns are {listed(names)}"
            )


def without_text(names: Sequence[str], found: Mapping[str, str], where: str) -> InputError:
    """The error of a table that has no column with text."""
    if "url" in found:
        return InputError(
            "URLs and metadata without text, as in story lists of Media Cloud and GDELT",
            where=where,
            hint="download the pages with --fetch, or name the column of the text with --text-column",
        )
    what = f"no column with text; the columns are {listed(names)}"
    return InputError(what, where=where, hint="name it with --text-column")


def described(found: Mapping[str, str]) -> str:
    """The columns in words: `text from column 'notes', title 'headline', date 'event_date'`."""
    if "text" not in found:
        text = f"no text; the pages of column {found['url']!r} are downloaded"
    else:
        text = f"text from column {found['text']!r}"
        if normalised(found["text"]) in SUMMARIES:
            text += " (perhaps only a summary)"
    others = [role for role in ROLES[1:] if role in found and ("text" in found or role != "url")]
    seen = " (when it was seen)" if normalised(found.get("date")) in SEEN else ""
    return ", ".join([text, *(f"{r} {found[r]!r}{seen if r == 'date' else ''}" for r in others)])


def listed(names: Sequence[str]) -> str:
    """The names of the columns for a message, at most a dozen."""
    shown = [repr(str(name)[:40]) for name in names[:12]]
    return ", ".join(shown) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
