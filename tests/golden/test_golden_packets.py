"""`golden.workloads`: the traffic of networks; LeNet-5 in hardware; the images that are shipped."""

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest
import small_networks

from skimp.golden.nets.dataset import measuring_images, read_idx, training_images
from skimp.golden.nets.engine import Model
from skimp.golden.nets.network import shipped
from skimp.golden.nets.quantized import quantize
from skimp.golden.quantize import quantize_weights
from skimp.golden.workloads.images import in_hardware
from skimp.golden.workloads.packets import ORDERS, extents, packets, packets_by_image

SMALL = Model(quantize(small_networks.network(), small_networks.images(20, seed=2)))


@pytest.fixture(scope="module")
def net():
    return in_hardware("lenet5")


@pytest.fixture(scope="module")
def images():
    return measuring_images()[0]


def reads(model, layer, images):
    """Return the codes that a layer reads."""
    return next(reads[0].codes for node, reads, _ in model.run(images) if node.name == layer)


def test_shipped_images():
    images, labels = measuring_images(folder=Path("/none"))
    training, _ = training_images(1000, folder=Path("/none"))
    assert [array.shape for array in (images, labels, training)] == [
        (1000, 28, 28), (1000,), (1000, 28, 28)]
    assert all(array.dtype == np.uint8 for array in (images, labels, training))
    assert set(labels) == set(range(10))


# LeNet-5 with the steps that all link figures rest on

CODES = {
    "conv1": "1ea26a8badf5cf72", "pool1": "e781957660a11980", "conv2": "d461957ad16194e0",
    "pool2": "9ee216de1fcafec4", "fc1": "b1aa01f0855cc191", "fc2": "8428a9ea58ebcbdf",
    "fc3": "deb27ea068de0b31",
}


def test_lenet_reads_the_codes_that_figures_were_measured_with(net, images):
    """Of the first 200 test images: digests of what the network of int8 layers read."""
    found = {node.name: hashlib.sha256(given[0].codes.tobytes()).hexdigest()[:16]
             for node, given, _ in net.run(images[:200]) if node.name in CODES}
    assert found == CODES


def test_lenet_in_hardware_is_as_good_as_it_was(net):
    images, labels = measuring_images()
    assert np.count_nonzero(net.logits(images).argmax(axis=1) == labels) == 904


def test_given_steps_bring_biases_in_whole_units_of_the_accumulator(net, images):
    quantized = net.quantized
    conv2 = quantized.network["conv2"]
    bias = conv2.arrays["bias"].astype(float)
    units = quantized.steps["pool1"] * quantize_weights(conv2.kernel)[1]
    whole = quantized.offsets(conv2, units) / units
    np.testing.assert_allclose(whole, np.rint(bias / units), rtol=1e-12)
    calibrated = quantize(quantized.network, training_images(50)[0])
    np.testing.assert_array_equal(calibrated.offsets(conv2, units), bias)
    with pytest.raises(ValueError, match="Steps must be those of input, relu1, .* not of relu1"):
        quantize(quantized.network, images[:1], {"relu1": 1.0})


# Per layer: rows, columns, filters, channels; side and stride of a window.
SHAPES = {"conv1": (28, 28, 6, 1, 5, 1), "conv2": (10, 10, 16, 6, 5, 1),
          "pool1": (14, 14, 6, 1, 2, 2), "pool2": (5, 5, 16, 1, 2, 2)}


def packet_index(order, layer, image, filter_, row, column, channel):
    """Count the packets before this one."""
    rows, columns, filters, channels, *_ = SHAPES[layer]
    pixel, pixels = row * columns + column, rows * columns
    within = {"output-stationary": (filter_ * pixels + pixel) * channels + channel,
              "filter-inner": (pixel * channels + channel) * filters + filter_,
              "weight-stationary": (filter_ * channels + channel) * pixels + pixel}[order]
    return image * pixels * filters * channels + within


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("layer", SHAPES)
def test_packets_are_windows_and_kernel_planes_in_order(net, images, layer, order):
    rows, columns, filters, channels, side, stride = SHAPES[layer]
    activations, weights = packets(net, layer, images[:2], order=order)
    assert activations.shape == (2 * rows * columns * filters * channels, side * side)
    pad = 2 if layer == "conv1" else 0
    x = np.pad(reads(net, layer, images[:2]), ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    for at in [(0, 0, 0, 0, 0), (0, 3, 4, 2, channels - 1), (1, 5, 0, 3, 0),
               (1, filters - 1, rows - 1, columns - 1, channels - 1)]:
        image, filter_, row, column, channel = at
        index, top, left = packet_index(order, layer, *at), row * stride, column * stride
        source = channel if layer.startswith("conv") else filter_
        np.testing.assert_array_equal(activations[index].reshape(side, side),
                                      x[image, top:top + side, left:left + side, source])
        if weights is None:
            assert layer.startswith("pool")
        else:
            assert (activations.dtype, weights.dtype) == (np.uint8, np.int8)
            assert weights.shape == activations.shape
            w, _ = quantize_weights(net.network[layer].arrays["weights"])
            np.testing.assert_array_equal(weights[index].reshape(side, side),
                                          w[filter_, :, :, channel])


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("layer", ["conv1", "conv2"])
def test_dot_products_of_packets_are_the_accumulators(net, images, layer, order):
    activations, weights = packets(net, layer, images[:2], order=order)
    dots = (activations.astype(int) * weights).sum(axis=1)
    axes = ["row", "column", "filter", "channel"]             # as SHAPES names their extents
    dots = dots.reshape(2, *(SHAPES[layer][axes.index(axis)] for axis in ORDERS[order]))
    kept = [axis for axis in ORDERS[order] if axis != "channel"]
    dots = np.moveaxis(dots.sum(axis=1 + ORDERS[order].index("channel")),
                       1 + kept.index("filter"), -1)
    acc = net.operands(layer, images[:2]).result
    np.testing.assert_array_equal(dots.reshape(acc.shape), acc)


@pytest.mark.parametrize("layer", SHAPES)
def test_filters_are_chosen_in_the_order_given(net, images, layer):
    filters, taps = SHAPES[layer][2], SHAPES[layer][4] ** 2
    whole = packets(net, layer, images[:1]).activations.reshape(filters, -1, taps)
    chosen = packets(net, layer, images[:1], filters=(4, 1)).activations.reshape(2, -1, taps)
    np.testing.assert_array_equal(chosen, whole[[4, 1]])


def test_traffic_by_image_is_lazy_and_adds_up(net, images):
    parts = packets_by_image(net, "conv2", images, order="filter-inner", filters=[2])
    whole = packets(net, "conv2", images[:3], order="filter-inner", filters=[2])
    first = zip(*(next(parts) for _ in range(3)), strict=True)                # of 1,000 images
    for parts_of_one_kind, together in zip(first, whole, strict=True):
        np.testing.assert_array_equal(np.concatenate(parts_of_one_kind), together)


# Any layer of any network

def test_layers_with_traffic():
    """A flattened or summed tensor sends nothing; one tap goes in runs of channels."""
    found = extents(SMALL.network)
    assert list(found) == ["conv1", "deep", "conv2", "pool1", "short", "pool2", "fc1", "fc2"]
    assert found["deep"] == (4, 3, 3, 1, 9)
    assert found["conv2"] == (6, 3, 3, 4, 6)
    assert found["short"] == (6, 3, 3, 1, 4)
    assert found["fc1"] == (7, 1, 1, 1, 24)
    assert extents(shipped("lenet5"))["fc1"] == (120, 1, 1, 8, 50)


@pytest.mark.parametrize("layer", [name for name in extents(SMALL.network) if "pool" not in name])
def test_dot_products_of_any_layer_add_up(layer):
    images, (filters, rows, columns, channels, _) = (small_networks.images(2),
                                                     extents(SMALL.network)[layer])
    sent = packets(SMALL, layer, images)
    dots = (sent.activations.astype(int) * sent.weights).sum(axis=1)
    dots = dots.reshape(2, filters, rows * columns, channels).sum(axis=3)
    one = SMALL.network[layer].by_channel
    acc = np.concatenate([SMALL.operands(layer, images, channel=channel).result
                          for channel in range(filters if one else 1)], axis=1)
    np.testing.assert_array_equal(dots.transpose(0, 2, 1).reshape(acc.shape), acc)


@pytest.mark.parametrize("layer, reduce", [("pool1", np.max), ("pool2", np.mean)])
def test_packets_of_any_pooling_are_its_windows(layer, reduce):
    images, extent = small_networks.images(2), extents(SMALL.network)[layer]
    sent = packets(SMALL, layer, images)
    assert sent.weights is None and sent.activations.shape[1] == extent.elements
    step, given = next((reads[0].step, given) for node, reads, given in SMALL.run(images)
                       if node.name == layer)
    pooled = reduce(sent.activations, axis=1).reshape(2, *extent[:3]).transpose(0, 2, 3, 1)
    np.testing.assert_array_equal(np.clip(np.rint(pooled * (step / given.step)), 0, 255),
                                  given.codes)


def test_a_pool_of_a_whole_image_is_one_packet_a_channel():
    model, images = in_hardware("resnet8"), measuring_images(2)[0]
    sent = packets(model, "pool", images).activations
    read = reads(model, "pool", images)
    np.testing.assert_array_equal(sent, read.transpose(0, 3, 1, 2).reshape(128, 49))


ONE = np.zeros((1, 28, 28), np.uint8)


@pytest.mark.parametrize("call, error, sentence", [
    (lambda net: packets(net, "conv1", ONE / 255), TypeError, "Images must be uint8, not float64"),
    (lambda net: packets(net, "conv1", ONE[0]), ValueError, r"28, 1\), not \(28, 28\)"),
    (lambda net: packets(net, "relu1", ONE), ValueError, "conv1, pool1, .* not of 'relu1'"),
    (lambda net: packets(net, "conv1", ONE, order="O1"), ValueError,
     "weight-stationary, not 'O1'"),
    (lambda net: packets(net, "conv1", ONE, filters=[0, 6]), ValueError, r"6\), not \[0, 6\]"),
    (lambda net: packets(net, "conv1", ONE, filters=[-1]), ValueError, r"6\), not \[-1, -1\]"),
    (lambda net: packets(net, "conv1", ONE, filters=[0.5]), TypeError, "integers, not float64"),
    (lambda net: packets(net, "conv1", ONE, filters=[]), ValueError, "at least one filter"),
    (lambda net: packets(net, "conv1", ONE[:0]), ValueError, "at least one image"),
    (lambda net: packets_by_image(net, "conv3", ONE), ValueError, "not of 'conv3'"),
])
def test_errors(net, call, error, sentence):
    with pytest.raises(error, match=sentence):
        call(net)


def test_idx_files(tmp_path):
    content = b"\0\0\x08\x02" + b"\0\0\0\x02" + b"\0\0\0\x03" + bytes(range(6))
    (tmp_path / "good.gz").write_bytes(gzip.compress(content))
    assert read_idx(tmp_path / "good.gz").tolist() == [[0, 1, 2], [3, 4, 5]]
    (tmp_path / "bad.gz").write_bytes(gzip.compress(b"\0\0\x0d" + content[3:]))
    with pytest.raises(ValueError, match="must begin with 0, 0, 8; .*bad.gz does not"):
        read_idx(tmp_path / "bad.gz")
