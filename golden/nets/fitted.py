"""The paper's choice of thresholds: one for each layer, from fitted curves.

Shomron et al., "Thanks for Nothing", ECCV 2020, arXiv 1909.07636. On calibration data, with the ZAP
of one layer at a time switched on, the error ``1 - sum of what is kept / sum`` and the products
that are left are functions of the threshold. Both are fitted with ``d + a / (1 + exp(-b t + c))``;
then the products of all layers are minimised, the sum of errors no more than a budget. The other
way, see `golden.nets.limits`, loses less.
"""

import math
import warnings
from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeWarning, curve_fit, minimize
from scipy.special import expit

from skimp.golden.masks import mask
from skimp.golden.nets.limits import outputs, total_macs
from skimp.golden.nets.predict import sites
from skimp.golden.zap import Predictor

__all__ = ["BUDGETS", "Fitted", "fit"]

#: Thresholds at which curves are measured, and between which they are chosen.
GRID = np.linspace(-1.3, 1.4, 28)
BOUNDS = (-1.0, 1.0)
#: Sums of errors that are tried.
BUDGETS = tuple(np.arange(201) / 100)


def _curve(threshold, level, height, slope, offset):
    return level + height * expit(slope * threshold - offset)


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """Curves of a network's ZAPs, and what is fitted to them."""

    predictors: dict[str, Predictor]
    #: At `GRID`: errors, and shares of all products that are left, ``(layers, points)``.
    errors: np.ndarray
    left: np.ndarray
    #: Parameters of the fits ``(layers, 4)``.
    error_fits: np.ndarray
    left_fits: np.ndarray
    #: Share of all products that predicted layers have.
    share: float

    def thresholds(self, budget):
        """Return a threshold for each layer, float64, the sum of fitted errors at most ``budget``.
        """
        start = np.full(len(self.errors), BOUNDS[1])
        result = minimize(
            lambda at: _curve(at, *self.left_fits.T).sum(), start, method="SLSQP",
            bounds=[BOUNDS] * len(start), constraints={
                "type": "ineq",
                "fun": lambda at: budget - np.maximum(_curve(at, *self.error_fits.T), 0).sum()})
        return np.clip(result.x, *BOUNDS)

    def at(self, target):
        """Return ZAPs that skip a share of all products, by the first budget that reaches it.

        The largest budget if none does. Fits are rough: what is skipped may be off the target.
        """
        chosen = np.full(len(self.errors), BOUNDS[1])
        for budget in BUDGETS:
            chosen = self.thresholds(budget)
            left = sum(np.interp(at, GRID, line) for at, line in
                       zip(chosen, self.left, strict=True))
            if self.share - left >= target:
                break
        return {name: zap.with_threshold(float(at)) for (name, zap), at in
                zip(self.predictors.items(), chosen, strict=True)}


def fit(model, zaps, images) -> Fitted:
    """Measure the curves of a network's ZAPs on calibration images, and fit them.

    Parameters
    ----------
    model : golden.nets.engine.Model
        Without predictors.
    zaps : dict of str to golden.zap.Predictor
        By ReLU.
    images : uint8 array ``(images, rows, columns, channels)``

    Raises
    ------
    ValueError
        If a curve does not look like what is fitted; the sentence names the ReLU.
    """
    found, total = sites(model.network), total_macs(model)
    errors, left = [], []
    for name, x in outputs(model, images, zaps).items():
        zap, site = zaps[name], found[name]
        places = ~mask(zap.kind, *x.shape[1:3])
        given = (zap.scores(x)[:, places] * zap.unit + zap.offset).ravel()
        order = given.argsort(kind="stable")
        lost = np.append(0, x[:, places].ravel()[order].cumsum(dtype=np.int64))
        below = np.searchsorted(given[order], GRID, side="right")
        errors.append(lost[below] / max(1, int(x.sum(dtype=np.int64))))
        left.append((x.size - below) * sum(site.k) / (len(x) * total))
    return Fitted(predictors=zaps, errors=np.array(errors), left=np.array(left),
                  error_fits=_fits(zaps, errors, 1), left_fits=_fits(zaps, left, -1),
                  share=sum(sum(found[name].k) * math.prod(found[name].shape)
                            for name in zaps) / total)


def _fits(names, lines, direction):
    """Fit each line that rises (1) or falls (-1) with the threshold; ``names`` are their ReLUs."""
    fits = []
    for name, line in zip(names, lines, strict=True):
        middle = GRID[np.abs(line - (line.min() + line.max()) / 2).argmin()]
        low, high = (line.min(), np.ptp(line)) if direction > 0 else (line.max(), -np.ptp(line))
        if not high:
            fits.append((low, 0.0, 1.0, 0.0))
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", OptimizeWarning)     # of a covariance: of no use
                fits.append(curve_fit(_curve, GRID, line, p0=(low, high, 5.0, 5 * middle),
                                      maxfev=20_000)[0])
        except RuntimeError:
            raise ValueError(f"The curves of {name} do not look like what --thresholds layer fits "
                             "to them: choose thresholds by channel") from None
    return np.array(fits)
