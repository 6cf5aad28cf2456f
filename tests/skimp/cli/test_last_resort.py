"""Whatever goes wrong, one sentence says so, in words of ours."""

import errno
import os
import subprocess
import sys

import pytest
from sweeping import ENVIRONMENT, PATIENCE

pytestmark = pytest.mark.command


@pytest.fixture
def failing(skimp, monkeypatch):
    """Run the command while its work raises what ``raise_`` raises."""
    def run(raise_):
        monkeypatch.setattr("skimp.catalogue.selection.describe", lambda one: raise_())
        status, out, err = skimp("list", "popcount")
        assert out == ""
        return status, err
    return run


def throw(error):
    raise error


@pytest.mark.parametrize("raise_", [
    lambda: {}["key"], lambda: f"{'text':d}", lambda: int("x"), lambda: 1 / 0,
    lambda: "text".nosuch, lambda: b"\xff".decode(), lambda: [][1], lambda: throw(TypeError()),
    lambda: throw(AssertionError("never")), lambda: throw(RecursionError("deep")),
    lambda: next(iter([])), lambda: throw(OSError("no number"))], ids=range(12))
def test_a_fault_of_the_program(failing, monkeypatch, raise_):
    status, err = failing(raise_)
    assert status == 1 and err.startswith("skimp: this is a fault of skimp itself (")
    assert err.count("\n") == 1 and "SKIMP_DEBUG=1 shows where it is" in err
    monkeypatch.setenv("SKIMP_DEBUG", "1")
    status, err = failing(raise_)
    assert status == 1 and err.startswith("Traceback") and "skimp: this is a fault" in err


@pytest.mark.parametrize("number, sentence", [
    (errno.ENOSPC, "No space left on device; make room there, or name another folder"),
    (errno.EACCES, "Permission denied; name what you may read and write"),
    (errno.ENAMETOOLONG, "File name too long; give a shorter name"),
    (errno.EIO, "Input/output error"),
])
def test_errors_of_the_system(failing, number, sentence):
    status, err = failing(lambda: throw(OSError(number, os.strerror(number))))
    assert (status, err) == (2, f"skimp: writing failed: {sentence}\n")
    status, err = failing(lambda: throw(OSError(number, os.strerror(number), "a file")))
    assert (status, err) == (2, f"skimp: a file: {sentence}\n")


def test_memory(failing):
    status, err = failing(lambda: throw(MemoryError()))
    assert status == 1 and err.startswith("skimp: there is not memory enough")


def command(*arguments, output="stdout", module="skimp"):
    """Run the command in a shell, its output into ``output``."""
    words = " ".join((sys.executable, "-m", module, *arguments))
    return subprocess.run(["bash", "-c", f"set -o pipefail; {words} {output}"], env=ENVIRONMENT,
                          capture_output=True, text=True, timeout=PATIENCE)


def test_a_pipe_that_nobody_reads():
    done = command("list", "--json", output="| true")
    assert done.stderr == "" and done.returncode == 1
    done = command("list", output="| head -1")
    assert done.stderr == "" and done.stdout.startswith("block")


def test_no_room_for_the_output():
    done = command("list", output=">/dev/full")
    assert done.returncode == 2 and done.stderr == (
        "skimp: writing failed: No space left on device; make room there, or name another folder\n")


@pytest.mark.parametrize("module", ["skimp", "skimp.cli"])
def test_as_a_module(module):
    done = command("list", "popcount", output="", module=module)
    assert done.returncode == 0 and "byte" in done.stdout and done.stderr == ""
    assert command("list", "psx", output="", module=module).returncode == 2


def test_names_that_are_no_text(tmp_path):
    done = command("generate", "popcount", "--config", "byte", "-o", "$'a\\xff b'", output="")
    assert done.returncode == 0 and "popcount_byte.v" in done.stdout and done.stderr == ""
    assert len(list((tmp_path / os.fsdecode(b"a\xff b")).iterdir())) == 2


def test_interrupted_while_python_imports(tmp_path):
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt")
    environment = {**ENVIRONMENT, "PYTHONPATH": f"{tmp_path}:{ENVIRONMENT['PYTHONPATH']}"}
    done = subprocess.run([sys.executable, "-m", "skimp", "list"], env=environment, text=True,
                          capture_output=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "skimp: interrupted\n")
