"""What units of soft-edge codes compute, by the name of a code."""

from skimp.golden.checks import one_of
from skimp.golden.softedge.named import CODES

__all__ = ["decode", "encode", "to_int8"]


def encode(x, *, code="paper", fraction=0):
    """Return the codes of integers in units of ``q * 2**-fraction``, see `SoftEdge.encode`.

    Raise ValueError if there is no such code, and what that raises.
    """
    return _named(code).encode(x, fraction)


def decode(codes, *, code="paper"):
    """Return the values of codes in q, see `SoftEdge.decode`.

    Raise ValueError if there is no such code, and what that raises.

    Examples
    --------
    >>> decode([63, 64, 255], code="signed8").tolist()
    [63, 64, -1]
    """
    return _named(code).decode(codes)


def to_int8(codes, *, code="paper"):
    """Return the INT8 of codes, see `SoftEdge.to_int8`.

    Raise ValueError if there is no such code, and what that raises.
    """
    return _named(code).to_int8(codes)


def _named(code):
    one_of("Code", code, CODES)
    return CODES[code]
