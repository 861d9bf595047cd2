"""Codebooks: label sets as data."""

from __future__ import annotations

from pathlib import Path

import pytest
from stancewire.data.codebook import Codebook, load_codebook
from stancewire.data.errors import InputError

STANCE = '[[stances]]\nname = "{}"\ntitle = "T"\ndefinition = "{}"\nhas_target = {}\n'


def book(tmp_path: Path, text: str) -> Codebook:
    path = tmp_path / "book.toml"
    path.write_text(text, encoding="utf-8")
    return load_codebook(path)


def test_the_shipped_codebook(codebook: Codebook) -> None:
    assert codebook.stance_names == ("blame", "ceasefire_claim", "appeal")
    assert codebook.label_names == ("loaded",)


def test_a_stance_without_target_has_one_role(tmp_path: Path) -> None:
    own = book(
        tmp_path,
        'name = "own"\n' + STANCE.format("threat", "d", "true") + STANCE.format("grief", "d", "false"),
    )
    assert own.roles == ("threat:actor", "threat:target", "grief:actor")


def test_the_digest_depends_on_names_and_targets_only(tmp_path: Path) -> None:
    one = book(tmp_path, 'name = "own"\n' + STANCE.format("threat", "one", "true"))
    reworded = book(tmp_path, 'name = "other"\n' + STANCE.format("threat", "two", "true"))
    renamed = book(tmp_path, 'name = "own"\n' + STANCE.format("menace", "one", "true"))
    aimless = book(tmp_path, 'name = "own"\n' + STANCE.format("threat", "one", "false"))
    assert one.digest == reworded.digest
    assert len({one.digest, renamed.digest, aimless.digest}) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "invalid TOML"),
        ('name = "own"\n', "at least one"),
        ('name = "own"\n' + STANCE.format("threat", "d", "true") * 2, "unique names"),
        ('name = "own"\n' + STANCE.format("Big Threat", "d", "true"), "stances.0.name"),
        ('name = "own"\n[[stances]]\nname = "threat"\n', "stances.0.title"),
        *(
            (f'name = "{name}"\n' + STANCE.format("threat", "d", "true"), f"name: '{name}'")
            for name in ("champion", "challenger", "pretrained", "12", "v3", "my/deeds", "deeds@1", "")
        ),
    ],
)
def test_errors_name_the_file(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as error:
        book(tmp_path, text)
    assert str(error.value).startswith(str(tmp_path / "book.toml"))


def test_a_missing_codebook(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such codebook"):
        load_codebook(tmp_path / "none.toml")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        load_codebook(tmp_path)
