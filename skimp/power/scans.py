"""Real operands of a selective scan: steps of a layer of a Mamba, on text."""

from functools import cache
from typing import Any

import numpy as np

from skimp.catalogue.selection import Design
from skimp.golden.mamba.integer import scan_operands
from skimp.golden.mamba.network import SHIPPED, shipped
from skimp.golden.mamba.text import LENGTH, sequences
from skimp.golden.softedge import parse_code
from skimp.power.feed import EVERY, WARM_UP, Feed

__all__ = ["RANDOM", "SCAN", "STEPS", "scan_feed"]

#: The default layer, numbered, and how many steps.
SCAN, STEPS = "mamba:0", 24
#: Instead of a layer: all operands uniform in their ranges.
RANDOM = "random"
SEED = 1
WIDTHS = ("dt_bits", "x_bits", "decay_bits", "h_bits", "factor_bits")
SHIFTS = ("input_shift", "skip_shift")


def scan_feed(one: Design, layer: str | None, steps: int | None, every: int = 1) -> Feed:
    """Return the first steps of a sequence of test text, in channels spread over a layer.

    A state comes in ``every`` clocks. Raise ValueError if there is no such layer, it has other
    widths, shifts, states or fewer channels than the lanes, or a sequence has fewer steps.
    """
    EVERY.check("--every", every)
    params, steps, layer = one.params, steps or STEPS, layer or SCAN
    count = WARM_UP + steps
    if layer == RANDOM:
        return Feed(_random(one, count), "step", "random operands, uniform", every)
    if count > LENGTH:
        raise ValueError(f"a sequence of text has {LENGTH} steps, too few for --amount {steps}: "
                         f"give {LENGTH - WARM_UP} at most, for {WARM_UP} warm up")
    net, _, number = layer.partition(":")
    if net not in SHIPPED:
        raise ValueError(f"--layer of a scan must be NET:LAYER, NET one of {', '.join(SHIPPED)}, "
                         f"or {RANDOM}, not {layer!r}")
    layers = [str(place) for place in range(len(shipped(net).blocks))]
    if number not in layers:
        raise ValueError(f"--layer of {net} must be one of {', '.join(layers)}, not {number!r}")
    found = _operands(net, int(number), params.code.value)
    form = found.form
    for name in ("states", *WIDTHS, *SHIFTS):
        if getattr(params, name) != getattr(form, name):
            flag = "--" + name.replace("_", "-")
            raise ValueError(f"the scan of {layer} with {params.code.value} needs {flag} "
                             f"{getattr(form, name)}, and {one.name} has {getattr(params, name)}")
    channels = found.u.shape[2]
    if params.lanes > channels:
        raise ValueError(f"{layer} has {channels} channels, fewer than the {params.lanes} lanes")
    chosen = np.linspace(0, channels - 1, params.lanes + 2).astype(int)[1:-1]
    arrays = {name: getattr(found, name)[0, :count][:, chosen] for name in ("u", "dt", "decay")}
    return Feed({**arrays, "b": found.b[0, :count], "c": found.c[0, :count],
                 "skip": np.tile(found.skip[chosen], (count, 1))}, "step", layer, every)


@cache
def _operands(net: str, layer: int, code: str) -> Any:
    """Return what a layer's scan reads in the first sequence of test text."""
    names = {"int8": "int8", "int9": "int8:zero"}
    tokens = sequences("test", LENGTH).astype(np.int64)
    return scan_operands(shipped(net), tokens, layer,
                         parse_code(names.get(code, f"softedge:{code}")))


def _random(one: Design, steps: int) -> dict[str, Any]:
    """Return uniform operands; ``u`` of uniform codes."""
    params, rng = one.params, np.random.default_rng(SEED)
    half = 1 << params.factor_bits - 1
    codes = rng.integers(0, 1 << params.code_bits, (steps, params.lanes))
    name = params.code.value
    code = parse_code(f"softedge:{name}") if not name.startswith("int") else None
    low = 1 << params.code_bits - 1
    return {
        "u": code.decode(codes) if code else codes - low,
        "dt": rng.integers(0, 1 << params.dt_bits, (steps, params.lanes)),
        "skip": np.tile(rng.integers(-half, half, params.lanes), (steps, 1)),
        "decay": rng.integers(1, (1 << params.decay_bits) + 1,
                              (steps, params.lanes, params.states)),
        "b": rng.integers(-half, half, (steps, params.states)),
        "c": rng.integers(-half, half, (steps, params.states))}
