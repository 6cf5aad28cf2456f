"""NB-SMT: threads that share the multiplier of a processing element and never wait for it.

Shomron, Weiser, "Non-Blocking Simultaneous Multithreading: Embracing the Resiliency of Deep Neural
Networks", MICRO 2020, arXiv 2004.09309. The K axis of a product is cut into T contiguous parts, one
a thread; in step i thread t holds the operands at ``t*K/T + i``. Threads that meet at the
multiplier all go on, with fewer bits: see `step`. The products of all threads go to one sum.
"""

from skimp.golden.arithmetic.nbsmt.counts import Collisions, collisions, reorder, statistics
from skimp.golden.arithmetic.nbsmt.matrices import Stationary, matmul
from skimp.golden.arithmetic.nbsmt.rules import POLICIES, ROUNDINGS, step

__all__ = [
    "POLICIES", "ROUNDINGS", "Collisions", "Stationary", "collisions", "matmul", "reorder",
    "statistics", "step",
]
