"""Our own arrays as a platform: rectangles, modes, prices; and runs whose beginnings are shared."""

from typing import Any

import numpy as np
import pytest

from skimp.golden.arithmetic import parse, parse_scheme
from skimp.golden.array import gemm
from skimp.golden.nets.engine import Model, assign
from skimp.golden.nets.limits import divergence
from skimp.jobs.local import threads
from skimp.search.additive import additive, alone
from skimp.search.pictures import ImageLoss, Pictures, _searched, _tested
from skimp.search.platforms.arrays import Arrays, Product, _clocks
from skimp.search.platforms.chips import CHIPS, MODES, PLAIN
from skimp.search.platforms.prices import ChipPrices, between
from skimp.search.platforms.table import CLOCKS, shipped
from skimp.search.problem import Problem

#: Made up, in the proportions of the real ones.
PRICES = {chip: ChipPrices(
    clock_ns=8.0, area_um2=(1000, 1500, 10_000 * size, 10, 20), clock_pj=1.0 * size,
    product_pj={mode.name: 10.0 * share for mode, share in zip(chip.modes, shares, strict=True)},
    edge_pj={mode.name: 2.0 for mode in chip.modes},
) for chip, size, shares in zip(CHIPS, (1.0, 1.4, 1.5, 2.3), (
    (1.0,), (1.1, 0.9, 0.8), (1.1, 0.9, 0.8), (1.6, 1.2, 1.0, 0.9, 0.8)), strict=True)}
NET = {"first": Product(49, 9, 8, 1, False, 3000), "a": Product(49, 72, 8, 1, True, 20_000),
       "deep": Product(49, 9, 1, 8, False, 2000), "b": Product(16, 72, 24, 1, True, 10_000),
       "last": Product(1, 24, 10, 1, False, 100)}


@pytest.mark.parametrize("product", NET.values())
@pytest.mark.parametrize("made", [1, 2, 4])
def test_clocks_are_those_of_the_golden_model(product, made):
    for rows, cols in ((1, 1), (3, 5), (16, 4), (64, 64)):
        n = product.n if product.groups == 1 else product.groups * cols
        found = _clocks(product, made, np.array([rows]), np.array([cols]))
        assert found == [gemm(product.m, product.k, n, rows=rows, cols=cols, threads=made).cycles]


def test_rectangles_are_the_best_within_the_budget():
    platform = Arrays(NET, PRICES, 0.3)
    prices: Any = platform.prices((2, 2, 0))
    chip = CHIPS[2]
    assert platform.settings((2, 2, 0)) == (MODES[2].arithmetic, "exact")
    assert (prices.chip, prices.clock_ns) == ("sysmt-array 2t", 8.0) and prices.area_mm2 <= 0.3

    def clocks(rows, cols):
        return sum(int(_clocks(one, 2 if name == "a" else 1, np.array(rows), np.array(cols)))
                   for name, one in NET.items())

    assert prices.clocks == clocks(prices.rows, prices.cols) == min(
        clocks(rows, cols) for rows in range(1, 20) for cols in range(1, 20)
        if PRICES[chip].area(rows, cols) <= 0.3e6)
    products = {name: one.busy for name, one in NET.items()}
    assert prices.energy_pj == pytest.approx(
        prices.clocks * (1.5 + 2.0) * prices.rows * prices.cols
        + 11 * sum(products.values()) - 2 * products["a"])
    plain = platform.prices((0, 0, 0))
    assert plain.speed_up_time == 1 and plain.saving_percent == 0


def test_what_a_chip_cannot_do_is_repaired_to_what_is_not_less_exact():
    platform = Arrays(NET, PRICES, 0.3)
    names = [mode.arithmetic for mode in platform.modes]
    for number, chip in enumerate(platform.chips):
        own = [mode.arithmetic for mode in chip.modes]
        for choice, name in enumerate(names):
            genes = platform.repaired((number, choice, 0))
            taken = names[genes[1]]
            assert taken in own and genes[1] <= choice
            assert taken == name or name not in own
            assert platform.repaired(genes) == genes


def test_chips_are_few_where_the_budget_is_small():
    assert [chip.name for chip in Arrays(NET, PRICES, 0.02).chips] == [
        "plain-array 8b-8b", "sparq-array 5opt", "sysmt-array 2t"]
    assert len(Arrays(NET, PRICES, blocks=("sysmt-array",)).chips) == 2
    with pytest.raises(ValueError, match="0.0125 mm2 fits no chip: the smallest, plain-array"):
        Arrays(NET, PRICES, 0.0125)
    with pytest.raises(ValueError, match="0.014 mm2 fits no chip of sysmt-array"):
        Arrays(NET, PRICES, 0.014, blocks=("sysmt-array",))


def small(limit=50.0):
    network = Pictures("lenet5", 20)
    return Problem(network, Arrays(network.products, PRICES, 0.6), limit, threads, lambda: None)


def test_a_network_is_searched_by_sums_of_losses_chip_by_chip():
    problem = small()
    singles = alone(problem)
    settings = [problem.platform.settings(genes) for genes in singles]
    assert len(set(settings)) == len(settings) == 1 + 5 * (len(problem.platform.genes) - 1)
    known = additive(problem, len(singles) + 16)
    assert {one.genes[0] for one in known[len(singles):]} >= {1, 2, 3}
    assert problem.hypervolume(known) > problem.hypervolume(known[:len(singles)])
    assert known[0].loss.loss == 0


@pytest.mark.parametrize("settings", [
    ("sparq:5opt",), ("nbsmt:4:A:saturate:reorder",), ("static:4:4",), ("exact",)])
def test_losses_are_those_of_the_whole_network(settings):
    workload = _tested("lenet5", 20)
    settings = settings * len(Pictures("lenet5").products)
    layers = [node.name for node in workload.quantized.reduced]
    settings = settings[:len(layers)]
    chosen = dict(zip(layers, map(parse, settings), strict=True))
    images = workload.choosing[:300]
    loss = ImageLoss("lenet5", settings).run({})
    assert loss.loss == pytest.approx(1000 * divergence(
        Model(workload.quantized).logits(images),
        Model(workload.quantized, chosen).logits(images)), abs=1e-9)
    before = len(_searched("lenet5")._kept)
    ImageLoss("lenet5", settings).run({})
    assert len(_searched("lenet5")._kept) == before, "all of it was known"


def test_the_command_that_is_printed_measures_the_same_loss():
    network = Pictures("lenet5", 40)
    workload = _tested("lenet5", 40)
    settings = ("sparq:5opt",) * len(workload.quantized.reduced)
    command, = network.commands(settings)
    assert command.startswith("skimp evaluate lenet5 --scheme mixed:") and "--images 40" in command
    scheme = parse_scheme(command.split("--scheme ")[1].split()[0])
    answers = workload.run(assign(workload.quantized, scheme))
    score = workload.score(answers, workload.run())
    loss = network.loss(settings, "lenet5", "test").run({})
    assert (loss.value, loss.loss) == (100 * score.value, 100 * score.loss)


def test_areas_between_sizes_go_through_those_measured():
    def area(rows, cols):
        return 100 + 50 * cols + 900 * rows * cols + 3 * rows**2 + 7 * cols**2

    found = between({(rows, cols): area(rows, cols)
                     for rows, cols in ((4, 4), (8, 8), (16, 16), (2, 16), (16, 2))})
    assert found == pytest.approx((100, 50, 900, 3, 7), abs=0.1)


@pytest.mark.parametrize("clocks", CLOCKS)
def test_the_prices_that_ship_are_of_every_chip_and_mode(clocks):
    prices = shipped(clocks)
    assert list(prices) == list(CHIPS)
    for chip, one in prices.items():
        assert set(one.product_pj) == set(one.edge_pj) == {mode.name for mode in chip.modes}
        assert one.area(16, 16) > one.area(8, 8) > 0 and one.clock_pj > 0
    assert prices[PLAIN].area(16, 16) == min(one.area(16, 16) for one in prices.values())
