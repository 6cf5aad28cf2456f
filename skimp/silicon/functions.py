"""Boolean functions of Liberty files, as truth tables."""

import math
from collections.abc import Sequence
from functools import lru_cache, reduce
from operator import and_, or_, xor
from typing import Any

from lark import Lark, Token, Transformer, Tree
from lark.exceptions import LarkError

__all__ = ["gate_of", "truth"]

GRAMMAR = r"""
?start: either
?either: both (("+" | "|") both)*
?both: parity ("&"? parity | "*" parity)*
?parity: inverted ("^" inverted)*
?inverted: "!" inverted -> invert
    | primed
?primed: atom
    | primed "'" -> invert
?atom: NAME -> name
    | "0" -> zero
    | "1" -> one
    | "(" either ")"
NAME: /[A-Za-z_]\w*/
%ignore /\s+/
"""
# Inputs of the widest gate whose table is made.
WIDEST = 6


@lru_cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", maybe_placeholders=False)


class _Table(Transformer[Any, int]):
    """Evaluates all combinations at once: bit k of a word is the value of combination k."""

    def __init__(self, inputs: Sequence[str]):
        super().__init__()
        self.all = (1 << (1 << len(inputs))) - 1
        self.words = {name: sum(1 << k for k in range(1 << len(inputs)) if k >> place & 1)
                      for place, name in enumerate(inputs)}

    def name(self, children: list[Any]) -> int:
        return self.words[str(children[0])]

    def zero(self, _: Any) -> int:
        return 0

    def one(self, _: Any) -> int:
        return self.all

    def invert(self, children: list[int]) -> int:
        return self.all ^ children[0]

    def parity(self, children: list[int]) -> int:
        return reduce(xor, children)

    def both(self, children: list[int]) -> int:
        return reduce(and_, children)

    def either(self, children: list[int]) -> int:
        return reduce(or_, children)


def truth(function: str, inputs: Sequence[str]) -> int | None:
    """Return the truth table of ``function``: bit k is its value where the inputs spell k.

    The first of ``inputs`` is the lowest bit of k. Return None if it is no function of these alone,
    or has more than `WIDEST` inputs.
    """
    if len(inputs) > WIDEST:
        return None
    try:
        return _Table(inputs).transform(_parser().parse(function))
    except (LarkError, KeyError):
        return None


def gate_of(function: str, name: str) -> tuple[str, float] | None:
    """Return the operation that first takes input ``name``, and how likely its other operand is 1.

    The operation is ``both``, ``either`` or ``parity``. Return None if there is no other operand.
    Inputs are 1 as often as 0. An operation of several operands is one of two at a time.
    """
    try:
        tree = _parser().parse(function)
    except LarkError:
        return None
    return _gate_of(tree, name)


def _gate_of(tree: Any, name: str) -> tuple[str, float] | None:
    if not isinstance(tree, Tree):
        return None
    if tree.data not in ("both", "either", "parity"):
        return next((found for child in tree.children if (found := _gate_of(child, name))), None)
    for place, child in enumerate(tree.children):
        if _bare(child) == name:
            others = tree.children[1:2] if place == 0 else tree.children[:place]
            return str(tree.data), _likely(Tree(tree.data, others))
        found = _gate_of(child, name)
        if found:
            return found
    return None


def _bare(tree: Any) -> str | None:
    """Return the input that ``tree`` is, inverted or not; None where it is more."""
    while isinstance(tree, Tree) and tree.data == "invert":
        tree = tree.children[0]
    return str(tree.children[0]) if isinstance(tree, Tree) and tree.data == "name" else None


def _likely(tree: Any) -> float:
    """Return how likely ``tree`` is 1, its operands taken for independent."""
    if isinstance(tree, Token) or tree.data == "name":
        return 0.5
    values = [_likely(child) for child in tree.children]
    if tree.data == "invert":
        return 1 - values[0]
    if tree.data == "both":
        return math.prod(values)
    if tree.data == "either":
        return 1 - math.prod(1 - value for value in values)
    return 0.5 if tree.data == "parity" else float(tree.data == "one")
