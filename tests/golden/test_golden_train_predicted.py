"""Fine-tuning with prediction on: masks are those of the integers, and weights follow them."""

import importlib

import numpy as np
import pytest
import small_networks

from skimp.golden.nets import network, zaps
from skimp.golden.nets.dataset import measuring_images, training_images
from skimp.golden.nets.engine import Model
from skimp.golden.nets.floating import logits
from skimp.golden.nets.limits import outputs
from skimp.golden.nets.predict import sites
from skimp.golden.nets.quantized import quantize
from skimp.golden.nets.train import __main__ as command
from skimp.golden.zap import Predictor

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (20, 28, 28), dtype=np.uint8)
LABELS = np.arange(20, dtype=np.uint8) % 10


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def predicted(torch):
    return importlib.import_module("skimp.golden.nets.train.predicted")


@pytest.fixture
def models(torch):
    return importlib.import_module("skimp.golden.nets.train.models")


def random_zap(kind, bits, channels=3):
    inputs, weights, hidden = bits
    most = (1 << weights - 1) - 1
    return Predictor(
        kind=kind, input_bits=inputs, weight_bits=weights, hidden_bits=hidden,
        w1=RNG.integers(-most, most + 1, (channels, 3, 3)), b1=RNG.integers(-9, 10, channels),
        shift=RNG.integers(0, 4, channels), w2=RNG.integers(-most, most + 1, (channels, 3, 3)),
        b2=RNG.integers(-20, 20, channels), unit=np.ones(channels), offset=np.zeros(channels))


@pytest.mark.parametrize("kind", [3, 5, 8])
@pytest.mark.parametrize("bits", [(2, 4, 4), (8, 8, 8), (3, 5, 1)])
def test_masks_are_those_of_the_integers(predicted, torch, kind, bits):
    zap = random_zap(kind, bits)
    x = np.where(RNG.random((9, 10, 11, 3)) < 0.6, RNG.integers(0, 256, (9, 10, 11, 3)), 0)
    step, relu = 0.25, torch.nn.Sequential(torch.nn.ReLU())
    real = torch.from_numpy(x.transpose(0, 3, 1, 2) * step).float().requires_grad_()
    with predicted.predicting(relu, {"0": step}, {"0": zap}):
        given = relu(real)
    given.sum().backward()
    keep = zap.keep(x.astype(np.uint8))
    assert 0 < keep.mean() < 1
    assert np.array_equal(given.detach().numpy().transpose(0, 2, 3, 1), np.where(keep, x * step, 0))
    assert real.grad is not None
    assert np.array_equal(real.grad.numpy().transpose(0, 2, 3, 1) > 0, keep & (x > 0))
    assert torch.equal(relu(real), real)                    # the hook is gone


@pytest.mark.parametrize("name, make", [("resnet8", "ResNet8"), ("dscnn", "dscnn")])
def test_weights_of_a_shipped_network_are_loaded(predicted, models, name, make):
    loop = importlib.import_module("skimp.golden.nets.train.loop")
    net, shipped = getattr(models, make)(), network.shipped(name)
    net.load_state_dict(predicted.state_of(shipped))
    given = net.eval()(loop.pixels(IMAGES)).detach().numpy()
    assert np.allclose(given, logits(shipped, IMAGES), atol=1e-4)


def test_a_network_is_trained_with_prediction_on(predicted, torch):
    recipes = importlib.import_module("skimp.golden.nets.train.recipes")
    recipe = recipes.replace(recipes.RECIPES["resnet8_zap"],
                             schedule=recipes.Schedule(epochs=1, rate=1e-3))
    state = predicted.state_of(network.shipped("resnet8"))
    zap = random_zap(3, (2, 4, 4), 16)
    none = zap.with_limits(np.full(16, zap.extreme + 1))
    nets = [recipes.train(recipe, IMAGES, np.zeros(20, np.uint8), seed=0, state=state,
                          prediction=({"stack1.relu1": 0.01}, {"stack1.relu1": one}))
            for one in (zap, zap, none)]
    one, again, other = (net.stack3.conv2.weight.detach().numpy() for net in nets)
    assert np.array_equal(one, again) and not np.array_equal(one, other)
    assert np.allclose(one, state["stack3.conv2.weight"], atol=0.05)


def test_layers_that_nothing_is_gained_from_keep_everything(predicted, monkeypatch):
    """The limits of a small network's ZAPs, whose training is left out."""
    net, images = small_networks.network(), small_networks.images(60)
    trained = {name: random_zap(3, (2, 4, 4), site.shape[-1]) for name, site in sites(net).items()}
    for name in ("CALIBRATION", "LIMITS", "JUDGED"):
        monkeypatch.setattr(predicted, name, slice(30))
    monkeypatch.setattr(predicted.zap, "train", lambda *given, **more: [trained])
    steps, found = predicted.choose(net, images, (3, (2, 4, 4)), 0.001, seed=0)
    assert {"relu2", "relu3"} < set(steps) and list(found) == ["relu2", "relu3"]
    x = RNG.integers(0, 256, (5, 6, 6, 6), dtype=np.uint8)
    kept = [one.keep(x[..., :len(one.b2)]).mean() for one in found.values()]
    assert min(kept) < max(kept) == 1


def test_the_command_writes_a_network_and_its_zaps(predicted, tmp_path, monkeypatch):
    base = network.shipped("resnet8")
    chosen = {name: random_zap(3, (2, 4, 4), site.shape[-1]) for name, site in sites(base).items()}
    steps = dict.fromkeys(chosen, 0.01)
    monkeypatch.setattr(command, "read_fashion_mnist",
                        lambda folder: (IMAGES, LABELS, IMAGES, LABELS))
    monkeypatch.setattr(predicted, "choose", lambda *given, **more: (steps, chosen))
    assert command.main(["resnet8_zap", "--epochs", "1", "-o", str(tmp_path)]) == 0
    made = network.load(tmp_path / "weights" / "resnet8_zap.npz")
    assert made.metadata["predict"] == "zap:3:2,4,4" and made.metadata["base"] == "resnet8"
    found = zaps.load(tmp_path / "weights" / "zap_resnet8_zap.npz", made, kind=3, bits=(2, 4, 4))
    assert all(np.array_equal(found[name].b2, one.b2) for name, one in chosen.items())


def test_the_shipped_network_answers_right_with_its_zaps_on():
    """On 300 test images: more than a third of the predicted activations are skipped."""
    net = network.shipped("resnet8_zap")
    trained = zaps.shipped("resnet8_zap", net, kind=3, bits=(2, 4, 4))
    model = Model(quantize(net, training_images(100)[0]), predictors=trained)
    images, labels = measuring_images(300)
    assert (model.logits(images).argmax(axis=1) == labels).mean() > 0.9
    codes = outputs(model, images[:50], trained)
    assert all((~trained[name].keep(x)).mean() > 0.2 for name, x in codes.items())
