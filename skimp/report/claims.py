"""What a paper reports, and what of ours stands beside it."""

from typing import NamedTuple

__all__ = ["Claim", "Ours"]


class Claim(NamedTuple):
    """A figure of a paper; ``said`` is how the paper puts it."""

    quantity: str
    value: float
    said: str
    source: str
    link: str


#: What a figure of ours is of, its value, and its origin: see `Cell`.
Ours = list[tuple[str, float | None, str]]
