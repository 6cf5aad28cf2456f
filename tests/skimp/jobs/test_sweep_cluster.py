"""Sweeps on a real Dask cluster of this machine: a scheduler and workers, each a process."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from sweeping import ENVIRONMENT, LONG, PATIENCE, SPEC, WIDTHS, finished, start, wait_for

from skimp.silicon.library import OSU018
from skimp.silicon.timing import sta_version

pytest.importorskip("distributed", reason="needs the extra dask")
pytestmark = [pytest.mark.command, pytest.mark.usefixtures("library")]


@pytest.fixture
def dask(tmp_path):
    """Start a scheduler or a worker in a folder of its own; all end with the test."""
    processes = []

    def begin(kind, *arguments, **environment):
        folder = tmp_path / f"{kind}{len(processes)}"
        folder.mkdir()
        with (folder / "log").open("w") as log:
            processes.append(subprocess.Popen(
                [sys.executable, "-m", "dask", kind, "--no-dashboard", *arguments], cwd=folder,
                env={**ENVIRONMENT, **environment}, stdout=log, stderr=log))
        return processes[-1], folder

    yield begin
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def scheduler(dask, tmp_path):
    """Address of a scheduler."""
    file = tmp_path / "scheduler.json"
    dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))

    def address():
        try:
            return json.loads(file.read_text())["address"]
        except (OSError, ValueError):
            return None                         # not there, or not yet written
    wait_for(address)
    return address()


@pytest.fixture
def worker(dask, scheduler):
    """Start a worker of one thread, with other environment variables if any are given."""
    def begin(**environment):
        process, folder = dask("worker", scheduler, "--nthreads", "1", "--no-nanny", "--host",
                               "127.0.0.1", "--death-timeout", "600", "--local-directory",
                               "scratch", **environment)
        wait_for(lambda: "Registered to" in (folder / "log").read_text())
        return process, folder
    return begin


def test_a_killed_worker_loses_nothing(scheduler, worker, library, tmp_path):
    first, second = worker(), worker()
    Path("mine.lib").write_text(OSU018.read_text())
    running = start(tmp_path / "cluster", "--scheduler", scheduler, "--liberty", "../mine.lib")
    wait_for(lambda: len(finished(tmp_path / "cluster")) >= 2)
    assert all((folder / "build" / "cache").exists() for _, folder in (first, second))
    os.kill(first[0].pid, signal.SIGKILL)
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, err
    assert "0 of 4 rows came from the cache" in err
    local, _ = start(tmp_path / "local", "--liberty", "../mine.lib").communicate(timeout=PATIENCE)
    assert json.loads(out) == json.loads(local) and len(json.loads(out)) == 4


@pytest.mark.deep
def test_a_search_on_a_cluster_whose_worker_is_killed_is_that_of_one_machine(
        scheduler, worker, tmp_path):
    """Spoken digits: choices alone, and four sums."""
    verb = ("search", "sru", "--platform", "silago", "--evaluations", "21")
    first, _ = worker(), worker()
    running = start(tmp_path / "cluster", "--scheduler", scheduler, verb=verb)
    wait_for(lambda: len(list((tmp_path / "cluster" / "build" / "cache").glob("loss-*"))) >= 2)
    os.kill(first[0].pid, signal.SIGKILL)
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, err
    local, _ = start(tmp_path / "local", verb=verb).communicate(timeout=PATIENCE)
    assert json.loads(out) == json.loads(local)


def test_a_worker_with_other_tools_is_refused(scheduler, worker, tmp_path):
    if not sta_version():
        pytest.skip("needs Debian's opensta")
    worker(PATH="/nowhere")
    running = start(tmp_path / "cluster", "--scheduler", scheduler)
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 2 and out == "" and err.count("\n") == 1
    assert err.startswith("skimp: the Dask worker tcp://127.0.0.1:")
    assert "differs in OpenSTA: none there, " in err


def test_a_worker_that_comes_later_is_refused_too(scheduler, worker, tmp_path):
    if not sta_version():
        pytest.skip("needs Debian's opensta")
    process, _ = worker()
    running = start(tmp_path / "cluster", "--scheduler", scheduler, spec=LONG)
    wait_for(lambda: finished(tmp_path / "cluster"))
    process.send_signal(signal.SIGSTOP)         # what is left, the other is to do
    worker(PATH="/nowhere")
    process.kill()
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 1 and 1 <= len(json.loads(out)) < len(WIDTHS)
    assert "rows failed, the first by popcount" in err
    assert "the worker differs in OpenSTA: none there, " in err


def test_a_scheduler_that_goes_away(dask, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    process, folder = dask("scheduler", "--host", address)
    wait_for(lambda: "Scheduler at" in (folder / "log").read_text())
    _, folder = dask("worker", address, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1",
                     "--death-timeout", "600", "--local-directory", "scratch")
    wait_for(lambda: "Registered to" in (folder / "log").read_text())
    running = start(tmp_path / "cluster", "--scheduler", address, spec=LONG)
    wait_for(lambda: finished(tmp_path / "cluster"))
    process.kill()
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 1 and out == "" and "Traceback" not in err
    assert err.splitlines()[-1] == (f"skimp: the Dask scheduler at {address} went away; what was "
                                    "finished is kept, and the same command measures the rest")
    assert finished(tmp_path / "cluster")


@pytest.fixture
def refused(skimp, monkeypatch):
    """Run a sweep that cannot begin; give what it says."""
    def run(address, seconds=30):
        monkeypatch.setattr("skimp.jobs.cluster.SECONDS", seconds)
        Path("spec.toml").write_text(SPEC)
        status, out, err = skimp("sweep", "spec.toml", "--scheduler", address)
        assert status == 2 and out == "" and err.count("\n") == 1
        assert not Path("build").exists()
        return err
    return run


def test_nobody_answers(refused):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        deaf = refused(address, seconds=1)
    assert refused(address) == deaf == (
        f"skimp: no Dask scheduler answers at {address}; start one with `dask scheduler` and "
        f"workers with `dask worker {address}`\n")


def test_nobody_works(refused, scheduler):
    assert refused(scheduler, seconds=10) == (
        f"skimp: the Dask scheduler at {scheduler} has no workers; start some with "
        f"`dask worker {scheduler}`\n")


@pytest.mark.parametrize("address", ["", "8786", "localhost", "tcp://localhost", "http://a:1",
                                     "tcp://a:port", "tcp://a:70000", "tcp://:8786"])
def test_not_an_address(refused, address):
    assert "--scheduler must be an address such as tcp://127.0.0.1:8786, not " in refused(address)


def test_without_dask(skimp, monkeypatch):
    monkeypatch.delitem(sys.modules, "skimp.jobs.cluster", raising=False)
    monkeypatch.delattr("skimp.jobs.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    Path("spec.toml").write_text(SPEC)
    status, out, err = skimp("sweep", "spec.toml", "--scheduler", "127.0.0.1:8786")
    assert status == 2 and out == "" and err == (
        "skimp: --scheduler needs Dask, which is not installed; `pip install 'skimp[dask]'` "
        "brings it\n")
