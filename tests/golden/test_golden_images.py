"""`golden.workloads.images`: a network that is run and scored, through the words of a workload."""

import numpy as np
import small_networks

from skimp.golden.nets.engine import Model
from skimp.golden.nets.quantized import quantize
from skimp.golden.workloads.base import Workload
from skimp.golden.workloads.images import Images

QUANTIZED = quantize(small_networks.network(), small_networks.images(20, seed=2))
IMAGES = small_networks.images(6, seed=3)
LOGITS = Model(QUANTIZED).logits(IMAGES)
#: Labelled so that exact 8 bits are right on all images but one.
LABELS = LOGITS.argmax(axis=1) ^ (np.arange(6) == 5)
WORK: Workload = Images(name="small", quantized=QUANTIZED, images=IMAGES, labels=LABELS,
                        training=IMAGES, conditions={})


def test_it_says_what_it_measures():
    assert (WORK.name, WORK.metric, WORK.higher_is_better) == ("small", "top-1", True)


def test_gemms_are_the_products_of_an_image():
    assert list(WORK.gemms()) == ["conv1", "deep", "conv2", "short", "fc1", "fc2"]
    assert WORK.gemms()["conv2"] == (9, 24, 6, 1) and WORK.gemms()["deep"] == (9, 9, 1, 4)


def test_answers_are_logits_and_scored_in_pairs():
    seen = []
    answers = WORK.run(progress=lambda: seen.append(1))
    np.testing.assert_array_equal(answers, LOGITS)
    assert seen == [1]
    worse = answers.copy()
    worse[0] = -worse[0]
    value, loss, error = WORK.score(worse, answers)
    assert (value, loss) == (4 / 6, 1 / 6)
    assert np.isclose(error, np.std([1, 0, 0, 0, 0, 0], ddof=1) / np.sqrt(6))


def test_operands_are_those_of_the_first_images():
    found = WORK.operands("conv2", 2)
    assert found.x.shape == (2 * 9, 24) and found.w.shape == (24, 6)
    np.testing.assert_array_equal(found.result, found.x.astype(int) @ found.w)
