"""The short text form of arithmetics, and of schemes that mix them in a network.

====================================== =======================================================
text                                   arithmetic
====================================== =======================================================
``exact``                              `Exact`
``static:4``, ``static:8:3``           `Static`: bits of activations, of weights (8 if not said)
``static:8:4:pow2``                    weights with steps that are powers of two
``static:8:4:tensor``                  all filters of a layer with one step
``sparq:5opt``, ``sparq:3opt:trim``    `Sparq`: pairs, rounded; trimmed
``sparq:5opt:single``                  each activation its window alone
``sparq:5@0.3``                        a window of 5 bits, shifted by 0 or 3
``nbsmt:2``, ``nbsmt:4:A``             `Nbsmt`: threads; policy (wA if not said)
``nbsmt:4:W:reorder``                  K reordered
``nbsmt:4,2,2``                        `Threads`: a scheme with threads layer by layer
``mixed:conv2=nbsmt:2,fc1=static:4``   `Mixed`: a scheme with an arithmetic for each layer named
====================================== =======================================================

Further words of ``nbsmt``: ``floor``, ``saturate``, ``dense`` (sparsity is not looked at) and
``depthwise`` (depthwise layers have threads too).

Whatever the scheme, layers that read pixels and those that give the classes stay in exact 8 bits.
"""

from skimp.golden.arithmetic.base import Arithmetic, Exact, Scheme
from skimp.golden.arithmetic.mixed import Mixed, Threads
from skimp.golden.arithmetic.nbsmt.arithmetic import Nbsmt
from skimp.golden.arithmetic.sparq.arithmetic import Sparq
from skimp.golden.arithmetic.static import Static

__all__ = ["parse", "parse_scheme"]

READ = {one.family: one for one in (Static, Sparq, Nbsmt)}


def parse(text: str) -> Arithmetic:
    """Return the arithmetic of a text such as those of this module's table.

    Raises
    ------
    ValueError
        If it is none; the sentence names the part that is wrong.

    Examples
    --------
    >>> parse("static:8:3")
    Static(activation_width=8, weight_width=3, power_of_two=False, per_tensor=False)
    >>> str(parse("nbsmt:2"))
    'nbsmt:2:wA'
    """
    family, *parts = text.split(":")
    if text == "exact":
        return Exact()
    if family not in READ or not parts:
        raise ValueError(f"A scheme must be exact, static:BITS, sparq:SETTING or nbsmt:THREADS, "
                         f"not {text!r}")
    return READ[family].from_parts(text, parts)


def parse_scheme(text: str) -> Scheme:
    """Return the scheme of a text: an arithmetic everywhere, or one for each layer.

    Raises
    ------
    ValueError
        As `parse`; also if a layer is named twice.

    Examples
    --------
    >>> [str(parse_scheme(text)) for text in ("nbsmt:4,2", "mixed:conv2=nbsmt:2,fc1=static:4")]
    ['nbsmt:4,2:wA', 'mixed:conv2=nbsmt:2:wA,fc1=static:4']
    """
    family, _, rest = text.partition(":")
    counts, *words = rest.split(":")
    if family == "nbsmt" and "," in counts:
        return Threads(tuple(parse(":".join(["nbsmt", count, *words]))
                             for count in counts.split(",")))
    if family != "mixed":
        return parse(text)
    layers = []
    for part in rest.split(","):
        name, equals, arithmetic = part.partition("=")
        if not name or not equals:
            raise ValueError(f"Scheme {text!r} must have LAYER=ARITHMETIC where it has {part!r}")
        layers.append((name, parse(arithmetic)))
    return Mixed(tuple(layers))
