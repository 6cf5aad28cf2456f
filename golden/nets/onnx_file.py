"""The file of an ONNX model: decoded, with the weights that lie beside it, and checked."""

from skimp.golden.files import open_file, read_file
from skimp.golden.nets.npz import LARGEST

__all__ = ["read_model"]


def read_model(onnx, path):
    """Return the model in the file at ``path``, read by the package ``onnx``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no model that the package accepts, not whole or too large.
    """
    try:
        content = read_file(path, LARGEST)
        model = _decoded(onnx, content)
        _fetch(onnx, model, path.parent, LARGEST - len(content))
        _check(onnx, model)
    except ValueError as error:
        raise ValueError(f"{path.name} must be an ONNX model, but is {error}") from error
    return model


def _decoded(onnx, content):
    try:
        model = onnx.load_model_from_string(content)
    except Exception as error:                          # protobuf raises what it likes
        raise ValueError("none: it cannot be read as one, so it is damaged, or something "
                         "else") from error
    if not model.graph.node:
        raise ValueError("none: it has no nodes")
    return model


def _fetch(onnx, model, folder, most):
    """Read weights from files beside the model, of ``most`` bytes together."""
    helper = onnx.external_data_helper
    for tensor in [*model.graph.initializer, *(attribute.t for node in model.graph.node
                                               for attribute in node.attribute)]:
        if not helper.uses_external_data(tensor):
            continue
        said = {entry.key: entry.value for entry in tensor.external_data}
        name = said.get("location", "")
        file = folder / name
        if not name or not file.resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"not whole: the data of {tensor.name} must be in a file beside it, "
                             f"not in {name!r}")
        if not file.is_file():
            raise ValueError(f"not whole: there is no file {file}, where its {tensor.name} is")
        try:
            start = int(said.get("offset", 0))
            length = int(said.get("length", file.stat().st_size - start))
        except ValueError as error:
            raise ValueError(f"damaged: where {tensor.name} is in {name} is no number") from error
        if min(start, length) < 0 or start + length > file.stat().st_size:
            raise ValueError(f"not whole: {file} ends before its {tensor.name}")
        most -= length
        if most < 0:
            raise ValueError(f"too large: with its files it has more than {LARGEST:,} bytes")
        with open_file(file) as stream:
            stream.seek(start)
            tensor.raw_data = stream.read(length)
        tensor.data_location = onnx.TensorProto.DEFAULT
        del tensor.external_data[:]


def _check(onnx, model):
    """Check the model with the package; raise a ValueError that names what it refuses."""
    checker = onnx.checker
    try:
        checker.check_model(model)
        return
    except Exception as error:                          # of C++
        cause = error
    context = checker.C.CheckerContext()
    context.ir_version = model.ir_version
    context.opset_imports = {each.domain: each.version for each in model.opset_import}
    for node in model.graph.node:
        try:
            checker.check_node(node, context)
        except Exception as error:
            where = node.name or (node.output[0] if node.output else "")
            raise ValueError(f"wrong: its node {where} ({node.op_type}) is not what ONNX knows by "
                             "that name, in the version that the file says") from error
    for tensor in model.graph.initializer:
        try:
            checker.check_tensor(tensor, context)
        except Exception as error:
            raise ValueError(f"damaged: its constant {tensor.name} has other data than its type "
                             "and shape say") from error
    raise ValueError("wrong: its nodes do not fit together, or it lacks its version or what a "
                     "graph must have") from cause
