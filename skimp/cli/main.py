"""The command ``skimp``: verbs over the catalogue.

The exit status is 2 for a wrong request, with one sentence on how to mend it. It is 1 if the work
itself failed, or if the command has a fault, whose traceback SKIMP_DEBUG=1 shows.
"""

import dis
import errno
import io
import os
import re
import sys
import traceback
from pathlib import Path

import click

from skimp import golden, hw, sim
from skimp.cli import evaluate, fpga, power, ppa, report, search, sweep, traffic, units
from skimp.jobs import tools

__all__ = ["main"]

# How to mend errors of the system, by their number.
MEND = {errno.ENOSPC: "; make room there, or name another folder",
        errno.EDQUOT: "; make room there, or name another folder",
        errno.EACCES: "; name what you may read and write", errno.EROFS: "; name another folder",
        errno.ENAMETOOLONG: "; give a shorter name", errno.ENOENT: "; see that it is there"}
ROOMS = [Path(*package.__path__) for package in (golden, hw, sim)] + [Path(__file__).parents[1]]
LINE_BREAKS = re.compile(r"\s*[\r\n]+\s*")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="skimp")
def cli() -> None:
    """Generate, verify and price hardware units that spend fewer bits in DNN accelerators."""


for verbs in (units, sweep, ppa, power, fpga, traffic, evaluate, search, report):
    for command in verbs.COMMANDS:
        cli.add_command(command)


def main() -> None:
    """Run the command; turn an exception into one sentence and an exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):        # names of files may be no valid text
            stream.reconfigure(errors="backslashreplace")
    try:
        status = cli.main(standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _leave_output()
        sys.exit(1)                             # as click does
    except Exception as error:
        if os.environ.get("SKIMP_DEBUG") == "1":
            traceback.print_exc()
        fail(*describe(error))
    else:
        sys.exit(status or 0)


def describe(error: Exception) -> tuple[str, int]:
    """Return a sentence on what ``error`` means to the user, and the exit status."""
    match error:
        case click.ClickException():
            return error.format_message(), 2
        case click.Abort():
            return "interrupted", 1
        case OSError() if error.strerror:
            mend = MEND.get(error.errno or 0, "")
            return f"{error.filename or 'writing failed'}: {error.strerror}{mend}", 2
        case MemoryError():
            return "there is not memory enough: ask for less at a time, or for smaller sizes", 1
        case ValueError() if _is_ours(error):
            return str(error), 2
        case RuntimeError() if _is_ours(error):
            return str(error), 1
    return (f"this is a fault of skimp itself ({type(error).__name__}: {error}): SKIMP_DEBUG=1 "
            "shows where it is; please report it"), 1


def _is_ours(error: Exception) -> bool:
    """Return whether our code raised the error, and not a library that it called."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    if place is None:
        return True
    code = place.tb_frame.f_code
    raised = dis.opname[code.co_code[place.tb_lasti]] == "RAISE_VARARGS"
    return raised and any(Path(code.co_filename).is_relative_to(room) for room in ROOMS)


def fail(sentence: str, status: int) -> None:
    """Print one sentence, with text of the user's unchanged, and leave."""
    click.echo(f"skimp: {LINE_BREAKS.sub(' ', sentence.strip())}", err=True)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        _leave_output()
    tools.leave(status)


def _leave_output() -> None:
    """Keep Python from writing again, when it ends, what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
