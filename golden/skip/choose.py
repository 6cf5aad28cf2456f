"""Choose limits of predictors: what is skipped against what is lost.

The curves of both are steps of the sorted scores, so what is best is found exactly, for each
channel by itself. How much a layer's errors hurt is measured, not derived: see `pick`.
"""

import math

import numpy as np

from skimp.golden.checks import at_least_one
from skimp.golden.masks import mask

__all__ = ["NEVER", "Curves", "choose", "curves_of", "pick", "skipping"]

#: A limit that keeps everything, once a predictor has cut it to its range.
NEVER = -(1 << 62)
#: Times that `Curves.skipping` halves the range of trades.
HALVINGS = 30
#: Parts of the target that `pick` counts in.
GRAIN = 1000


class Curves:
    """What the limits of a layer's units skip and lose, on calibration data.

    Parameters
    ----------
    scores : integers ``(places, units)``
        Of places that can be predicted.
    lost : integers ``(places, units)``
        What is lost where one is predicted, not negative.
    macs : float or array ``(units,)``
        Products that it spares.
    """

    def __init__(self, scores, lost, *, macs):
        if scores.ndim != 2 or scores.shape != lost.shape:
            raise ValueError(f"Scores and losses must be of one shape (places, units), "
                             f"not {scores.shape} and {lost.shape}")
        at_least_one("Places that can be predicted", len(scores))
        self.macs = np.broadcast_to(np.asarray(macs, np.float64), scores.shape[1:])
        self.places, self.largest = len(scores), int(lost.max())
        #: Of each unit: its scores, each once, how many places score no more, and what they lose.
        self.steps = [_steps(scores[:, unit], lost[:, unit]) for unit in range(scores.shape[1])]

    def choose(self, trade):
        """Return what `choose` does."""
        found = []
        for macs, (scores, counts, errors) in zip(self.macs, self.steps, strict=True):
            gain = macs * counts - trade * errors
            best = gain.argmax()
            found.append((scores[best], macs * counts[best], errors[best])
                         if gain[best] > 0 else (NEVER, 0.0, 0.0))
        limits, saved, error = zip(*found, strict=True)
        return np.array(limits, np.int64), np.array(saved), np.array(error)

    def skipping(self, share):
        """Return limits that skip a share of the products, 0 to 1, or a little less; they lose
        least. Where more would lose nothing, they skip more.
        """
        # Losses are integers: at the lower trade every place is worth it, at the higher one none
        # that loses anything.
        low = float(self.macs.min()) / (self.largest + 1)
        high = float(self.macs.max()) * self.places + 1
        most = share * self.places * self.macs.sum()
        for _ in range(HALVINGS):
            trade = math.sqrt(low * high)
            low, high = (low, trade) if self.choose(trade)[1].sum() <= most else (trade, high)
        return self.choose(high)[0]


def _steps(scores, lost):
    order = scores.argsort(kind="stable")
    scores = scores[order]
    ends = np.flatnonzero(np.append(scores[:-1] != scores[1:], True))
    return scores[ends], ends + 1, lost[order].cumsum(dtype=np.float64)[ends]


def choose(scores, lost, *, macs, trade):
    """Choose the limit of each unit that maximises products spared less ``trade`` times the loss.

    Parameters
    ----------
    scores, lost, macs
        As for `Curves`.
    trade : float
        Products that a unit of loss is worth, at least 0.

    Returns
    -------
    limits : int64 array ``(units,)``
        What scores no more than this is predicted; `NEVER` where nothing is.
    saved, error : float64 arrays ``(units,)``
        Products spared, and what is lost, of all places given.

    Raises
    ------
    ValueError
        If shapes differ, or there is no place.

    Examples
    --------
    >>> scores, lost = np.array([[3], [1], [2]]), np.array([[9], [0], [1]])
    >>> limits, saved, error = choose(scores, lost, macs=10, trade=5)
    >>> limits.tolist(), saved.tolist(), error.tolist()
    ([2], [20.0], [1.0])
    """
    return Curves(scores, lost, macs=macs).choose(trade)


def curves_of(predictor, x, macs):
    """Return the `Curves` of a predictor on a layer's output ``x``, as for `skipping`."""
    places = ~mask(predictor.kind, *x.shape[1:3])
    scores, lost = (values[:, places].reshape(-1, values.shape[-1])
                    for values in (predictor.scores(x), predictor.lost(x)))
    return Curves(scores, lost, macs=macs)


def skipping(predictor, x, share):
    """Return a predictor with limits that skip a share of what it may, or a little less.

    Where more would lose nothing, they skip more.

    Parameters
    ----------
    predictor : golden.predictor.Predictor
        Its own limits do not matter.
    x : uint8 array ``(images, rows, columns, channels)``
        A layer's output, on which the limits are chosen.
    share : float
        Of the units at places that are not computed first, 0 to 1.

    Raises
    ------
    TypeError, ValueError
        If the predictor does not take ``x``, or its mask computes all of its places first.
    """
    return predictor.with_limits(curves_of(predictor, x, 1).skipping(share))


def pick(saved, harm, target):
    """Choose a level for each layer: the least sum of harm that saves at least ``target``.

    Parameters
    ----------
    saved, harm : arrays ``(layers, levels)``
        ``saved`` not negative. Where harm is infinite there is no such level; each layer has one.
    target : float
        Above 0.

    Returns
    -------
    int array ``(layers,)``
        A level each. The levels that save most if they do not reach the target.
    """
    saved, harm = np.asarray(saved, np.float64), np.asarray(harm, np.float64)
    saved = np.where(np.isfinite(harm), saved, -1.0)
    steps = np.floor(saved * (GRAIN / target)).astype(np.int64)
    if steps.max(axis=1).sum() < GRAIN:
        return saved.argmax(axis=1)
    least = np.full(GRAIN + 1, np.inf)          # harm by what is saved so far, cut at the target
    least[0] = 0.0
    choices = []
    for counts, hurts in zip(steps, harm, strict=True):
        then, chosen = np.full(GRAIN + 1, np.inf), np.full(GRAIN + 1, -1)
        origin = np.arange(GRAIN + 1)
        for level in np.flatnonzero(np.isfinite(hurts)):
            for place in np.flatnonzero(np.isfinite(least)):
                reached = min(GRAIN, place + counts[level])
                if least[place] + hurts[level] < then[reached]:
                    then[reached], chosen[reached] = least[place] + hurts[level], level
                    origin[reached] = place
        choices.append((chosen, origin))
        least = then
    place, picked = GRAIN, []
    for chosen, origin in reversed(choices):
        picked.append(chosen[place])
        place = origin[place]
    return np.array(picked[::-1])
