"""Which scheme of `golden.nets.schemes` a processing element computes."""

from collections.abc import Mapping
from typing import Any

from skimp.golden.arithmetic import sparq
from skimp.golden.nets.schemes import Exact, Nbsmt, Scheme, Sparq, Static

__all__ = ["scheme_of"]


def scheme_of(block: str, config: str, parameters: Mapping[str, Any]) -> Scheme | None:
    """Give the scheme of a configuration of a processing element.

    Returns
    -------
    scheme or None
        None of blocks that are no processing elements, and where `skimp evaluate` knows no scheme
        of its like, such as SPARQ with weights of 4 bits.
    """
    if block == "plain-pe":
        bits = parameters["activation_width"], parameters["weight_width"]
        return Exact() if bits == (8, 8) else Static(*bits)
    if block == "sparq-pe" and config in sparq.CONFIGS and parameters["weight_width"] == 8:
        return Sparq(config, parameters["rounding"])
    if block == "sysmt-pe":
        names = ("threads", "policy", "rounding", "saturate", "sparsity")
        threads = Nbsmt(**{name: parameters[name] for name in names})
        return Exact() if threads.threads == 1 else threads
    return None
