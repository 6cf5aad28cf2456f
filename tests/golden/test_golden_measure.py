"""Measures of a network: accuracy, what is used, its cost in cycles, kurtosis."""

import numpy as np
import pytest
import small_networks
from engine_loops import IMAGES, NET, QUANTIZED, arithmetic_of, cut, threads_of, under

from skimp.golden import array
from skimp.golden.arithmetic import Nbsmt, Sparq, Static, nbsmt, parse, sparq
from skimp.golden.nets.engine import Model, assign
from skimp.golden.nets.graph import Network
from skimp.golden.nets.measure import accuracy, cost, kurtosis, usage
from skimp.golden.nets.ops import Conv, Flatten, Linear, Relu
from skimp.golden.nets.quantized import quantize


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
