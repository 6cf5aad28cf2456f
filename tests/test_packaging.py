"""What is built holds one package, with real files of all rooms."""

import tarfile
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]
FILES = ("skimp/cli/main.py", "skimp/hw/emit.py", "skimp/golden/psu.py", "skimp/sim/launch.py",
         "skimp/golden/nets/weights/resnet8.npz", "skimp/golden/mamba/weights/mamba.npz",
         "skimp/silicon/rules.json", "skimp/report/page.css")


def built(builder, folder):
    return Path(next(iter(builder(str(ROOT)).build(directory=str(folder)))))


def test_the_wheel_brings_skimp_and_nothing_else(tmp_path):
    names = zipfile.ZipFile(built(WheelBuilder, tmp_path)).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"skimp"}
    assert set(FILES) <= set(names)
    for licence in ("LICENSE-fashion-mnist", "LICENSE-fsdd", "LICENSE-king-james"):
        assert any(name.endswith(f".dist-info/licenses/golden/{folder}/{licence}")
                   for name in names for folder in ("nets", "mamba")), licence


def test_the_source_archive_makes_the_same_wheel(tmp_path):
    archive = built(SdistBuilder, tmp_path)
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2]: kind for name, kind in (
            (member.name, member.issym()) for member in tar.getmembers())}
    assert set(FILES) <= set(names) and not any(names.values()), "files, not links"
    if not {"tests/conftest.py", "Makefile", "README.md"} <= set(names):
        pytest.fail("tests, Makefile and README belong to the sources")
