"""The float networks, as PyTorch modules that `golden.nets.torch_export` understands.

Images are float32 tensors ``(images, 1, 28, 28)`` of pixels divided by 255; the result is logits
``(images, 10)``. Convolutions and dense layers read pixels or results of a ReLU (pooled or not), so
only the weights of a matrix product are ever negative. A convolution with batch norm behind it has
no bias: the norm has an offset.
"""

import importlib
from collections import OrderedDict

__all__ = ["ResNet8", "dscnn", "lenet5"]

nn = importlib.import_module("torch.nn")


def lenet5():
    """Return LeNet-5 (LeCun et al., 1998) with ReLU and max pooling: 61,706 parameters."""
    return nn.Sequential(OrderedDict(
        conv1=nn.Conv2d(1, 6, 5, padding=2), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(6, 16, 5), relu2=nn.ReLU(), pool2=nn.MaxPool2d(2), flatten=nn.Flatten(),
        fc1=nn.Linear(400, 120), relu3=nn.ReLU(),
        fc2=nn.Linear(120, 84), relu4=nn.ReLU(),
        fc3=nn.Linear(84, 10)))


class _Residual(nn.Module):
    """Two 3 x 3 convolutions with a shortcut, through a 1 x 1 convolution if shapes differ."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.relu2 = nn.ReLU()
        self.shortcut = None
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(OrderedDict(
                conv=nn.Conv2d(inputs, outputs, 1, stride, bias=False),
                norm=nn.BatchNorm2d(outputs)))

    def forward(self, x):
        y = self.relu1(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        return self.relu2(y + (x if self.shortcut is None else self.shortcut(x)))


class ResNet8(nn.Module):
    """The residual network of MLPerf Tiny (Banbury et al., arXiv 2106.07597), for one channel.

    3 x 3 convolution to 16 channels, residual stacks of 16, 32 (stride 2) and 64 (stride 2)
    channels, average pooling, classifier: 77,754 parameters and 9.3 million products an image.
    """

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(16)
        self.relu = nn.ReLU()
        self.stack1 = _Residual(16, 16, 1)
        self.stack2 = _Residual(16, 32, 2)
        self.stack3 = _Residual(32, 64, 2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = self.relu(self.norm(self.conv(x)))
        x = self.stack3(self.stack2(self.stack1(x)))
        return self.fc(self.flatten(self.pool(x)))


def dscnn(widths=(16, 24, 24, 32, 32), strides=(2, 1, 1, 2, 1)):
    """Return a small depthwise-separable network, of the shape of MobileNet and DS-CNN.

    3 x 3 convolution, then pairs of a depthwise 3 x 3 and a pointwise 1 x 1 convolution, average
    pooling, classifier: 4,538 parameters by default. Narrow on purpose: with few products per
    accumulator the errors of operands hardly average out, so every lost bit shows.

    Parameters
    ----------
    widths : sequence of int
        Filters of the first convolution, then of each pointwise one.
    strides : sequence of int
        Of the first convolution, then of each depthwise convolution.
    """
    layers = OrderedDict()

    def add(name, conv):
        layers[name] = conv
        layers[f"{name}_norm"] = nn.BatchNorm2d(conv.out_channels)
        layers[f"{name}_relu"] = nn.ReLU()

    add("conv", nn.Conv2d(1, widths[0], 3, strides[0], padding=1, bias=False))
    pairs = zip(widths[:-1], widths[1:], strides[1:], strict=True)
    for number, (inputs, outputs, stride) in enumerate(pairs, 1):
        add(f"depthwise{number}", nn.Conv2d(inputs, inputs, 3, stride, padding=1, groups=inputs,
                                            bias=False))
        add(f"pointwise{number}", nn.Conv2d(inputs, outputs, 1, bias=False))
    layers |= {"pool": nn.AdaptiveAvgPool2d(1), "flatten": nn.Flatten(),
               "fc": nn.Linear(widths[-1], 10)}
    return nn.Sequential(layers)
