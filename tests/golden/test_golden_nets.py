"""`golden.nets`: exact layers, the shipped integer LeNet-5, its traffic, files."""

import gzip
import itertools

import numpy as np
import pytest

from skimp.golden.nets import CLASSES, fashion_mnist
from skimp.golden.nets.dataset import read_idx
from skimp.golden.nets.layers import convolve, gemm, im2col, max_pool, requantize, windows
from skimp.golden.nets.lenet5 import LAYERS, ORDERS, load
from skimp.golden.nets.npz import write_npz


@pytest.fixture(scope="module")
def net():
    return load()


@pytest.fixture(scope="module")
def images():
    return fashion_mnist().test_images


@pytest.mark.parametrize("pad, stride", [(0, 1), (2, 1), (1, 2)])
def test_convolution_equals_loops(pad, stride):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (2, 5, 6, 3), dtype=np.uint8)
    w = rng.integers(-128, 128, (4, 3, 3, 3), dtype=np.int8)
    acc = convolve(x, w, pad=pad, stride=stride)
    padded = np.zeros((2, 5 + 2 * pad, 6 + 2 * pad, 3), int)
    padded[:, pad:pad + 5, pad:pad + 6] = x
    assert acc.shape == (2, (2 + 2 * pad) // stride + 1, (3 + 2 * pad) // stride + 1, 4)
    for image, row, column, filter_ in itertools.product(*map(range, acc.shape)):
        total = 0
        for dy, dx, channel in itertools.product(range(3), repeat=3):
            total += (int(padded[image, row * stride + dy, column * stride + dx, channel])
                      * int(w[filter_, dy, dx, channel]))
        assert acc[image, row, column, filter_] == total


@pytest.mark.parametrize("k", [1, 514, 515, 3000])
def test_gemm_is_exact_at_its_extremes(k):
    """514 products are the last whose sum float32 surely holds."""
    x, w = np.full((2, k), 255, np.uint8), np.full((3, k), -128, np.int8)
    w[1], w[2, ::2], x[1, 0] = 127, 127, 254
    np.testing.assert_array_equal(gemm(x, w), x.astype(int) @ w.astype(int).T)


def test_windows_are_row_major_per_channel_and_columns_have_channels_fastest():
    x = np.arange(2 * 3 * 4 * 2, dtype=np.uint8).reshape(2, 3, 4, 2)
    np.testing.assert_array_equal(windows(x, 2)[1, 1, 2, 0],
                                  [x[1, 1, 2, 0], x[1, 1, 3, 0], x[1, 2, 2, 0], x[1, 2, 3, 0]])
    np.testing.assert_array_equal(im2col(x, 2)[0, 0, 1],
                                  [*x[0, 0, 1], *x[0, 0, 2], *x[0, 1, 1], *x[0, 1, 2]])
    np.testing.assert_array_equal(windows(x, 3, pad=1)[0, 0, 0, 1, :4], 0)
    assert max_pool(x).shape == (2, 1, 2, 2)                  # the third row is left over
    assert max_pool(x)[0, 0, 1, 1] == x[0, 0:2, 2:4, 1].max()


def test_requantize_rounds_half_to_even_and_clamps():
    codes = requantize([[-5, -5], [1, 1], [3, 3], [5, 5], [509, 509], [100_000, 254]], [0.5, 1.0])
    assert codes.dtype == np.uint8
    np.testing.assert_array_equal(codes, [[0, 0], [0, 1], [2, 3], [2, 5], [254, 255], [255, 254]])


def test_shipped_accuracy_is_the_recorded_one(net):
    data = fashion_mnist()
    accuracy = net.accuracy(data.test_images, data.test_labels)
    assert accuracy == net.metadata["int8_accuracy_shipped"]
    assert abs(net.metadata["int8_accuracy"] - net.metadata["float_accuracy"]) < 0.003


def test_shipped_images():
    data = fashion_mnist()
    assert [array.shape for array in data] == [(1000, 28, 28), (1000,), (50, 28, 28), (50,)]
    assert all(array.dtype == np.uint8 for array in data)
    assert set(data.test_labels) == set(data.train_labels) == set(range(len(CLASSES)))


def test_steps_fit_together(net):
    assert all(net.layers[name].output_step == net.layers[successor].input_step
               for name, successor in itertools.pairwise(LAYERS))
    assert net.layers["fc3"].scale.min() == 1.0
    assert [layer.pad for layer in net.layers.values()] == [2, 0, 0, 0, 0]


def test_forward_equals_the_layers_one_by_one(net, images):
    reads, conv2, fc3 = net.activations(images[:3]), net.layers["conv2"], net.layers["fc3"]
    assert {name: a.shape[1:] for name, a in reads.items()} == {
        "conv1": (28, 28, 1), "pool1": (28, 28, 6), "conv2": (14, 14, 6), "pool2": (10, 10, 16),
        "fc1": (400,), "fc2": (120,), "fc3": (84,)}
    acc = convolve(max_pool(reads["pool1"]), conv2.weights) + conv2.bias
    real = acc * conv2.input_step * conv2.weight_steps / conv2.output_step
    np.testing.assert_array_equal(reads["pool2"], np.clip(np.rint(real), 0, 255))
    np.testing.assert_array_equal(reads["fc1"][1].reshape(5, 5, 16), max_pool(reads["pool2"])[1])
    real = (reads["fc3"].astype(int) @ fc3.weights.T.astype(int) + fc3.bias) * fc3.scale
    logits = net.forward(images[:3])
    assert logits.dtype == np.int64
    assert np.abs(logits - real).max() <= 0.5


def test_forward_does_not_depend_on_the_batch(net, images):
    logits = net.forward(images[:201])                        # one more than a batch
    np.testing.assert_array_equal(logits[200:], net.forward(images[200:201]))
    assert net.forward(images[:0]).shape == (0, 10)


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
    activations, weights = net.traffic(layer, images[:2], order=order)
    assert activations.shape == (2 * rows * columns * filters * channels, side * side)
    pad = 2 if layer == "conv1" else 0
    x = np.pad(net.activations(images[:2])[layer], ((0, 0), (pad, pad), (pad, pad), (0, 0)))
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
            np.testing.assert_array_equal(weights[index].reshape(side, side),
                                          net.layers[layer].weights[filter_, :, :, channel])


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("layer", ["conv1", "conv2"])
def test_dot_products_of_packets_are_the_accumulators(net, images, layer, order):
    activations, weights = net.traffic(layer, images[:2], order=order)
    dots = (activations.astype(int) * weights).sum(axis=1)
    axes = ["row", "column", "filter", "channel"]             # as SHAPES names their extents
    dots = dots.reshape(2, *(SHAPES[layer][axes.index(axis)] for axis in ORDERS[order]))
    kept = [axis for axis in ORDERS[order] if axis != "channel"]
    dots = np.moveaxis(dots.sum(axis=1 + ORDERS[order].index("channel")),
                       1 + kept.index("filter"), -1)
    acc = net.layers[layer].accumulate(net.activations(images[:2])[layer])
    np.testing.assert_array_equal(dots + net.layers[layer].bias, acc)


@pytest.mark.parametrize("layer", SHAPES)
def test_filters_are_chosen_in_the_order_given(net, images, layer):
    filters, taps = SHAPES[layer][2], SHAPES[layer][4] ** 2
    whole = net.traffic(layer, images[:1]).activations.reshape(filters, -1, taps)
    chosen = net.traffic(layer, images[:1], filters=(4, 1)).activations.reshape(2, -1, taps)
    np.testing.assert_array_equal(chosen, whole[[4, 1]])


def test_traffic_by_image_is_lazy_and_adds_up(net, images):
    parts = net.traffic_by_image("conv2", images, order="filter-inner", filters=[2])
    whole = net.traffic("conv2", images[:3], order="filter-inner", filters=[2])
    first = zip(*(next(parts) for _ in range(3)), strict=True)                # of 1,000 images
    for parts_of_one_kind, together in zip(first, whole, strict=True):
        np.testing.assert_array_equal(np.concatenate(parts_of_one_kind), together)


def write_network(path, net, **changes):
    arrays = {f"{name}.{member}": value for name, layer in net.layers.items()
              for member, value in vars(layer).items()} | {"metadata": "{}"} | changes
    write_npz(path, {name: a for name, a in arrays.items() if a is not None})
    return path


def test_written_networks_are_read_back_and_have_no_date(tmp_path, net, images):
    one, two = (write_network(tmp_path / name, net) for name in ("one.npz", "two.npz"))
    assert one.read_bytes() == two.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.npz", "two.npz"]
    np.testing.assert_array_equal(load(one).forward(images[:5]), net.forward(images[:5]))


def test_load_refuses_files_that_are_not_lenet5(tmp_path, net):
    with pytest.raises(ValueError, match=r"every array, but a.npz: fc1.bias"):
        load(write_network(tmp_path / "a.npz", net, **{"fc1.bias": None}))
    with pytest.raises(ValueError, match=r"fc1 must be int8 of shape \(120, 400\), not int64"):
        load(write_network(tmp_path / "b.npz", net, **{"fc1.weights": np.zeros((120, 400), int)}))
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz")


ONE, X = np.zeros((1, 28, 28), np.uint8), np.zeros((1, 4, 4, 1), np.uint8)
W = np.zeros((1, 3, 3, 1), np.int8)


@pytest.mark.parametrize("call, error, sentence", [
    (lambda net: windows(X.astype(int), 2), TypeError, "Activations must be uint8, not int64"),
    (lambda net: windows(X[0], 2), ValueError, r"4 axes, not the shape \(4, 4, 1\)"),
    (lambda net: windows(X, 0), ValueError, "size >= 1, .* not size 0, stride 1, pad 0"),
    (lambda net: windows(X, 2, stride=0), ValueError, "not size 2, stride 0, pad 0"),
    (lambda net: windows(X, 2, pad=-1), ValueError, "not size 2, stride 1, pad -1"),
    (lambda net: im2col(X, 5), ValueError, "A 5 x 5 window must fit .* not in 4 x 4"),
    (lambda net: convolve(X, W.astype(float)), TypeError, "Weights must be int8, not float64"),
    (lambda net: convolve(X, W[:, :2]), ValueError, "square, not 2 x 3"),
    (lambda net: convolve(X, W.repeat(2, 3)), ValueError, "one length, not 9 and 18"),
    (lambda net: requantize([1.0], [1.0]), TypeError, "Accumulators must be .* not float64"),
    (lambda net: requantize([1], [0.0]), ValueError, r"positive and finite, not \[0.\]"),
    (lambda net: requantize([1], [np.inf]), ValueError, r"positive and finite, not \[inf\]"),
    (lambda net: requantize([1], [1.0, 1.0]), ValueError, r"\(1,\), not of shape \(2,\)"),
    (lambda net: net.forward(ONE / 255), TypeError, "Images must be uint8, not float64"),
    (lambda net: net.forward(ONE[0]), ValueError, r"\(images, 28, 28\), not \(28, 28\)"),
    (lambda net: net.accuracy(ONE, [1, 2]), ValueError, r"not 1 images and .* shape \(2,\)"),
    (lambda net: net.accuracy(ONE[:0], []), ValueError, "at least one image .* not 0 images"),
    (lambda net: net.traffic("fc1", ONE), ValueError, "conv1, pool1, .* not of 'fc1'"),
    (lambda net: net.traffic("conv1", ONE, order="O1"), ValueError, "weight-stationary, not 'O1'"),
    (lambda net: net.traffic("conv1", ONE, filters=[0, 6]), ValueError, r"6\), not \[0, 6\]"),
    (lambda net: net.traffic("conv1", ONE, filters=[-1]), ValueError, r"6\), not \[-1, -1\]"),
    (lambda net: net.traffic("conv1", ONE, filters=[0.5]), TypeError, "integers, not float64"),
    (lambda net: net.traffic("conv1", ONE, filters=[]), ValueError, "at least one filter"),
    (lambda net: net.traffic("conv1", ONE[:0]), ValueError, "at least one image"),
    (lambda net: net.traffic_by_image("conv3", ONE), ValueError, "not of 'conv3'"),
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
