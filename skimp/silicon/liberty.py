"""Liberty files, plain or gzipped, one or several, as one text without comments."""

import gzip
import math
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Transformer, UnexpectedInput

from skimp.golden.files import open_file

__all__ = ["Group", "cut", "groups", "merged", "parse", "read", "split"]

GRAMMAR = r"""
start: group
group: WORD "(" [_arguments] ")" "{" (group | simple | complex)* "}" [";"]
simple: WORD ":" VALUE [";"]
complex: WORD "(" [_arguments] ")" [";"]
_arguments: argument ("," argument)*
argument: STRING | BARE
WORD: /[A-Za-z_]\w*/
VALUE.2: /"[^"]*"|[^\s;{}"][^;{}"\n]*/
STRING: /"[^"]*"/
BARE: /[^\s,()";{}]+/
%ignore /\s+/
"""
# Bytes of text, more than any library has: a small archive may inflate to any size.
MOST = 1 << 29

COMMENT = re.compile(r'("[^"]*")|/\*.*?\*/|//[^\n]*', re.DOTALL)
# Strings, where a group begins, where one ends.
TOKEN = re.compile(r'"[^"]*"|(?<!\w)(?P<kind>[A-Za-z_]\w*)\s*\((?P<name>[^(){};]*)\)\s*\{'
                   r'|(?P<end>\})')
TEMPLATE = re.compile(r"\w*template")


@dataclass
class Group:
    """A group of a file."""

    kind: str               # such as "cell"
    names: list[str]        # in its parentheses
    # Attributes: texts, and lists of texts where they have parentheses.
    values: dict[str, Any] = field(default_factory=dict)
    groups: list["Group"] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The first of its names, or an empty string."""
        return self.names[0] if self.names else ""

    def all(self, *kinds: str) -> list["Group"]:
        """Return its groups of these kinds."""
        return [group for group in self.groups if group.kind in kinds]

    def number(self, name: str, default: float = 0.0) -> float:
        """Return a value as a number; raise ValueError if it is none."""
        try:
            value = float(self.values.get(name, default))
        except (TypeError, ValueError):
            value = math.nan
        if not math.isfinite(value):
            raise ValueError(f"{self.kind} {self.name}: {name} must be a number, not "
                             f"{self.values[name]!r}")
        return value


class _Groups(Transformer[Any, Group]):
    def start(self, children: list[Any]) -> Group:
        return children[0]

    def argument(self, children: list[Any]) -> str:
        return str(children[0]).strip('"')

    def simple(self, children: list[Any]) -> tuple[str, str]:
        return str(children[0]), str(children[1]).strip().strip('"')

    def complex(self, children: list[Any]) -> tuple[str, list[str]]:
        return str(children[0]), [child for child in children[1:] if child is not None]

    def group(self, children: list[Any]) -> Group:
        kind, *rest = children
        made = Group(str(kind), [child for child in rest if isinstance(child, str)])
        for child in rest:
            if isinstance(child, Group):
                made.groups.append(child)
            elif isinstance(child, tuple):
                made.values[child[0]] = child[1]
        return made


@lru_cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", transformer=_Groups())


def parse(text: str) -> Group:
    """Return the group that ``text`` is; raise ValueError if it breaks the format."""
    try:
        found: Any = _parser().parse(text)
    except UnexpectedInput as error:
        line = text.splitlines()[max(error.line - 1, 0):error.line] or [text[-60:]]
        raise ValueError(f"cannot be read where it says {line[0].strip()[:60]!r}") from None
    return found


def read(path: Path) -> str:
    """Return the text of a Liberty file, gzipped or not, without comments.

    Raises
    ------
    ValueError
        If it cannot be read, or is no whole Liberty file with timing.
    """
    try:
        with open_file(path) as file:
            zipped = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if zipped else path.open("rb") as file:
            content = file.read(MOST + 1)
    except OSError as error:
        why = error.strerror or "it is damaged"
        raise ValueError(f"cannot read the Liberty file {path}: {why}") from error
    except (EOFError, zlib.error) as error:
        raise ValueError(f"cannot read the Liberty file {path}: it is damaged") from error
    if len(content) > MOST:
        raise ValueError(f"cannot read the Liberty file {path}: it has more than {MOST >> 20} MB")
    text = COMMENT.sub(lambda match: match[1] or " ", content.decode("latin-1"))
    text = re.sub(r"\\[ \t]*\r?\n", "\n", text.replace("\r\n", "\n"))
    if not re.match(r"\s*library\s*\(", text):
        raise ValueError(f"{path} is not a Liberty file: it has no library group")
    opened = 0
    for token in TOKEN.finditer(text):
        opened += 1 if token["kind"] else -1 if token["end"] else 0
    if opened:
        raise ValueError(f"{path} is not a whole Liberty file: "
                         f"{'it ends inside a group' if opened > 0 else 'it has one } too many'}")
    return text


def split(text: str) -> tuple[str, dict[str, str]]:
    """Return the head of a library and its cells by name; of a name met twice, the last.

    The head ends without the library's closing brace.
    """
    head, cells, begin = [], {}, 0
    for start, end, kind, name in groups(text, 1):
        if kind == "cell":
            head.append(text[begin:start])
            cells[name] = text[start:end]
            begin = end
    head.append(text[begin:text.rindex("}")])
    return "".join(head), cells


def groups(text: str, depth: int) -> Iterable[tuple[int, int, str, str]]:
    """Yield begin, end, kind and name of the groups at ``depth``."""
    stack: list[re.Match[str]] = []
    for token in TOKEN.finditer(text):
        if token["kind"]:
            stack.append(token)
        elif token["end"] and stack:
            opened = stack.pop()
            if len(stack) == depth:
                yield opened.start(), token.end(), opened["kind"], opened["name"].strip(' "\n')


def cut(text: str, *kinds: str) -> str:
    """Return ``text`` without groups of these kinds, at any depth."""
    kept, begin, depth, inside = [], 0, 0, 0
    for token in TOKEN.finditer(text):
        if token["kind"]:
            depth += 1
            if not inside and token["kind"] in kinds:
                inside = depth
                kept.append(text[begin:token.start()])
        elif token["end"]:
            if inside == depth:
                inside, begin = 0, token.end()
            depth -= 1
    return "".join([*kept, text[begin:]])


def merged(texts: Sequence[str], names: Sequence[str]) -> str:
    """Return one library of the cells of several files, whose ``names`` are for errors.

    Raises
    ------
    ValueError
        If two have a cell of the same name, or differ in units or voltage.
    """
    head, cells = split(texts[0])
    owner = dict.fromkeys(cells, names[0])
    first = _facts(head)
    for number, (text, name) in enumerate(zip(texts[1:], names[1:], strict=True), 2):
        above, more = split(text)
        for fact, value in _facts(above).items():
            if first.get(fact, value) != value:
                raise ValueError(f"the files of a library must agree: {fact} is {first[fact]} in "
                                 f"{names[0]} and {value} in {name}")
        for cell in more:
            if cell in owner:
                raise ValueError(f"two files of a library have a cell {cell}: {owner[cell]} and "
                                 f"{name}")
            owner[cell] = name
        known = {group: above[start:end] for start, end, kind, group in groups(above + "}", 1)
                 if TEMPLATE.fullmatch(kind)}
        ours = {group for _, _, kind, group in groups(head + "}", 1) if TEMPLATE.fullmatch(kind)}
        # Two files may use one name for different templates.
        for group, content in known.items():
            new = f"{group}_{number}" if group in ours and content not in head else group
            if new != group:
                named = re.compile(rf'\(\s*"?{re.escape(group)}"?\s*\)')
                content = named.sub(f"({new})", content)
                more = {cell: named.sub(f"({new})", body) for cell, body in more.items()}
            if new not in ours:
                head += content + "\n"
        cells |= more
    return "\n".join([head, *cells.values(), "}\n"])


def _facts(head: str) -> dict[str, str]:
    """Return the units and the voltage, in which all files of a library must agree."""
    pattern = r"\b(\w+_unit|nom_voltage)\s*(?::\s*|\()([^;\n]*?)\)?\s*;"
    return {name: re.sub(r'[\s"]', "", value) for name, value in re.findall(pattern, head)}
