"""A small network by loops over one dot product at a time, for tests of the engine."""

import numpy as np
import small_networks

from skimp.golden.arithmetic import Exact, Nbsmt, Sparq, Static, nbsmt, parse, parse_scheme, sparq
from skimp.golden.nets.engine import Model, assign, large_counts
from skimp.golden.nets.quantized import quantize
from skimp.golden.quantize import quantize_weights

NET = small_networks.network()
QUANTIZED = quantize(NET, small_networks.images(20, seed=2))
IMAGES = small_networks.images(6, seed=3)
SCHEMES = [
    "exact", "static:4", "static:3", "static:8:3:pow2:tensor", "static:4:4", "sparq:5opt",
    "sparq:2opt:trim", "sparq:7opt:single", "sparq:3opt:trim:single", "nbsmt:2",
    "nbsmt:2:aW:floor:reorder", "nbsmt:4:A:saturate", "nbsmt:4:W0:reorder", "nbsmt:2:A0:dense",
    "nbsmt:2:wA:depthwise", "nbsmt:4:W:reorder:depthwise", "nbsmt:1,4,2,2", "sparq:5@0.3",
    "mixed:short=sparq:2opt,deep=nbsmt:2:A:reorder,conv2=static:4:4,fc1=nbsmt:1",
]
KEPT = ("conv1", "fc2")


def under(text):
    """Return the network under a scheme."""
    return Model(QUANTIZED, assign(QUANTIZED, parse_scheme(text)))


def cut(scheme):
    """Return the keywords of SPARQ's golden functions."""
    return {"window": scheme.window, "shifts": scheme.shifts, "rounding": scheme.rounding}


def dot(x, w, scheme, order):
    """One dot product of 8-bit codes by an arithmetic's rules; K is (taps, channels), flat."""
    if isinstance(scheme, Static):
        x = np.rint(x * (2**scheme.activation_width - 1) / 255).astype(int)
    elif isinstance(scheme, Sparq) and scheme.paired:
        x = sparq.effective(x, **cut(scheme))
    elif isinstance(scheme, Sparq):
        kept, shift = sparq.window(x, **cut(scheme))
        x = kept << shift
    elif isinstance(scheme, Nbsmt) and scheme.threads > 1:
        threads = scheme.threads
        x, w = (np.pad(v, (0, -len(v) % threads)) for v in (x, w))
        if order is not None:
            x, w = x[order], w[order]
        return nbsmt.step(x.reshape(threads, -1).T, w.reshape(threads, -1).T, policy=scheme.policy,
                          rounding=scheme.rounding, saturate=scheme.saturate,
                          sparsity=scheme.sparsity).sum()
    return int((x.astype(int) * w).sum())


def k_vectors(node, x):
    """Yield each output's place, its filter and what it reads, K flat; one image of codes."""
    w = node.arrays["weights"]
    if node.op == "linear":
        for f in range(len(w)):
            yield (f,), f, x
        return
    top, left, bottom, right = node.pad
    x = np.pad(x, ((top, bottom), (left, right), (0, 0)))
    rows, columns = w.shape[1:3]
    for i in range((x.shape[0] - rows) // node.stride + 1):
        for j in range((x.shape[1] - columns) // node.stride + 1):
            window = x[i * node.stride:i * node.stride + rows,
                       j * node.stride:j * node.stride + columns]
            for f in range(len(w)):
                seen = window[:, :, f] if node.op == "depthwise" else window
                yield (i, j, f), f, seen.ravel()


def arithmetic_of(text, name):
    """Return which arithmetic a layer has, written differently."""
    if name in KEPT:
        return Exact()
    if text.startswith("mixed:"):
        layers = dict(part.split("=") for part in text.removeprefix("mixed:").split(","))
        return parse(layers.get(name, "exact"))
    if "," in text:
        family, counts, *words = text.split(":")
        count = counts.split(",")[("deep", "conv2", "short", "fc1").index(name)]
        return parse(":".join([family, count, *words]))
    scheme = parse(text)
    threads = isinstance(scheme, Nbsmt)
    return Exact() if threads and name == "deep" and not scheme.depthwise else scheme


def threads_of(scheme):
    return scheme.threads if isinstance(scheme, Nbsmt) else 1


def slow_gemm(node, x, step, text):
    """Real numbers of a layer for images of codes."""
    scheme = arithmetic_of(text, node.name)
    coding = ({"bits": scheme.weight_width, "power_of_two": scheme.power_of_two,
               "per_tensor": scheme.per_tensor}
              if isinstance(scheme, Static) else {})
    w, steps = quantize_weights(node.arrays["weights"], **coding)
    gain = 255 / (2**scheme.activation_width - 1) if isinstance(scheme, Static) else 1
    threads, orders = threads_of(scheme), None
    if isinstance(scheme, Nbsmt) and scheme.reordered and threads > 1:
        counts = np.atleast_2d(large_counts(QUANTIZED)[node.name])
        counts = np.pad(counts, ((0, 0), (0, -counts.shape[1] % threads)))
        orders = [nbsmt.reorder(each, threads) for each in counts]
    real = np.zeros((len(x), *NET.tensors[node.name].shape))
    for image in range(len(x)):
        for place, f, seen in k_vectors(node, x[image]):
            order = orders and orders[f if node.op == "depthwise" else 0]
            acc = dot(seen, w[f].ravel().astype(int), scheme, order)
            real[(image, *place)] = acc * step * steps[f] * gain
    return real + node.arrays.get("bias", 0)


def slow(text, images, training=False):
    """Return all tensors, as codes and step or as reals, and the batch's statistics."""
    values: dict[str, tuple] = {"input": (images, 1 / 255)}
    seen = {}
    for node in NET.nodes:
        x, step = values[node.inputs[0]]
        real = x if step is None else x * step
        if node.op in ("conv", "depthwise", "linear"):
            real = slow_gemm(node, x, step, text)
        elif node.op == "batchnorm":
            a, channels = node.arrays, real.reshape(-1, real.shape[-1])
            seen[node.name] = channels.mean(axis=0), channels.var(axis=0, ddof=1)
            mean, var = (channels.mean(axis=0), channels.var(axis=0)) if training else (
                a["mean"].astype(float), a["var"].astype(float))
            real = (real - mean) / np.sqrt(var + node.eps) * a["gamma"] + a["beta"]
        elif node.op == "relu":
            real = np.clip(real, 0, node.maximum)
        elif node.op == "add":
            other, its = values[node.inputs[1]]
            real = real + (other if its is None else other * its)
        elif node.op == "flatten":
            real = real.reshape(len(real), -1)
        else:
            how, stride = (np.max, 2) if node.op == "maxpool" else (np.mean, 1)
            rows, columns = ((size - 2) // stride + 1 for size in real.shape[1:3])
            real = np.stack([np.stack([how(
                real[:, i * stride:i * stride + 2, j * stride:j * stride + 2],
                axis=(1, 2)) for j in range(columns)], axis=1) for i in range(rows)], axis=1)
        step = QUANTIZED.steps.get(node.name)
        values[node.name] = (real, None) if step is None else (
            np.clip(np.rint(real / step), 0, 255).astype(int), step)
    return values, seen
