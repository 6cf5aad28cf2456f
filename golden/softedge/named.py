"""The codes that have a name, and the short text form of all.

============================== ================================================================
text                           code
============================== ================================================================
``softedge:paper``             `SoftEdge`: one of `CODES`
``int8``, ``int4``             `Uniform`: symmetric
``int8:zero``, ``int4:zero``   with a zero point
``ablation:fine``              `Ablation`; ``ablation:5-4`` is the same
``float``                      `Float`
============================== ================================================================

A `Setting` may say which percentile of ``|u|`` the step is made of: ``softedge:signed8@0.9999``.
"""

import re
from dataclasses import dataclass

from skimp.golden.softedge.ablations import ABLATIONS, Ablation
from skimp.golden.softedge.base import Code
from skimp.golden.softedge.code import SoftEdge
from skimp.golden.softedge.rivals import Float, Uniform

__all__ = ["CODES", "Setting", "parse_code", "parse_setting"]

#: ``paper`` is the authors' own; ``aligned`` the nearest value with the same counts; ``short`` has
#: thresholds that are powers of two; ``signed*`` spend few codes below zero, where SiLU hardly is.
CODES = {code.name: code for code in (
    SoftEdge(((64, 0), (128, 2), (64, 4)), quirks=True, name="paper"),
    SoftEdge(((64, 0), (128, 2), (64, 4)), name="aligned"),
    SoftEdge(((64, 0), (112, 2), (80, 4)), name="short"),
    SoftEdge(((64, 0), (112, 2), (16, 4)), negative=64, name="signed8"),
    SoftEdge(((96, 0), (64, 2), (32, 4)), negative=64, name="signed8-fine"),
    SoftEdge(((16, 0), (28, 2), (4, 4)), negative=16, name="signed6"),
    SoftEdge(((8, 0), (14, 2), (2, 4)), negative=8, name="signed5"),
    SoftEdge(((4, 0), (7, 2), (1, 4)), negative=4, name="signed4"),
)}
UNIFORM = re.compile(r"int([2-8])(:zero)?", re.ASCII)
NUMBER = re.compile(r"[01](\.[0-9]{1,12})?", re.ASCII)


@dataclass(frozen=True)
class Setting:
    """A code, and the percentile that its step is made of; None: yet to be chosen.

    Raises
    ------
    ValueError
        If the percentile is not above 0 and at most 1.
    """

    code: Code
    percentile: float | None = None

    def __post_init__(self):
        if self.percentile is not None and not 0 < self.percentile <= 1:
            raise ValueError(f"A percentile must be above 0 and at most 1, not {self.percentile}")

    def __str__(self):
        return str(self.code) + (f"@{self.percentile:.12g}" if self.percentile else "")


def parse_code(text) -> Code:
    """Return the code of a text such as those of this module's table.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> parse_code("int8:zero")
    Uniform(bits=8, zero=True)
    >>> parse_code("softedge:signed8").largest
    752
    """
    family, colon, name = text.partition(":")
    uniform = UNIFORM.fullmatch(text)
    if family == "softedge" and colon:
        if name not in CODES:
            raise ValueError(f"A soft-edge code must be one of {', '.join(CODES)}, not {name!r}")
        return CODES[name]
    if family == "ablation" and colon:
        kinds = [kind for kind, number in ABLATIONS.items() if number == name]
        return Ablation(kinds[0] if kinds else name)
    if uniform:
        return Uniform(int(uniform[1]), bool(uniform[2]))
    if text != "float":
        raise ValueError(f"A code must be softedge:NAME, int8, int8:zero, the same with 2 to 7 "
                         f"bits, ablation:NAME, or float, not {text!r}")
    return Float()


def parse_setting(text) -> Setting:
    """Return the code of a text, and its percentile if one stands behind an ``@``.

    Raises
    ------
    ValueError
        As `parse_code` and `Setting`.

    Examples
    --------
    >>> str(parse_setting("softedge:signed8@0.9999"))
    'softedge:signed8@0.9999'
    """
    name, at, percentile = text.partition("@")
    if at and not NUMBER.fullmatch(percentile):
        raise ValueError(f"A percentile must be a number above 0 and at most 1, such as 0.9995, "
                         f"not {percentile!r}")
    return Setting(parse_code(name), float(percentile) if at else None)
