"""What tests share."""

import shutil

import pytest

from skimp.synth import Library


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch, request):
    """Run where nothing is lost: the command writes below the working folder."""
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
