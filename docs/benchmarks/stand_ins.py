"""Encoders of the size of those that are compared: speed depends on the architecture, not on the weights.

MiniLM is trained for one epoch on a few articles. mpnet has random weights unless a folder with the real one
is given. Runs in a process of its own, because only this needs torch.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stancewire.training.examples.dataset import Analysed

MINILM, MPNET = "MiniLM, 8 bits", "mpnet, 8 bits"
EMBEDDINGS = ("mpnet embeddings", "mpnet embeddings, 8 bits")


def folders(work: Path) -> dict[str, Path]:
    """Where the stand-ins are: model folders, and ONNX files of embeddings with a tokenizer beside them."""
    return {
        MINILM: work / "minilm",
        MPNET: work / "mpnet",
        EMBEDDINGS[0]: work / "embeddings" / "full.onnx",
        EMBEDDINGS[1]: work / "embeddings" / "int8.onnx",
    }


def prepare(job: dict[str, Any]) -> None:
    """Make what is missing.

    Args:
        job: `work`: the folder; `mpnet`: a folder with the pretrained mpnet, or empty; `layers`: of a random
            mpnet; `gate_of`: a model folder whose gate the stand-ins have; `articles`: on how many they are
            trained.
    """
    from stancewire.training.encoder.settings import DEFAULT_ENCODER

    work = Path(job["work"])
    where = folders(work)
    mpnet = Path(job["mpnet"]) if job["mpnet"] else random_mpnet(work / "random-mpnet", job["layers"])
    for name, encoder in ((MINILM, DEFAULT_ENCODER), (MPNET, str(mpnet))):
        _complete(
            where[name], partial(save_encoder, encoder, gate_of=job["gate_of"], articles=job["articles"])
        )
    _complete(where[EMBEDDINGS[0]].parent, partial(save_embeddings, mpnet))


def _complete(folder: Path, make: Callable[[Path], None]) -> None:
    """Make a folder, which appears under its name only when it is complete."""
    if not folder.exists():
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        make(part)
        part.replace(folder)


def random_mpnet(folder: Path, layers: int) -> Path:
    """A network of the architecture of mpnet-base with random weights, and a WordPiece tokenizer."""
    if not folder.exists():
        from stancewire.training.encoder.pretrained import find_encoder
        from stancewire.training.encoder.settings import DEFAULT_ENCODER
        from transformers import MPNetConfig, MPNetModel

        def make(part: Path) -> None:
            MPNetModel(MPNetConfig(num_hidden_layers=layers)).save_pretrained(part)
            shutil.copy(find_encoder(DEFAULT_ENCODER) / "tokenizer.json", part)

        _complete(folder, make)
    return folder


def _analysed(n: int) -> tuple[Analysed, Analysed]:
    """A few training articles of the shipped corpus, and a third as many of validation."""
    from stancewire.data.annotation.corpus import read_corpus
    from stancewire.data.codebook import shipped_codebook
    from stancewire.data.text.gazetteer import gazetteer
    from stancewire.training.examples.dataset import analyse_articles

    codebook = shipped_codebook()
    articles = read_corpus(["shipped"], codebook)
    train, validation = (
        analyse_articles([a for a in articles if a.split == split][:part], gazetteer(), codebook)
        for split, part in (("train", n), ("validation", max(2, n // 3)))
    )
    return train, validation


def save_encoder(encoder: str, folder: Path, gate_of: str, articles: int) -> None:
    """Train an encoder for one epoch and save it as a model in 8 bits, whatever its quality."""
    from stancewire.data.codebook import shipped_codebook
    from stancewire.data.text.gazetteer import gazetteer
    from stancewire.training.decoding.decisions import Decisions
    from stancewire.training.decoding.pairing import Pairing
    from stancewire.training.decoding.statement_finder import StatementFinder
    from stancewire.training.encoder.classifier import EncoderClassifier
    from stancewire.training.encoder.fit import train_encoder
    from stancewire.training.encoder.onnx_export import PRECISIONS
    from stancewire.training.encoder.settings import EncoderSettings
    from stancewire.training.gate.gate import load_gate
    from stancewire.training.progress import Progress
    from stancewire.training.serialization import save_model

    codebook, (train, validation) = shipped_codebook(), _analysed(articles)
    settings = EncoderSettings.model_validate({"encoder": encoder, "pooling": "first-last", "epochs": 1})
    classifier = EncoderClassifier(settings, codebook)
    trained = train_encoder(settings, codebook, False, 0, train, validation, Progress())
    classifier.about = {**trained.about, "served_as": PRECISIONS[0]}
    classifier.set_network(trained.export(PRECISIONS[0]), trained.tokenizer)
    labeller = StatementFinder(classifier, Decisions(), Pairing(), codebook, gazetteer())
    labeller.calibrate(validation, classifier.score(validation.sentences), 0)
    labeller.gate = load_gate(Path(gate_of), codebook.label_names)
    save_model(labeller, folder)
    trained.checkpoints.discard()


def save_embeddings(mpnet: Path, folder: Path) -> None:
    """Export sentence embeddings, the mean of the token states, in 32 and in 8 bits."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process
    from stancewire.training.encoder.network import pretrained
    from stancewire.training.encoder.onnx_export import OPSET

    class Pooled(torch.nn.Module):  # type: ignore[misc, unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.encoder = pretrained(mpnet).eval()
            self.encoder.config._attn_implementation = "eager"

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            return (states * mask).sum(1) / mask.sum(1)

    full, prepared = folder / "full.onnx", folder / "prepared.onnx"
    example = (torch.ones((2, 8), dtype=torch.int64), torch.ones((2, 8), dtype=torch.int64))
    names = ["input_ids", "attention_mask"]
    axes = {name: {0: "sentences", 1: "tokens"} for name in names} | {"pooled": {0: "sentences"}}
    with torch.no_grad():
        torch.onnx.export(
            Pooled(),
            example,
            full,
            input_names=names,
            output_names=["pooled"],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    quant_pre_process(full, prepared, skip_symbolic_shape=True)
    quantize_dynamic(
        prepared, folder / "int8.onnx", per_channel=True, weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gemm"],
    )  # fmt: skip
    prepared.unlink()
    shutil.copy(mpnet / "tokenizer.json", folder)
