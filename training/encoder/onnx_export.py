"""Export of a trained network to ONNX, optionally with 8-bit weights."""

from __future__ import annotations

import copy
import logging
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from .inputs import Batch
from .network import Network

OPSET = 17
_MENTIONS = ("sentences", "mentions")
INPUTS = {
    "input_ids": ("windows", "tokens"),
    "attention_mask": ("windows", "tokens"),
    "first": _MENTIONS,
    "last": _MENTIONS,
    "kind": _MENTIONS,
    "window": ("sentences",),
    "begin": ("sentences",),
    "end": ("sentences",),
}
OUTPUTS = {"roles": _MENTIONS, "labels": ("sentences",), "pairs": (*_MENTIONS, "mentions")}
# Measured on MiniLM: without smoothing, 8 bits change the probability of a role by up to 0.30; with this
# exponent, by up to 0.14 (0.4 to 1.1 were tried).
SMOOTHING = 0.8
# In ascending order; training chooses the first one that scores like the trained network.
PRECISIONS = ("int8", "int8, feed-forward outputs in 32 bits", "float32")


class SmoothLinear(nn.Module):  # type: ignore[misc, unused-ignore]
    """A linear layer with large inputs scaled down and their weights scaled up.

    It computes the same function, but loses less precision in 8 bits (Xiao et al. 2023, "SmoothQuant:
    accurate and efficient post-training quantization for large language models", ICML).

    Args:
        layer: the layer to replace.
        greatest: the greatest absolute value of each input.
    """

    def __init__(self, layer: nn.Linear, greatest: Tensor) -> None:
        super().__init__()
        weights = layer.weight.data.abs().amax(dim=0).clamp(min=1e-5)
        scale = weights ** (1 - SMOOTHING) / greatest.clamp(min=1e-4) ** SMOOTHING
        self.scale = nn.Parameter(scale / scale.mean())
        self.layer = copy.deepcopy(layer)
        self.layer.weight.data /= self.scale.data[None, :]

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.layer(x * self.scale)
        return out


def smoothed(network: Network, batches: Sequence[Batch]) -> Network:
    """A copy of the network whose transformer has `SmoothLinear` layers, scaled by inputs from `batches`."""
    network = copy.deepcopy(network)
    layers = {name: layer for name, layer in network.encoder.named_modules() if isinstance(layer, nn.Linear)}
    greatest: dict[str, Tensor] = {}

    def record_greatest(name: str) -> torch.utils.hooks.RemovableHandle:
        def hook(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            maxima = inputs[0].detach().abs().reshape(-1, inputs[0].shape[-1]).amax(dim=0)
            greatest[name] = torch.maximum(greatest[name], maxima) if name in greatest else maxima

        return layers[name].register_forward_pre_hook(hook)

    hooks = [record_greatest(name) for name in layers]
    with torch.inference_mode():
        for batch in batches:
            network(**{k: torch.from_numpy(v) for k, v in batch.items()})
    for hook in hooks:
        hook.remove()
    for name, values in greatest.items():
        parent, _, last = name.rpartition(".")
        setattr(network.encoder.get_submodule(parent), last, SmoothLinear(layers[name], values.clone()))
    return network


def _write(network: Network, example: Batch, path: Path) -> None:
    network.encoder.config._attn_implementation = "eager"
    axes = {k: dict(enumerate(v)) for k, v in {**INPUTS, **OUTPUTS}.items()}
    arguments = tuple(torch.from_numpy(example[k]) for k in INPUTS)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            arguments,
            path,
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )


def export(network: Network, batches: Sequence[Batch], precision: str) -> bytes:
    """The network as an ONNX file.

    Args:
        network: on the CPU, in evaluation mode.
        batches: training sentences; the first batch must have at least two sentences with two mentions.
        precision: one of `PRECISIONS`; in 8 bits every output channel has its own scale.
    """
    with tempfile.TemporaryDirectory() as work:
        full, quantised = Path(work) / "full.onnx", Path(work) / "quantised.onnx"
        if precision == PRECISIONS[-1]:
            _write(network, batches[0], full)
            return full.read_bytes()
        _write(smoothed(network, batches), batches[0], full)
        level = logging.getLogger().level
        logging.getLogger().setLevel(logging.ERROR)
        try:
            _quantise(full, quantised, keep_outputs=precision == PRECISIONS[1])
        finally:
            logging.getLogger().setLevel(level)
        return quantised.read_bytes()


def _quantise(source: Path, target: Path, keep_outputs: bool) -> None:
    """Write an ONNX file with the transformer's layers in 8 bits.

    Args:
        keep_outputs: leave the output layers of feed-forward blocks, which lose most precision, in 32 bits.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = source.with_name("prepared.onnx")
    quant_pre_process(source, prepared, skip_symbolic_shape=True)
    graph = onnx.load(prepared).graph
    shapes = {w.name: tuple(w.dims) for w in graph.initializer}
    layers = [
        (n.name, [shapes[i] for i in n.input if i in shapes])
        for n in graph.node
        if n.op_type in ("MatMul", "Gemm")
    ]
    # The heads stay in 32 bits: they are small, and their outputs are the scores.
    excluded = [name for name, _ in layers if "/encoder/" not in name]
    if keep_outputs:
        excluded += [
            name for name, sizes in layers if "/encoder/" in name and sizes and sizes[0][0] > sizes[0][1]
        ]
    quantize_dynamic(
        prepared,
        target,
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gemm"],
        nodes_to_exclude=excluded,
    )
