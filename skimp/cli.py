"""The command ``skimp``: verbs over the catalogue.

Exit status: 0; 2 for a wrong request, with one sentence that says how to mend it; 1 when the work
itself failed.
"""

import re
import sys

import click

from skimp import tools
from skimp.verbs import COMMANDS

__all__ = ["main"]

LINE_BREAKS = re.compile(r"\s*[\r\n]+\s*")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="skimp")
def cli() -> None:
    """Generate, verify and price hardware units that spend fewer bits in DNN accelerators."""


for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the command; turn what went wrong into one sentence and an exit status."""
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        fail(error.format_message(), 2)
    except click.Abort:
        fail("interrupted", 1)
    except ValueError as error:
        fail(str(error), 2)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error), 2)
    except RuntimeError as error:
        fail(str(error), 1)


def fail(sentence: str, status: int) -> None:
    """Print one sentence, which holds text of the user's as it is, and leave."""
    click.echo(f"skimp: {LINE_BREAKS.sub(' ', sentence.strip())}", err=True)
    tools.leave(status)
