"""Where tables and notes are printed: as they are, for much of their text is the user's."""

from typing import Any

from rich.console import Console

__all__ = ["plain_console"]


def plain_console(**settings: Any) -> Console:
    """Give a console that prints text as it is: no markup, no emoji, no colours of its own."""
    return Console(markup=False, emoji=False, highlight=False, **settings)
