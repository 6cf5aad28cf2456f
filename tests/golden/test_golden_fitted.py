"""The paper's choice of thresholds: curves that are followed, budgets that are held."""

import numpy as np
import small_networks

from skimp.golden.nets.engine import Model
from skimp.golden.nets.fitted import GRID, fit
from skimp.golden.nets.limits import outputs, total_macs
from skimp.golden.nets.predict import sites
from skimp.golden.nets.quantized import quantize
from skimp.golden.zap import quantize as quantize_zap

NET = small_networks.network()
IMAGES = small_networks.images(60)
MODEL = Model(quantize(NET, small_networks.images(40, seed=7)))
SITES = sites(NET)


def zaps():
    """Return ZAPs that add up the computed neighbours: some of what is there, none is trained."""
    found = {}
    for name, x in outputs(MODEL, IMAGES, SITES).items():
        channels = x.shape[-1]
        plain = {f"{array}{stage}": np.full(channels, value) for stage in "12"
                 for array, value in (("bias", 0.0), ("gamma", 1.0), ("beta", 0.0), ("mean", 0.0),
                                      ("var", 1.0))}
        weights = {"weight1": np.full((channels, 3, 3), 0.2), "weight2": np.zeros((channels, 3, 3))}
        weights["weight2"][:, 1, 1] = 0.3
        found[name] = quantize_zap(plain | weights, x, step=MODEL.quantized.steps[name], kind=5,
                                   input_bits=8, weight_bits=8, hidden_bits=8)
    return found


FITTED = fit(MODEL, zaps(), IMAGES)


def test_curves_are_what_thresholds_do():
    total = total_macs(MODEL)
    for place, (name, x) in enumerate(outputs(MODEL, IMAGES, SITES).items()):
        for point in (9, 14, 20):
            keep = FITTED.predictors[name].with_threshold(GRID[point]).keep(x)
            assert np.isclose(FITTED.errors[place, point], 1 - (x * keep).sum() / x.sum())
            assert np.isclose(FITTED.left[place, point],
                              keep.sum() * sum(SITES[name].k) / len(x) / total)


def test_a_budget_is_held_and_a_larger_one_skips_more():
    left = []
    for budget in (0.05, 0.3, 1.0):
        chosen = FITTED.thresholds(budget)
        assert (np.abs(chosen) <= 1).all()
        errors = [np.interp(at, GRID, line) for at, line in zip(chosen, FITTED.errors, strict=True)]
        assert sum(errors) < budget + 0.1               # as far as the fit is
        left.append(sum(np.interp(at, GRID, line)
                        for at, line in zip(chosen, FITTED.left, strict=True)))
    assert left[0] > left[1] > left[2]


def test_the_target_is_reached():
    chosen = FITTED.at(0.08)
    given = outputs(MODEL, IMAGES, SITES)
    saved = sum(float((~chosen[name].keep(x)).sum()) * sum(SITES[name].k)
                for name, x in given.items()) / len(IMAGES) / total_macs(MODEL)
    assert 0.06 < saved < 0.13
