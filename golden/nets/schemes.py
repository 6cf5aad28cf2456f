"""How the multipliers of a layer reduce their operands: schemes, and their short text form.

====================================== =======================================================
text                                   scheme
====================================== =======================================================
``exact``                              `Exact`
``static:4``, ``static:8:3``           `Static`: bits of activations, of weights (8 if not said)
``static:8:4:pow2``                    weights with steps that are powers of two
``static:8:4:tensor``                  all filters of a layer with one step
``sparq:5opt``, ``sparq:3opt:trim``    `Sparq`: pairs, rounded; trimmed
``sparq:5opt:single``                  each activation its window alone
``nbsmt:2``, ``nbsmt:4:A``             `Nbsmt`: threads; policy (wA if not said)
``nbsmt:4,2,2:W:reorder``              threads layer by layer; K reordered
====================================== =======================================================

Further words of ``nbsmt``: ``floor``, ``saturate``, ``dense`` (sparsity is not looked at) and
``depthwise`` (depthwise layers have threads too).

Whatever the scheme, layers that read pixels and those that give the classes stay in exact 8 bits.
"""

from dataclasses import dataclass

from skimp.golden.arithmetic import nbsmt, sparq
from skimp.golden.checks import one_of

__all__ = ["Exact", "Nbsmt", "Scheme", "Sparq", "Static", "parse"]


@dataclass(frozen=True)
class Exact:
    """Activations and weights of 8 bits, every product exact."""

    def __str__(self):
        return "exact"


@dataclass(frozen=True)
class Static:
    """Fewer bits for every operand, chosen beforehand.

    An activation of ``b`` bits has the code ``rint(a * (2**b - 1) / 255)`` of its 8-bit code ``a``;
    the step grows by ``255 / (2**b - 1)``, so that the largest codes mean the same. Weights are
    coded from real numbers as `golden.quantize.quantize_weights` says.
    """

    activations: int = 8
    weights: int = 8
    #: Whether steps of the weights are powers of two.
    power_of_two: bool = False
    #: Whether all filters of a layer have one step.
    per_tensor: bool = False

    def __post_init__(self):
        for what, bits, least in (("activations", self.activations, 1),
                                  ("weights", self.weights, 2)):
            if not least <= bits <= 8:
                raise ValueError(f"Static {what} must have {least} to 8 bits, not {bits}")

    def __str__(self):
        words = ("pow2",) * self.power_of_two + ("tensor",) * self.per_tensor
        weights = (self.weights,) if self.weights < 8 or words else ()
        return ":".join(map(str, ("static", self.activations, *weights, *words)))


@dataclass(frozen=True)
class Sparq:
    """A window of each activation's bits: see `golden.arithmetic.sparq`.

    Depthwise layers pair the taps of their channel, all others neighbouring channels of a tap.
    """

    config: str = "5opt"
    rounding: str = "round"
    #: Whether the partner of a zero uses the bits of both.
    paired: bool = True

    def __post_init__(self):
        one_of("The SPARQ setting", self.config, tuple(sparq.CONFIGS))
        one_of("SPARQ's rounding", self.rounding, sparq.ROUNDINGS)

    def __str__(self):
        return (f"sparq:{self.config}{'' if self.rounding == 'round' else ':trim'}"
                f"{'' if self.paired else ':single'}")


@dataclass(frozen=True)
class Nbsmt:
    """Threads that collide: see `golden.arithmetic.nbsmt`.

    The K of a depthwise layer is one channel's taps, 9 for a 3 x 3 kernel. An array takes such a
    product no faster with threads, for a tile stays at least as many clocks as the array has rows;
    so depthwise layers run on one thread, exactly, unless ``depthwise`` is set.
    """

    #: 1, 2 or 4; or a number for each reduced layer in order, depthwise ones included.
    threads: int | tuple[int, ...] = 2
    policy: str = "wA"
    rounding: str = "nearest"
    saturate: bool = False
    sparsity: bool = True
    #: Whether K is permuted so that large activations meet small ones.
    reordered: bool = False
    depthwise: bool = False

    def __post_init__(self):
        counts = (self.threads,) if isinstance(self.threads, int) else self.threads
        for count in counts:
            if count not in (1, 2, 4):
                raise ValueError(f"Threads must be 1, 2 or 4, not {count}")
        if not counts:
            raise ValueError("Threads must be given for each reduced layer, not for none")
        one_of("The NB-SMT policy", self.policy, nbsmt.POLICIES)
        one_of("NB-SMT's rounding", self.rounding, nbsmt.ROUNDINGS)

    def __str__(self):
        counts = (self.threads,) if isinstance(self.threads, int) else self.threads
        words = (("floor", self.rounding == "floor"), ("saturate", self.saturate),
                 ("dense", not self.sparsity), ("reorder", self.reordered),
                 ("depthwise", self.depthwise))
        return ":".join(["nbsmt", ",".join(map(str, counts)), self.policy,
                         *(word for word, said in words if said)])


Scheme = Exact | Static | Sparq | Nbsmt


def _number(text, part):
    """Return the number that a part of a scheme's text is."""
    if not (part.isascii() and part.isdigit() and len(part) < 4):
        raise ValueError(f"Scheme {text!r} must have a number where it has {part!r}")
    return int(part)


def _words(text, parts, choices):
    """Return what each of the optional words of a scheme says, as one dict of fields."""
    said = {}
    for part in parts:
        if part not in choices:
            raise ValueError(f"Scheme {text!r} must go on with one of {', '.join(choices)}, "
                             f"not {part!r}")
        name, value = choices[part]
        if name in said:
            raise ValueError(f"Scheme {text!r} must say its {name} once, not {part!r} too")
        said[name] = value
    return said


def parse(text):
    """Return the scheme of a text such as those of this module's table.

    Raises
    ------
    ValueError
        If it is none; the sentence names the part that is wrong.

    Examples
    --------
    >>> parse("sparq:3opt:trim")
    Sparq(config='3opt', rounding='trim', paired=True)
    >>> str(parse("nbsmt:2"))
    'nbsmt:2:wA'
    """
    kind, *parts = text.split(":")
    if kind == "exact" and not parts:
        return Exact()
    if kind == "static" and parts:
        choices = {"pow2": ("power_of_two", True), "tensor": ("per_tensor", True)}
        bits = [_number(text, part) for part in parts[:2] if part not in choices]
        activations, weights = [*bits, 8, 8][:2]
        return Static(activations, weights, **_words(text, parts[len(bits):], choices))
    if kind == "sparq" and parts:
        return Sparq(parts[0], **_words(text, parts[1:], {
            "round": ("rounding", "round"), "trim": ("rounding", "trim"),
            "single": ("paired", False), "pairs": ("paired", True)}))
    if kind == "nbsmt" and parts:
        counts = [_number(text, part) for part in parts[0].split(",")]
        return Nbsmt(tuple(counts) if "," in parts[0] else counts[0], **_words(text, parts[1:], {
            **{policy: ("policy", policy) for policy in nbsmt.POLICIES},
            **{rounding: ("rounding", rounding) for rounding in nbsmt.ROUNDINGS},
            "saturate": ("saturate", True), "dense": ("sparsity", False),
            "reorder": ("reordered", True), "depthwise": ("depthwise", True)}))
    raise ValueError(f"A scheme must be exact, static:BITS, sparq:SETTING or nbsmt:THREADS, "
                     f"not {text!r}")
