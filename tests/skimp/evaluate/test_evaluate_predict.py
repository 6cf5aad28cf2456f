"""`skimp evaluate --predict`: its rows against the models', refusals, the plot."""

import json
from pathlib import Path

import numpy as np
import pytest
import small_networks

from skimp.golden.neighbour import Neighbours
from skimp.golden.nets import zaps
from skimp.golden.nets.engine import Model
from skimp.golden.nets.measure import accuracy
from skimp.golden.nets.network import load, save
from skimp.golden.nets.predict import sites
from skimp.golden.nets.quantized import quantize
from skimp.golden.nets.recalibrate import recalibrate
from skimp.golden.nets.skipped import Counter
from skimp.golden.zap import Predictor

pytestmark = pytest.mark.command
RUN = ("evaluate", "net.npz", "--data", "data.npz")


@pytest.fixture(autouse=True)
def mine(tmp_path):
    """A small network and 30 images of one's own."""
    save(tmp_path / "net.npz", small_networks.network())
    images, training = small_networks.images(30), small_networks.images(140, seed=7)
    quantized = quantize(load(tmp_path / "net.npz"), training)
    labels = Model(quantized).logits(images).argmax(axis=1)
    np.savez(tmp_path / "data.npz", test_images=images, test_labels=labels, train_images=training)
    return quantized, images, labels, np.resize(training, (2176, 6, 6, 3))


def test_rows_are_the_models_figures(skimp, mine):
    quantized, images, labels, training = mine
    status, out, err = skimp(*RUN, "--predict", "neighbour:3:zero", "--recalibrate", "momentum",
                             "--array", "2,2", "--json")
    rows = json.loads(out)["predictions"]
    assert status == 0 and "skimp: predict" in err
    assert [(row["predictor"], row["thresholds"], row["recalibrated"]) for row in rows] == [
        ("neighbour:3:zero", None, None), ("neighbour:3:zero", None, "momentum")]
    reference = Model(quantized)
    model = reference.with_predictors(
        {name: Neighbours(kind=3, limits=np.zeros(site.shape[-1], int))
         for name, site in sites(quantized.network).items()})
    for row, each in zip(rows, (model, recalibrate(model, training)), strict=True):
        counter = Counter(each, rows=2, cols=2)
        score = accuracy(each.logits(images, watch=counter), labels, reference.logits(images))
        spared = counter.result()
        assert row["loss_points"] == 100 * score.loss
        assert row["skipped_percent"] == 100 * spared.gross
        assert row["cycles"] == spared.cycles
        assert row["speed_up"] == spared.dense_cycles / spared.cycles


def test_a_curve_under_two_schemes_and_its_plot(skimp):
    status, out, _ = skimp(*RUN, "--predict", "value:2", "--skip", "3,6", "--scheme", "exact",
                           "--scheme", "nbsmt:2", "--plot", "curve.svg", "--json")
    rows = json.loads(out)["predictions"]
    assert status == 0
    assert [(row["scheme"], row["target_percent"]) for row in rows] == [
        ("exact", 3), ("exact", 6), ("nbsmt:2:wA", 3), ("nbsmt:2:wA", 6)]
    assert rows[0]["skipped_percent"] < rows[1]["skipped_percent"]
    assert "<svg" in Path("curve.svg").read_text()


def test_clocks_can_be_aimed_at(skimp):
    status, out, _ = skimp(*RUN, "--predict", "value:2", "--skip", "10", "--aim", "clocks",
                           "--array", "2,2", "--json")
    row, = json.loads(out)["predictions"]
    assert status == 0 and json.loads(out)["conditions"]["aims_of"] == "clocks"
    assert row["speed_up"] > 1.05


def test_thresholds_that_zaps_were_trained_with(skimp, mine):
    quantized, images = mine[:2]
    rng = np.random.default_rng(0)
    trained = {name: Predictor(
        kind=3, input_bits=2, weight_bits=4, hidden_bits=4,
        w1=rng.integers(-7, 8, (count, 3, 3)), b1=rng.integers(0, 9, count),
        shift=np.ones(count, int), w2=rng.integers(-7, 8, (count, 3, 3)),
        b2=rng.integers(-90, 90, count), unit=np.ones(count), offset=np.zeros(count))
        for name, count in ((name, site.shape[-1])
                            for name, site in sites(quantized.network).items())}
    zaps.save(Path("z.npz"), quantized.network, [trained], chosen=True)
    status, out, _ = skimp(*RUN, "--predict", "zap:3:2,4,4", "--zaps", "z.npz", "--thresholds",
                           "trained", "--json")
    row, = json.loads(out)["predictions"]
    counter = Counter(Model(quantized, predictors=trained), rows=16, cols=16)
    counter.model.logits(images, watch=counter)
    assert status == 0 and row["target_percent"] is None and row["thresholds"] == "trained"
    assert row["skipped_percent"] == 100 * counter.result().gross > 0


def test_the_table_says_what_limits_were_chosen_on(skimp):
    status, out, _ = skimp(*RUN, "--predict", "window:2", "--skip", "5")
    assert status == 0 and (
        "Limits were chosen for the network, on the 140 of train_images;" in out)


@pytest.mark.parametrize(("arguments", "sentence"), [
    (("--aim", "clocks"), "--aim is of predictors: add"),
    (("--predict", "zap:3", "--thresholds", "layer", "--aim", "clocks"),
     "--aim is of thresholds by channel"),
    (("--predict", "value:2", "--skip", "60", "--aim", "clocks"), "% of the clocks of"),
    (("--skip", "20"), "--skip is of predictors: add --predict, or leave it out"),
    (("--thresholds", "layer"), "--thresholds is of predictors"),
    (("--predict", "neighbour:3", "--skip", "60"), "can skip at most"),
    (("--predict", "neighbour:3", "--skip", "0"), "--skip must be a number of 0.1 to 100"),
    (("--predict", "neighbour:3", "--skip", "nan"), "--skip must be"),
    (("--predict", "window:3", "--thresholds", "layer"), "is of ZAPs, not of window:3"),
    (("--predict", "zap:3", "--thresholds", "trained", "--skip", "20"),
     "--skip chooses thresholds: leave it out"),
    (("--predict", "neighbour:5:zero", "--skip", "9"), "not of neighbour:5:zero"),
    (("--all", "--predict", "neighbour:5"), "leave --all out"),
    (("--predict", "oracle"), "A predictor must be zap:MASK"),
    (("--predict", "neighbour:0"), "must have a mask, 1, 2"),
    (("--predict", "zap:3:0,4,4"), "bits of activations, 1 to 8"),
    (("--predict", "zap:3"), "ZAPs of net.npz must be trained"),
    (("--predict", "window:3", "--zaps", "z.npz"), "--zaps is of predictors such as zap:3"),
    (("--predict", "zap:3", "--zaps", "z.npz"), "there is no file")])
def test_wrong_requests_are_refused_before_any_work(skimp, arguments, sentence):
    status, out, err = skimp(*RUN, *arguments)
    assert (status, out) == (2, "") and sentence in err and "skimp: predict" not in err
