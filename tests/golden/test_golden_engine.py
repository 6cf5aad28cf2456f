"""`golden.nets.engine` and what it stands on, against loops over one dot product at a time."""

import numpy as np
import pytest
import small_networks
from engine_loops import (
    IMAGES,
    KEPT,
    NET,
    QUANTIZED,
    SCHEMES,
    arithmetic_of,
    cut,
    k_vectors,
    slow,
    threads_of,
    under,
)

from skimp.golden import array
from skimp.golden.arithmetic import Exact, Nbsmt, Sparq, Static, nbsmt, sparq
from skimp.golden.arithmetic.base import Layer
from skimp.golden.nets import floating
from skimp.golden.nets.codes import Codes, as_reals
from skimp.golden.nets.engine import Model, large_counts
from skimp.golden.nets.graph import Network
from skimp.golden.nets.measure import accuracy
from skimp.golden.nets.ops import Conv, Flatten, Linear, Relu
from skimp.golden.nets.quantized import quantize
from skimp.golden.nets.recalibrate import recalibrate
from skimp.golden.quantize import activation_step, quantize_weights


def assert_same(model, images, text):
    values, _ = slow(text, images)
    for node, _, given in model.run(images):
        expected, step = values[node.name]
        if step is None:
            if node.name not in ("conv1", "conv2"):         # have their batch norm in them
                np.testing.assert_allclose(as_reals(given), expected, rtol=1e-9, atol=1e-12)
        else:
            assert isinstance(given, Codes) and given.step == step
            np.testing.assert_array_equal(given.codes, expected, err_msg=node.name)


@pytest.mark.parametrize("text", SCHEMES)
def test_engine_equals_one_dot_product_at_a_time(text):
    assert_same(under(text), IMAGES[:2], text)


def test_steps_are_the_means_of_largest_values():
    assert QUANTIZED.steps["input"] == 1 / 255
    values = floating.forward(NET, QUANTIZED.images)
    for name in ("relu1", "relu2", "relu3", "pool2", "relu4"):
        assert QUANTIZED.steps[name] == pytest.approx(activation_step(values[name]), rel=1e-6)
    assert QUANTIZED.steps["pool1"] == QUANTIZED.steps["relu1"]
    assert QUANTIZED.steps["flat"] == QUANTIZED.steps["pool2"]
    assert not {"conv1", "norm1", "sum", "fc2"} & set(QUANTIZED.steps)


def test_eight_bits_are_near_floating_point():
    real, coded = floating.logits(NET, IMAGES), Model(QUANTIZED).logits(IMAGES)
    assert np.median(np.abs(real - coded)) < 0.02 * np.abs(real).max()     # outliers saturate


def test_kept_and_reduced_layers():
    assert QUANTIZED.kept == KEPT
    assert [node.name for node in QUANTIZED.reduced] == ["deep", "conv2", "short", "fc1"]
    assert QUANTIZED.shape(NET["deep"]) == (9, 9, 1, 4)
    assert QUANTIZED.shape(NET["conv2"]) == (9, 24, 6, 1)
    assert QUANTIZED.shape(NET["fc1"]) == (1, 24, 7, 1)


def test_logits_do_not_depend_on_the_batch():
    images = small_networks.images(35)
    model = under("nbsmt:2:reorder")
    logits = model.logits(images)
    np.testing.assert_array_equal(logits[33:], model.logits(images[33:]))
    assert model.logits(images[:0]).shape == (0, 5)


@pytest.mark.parametrize("text", SCHEMES)
@pytest.mark.parametrize("name, channel", [("conv1", 0), ("deep", 3), ("conv2", 0), ("fc1", 0)])
def test_operands_give_the_result_in_the_model_of_the_unit(text, name, channel):
    scheme, model = arithmetic_of(text, name), under(text)
    x, w, result = model.operands(name, IMAGES, channel=channel)
    assert (x.dtype, w.dtype, result.dtype) == (np.uint8, np.int8, np.int64)
    threads = threads_of(scheme)
    if isinstance(scheme, Nbsmt):
        expected = nbsmt.matmul(x, w, threads=threads, policy=scheme.policy,
                                rounding=scheme.rounding, saturate=scheme.saturate,
                                sparsity=scheme.sparsity)
        assert x.shape[1] % threads == 0
    elif isinstance(scheme, Sparq) and scheme.paired:
        expected = sparq.matmul(x, w, **cut(scheme))
    elif isinstance(scheme, Sparq):
        kept, shift = sparq.window(x, **cut(scheme))
        expected = array.exact(kept << shift, w)
    else:
        expected = array.exact(x, w)
        if isinstance(scheme, Static):
            assert x.max() < 2**scheme.activation_width
            assert abs(w.astype(int)).max() <= 2**(scheme.weight_width - 1)
    np.testing.assert_array_equal(result, expected)


def test_large_activations_are_counted_at_their_place():
    counts = large_counts(QUANTIZED)
    values, _ = slow("exact", QUANTIZED.images)
    for name in ("conv2", "deep", "fc1"):
        node = NET[name]
        expected = np.zeros((len(node.arrays["weights"]),
                             node.arrays["weights"][0].size), dtype=int)
        for x in values[node.inputs[0]][0]:
            for _, f, seen in k_vectors(node, x):
                expected[f] += seen > 15
        np.testing.assert_array_equal(counts[name],
                                      expected if name == "deep" else expected[0])


@pytest.mark.parametrize("k", [514, 515, 3000])
def test_products_are_exact_at_their_extremes(k):
    weights = np.full((2, k), -1.0)
    weights[1, ::2] = 1
    layer, x = Layer(weights), np.full((300, k), 255, np.uint8)
    np.testing.assert_array_equal(layer.product(x), x.astype(int) @ layer.w.astype(int))


BARE = Network(input_shape=(6, 6, 3), classes=2, nodes=(
    Flatten(name="flat"),
    Linear(name="fc", inputs=("flat",), arrays={"weights": np.ones((2, 108))})))


@pytest.mark.parametrize("call, sentence", [
    (lambda: quantize(NET, IMAGES[:0]), "at least one image, not none"),
    (lambda: quantize(NET, IMAGES[..., :1]), r"\(images, 6, 6, 3\), not \(6, 6, 6, 1\)"),
    (lambda: under("nbsmt:2,2"), "for the 4 reduced layers deep, .* not for 2"),
    (lambda: Model(QUANTIZED, {"fc1": Exact(), "relu1": Nbsmt()}),
     "Layers to reduce are deep, conv2, short, fc1, not 'relu1'"),
    (lambda: under("mixed:conv2=exact,fc2=nbsmt:2"),
     "Layer fc2 stays exact: it reads pixels or gives the classes; layers to reduce are deep, "),
    (lambda: Model(QUANTIZED).operands("relu1", IMAGES), "one of conv1, .* not 'relu1'"),
    (lambda: Model(QUANTIZED).operands("deep", IMAGES, channel=4), r"in \[0, 4\), not 4"),
    (lambda: Model(QUANTIZED).operands("conv2", IMAGES, channel=1), r"in \[0, 1\), not 1"),
    (lambda: recalibrate(Model(QUANTIZED), IMAGES), "at least a batch of 128 images, not 6"),
    (lambda: recalibrate(Model(QUANTIZED), IMAGES, batch=1), "at least 2 images"),
    (lambda: recalibrate(Model(QUANTIZED), IMAGES, momentum=0.0, batch=3), r"in \(0, 1\], not 0"),
    (lambda: recalibrate(Model(QUANTIZED), IMAGES, averaging="mean"), "averaging must be one of"),
    (lambda: recalibrate(Model(quantize(BARE, IMAGES)), IMAGES, batch=3), "but there is none"),
    (lambda: accuracy(np.zeros((0, 2)), [], np.zeros((0, 2))), "at least one image"),
    (lambda: quantize_weights(np.ones((2, 2)), bits=1), "2 to 8 bits, not 1"),
])
def test_errors(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_a_dead_tensor_is_refused():
    nodes = (Conv(name="conv", arrays={"weights": -np.ones((2, 6, 6, 3))}),
             Relu(name="relu", inputs=("conv",)),
             Flatten(name="flat", inputs=("relu",)),
             Linear(name="fc", inputs=("flat",), arrays={"weights": np.ones((2, 2))}))
    net = Network(input_shape=(6, 6, 3), classes=2, nodes=nodes)
    with pytest.raises(ValueError, match="relu must be above zero for some .* but it never is"):
        quantize(net, IMAGES)


def test_weights_of_fewer_bits_and_power_of_two_steps():
    codes, steps = quantize_weights([[3.0, -1.5, 0.4], [1.0, 0.0, -1.0]], bits=2)
    assert steps.tolist() == [2.0, 2 / 3]
    assert codes.tolist() == [[1, -1, 0], [1, 0, -2]]
    _, steps = quantize_weights([[3.0, -1.5, 0.4], [1.0, 0.0, -1.0]], bits=2, power_of_two=True)
    assert steps.tolist() == [2.0, 0.5]             # 2/3 is nearer to 1/2 than to 1, by ratio
    codes, steps = quantize_weights([[3.0, -1.5, 0.4], [1.0, 0.0, -1.0]], bits=2, per_tensor=True)
    assert steps.tolist() == [2.0, 2.0] and codes.tolist() == [[1, -1, 0], [0, 0, 0]]
