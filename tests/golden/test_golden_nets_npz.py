"""Files of arrays: what would eat the machine, or run code, is refused before it is read."""

import io
import json
import zipfile

import numpy as np
import pytest

from skimp.golden import trace
from skimp.golden.nets import network, npz, onnx_file, onnx_import
from skimp.golden.nets.npz import read_npz, write_npz

GOOD = np.arange(50).reshape(2, 25)


def test_what_is_written_is_read(tmp_path):
    write_npz(tmp_path / "a.npz", {"a": GOOD, "text": np.array("b")})
    arrays = read_npz(tmp_path / "a.npz")
    assert list(arrays) == ["a", "text"] and (arrays["a"] == GOOD).all() and arrays["text"] == "b"
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


def saved(path, name="activations", array: np.ndarray = GOOD, change=lambda content: content):
    """Write an archive of one array, whose bytes are changed."""
    content = io.BytesIO()
    np.lib.format.write_array(content, array)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.npy", change(content.getvalue()))
    return path


def many(path):
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(5):
            archive.writestr(f"{number}.npy", b"")
    return path


KINDS = {
    "inflates": lambda path: saved(path, array=np.zeros(2**18)),
    "many arrays": many,
    "objects": lambda path: saved(path, array=np.array([{}, None], object)),
    "no shape": lambda path: saved(
        path, change=lambda content: content.replace(b"(2, 25)", b"(9**9,)")),
    "shape of petabytes": lambda path: saved(
        path, change=lambda content: content.replace(b"(2, 25), }      ", b"(10000000000,), }")),
    "cut off": lambda path: saved(path, change=lambda content: content[:-8]),
    "no array": lambda path: saved(path, change=lambda content: b"text"),
    "empty member": lambda path: saved(path, change=lambda content: b""),
    "no archive": lambda path: path.write_bytes(b"PK") and path,
    "half": lambda path: path.write_bytes(saved(path).read_bytes()[:-40]) and path,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("load", [read_npz, network.load, trace.load],
                         ids=["read_npz", "network", "trace"])
def test_refused(tmp_path, monkeypatch, kind, load):
    monkeypatch.setattr(npz, "LARGEST", 2**20)
    monkeypatch.setattr(npz, "MOST", 4)
    with pytest.raises(ValueError, match="a.npz must be an .npz file of") as refusal:
        load(KINDS[kind](tmp_path / "a.npz"))
    sentence = str(refusal.value)
    assert "pickle" not in sentence and "\n" not in sentence
    assert ("inflates to more than 1 MB or 4 arrays" in sentence) == (
        kind in ("inflates", "many arrays"))
    assert ("is of Python objects: save numbers" in sentence) == (kind == "objects")


@pytest.mark.parametrize("text, sentence", [
    ("[" * 100_000, "not nested too deeply"), ("9" * 5000, "not nested too deeply"),
    ('{"a": NaN}', "with finite numbers"), ("{", "line 1, column 2 is not as it must be"),
    ("", "line 1, column 1"), ("[1]", "must be a JSON object, not [1]")],
    ids=["deep", "digits", "NaN", "broken", "empty", "list"])
def test_graphs_that_are_refused(tmp_path, text, sentence):
    write_npz(tmp_path / "a.npz", {"graph": np.array(text), "metadata": np.array(json.dumps({}))})
    with pytest.raises(ValueError, match="a.npz: The array graph must be ") as refusal:
        network.load(tmp_path / "a.npz")
    assert sentence in str(refusal.value) and len(str(refusal.value)) < 150


def test_models_that_are_too_large(tmp_path, monkeypatch):
    pytest.importorskip("onnx", reason="needs the extra onnx")
    monkeypatch.setattr(onnx_file, "LARGEST", 2**20)
    (tmp_path / "a.onnx").write_bytes(bytes(2**20 + 1))
    with pytest.raises(ValueError, match="a.onnx must be an ONNX model, but is too large"):
        onnx_import.load(tmp_path / "a.onnx")
