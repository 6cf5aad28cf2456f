"""Inference in integers, each layer's matrix products made by an arithmetic of its own.

Each convolution or linear layer reads 8-bit codes and adds up integers. One float64 multiplication
and one addition for each accumulator, with batch norm folded into them, make real numbers of these;
a ReLU codes them again, half to even. All are elementary operations of IEEE 754 in a fixed order:
the same bits everywhere, but for a mean over tensors that may be negative.
"""

from copy import copy
from typing import NamedTuple

import numpy as np

from skimp.golden.arithmetic import Exact, nbsmt
from skimp.golden.nets.codes import Codes, as_reals
from skimp.golden.nets.floating import as_images
from skimp.golden.nets.ops import BatchNorm, Product
from skimp.golden.nets.predict import check_predictors

__all__ = ["Model", "Operands", "assign", "large_counts"]

BATCH = 16      # images at a time: tensors stay near the caches
COUNTED = 64    # calibration images whose large activations `large_counts` counts; whole batches


class Operands(NamedTuple):
    """A layer's matrix product, as hardware is driven with it."""

    #: Activations, uint8 ``(M, K)``: before SPARQ's window selection, after static requantisation
    #: and reordering.
    x: np.ndarray
    #: int8 ``(K, N)``.
    w: np.ndarray
    #: The product under the layer's arithmetic, int64 ``(M, N)``.
    result: np.ndarray


def large_counts(quantized):
    """Count each layer's large activations at each place of K: see `nbsmt.statistics`.

    Over the first 64 calibration images, in exact 8 bits; counted once. Returns integers by layer:
    ``(K,)``, of a depthwise layer ``(channels, K)``.
    """
    if not quantized.counts:
        counts, model = {}, Model(quantized)
        for start in range(0, min(COUNTED, len(quantized.images)), BATCH):
            for name, x in model.windows(quantized.images[start:start + BATCH]):
                count = (np.stack([nbsmt.statistics(x[:, c]) for c in range(x.shape[1])])
                         if x.ndim == 3 else nbsmt.statistics(x))
                counts[name] = counts.get(name, 0) + count
        quantized.counts.update(counts)     # at once: other threads see all or none
    return quantized.counts


def assign(quantized, scheme):
    """Return the arithmetic that each reduced layer has under a scheme, by name."""
    return scheme.over({node.name: node.op == "depthwise" for node in quantized.reduced})


class Model:
    """A quantised network under test.

    Parameters
    ----------
    quantized : golden.nets.quantized.Quantized
    chosen : dict of str to golden.arithmetic.Arithmetic, optional
        The arithmetic of each reduced layer, see `assign`; all others stay exact in 8 bits.
    predictors : dict of str to golden.predictor.Predictor, optional
        By the ReLU whose activations they predict, see `golden.nets.predict.sites`.

    Raises
    ------
    ValueError
        If a layer is not there, must stay exact (it reads pixels or gives the classes), or cannot
        be predicted.
    """

    def __init__(self, quantized, chosen=None, predictors=None):
        self.quantized, self.network = quantized, quantized.network
        self.predictors = dict(predictors or {})
        check_predictors(self.network, self.predictors)
        reduced = [node.name for node in quantized.reduced]
        for name in chosen or ():
            if name in quantized.kept:
                raise ValueError(f"Layer {name} stays exact: it reads pixels or gives the classes; "
                                 f"layers to reduce are {', '.join(reduced) or 'none'}")
            if name not in reduced:
                raise ValueError(f"Layers to reduce are {', '.join(reduced) or 'none'}, "
                                 f"not {name!r}")
        self.chosen = {node.name: Exact() for node in self.network.gemms} | dict(chosen or {})
        self.statistics = {
            node.name: (node.arrays["mean"].astype(np.float64),
                        node.arrays["var"].astype(np.float64))
            for node in self.network.norms}
        self.layers = {node.name: self._layer(node) for node in self.network.gemms}
        self._affine = {node.name: self._scale(node) for node in self.network.gemms}
        self._folded = self._fold()

    def with_predictors(self, predictors):
        """Return the model with other predictors; errors are those of the constructor."""
        check_predictors(self.network, predictors)
        other = copy(self)
        other.predictors = dict(predictors)
        return other

    def with_statistics(self, statistics):
        """Return the model with other means and variances, float64 ``(channels,)``, by norm."""
        other = copy(self)
        other.statistics = self.statistics | statistics
        other._folded = other._fold()
        return other

    def _layer(self, node):
        return self.chosen[node.name].layer(
            node.kernel, channels=self.network.tensors[node.inputs[0]].shape[-1],
            depthwise=node.op == "depthwise",
            large_counts=lambda: large_counts(self.quantized)[node.name])

    def _scale(self, node):
        """Return scale and offset that turn a layer's accumulators into real numbers."""
        scale = self.quantized.steps[node.inputs[0]] * self.layers[node.name].steps
        return scale, self.quantized.offsets(node, scale)

    def _fold(self):
        """Fold batch norms into layers that only they read; return scale and offset by layer."""
        readers = [name for node in self.network.nodes for name in node.inputs]
        folded = {}
        for node in self.network.norms:
            source = node.inputs[0]
            if source in self._affine and readers.count(source) == 1:
                scale, offset = node.affine(*self.statistics[node.name])
                before = self._affine[source]
                folded[node.name] = None                    # the layer has done it
                folded[source] = before[0] * scale, before[1] * scale + offset
        return folded

    def _gemm(self, node, x, *, folded=True):
        """Return a layer's real numbers; ``x`` are codes."""
        layer = self.layers[node.name]
        scale, offset = (self._folded if folded else {}).get(node.name, self._affine[node.name])
        real = np.empty((len(x.codes), *self.network.tensors[node.name].shape))
        for start in range(0, len(x.codes), BATCH):         # windows, too, stay near the caches
            part = slice(start, start + BATCH)
            acc = self._accumulate(node, layer, x.codes[part]).reshape(real[part].shape)
            np.multiply(acc, scale, out=real[part], dtype=np.float64)
            real[part] += offset
        return real

    def _accumulate(self, node, layer, codes):
        return layer.product(node.cut(layer.replace(codes)) if layer.local
                             else layer.replace(node.cut(codes)))

    def _apply(self, node, reads, training):
        """Return a node's result: `golden.nets.codes.Codes` if never negative, else float64."""
        x = reads[0]
        if isinstance(node, Product):
            return self._gemm(node, x, folded=training is None)
        if isinstance(node, BatchNorm):
            if training is None and node.name in self._folded:
                return x
            scale, offset = node.affine(*(self.statistics[node.name] if training is None
                                          else training(node.name, as_reals(x))))
            return as_reals(x) * scale + offset
        given = node.coded(*reads, step=self.quantized.steps.get(node.name))
        if node.name not in self.predictors:
            return given
        keep, codes = self.predictors[node.name].apply(given.codes)
        return Codes(codes, given.step, keep)

    def run(self, images, training=None):
        """Run images through the network; an iterator of ``(node, its inputs, its result)``.

        Parameters
        ----------
        images : uint8 array ``(images, rows, columns, channels)``
            All at once.
        training : callable, optional
            ``training(name, x)`` returns the mean and variance that a batch norm is to use for
            ``x``, float64 ``(images, ..., channels)``.
        """
        values = {"input": Codes(as_images(self.network, images), self.quantized.steps["input"])}
        yield from self.resume(values, self.network.nodes, training)

    def resume(self, values, nodes, training=None):
        """Run ``nodes``, as `run`; ``values`` has what they read, and then what nodes behind do."""
        last = {name: node.name for node in self.network.nodes for name in node.inputs}
        for node in nodes:
            reads = [values[name] for name in node.inputs]
            values[node.name] = self._apply(node, reads, training)
            yield node, reads, values[node.name]
            for name in node.inputs:                # free what is not read any more
                if last[name] == node.name:
                    values.pop(name, None)

    def logits(self, images, progress=None, watch=None):
        """Return the logits, float64 ``(images, classes)``; the largest is the answer.

        ``progress()`` is called after each batch, ``watch(node, result)`` after each node of each
        batch. Errors are those of `golden.nets.floating.as_images`.
        """
        images = as_images(self.network, images)
        parts = [np.empty((0, self.network.classes))]
        for start in range(0, len(images), BATCH):
            for node, _, given in self.run(images[start:start + BATCH]):
                if watch is not None:
                    watch(node, given)
                if node is self.network.nodes[-1]:
                    parts.append(as_reals(given))
            if progress is not None:
                progress()
        return np.concatenate(parts)

    def windows(self, images):
        """Run images, all at once; an iterator of ``(name, x)``, the input of each product.

        ``x`` are the 8-bit codes, uint8 ``(M, K)``, or ``(M, channels, K)`` of a depthwise layer,
        before its arithmetic reduces them.
        """
        for node, reads, _ in self.run(images):
            if isinstance(node, Product):
                yield node.name, node.cut(reads[0].codes)

    def operands(self, name, images, *, channel=0) -> Operands:
        """Return one layer's matrix product for images, as hardware is driven with it.

        Parameters
        ----------
        name : str
            A convolution, depthwise or not, or a linear layer.
        images : uint8 array ``(images, rows, columns, channels)``
        channel : int
            Of a depthwise layer: each channel is a product with N = 1.

        Raises
        ------
        ValueError
            If there is no such layer or channel.
        """
        if name not in self.layers:
            raise ValueError(f"A layer with operands is one of {', '.join(self.layers)}, "
                             f"not {name!r}")
        layer, filters = self.layers[name], self.layers[name].w.shape[1]
        if not 0 <= channel < (filters if layer.depthwise else 1):
            raise ValueError(f"The channel of {name} must be in [0, "
                             f"{filters if layer.depthwise else 1}), not {channel}")
        x = next(x for node, x in self.windows(images) if node == name)
        result = layer.product(layer.replace(x)).astype(np.int64)
        x, w = layer.operands(x, channel)
        return Operands(x, w, result[:, channel:channel + 1] if layer.depthwise else result)
