"""Modes of an array: what a layer can be told without a gate more, by how operands are fed.

``threads=T`` fills T threads of NB-SMT and feeds zeros to the others, ``exact`` makes products in 8
bits, one in an element of SPARQ, each activation beside a zero, and one in each lane of a plain
element, ``sparq`` feeds pairs, and ``static:A:W`` feeds codes of A and W bits as
`golden.arithmetic.Static` has them (W is 8 if not said), as many products a clock as such codes
fit.
"""

import re
from typing import Any, NamedTuple

import numpy as np

from skimp.catalogue.selection import Design
from skimp.golden.arithmetic import Arithmetic, Exact, Nbsmt, parse
from skimp.golden.array import exact

__all__ = ["Mode", "mode_of"]

STATIC = re.compile(r"static:[1-8](:[2-8])?")
#: Arrays whose elements share a multiplier among operands.
SHARING = ("sparq-array", "sysmt-array")


class Mode(NamedTuple):
    """How operands are fed to an array."""

    model: Any
    #: What a network is told, and products that an element makes in a clock then.
    arithmetic: Arithmetic
    products: int
    name: str

    def fed(self, x: Any, w: Any) -> tuple[Any, Any]:
        """Return activations ``(M, K)`` and weights ``(K, N)`` with zeros where nothing is fed.

        Raise ValueError if the array does not compute in this mode what it should.
        """
        threads = self.model.threads
        given = self._spread(x.T).T, self._spread(w)
        wanted = (self.arithmetic.on_hardware().matmul(x, w) if isinstance(self.arithmetic, Nbsmt)
                  else exact(x, w) if self.name != "sparq" else self.model.product(x, w))
        if not np.array_equal(self.model.product(*given), wanted):
            raise ValueError(f"--mode {self.name} is none of an array of "
                             f"{threads} operands whose elements reduce some of what it feeds")
        return given

    def _spread(self, operands: Any) -> Any:
        """Return rows of K, zeros among them for threads that are not used."""
        threads, used = self.model.threads, self.products
        operands = np.pad(operands, [(0, -len(operands) % used), (0, 0)])
        if self.model.parts:        # a thread has a part of K
            return np.pad(operands, [(0, len(operands) // used * (threads - used)), (0, 0)])
        groups = operands.reshape(-1, used, operands.shape[1])
        return np.pad(groups, [(0, 0), (0, threads - used), (0, 0)]).reshape(
            -1, operands.shape[1])


def mode_of(one: Design, text: str) -> Mode:
    """Return the mode of an array that a text stands for; raise ValueError if it has none such."""
    model: Any = one.model(one.emit().manifest)
    params, threads = one.params, model.threads
    kind = one.block.name
    most = {"sysmt-array": [f"threads={count}" for count in (1, 2, 4) if count <= threads],
            "sparq-array": ["exact", "sparq"]}.get(kind, ["exact"])
    shares = kind in SHARING and threads > 1
    if text not in most and not (shares and STATIC.fullmatch(text)):
        raise ValueError(f"--mode of {kind} must be one of {', '.join(most)}"
                         + (", static:BITS, static:BITS:BITS" if shares else "")
                         + f", not {text!r}")
    if text.startswith("static"):
        static = parse(text)
        return Mode(model, static, min(static.products_per_step, threads), text)
    whole = text == "sparq" or kind == "plain-array"        # nothing of an element is left idle
    count = threads if whole else int(text.partition("=")[2] or 1)
    if text.startswith("threads") and count > 1:
        return Mode(model, Nbsmt(threads=count, policy=params.policy, rounding=params.rounding,
                                 saturate=bool(params.saturate), sparsity=params.sparsity,
                                 reordered=True), count, text)
    return Mode(model, Exact(), count, text)
