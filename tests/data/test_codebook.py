"""The label set as data."""

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


def test_the_shipped_one_has_three_stances_and_loaded(codebook: Codebook) -> None:
    assert codebook.stance_names == ("blame", "ceasefire_claim", "appeal")
    assert codebook.label_names == ("loaded",)


def test_a_stance_without_target_has_one_role(tmp_path: Path) -> None:
    own = book(
        tmp_path,
        'name = "own"\n' + STANCE.format("threat", "d", "true") + STANCE.format("grief", "d", "false"),
    )
    assert own.roles == ("threat:actor", "threat:target", "grief:actor")


def test_the_digest_follows_names_and_targets_not_wording(tmp_path: Path) -> None:
    one = book(tmp_path, 'name = "own"\n' + STANCE.format("threat", "one", "true"))
    reworded = book(tmp_path, 'name = "other"\n' + STANCE.format("threat", "two", "true"))
    renamed = book(tmp_path, 'name = "own"\n' + STANCE.format("menace", "one", "true"))
    aimless = book(tmp_path, 'name = "own"\n' + STANCE.format("threat", "one", "false"))
    assert one.digest == reworded.digest
    assert len({one.digest, renamed.digest, aimless.digest}) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "not a TOML"),
        ('name = "own"\n', "at least one"),
        ('name = "own"\n' + STANCE.format("threat", "d", "true") * 2, "once"),
        ('name = "own"\n' + STANCE.format("Big Threat", "d", "true"), "stances.0.name"),
        ('name = "own"\n[[stances]]\nname = "threat"\n', "stances.0.title"),
        *(
            (f'name = "{name}"\n' + STANCE.format("threat", "d", "true"), f"name: '{name}'")
            for name in ("champion", "challenger", "pretrained", "12", "v3", "my/deeds", "deeds@1", "")
        ),
    ],
)
def test_faults_name_the_file(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as fault:
        book(tmp_path, text)
    assert str(fault.value).startswith(str(tmp_path / "book.toml"))


def test_a_missing_one_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such codebook"):
        load_codebook(tmp_path / "none.toml")


def test_a_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        load_codebook(tmp_path)
