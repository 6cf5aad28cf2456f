"""`golden.nets.train`: what it says without its needs; its rules; a tiny training."""

import importlib
import sys

import numpy as np
import pytest

from skimp.golden.nets import network
from skimp.golden.nets.floating import logits
from skimp.golden.nets.train import __main__ as command

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (140, 28, 28), dtype=np.uint8)
IMAGES[0, 0, 0] = 255
LABELS = np.arange(140, dtype=np.uint8) % 10
DATA = (IMAGES, LABELS, IMAGES[:20], LABELS[:20])


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def loop(torch):
    return importlib.import_module("skimp.golden.nets.train.loop")


@pytest.fixture
def recipes(torch):
    return importlib.import_module("skimp.golden.nets.train.recipes")


def test_training_says_what_is_missing(tmp_path, capsys, monkeypatch):
    assert command.main(["--data", str(tmp_path)]) == 2
    assert "install Debian's package dataset-fashion-mnist" in capsys.readouterr().err
    monkeypatch.setattr(command, "read_fashion_mnist", lambda folder: DATA)
    monkeypatch.setitem(sys.modules, "torch", None)
    assert command.main([]) == 2
    assert "needs PyTorch" in capsys.readouterr().err


@pytest.mark.parametrize("arguments, sentence", [
    (["alexnet"], f"NAME must be one of {', '.join(network.SHIPPED)}, not 'alexnet'"),
    (["--epochs", "0"], "--epochs must be at least 1, not 0"),
])
def test_wrong_arguments(capsys, arguments, sentence):
    with pytest.raises(SystemExit):
        command.main(arguments)
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("name", network.SHIPPED)
def test_shipped_networks_are_what_their_recipes_made(recipes, name):
    recipe, shipped = recipes.RECIPES[name], network.shipped(name)
    assert shipped.metadata["network"] == name
    assert shipped.metadata["pruned"] == recipe.pruned
    assert shipped.metadata["schedule"] == recipes.asdict(recipe.schedule)
    assert shipped.metadata.get("calibration_images", 0) == recipe.calibration
    shapes = {node.name: (node.op, {key: a.shape for key, a in node.arrays.items()})
              for node in shipped.nodes}
    assert shapes == {node.name: (node.op, {key: a.shape for key, a in node.arrays.items()})
                      for node in recipes.export(recipe.make()).nodes}


def test_shipped_weights_keep_their_promises():
    """Two fifths of each pruned layer are zero; KURE brought every kurtosis near 1.8."""
    for layer in network.shipped("resnet8_pruned").gemms:
        weights = layer.arrays["weights"]
        assert np.count_nonzero(weights == 0) == round(0.4 * weights.size)

    def penalty(name):
        weights = [layer.arrays["weights"].astype(float)
                   for layer in network.shipped(name).gemms]
        return np.mean([(np.mean(((w - w.mean()) / w.std(ddof=1)) ** 4) - 1.8) ** 2
                        for w in weights])
    assert penalty("resnet8_kure") < 0.1 < 1 < penalty("resnet8")


def test_tiny_training_is_the_same_twice(torch, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "read_fashion_mnist", lambda folder: DATA)
    for folder in ("one", "two"):
        assert command.main(["lenet5", "dscnn", "--epochs", "1", "-o", str(tmp_path / folder)]) == 0
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.npz"))
    assert [file.name for file in files] == [
        "fashion_mnist.npz", "fashion_mnist_train.npz", "dscnn.npz", "lenet5.npz"]
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    assert "dscnn: " in capsys.readouterr().err
    for name in ("lenet5", "dscnn"):
        net = network.load(tmp_path / "one" / "weights" / f"{name}.npz")
        right = (logits(net, DATA[2]).argmax(1) == DATA[3]).mean()
        assert right == net.metadata["float_accuracy"]
        assert set(net.metadata.get("steps", {})) == {"lenet5": {
            "input", "relu1", "pool1", "relu2", "pool2", "flatten", "relu3", "relu4"},
            "dscnn": set()}[name]


def test_a_base_is_trained_first_and_pruned_weights_stay_zero(recipes, torch):
    narrow = recipes.Recipe(make=lambda: recipes.models.dscnn((4, 4), (4, 4)), pruned=0.4,
                            schedule=recipes.Schedule(epochs=1, rate=0.1))
    state = narrow.make().state_dict()
    net = recipes.train(narrow, *DATA[:2], seed=0, state=state)
    assert not torch.equal(net.fc.weight, state["fc.weight"])
    for layer in recipes.export(net).gemms:
        weights = layer.arrays["weights"]
        assert np.count_nonzero(weights == 0) == round(0.4 * weights.size)


def test_kurtosis_penalty_is_its_formula(loop, torch):
    net = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3),
                              torch.nn.Linear(3, 2))
    with torch.no_grad():
        net[2].weight.copy_(torch.tensor([[1.0, -1, 1], [-1, 1, -1]]))
        net[0].weight.copy_(torch.arange(54.0).reshape(3, 2, 3, 3))
    sigma = np.arange(54.0).std(ddof=1)
    kurtosis = (((np.arange(54) - 26.5) / sigma) ** 4).mean()
    expected = ((kurtosis - 1.8) ** 2 + ((5 / 6) ** 2 - 1.8) ** 2) / 2
    assert loop.kurtosis_penalty(net).item() == pytest.approx(expected, rel=1e-5)


def test_half_of_the_images_are_mirrored(loop, torch):
    torch.manual_seed(0)
    x = torch.zeros(400, 1, 28, 28)
    x[:, 0, 5, 7] = 1
    seen = loop._mirrored(x)
    assert torch.equal(seen[:, 0, 5, 7] + seen[:, 0, 5, 20], torch.ones(400))
    assert seen.sum() == 400 and 150 < seen[:, 0, 5, 20].sum() < 250


def test_pruning_takes_the_smallest_of_each_layer(loop, torch):
    net = torch.nn.Sequential(torch.nn.Linear(5, 2), torch.nn.Linear(2, 1))
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([[5.0, -1, 2, -9, 3], [-8, 7, -4, 0.5, 6]]))
        net[1].weight.copy_(torch.tensor([[100.0, 0.001]]))
    loop.prune(net, 0.4)
    assert net[0].weight.tolist() == [[5, 0, 0, -9, 0], [-8, 7, -4, 0, 6]]
    assert net[1].weight.count_nonzero() == 1                 # round(0.8)


def test_errors(recipes):
    with pytest.raises(ValueError, match="at least one epoch, not 0"):
        recipes.Schedule(epochs=0, rate=0.1)
