"""Which unlabelled articles are labelled: none of those that a student is measured on."""

from __future__ import annotations

import pytest
from stancewire.data.errors import InputError
from stancewire.data.schema import Article
from stancewire.training.distillation.articles import UnlabelledArticle, select

OTHER = "Farmers in the south began the harvest two weeks early this year because of the dry spring."


def test_copies_and_ids_of_held_out_articles_are_left_out_and_counted(tiny: list[Article]) -> None:
    held_out = [a for a in tiny if a.split != "train"]
    train = next(a for a in tiny if a.split == "train")
    selected = select(
        [
            UnlabelledArticle(held_out[0].text),
            UnlabelledArticle(f"{OTHER}\n\n{held_out[1].text}\n\n{OTHER}"),
            UnlabelledArticle(OTHER, id=held_out[2].doc_id),
            UnlabelledArticle(train.text, id=train.doc_id),
            UnlabelledArticle(OTHER),
            UnlabelledArticle(OTHER.replace(" ", "  ")),
        ],
        held_out,
    )
    assert [a.text for a in selected.articles] == [train.text, OTHER]
    assert (selected.held_out, selected.repeated) == (3, 1)
    assert str(selected) == "2 unlabelled articles; left out: 3 held out, 1 repeated"


def test_the_digest_is_that_of_the_texts_in_any_order() -> None:
    one, other = UnlabelledArticle(OTHER), UnlabelledArticle("Rain is expected in the north.", id="r1")
    digest = select([one, other], []).digest
    assert digest == select([other, one], []).digest != select([one], []).digest


def test_it_is_an_error_if_nothing_is_left(tiny: list[Article]) -> None:
    with pytest.raises(InputError, match="every article is a copy of a held-out one"):
        select([UnlabelledArticle(tiny[0].text)], [tiny[0]])
    with pytest.raises(InputError, match=r"^classifier.unlabelled: no articles"):
        select([], [])
