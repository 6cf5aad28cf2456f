"""A hash of the code that results depend on: of whole folders, so that no file is forgotten."""

import ast
import functools
import hashlib
import os
import threading
from pathlib import Path

__all__ = ["digest"]

# Of Python 3.11 the parser counts its depth for all threads together.
_PARSING = threading.Lock()


@functools.cache
def digest(*folders: Path) -> str:
    """Return a hash of the code and the arrays in ``folders`` and below them.

    Comments and docstrings do not count. It is made once a process, which never imports again.
    """
    found = hashlib.sha256()
    for root in folders:
        for folder, _, names in sorted(os.walk(root, followlinks=True)):
            for file in (Path(folder, name) for name in sorted(names)):
                if file.suffix in (".py", ".npz"):
                    content = file.read_bytes()
                    found.update(f"{file.relative_to(root)}\0".encode()
                                 + (_code(content) if file.suffix == ".py" else content))
    return found.hexdigest()


def _code(text: bytes) -> bytes:
    """Return the syntax tree of a module without its docstrings."""
    with _PARSING:
        tree = ast.parse(text)
    for node in ast.walk(tree):
        match node:
            case ast.Expr(ast.Constant(str())):
                node.value = ast.Constant(None)
    return ast.dump(tree).encode()
