"""The way back: from an arithmetic to the configuration of a block that computes it."""

from dataclasses import fields
from typing import Any

from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import Selected, select
from skimp.golden.arithmetic import Arithmetic

__all__ = ["computed_by"]


def computed_by(arithmetic: Arithmetic, name: str, **size: Any) -> Selected | None:
    """Return the configuration of a block that computes an arithmetic; None if it cannot.

    A named configuration if there is one, else one from the arithmetic's own fields. What is done
    to operands before a unit reads them does not matter to it.

    Parameters
    ----------
    arithmetic : golden.arithmetic.Arithmetic
    name : str
        The block's.
    size
        Parameters that the configuration must have beside, such as the rows of an array.

    Raises
    ------
    ValueError
        If there is no such block or parameter.
    """
    wanted = arithmetic.on_hardware()
    for one in select((name,)):
        if one.arithmetic == wanted and all(getattr(one.params, key, None) == value
                                            for key, value in size.items()):
            return one
    if size:
        select((name,), None, size)         # refuses sizes that there are not
    known = [field.name for field in fields(CATALOGUE[name].parameters)]
    flags = {key: getattr(wanted, key) for key in known if hasattr(wanted, key)}
    try:
        own = select((name,), None, {**flags, **size})
    except ValueError:                      # out of the range of what the unit can be made for
        return None
    return next((one for one in own if one.arithmetic == wanted), None)
