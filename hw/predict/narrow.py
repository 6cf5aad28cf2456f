"""Codes of fewer bits."""

from amaranth import Value

__all__ = ["narrowed"]


def narrowed(code: Value, bits: int) -> Value:
    """Return the highest ``bits`` of a code of 8, rounded up, at most all ones: only 0 gives 0."""
    if bits == 8:
        return code
    high, low = code[8 - bits:], code[:8 - bits]
    return (high + (low.any() & ~high.all()))[:bits]
