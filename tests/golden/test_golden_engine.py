"""`golden.nets.engine` and what it stands on, against loops over one dot product at a time."""

import numpy as np
import pytest
import small_networks

from skimp.golden import array
from skimp.golden.arithmetic import (
    Exact,
    Nbsmt,
    Sparq,
    Static,
    nbsmt,
    parse,
    parse_scheme,
    sparq,
)
from skimp.golden.arithmetic.base import Layer
from skimp.golden.nets import floating
from skimp.golden.nets.codes import Codes, as_reals
from skimp.golden.nets.engine import Model, assign, large_counts
from skimp.golden.nets.graph import Network
from skimp.golden.nets.measure import accuracy, cost, kurtosis, usage
from skimp.golden.nets.ops import Conv, Flatten, Linear, Relu
from skimp.golden.nets.quantized import quantize
from skimp.golden.nets.recalibrate import recalibrate
from skimp.golden.quantize import activation_step, quantize_weights

NET = small_networks.network()
QUANTIZED = quantize(NET, small_networks.images(20, seed=2))
IMAGES = small_networks.images(6, seed=3)
SCHEMES = [
    "exact", "static:4", "static:3", "static:8:3:pow2:tensor", "static:4:4", "sparq:5opt",
    "sparq:2opt:trim", "sparq:7opt:single", "sparq:3opt:trim:single", "nbsmt:2",
    "nbsmt:2:aW:floor:reorder", "nbsmt:4:A:saturate", "nbsmt:4:W0:reorder", "nbsmt:2:A0:dense",
    "nbsmt:2:wA:depthwise", "nbsmt:4:W:reorder:depthwise", "nbsmt:1,4,2,2", "sparq:5@0.3",
    "mixed:short=sparq:2opt,deep=nbsmt:2:A:reorder,conv2=static:4:4,fc1=nbsmt:1",
]
KEPT = ("conv1", "fc2")


def under(text):
    """Return the network under a scheme."""
    return Model(QUANTIZED, assign(QUANTIZED, parse_scheme(text)))


def cut(scheme):
    """Return the keywords of SPARQ's golden functions."""
    return {"window": scheme.window, "shifts": scheme.shifts, "rounding": scheme.rounding}


def dot(x, w, scheme, order):
    """One dot product of 8-bit codes by an arithmetic's rules; K is (taps, channels), flat."""
    if isinstance(scheme, Static):
        x = np.rint(x * (2**scheme.activation_width - 1) / 255).astype(int)
    elif isinstance(scheme, Sparq) and scheme.paired:
        x = sparq.effective(x, **cut(scheme))
    elif isinstance(scheme, Sparq):
        kept, shift = sparq.window(x, **cut(scheme))
        x = kept << shift
    elif isinstance(scheme, Nbsmt) and scheme.threads > 1:
        threads = scheme.threads
        x, w = (np.pad(v, (0, -len(v) % threads)) for v in (x, w))
        if order is not None:
            x, w = x[order], w[order]
        return nbsmt.step(x.reshape(threads, -1).T, w.reshape(threads, -1).T, policy=scheme.policy,
                          rounding=scheme.rounding, saturate=scheme.saturate,
                          sparsity=scheme.sparsity).sum()
    return int((x.astype(int) * w).sum())


def k_vectors(node, x):
    """Yield each output's place, its filter and what it reads, K flat; one image of codes."""
    w = node.arrays["weights"]
    if node.op == "linear":
        for f in range(len(w)):
            yield (f,), f, x
        return
    top, left, bottom, right = node.pad
    x = np.pad(x, ((top, bottom), (left, right), (0, 0)))
    rows, columns = w.shape[1:3]
    for i in range((x.shape[0] - rows) // node.stride + 1):
        for j in range((x.shape[1] - columns) // node.stride + 1):
            window = x[i * node.stride:i * node.stride + rows,
                       j * node.stride:j * node.stride + columns]
            for f in range(len(w)):
                seen = window[:, :, f] if node.op == "depthwise" else window
                yield (i, j, f), f, seen.ravel()


def arithmetic_of(text, name):
    """Return which arithmetic a layer has, written differently."""
    if name in KEPT:
        return Exact()
    if text.startswith("mixed:"):
        layers = dict(part.split("=") for part in text.removeprefix("mixed:").split(","))
        return parse(layers.get(name, "exact"))
    if "," in text:
        family, counts, *words = text.split(":")
        count = counts.split(",")[("deep", "conv2", "short", "fc1").index(name)]
        return parse(":".join([family, count, *words]))
    scheme = parse(text)
    threads = isinstance(scheme, Nbsmt)
    return Exact() if threads and name == "deep" and not scheme.depthwise else scheme


def threads_of(scheme):
    return scheme.threads if isinstance(scheme, Nbsmt) else 1


def slow_gemm(node, x, step, text):
    """Real numbers of a layer for images of codes."""
    scheme = arithmetic_of(text, node.name)
    coding = ({"bits": scheme.weight_width, "power_of_two": scheme.power_of_two,
               "per_tensor": scheme.per_tensor}
              if isinstance(scheme, Static) else {})
    w, steps = quantize_weights(node.arrays["weights"], **coding)
    gain = 255 / (2**scheme.activation_width - 1) if isinstance(scheme, Static) else 1
    threads, orders = threads_of(scheme), None
    if isinstance(scheme, Nbsmt) and scheme.reordered and threads > 1:
        counts = np.atleast_2d(large_counts(QUANTIZED)[node.name])
        counts = np.pad(counts, ((0, 0), (0, -counts.shape[1] % threads)))
        orders = [nbsmt.reorder(each, threads) for each in counts]
    real = np.zeros((len(x), *NET.tensors[node.name].shape))
    for image in range(len(x)):
        for place, f, seen in k_vectors(node, x[image]):
            order = orders and orders[f if node.op == "depthwise" else 0]
            acc = dot(seen, w[f].ravel().astype(int), scheme, order)
            real[(image, *place)] = acc * step * steps[f] * gain
    return real + node.arrays.get("bias", 0)


def slow(text, images, training=False):
    """Return all tensors, as codes and step or as reals, and the batch's statistics."""
    values: dict[str, tuple] = {"input": (images, 1 / 255)}
    seen = {}
    for node in NET.nodes:
        x, step = values[node.inputs[0]]
        real = x if step is None else x * step
        if node.op in ("conv", "depthwise", "linear"):
            real = slow_gemm(node, x, step, text)
        elif node.op == "batchnorm":
            a, channels = node.arrays, real.reshape(-1, real.shape[-1])
            seen[node.name] = channels.mean(axis=0), channels.var(axis=0, ddof=1)
            mean, var = (channels.mean(axis=0), channels.var(axis=0)) if training else (
                a["mean"].astype(float), a["var"].astype(float))
            real = (real - mean) / np.sqrt(var + node.eps) * a["gamma"] + a["beta"]
        elif node.op == "relu":
            real = np.clip(real, 0, node.maximum)
        elif node.op == "add":
            other, its = values[node.inputs[1]]
            real = real + (other if its is None else other * its)
        elif node.op == "flatten":
            real = real.reshape(len(real), -1)
        else:
            how, stride = (np.max, 2) if node.op == "maxpool" else (np.mean, 1)
            rows, columns = ((size - 2) // stride + 1 for size in real.shape[1:3])
            real = np.stack([np.stack([how(
                real[:, i * stride:i * stride + 2, j * stride:j * stride + 2],
                axis=(1, 2)) for j in range(columns)], axis=1) for i in range(rows)], axis=1)
        step = QUANTIZED.steps.get(node.name)
        values[node.name] = (real, None) if step is None else (
            np.clip(np.rint(real / step), 0, 255).astype(int), step)
    return values, seen


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


def test_accuracy_is_paired():
    labels = np.array([0, 1, 1, 0])
    given = np.eye(2)[[0, 0, 1, 1]]             # right, wrong, right, wrong
    reference = np.eye(2)[[0, 1, 1, 1]]         # wrong only at the last
    found = accuracy(given, labels, reference)
    assert found == (0.5, 0.25, pytest.approx(np.std([0, 1, 0, 0], ddof=1) / 2))
    assert accuracy(given, labels, given)[1:] == (0, 0)


@pytest.mark.parametrize("text", ["exact", "static:4:4", "sparq:2opt", "nbsmt:2", "nbsmt:4:A0",
                                  "nbsmt:2:reorder:depthwise", "nbsmt:2,1,4,2",
                                  "mixed:deep=nbsmt:2,short=static:3:3,fc1=sparq:2opt"])
def test_usage_adds_up_over_layers(text):
    model = under(text)
    products, reduced, active = 0, np.zeros(2), np.zeros(5, int)
    for node in NET.gemms:
        channels = len(node.arrays["weights"]) if node.op == "depthwise" else 1
        for channel in range(channels):
            x, w, _ = model.operands(node.name, IMAGES, channel=channel)
            scheme = arithmetic_of(text, node.name)
            threads = threads_of(scheme)
            policy = scheme.policy if isinstance(scheme, Nbsmt) else "wA"
            met = nbsmt.collisions(x, w, threads=threads, policy=policy)
            active[:threads + 1] += met.active
            if isinstance(scheme, Nbsmt):
                reduced += met.activations, met.weights
            elif isinstance(scheme, Static):
                reduced += x.size * w.shape[1]
            elif isinstance(scheme, Sparq):
                changed = sparq.effective(x, **cut(scheme)) != x
                reduced[0] += changed.sum() * w.shape[1]
        shape = QUANTIZED.shape(node)
        products += len(IMAGES) * shape.products
    found = usage(model, IMAGES)
    assert found.products == products
    np.testing.assert_array_equal(found.active, active)
    assert (found.activations, found.weights) == tuple(reduced)


def test_cost_is_that_of_the_layers_one_by_one():
    model = under("nbsmt:4,2,2,1")
    how = {"rows": 4, "cols": 2}
    each = {"conv1": array.gemm(36, 27, 4, **how), "conv2": array.gemm(9, 24, 6, threads=2, **how),
            "deep": array.gemm(9, 9, 2 * 4, threads=4, **how),      # a tile a channel, two columns
            "short": array.gemm(9, 4, 6, threads=2, **how), "fc1": array.gemm(1, 24, 7, **how),
            "fc2": array.gemm(1, 7, 5, **how)}
    products = {name: QUANTIZED.shape(NET[name]).products for name in each}
    found = cost(model, **how)
    assert found.cycles == sum(one.cycles for one in each.values())
    assert found.speed_up == cost(Model(QUANTIZED), **how).cycles / found.cycles
    threads = {"deep": 4, "conv2": 2, "short": 2}
    assert found.ideal_speed_up == pytest.approx(sum(products.values()) / sum(
        count / threads.get(name, 1) for name, count in products.items()))
    room = sum(one.cycles * 8 * threads.get(name, 1) for name, one in each.items())
    assert found.utilisation == pytest.approx(sum(products.values()) / room)


@pytest.mark.parametrize("text, products", [
    ("exact", 1), ("static:4", 2), ("static:4:4", 4), ("static:3", 2), ("static:2", 4),
    ("static:8:4", 2), ("sparq:5opt", 2), ("nbsmt:4", 4)])
def test_ideal_speed_up_counts_products_of_a_step(text, products):
    node = Conv(name="a", arrays={"weights": np.ones((3, 1, 1, 3))})
    middle = Conv(name="b", inputs=("relu",), arrays={"weights": np.ones((9, 2, 2, 3))})
    net = Network(input_shape=(2, 2, 3), classes=2, nodes=(
        node, Relu(name="relu", inputs=("a",)), middle,
        Relu(name="relu2", inputs=("b",)),
        Flatten(name="f", inputs=("relu2",)),
        Linear(name="c", inputs=("f",), arrays={"weights": np.ones((2, 9))})))
    quantized = quantize(net, small_networks.images(2, shape=(2, 2, 3)))
    model = Model(quantized, assign(quantized, parse(text)))
    assert cost(model).ideal_speed_up == pytest.approx((36 + 108 + 18) / (36 + 108 / products + 18))


def test_kurtosis_of_known_distributions():
    uniform = np.linspace(-1, 1, 10_000).reshape(10, -1)
    net = Network(input_shape=(1, 1, 1000), classes=10, nodes=(
        Flatten(name="flat"),
        Linear(name="fc", inputs=("flat",), arrays={"weights": uniform})))
    assert kurtosis(net) == {"fc": pytest.approx(1.8, abs=0.01)}


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
