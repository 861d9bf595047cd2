"""Tiny encoders: a random network that needs no torch, and, if torch is installed, a transformer to train."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from stancewire.data.codebook import Codebook
from stancewire.data.schema import Article
from stancewire.data.text.gazetteer import gazetteer
from stancewire.data.text.spacy_parser import ParseCache
from stancewire.training.examples.dataset import Analysed, analyse_articles, subset
from tokenizers import Tokenizer, models, pre_tokenizers, processors

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A separate cache for each test, so that it has only its own checkpoints."""
    monkeypatch.setenv("STANCEWIRE_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def tokenizer(tiny: list[Article]) -> Tokenizer:
    """Whole words of the tiny corpus."""
    words = sorted(
        {w for a in tiny for s in a.sentences for w in s.text.replace(".", " ").replace(",", " ").split()}
    )
    vocabulary = {w: i for i, w in enumerate(dict.fromkeys([*SPECIAL, *words, ".", ",", '"', "@", "#"]))}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return made


def random_network(codebook: Codebook, vocabulary: int, size: int = 8, seed: int = 0) -> bytes:
    """An ONNX file with the inputs and outputs of an exported encoder, and random weights.

    The state of a token depends only on the token itself.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(seed)
    pairs = sum(s.has_target for s in codebook.stances)
    shapes = {
        "words": (vocabulary, size),
        "kinds": (5, size),
        "to_roles": (size, len(codebook.roles)),
        "to_labels": (size, len(codebook.labels)),
        "to_actor": (size, pairs),
        "to_target": (size, pairs),
    }
    weights = [
        numpy_helper.from_array(rng.normal(size=shape).astype(np.float32), name)
        for name, shape in shapes.items()
    ]
    weights += [
        numpy_helper.from_array(np.array(v, dtype=np.int64), k)
        for k, v in {"last_axis": [2], "one": [1], "size": [size]}.items()
    ]

    def node(kind: str, inputs: str, output: str, **attributes: object) -> onnx.NodeProto:
        return helper.make_node(kind, inputs.split(), [output], **attributes)

    nodes = [node("Gather", "words input_ids", "states")]
    for end in ("first", "last"):
        nodes += [
            node("Unsqueeze", f"{end} last_axis", f"{end}_at"),
            node("Shape", end, f"{end}_shape"),
            node("Concat", f"{end}_shape size", f"{end}_wide", axis=0),
            node("Expand", f"{end}_at {end}_wide", f"{end}_indices"),
            node("GatherElements", f"states {end}_indices", f"{end}_state", axis=1),
        ]
    nodes += [
        node("Gather", "kinds kind", "kind_state"),
        node("Sum", "first_state last_state kind_state", "mentions"),
        node("MatMul", "mentions to_roles", "roles"),
        node("Cast", "attention_mask", "mask", to=TensorProto.FLOAT),
        node("Unsqueeze", "mask last_axis", "mask_wide"),
        node("Mul", "states mask_wide", "seen"),
        node("ReduceSum", "seen one", "sum", keepdims=0),
        node("ReduceSum", "mask one", "count", keepdims=1),
        node("Div", "sum count", "whole"),
        node("MatMul", "whole to_labels", "labels"),
        node("MatMul", "mentions to_actor", "actors"),
        node("MatMul", "mentions to_target", "targets"),
        node("Unsqueeze", "actors last_axis", "actors_wide"),
        node("Unsqueeze", "targets one", "targets_wide"),
        node("Add", "actors_wide targets_wide", "pairs"),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["b", axis])
        for name, axis in (
            ("input_ids", "t"),
            ("attention_mask", "t"),
            ("first", "m"),
            ("last", "m"),
            ("kind", "m"),
        )
    ]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (
            ("roles", ["b", "m", shapes["to_roles"][1]]),
            ("labels", ["b", shapes["to_labels"][1]]),
            ("pairs", ["b", "m", "m", pairs]),
        )
    ]
    graph = helper.make_graph(nodes, "random", inputs, outputs, weights)
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9
    ).SerializeToString()


@pytest.fixture(scope="session")
def split_of(codebook: Codebook, tiny: list[Article]) -> dict[str, Analysed]:
    """The first sentences of the tiny corpus's splits, analysed."""
    names, cached = gazetteer(), ParseCache()
    data = {
        s: analyse_articles([a for a in tiny if a.split == s], names, codebook, cached)
        for s in ("train", "validation")
    }
    return {
        "train": subset(data["train"], np.arange(96)),
        "validation": subset(data["validation"], np.arange(40)),
    }


@pytest.fixture(scope="session")
def tiny_transformer(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random transformer of two small layers, as `transformers` saves one."""
    torch = pytest.importorskip("torch", reason="the extra `encoder` is not installed")
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("transformer")
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertModel(config).save_pretrained(folder)
    (folder / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n", encoding="utf-8")
    assert json.loads((folder / "config.json").read_text())["hidden_size"] == 32
    return folder
