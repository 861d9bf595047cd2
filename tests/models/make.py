"""Makes the tiny saved models beside it, one per kind of classifier, each with the record that it must give.

Run it when `training.serialization.FORMAT` is raised: `python tests/models/make.py` (from the repository,
which must be installed with its `dev` extra: the random encoders are written with onnx).
"""

from __future__ import annotations

import json
import shutil
from itertools import permutations
from pathlib import Path

from stancewire.data.codebook import Codebook, shipped_codebook
from stancewire.data.record import Record
from stancewire.data.schema import Article
from stancewire.data.text.gazetteer import gazetteer
from stancewire.tests.training.encoder.conftest import random_network
from stancewire.training.decoding.decisions import Decisions
from stancewire.training.decoding.labeller import Labeller
from stancewire.training.decoding.pairing import Pairing
from stancewire.training.decoding.stance_chooser import StanceChooser
from stancewire.training.decoding.statement_finder import StatementFinder
from stancewire.training.encoder.classifier import EncoderClassifier, EncoderPairClassifier
from stancewire.training.encoder.settings import EncoderSettings
from stancewire.training.examples.dataset import Analysed, analyse_articles
from stancewire.training.examples.known_pairs import known_pairs
from stancewire.training.fit import fit_labeller
from stancewire.training.manifest import write_manifest
from stancewire.training.serialization import FORMAT, load_model, save_model
from stancewire.training.settings import LinearSettings
from tokenizers import Tokenizer, models, pre_tokenizers, processors

FOLDER = Path(__file__).parent
EXPECTED = "expected.jsonl"
TEXT = "Kenya accused Somalia of shelling the brutal camp. Somalia urged Kenya to withdraw. It rained."
SENTENCE, ACTOR, TARGET = "Kenya accused Somalia of shelling the camp.", "Kenya", "Somalia"
PARTIES = ("Armenia", "Georgia", "Peru", "Chile")
STATED = {
    "blame": "{0} accused {1} of shelling the town.",
    "appeal": "{0} urged {1} to withdraw its troops.",
    "ceasefire_claim": "{0} said that a ceasefire with {1} had been agreed.",
}


def corpus() -> list[Article]:
    """Twelve synthetic articles: every ordered pair of parties takes every stance."""
    out = []
    for n, (actor, target) in enumerate(permutations(PARTIES, 2)):
        sentences = []
        for stance, template in STATED.items():
            statement = {"stance": stance, "actor": actor, "target": target}
            if stance == "ceasefire_claim":
                statement.pop("target")
            sentences.append({"text": template.format(actor, target), "statements": [statement]})
        sentences.append({"text": "The brutal raid was a shame.", "labels": ["loaded"]})
        sentences.append({"text": "Rain fell on the town."})
        raw = {"doc_id": f"d{n}", "conflict": f"c{n}", "sentences": sentences}
        out.append(Article.model_validate(raw))
    return out


def linear(known: bool, codebook: Codebook) -> Labeller:
    """A linear model of known or found mentions."""
    names, articles = gazetteer(), corpus()

    def analysed(part: list[Article]) -> Analysed:
        data = analyse_articles(part, names, codebook)
        return known_pairs(data, codebook) if known else data

    settings = LinearSettings(min_count=3)
    train, validation = analysed(articles[:8]), analysed(articles[8:])
    return fit_labeller(train, validation, codebook, names, settings, mentions="known" if known else "found")


def encoder(kind: type[EncoderClassifier], codebook: Codebook) -> Labeller:
    """An encoder with random weights, which knows the words of the texts below."""
    words = dict.fromkeys(
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"@#.", *TEXT.replace(".", "").split()]
    )
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    classifier = kind(EncoderSettings(encoder="random"), codebook)
    classifier.set_network(random_network(codebook, len(words)), tokenizer.to_str())
    if classifier.known_pairs:
        return StanceChooser(classifier, Decisions(), codebook, gazetteer())
    return StatementFinder(classifier, Decisions(), Pairing(), codebook, gazetteer())


def expected(labeller: Labeller) -> Record:
    """What a model must find in the texts; statements of a low score too, so that there are some."""
    if labeller.mentions == "known":
        return labeller.label(SENTENCE, id="pair", actor=ACTOR, target=TARGET)
    return labeller.label(TEXT, id="article", min_score=0.05)


def main() -> None:
    """Replace the models of the present format; those of older formats that are still read stay."""
    codebook = shipped_codebook()
    for labeller in (
        linear(False, codebook),
        linear(True, codebook),
        encoder(EncoderClassifier, codebook),
        encoder(EncoderPairClassifier, codebook),
    ):
        folder = FOLDER / f"{FORMAT}-{labeller.classifier.kind}"
        shutil.rmtree(folder, ignore_errors=True)
        save_model(labeller, folder)
        # Of the model as it is read: weights are stored as 32-bit numbers.
        record = json.dumps(expected(load_model(folder)).to_dict(), ensure_ascii=False)
        (folder / EXPECTED).write_text(record + "\n", encoding="utf-8")
        write_manifest(folder)  # again, for it lists every file
        size = sum(file.stat().st_size for file in folder.iterdir())
        print(f"{folder.name}: {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
