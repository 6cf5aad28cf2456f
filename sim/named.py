"""Golden functions by the names that manifests have."""

import importlib
from collections.abc import Callable
from typing import Any

__all__ = ["function_named"]


def function_named(name: str) -> Callable[..., Any]:
    """Return the function of a dotted name: of `skimp.golden`, if it begins with ``golden``."""
    module, _, function = name.rpartition(".")
    if module.partition(".")[0] == "golden":
        module = f"skimp.{module}"
    return getattr(importlib.import_module(module), function)
