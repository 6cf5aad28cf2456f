"""The layers that a `golden.nets.graph.Network` is made of, a class each."""

from skimp.golden.nets.ops.base import Op, Tensor
from skimp.golden.nets.ops.pointwise import Add, BatchNorm, Relu
from skimp.golden.nets.ops.pooling import AvgPool, GlobalAvgPool, MaxPool
from skimp.golden.nets.ops.products import Conv, Depthwise, Linear, Product, Shape
from skimp.golden.nets.ops.shape import Flatten
from skimp.golden.nets.ops.windows import Windowed

__all__ = ["OPS", "Add", "AvgPool", "BatchNorm", "Conv", "Depthwise", "Flatten", "GlobalAvgPool",
           "Linear", "MaxPool", "Op", "Product", "Relu", "Shape", "Tensor", "Windowed"]

#: By the name that files have.
OPS = {each.op: each for each in (Conv, Depthwise, Linear, BatchNorm, Relu, Add, MaxPool, AvgPool,
                                  GlobalAvgPool, Flatten)}
