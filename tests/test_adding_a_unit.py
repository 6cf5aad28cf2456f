"""The page on adding a unit, followed in a copy of the sources."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "adding-a-unit.md").read_text()
LINES = re.DOTALL | re.MULTILINE
FILES = dict(re.findall(r"^`([\w/]+\.py)`:\n\n```python\n(.*?)^```", PAGE, LINES))
IMPORTS, ROW = re.findall(r"^```python\n((?:from| {4}Block).*?)^```", PAGE, LINES)
(LINE,) = re.findall(r"^\| `leading-zeros` .*$", PAGE, re.MULTILINE)

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus", "library")]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Copy the sources, write the files of the page, edit two."""
    root = tmp_path_factory.mktemp("copy")
    for room in ("hw", "golden", "sim", "skimp", "tests"):
        shutil.copytree(ROOT / room, root / room, symlinks=True,
                        ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, root / name)
    for name, text in FILES.items():
        assert not (root / name).exists(), f"{name} is there already"
        (root / name).write_text(text)
    rows, readme = root / "skimp" / "catalogue" / "rows.py", root / "README.md"
    text = rows.read_text()
    assert text.endswith("\n)}\n")
    text = text.replace("\n__all__", f"{IMPORTS}\n__all__", 1)
    rows.write_text(text.removesuffix(")}\n") + ROW + ")}\n")
    table = readme.read_text()
    last = re.findall(r"^\| `.*$", table.split("\n## ")[1], re.MULTILINE)[-1]
    readme.write_text(table.replace(last, f"{last}\n{LINE}"))
    return root


def run(root, *command):
    """Run Python in the copy, with its sources; return what it prints."""
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *command], cwd=root, env=environment,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_takes_five_files_and_two_edits(copy):
    assert len(FILES) <= 5
    changed = [path for path in copy.rglob("*.*") if path.is_file() and not path.is_symlink()
               and (ROOT / path.relative_to(copy)).exists()
               and path.read_bytes() != (ROOT / path.relative_to(copy)).read_bytes()]
    assert len(changed) == 2, changed


def test_the_unit_is_generated_verified_and_priced(copy):
    (made,) = json.loads(run(copy, "-m", "skimp", "generate", "leading-zeros", "--config", "byte",
                             "--json"))
    assert "module leading_zeros_byte(" in (copy / made["verilog"]).read_text()
    for how in ((), ("--netlist",)):
        (verified,) = json.loads(run(copy, "-m", "skimp", "verify", "leading-zeros", "--config",
                                     "byte", "--json", *how))
        assert verified["tests_passed"] > 0
    (area,) = json.loads(run(copy, "-m", "skimp", "area", "leading-zeros", "--config", "byte",
                             "--json"))
    assert area["area_um2"] > 0


def test_its_tests_and_those_of_every_block_pass(copy):
    tests = [name for name in FILES if name.startswith("tests/")]
    run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests,
        "tests/skimp/catalogue/test_catalogue.py", "-k", "leading or readme or unique")


def test_the_page_names_files_that_there_are():
    for name in re.findall(r"`((?:hw|golden|sim|skimp|tests)/[\w/.]*)`", PAGE):
        assert name in FILES or (ROOT / name).exists(), f"{name} is not there"
