"""Files that never end, or never begin, are refused wherever one is read."""

import os
from pathlib import Path

import pytest

from skimp.golden.files import open_file, read_file

pytestmark = pytest.mark.command


def test_bytes_of_a_file():
    Path("file").write_bytes(b"bytes")
    with open_file("file") as file:
        assert file.read() == b"bytes"
    assert read_file("file", 5) == b"bytes"
    with pytest.raises(ValueError, match="too large: it has more than 4 bytes"):
        read_file("file", 4)
    for name in ("none", "."):
        with pytest.raises(OSError, match="No such file|Is a directory"):
            open_file(name)


@pytest.mark.parametrize("arguments", [
    "area popcount --liberty X.lib", "area popcount --corner slow=X.lib", "evaluate X.npz",
    "evaluate X.onnx", "evaluate --activations X.npz", "evaluate lenet5 --data X.npz",
    "traffic --trace X.npz", "sweep X.toml", "ppa popcount --rules X.json", "report --data X"])
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_pipes_and_devices(skimp, library, arguments, kind):
    Path("X").mkdir()
    for name in ("X.lib", "X.npz", "X.onnx", "X.toml", "X.json", "X/area.json"):
        if kind == "pipe":
            os.mkfifo(name)
        else:
            Path(name).symlink_to("/dev/zero")
    if ".onnx" in arguments:
        pytest.importorskip("onnx")
    status, out, err = skimp(*arguments.split())
    assert status == 2 and out == "" and err.count("\n") == 1
    assert "It is a pipe or a device: save what it gives as a file" in err
