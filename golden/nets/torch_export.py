"""From a PyTorch module to a `golden.nets.graph.Network`, and so to its ``.npz`` file.

    from skimp.golden.nets import network, torch_export
    network.save("mine.npz", torch_export.export(module, input_shape=(28, 28, 1)))

The module is traced with `torch.fx`: a Sequential, or any module whose forward does not depend on
its data. It may have Conv2d (plain or depthwise), Linear, BatchNorm2d, ReLU, ReLU6, MaxPool2d,
AvgPool2d, AdaptiveAvgPool2d(1), Flatten, additions of two tensors, ``relu`` and ``flatten`` as
functions too, and Dropout and Identity, which inference skips.
"""

import copy
import importlib
import operator

from skimp.golden.nets import ops
from skimp.golden.nets.channels_first import ChannelsFirst, Refusal, require
from skimp.golden.nets.graph import Network

__all__ = ["export"]

torch = importlib.import_module("torch")
fx = importlib.import_module("torch.fx")
nn = torch.nn


def _one(what, value):
    """Return ``value`` if it is a number, else the number that both of its parts are."""
    pair = value if isinstance(value, tuple) else (value, value)
    require(pair[0] == pair[1], f"its {what} must be the same in rows and columns, not {value}")
    return pair[0]


def _numpy(tensor):
    return None if tensor is None else tensor.detach().numpy()


def _pad(conv):
    """Return zeros at the top, left, bottom and right of a convolution's input."""
    if conv.padding == "valid":
        return 0
    if conv.padding == "same":                          # PyTorch puts the odd one at the far side
        rows, columns = (size - 1 for size in conv.kernel_size)
        return rows // 2, columns // 2, rows - rows // 2, columns - columns // 2
    rows, columns = conv.padding
    return rows, columns, rows, columns


def _conv(conv):
    depthwise = conv.groups == conv.in_channels == conv.out_channels > 1
    require(depthwise or conv.groups == 1, f"its groups must be 1, or as many as it has input "
            f"channels and filters, not {conv.groups} of {conv.in_channels} channels and "
            f"{conv.out_channels} filters")
    require(_one("dilation", conv.dilation) == 1, f"its dilation must be 1, not {conv.dilation}")
    require(conv.padding_mode == "zeros", f"it must pad with zeros, not {conv.padding_mode!r}")
    return {"op": ops.Depthwise if depthwise else ops.Conv,
            "stride": _one("stride", conv.stride), "pad": _pad(conv),
            "arrays": {"weights": _numpy(conv.weight), "bias": _numpy(conv.bias)}}


def _linear(linear):
    return {"op": ops.Linear,
            "arrays": {"weights": _numpy(linear.weight), "bias": _numpy(linear.bias)}}


def _norm(norm):
    require(norm.running_mean is not None, "it must have running statistics")
    gamma, beta = norm.weight, norm.bias
    return {"op": ops.BatchNorm, "eps": norm.eps, "arrays": {
        "gamma": _numpy(torch.ones(norm.num_features) if gamma is None else gamma),
        "beta": _numpy(torch.zeros(norm.num_features) if beta is None else beta),
        "mean": _numpy(norm.running_mean), "var": _numpy(norm.running_var)}}


def _max_pool(pool):
    require(not pool.ceil_mode, "it must not have ceil_mode")
    require(not pool.return_indices, "it must not return indices")
    require(_one("dilation", pool.dilation) == 1, f"its dilation must be 1, not {pool.dilation}")
    return {"op": ops.MaxPool, "size": _one("size", pool.kernel_size),
            "stride": _one("stride", pool.stride), "pad": _one("padding", pool.padding)}


def _average_pool(pool):
    require(not pool.ceil_mode, "it must not have ceil_mode")
    require(_one("padding", pool.padding) == 0, f"its padding must be 0, not {pool.padding}")
    require(pool.divisor_override is None, "it must not have divisor_override")
    return {"op": ops.AvgPool, "size": _one("size", pool.kernel_size),
            "stride": _one("stride", pool.stride)}


def _global_pool(pool):
    require(pool.output_size in (1, (1, 1)), f"its output size must be 1, not {pool.output_size}")
    return {"op": ops.GlobalAvgPool}


def _flatten(flatten):
    require((flatten.start_dim, flatten.end_dim) == (1, -1), f"it must flatten axes 1 to -1, "
            f"not {flatten.start_dim} to {flatten.end_dim}")
    return {"op": ops.Flatten}


#: By exact type: a subclass may compute something else.
_MODULES = {
    nn.Conv2d: _conv, nn.Linear: _linear, nn.BatchNorm2d: _norm,
    nn.ReLU: lambda _: {"op": ops.Relu}, nn.ReLU6: lambda _: {"op": ops.Relu, "maximum": 6.0},
    nn.MaxPool2d: _max_pool, nn.AvgPool2d: _average_pool, nn.AdaptiveAvgPool2d: _global_pool,
    nn.Flatten: _flatten, nn.Dropout: lambda _: None, nn.Identity: lambda _: None,
}

#: Functions, and methods by name; all have a layer that does the same.
_FUNCTIONS = {
    operator.add: ops.Add, operator.iadd: ops.Add, torch.add: ops.Add, "add": ops.Add,
    "add_": ops.Add,
    torch.relu: ops.Relu, nn.functional.relu: ops.Relu, "relu": ops.Relu, "relu_": ops.Relu,
    torch.flatten: ops.Flatten, "flatten": ops.Flatten,
}


def _call(node):
    """Return op and tensor arguments of a function or method that is called."""
    op = _FUNCTIONS.get(node.target)
    if op is None:
        raise Refusal("it is none of the known layers")
    tensors = [argument for argument in node.args if isinstance(argument, fx.Node)]
    require(len(tensors) == op.reads,
            f"it must take {'one tensor' if op.reads == 1 else 'two tensors'} and nothing else")
    others = [argument for argument in node.args if not isinstance(argument, fx.Node)]
    keywords = {key: value for key, value in node.kwargs.items() if key != "inplace"}
    if op is ops.Flatten:
        axes = dict(zip(("start_dim", "end_dim"), others, strict=False)) | keywords
        require({"end_dim": -1} | axes == {"start_dim": 1, "end_dim": -1},
                f"it must flatten axes 1 to -1, not {axes or 'all'}")
    else:
        require(not others and not keywords, "it must take tensors and nothing else")
    return {"op": op}, tensors


def _layer(node, module):
    """Return what `ChannelsFirst.add` takes for a traced node (None: nothing to do), and inputs."""
    if node.op != "call_module":
        return _call(node)
    handler = _MODULES.get(type(module))
    if handler is None:
        raise Refusal("it is none of the known layers")
    require(len(node.args) == 1 and not node.kwargs, "it must be called with one tensor")
    return handler(module), list(node.args)


class _Tracer(fx.Tracer):
    """Traces no layer, nor subclass of a layer: a refusal then names the module."""

    def is_leaf_module(self, m, module_qualified_name):
        return isinstance(m, tuple(_MODULES)) or super().is_leaf_module(m, module_qualified_name)


def _trace(module):
    module = copy.deepcopy(module).cpu().float().eval()
    try:
        traced = fx.GraphModule(module, _Tracer().trace(module))
    except Exception as error:                          # whatever the module's forward raises
        raise ValueError(f"The module {type(module).__name__} cannot be exported: torch.fx cannot "
                         f"trace it, {' '.join(str(error).split())}") from error
    traced.graph.eliminate_dead_code()
    return traced


def export(module, *, input_shape=(28, 28, 1), input_step=1 / 255, metadata=None) -> Network:
    """Return a module as a network of the same arithmetic, in inference.

    Parameters
    ----------
    module : torch.nn.Module
        Reads float tensors ``(images, channels, rows, columns)`` and gives ``(images, classes)``.
        It is not changed.
    input_shape : tuple of int
        Rows, columns, channels.
    input_step : float
        What the module has for a pixel of 1; nothing else may be done to pixels.
    metadata : dict, optional
        Notes for the file.

    Returns
    -------
    Network
        Its nodes have the names of the modules.

    Raises
    ------
    ValueError
        If the module cannot be traced, has a layer outside the format, or a convolution or linear
        layer reads what may be negative; the sentence names the layer.
    """
    traced = _trace(module)
    building, names = ChannelsFirst(input_shape, input_step), {}
    for node in traced.graph.nodes:
        if node.op == "placeholder":
            if names:
                raise ValueError(f"A network must have one input, but there is {node.name} too")
            names[node] = "input"
            continue
        if node.op == "output":
            last = building.nodes[-1].name if building.nodes else "input"
            if node.args[0] not in [item for item, name in names.items() if name == last]:
                raise ValueError("A network must give one tensor, that of its last layer")
            break
        called = traced.get_submodule(node.target) if node.op == "call_module" else None
        kind = type(called).__name__ if called is not None else node.op
        name = node.target if called is not None else node.name
        try:
            layer, inputs = _layer(node, called)
        except Refusal as refusal:
            raise ValueError(f"The layer {name} ({kind}) cannot be exported: "
                             f"{refusal}") from None
        names[node] = names[inputs[0]] if layer is None else building.add(
            name=name, inputs=[names[item] for item in inputs], **layer)
    return building.network(metadata)
