"""A progress bar on a terminal; nothing that moves anywhere else."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from app.profiles.province import Report

__all__ = ["bar"]


@contextmanager
def bar(title: str) -> Iterator[Report]:
    """Gives what `play` reports to."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _, __: None
        return
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), TextColumn("{task.fields[words]}")
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task(title, total=1.0, words="starting")
        yield lambda done, words: shown.update(task, completed=done, words=words)
