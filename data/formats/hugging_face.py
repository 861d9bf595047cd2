"""Hugging Face `datasets`: corpora as Parquet files and as datasets on the hub, with typed columns.

`write_dataset` writes a folder that `datasets.load_dataset(folder)` reads and `push_to_hub` shares: one
Parquet file per split, and a README.md that declares the features. `hf:owner/name` (or
`hf:owner/name@revision`) names a dataset of the hub, or of the server that the environment variable
HF_ENDPOINT names.
"""

# Parquet files and the hub are read through `datasets`, because it knows their layouts, caches downloads and
# casts types. JSONL and CSV files are not: an annotator needs the line of an error, and the library infers
# types from the whole file (a date becomes a timestamp) and fails as a whole on one invalid row.

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..files.reading import megabytes
from ..schema import SPLITS, Article
from .folders import new_folder

if TYPE_CHECKING:
    from datasets import Features

HUB = "hf:"
# Seconds to wait for the first answer of the hub; the library itself would try six times before giving up.
HUB_TIMEOUT = 5
# The name of the dataset split for articles without a split.
UNASSIGNED = "unassigned"
# Rows that are decoded at a time, and the largest group of rows in a Parquet file, in bytes.
BATCH = 100
MAX_GROUP_BYTES = 500_000_000


def corpus_features() -> Features:
    """The typed columns of a corpus. There is one row per article, see `schema.Article`."""
    from datasets import Features, List, Value

    text, number = Value("string"), Value("int64")
    span = {"text": text, "start": number, "end": number}
    statement = {"stance": text, "actor": span, "actor_id": text, "target": span, "target_id": text}
    sentence = {
        "text": text,
        "para": Value("bool"),
        "labels": List(text),
        "statements": List(statement),
        "near_miss": text,
    }
    names = ("doc_id", "split", "conflict", "outlet", "source", "date", "genre", "language", "license")
    columns: dict[str, Any] = dict.fromkeys(names, text)
    return Features(columns | {"annotators": List(text), "row": number, "sentences": List(sentence)})


def is_hub_name(name: Path | str) -> bool:
    """Whether the name of a corpus is that of a dataset on the hub: `hf:owner/name`."""
    return str(name).startswith(HUB)


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Hide the progress bars and log lines of the library: `stancewire` has its own."""
    import datasets

    shown, level = not datasets.are_progress_bars_disabled(), datasets.logging.get_verbosity()
    datasets.disable_progress_bars()
    datasets.logging.set_verbosity(datasets.logging.CRITICAL)
    try:
        yield
    finally:
        datasets.logging.set_verbosity(level)
        if shown:
            datasets.enable_progress_bars()


def _without_nulls(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a raw article: without missing fields, for which typed columns have null."""
    article = {k: v for k, v in raw.items() if v is not None}
    if isinstance(article.get("sentences"), list):
        article["sentences"] = [
            {k: v for k, v in s.items() if v is not None} if isinstance(s, dict) else s
            for s in article["sentences"]
        ]
    return article


def _read_error(error: Exception, where: str, hint: str) -> InputError:
    # Only the first line: the library's messages continue with advice for programmers.
    reason = str(error.__cause__ or error).strip().split("\n")[0][:200] or type(error).__name__
    return InputError(f"cannot be read: {reason}", where=where, hint=hint)


def read_parquet(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a Parquet file, not yet checked: location (`FILE: row N`, from 1) and fields.

    Raises:
        InputError: the file cannot be read, or is not Parquet.
    """
    import datasets

    if not path.is_file():
        raise InputError("no such file", where=str(path), hint="give a Parquet file")
    try:
        # Streamed, so that nothing is copied into the library's cache.
        _refuse_large_groups(path)
        rows = datasets.load_dataset(
            "parquet", data_files=str(path), split="train", streaming=True, batch_size=BATCH
        )
        with quiet_libraries():
            for n, row in enumerate(rows, 1):
                yield f"{path}: row {n}", _without_nulls(row)
    except InputError:
        raise
    # Damaged files make the libraries raise almost anything.
    except Exception as error:
        raise _read_error(error, str(path), "export it again as Parquet") from None


def _refuse_large_groups(path: Path) -> None:
    """Refuse a file with a group of rows that is larger than the memory should be: groups are read whole."""
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(path) as file:
        for n in range(file.metadata.num_row_groups):
            if file.metadata.row_group(n).total_byte_size > MAX_GROUP_BYTES:
                raise InputError(
                    f"a row group of more than {megabytes(MAX_GROUP_BYTES)}",
                    where=str(path),
                    hint="write it with smaller row groups",
                )


def check_reachable(repository: str, revision: str | None, where: str) -> None:
    """Ask the hub whether it has the dataset, without retries.

    Raises:
        InputError: it does not answer within `HUB_TIMEOUT` seconds, or has no such dataset.
    """
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    if constants.HF_HUB_OFFLINE:
        return
    try:
        HfApi().dataset_info(repository, revision=revision, timeout=HUB_TIMEOUT)
    except HFValidationError:
        raise InputError("not the name of a dataset", where=where, hint="hf:owner/name") from None
    except HfHubHTTPError as error:
        status = error.response.status_code
        raise InputError(
            "no such dataset, or it is private"
            if status in (401, 403, 404)
            else f"the hub answered {status}",
            where=where,
            hint="check the name; for a private dataset log in with `hf auth login`",
        ) from None
    # The HTTP library, and so the type of its errors, depends on the version of huggingface_hub.
    except Exception as error:
        raise InputError(
            f"{constants.ENDPOINT} does not answer ({str(error) or type(error).__name__})",
            where=where,
            hint="check the connection and HF_ENDPOINT, or set HF_HUB_OFFLINE=1 to use a downloaded copy",
        ) from None


def read_hub(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a dataset on the hub, not yet checked: location (`hf:owner/name: SPLIT row N`) and fields.

    If a dataset has no column `split`, the split of an article is the dataset split that it is in.

    Args:
        name: `hf:owner/name`, optionally followed by `@` and a branch, tag or commit.

    Raises:
        InputError: the hub does not answer, has no such dataset, or the dataset cannot be read.
    """
    import datasets

    repository, _, revision = name.removeprefix(HUB).partition("@")
    check_reachable(repository, revision or None, name)
    try:
        with quiet_libraries():
            splits = datasets.load_dataset(repository, revision=revision or None)
    except Exception as error:
        raise _read_error(error, name, "give a dataset with one row per article") from None
    for split, rows in splits.items():
        default = {"split": split} if "split" not in rows.column_names and split in SPLITS else {}
        for n, row in enumerate(rows, 1):
            yield f"{name}: {split} row {n}", default | _without_nulls(row)


def _by_split(articles: Iterable[Article]) -> dict[str, list[Article]]:
    groups: dict[str, list[Article]] = {}
    for article in articles:
        groups.setdefault(article.split or UNASSIGNED, []).append(article)
    return {s: groups[s] for s in (*SPLITS, UNASSIGNED) if s in groups}


def _one_value(articles: Iterable[Article], field: str) -> str | None:
    """The value of a field that all articles share, if they do."""
    values = {getattr(a, field) for a in articles}
    return str(values.pop()) if len(values) == 1 and None not in values else None


def _card(articles: Sequence[Article], groups: Mapping[str, Sequence[Article]]) -> str:
    """README.md: the metadata that `load_dataset` and the hub read, and a short description."""
    from datasets import DatasetInfo
    from datasets.info import DatasetInfosDict
    from datasets.utils.metadata import MetadataConfigs
    from huggingface_hub import DatasetCard, DatasetCardData

    license_, language = _one_value(articles, "license"), _one_value(articles, "language")
    data = DatasetCardData(license=license_.lower() if license_ else None, language=language)
    files = [{"split": split, "path": f"{split}.parquet"} for split in groups]
    MetadataConfigs({"default": {"data_files": files}}).to_dataset_card_data(data)
    DatasetInfosDict({"default": DatasetInfo(features=corpus_features())}).to_dataset_card_data(data)
    counts = "".join(
        f"| {split} | {len(group)} | {sum(len(a.sentences) for a in group)} |\n"
        for split, group in groups.items()
    )
    body = (
        "# Annotated news sentences\n\n"
        "Statements by actor and stance, exported with `stancewire corpus export --format hf`.\n"
        "One row per article; `actor` and `target` are spans of their sentence, in characters.\n\n"
        f"| split | articles | sentences |\n| --- | ---: | ---: |\n{counts}\n"
        "```python\n"
        "import datasets\n\n"
        "corpus = datasets.load_dataset(FOLDER)  # or owner/name on the hub\n"
        'corpus.push_to_hub("owner/name")\n'
        "```\n"
    )
    return str(DatasetCard(f"---\n{data.to_yaml()}\n---\n\n{body}"))


def write_dataset(path: Path, articles: Iterable[Article]) -> None:
    """Write a new folder atomically, which `datasets.load_dataset` can read.

    Args:
        path: a folder that does not exist yet, or is empty.

    Raises:
        InputError: the folder has content already, or a text contains an unpaired surrogate, which cannot be
            encoded as UTF-8.
    """
    from datasets import Dataset

    articles = list(articles)
    groups = _by_split(articles)
    with new_folder(path) as folder, quiet_libraries():
        for split, group in groups.items():
            try:
                rows = Dataset.from_list(
                    [a.model_dump(mode="json") for a in group], features=corpus_features()
                )
            except UnicodeEncodeError:
                raise InputError(
                    "a text contains an unpaired surrogate",
                    where=str(path),
                    hint="remove the character from \\ud800 to \\udfff",
                ) from None
            rows.to_parquet(folder / f"{split}.parquet")
        (folder / "README.md").write_text(_card(articles, groups), encoding="utf-8", newline="\n")
