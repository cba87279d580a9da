"""How commands list things: a plain table for people, one JSON object a line for programs."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import typer

__all__ = ["lines", "table"]

WIDE = 240


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table without frames; long cells are folded, never cut."""
    from rich.console import Console
    from rich.table import Table

    made = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*row)
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)  # whoever reads a pipe wants whole words
    console.print(made, markup=False)


def lines(rows: Iterable[Any]) -> None:
    """One JSON object a line."""
    for row in rows:
        typer.echo(json.dumps(row, ensure_ascii=False))
