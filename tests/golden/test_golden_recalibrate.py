"""Statistics of batch norms found again: the formulas, what is left out, what they undo."""

import numpy as np
import pytest
import small_networks
from engine_loops import IMAGES, NET, QUANTIZED, slow, under

from skimp.golden.nets.engine import Model
from skimp.golden.nets.recalibrate import recalibrate


@pytest.mark.parametrize("text", ["exact", "static:3", "nbsmt:2:A"])
@pytest.mark.parametrize("averaging", ["momentum", "average"])
def test_recalibration_equals_its_formulas(text, averaging):
    model = under(text)
    again = recalibrate(model, IMAGES, averaging=averaging, momentum=0.3, batch=3)
    batches = [slow(text, IMAGES[start:start + 3], training=True)[1] for start in (0, 3)]
    for node in NET.nodes:
        if node.op != "batchnorm":
            continue
        for index, old in enumerate((node.arrays["mean"], node.arrays["var"])):
            one, two = (batch[node.name][index] for batch in batches)
            expected = ((one + two) / 2 if averaging == "average"
                        else 0.7 * (0.7 * old + 0.3 * one) + 0.3 * two)
            np.testing.assert_allclose(again.statistics[node.name][index], expected, rtol=1e-6,
                                       atol=1e-9)
    assert again.layers is model.layers
    assert (again.logits(IMAGES) != model.logits(IMAGES)).any()


def test_recalibration_leaves_the_rest_of_a_batch_out_and_the_model_as_it_was():
    model = Model(QUANTIZED)
    before = model.logits(IMAGES)
    five, three = (recalibrate(model, IMAGES[:count], batch=3) for count in (5, 3))
    np.testing.assert_array_equal(five.logits(IMAGES), three.logits(IMAGES))
    np.testing.assert_array_equal(model.logits(IMAGES), before)


def test_recalibration_undoes_a_shift_of_statistics():
    """Wrong means and variances in the file are found again on the images they belong to."""
    images = small_networks.images(60, seed=5)
    right = recalibrate(Model(QUANTIZED), images, averaging="average", batch=30)
    wrong = Model(QUANTIZED).with_statistics({name: (mean + 1, 3 * var)
                                              for name, (mean, var) in right.statistics.items()})
    again = recalibrate(wrong, images, averaging="average", batch=30)
    np.testing.assert_allclose(again.logits(IMAGES), right.logits(IMAGES))
    assert np.abs(wrong.logits(IMAGES) - right.logits(IMAGES)).max() > 0.5
