"""The file of trained ZAPs: what is written is read, and what does not fit is refused."""

import dataclasses
import json

import numpy as np
import pytest

from skimp.golden.masks import mask
from skimp.golden.nets import network, zaps
from skimp.golden.nets.asked import parse_predictor
from skimp.golden.nets.dataset import measuring_images, training_images
from skimp.golden.nets.engine import Model
from skimp.golden.nets.graph import Network
from skimp.golden.nets.limits import outputs
from skimp.golden.nets.npz import read_npz, write_npz
from skimp.golden.nets.predict import sites
from skimp.golden.nets.quantized import quantize
from skimp.golden.zap import Predictor
from tests import small_networks

NET = small_networks.network()
SMALL, LARGE = (2, 4, 4), (8, 8, 8)


def trained(seed, kind, bits):
    """Return random ZAPs of the small network, with the threshold 0."""
    rng, (inputs, weights, hidden) = np.random.default_rng(seed), bits
    most = (1 << weights - 1) - 1
    found = {}
    for name, site in sites(NET).items():
        count = site.shape[-1]
        found[name] = Predictor(
            kind=kind, input_bits=inputs, weight_bits=weights, hidden_bits=hidden,
            w1=rng.integers(-most, most + 1, (count, 3, 3)), b1=rng.integers(-200, 200, count),
            shift=rng.integers(0, 16, count), w2=rng.integers(-most, most + 1, (count, 3, 3)),
            b2=np.zeros(count, np.int64), unit=np.asarray(rng.uniform(0.1, 1, count), "f4"),
            offset=np.asarray(rng.normal(size=count), "f4")).with_threshold(0.0)
    return found


def changed(**layers):
    """Return the small network with other weights in some layers."""
    return Network(input_shape=NET.input_shape, classes=NET.classes, nodes=tuple(
        dataclasses.replace(node, arrays=node.arrays | layers.get(node.name, {}))
        for node in NET.nodes))


@pytest.fixture
def path(tmp_path):
    zaps.save(tmp_path / "zap.npz", NET, [trained(0, 3, SMALL), trained(1, 5, LARGE)],
              {"seed": 0})
    return tmp_path / "zap.npz"


@pytest.mark.parametrize("seed, kind, bits", [(0, 3, SMALL), (1, 5, LARGE)])
def test_what_is_saved_is_loaded(path, seed, kind, bits):
    expected, found = trained(seed, kind, bits), zaps.load(path, NET, kind=kind, bits=bits)
    assert list(found) == list(sites(NET))
    for name, zap in found.items():
        for field in dataclasses.fields(zap):
            assert np.array_equal(getattr(zap, field.name),
                                  getattr(expected[name], field.name)), (name, field.name)


def test_chosen_thresholds_are_saved(tmp_path):
    chosen = {name: one.with_limits(np.arange(len(one.b2))) for name, one in
              trained(0, 3, SMALL).items()}
    zaps.save(tmp_path / "zap.npz", NET, [chosen], chosen=True)
    for zap in zaps.load(tmp_path / "zap.npz", NET, kind=3, bits=SMALL).values():
        assert (zap.limits == np.arange(len(zap.b2))).all()


def test_the_same_bytes_each_time(path, tmp_path):
    zaps.save(tmp_path / "again.npz", small_networks.network(),
              [trained(0, 3, SMALL), trained(1, 5, LARGE)], {"seed": 0})
    assert (tmp_path / "again.npz").read_bytes() == path.read_bytes()


def test_zaps_of_another_network_are_refused(path):
    weights = NET["conv1"].arrays["weights"].copy()
    weights[1, 0, 0, 0] += 0.01
    for net in (small_networks.network(1), changed(conv1={"weights": weights})):
        with pytest.raises(ValueError, match="trained for another network, or other weights"):
            zaps.load(path, net, kind=3, bits=SMALL)
    assert zaps.load(path, changed(), kind=3, bits=SMALL)


def test_masks_and_bits_that_are_not_there_are_refused(path):
    for kind, bits, name in ((5, SMALL, "5:2,4,4"), (4, LARGE, "4:8,8,8")):
        with pytest.raises(ValueError, match=f"{name} must be among those trained: "
                                             "3:2,4,4, 5:8,8,8"):
            zaps.load(path, NET, kind=kind, bits=bits)


def test_saving_needs_zaps_of_all_layers(tmp_path):
    some = trained(0, 3, SMALL)
    some.popitem()
    with pytest.raises(ValueError, match="must be those of relu2, relu3, not of relu2"):
        zaps.save(tmp_path / "zap.npz", NET, [some])


def rewritten(path, change):
    """Write the file again, its arrays changed, and load from it."""
    arrays = read_npz(path)
    change(arrays)
    write_npz(path, arrays)
    return zaps.load(path, NET, kind=3, bits=SMALL)


def head(**members):
    def change(arrays):
        arrays["zaps"] = np.array(json.dumps(json.loads(str(arrays["zaps"])) | members))
    return change


@pytest.mark.parametrize("change, sentence", [
    (lambda arrays: arrays.pop("zaps"), "A file of ZAPs must have the array zaps"),
    (head(format=2), "The format must be 1, not 2"),
    (head(more=1), "must have format, network, layers and metadata, not format"),
    (head(layers=3), "trained for another network"),
    (lambda arrays: arrays.pop("3:2,4,4.b1"), "The array 3:2,4,4.b1 must be there, int32"),
    (lambda arrays: arrays.update({"3:2,4,4.w1": arrays["3:2,4,4.w1"][1:]}), "with 10 channels"),
    (lambda arrays: arrays.update({"3:2,4,4.w2": arrays["3:2,4,4.w2"] * 1.0}), "w2 must .* int8"),
    (lambda arrays: arrays["3:2,4,4.w1"].__setitem__(0, 8), r"w1 of a ZAP must be in \[-7, 7\]"),
    (lambda arrays: arrays["3:2,4,4.b1"].__setitem__(0, 512), r"b1 of a ZAP must be in \[-512, 51"),
    (lambda arrays: arrays["3:2,4,4.shift"].__setitem__(0, 16), "shift of a ZAP must be in"),
    (lambda arrays: arrays["3:2,4,4.unit"].__setitem__(0, 0), "a score is worth must be above 0"),
    (lambda arrays: arrays["3:2,4,4.unit"].__setitem__(0, np.nan), "unit of a ZAP must be a fin"),
    (lambda arrays: arrays["3:2,4,4.offset"].__setitem__(0, np.inf), "offset of a ZAP must be a f"),
])
def test_damaged_files_are_refused(path, change, sentence):
    with pytest.raises(ValueError, match=f"zap.npz: .*{sentence}"):
        rewritten(path, change)


def test_networks_without_shipped_zaps_are_named():
    with pytest.raises(ValueError, match="No trained ZAPs come with resnet9: train them"):
        zaps.shipped("resnet9", NET, kind=3, bits=SMALL)


@pytest.mark.parametrize("text", zaps.SHIPPED)
@pytest.mark.parametrize("name", ["lenet5", "resnet8", "dscnn"])
def test_shipped_zaps_find_zeros_and_lose_little(name, text):
    """At the threshold 0.3: the share of zeros found is far above the share of the sum lost."""
    net, wanted = network.shipped(name), parse_predictor(text).zap
    assert wanted is not None
    kind, bits = wanted
    trained = zaps.shipped(name, net, kind=kind, bits=bits)
    codes = outputs(Model(quantize(net, training_images(100)[0])), measuring_images(30)[0], trained)
    for layer, x in codes.items():
        unknown = ~mask(kind, *x.shape[1:3])
        keep, x = trained[layer].with_threshold(0.3).keep(x)[:, unknown], x[:, unknown]
        found, lost = (~keep)[x == 0].mean(), x[~keep].sum() / x.sum()
        assert found > lost + 0.4, layer
