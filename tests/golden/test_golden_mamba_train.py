"""`golden.mamba.train`: blocks of the text; what the command refuses; the same bytes each time."""

import importlib
import subprocess
import sys

import numpy as np
import pytest

from skimp.golden.mamba import network, text
from skimp.golden.mamba.network import load
from skimp.golden.mamba.train import text as source
from skimp.golden.mamba.train.text import Blocks, windows

command = importlib.import_module("skimp.golden.mamba.train.__main__")
RNG = np.random.default_rng(0)
#: Of 26 characters, with two blocks of each kind.
TEXT = "".join(map(chr, RNG.integers(97, 123, 8192 * 41 + 7)))


def test_blocks_train_test_or_calibrate(tmp_path):
    cut = Blocks(TEXT)
    assert cut.test.shape == cut.calibration.shape == (2, 8192)
    for block, begin in zip((*cut.test, *cut.calibration), (19, 39, 18, 38), strict=True):
        piece = TEXT[begin * 8192:][:8192]
        assert "".join(cut.alphabet[code] for code in block) == piece
    assert [len(piece) for piece in cut.training] == [18 * 8192, 18 * 8192, 8192 + 7]
    shown = windows(cut.training, RNG)
    assert shown.shape[1] == 257 and len(shown) in range(37 * 32 - 3, 37 * 32 + 1)
    cut.write(tmp_path / "text.npz")
    with np.load(tmp_path / "text.npz") as file:
        assert str(file["alphabet"]) == cut.alphabet and np.array_equal(file["test"], cut.test)


def test_references_are_dropped(monkeypatch):
    monkeypatch.setattr(source, "COMMAND", (
        sys.executable, "-c", "print('Ge1:1 In the beginning\\nGe1:2 And the earth')"))
    assert source.read_bible() == "In the beginning\nAnd the earth\n"


def test_what_is_missing_is_named(monkeypatch, capsys):
    monkeypatch.setattr(source, "COMMAND", ("no-such-command",))
    assert command.main([]) == 2
    assert "install Debian's packages bible-kjv and bible-kjv-text" in capsys.readouterr().err
    monkeypatch.setattr(source, "COMMAND", (sys.executable, "-c", "raise SystemExit(1)"))
    with pytest.raises(subprocess.CalledProcessError):
        source.read_bible()
    assert command.main([]) == 2
    monkeypatch.setattr(command, "read_bible", lambda: TEXT)
    monkeypatch.setitem(sys.modules, "torch", None)
    assert command.main([]) == 2
    assert "needs PyTorch" in capsys.readouterr().err


@pytest.mark.parametrize("arguments, sentence", [
    (["lenet5"], f"NAME must be one of {', '.join(network.SHIPPED)}, not 'lenet5'"),
    (["--steps", "0"], "--steps must be at least 1, not 0"),
])
def test_wrong_arguments(capsys, arguments, sentence):
    with pytest.raises(SystemExit):
        command.main(arguments)
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("seed, name", list(enumerate(network.SHIPPED)))
def test_shipped_networks_are_what_the_recipe_made(seed, name):
    noted = network.shipped(name).metadata
    assert (noted["network"], noted["seed"], noted["torch"]) == (name, seed, "2.13.0+cpu")
    assert abs(noted["float_bits"] - noted["float32_bits"]) < 1e-4


def test_two_runs_write_the_same_bytes(tmp_path, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setattr(command, "read_bible", lambda: TEXT)
    for folder in ("one", "two"):
        assert command.main(["mamba_second", "--steps", "2", "-o", str(tmp_path / folder)]) == 0
    one, two = ((tmp_path / folder / "weights/mamba_second.npz").read_bytes()
                for folder in ("one", "two"))
    assert one == two
    net = load(tmp_path / "one/weights/mamba_second.npz")
    assert net.metadata["schedule"]["steps"] == 2 and len(net.metadata["ranges"]["largest"]) > 9
    assert (tmp_path / "one/king_james.npz").stat().st_size > text.BLOCK
