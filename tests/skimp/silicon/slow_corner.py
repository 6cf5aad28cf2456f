"""A corner of OSU 0.18 um for tests, its cells slower or faster by a factor."""

import re
from pathlib import Path

from skimp.silicon.library import OSU018


def scaled(library, factor, path):
    """Write a corner to ``path`` in which all cells take ``factor`` as long."""
    def scale(table):
        return re.sub(r"values \((.*?)\);", lambda values: "values (" + re.sub(
            r"[\d.]+", lambda number: f"{factor * float(number[0]):.6f}", values[1]) + ");",
            table[0], flags=re.DOTALL)
    text = OSU018.read_text()
    slow = re.sub(r"cell_(rise|fall)\(.*?\);\s*\}", scale, text, flags=re.DOTALL)
    assert slow != text
    Path(path).write_text(slow)
    return f"{Path(path).stem}={path}"
