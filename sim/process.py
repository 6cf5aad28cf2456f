"""External programs, each in a process group of its own, so that all can be ended at once."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

__all__ = ["begin", "processes", "run", "starting", "stop", "stopped"]


class _State:
    """The programs that run, and whether more may begin."""

    running: set[subprocess.Popen[str]] = set()
    stopped = False
    #: Whether the main thread, which signals interrupt, has yet to record a new program.
    starting = False


def begin() -> None:
    """Allow programs to begin."""
    _State.stopped = False


def stopped() -> bool:
    """Return whether :func:`stop` was called."""
    return _State.stopped


def processes() -> list[int]:
    """Return the ids of programs that run."""
    return [process.pid for process in list(_State.running)]


def starting() -> bool:
    """Return whether the main thread starts a program now, and must not be interrupted."""
    return _State.starting


def run(command: Sequence[str | Path], folder: Path, *, env: Mapping[str, str] | None = None,
        log: IO[str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program in ``folder``; return its exit status and output.

    The output goes to ``log`` instead, if there is one. If its thread is interrupted, or
    :func:`stop` is called, the program is killed with all that it has started.

    Raises
    ------
    RuntimeError
        If it cannot be started.
    KeyboardInterrupt
        If :func:`stop` was called.
    """
    main = threading.current_thread() is threading.main_thread()
    _State.starting = main
    try:
        if _State.stopped:
            raise KeyboardInterrupt
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL,
            stdout=log or subprocess.PIPE, stderr=subprocess.STDOUT if log else subprocess.PIPE,
            text=True, errors="replace", process_group=0)
        _State.running.add(process)
    except OSError as error:
        name = Path(command[0]).name
        raise RuntimeError(f"{name} cannot be started: {error.strerror}") from error
    finally:
        if main:
            _State.starting = False
    try:
        if _State.stopped:
            raise KeyboardInterrupt
        out, err = process.communicate()
    except BaseException:
        _kill(process)
        process.communicate()
        raise
    finally:
        _State.running.discard(process)
    if _State.stopped and process.returncode:
        raise KeyboardInterrupt
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def stop() -> None:
    """End every program that runs, and let none begin."""
    _State.stopped = True
    for process in list(_State.running):
        _kill(process)
    # Those that libraries have started, such as Amaranth its Yosys.
    for children in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            for child in children.read_text().split():
                with suppress(OSError):
                    os.kill(int(child), signal.SIGTERM)


def _kill(process: subprocess.Popen[str]) -> None:
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
