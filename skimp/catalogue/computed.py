"""From an arithmetic to the configuration of a block that computes it."""

from dataclasses import fields
from typing import Any

from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import Design, select
from skimp.golden.arithmetic import Arithmetic

__all__ = ["computed_by"]


def computed_by(arithmetic: Arithmetic, name: str, **size: Any) -> Design | None:
    """Return the configuration of block ``name`` that computes an arithmetic; None if it cannot.

    It is a named configuration if there is one, else one from the arithmetic's fields. Changes of
    operands before the unit reads them do not count. ``size`` are further parameters that the
    configuration must have, such as the rows of an array. Raise ValueError if there is no such
    block or parameter.
    """
    wanted = arithmetic.on_hardware()
    for one in select((name,)):
        if one.arithmetic == wanted and all(getattr(one.params, key, None) == value
                                            for key, value in size.items()):
            return one
    if size:
        select((name,), None, size)         # refuses unknown parameters
    known = [field.name for field in fields(CATALOGUE[name].parameters)]
    flags = {key: getattr(wanted, key) for key in known if hasattr(wanted, key)}
    try:
        own = select((name,), None, {**flags, **size})
    except ValueError:                      # out of the range of the unit
        return None
    return next((one for one in own if one.arithmetic == wanted), None)
