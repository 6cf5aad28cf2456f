"""The command ``skimp``: verbs over the catalogue.

Parameter flags come from the parameter classes, so a new block needs no code here. Exit status: 0;
2 for a wrong request, with one sentence that says how to mend it; 1 when the work itself failed.
"""

import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_origin

import click

from golden.nets.lenet5 import ORDERS
from golden.nets.recalibrate import AVERAGINGS
from skimp import verbs
from skimp.catalogue import CATALOGUE
from skimp.select import select
from skimp.traffic import LAYERS

__all__ = ["main"]

PARAMETER = "parameter_"            # how a parameter's flag is told from a verb's own


class Integers(click.ParamType):
    """Integers separated by commas; an empty string is none."""

    name = "INT,INT,..."

    def convert(self, value, param, ctx):
        if isinstance(value, tuple):
            return value
        try:
            return tuple(int(item) for item in value.split(",")) if value else ()
        except ValueError:
            self.fail(f"{value!r} is not a list of integers separated by commas", param, ctx)


class Names(click.ParamType):
    """Names separated by commas."""

    name = "NAME,NAME,..."

    def convert(self, value, param, ctx):
        return value if isinstance(value, tuple) else tuple(value.split(","))


def parameter_options() -> list[click.Parameter]:
    """Give a flag for each parameter of each block, without defaults: the classes have those."""
    described = {}
    blocks: dict[str, list[str]] = {}
    for block in CATALOGUE.values():
        for field in fields(block.parameters):
            if field.name not in block.fixed:
                described[field.name] = field
                blocks.setdefault(field.name, []).append(block.name)
    options: list[click.Parameter] = []
    for name, field in described.items():
        kinds = [field.type, *get_args(field.type)]
        flag = name.replace("_", "-")
        choices = field.metadata["choices"]
        kind = (click.Choice(choices) if choices
                else Integers() if any(get_origin(kind) is tuple for kind in kinds)
                else bool if bool in kinds else int)
        options.append(click.Option(
            [f"--{flag}/--no-{flag}" if kind is bool else f"--{flag}", PARAMETER + name],
            type=kind, default=None,
            help=f"{field.metadata['help']}  [{', '.join(blocks[name])}]"))
    return options


def verb(callback: Callable[..., None], *options: click.Parameter,
         selects: bool = True) -> click.Command:
    """Make a command of ``callback``, whose first argument, if it ``selects``, are configurations.

    Each verb can print JSON; ``options`` are its own.
    """
    def run(**arguments: Any) -> None:
        if selects:
            flags = {name.removeprefix(PARAMETER): arguments.pop(name) for name in list(arguments)
                     if name.startswith(PARAMETER)}
            callback(select(arguments.pop("blocks"), arguments.pop("config"),
                            {name: value for name, value in flags.items() if value is not None}),
                     **arguments)
        else:
            callback(**arguments)

    selection = [click.Argument(["blocks"], nargs=-1, metavar="[BLOCK]..."),
                 click.Option(["--config"], help="a named configuration; see `skimp list`"),
                 *parameter_options()] if selects else []
    return click.Command(
        callback.__name__.removesuffix("_"), callback=run, help=callback.__doc__,
        params=[*options, click.Option(["--json", "as_json"], is_flag=True,
                                       help="print JSON, and nothing else"), *selection],
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})


def option(*names: str, **settings: Any) -> click.Option:
    """Give an option, its default shown."""
    return click.Option(list(names), show_default=True, **settings)


FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
LIBERTY = option("--liberty", type=FILE, help="a Liberty file instead of OSU 0.18 um")
CLOCK = option("--clock-ns", type=click.FloatRange(0.01),
               help="clock period  [default: 6 for sorting units, 8 for multipliers]")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="skimp")
def cli() -> None:
    """Generate, verify and price hardware units that spend fewer bits in DNN accelerators."""


for command in (
    verb(verbs.list_),
    verb(verbs.generate,
         option("-o", "--output", type=FOLDER, default=Path("build/verilog"), help="folder"),
         option("--name", help="name of the module, for a single configuration")),
    verb(verbs.verify,
         option("--simulator", type=click.Choice(["icarus", "verilator"]), default="icarus"),
         option("--netlist", is_flag=True, help="the mapped netlist instead of the RTL"),
         option("--deep", is_flag=True, help="many more vectors"), CLOCK, LIBERTY),
    verb(verbs.area, CLOCK, LIBERTY),
    verb(verbs.traffic,
         option("--trace", type=FILE, help="your own packets: an .npz file with the arrays "
                "activations and, if there are any, weights, each (packets, n)"),
         option("--width", type=int, default=8, help="bits of an element of the trace"),
         option("--lanes", type=Integers(), default=(1, 5), help="elements of a stream in a flit"),
         option("--layers", type=Names(), default=LAYERS, help=f"of {', '.join(LAYERS)}"),
         option("--packet-orders", type=Names(), help=f"of {', '.join(ORDERS)}",
                default=("output-stationary", "weight-stationary")),
         option("--images", type=int, default=200, help="test images sent, 1 to 1000"),
         option("--filters", type=int, default=1, help="filters that each image meets; 16: all"),
         option("--plot", type=FILE, help="draw the transitions: .png, .svg or .pdf"),
         selects=False),
    verb(verbs.evaluate,
         click.Argument(["net"], metavar="NET"),
         option("--scheme", multiple=True, metavar="SCHEME", help="as above; several may be given"),
         option("--all", "all_", is_flag=True, help="the whole table, batch norm recalibrated too"),
         option("--recalibrate", type=click.Choice(AVERAGINGS),
                help="each scheme again, batch norm recalibrated under it"),
         option("--reorder", is_flag=True, help="each NB-SMT scheme again, K reordered"),
         option("--threads-per-layer", type=Integers(),
                help="threads of each reduced layer, in order, for NB-SMT schemes"),
         option("--images", type=int, help="test images  [default: 1000; of --data: all]"),
         option("--data", type=FILE, help="images of your own: an .npz file with the uint8 arrays "
                "test_images, train_images (images, rows, columns, channels) and test_labels"),
         option("--array", type=Integers(), default=(16, 16),
                help="rows and columns of the array whose cycles are counted"),
         option("--kure", is_flag=True, help="compare post-training bits with another network's"),
         option("--beside", default="resnet8_kure", metavar="NET", help="that of --kure"),
         option("--plot", type=FILE, help="draw accuracy against MACs a cycle: .png, .svg, .pdf"),
         selects=False),
):
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
    """Print one sentence and leave."""
    click.echo(f"skimp: {' '.join(sentence.split())}", err=True)
    sys.exit(status)
