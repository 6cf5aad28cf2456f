"""External tools, which end with the command, however it ends.

`session` surrounds the work of a verb. All temporary folders are inside one of its own, so nothing
remains of tools that are ended early.
"""

import logging
import os
import re
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from skimp.catalogue.ranges import shown
from skimp.sim import process
from skimp.sim.process import run

__all__ = ["leave", "run", "scratch", "session"]

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INTERRUPTED = "interrupted; nothing is half written, and what was kept is not made again"
# Icarus, Verilator, their shells and `make` would split other names of folders.
PLAIN = re.compile(r"[\w/.+,@=-]+")
PLACES = ("/tmp", "/var/tmp")
LOG = logging.getLogger("skimp")
SECONDS = 2             # for threads to clean up after an interruption


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a folder that lasts as long as the context."""
    with tempfile.TemporaryDirectory(prefix="skimp-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def session() -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and SIGHUP end the work and the tools that it has started.

    They do so even if they were ignored at the start, as in the background of a shell. Only SIGHUP
    stays ignored, for `nohup`.

    Raises
    ------
    RuntimeError
        If it was interrupted.
    ValueError
        If there is no folder for temporary files.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    process.begin()
    before = {number: signal.getsignal(number) for number in SIGNALS}
    root = _root()
    places = tempfile.tempdir, os.environ.get("TMPDIR")
    tempfile.tempdir = os.environ["TMPDIR"] = root
    try:
        for number in SIGNALS:
            if not (number == signal.SIGHUP and before[number] == signal.SIG_IGN):
                signal.signal(number, _interrupt)
        with _awake():
            yield
    except KeyboardInterrupt:
        raise RuntimeError(INTERRUPTED) from None
    finally:
        if process.stopped():
            _wait_for_threads()
        shutil.rmtree(root, ignore_errors=True)
        tempfile.tempdir = places[0]
        if places[1] is None:
            os.environ.pop("TMPDIR", None)
        else:
            os.environ["TMPDIR"] = places[1]
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if process.stopped() else handler)


def _root() -> str:
    """Make the folder of all temporary ones, in TMPDIR if simulators can work there."""
    try:
        asked = tempfile.gettempdir()
        if PLAIN.fullmatch(asked):
            return tempfile.mkdtemp(prefix="skimp-")
        for place in PLACES:
            if os.access(place, os.W_OK | os.X_OK):
                LOG.warning("skimp: temporary files are in %s: simulators cannot work in a folder "
                            "with the name that TMPDIR says", place)
                return tempfile.mkdtemp(prefix="skimp-", dir=place)
    except OSError as error:
        raise ValueError("there is no folder for temporary files that can be written: name one "
                         "with TMPDIR, or make room in it") from error
    raise ValueError(f"TMPDIR must be a folder with a name of letters, digits and _ . + , @ = -, "
                     f"for simulators work there, not {shown(asked)}")


@contextmanager
def _awake() -> Iterator[None]:
    """Handle a signal that comes right before the main thread begins to wait.

    Python would handle it only when the thread that is waited for has ended. Another thread, which
    the system informs of signals, wakes the main one until it has handled the signal.
    """
    listening, told = os.pipe()
    os.set_blocking(told, False)
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    main, timer = threading.main_thread().ident, threading.Event()

    def watch() -> None:
        while number := os.read(listening, 1):
            while number[0] in SIGNALS and main and not (timer.wait(0.1) or process.stopped()):
                signal.pthread_kill(main, number[0])

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        timer.set()
        os.close(told)
        watcher.join()
        os.close(listening)


def _interrupt(number: int, frame: Any) -> None:
    """End all tools, then the work, once."""
    if process.stopped():
        return
    process.stop()
    if not process.starting():
        raise KeyboardInterrupt


def _wait_for_threads() -> None:
    """Wait for threads whose tools were ended to clean up and finish writing."""
    timer = threading.Event()
    for _ in range(10 * SECONDS):
        if not [thread for thread in threading.enumerate() if "ThreadPoolExecutor" in thread.name]:
            break
        timer.wait(0.1)


def leave(status: int) -> NoReturn:
    """End the command; after an interruption at once, without waiting for threads."""
    if process.stopped():
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status)
    sys.exit(status)
