"""Commands whose flags are those of the named blocks, before or behind the flags.

Flags of parameters come from the parameter classes, so a new block needs no code here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import Field, fields
from functools import cached_property
from typing import Any, NamedTuple, get_args, get_origin

import click

from skimp.catalogue.ranges import shown
from skimp.catalogue.rows import CATALOGUE

__all__ = ["PARAMETER", "BlockCommand", "Command", "check_blocks", "value_type"]

PARAMETER = "parameter_"            # prefix that distinguishes flags of parameters from the verb's
NAMED = "skimp.blocks"
HELP = ("-h", "--help")


def value_type(field: Field[Any]) -> type:
    """Return the type of a parameter's values: str, tuple (of int), bool or int."""
    kinds = [field.type, *get_args(field.type)]
    return (str if field.metadata["choices"]
            else tuple if any(get_origin(kind) is tuple for kind in kinds)
            else bool if bool in kinds else int)


class Flag(NamedTuple):
    """A parameter as a flag of one block or several."""

    name: str
    kind: type
    choices: tuple[str, ...]
    help: str

    @property
    def words(self) -> list[str]:
        """How it is written."""
        word = self.name.replace("_", "-")
        return [f"--{word}", f"--no-{word}"] if self.kind is bool else [f"--{word}"]


def check_blocks(names: Iterable[str]) -> None:
    """Raise ValueError if a name is no block's."""
    for name in names:
        if name not in CATALOGUE:
            raise ValueError(f"no block {shown(name)}; there are {', '.join(CATALOGUE)}")


def flags_of(block: str) -> dict[str, Flag]:
    """Return the flags of a block by name."""
    row = CATALOGUE[block]
    return {field.name: Flag(field.name, value_type(field), field.metadata["choices"],
                             field.metadata["help"])
            for field in fields(row.parameters) if field.name not in row.fixed}


def common_flags(blocks: Sequence[str]) -> dict[str, Flag]:
    """Return the flags that ``blocks`` share, of the same kind; without blocks, all sizes."""
    if not blocks:
        return {size: flags_of(name)[size] for name, block in CATALOGUE.items()
                for size in block.sizes}
    first, *others = map(flags_of, blocks)
    found = {}
    for name, flag in first.items():
        same = [other[name] for other in others
                if name in other and other[name].kind is flag.kind]
        choices = tuple(choice for choice in flag.choices
                        if all(choice in other.choices for other in same))
        if len(same) == len(others) and (choices or flag.kind is not str):
            found[name] = flag._replace(choices=choices)
    return found


class Command(click.Command):
    """A command that takes each option once, unless it is declared as ``multiple``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse an option that is given twice: its first value would be ignored."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        names = [param.name for param in order]
        for param in order:
            if isinstance(param, click.Option) and not (param.multiple or param.is_eager) and (
                    names.count(param.name) > 1):
                raise click.UsageError(f"{'/'.join((*param.opts, *param.secondary_opts))} is given "
                                       "more than once: give it once", ctx)
        return super().parse_args(ctx, args)


class BlockCommand(Command):
    """A command on blocks, with the option that ``make`` returns for each of their flags."""

    def __init__(self, *arguments: Any, make: Callable[[Flag], click.Option], **settings: Any):
        super().__init__(*arguments, **settings)
        self._make = make

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Find the blocks that are named, then read their flags."""
        ctx.meta[NAMED] = self._named(args, ctx)
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the parameters of the command and of the blocks that are named."""
        return [*super().get_params(ctx), *self._flags(ctx)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, then those of the blocks."""
        own = [record for param in super().get_params(ctx) if isinstance(param, click.Option)
               and (record := param.get_help_record(ctx))]
        with formatter.section("Options"):
            formatter.write_dl(own)
        flags = [record for flag in self._flags(ctx) if (record := flag.get_help_record(ctx))]
        blocks = ctx.meta.get(NAMED, ())
        title = f"Options of {', '.join(blocks)}" if blocks else "Sizes, to narrow the catalogue by"
        if flags:
            with formatter.section(title):
                formatter.write_dl(flags)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how to see the options of a block."""
        if not ctx.meta.get(NAMED):
            formatter.write_paragraph()
            formatter.write_text(f"`{ctx.command_path} BLOCK --help` shows the options of a "
                                 f"block, too: {', '.join(CATALOGUE)}.")

    def _flags(self, ctx: click.Context) -> list[click.Option]:
        return [self._make(flag) for flag in common_flags(ctx.meta.get(NAMED, ())).values()]

    @cached_property
    def _own(self) -> dict[str, bool]:
        """Options of the command, and whether each takes a value."""
        return {word: not option.is_flag for option in self.params
                if isinstance(option, click.Option)
                for word in (*option.opts, *option.secondary_opts)} | dict.fromkeys(HELP, False)

    def _named(self, args: Sequence[str], ctx: click.Context) -> tuple[str, ...]:
        """Return the blocks that ``args`` name; refuse flags that not all of them have."""
        names: list[str] = []
        given: dict[str, str | None] = {}
        words = iter(range(len(args)))
        for place in words:
            word, equals, _ = args[place].partition("=")
            following = args[place + 1] if place + 1 < len(args) else None
            if word == "--":
                names += args[place + 1:]
                break
            if not word.startswith("-") or word == "-":
                names.append(args[place])
            elif word in self._own:
                if self._own[word] and not equals:
                    next(words, None)
            elif word.startswith("--"):
                given[word] = None
                kinds = {flag.kind for flag in WORDS.get(word, ())}
                # `--pairs` is a number in one block, and on or off in another.
                unsure = bool in kinds and (following is None or following in CATALOGUE
                                            or following.startswith("-"))
                if kinds not in (set(), {bool}) and not equals and not unsure:
                    given[word] = following
                    next(words, None)
        blocks = tuple(dict.fromkeys(names))
        for word in given:
            if word not in WORDS:
                possible = [*self._own, *WORDS]
                raise click.NoSuchOption(word, ctx=ctx, possibilities=[
                    other for other in possible if other.startswith(word)])
        check_blocks(blocks)
        for word, value in given.items():
            _check_flag(word, value, blocks)
        return blocks


# The flags that a word means in one block or another.
WORDS: dict[str, list[Flag]] = {}
for _block in CATALOGUE:
    for _flag in flags_of(_block).values():
        for _word in _flag.words:
            WORDS.setdefault(_word, []).append(_flag)


def _check_flag(word: str, value: str | None, blocks: Sequence[str]) -> None:
    """Refuse a flag that not all ``blocks`` have, or a ``value`` for one that takes none."""
    name = WORDS[word][0].name
    if not blocks:
        if name not in common_flags(()):
            raise ValueError(f"name a block to set {name!r} of")
        return
    for block in blocks:
        own = flags_of(block)
        if name not in own:
            raise ValueError(f"block {block} has no parameter {name!r}; it has "
                             f"{', '.join(sorted(own))}")
        if word not in own[name].words:
            raise ValueError(f"block {block} has no {word}: its --{name.replace('_', '-')} takes "
                             "a value")
        if own[name].kind is bool and value is not None and len(blocks) == 1:
            raise ValueError(f"{word} of {block} is on or off, {' or '.join(own[name].words)}, and "
                             f"takes no value such as {shown(value)}")
    if name not in common_flags(blocks):
        raise ValueError(f"{word} does not mean the same in {', '.join(blocks)}: name one of them")
