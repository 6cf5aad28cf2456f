"""Predictors in a network: where they may be, what the engine does, what they spare, their text."""

import numpy as np
import pytest
import small_networks

from skimp.golden.arithmetic import parse
from skimp.golden.array import gemm
from skimp.golden.masks import mask
from skimp.golden.neighbour import Neighbours
from skimp.golden.nets.asked import parse_predictor
from skimp.golden.nets.engine import Model, assign
from skimp.golden.nets.graph import Network
from skimp.golden.nets.limits import divergence, measure, outputs, total_macs
from skimp.golden.nets.network import shipped
from skimp.golden.nets.ops import Add
from skimp.golden.nets.predict import sites
from skimp.golden.nets.quantized import quantize
from skimp.golden.nets.recalibrate import recalibrate
from skimp.golden.nets.skipped import Counter, clocks
from skimp.golden.pixel import EVERYWHERE, Pixels
from skimp.golden.skip.choose import pick
from skimp.golden.skip.cycles import cycles
from skimp.golden.zap import Predictor

NET = small_networks.network()
IMAGES = small_networks.images(24)
MODEL = Model(quantize(NET, small_networks.images(40, seed=7)))
SITES = sites(NET)


def rule(limit, kind=5):
    """Return a rule with one limit for all channels, for each layer."""
    return {name: Neighbours(kind=kind, limits=np.full(site.shape[-1], limit))
            for name, site in SITES.items()}


def test_sites_are_relus_behind_convolutions_that_read_no_pixels():
    assert {name: (site.layers, site.k) for name, site in SITES.items()} == {
        "relu2": (("deep",), (9,)), "relu3": (("conv2", "short"), (24, 4))}


def test_sites_of_shipped_networks():
    found = sites(shipped("resnet8"))
    assert list(found) == [f"stack{stack}.relu{relu}" for stack in (1, 2, 3) for relu in (1, 2)]
    assert found["stack3.relu2"].layers == ("stack3.conv2", "stack3.shortcut.conv")
    assert found["stack1.relu2"].layers == ("stack1.conv2",)        # a ReLU is added to it
    assert list(sites(shipped("lenet5"))) == ["relu2"]
    assert len(sites(shipped("dscnn"))) == 8


def test_the_engine_masks_what_a_relu_gives():
    model = MODEL.with_predictors(rule(60))
    plain = {node.name: given for node, _, given in MODEL.run(IMAGES[:4])}
    given = {node.name: given for node, _, given in model.run(IMAGES[:4])}
    np.testing.assert_array_equal(
        given["relu2"].codes, rule(60)["relu2"].apply(plain["relu2"].codes)[1])
    assert (given["relu2"].codes != plain["relu2"].codes).any()
    assert (model.logits(IMAGES) != MODEL.logits(IMAGES)).any()
    assert not MODEL.predictors


def test_a_predictor_that_keeps_everything_changes_nothing():
    np.testing.assert_array_equal(MODEL.with_predictors(rule(-1)).logits(IMAGES),
                                  MODEL.logits(IMAGES))


def test_predictors_work_with_any_arithmetic_and_are_recalibrated():
    chosen = assign(MODEL.quantized, parse("nbsmt:2:A"))
    model = Model(MODEL.quantized, chosen, rule(9))
    again = recalibrate(model, IMAGES, batch=12)
    assert again.predictors is model.predictors
    assert (again.logits(IMAGES) != model.logits(IMAGES)).any()
    assert (model.logits(IMAGES) != Model(MODEL.quantized, chosen).logits(IMAGES)).any()


@pytest.mark.parametrize(("predictors", "sentence"), [
    ({"relu1": Neighbours(kind=5, limits=np.zeros(4, int))},
     "behind a convolution that does not read pixels: relu2, relu3; not 'relu1'"),
    ({"conv2": Neighbours(kind=5, limits=np.zeros(6, int))}, "not 'conv2'"),
    ({"relu2": Neighbours(kind=5, limits=np.zeros(3, int))},
     "The predictor of relu2 has 3 limits, but its 4 channels need 4"),
    ({"relu3": Pixels(cols=4, limits=np.zeros(1, int))}, "its 6 channels need 2")])
def test_predictors_that_do_not_fit_are_refused(predictors, sentence):
    with pytest.raises(ValueError, match=sentence):
        MODEL.with_predictors(predictors)


def test_what_is_spared_is_counted():
    model = MODEL.with_predictors(rule(9))
    counter = Counter(model, rows=2, cols=2, timed=3)
    model.logits(IMAGES, watch=counter)
    found, total = counter.result(), total_macs(MODEL)
    keep = {name: predictor.keep(codes) for (name, predictor), codes in zip(
        model.predictors.items(), outputs(model, IMAGES, list(SITES)).values(), strict=True)}
    skipped = {name: (~bits).sum() / len(IMAGES) for name, bits in keep.items()}
    assert found.gross == pytest.approx((9 * skipped["relu2"] + 28 * skipped["relu3"]) / total)
    assert found.main == pytest.approx((9 * skipped["relu2"] + 24 * skipped["relu3"]) / total)
    assert found.net == found.gross < found.of_predicted
    assert found.cycles <= found.phase_cycles


def test_clocks_are_those_of_the_array_image_by_image():
    model = MODEL.with_predictors(rule(9))
    counter = Counter(model, rows=2, cols=2, timed=2)
    model.logits(IMAGES[:4], watch=counter)
    given = outputs(model, IMAGES[:2], list(SITES))
    rest = sum(gemm(shape.m, shape.k, shape.n, rows=2, cols=2).cycles for shape in (
        MODEL.quantized.shape(NET[name]) for name in ("conv1", "fc1", "fc2")))
    for schedule, found in (("skip", counter.result().cycles),
                            ("phases", counter.result().phase_cycles)):
        clocks = [cycles(keep, k=k, rows=2, cols=2, kind=5, schedule=schedule, blocks=by_channel)
                  for name, k, by_channel in (("relu2", 9, True), ("relu3", 24, False),
                                              ("relu3", 4, False))
                  for keep in model.predictors[name].keep(given[name])]
        assert abs(found - rest - sum(clocks) / 2) < 1


def test_the_products_of_a_zap_count():
    zaps = {"relu3": zap(6)}
    model = MODEL.with_predictors(zaps)
    counter = Counter(model)
    model.logits(IMAGES, watch=counter)
    found, places = counter.result(), np.prod(SITES["relu3"].shape)
    assert zaps["relu3"].macs == 1.875                  # 9 taps of 2 x 4 and 4 x 4 bits
    assert found.net == pytest.approx(found.gross - 1.875 * places / total_macs(MODEL))


def zap(channels):
    """Return a ZAP that adds up the neighbours."""
    ones, zeros = np.ones((channels, 3, 3), int), np.zeros(channels, int)
    return Predictor(kind=3, input_bits=2, weight_bits=4, hidden_bits=4, w1=ones, b1=zeros,
                     shift=zeros, w2=ones, b2=zeros - 9, unit=zeros + 1.0, offset=zeros + 0.0)


def test_a_block_that_is_not_full_counts_as_what_it_has():
    pixels = {"relu3": Pixels(cols=4, limits=np.zeros(2, int))}         # of 6 channels
    levels = measure(MODEL, pixels, IMAGES, IMAGES[:4])
    assert levels.predictors["relu3"][0] is None
    for level, predictor in enumerate(levels.predictors["relu3"][1:], 1):
        counter = Counter(model := MODEL.with_predictors({"relu3": predictor}))
        model.logits(IMAGES, watch=counter)
        assert counter.result().gross == pytest.approx(levels.saved[0, level])


def test_the_main_path_is_the_one_of_most_products():
    nodes = tuple(Add(name="sum", inputs=("short", "norm2")) if node.name == "sum" else node
                  for node in NET.nodes)
    other = Network(input_shape=NET.input_shape, classes=NET.classes, nodes=nodes)
    assert sites(other) == SITES


def test_nothing_skipped_in_one_phase_is_what_an_array_takes():
    model = MODEL.with_predictors({"relu3": rule(-1)["relu3"]})
    counter = Counter(model, rows=2, cols=2, timed=1)
    model.logits(IMAGES[:1], watch=counter)
    cycles = 0
    for node in NET.gemms:
        shape = MODEL.quantized.shape(node)
        n = shape.n if shape.groups == 1 else 2 * shape.groups
        cycles += gemm(shape.m, shape.k, n, rows=2, cols=2).cycles
    assert counter.result().dense_cycles == cycles


def test_limits_skip_what_is_asked_and_hurt_more_the_more_they_skip():
    levels = measure(MODEL, rule(-1), IMAGES, IMAGES[:12])
    assert (np.diff(levels.saved) >= 0).all() and (levels.harm >= 0).all()
    least, most = levels.at(0.01), levels.at(0.05)

    def saved(predictors):
        given = outputs(MODEL, IMAGES, predictors)
        return sum(float((~predictors[name].keep(codes)).sum()) * sum(SITES[name].k)
                   for name, codes in given.items()) / len(IMAGES) / total_macs(MODEL)
    assert 0.01 <= saved(least) < saved(most)


def test_levels_are_picked_again_where_that_hurts_less():
    levels = measure(MODEL, rule(-1), IMAGES, IMAGES[:12])

    def hurts(predictors):
        return divergence(MODEL.logits(IMAGES[:12]),
                          MODEL.with_predictors(predictors).logits(IMAGES[:12]))
    alone = pick(levels.saved, levels.harm, 0.04)
    assert hurts(levels.at(0.04)) <= hurts(
        {name: levels.predictors[name][level] for name, level in zip(SITES, alone, strict=True)
         if level})
    assert (levels.harm[:, 0] == 0).all() and (levels.saved[:, 0] == 0).all()


def test_a_level_spares_the_clocks_that_are_counted():
    found = rule(60)["relu3"]
    counter = Counter(model := MODEL.with_predictors({"relu3": found}), rows=2, cols=2)
    model.logits(IMAGES, watch=counter)
    keep = found.keep(outputs(MODEL, IMAGES, ["relu3"])["relu3"])
    took = counter.result()
    share = clocks(MODEL, rows=2, cols=2)("relu3", found, keep)
    assert took.cycles / took.dense_cycles == pytest.approx(1 - share, abs=1 / took.dense_cycles)


def test_answers_that_do_not_move_do_not_diverge():
    logits = np.random.default_rng(0).normal(size=(9, 5))
    assert divergence(logits, logits + 3) == pytest.approx(0, abs=1e-12)
    one, other = np.array([[0.0, np.log(3)]]), np.array([[0.0, 0.0]])
    assert divergence(one, other) == pytest.approx(0.25 * np.log(0.5) + 0.75 * np.log(1.5))


def test_texts_of_predictors():
    rules = {text: parse_predictor(text).over(SITES, None)["relu3"] for text in (
        "neighbour:4", "window:2", "window:3:zero", "value:4", "value:4:all")}
    assert [rules[text].kind for text in rules] == [4, 5, 3, 5, 5]
    assert rules["window:3:zero"].limits.tolist() == [0] * 6
    assert rules["value:4:all"].limits.tolist() == [EVERYWHERE] * 2
    assert parse_predictor("zap:3").zap == (3, (8, 8, 8))
    assert parse_predictor("zap:5:2,4,3").zap == (5, (2, 4, 3))
    assert parse_predictor("window:3:zero").fixed and not parse_predictor("window:3").fixed


@pytest.mark.parametrize(("text", "sentence"), [
    ("zap", "A predictor must be zap:MASK"), ("oracle:3", "not 'oracle:3'"),
    ("zap:11", "must have a mask, 1, 2, .*, 10, where it has '11'"),
    ("zap:3:2,4", "must have three numbers of bits, such as 2,4,4, where it has '2,4'"),
    ("zap:3:9,4,4", "bits of activations, 1 to 8, where it has '9'"),
    ("zap:3:2,2,4", "bits of weights, 3 to 8, where it has '2'"),
    ("window:4", "the side of a window, 2, 3, where it has '4'"),
    ("value:0", "channels of a block, 1 to 1024, where it has '0'"),
    ("neighbour:5:", "must end in 'zero' or not at all, where it has ''"),
    ("zap:3:", "three numbers of bits"),
    ("value:16:zero", "must end in 'all' or not at all, where it has 'zero'"),
    ("neighbour:5:all", "must end in 'zero' or not at all"), ("neighbour:٣", "must have a mask")])
def test_texts_that_are_no_predictor_are_refused(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_predictor(text)


def test_the_mask_is_computed_whatever_the_limits():
    keep = rule(2295, kind=3)["relu2"].keep(np.zeros((1, *SITES["relu2"].shape), np.uint8))
    np.testing.assert_array_equal(keep[0, :, :, 0], mask(3, *SITES["relu2"].shape[:2]))
