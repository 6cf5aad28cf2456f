"""Sweeps in local processes: the rows of `skimp area`, whatever interrupts them."""

import csv
import json
import os
import shutil
import signal
from concurrent.futures import Executor, Future
from contextlib import nullcontext
from pathlib import Path

import pytest
from libraries import write
from sweeping import LONG, PATIENCE, WIDTHS, at_work, finished, start, wait_for

from skimp.hw.arith.popcount import PopcountParams
from skimp.jobs import local
from skimp.jobs.job import perform

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("library")]
SMALL = ('[[grid]]\nblock = "popcount"\nwidth = [3, 4]\n'
         '[[grid]]\nblock = "plain-pe"\nconfig = "4b-4b"\n')


def run_by(function):
    """Workers in this process, which call ``function`` instead of the one that is submitted."""
    class Here(Executor):
        def submit(self, fn, /, *args, **kwargs):
            future = Future()
            try:
                future.set_result(function(*args, **kwargs))
            except Exception as error:
                future.set_exception(error)
            return future

    return lambda count: nullcontext(Here())


def fail():
    raise RuntimeError("Yosys failed: no memory")


@pytest.fixture
def sweep(skimp):
    """Run a sweep; give exit status, rows and standard error."""
    def run(text, *arguments):
        Path("spec.toml").write_text(text)
        status, out, err = skimp("sweep", "spec.toml", "--json", *arguments)
        return status, json.loads(out), err
    return run


def test_rows_are_those_of_area(skimp, sweep):
    status, rows, err = sweep(SMALL, "-o", "rows.json")
    assert status == 0 and "0 of 3 rows came from the cache" in err
    assert [row.pop("grid") for row in rows] == [1, 1, 2]
    expected = [json.loads(skimp("area", *arguments, "--json")[1])[0] for arguments in (
        ("popcount", "--width", 3), ("popcount", "--width", 4), ("plain-pe", "--config", "4b-4b"))]
    assert rows == expected and rows[2]["baseline"] == "plain-pe 8b-4b"
    assert [list(row) for row in rows] == [list(row) for row in expected]
    assert [row.pop("grid") for row in json.loads(Path("rows.json").read_text())] == [1, 1, 2]


def test_options_of_libraries(skimp, sweep, tmp_path):
    options = [word for path in write("asap", tmp_path) for word in ("--liberty", path)]
    options += ["--wire-ff", "0.7", "--dont-use", "XOR2*", "--dont-use", "FAx*"]
    status, rows, err = sweep('[[grid]]\nblock = "popcount"\nwidth = [3, 4]', *options)
    assert status == 0, err
    assert [row.pop("grid") for row in rows] == [1, 1] and rows[0]["wire_ff"] == 0.7
    expected = [json.loads(skimp("area", "popcount", "--width", width, *options, "--json")[1])[0]
                for width in (3, 4)]
    assert rows == expected
    _, others, err = sweep('[[grid]]\nblock = "popcount"\nwidth = [3, 4]', *options[:-2])
    assert "0 of 2 rows came from the cache" in err and len(others) == 2


def test_what_is_known_is_not_measured_again(skimp, sweep, monkeypatch):
    _, rows, _ = sweep(SMALL)
    measured = []
    monkeypatch.setattr(local, "processes", run_by(lambda job, *_: measured.append(job) or fail()))
    status, again, err = sweep(SMALL)
    assert status == 0 and again == rows and measured == []
    assert "3 of 3 rows came from the cache" in err
    assert "popcount" in skimp("sweep", "spec.toml")[1]
    for path in finished(Path()):
        if json.loads(path.read_text())["record"]["parameters"] == {"width": 4}:
            path.write_text(path.read_text().replace("278", "279"))
    status, again, err = sweep(SMALL)
    assert [job.one.params.width for job in measured] == [4] and again == [rows[0], rows[2]]
    assert "2 of 3 rows came from the cache" in err


def test_csv_has_a_column_for_each_parameter(sweep):
    status, rows, _ = sweep('[[grid]]\nblock = "popcount"\nwidth = 3\n[[grid]]\n'
                            'block = "window-select"\nconfig = "2opt"\nrounding = "trim"',
                            "-o", "rows.csv")
    with Path("rows.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert status == 0 and list(table[0])[:4] == ["grid", "block", "config", "parameters.width"]
    assert [row["parameters.shifts"] for row in table] == ["", "0,4"]
    assert [float(row["area_um2"]) for row in table] == [row["area_um2"] for row in rows]
    assert [row["macs"] for row in table] == ["", ""]


def test_one_failure_does_not_lose_the_others(sweep, monkeypatch):
    _, rows, _ = sweep(SMALL)
    for path in finished(Path()):
        path.unlink()

    def run(job, *more):
        return fail() if job.one.params == PopcountParams(width=3) else perform(job, *more)
    with monkeypatch.context() as patched:
        patched.setattr(local, "processes", run_by(run))
        status, others, err = sweep(SMALL, "-o", "rows.csv")
    assert status == 1 and others == rows[1:] and not Path("rows.csv").exists()
    assert "skimp: 1 of 3 rows failed, the first by popcount custom (width=3) at 7 ns: " in err
    status, again, err = sweep(SMALL)
    assert status == 0 and again == rows and "2 of 3 rows came from the cache" in err


def test_a_failing_tool_is_told(sweep, monkeypatch, tmp_path):
    sta = shutil.which("sta")
    if sta is None:
        pytest.skip("needs Debian's opensta")
    (tmp_path / "bin").mkdir()
    fails = tmp_path / "bin" / "sta"
    fails.write_text(f'#!/bin/sh\ntest "$1" = -version && exec {sta} -version\necho no; exit 3\n')
    fails.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fails.parent}:{os.environ['PATH']}")
    status, rows, err = sweep('[[grid]]\nblock = "popcount"\nwidth = [4, 3]')
    assert status == 1 and rows == []
    assert ("skimp: 2 of 2 rows failed, the first by popcount custom (width=4) at 7 ns: OpenSTA "
            "failed: no") in err


@pytest.mark.parametrize("stop", [
    signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.deep), signal.SIGKILL])
def test_interrupted_and_resumed(tmp_path, stop):
    first = start(tmp_path, spec=LONG)
    wait_for(lambda: finished(tmp_path))
    first.send_signal(stop)
    out, err = first.communicate(timeout=PATIENCE)
    assert out == "" and "Traceback" not in err
    if stop != signal.SIGKILL:
        assert first.returncode == 1 and err.splitlines()[-1] == (
            "skimp: interrupted; what was finished is kept, and the same command measures the rest")
    kept = len(finished(tmp_path))
    assert 1 <= kept < len(WIDTHS)
    wait_for(lambda: not at_work(tmp_path))
    out, err = start(tmp_path, spec=LONG).communicate(timeout=PATIENCE)
    assert [row["parameters"]["width"] for row in json.loads(out)] == WIDTHS
    assert f"skimp: {kept} of {len(WIDTHS)} rows came from the cache" in err


def test_a_process_that_dies_loses_nothing(tmp_path):
    running = start(tmp_path, spec=LONG)
    wait_for(lambda: finished(tmp_path))
    worker = next(process for process in at_work(tmp_path) if process != running.pid
                  and b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes())
    os.kill(worker, signal.SIGKILL)
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, err
    assert [row["parameters"]["width"] for row in json.loads(out)] == WIDTHS
