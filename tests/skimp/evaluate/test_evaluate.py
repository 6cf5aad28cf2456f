"""`skimp evaluate`: its rows against the models', refusals, files of one's own."""

import json
import re

import numpy as np
import pytest
import small_networks

from skimp import evaluate
from skimp.evaluate import workload
from skimp.golden.arithmetic import parse, parse_scheme
from skimp.golden.nets.dataset import measuring_images
from skimp.golden.nets.engine import Model, assign
from skimp.golden.nets.measure import accuracy, cost, usage
from skimp.golden.nets.network import load, save, shipped
from skimp.golden.nets.quantized import quantize
from skimp.golden.nets.recalibrate import recalibrate
from skimp.golden.workloads.images import in_hardware

pytestmark = pytest.mark.command


@pytest.fixture
def mine(tmp_path):
    """A small network and 30 images of one's own, which it mostly gets right."""
    save(tmp_path / "net.npz", small_networks.network())
    images = small_networks.images(30)
    training = small_networks.images(140, seed=7)
    quantized = quantize(load(tmp_path / "net.npz"), training)
    labels = Model(quantized).logits(images).argmax(axis=1)
    labels[:3] = (labels[:3] + 1) % 5
    np.savez(tmp_path / "data.npz", test_images=images, test_labels=labels, train_images=training)
    return quantized, images, labels, np.resize(training, (2176, 6, 6, 3))


def under(quantized, text):
    """Return a network under a scheme."""
    return Model(quantized, assign(quantized, parse_scheme(text)))


RUN = ("evaluate", "net.npz", "--data", "data.npz")


def test_rows_are_the_models_figures(skimp, mine):
    quantized, images, labels, training = mine
    status, out, err = skimp(*RUN, "--scheme", "static:2", "--scheme", "nbsmt:2:A", "--reorder",
                             "--recalibrate", "momentum", "--images", "20", "--json")
    document = json.loads(out)
    assert status == 0 and "skimp: evaluate" in err
    assert [(row["scheme"], row["recalibrated"]) for row in document["rows"]] == [
        ("exact", None), ("static:2", None), ("static:2", "momentum"), ("nbsmt:2:A", None),
        ("nbsmt:2:A", "momentum"), ("nbsmt:2:A:reorder", None), ("nbsmt:2:A:reorder", "momentum")]
    assert document["kure"] == []
    assert document["conditions"]["exact_layers"] == ["conv1", "fc2"]
    assert document["conditions"]["recalibrated_on"] == (
        "the first 140 of train_images, repeated to 2176")
    reference = Model(quantized).logits(images[:20])
    for row in document["rows"]:
        model = under(quantized, row["scheme"])
        if row["recalibrated"]:
            model = recalibrate(model, training)
        expected = accuracy(model.logits(images[:20]), labels[:20], reference)
        assert row["top1_percent"] == 100 * expected.value
        assert row["loss_points"] == 100 * expected.loss
        assert row["loss_error_points"] == 100 * expected.error
        assert row["steps_by_active"] == usage(model, images[:20]).active.tolist()


def test_layers_with_arithmetics_of_their_own(skimp, mine, tmp_path):
    quantized, images, labels, _ = mine
    texts = ["mixed:deep=nbsmt:4:A,conv2=static:4,fc1=sparq:3opt:trim", "nbsmt:2,4,1,2:A"]
    status, out, _ = skimp(*RUN, "--scheme", texts[0], "--scheme", "nbsmt:2:A", "--reorder",
                           "--threads-per-layer", "2,4,1,2", "--plot", "plot.svg", "--json")
    rows = json.loads(out)["rows"]
    assert status == 0 and [row["scheme"] for row in rows] == [
        "exact", texts[0], texts[0].replace("A,", "A:reorder,"), texts[1], f"{texts[1]}:reorder"]
    for text, row in zip(texts, rows[1::2], strict=True):
        model = under(quantized, text)
        right = (model.logits(images).argmax(axis=1) == labels).mean()
        assert row["top1_percent"] == 100 * right
        assert row["cycles"] == cost(model).cycles < rows[0]["cycles"]
        assert row["steps_by_active"] == usage(model, images).active.tolist()
    assert "mixed" in (tmp_path / "plot.svg").read_text()


def test_tables_and_plot(skimp, mine, tmp_path):
    status, out, _ = skimp(*RUN, "--plot", "plot.svg", "--kure", "--beside", "net.npz",
                           "--scheme", "sparq:5opt")
    assert status == 2                              # a network beside itself
    save(tmp_path / "other.npz", small_networks.network(seed=4))
    status, out, err = skimp(*RUN, "--plot", "plot.svg", "--kure", "--beside", "other.npz",
                             "--scheme", "sparq:5opt")
    assert status == 0 and "drew plot.svg" in err and (tmp_path / "plot.svg").is_file()
    assert "sparq:5opt" in out and "power of two" in out and "other.npz (kurtosis" in out
    assert "the first 30 of test_images of data.npz" in out


def test_all_has_every_scheme(skimp, mine, monkeypatch):
    monkeypatch.setattr(workload, "BATCHES", 1)
    status, out, _ = skimp(*RUN, "--all", "--images", "2", "--json")
    rows = json.loads(out)["rows"]
    assert status == 0 and len(rows) == 1 + 2 * len(evaluate.ALL) == 1 + 2 * (2 + 20 + 24)
    assert all(np.isfinite(row["loss_points"]) for row in rows)


def test_kure_rows(skimp, mine, tmp_path):
    save(tmp_path / "other.npz", small_networks.network(seed=4))
    status, out, _ = skimp(*RUN, "--kure", "--beside", "other.npz", "--json")
    document = json.loads(out)
    assert status == 0 and document["rows"] == []
    assert len(document["kure"]) == 27
    row = document["kure"][10]
    assert (row["weights"], row["activations"], row["steps"]) == (5, 8, "power of two")
    quantized, images, labels, _ = mine
    model = under(quantized, "static:8:5:pow2")
    right = (model.logits(images).argmax(axis=1) == labels).mean()
    assert row["networks"][0]["top1_percent"] == 100 * right
    assert row["gain_points"] == pytest.approx(
        row["networks"][1]["top1_percent"] - row["networks"][0]["top1_percent"])


REFUSED = [
    (["resnet50"], "NET must be one of lenet5, .* or an .npz or .onnx file, not resnet50"),
    (["none.npz"], "there is no file none.npz"),
    (["net.npz"], "28 x 28 x 1 and 10 classes, not 6 x 6 x 3 and 5 as net.npz: give .* --data"),
    (["net.npz", "--data", "none.npz"], "there is no file none.npz"),
    (["net.npz", "--data", "net.npz"], "net.npz must have the arrays .* but has no test_images"),
    (["data.npz"], "data.npz: A network's file must have the array graph"),
    ([*RUN[1:], "--images", "31"], "Images must be 1 to 30, which data.npz has, not 31"),
    ([*RUN[1:], "--scheme", "nbsmt:3"], "Threads must be 1, 2 or 4, not 3"),
    ([*RUN[1:], "--scheme", "sparq"], "must be exact, static:BITS, .* not 'sparq'"),
    ([*RUN[1:], "--scheme", "static:4", "--reorder"], "--reorder needs an NB-SMT scheme"),
    ([*RUN[1:], "--scheme", "static:4", "--threads-per-layer", "2"], "needs an NB-SMT scheme"),
    ([*RUN[1:], "--scheme", "nbsmt:2", "--threads-per-layer", "2,1"],
     "for the 4 reduced layers deep, conv2, short, fc1, not for 2"),
    ([*RUN[1:], "--threads-per-layer", "2,3,1,1"], "Threads must be 1, 2 or 4, not 3"),
    ([*RUN[1:], "--scheme", "mixed:conv2=nbsmt:2,fc3=static:4"],
     "Layers to reduce are deep, conv2, short, fc1, not 'fc3'"),
    ([*RUN[1:], "--scheme", "mixed:conv1=static:4"], "Layer conv1 stays exact: it reads pixels"),
    ([*RUN[1:], "--scheme", "mixed:fc1=static:4,fc1=exact"], "must have layer fc1 once"),
    ([*RUN[1:], "--scheme", "mixed:fc1"], "must have LAYER=ARITHMETIC where it has 'fc1'"),
    ([*RUN[1:], "--scheme", "mixed:fc1=static:4", "--reorder"], "--reorder needs an NB-SMT"),
    ([*RUN[1:], "--array", "16"], "--array must be rows and columns, .* not 16"),
    ([*RUN[1:], "--array", "0,4"], "--array must be integers .* each an integer of 1 to 1024"),
    ([*RUN[1:], "--recalibrate", "often"], "'often' is not one of"),
    ([*RUN[1:], "--plot", "plot.gif"], "ending in .pdf, .png, .svg"),
    ([*RUN[1:], "--plot", "plot.png", "--kure"], "--plot draws schemes"),
    (["lenet5", "--images", "0"], "--images must be an integer of 1 to 1,000,000, not 0"),
    (["resnet8", "--scheme", "exact", "--recalibrate", "average"],
     "--recalibrate needs a scheme beside exact"),
    (["lenet5", "--recalibrate", "average"], "network with batch norm; lenet5 has none"),
]


@pytest.mark.parametrize("arguments, sentence", REFUSED)
def test_refused_in_one_sentence(skimp, mine, tmp_path, arguments, sentence):
    before = sorted(tmp_path.iterdir())
    status, out, err = skimp("evaluate", *arguments)
    assert (status, out) == (2, "") and err.startswith("skimp: ") and err.count("\n") == 1
    assert re.search(sentence, err), err
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("changes, sentence", [
    ({"test_labels": np.zeros(3, int)}, "a class, 0 to 4, for each of 30 images"),
    ({"test_labels": np.full(30, 5)}, "a class, 0 to 4"),
    ({"test_images": np.zeros((30, 6, 6, 3))}, "data.npz: Images must be uint8, not float64"),
    ({"train_images": np.zeros((3, 5, 6, 3), np.uint8)}, r"must have the shape \(images, 6, 6, 3"),
])
def test_wrong_images_are_refused(mine, tmp_path, changes, sentence):
    with np.load(tmp_path / "data.npz") as file:
        np.savez(tmp_path / "data.npz", **{**file, **changes})
    net = load(tmp_path / "net.npz")
    with pytest.raises(ValueError, match=sentence):
        workload.open_workload("net.npz", net, images=None, data=tmp_path / "data.npz")


def test_lenet_is_near_the_one_in_integers():
    images, labels = measuring_images(200)
    work = workload.open_workload("lenet5", shipped("lenet5"), images=200, data=None)
    answers = Model(work.quantized).logits(images).argmax(axis=1)
    assert np.count_nonzero(answers != in_hardware("lenet5").logits(images).argmax(axis=1)) <= 4
    assert work.quantized.kept == ("conv1", "fc3")


def test_resnet_stands_threads_and_gains_by_recalibration():
    """The relations that the project states, on few images."""
    work = workload.open_workload("resnet8", shipped("resnet8"), images=300, data=None)
    schemes = [parse(text) for text in ("sparq:5opt", "nbsmt:2")]
    report = evaluate.evaluate(work, schemes)
    assert report["rows"][0]["top1_percent"] > 90
    assert all(abs(row["loss_points"]) < 2 for row in report["rows"])
    reference = Model(work.quantized).logits(work.images)
    broken = under(work.quantized, "sparq:7opt:trim:single")
    mended = recalibrate(broken, work.training[:256], averaging="average")
    before, after = (accuracy(model.logits(work.images), work.labels, reference)
                     for model in (broken, mended))
    assert before.loss > 5 * before.error and after.loss < before.loss / 2
    plain, sorted_ = (usage(under(work.quantized, text), work.images[:10])
                      for text in ("nbsmt:2", "nbsmt:2:reorder"))
    assert sorted_.active[2] < plain.active[2]
