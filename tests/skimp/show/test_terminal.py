"""Text of users is shown as it is, wherever it stands."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from skimp.silicon.library import OSU018

pytestmark = pytest.mark.command
# Markup, emoji, mathematics, blanks: none of it is ours to read.
NAMES = ["rtl[/x]", "rtl[red]b", "[bold]", "a:smile:b", "a  b", "$x$", "a$b_{", "[/]", "\\[red]",
         "{0}%s", "[link a]b", "x" * 120]


@pytest.mark.parametrize("name", NAMES)
def test_folders(skimp, name):
    status, out, _ = skimp("generate", "popcount", "--config", "byte", "-o", name)
    assert status == 0 and f"{name}/popcount_byte.v" in out
    assert (Path(name) / "popcount_byte.v").is_file()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("arguments", [
    ("generate", "{}"), ("list", "psu", "--config", "{}"), ("sweep", "{}"),
    ("evaluate", "{}"), ("evaluate", "lenet5", "--scheme", "{}"),
    ("evaluate", "lenet5", "--data", "{}"), ("traffic", "--trace", "{}"),
    ("area", "popcount", "--liberty", "{}"), ("area", "popcount", "--corner", "{}"),
    ("report", "--data", "{}"), ("fpga", "popcount", "--board", "{}")],
    ids=lambda arguments: "-".join(arguments).strip("-{}"))
def test_errors(skimp, arguments, name):
    status, out, err = skimp(*(word.replace("{}", name) for word in arguments))
    assert status == 2 and out == "" and err.count("\n") == 1
    assert name[:50] in err.replace("\\\\", "\\")


@pytest.mark.parametrize("name", NAMES)
def test_traces_and_plots(skimp, name):
    Path(f"{name}.npz").parent.mkdir(exist_ok=True)
    np.savez(f"{name}.npz", activations=np.arange(90).reshape(10, 9))
    status, out, err = skimp("traffic", "--trace", f"{name}.npz", "--lanes", 3, "--plot",
                             f"{name}.svg")
    assert status == 0 and f"skimp: drew {name}.svg\n" in err and Path(f"{name}.svg").is_file()


def test_corners(skimp, library):
    Path("[ss] cells.lib").write_bytes(OSU018.read_bytes())
    status, out, _ = skimp("area", "popcount", "--width", 3, "--corner", "[ss]=[ss] cells.lib",
                           "--corner", "[/red]=[ss] cells.lib")
    assert status == 0 and "slack ns, [ss]" in out and "slack ns, [/red]" in out


def test_files_of_rows(skimp, library):
    Path("[red].toml").write_text('[[grid]]\nblock = "popcount"\nwidth = 3\n')
    status, _, err = skimp("sweep", "[red].toml", "-o", "a[b].csv")
    assert status == 0 and err.endswith("skimp: wrote a[b].csv\n")
    with Path("a[b].csv").open(newline="") as file:
        assert [row["block"] for row in csv.DictReader(file)] == ["popcount"]


def test_a_document_of_the_report(skimp):
    Path("[x]").mkdir()
    Path("[x]/area.json").write_text(json.dumps([{"block": "[/b]"}]))
    status, _, err = skimp("report", "--data", "[x]", "-o", "page.html")
    assert status == 2 and "[x] has a document" in err
