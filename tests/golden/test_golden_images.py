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
                        training=IMAGES, choosing=IMAGES, conditions={})


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
