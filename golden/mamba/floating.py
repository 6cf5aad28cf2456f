"""The float model in NumPy: logits, and whatever stands between them and the text.

Tensors are ``(time, batch, ...)``: a step of the scan is contiguous. Weights are float32, and so is
all arithmetic; other machines may differ in the last bits.
"""

from itertools import pairwise

import numpy as np

__all__ = ["EPS", "SITES", "as_tokens", "bits", "forward", "silu"]

#: Added to the mean square by the norms.
EPS = np.float32(1e-5)
#: Places of a block at which a hook may look, or change what is there, in the order of the forward:
#: what in_proj reads; the gate before its SiLU; what the convolution reads; u before it is coded;
#: what x_proj reads; what it gives: dt in few numbers, B and C; dt after softplus; the scan's
#: states, in pieces, which can only be looked at; its y; what out_proj reads. What the head reads
#: is at ``"in"`` of a number above the last block's.
SITES = ("in", "gate", "conv", "u", "read", "low", "b", "c", "dt", "h", "y", "out")
#: Sequences that are worked on at a time.
BATCH = 16
#: Steps for which decays are made together: they stay in the cache.
CHUNK = 8


def forward(network, tokens, codes=None, hook=None):
    """Return the logits of the character behind each: float32 ``(batch, time, characters)``.

    Parameters
    ----------
    network : golden.mamba.network.Mamba
    tokens : array of integers ``(batch, time)``
        Numbers of characters. A sequence knows nothing of the others.
    codes : sequence of ``(code, step)``, optional
        For each block the `golden.softedge.Code` of u and its step. The scan reads the value of
        the code, x_proj what the code says that a projection reads (`Code.projected`).
    hook : function of ``(number of the block, site, tensor)``, optional
        Called at each of `SITES` in each block; what it returns goes on. Tensors are ``(time,
        batch, channels)``, the states ``(time, batch, states, channels)``.

    Raises
    ------
    TypeError, ValueError
        If tokens are not integers below the size of the alphabet, or there is not a code for each
        block.
    """
    tokens, characters = as_tokens(tokens, len(network.alphabet)), len(network.alphabet)
    if codes is not None and len(codes) != len(network.blocks):
        raise ValueError(f"Each of {len(network.blocks)} blocks must have a code, not {len(codes)}")
    hook = hook or (lambda number, site, tensor: tensor)
    logits = np.empty((*tokens.shape, characters), np.float32)
    for begin in range(0, len(tokens), BATCH):
        x = network.embedding[tokens[begin:begin + BATCH].T]
        for number, block in enumerate(network.blocks):
            x = x + _block(block, x, None if codes is None else codes[number],
                           lambda site, tensor, number=number: hook(number, site, tensor))
        x = hook(len(network.blocks), "in", _norm(x, network.norm))
        logits[begin:begin + BATCH] = (x @ network.head.T).swapaxes(0, 1)
    return logits


def as_tokens(tokens, characters):
    """Return ``tokens`` as an array; refuse what `forward` refuses."""
    tokens = np.asarray(tokens)
    if tokens.dtype.kind not in "iu":
        raise TypeError(f"Tokens must be integers, not {tokens.dtype}")
    if tokens.ndim != 2 or not tokens.size or not 0 <= tokens.min() <= tokens.max() < characters:
        raise ValueError(f"Tokens must be sequences (batch, time) of numbers below {characters}")
    return tokens


def _block(block, x, code, at):
    """Return what a block adds to ``x``, ``(time, batch, width)``."""
    inner = block.inner
    x = at("in", _norm(x, block.norm)) @ block.in_proj.T
    gate = at("gate", x[..., inner:])
    u = at("u", silu(_convolved(block, at("conv", x[..., :inner]))))
    read = u
    if code is not None:
        u = code[0].quantised(u, code[1])
        read = code[0].projected(u, code[1])
    low, b, c = _split(at("read", read) @ block.x_proj.T, block)
    low, b, c = at("low", low), at("b", b), at("c", c)
    dt = at("dt", softplus(low @ block.dt_proj.T + block.dt_bias))
    y = at("y", _scan(u, dt, block.a, b, c, at) + block.skip * u)
    return at("out", y * silu(gate)) @ block.out_proj.T


def _split(x, block):
    """Cut what x_proj gives into the few numbers of dt, B and C."""
    ends = np.cumsum([0, block.rank, block.states, block.states])
    return (x[..., begin:end] for begin, end in pairwise(ends))


def _convolved(block, x):
    """Return the causal convolution of each channel, zeros before the first step."""
    taps = block.conv.shape[1]
    padded = np.concatenate([np.zeros((taps - 1, *x.shape[1:]), np.float32), x])
    return sum((padded[tap:tap + len(x)] * block.conv[:, tap] for tap in range(taps)),
               start=block.conv_bias)


def _scan(u, dt, a, b, c, at):
    """Return ``y`` of ``h = exp(dt A) h + dt u B; y = C h``, from states of zeros."""
    time, batch, channels = u.shape
    h = np.zeros((batch, a.shape[1], channels), np.float32)
    y, x = np.empty_like(u), dt * u
    for begin in range(0, time, CHUNK):
        part = slice(begin, begin + CHUNK)
        decay = np.exp(dt[part, :, np.newaxis] * a.T)
        entering = x[part, :, np.newaxis] * b[part, ..., np.newaxis]
        for step in range(len(decay)):
            h *= decay[step]
            h += entering[step]
            entering[step] = h
        at("h", entering)
        y[part] = (c[part, :, np.newaxis] @ entering)[:, :, 0]
    return y


def _norm(x, scale):
    """Divide by the root of the mean square over the last axis, and scale."""
    mean = np.mean(np.square(x), axis=-1, keepdims=True)
    return x / np.sqrt(mean + EPS) * scale


def silu(x):
    """Return ``x`` times its logistic function."""
    with np.errstate(over="ignore"):            # the exponential's infinity gives the right 0
        return x / (1 + np.exp(-x))


def softplus(x):
    """Return ``log(1 + exp(x))``."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def bits(logits, tokens):
    """Return the bits of each character behind the first: float64 ``(batch, time - 1)``.

    ``logits`` are those of `forward` for ``tokens``, any real numbers.
    """
    logits = logits[:, :-1].astype(np.float64)
    logits -= logits.max(-1, keepdims=True)
    right = np.take_along_axis(logits, np.asarray(tokens)[:, 1:, np.newaxis].astype(np.int64), -1)
    return (np.log(np.exp(logits).sum(-1)) - right[..., 0]) / np.log(2)
