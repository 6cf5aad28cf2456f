"""What tests share."""

import os
import shutil
import sys

import loaded_yosys
import pytest

# As the command does: two tests run at a time, and NumPy reads it when it loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from skimp.cli import main as cli
from skimp.hw import emit
from skimp.jobs import cache, tools
from skimp.silicon.library import Library


@pytest.fixture(autouse=True, scope="session")
def yosys_is_loaded_once():
    """Run Yosys in this process, but for the command in processes of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emit, "_yosys", loaded_yosys.emitting)
        patch.setattr(tools, "run", loaded_yosys.mapping(tools.run))
        yield


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch, request):
    """Run where nothing is lost: the command writes below the working folder."""
    monkeypatch.delenv("SKIMP_CACHE", raising=False)
    monkeypatch.setattr(cache, "TOLD", set())
    if "command" in request.keywords:
        monkeypatch.chdir(tmp_path)


@pytest.fixture
def library():
    """OSU 0.18 um."""
    found = Library.find(None)
    if found is None:
        pytest.skip("needs Debian's qflow-tech-osu018")
    return found


@pytest.fixture
def icarus():
    """Icarus Verilog is there."""
    if not shutil.which("iverilog"):
        pytest.skip("needs Debian's iverilog")


@pytest.fixture
def first_fault(monkeypatch):
    """Benches end with their first test that fails."""
    monkeypatch.setenv("COCOTB_MAX_FAILURES", "1")


@pytest.fixture
def skimp(monkeypatch, capsys):
    """Run the command; give its exit status, standard output and standard error."""
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["skimp", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        captured = capsys.readouterr()
        return stop.value.code, captured.out, captured.err
    return run
