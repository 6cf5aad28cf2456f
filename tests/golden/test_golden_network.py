"""`golden.nets.network`: its file, what it refuses, and the network in floating point."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import small_networks

from skimp.golden.nets import floating
from skimp.golden.nets.dataset import measuring_images, training_images
from skimp.golden.nets.graph import Network
from skimp.golden.nets.network import SHIPPED, load, save, shipped
from skimp.golden.nets.npz import write_npz
from skimp.golden.nets.ops import Conv, Flatten, GlobalAvgPool, Relu

NET = small_networks.network()


def slow_windows(x, node, size):
    """Yield each output's place and its window, zeros around the image; one image."""
    top, left, bottom, right = node.pad
    x = np.pad(x, ((top, bottom), (left, right), (0, 0)))
    rows = range(0, x.shape[0] - size[0] + 1, node.stride)
    columns = range(0, x.shape[1] - size[1] + 1, node.stride)
    for (i, row), (j, column) in itertools.product(enumerate(rows), enumerate(columns)):
        yield i, j, x[row:row + size[0], column:column + size[1]]


def slow_node(node, reads, shape):
    """One node of one image, by its definition."""
    x, a = reads[0], node.arrays
    out = np.zeros(shape)
    if node.op in ("conv", "depthwise"):
        for i, j, window in slow_windows(x, node, a["weights"].shape[1:3]):
            for f, kernel in enumerate(a["weights"]):
                seen = window if node.op == "conv" else window[:, :, f]
                out[i, j, f] = (seen * kernel).sum() + a.get("bias", np.zeros(99))[f]
    elif node.op == "linear":
        out = a["weights"] @ x + a["bias"]
    elif node.op == "batchnorm":
        out = (x - a["mean"]) / np.sqrt(a["var"] + node.eps) * a["gamma"] + a["beta"]
    elif node.op == "relu":
        out = np.minimum(np.maximum(x, 0), np.inf if node.maximum is None else node.maximum)
    elif node.op == "add":
        out = x + reads[1]
    elif node.op in ("maxpool", "avgpool"):
        for i, j, window in slow_windows(x, node, (node.size, node.size)):
            out[i, j] = window.max((0, 1)) if node.op == "maxpool" else window.mean((0, 1))
    elif node.op == "flatten":
        out = x.ravel()
    return out


def test_forward_equals_the_definitions():
    images = small_networks.images(2)
    values = floating.forward(NET, images)
    for image in range(2):
        slow = {"input": images[image] / 255}
        for node in NET.nodes:
            slow[node.name] = slow_node(node, [slow[name] for name in node.inputs],
                                        NET.tensors[node.name].shape)
            np.testing.assert_allclose(values[node.name][image], slow[node.name], rtol=1e-4,
                                       atol=1e-4, err_msg=node.name)
    np.testing.assert_array_equal(floating.logits(NET, images), values["fc2"])


def test_global_average_is_the_mean():
    net = Network(input_shape=(6, 6, 3), classes=3,
                  nodes=(Conv(name="conv",
                              arrays={"weights": np.ones((3, 1, 1, 3), np.float32)}),
                         GlobalAvgPool(name="pool", inputs=("conv",))))
    images = small_networks.images(2)
    np.testing.assert_allclose(floating.logits(net, images)[:, 0],
                               images.sum(axis=3).mean(axis=(1, 2)) / 255, rtol=1e-5)


def test_saved_networks_are_read_back_and_have_no_date(tmp_path):
    save(tmp_path / "one.npz", NET)
    save(tmp_path / "two.npz", load(tmp_path / "one.npz"))
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    again, images = load(tmp_path / "two.npz"), small_networks.images(3)
    assert (again.metadata, again.tensors) == (NET.metadata, NET.tensors)
    np.testing.assert_array_equal(floating.logits(again, images), floating.logits(NET, images))


def test_half_precision_rounds_all_but_statistics(tmp_path):
    save(tmp_path / "half.npz", NET, half=True)
    again = load(tmp_path / "half.npz")
    np.testing.assert_array_equal(again["conv1"].arrays["weights"],
                                  NET["conv1"].arrays["weights"].astype(np.float16))
    np.testing.assert_array_equal(again["norm1"].arrays["var"], NET["norm1"].arrays["var"])
    large = Network(input_shape=(1, 1, 1), classes=1, nodes=(
        Conv(name="fc", arrays={"weights": np.full((1, 1, 1, 1), 1e6)}),
        Flatten(name="flat", inputs=("fc",))))
    with pytest.raises(ValueError, match=r"fc.weights must fit in 16 bits, not reach 1000000"):
        save(tmp_path / "large.npz", large, half=True)


def change(graph=None, node=None, **arrays):
    """Return a change of a file's arrays: of the graph's members, of a node's, or of arrays."""
    def changed(file):
        record = json.loads(str(file["graph"]))
        record |= graph or {}
        for name, members in (node or {}).items():
            index = [each["name"] for each in record["nodes"]].index(name)
            record["nodes"][index] |= members
        file |= {"graph": np.array(json.dumps(record))} | arrays
        return {name: array for name, array in file.items() if array is not None}
    return changed


REFUSED = [
    (change(graph=None), None),
    (lambda file: file | {"graph": np.array("[")}, "graph must be JSON text"),
    (lambda file: file | {"metadata": np.array("3")}, "metadata must be a JSON object, not 3"),
    (lambda file: {k: v for k, v in file.items() if k != "metadata"}, "have the array metadata"),
    (change({"format": 2}), "format must be 1, not 2"),
    (change({"step": 2}), "must have format, input, .* not .*step"),
    (change({"nodes": {}}), "nodes and input must be lists"),
    (change({"nodes": []}), "must have nodes, not none"),
    (change({"nodes": [3]}), "must have name, op and inputs, not be 3"),
    (change({"classes": 4}), r"must give 4 classes, but fc2 gives the shape \(5,\)"),
    (change({"input": [6, 6]}), r"rows, columns and channels, not the shape \(6, 6\)"),
    (change({"input": [0, 6, 3]}), r"not the shape \(0, 6, 3\)"),
    (change({"input": [6, 6, 1]}), r"conv1 \(conv\) must read 3 channels, .*\(6, 6, 1\)"),
    (change({"input": [3, 6, 3]}), "2 x 2 window of pool2 must fit in its padded input"),
    (change({"input_step": 0}), "input step must be positive and finite, not 0"),
    (change({"input_step": "1"}), "input step must be a number, not '1'"),
    (change(node={"conv1": {"op": "conv3d"}}), "op of conv1 must be one of .*, not 'conv3d'"),
    (change(node={"conv1": {"size": 3}}), r"conv1 \(conv\) has no attribute size"),
    (change(node={"conv1": {"stride": 0}}), "stride of conv1 .* at least 1, not 0"),
    (change(node={"conv1": {"stride": 1.5}}), "stride of conv1 must be an integer, .* not 1.5"),
    (change(node={"conv1": {"pad": [1, 1]}}), r"pad of conv1 must be one number or four"),
    (change(node={"conv1": {"pad": "same"}}), "pad of conv1 must be one number or four"),
    (change(node={"conv1": {"pad": 3}}), "pad of conv1 must be less than its window"),
    (change(node={"conv1": {"pad": -1}}), "pad of conv1 .* at least 0, not -1"),
    (change(node={"norm2": {"eps": 0}}), "eps of norm2 must be positive and finite, not 0"),
    (change(node={"relu2": {"maximum": "6"}}), "maximum of relu2 must be positive"),
    (change(node={"pool1": {"size": 9}}), "9 x 9 window of pool1 must fit"),
    (change(node={"pool1": {"size": None}}), "size of pool1 must be an integer"),
    (change(node={"conv1": {"name": "a/b"}}), "letters, digits, .*not 'a/b'"),
    (change(node={"relu2": {"name": "relu1"}}), "relu1 is there twice"),
    (change(node={"relu1": {"inputs": ["relu9"]}}), "relu1 must read earlier .* relu9 is none"),
    (change(node={"relu1": {"inputs": "norm1"}}), "inputs of relu1 must be a list of names"),
    (change(node={"sum": {"inputs": ["norm2"]}}), r"sum \(add\) must have 2 inputs, not 1"),
    (change(node={"sum": {"inputs": ["norm2", "relu1"]}}), "sum must add tensors of one shape"),
    (change(node={"deep": {"inputs": ["norm1"]}}), "deep .* never be negative, but norm1 may be"),
    (change(node={"pool1": {"inputs": ["norm1"], "pad": 1}}), "pool1 pads with zeros"),
    (change(node={"pool1": {"inputs": ["norm1"]}}), "short .* never be negative, but pool1 may"),
    (change(node={"fc1": {"inputs": ["pool2"]}}), r"fc1 \(linear\) must read 24 features"),
    (change(node={"norm2": {"inputs": ["conv1"]}}), r"norm2 \(batchnorm\) must read 6 channels"),
    (change(node={"fc2": {"inputs": ["relu4", "flat"]}}), "fc2 .* must have 1 inputs, not 2"),
    (change(**{"conv1.weights": None}), r"conv1 \(conv\) must have the array weights"),
    (change(**{"norm1.var": None}), r"norm1 \(batchnorm\) must have the array var"),
    (change(**{"conv1.bais": np.zeros(4)}), "belong to a node, but conv1.bais does not"),
    (change(**{"conv1.weights": np.zeros((4, 27))}), r"4 axes .* not the shape \(4, 27\)"),
    (change(**{"conv1.weights": np.zeros((4, 3, 3, 3), int)}), "floating point, not int64"),
    (change(**{"conv1.weights": np.full((4, 3, 3, 3), np.nan)}), "conv1.weights must be finite"),
    (change(**{"conv1.weights": np.full((4, 3, 3, 3), 1e39)}), "conv1.weights must be finite"),
    (change(**{"norm1.var": np.full(4, -1.0)}), "norm1.var must not be negative, not -1.0"),
    (change(**{"norm1.beta": np.zeros(3)}), "arrays of norm1 must be of one length"),
    (change(**{"fc1.bias": np.zeros(3)}), "arrays of fc1 must be of one length"),
]


@pytest.mark.parametrize("changed, sentence", REFUSED)
def test_wrong_files_are_refused(tmp_path, changed, sentence):
    save(tmp_path / "good.npz", NET)
    with np.load(tmp_path / "good.npz") as file:
        arrays = dict(file)
    write_npz(tmp_path / "wrong.npz", changed(arrays))
    if sentence is None:
        load(tmp_path / "wrong.npz")
        return
    with pytest.raises(ValueError, match=sentence) as caught:
        load(tmp_path / "wrong.npz")
    assert str(caught.value).startswith("wrong.npz: ")


@pytest.mark.parametrize("content", [b"", b"PK\3\4 no zip", b"text", b"\x93NUMPY\1\0"])
def test_files_of_other_kinds_are_refused(tmp_path, content):
    (tmp_path / "other.npz").write_bytes(content)
    with pytest.raises(ValueError, match="other.npz must be an .npz file of plain arrays"):
        load(tmp_path / "other.npz")
    np.save(tmp_path / "array.npy", np.zeros(3))
    with pytest.raises(ValueError, match="array.npy must be an .npz file"):
        load(tmp_path / "array.npy")
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz")


def test_a_layer_that_nothing_reads_is_refused():
    dead = Relu(name="dead", inputs=("conv1",))
    with pytest.raises(ValueError, match="but the last must be read, but dead is not"):
        Network(input_shape=(6, 6, 3), classes=5,
                nodes=(*NET.nodes[:1], dead, *NET.nodes[1:]))
    with pytest.raises(ValueError, match="must have a convolution or linear layer"):
        Network(input_shape=(1, 1, 5), classes=5,
                nodes=(Flatten(name="flat"),))
    with pytest.raises(ValueError, match="has the layers conv1, .*, not 'conv9'"):
        NET["conv9"]


@pytest.mark.parametrize("call, error, sentence", [
    (lambda: floating.logits(NET, np.zeros((1, 6, 6, 3))), TypeError, "uint8, not float64"),
    (lambda: floating.logits(NET, np.zeros((1, 6, 6), np.uint8)), ValueError,
     r"\(images, 6, 6, 3\), not \(1, 6, 6\)"),
    (lambda: shipped("resnet50"), ValueError, "one of lenet5, .* not 'resnet50'"),
    (lambda: measuring_images(0), ValueError, "at least 1, not 0"),
    (lambda: measuring_images(1001, folder=Path("/none")), ValueError,
     "at most 1000, .* not 1001; Debian's package dataset-fashion-mnist"),
    (lambda: training_images(0), ValueError, "1 to 60000, not 0"),
])
def test_errors(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_networks(name):
    net = shipped(name)
    assert (net.input_shape, net.classes) == ((28, 28, 1), 10)


def test_training_images_without_the_package_are_the_shipped_ones_repeated():
    few, source = training_images(10, folder=Path("/none"))
    many, repeated = training_images(2176, folder=Path("/none"))
    assert source == "the first 10 training images, as shipped"
    assert repeated == "the first 1000 training images, as shipped, repeated to 2176"
    np.testing.assert_array_equal(many[2000:2010], few)
    assert many.shape == (2176, 28, 28)
