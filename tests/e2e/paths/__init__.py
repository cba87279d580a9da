"""The paths of a land dossier through the whole province, told once: run alone, one after the other, and in trouble."""

from collections.abc import Awaitable, Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeAlias

from tests.e2e.town import Town

Path: TypeAlias = Callable[[Town], Awaitable[None]]
"""One path; its docstring is the sentence that must hold. It sets the clock itself and leaves the town at rest, its policies instant."""


def every_path() -> list[Path]:
    """The paths of all modules of this folder, in the order of their names."""
    found: list[Path] = []
    for module in sorted(each.name for each in iter_modules(__path__)):
        found += getattr(import_module(f"{__name__}.{module}"), "PATHS", ())
    return found
