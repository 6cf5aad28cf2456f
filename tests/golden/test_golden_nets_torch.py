"""`golden.nets.torch_export`: what it exports computes the same; the rest is refused."""

import importlib
import operator

import numpy as np
import pytest

from skimp.golden.nets import network
from skimp.golden.nets.floating import logits

torch = pytest.importorskip("torch")
nn = torch.nn
export = importlib.import_module("skimp.golden.nets.torch_export").export
models = importlib.import_module("skimp.golden.nets.train.models")
RNG = np.random.default_rng(0)


def with_statistics(net):
    """Give batch norms values that show, and the whole a mode to compare in."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -1, 1)
            nn.init.uniform_(module.running_var, 0.5, 2)
            if module.affine:
                nn.init.uniform_(module.weight, 0.5, 2)
                nn.init.uniform_(module.bias, -1, 1)
    return net.eval()


def assert_same(net, exported):
    images = RNG.integers(0, 256, (3, *exported.input_shape), dtype=np.uint8)
    with torch.no_grad():
        expected = net(torch.from_numpy(images.transpose(0, 3, 1, 2) / np.float32(255))).numpy()
    assert np.ptp(expected) > 0.01
    np.testing.assert_allclose(logits(exported, images), expected, rtol=1e-4, atol=1e-5)


class Functions(nn.Module):
    """Functions and methods instead of modules, one ReLU used twice, features of a plane added."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(2, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding="same")
        self.relu, self.fc = nn.ReLU(), nn.Linear(4 * 6 * 5, 3)

    def forward(self, x):
        x = self.relu(self.conv1(x))
        y = torch.relu(operator.add(self.conv2(x), x))
        y = self.relu(torch.add(y, x))
        y = torch.flatten(y, 1) + x.flatten(1)
        return self.fc(nn.functional.relu(y).relu())


CASES = {
    "lenet5": (models.lenet5, (28, 28, 1)),
    "resnet8": (models.ResNet8, (28, 28, 1)),
    "dscnn": (models.dscnn, (28, 28, 1)),
    "functions": (Functions, (6, 5, 2)),
    "pools": (lambda: nn.Sequential(
        nn.Conv2d(3, 4, (3, 2), stride=2, padding=(1, 0)), nn.ReLU6(), nn.Dropout(),
        nn.MaxPool2d(3, 1, padding=1), nn.AvgPool2d(2), nn.Identity(), nn.Flatten(),
        nn.Linear(4 * 3 * 4, 5)), (12, 16, 3)),
    "even kernel, same": (lambda: nn.Sequential(
        nn.Conv2d(1, 8, 4, padding="same"), nn.BatchNorm2d(8, affine=False), nn.ReLU(),
        nn.Conv2d(8, 8, (1, 2), padding="valid", groups=8), nn.ReLU(),
        nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(8, 2, bias=False)), (7, 6, 1)),
    "no plane": (lambda: nn.Sequential(nn.Flatten(), nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 2)),
                 (1, 1, 8)),
}


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")       # slow, it says
@pytest.mark.parametrize("case", CASES)
def test_exported_computes_the_same(tmp_path, case):
    make, shape = CASES[case]
    torch.manual_seed(0)
    net = with_statistics(make())
    exported = export(net, input_shape=shape, metadata={"made": "here"})
    network.save(tmp_path / "net.npz", exported)
    loaded = network.load(tmp_path / "net.npz")
    assert loaded.metadata == {"made": "here"}
    assert_same(net, loaded)


def test_the_module_stays_as_it_is():
    net = models.dscnn().double().train()
    before = {key: value.clone() for key, value in net.state_dict().items()}
    exported = export(net)
    assert net.training
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())
    assert [node.name for node in exported.nodes][:3] == ["conv", "conv_norm", "conv_relu"]


class Forward(nn.Module):
    """A linear layer ``fc``, a convolution ``conv``, and any forward."""

    def __init__(self, forward):
        super().__init__()
        self.conv, self.fc, self.drop = nn.Conv2d(1, 2, 3), nn.Linear(8, 2), nn.Dropout()
        self.function = forward

    def forward(self, x):
        return self.function(self, x)


class Branching(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x


class TwoInputs(nn.Module):
    def forward(self, x, y):
        return x + y


class OtherConv(nn.Conv2d):
    pass


@pytest.mark.parametrize("net, sentence", [
    (nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh()), r"1 \(Tanh\) cannot be exported: it is none"),
    (nn.Sequential(OtherConv(1, 2, 3)), r"0 \(OtherConv\) cannot be exported: it is none of"),
    (nn.Sequential(nn.Conv2d(4, 4, 3, groups=2)), "groups .* not 2 of 4 channels and 4 filters"),
    (nn.Sequential(nn.Conv2d(2, 4, 3, groups=2)), "not 2 of 2 channels and 4 filters"),
    (nn.Sequential(nn.Conv2d(1, 2, 3, dilation=2)), r"dilation must be 1, not \(2, 2\)"),
    (nn.Sequential(nn.Conv2d(1, 2, 3, stride=(1, 2))), r"stride must be the same .* not \(1, 2\)"),
    (nn.Sequential(nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect")), "with zeros, not 'ref"),
    (nn.Sequential(nn.BatchNorm2d(1, track_running_stats=False)), "must have running statistics"),
    (nn.Sequential(nn.MaxPool2d(2, ceil_mode=True)), r"MaxPool2d\).* must not have ceil_mode"),
    (nn.Sequential(nn.MaxPool2d(2, dilation=2)), "dilation must be 1, not 2"),
    (nn.Sequential(nn.MaxPool2d((2, 3))), r"size must be the same .* not \(2, 3\)"),
    (nn.Sequential(nn.MaxPool2d(2, return_indices=True)), "must not return indices"),
    (nn.Sequential(nn.AvgPool2d(2, ceil_mode=True)), r"AvgPool2d\).* must not have ceil_mode"),
    (nn.Sequential(nn.AvgPool2d(2, padding=1)), "padding must be 0, not 1"),
    (nn.Sequential(nn.AvgPool2d(2, divisor_override=3)), "must not have divisor_override"),
    (nn.Sequential(nn.AdaptiveAvgPool2d(2)), "output size must be 1, not 2"),
    (nn.Sequential(nn.Flatten(2)), "flatten axes 1 to -1, not 2 to -1"),
    (nn.Sequential(nn.Identity()), "must have layers, not none"),
    (nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(8, 2)), "ReLU is missing before it"),
    (nn.Sequential(nn.Flatten(), nn.Linear(15, 2)), r"\(linear\) must read 15 features, not .*16"),
    (nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten()), "1 must not be the result: the order"),
    (Branching(), "Branching cannot be exported: torch.fx cannot trace it, "),
    (TwoInputs(), "must have one input, but there is y too"),
    (Forward(lambda net, x: torch.sigmoid(x)), r"sigmoid \(call_function\).*none of the known"),
    (Forward(lambda net, x: x + 1), r"add \(call_function\).* two tensors and nothing else"),
    (Forward(lambda net, x: torch.add(x, x, alpha=2)), "take tensors and nothing else"),
    (Forward(lambda net, x: x.flatten()), "flatten axes 1 to -1, not all"),
    (Forward(lambda net, x: x.view(-1, 16)), r"view \(call_method\).*none of the known"),
    (Forward(lambda net, x: net.drop(input=x)), r"drop \(Dropout\).* called with one tensor"),
    (Forward(lambda net, x: (net.conv(x), x)), "must give one tensor, that of its last layer"),
    (Forward(lambda net, x: torch.flatten(net.conv(x).relu(), 1) + net.fc(
        torch.flatten(net.conv(x).relu(), 1))), "add must not add flattened features to others"),
])
def test_refusals(net, sentence):
    with pytest.raises(ValueError, match=sentence):
        export(net, input_shape=(4, 4, 1))
