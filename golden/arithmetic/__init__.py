"""How a multiplier treats its operands: one class each, and its short text form."""

from skimp.golden.arithmetic.base import Arithmetic, Exact, Scheme
from skimp.golden.arithmetic.mixed import Mixed, Threads
from skimp.golden.arithmetic.nbsmt.arithmetic import Nbsmt
from skimp.golden.arithmetic.sparq.arithmetic import Sparq
from skimp.golden.arithmetic.static import Static
from skimp.golden.arithmetic.text import parse, parse_scheme

__all__ = ["Arithmetic", "Exact", "Mixed", "Nbsmt", "Scheme", "Sparq", "Static", "Threads",
           "parse", "parse_scheme"]
