"""How verbs become commands: flags of a block's parameters, and options that several verbs share.

Flags of parameters come from the parameter classes, so a new block needs no code here.
"""

from collections.abc import Callable
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, get_args, get_origin

import click

from skimp.catalogue import CATALOGUE
from skimp.select import Selected, select

__all__ = ["CLOCK", "FILE", "FOLDER", "LIBERTY", "Integers", "Names", "option", "value_type",
           "verb"]

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


def value_type(field: Field[Any]) -> type:
    """Give the type of a parameter's values: str, tuple (of int), bool or int."""
    kinds = [field.type, *get_args(field.type)]
    return (str if field.metadata["choices"]
            else tuple if any(get_origin(kind) is tuple for kind in kinds)
            else bool if bool in kinds else int)


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
        flag = name.replace("_", "-")
        kind: Any = value_type(field)
        if kind is str:
            kind = click.Choice(field.metadata["choices"])
        elif kind is tuple:
            kind = Integers()
        options.append(click.Option(
            [f"--{flag}/--no-{flag}" if kind is bool else f"--{flag}", PARAMETER + name],
            type=kind, default=None,
            help=f"{field.metadata['help']}  [{', '.join(blocks[name])}]"))
    return options


def verb(callback: Callable[..., None], *options: click.Parameter,
         selects: bool = True,
         standard: Callable[[], list[Selected]] | None = None) -> click.Command:
    """Make a command of ``callback``, whose first argument, if it ``selects``, are configurations.

    Where no block is named they are the ``standard`` ones, or the whole catalogue. Each verb can
    print JSON; ``options`` are its own.
    """
    def run(**arguments: Any) -> None:
        if selects:
            flags = {name.removeprefix(PARAMETER): arguments.pop(name) for name in list(arguments)
                     if name.startswith(PARAMETER)}
            flags = {name: value for name, value in flags.items() if value is not None}
            blocks, config = arguments.pop("blocks"), arguments.pop("config")
            if standard and not (blocks or config or flags):
                callback(standard(), **arguments)
            else:
                callback(select(blocks, config, flags), **arguments)
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
