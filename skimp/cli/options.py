"""How verbs become commands; types of options; options that several verbs share."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from skimp.catalogue.ranges import ANY_INTEGER, CLOCK_NS, Range, shown
from skimp.catalogue.selection import Design, select
from skimp.cli.flags import PARAMETER, BlockCommand, Command, Flag
from skimp.jobs import tools
from skimp.silicon.library import WIRE_FF, Library

__all__ = ["CLOCK", "FILE", "FOLDER", "LIBRARY", "Integers", "LibraryChoice", "Names", "Number",
           "Numbers", "given", "option", "refuse_given", "refuse_others", "verb"]


@dataclass(frozen=True)
class LibraryChoice:
    """The options of a library, as `Library.find` takes them."""

    files: tuple[Path, ...] = ()
    wire_ff: float | None = None
    dont_use: tuple[str, ...] = ()
    clock_gating: bool = False

    def open(self) -> Library | None:
        """Return the library; None if it is the default one and missing."""
        return Library.find(self.files, wire_ff=self.wire_ff, dont_use=self.dont_use,
                            clock_gating=self.clock_gating)


class Number(click.ParamType):
    """A number of a `Range`, with ASCII digits."""

    name = "number"

    def __init__(self, range_: Range):
        self.range = range_

    def convert(self, value, param, ctx):
        if not isinstance(value, str):          # a default
            return value
        try:
            return self.range.parse(_named(param), value)
        except ValueError as error:
            raise click.UsageError(str(error), ctx) from error

    def get_metavar(self, param, ctx):
        return "INT" if self.range.integer else "NUMBER"


class Integers(click.ParamType):
    """Integers of a `Range` separated by commas; an empty string is none."""

    name, words = "INT,INT,...", "integers"

    def __init__(self, range_: Range = ANY_INTEGER):
        self.range = range_

    def convert(self, value, param, ctx):
        if not isinstance(value, str):          # a default
            return value
        try:
            return tuple(self.range.parse(_named(param), item)
                         for item in value.split(",")) if value else ()
        except ValueError as error:
            if "," not in value and self.range is not ANY_INTEGER:
                raise click.UsageError(str(error), ctx) from error
            raise click.UsageError(f"{_named(param)} must be {self.words} separated by commas, "
                                   f"each {self.range}, not {shown(value)}", ctx) from error


class Numbers(Integers):
    """Numbers of a `Range` separated by commas."""

    name, words = "NUMBER,NUMBER,...", "numbers"


class Names(click.ParamType):
    """Names separated by commas."""

    name = "NAME,NAME,..."

    def convert(self, value, param, ctx):
        return value if isinstance(value, tuple) else tuple(value.split(","))


def _named(param: click.Parameter | None) -> str:
    return param.opts[0] if param else "a number"


def flag_option(flag: Flag) -> click.Option:
    """Return the option of a parameter. Its default is in the parameter class."""
    kind: Any = {str: click.Choice(flag.choices), tuple: Integers(), bool: bool,
                 int: Number(ANY_INTEGER)}[flag.kind]
    return click.Option(["/".join(flag.words), PARAMETER + flag.name], type=kind, default=None,
                        help=flag.help)


def verb(callback: Callable[..., None], *options: click.Parameter,
         selects: bool = True, works: bool = True,
         standard: Callable[[], list[Design]] | None = None) -> click.Command:
    """Return the command of ``callback``, with its own ``options`` and ``--json``.

    If it ``selects``, the first argument of ``callback`` is a list of configurations. Without a
    named block they are the ``standard`` ones, or the whole catalogue; where clocks are gated, with
    what the blocks set there. If it ``works``, it starts tools or takes long, and can be
    interrupted.
    """
    def run(**arguments: Any) -> None:
        with tools.session() if works else nullcontext():
            work(**arguments)

    def work(**arguments: Any) -> None:
        gated = False
        if "liberty" in arguments:
            arguments["choice"] = choice = LibraryChoice(*map(arguments.pop, LIBRARY_FLAGS))
            gated = choice.clock_gating
        if selects:
            flags = {name.removeprefix(PARAMETER): arguments.pop(name) for name in list(arguments)
                     if name.startswith(PARAMETER)}
            flags = {name: value for name, value in flags.items() if value is not None}
            blocks, config = arguments.pop("blocks"), arguments.pop("config")
            if standard and not (blocks or config or flags):
                callback([one.gated if gated else one for one in standard()], **arguments)
            else:
                callback(select(blocks, config, flags, gated=gated), **arguments)
        else:
            callback(**arguments)

    settings: dict[str, Any] = {
        "name": callback.__name__.removesuffix("_"), "callback": run, "help": callback.__doc__,
        "params": [*options, click.Option(["--json", "as_json"], is_flag=True,
                                          help="print JSON, and nothing else")],
        "context_settings": {"help_option_names": ["-h", "--help"], "max_content_width": 100}}
    if not selects:
        return Command(**settings)
    settings["params"] += [
        click.Argument(["blocks"], nargs=-1, metavar="[BLOCK]..."),
        click.Option(["--config"], help="a named configuration; see `skimp list`")]
    return BlockCommand(**settings, make=flag_option)


def option(*names: str, **settings: Any) -> click.Option:
    """Return an option whose help shows its default and its range."""
    kind = settings.get("type")
    if isinstance(kind, Number | Integers) and kind.range.low is not None:
        text, gap, rest = settings["help"].partition("  [")
        settings["help"] = f"{text} ({kind.range.span}){gap}{rest}"
    return click.Option(list(names), show_default=True, **settings)


def _all(ctx: click.Context, param: click.Parameter, values: Any) -> tuple[Any, ...]:
    """Return all values of an option that may be given several times, none twice."""
    return tuple(dict.fromkeys(values))


def refuse_given(names: str, why: str) -> None:
    """Raise ValueError if one of ``names`` was given: its name, then ``why``."""
    for name in given(names):
        raise ValueError(f"{name} {why}")


def given(names: str) -> list[str]:
    """Return those of ``names``, options with blanks between them, that were given."""
    context = click.get_current_context()
    return [name for name in names.split() if context.get_parameter_source(
        name.lstrip("-").replace("-", "_")) is ParameterSource.COMMANDLINE]


def refuse_others(known: str, why: str) -> None:
    """Raise ValueError if a parameter was given that is not one of ``known``: its name, then why.

    ``known`` are names of parameters with blanks between them.
    """
    context = click.get_current_context()
    for param in context.command.params:
        source = context.get_parameter_source(param.name or "")
        if param.name not in known.split() and source is ParameterSource.COMMANDLINE:
            name = param.opts[0] if isinstance(param, click.Option) else param.make_metavar(context)
            raise ValueError(f"{name} {why}")


FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
# Callbacks get these as one `LibraryChoice`, ``choice``.
LIBRARY = (
    click.Option(["--liberty"], type=FILE, multiple=True, callback=_all,
                 help="a Liberty file, plain or gzipped, instead of OSU 0.18 um; several times for "
                      "a library of several files"),
    option("--wire-ff", type=Number(Range(0, 10_000, "fF")),
           help=f"capacitance of a net's wire for each pin that it drives  [default: {WIRE_FF:g} "
                "in OSU 0.18 um, in others by the size of their cells]"),
    click.Option(["--dont-use"], metavar="PATTERN", multiple=True, callback=_all,
                 help="cells that are not to be used, such as '*_xl'; several times for several"),
    click.Option(["--clock-gating"], is_flag=True,
                 help="gate the clocks of registers with an enable, in units that are made for it"),
)
LIBRARY_FLAGS = ("liberty", "wire_ff", "dont_use", "clock_gating")
CLOCK = option("--clock-ns", type=Number(CLOCK_NS), help="clock period  [default: the block's; "
               "7 for sorting units, 8 for multipliers and arrays]")
