"""Interrupted in whatever way, the command ends the tools that it has started, and their folders.

Tools that hang are put in the place of real ones: what is at work when the signal comes is known.
"""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sweeping import ENVIRONMENT, PATIENCE, wait_for

from skimp.jobs import tools
from skimp.silicon.library import OSU018
from skimp.sim import process

pytestmark = pytest.mark.command
# A tool that knows its version, and starts another program when it is to work.
HANGS = """#!/bin/sh
test "$1" = -version && echo 2.0.17 && exit
sleep 1000 &
echo $! >"$HUNG.part"
mv "$HUNG.part" "$HUNG"
wait
"""
COMMAND = [sys.executable, "-c", "from skimp.cli.main import main; main()"]


@pytest.mark.parametrize("name", ["a b", "a;b", "a$b", 'a"b', "a\nb", "a`touch X`", "a#b"])
def test_temporary_files_are_where_simulators_work(skimp, icarus, tmp_path, monkeypatch,
                                                        caplog, name):
    (tmp_path / name).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / name))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(tools, "PLACES", (str(tmp_path),))
    status, _, _ = skimp("verify", "popcount", "--config", "byte")
    assert status == 0 and {path.name for path in tmp_path.iterdir()} <= {name, "build"}
    assert f"temporary files are in {tmp_path}: simulators cannot work" in caplog.text
    monkeypatch.setattr(tools, "PLACES", ())
    status, _, err = skimp("verify", "popcount", "--config", "byte")
    assert status == 2 and err.startswith("skimp: TMPDIR must be a folder with a name of letters")


@pytest.fixture
def started(tmp_path):
    """Start the command beside tools that hang; give the process and who else belongs to it."""
    running = []

    def begin(*arguments, before=lambda: None, hangs=("iverilog", "sta", "vvp")):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "scratch").mkdir(exist_ok=True)
        for tool in hangs:
            (tmp_path / "bin" / tool).write_text(HANGS)
            (tmp_path / "bin" / tool).chmod(0o755)
        environment = {**ENVIRONMENT, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
                       "TMPDIR": str(tmp_path / "scratch"), "HUNG": str(tmp_path / "hung")}
        running.append(subprocess.Popen(
            [*COMMAND, *arguments], env=environment, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=before))
        return running[-1]

    yield begin
    for one in running:
        one.kill()
        one.communicate()


def belonging(folder: Path) -> list[int]:
    """Processes with ``folder`` in their environment: the command and all that it started."""
    found = []
    for one in Path("/proc").iterdir():
        try:
            if one.name.isdigit() and f"HUNG={folder}/".encode() in (one / "environ").read_bytes():
                # What has ended, and nobody has asked for, is none.
                if " Z " not in (one / "stat").read_text():
                    found.append(int(one.name))
        except OSError:
            pass                                # it has ended, or is not ours
    return found


def ignored() -> None:
    """As programs in the background of a shell begin."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def check_ended(one, folder):
    out, err = one.communicate(timeout=PATIENCE)
    assert one.returncode == 1 and out == "" and "Traceback" not in err
    assert err.splitlines()[-1] == f"skimp: {tools.INTERRUPTED}"
    wait_for(lambda: not belonging(folder))
    assert list((folder / "scratch").iterdir()) == []
    assert not list(folder.rglob(".skimp-*"))


@pytest.mark.parametrize("number, arguments", [
    *((number, ("verify", "popcount", "window-select"))
      for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)),
    *((signal.SIGTERM, arguments) for arguments in (
        ("area", "popcount", "window-select"), ("area", "popcount", "--corner", "slow=slow.lib"),
        ("verify", "popcount", "--netlist"), ("ppa", "popcount"),
        ("power", "psu", "--config", "gray2", "--n", "9"),
        ("fpga", "popcount", "--board", "icebreaker", "-o", "boards")))],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value.name)
def test_interrupted(started, tmp_path, library, arguments, number):
    Path("slow.lib").write_bytes(OSU018.read_bytes())
    one = started(*arguments, before=ignored)
    wait_for((tmp_path / "hung").exists)
    assert len(belonging(tmp_path)) >= 3
    one.send_signal(number)
    check_ended(one, tmp_path)


def test_interrupted_while_amaranth_writes_verilog(started, tmp_path):
    one = started("generate", "sysmt-array", "--rows", "16", "--cols", "16", "-o", "rtl")
    wait_for(lambda: len(belonging(tmp_path)) > 1 or one.poll() is not None)
    one.send_signal(signal.SIGTERM)
    check_ended(one, tmp_path)
    assert list((tmp_path / "rtl").iterdir()) == []


def test_interrupted_while_it_computes(started, tmp_path):
    one = started("traffic", "--images", "1000", "--filters", "16", "--lanes", "1,2,3,4,5")
    wait_for(lambda: list((tmp_path / "scratch").iterdir()))
    one.send_signal(signal.SIGTERM)
    check_ended(one, tmp_path)


def test_nohup_is_heeded(started, tmp_path):
    one = started("verify", "popcount", "--width", "3",
                  before=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    wait_for((tmp_path / "hung").exists)
    one.send_signal(signal.SIGHUP)
    one.send_signal(signal.SIGTERM)
    check_ended(one, tmp_path)


def test_interrupted_again_and_again(started, tmp_path):
    one = started("verify", "popcount")
    wait_for((tmp_path / "hung").exists)
    for _ in range(5):
        one.send_signal(signal.SIGINT)
    check_ended(one, tmp_path)


def test_what_fails_leaves_nothing_either(started, tmp_path):
    one = started("verify", "popcount", hangs=())
    (tmp_path / "bin" / "iverilog").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "iverilog").chmod(0o755)
    _, err = one.communicate(timeout=PATIENCE)
    assert one.returncode == 1 and "does not compile in icarus" in err
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_tool_that_cannot_be_started(tmp_path):
    with pytest.raises(RuntimeError, match="^nowhere cannot be started: No such file"):
        tools.run(["/no/nowhere"], tmp_path)
    Path("empty").touch()
    with pytest.raises(RuntimeError, match="^empty cannot be started: Permission denied"):
        tools.run([Path("empty").resolve()], tmp_path)


def test_what_a_tool_prints(tmp_path):
    done = tools.run(["sh", "-c", "pwd; echo '\\377' >&2; printf '\\377'; cat; exit 3"], tmp_path)
    assert done.returncode == 3 and done.stdout == f"{tmp_path}\n\N{REPLACEMENT CHARACTER}"


def test_after_stop_nothing_begins(tmp_path):
    hanging = threading.Thread(target=lambda: pytest.raises(
        KeyboardInterrupt, tools.run, ["sleep", "1000"], tmp_path))
    hanging.start()
    wait_for(lambda: process.processes())
    process.stop()
    hanging.join()
    with pytest.raises(KeyboardInterrupt):
        tools.run(["touch", "begun"], tmp_path)
    process.begin()
    assert not (tmp_path / "begun").exists()
    assert tools.run(["touch", "begun"], tmp_path).returncode == 0


def test_no_folder_for_temporary_files(started, tmp_path, skimp, monkeypatch):
    monkeypatch.setattr("tempfile.mkdtemp", lambda **_: (_ for _ in ()).throw(OSError(28, "full")))
    status, _, err = skimp("generate", "popcount")
    assert status == 2 and "there is no folder for temporary files that can be written" in err
    assert list(tmp_path.iterdir()) == []
