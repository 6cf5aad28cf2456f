"""What the tests of sweeps share: a small sweep as a process, and who is at work in a folder."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
SPEC = '[[grid]]\nblock = "popcount"\nwidth = [3, 4, 5, 6]\n'
# So many that a busy machine does not finish them before it sees that the first one is.
WIDTHS = list(range(3, 15))
LONG = f'[[grid]]\nblock = "popcount"\nwidth = {WIDTHS}\n'
# Nobody waits so long but where something stands still.
PATIENCE = 900
COMMAND = [sys.executable, "-c", "from skimp.cli.main import main; main()"]
SWEEP = ("sweep", "spec.toml")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "SKIMP_CACHE": ""}


def start(folder: Path, *arguments: str, spec: str = SPEC,
          verb: tuple[str, ...] = SWEEP) -> subprocess.Popen[str]:
    """Start a sweep, or another verb, in ``folder``."""
    folder.mkdir(exist_ok=True)
    (folder / "spec.toml").write_text(spec)
    # Where tests run in the background, Ctrl-C is ignored, and children inherit that.
    return subprocess.Popen([*COMMAND, *verb, "--json", *arguments], cwd=folder, env=ENVIRONMENT,
                            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))


def finished(folder: Path) -> list[Path]:
    """Results in the cache."""
    return list((folder / "build" / "cache").glob("price-*"))


def at_work(folder: Path) -> list[int]:
    """Processes whose working folder is ``folder``, but for this one."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and (process / "cwd").resolve() == folder.resolve():
                found.append(int(process.name))
        except OSError:
            pass                                # it has ended
    return [process for process in found if process != os.getpid()]


def wait_for(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until ``condition`` holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
