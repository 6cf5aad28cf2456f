"""`golden.nets.onnx_import` against ONNX's own reference evaluator; what it refuses."""

import sys

import numpy as np
import pytest

from skimp.golden.nets import onnx_file, onnx_import
from skimp.golden.nets.floating import logits

RNG = np.random.default_rng(0)


@pytest.fixture
def onnx():
    pytest.importorskip("onnx.reference")
    return pytest.importorskip("onnx")


def real(*shape, low=-1.0):
    return RNG.uniform(low, 1, shape).astype(np.float32)


def scalar(value):
    return np.array(value, np.float32)


def norm(channels):
    """Return gamma, beta, mean and variance."""
    return [real(channels, low=0.5), real(channels), real(channels), real(channels, low=0.5)]


class Model:
    """Collects nodes; an array among a node's inputs becomes an initializer."""

    def __init__(self, onnx, shape):
        self.onnx, self.shape, self.nodes, self.arrays = onnx, shape, [], {}

    def __call__(self, op, *inputs, domain="", outputs=1, **attributes):
        names = []
        for item in inputs:
            if isinstance(item, np.ndarray):
                self.arrays[f"array{len(self.arrays)}"] = item
                item = f"array{len(self.arrays) - 1}"
            names.append(item)
        results = [f"/{op}/{len(self.nodes)}.{number}" for number in range(outputs)]
        self.nodes.append(self.onnx.helper.make_node(
            op, names, results, name=f"/block/{op}{len(self.nodes)}", domain=domain, **attributes))
        return results[0]

    def write(self, path, result, *, opset=17, output_rank=2):
        helper, real = self.onnx.helper, self.onnx.TensorProto.FLOAT
        graph = helper.make_graph(
            self.nodes, "model",
            [helper.make_tensor_value_info("x", real, self.shape)],
            [helper.make_tensor_value_info(result, real, [None] * output_rank)],
            [self.onnx.numpy_helper.from_array(array, name)
             for name, array in self.arrays.items()])
        self.onnx.save(helper.make_model(graph, opset_imports=[
            helper.make_opsetid("", opset), helper.make_opsetid("other", 1)]), path)
        return path


def residual(m):
    """Conv with batch norm, a shortcut, depthwise, global pooling, Gemm: as PyTorch exports."""
    gamma, *others = norm(4)
    x = m("Relu", m("BatchNormalization", m("Conv", "x", real(4, 1, 3, 3), pads=[1] * 4),
                    m("Identity", gamma), *others, epsilon=1e-3))
    y = m("Conv", x, real(6, 4, 3, 3), real(6), pads=[1] * 4, strides=[2, 2])
    x = m("Relu", m("Add", y, m("Conv", x, real(6, 4, 1, 1), strides=[2, 2])))
    x = m("Relu", m("Conv", x, real(6, 1, 3, 3), real(6), group=6, pads=[0, 1, 1, 0]))
    x = m("Flatten", m("GlobalAveragePool", m("Identity", x)))
    return m("Gemm", x, real(3, 6), real(3), transB=1, alpha=0.5, beta=2.0)


def classic(m):
    """Pools and a plane that is flattened by Reshape: LeNet; MatMul with a bias on either side."""
    x = m("MaxPool", m("Relu", m("Conv", "x", real(3, 1, 5, 5), real(3))), kernel_shape=[2, 2],
          strides=[2, 2])
    x = m("AveragePool", x, kernel_shape=[2, 2])
    x = m("Relu", m("Add", real(7), m("MatMul", m("Reshape", x, np.array([-1, 27])), real(27, 7))))
    x = m("Clip", m("MatMul", x, real(7, 5)), scalar(0), scalar(0.7))
    return m("Gemm", m("Dropout", x), real(5, 2), np.array([0.5], np.float32))


def constants(m):
    """What other exporters write: Constant nodes, ReduceMean, batch norm of features."""
    w = m("Constant", value=m.onnx.numpy_helper.from_array(real(4, 1, 2, 2)))
    x = m("Relu", m("Conv", "x", w))
    y = m("Reshape", x, np.array([0, -1]))
    y = m("Relu", m("BatchNormalization", y, *norm(4 * 11 * 11)))
    y = m("Relu", m("Gemm", y, real(4 * 11 * 11, 4)))
    x = m("ReduceMean", m("Clip", x, scalar(0)), axes=[-1, 2], keepdims=0)
    return m("MatMul", m("Add", x, y), real(4, 3))


@pytest.mark.parametrize("build", [residual, classic, constants])
def test_imported_computes_the_same(onnx, tmp_path, build):
    m = Model(onnx, ["images", 1, 12, 12])
    compare(onnx, m.write(tmp_path / "model.onnx", build(m)))


@pytest.mark.parametrize("auto_pad", ["SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"])
@pytest.mark.parametrize("size, stride", [(3, 2), (4, 1), (2, 2)])
def test_padding_without_numbers(onnx, tmp_path, auto_pad, size, stride):
    m = Model(onnx, [1, 2, 7, 6])
    x = m("Relu", m("Conv", "x", real(3, 2, size, size), auto_pad=auto_pad, strides=[stride] * 2))
    if size < 4 and auto_pad != "SAME_LOWER":         # the evaluator pools otherwise
        x = m("MaxPool", x, kernel_shape=[2, 2], auto_pad=auto_pad, strides=[stride] * 2)
    x = m("Gemm", m("Flatten", m("GlobalAveragePool", x)), real(3, 2))
    compare(onnx, m.write(tmp_path / "model.onnx", x))


def compare(onnx, path):
    net = onnx_import.load(path)
    images = RNG.integers(0, 256, (1, *net.input_shape), dtype=np.uint8)
    pixels = images.transpose(0, 3, 1, 2).astype(np.float32) / 255
    expected, = onnx.reference.ReferenceEvaluator(str(path)).run(None, {"x": pixels})
    assert net.metadata == {"source": path.name}
    assert np.ptp(expected) > 1e-3
    np.testing.assert_allclose(logits(net, images), expected, rtol=1e-4, atol=1e-5)


def test_names_are_those_of_the_model(onnx, tmp_path):
    m = Model(onnx, ["images", 1, 12, 12])
    net = onnx_import.load(m.write(tmp_path / "model.onnx", residual(m)))
    assert [node.name for node in net.nodes][:3] == [
        "block.Conv0", "block.BatchNormalization2", "block.Relu3"]
    assert net.input_shape == (12, 12, 1) and net.classes == 3
    assert onnx_import.load(tmp_path / "model.onnx", input_step=1.0).input_step == 1


def conv(m, **attributes):
    return m("Conv", "x", real(4, 4, 3, 3), **attributes)


def flat(m):
    return m("Flatten", "x")


@pytest.mark.parametrize("build, sentence", [
    (lambda m: m("Sigmoid", "x"), r"/block/Sigmoid0 \(Sigmoid\) cannot be imported: it is none"),
    (lambda m: m("Relu", "x", domain="other"), "its domain is other"),
    (lambda m: m("Conv", "x", real(4, 2, 3, 3), group=2), "not 2 of 4 channels and 4 filters"),
    (lambda m: m("Conv", "x", m("Relu", real(4, 4, 3, 3))), "input 0 must come from the image"),
    (lambda m: m("Conv", "x", m("Identity", "x")), "its weights must be constant"),
    (lambda m: conv(m, dilations=[2, 2]), "its dilations must be 1"),
    (lambda m: conv(m, strides=[1, 2]), r"one stride, not strides of \[1, 2\]"),
    (lambda m: m("Gemm", flat(m), m("Identity", flat(m))), "its weights must be constant"),
    (lambda m: m("Gemm", flat(m), real(3, 64), transA=1), "must not transpose what it reads"),
    (lambda m: m("Gemm", flat(m), real(64, 3), real(1, 1, 3)), r"filters, not \(1, 1, 3\)"),
    (lambda m: m("Gemm", flat(m), real(64, 3), real(3, 1)), r"of 3 filters, not \(3, 1\)"),
    (lambda m: m("Gemm", flat(m), np.ones((64, 3), np.int32)), "must be floating point"),
    (lambda m: m("MatMul", "x", real(4, 4)), r"must read 4 features, not the shape \(4, 4, 4\)"),
    (lambda m: m("MatMul", flat(m), real(1, 64, 3)), "weights of 2 axes"),
    (lambda m: m("Add", "x", real(4, 1, 1)), "its input 1 must come from the image"),
    (lambda m: m("MaxPool", "x", kernel_shape=[2, 3]), r"must be square, not \[2, 3\]"),
    (lambda m: m("MaxPool", "x", kernel_shape=[2, 2], ceil_mode=1), "must not have ceil_mode"),
    (lambda m: m("MaxPool", "x", kernel_shape=[2, 2], outputs=2), "nothing but the pooled"),
    (lambda m: m("AveragePool", "x", kernel_shape=[2, 2], pads=[1] * 4), "it must not pad, not by"),
    (lambda m: m("ReduceMean", "x", axes=[1]), r"the axes 2 and 3, not \[1\]"),
    (lambda m: m("Flatten", "x", axis=2), "flatten from axis 1 on"),
    (lambda m: m("Reshape", "x", np.array([-1, 32])), r"\(-1, 64\), not \(-1, 32\)"),
    (lambda m: m("Reshape", "x", np.array([1, 4, 16])), r"\(-1, 64\), not \(1, 4, 16\)"),
    (lambda m: m("Clip", "x", scalar(-1)), "must clip at 0, not at -1.0"),
    (lambda m: m("Dropout", "x", scalar(0.5), np.array(True)), "not be told to tr"),
    (lambda m: m("BatchNormalization", "x", *norm(4), training_mode=1, outputs=3), "told to train"),
    (lambda m: m("Constant", value_float=1.0), "it must be a tensor"),
    (lambda m: [m("Relu", "x"), m("Relu", "x")][0], "The last node must give the model's output"),
    (lambda m: m("Identity", "x"), "The last node must give the model's output"),
    (lambda m: m("Gemm", m("Flatten", conv(m)), real(16, 2)), "a ReLU is missing before it"),
])
def test_refusals(onnx, tmp_path, build, sentence):
    m = Model(onnx, ["images", 4, 4, 4])
    with pytest.raises(ValueError, match=sentence):
        onnx_import.load(m.write(tmp_path / "model.onnx", build(m)))


@pytest.mark.parametrize("shape, sentence", [
    (["images", 1, "rows", 12], r"known but for the images, not \(0, 1, 0, 12\)"),
    (["images", 144], r"must have the shape .* not \(0, 144\)")])
def test_inputs(onnx, tmp_path, shape, sentence):
    m = Model(onnx, shape)
    with pytest.raises(ValueError, match=sentence):
        onnx_import.load(m.write(tmp_path / "model.onnx", m("Relu", "x")))


def test_files(onnx, tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError):
        onnx_import.load(tmp_path / "none.onnx")
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ValueError, match="text.onnx must be an ONNX model, but is none: it cannot"):
        onnx_import.load(tmp_path / "text.onnx")


def written(onnx, folder):
    """Write a model; give its path and what was written."""
    m = Model(onnx, ["images", 1, 4, 4])
    path = folder / "model.onnx"
    m.write(path, m("Gemm", m("Flatten", "x"), real(16, 3)))
    return path, onnx.load(path)


@pytest.mark.parametrize("spoil, sentence", [
    (lambda model: model.ClearField("graph"), "but is none: it has no nodes"),
    (lambda model: model.graph.node[1].input.append("x") or model.graph.node[1].input.append("x"),
     r"but is wrong: its node /block/Gemm1 \(Gemm\) is not what ONNX knows by that name"),
    (lambda model: setattr(model.graph.node[1], "op_type", "Gemmm"), r".*Gemm1 \(Gemmm\) is not"),
    (lambda model: setattr(model.graph.initializer[0], "raw_data", b"123"),
     "but is damaged: its constant array0 has other data than its type and shape say"),
    (lambda model: model.ClearField("opset_import"), "but is wrong: "),
])
def test_what_onnx_does_not_accept_is_said_in_words_of_ours(onnx, tmp_path, spoil, sentence):
    path, model = written(onnx, tmp_path)
    spoil(model)
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ValueError, match=f"model.onnx must be an ONNX model, {sentence}") as caught:
        onnx_import.load(path)
    assert "Context" not in str(caught.value) and "\n" not in str(caught.value)


def test_weights_in_a_file_beside(onnx, tmp_path, monkeypatch):
    path, model = written(onnx, tmp_path)
    plain = onnx_import.load(path)
    onnx.save(model, path, save_as_external_data=True, location="weights", size_threshold=0)
    apart, image = onnx_import.load(path), np.arange(16, dtype=np.uint8).reshape(1, 4, 4, 1)
    np.testing.assert_array_equal(logits(apart, image), logits(plain, image))

    def refused(sentence):
        with pytest.raises((ValueError, OSError), match=sentence):
            onnx_import.load(path)

    monkeypatch.setattr(onnx_file, "LARGEST", path.stat().st_size + 100)
    refused("too large: with its files it has more than")
    monkeypatch.undo()
    content = (tmp_path / "weights").read_bytes()
    (tmp_path / "weights").write_bytes(content[:50])
    refused("not whole: .*weights ends before its array0")
    (tmp_path / "weights").unlink()
    refused("not whole: there is no file .*weights, where its array0 is")
    model = onnx.load(path, load_external_data=False)
    for name, sentence in (("../weights", "not in '../weights'"), ("/dev/zero", "not in '/dev/z")):
        model.graph.initializer[0].external_data[0].value = name
        path.write_bytes(model.SerializeToString())
        refused(sentence)


def test_what_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match="needs the package onnx, .* extra `onnx`"):
        onnx_import.load("any.onnx")
