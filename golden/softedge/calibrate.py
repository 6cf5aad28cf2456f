"""The step of a tensor, from what calibration sequences have in it."""

import numpy as np

from skimp.golden.softedge.base import as_reals

__all__ = ["EMA", "percentiles"]

#: By how much each further sequence moves the average, as in Quamba.
EMA = 0.01


def percentiles(sequences, alphas):
    """Return the calibrated percentiles c of a tensor, of which a code makes its ``step``.

    The percentile of ``|u|`` is taken in each sequence, linear between values, and averaged by
    ``c += 0.01 (c_new - c)``, beginning with the first one's.

    Parameters
    ----------
    sequences : iterable of arrays of reals, any shapes
        A calibration sequence each.
    alphas : sequence of float
        Above 0, at most 1.

    Returns
    -------
    list of float, one for each of ``alphas``
        0 where so many values are 0: no step can be made of that.

    Raises
    ------
    TypeError
        If a sequence is not of real numbers.
    ValueError
        If there is no sequence, one is empty or not finite, or an alpha is out of range.

    Examples
    --------
    >>> percentiles([[0.0, -1.0, 2.0], [0.0, 1.0, 12.0]], [1])
    [2.1]
    """
    for alpha in alphas:
        if not 0 < alpha <= 1:
            raise ValueError(f"A percentile must be above 0 and at most 1, not {alpha}")
    c = None
    for sequence in sequences:
        a = np.abs(as_reals(sequence))
        if not a.size or not np.isfinite(a).all():
            raise ValueError("A calibration sequence must have numbers, all of them finite")
        new = np.quantile(a.astype(np.float64), alphas)
        c = new if c is None else c + EMA * (new - c)
    if c is None:
        raise ValueError("Calibration needs a sequence at least")
    return c.tolist()
