"""Runs that halt at ReLUs give the answers of whole runs, bit by bit."""

import numpy as np
import pytest
import small_networks

from skimp.golden.neighbour import Neighbours
from skimp.golden.nets.engine import Model
from skimp.golden.nets.halted import Recalibration, begin
from skimp.golden.nets.predict import sites
from skimp.golden.nets.quantized import quantize
from skimp.golden.nets.recalibrate import recalibrate

NET = small_networks.network()
IMAGES = small_networks.images(40, seed=7)
MODEL = Model(quantize(NET, IMAGES))
RULES = {name: Neighbours(kind=5, limits=np.full(site.shape[-1], 40))
         for name, site in sites(NET).items()}


@pytest.mark.parametrize("predicted", [("relu2",), ("relu3",), ("relu2", "relu3")])
@pytest.mark.parametrize("averaging", [None, "momentum", "average"])
def test_answers_are_those_of_whole_runs(predicted, averaging):
    rules = {name: RULES[name] for name in predicted}
    model, again = MODEL.with_predictors(rules), None
    if averaging:
        again = Recalibration(images=IMAGES[:26], averaging=averaging, momentum=0.3, batch=12)
        model = recalibrate(model, IMAGES[:24], averaging=averaging, momentum=0.3, batch=12)
    run = begin(MODEL, IMAGES[24:], again).after("relu2").after("relu3", rules.get("relu2"))
    np.testing.assert_array_equal(run.logits(rules.get("relu3")), model.logits(IMAGES[24:]))


def test_a_halted_run_is_as_it_was_after_it_has_gone_on():
    run = begin(MODEL, IMAGES[:8], Recalibration(images=IMAGES[8:], batch=16)).after("relu2")
    before = run.logits()
    assert (run.logits(RULES["relu2"]) != before).any()
    np.testing.assert_array_equal(run.logits(), before)
