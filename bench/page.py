"""`python -m bench.page FILE...`: what `bench.json` and `torture.json` files hold, as the page docs/performance.md."""

import sys
from pathlib import Path
from typing import Any

import orjson

from bench.report import number

TOP = """# Performance

Written by `python -m bench.page docs/performance/*.json > docs/performance.md` from what these commands left there:

{commands}

Every benchmark compares with something in the same run: the ratios count, the absolute figures are those of one small machine on one day.
What each figure means stands at the top of its module in `bench/`; `make bench` shows the same tables, and exits with 1 where a bound is
missed.
"""


def page(files: list[tuple[str, dict[str, Any]]]) -> str:
    """The whole page, one section a file."""
    commands = "\n".join(f"- `{content.get('command', 'make bench')}` → `docs/performance/{name}`" for name, content in files)
    return "\n".join([TOP.format(commands=commands), *(section(name, content) for name, content in files)])


def section(name: str, content: dict[str, Any]) -> str:
    """One file: where it was made, then a table for each benchmark, or of the times to come back."""
    if "recovery" in content:
        return recovery(name, content)
    made = f"{content['cores']} cores, Python {content['python']}, load {content['loadBefore']} before and {content['loadAfter']} after"
    lines = [f"## {_title(name)}", "", f"{content['at'][:10]}; broker: {content['broker']}; {made}.", ""]
    for bench, result in content["benches"].items():
        lines += [f"### {bench}", "", "| figure | value | bound | | beside it |", "|---|---|---|---|---|"]
        lines += [f"| {' | '.join(_row(figure))} |" for figure in result["figures"]]
        lines += [f"\nIt could not be run: {result['trouble']}"] if result["trouble"] else []
        lines += [""]
    return "\n".join(lines)


def recovery(name: str, content: dict[str, Any]) -> str:
    """Seconds from the start of a part's process until it was well, until the next journal record, until all was at rest."""
    counted = (("cases", "cases"), ("dossiers", "dossiers"), ("kills", "kills"), ("lost", "lost"), ("double", "applied twice"))
    did = ", ".join(f"{content[key]} {word}" for key, word in counted)
    lines = [f"## {_title(name)}", "", f"{content['at'][:10]}; broker: {content['broker']}; {did}. Seconds, median / worst.", ""]
    lines += ["| part | restarts | well | next record | at rest |", "|---|---|---|---|---|"]
    for part, found in content["recovery"].items():
        times = [
            found[key] and f"{number(found[key]['median'])} / {number(found[key]['worst'])}" for key in ("well", "nextRecord", "atRest")
        ]
        lines += [f"| {part} | {found['restarts']} | {' | '.join(each or '-' for each in times)} |"]
    return "\n".join([*lines, ""])


def _title(name: str) -> str:
    return name.removesuffix(".json").replace("-", " ").capitalize()


def _row(figure: dict[str, Any]) -> tuple[str, ...]:
    value = "-" if figure["value"] is None else f"{number(figure['value'])} {figure['unit']}".rstrip()
    bound = figure["bound"] or {}
    limits = [f"{sign} {number(bound[key])}" for sign, key in (("≥", "least"), ("≤", "most")) if bound.get(key) is not None]
    return figure["name"], value, " ".join(limits), figure["verdict"] or "", figure["note"] or ""


def main(paths: list[str]) -> int:
    """Print the page; 2 where a file cannot be read."""
    try:
        files = [(Path(path).name, orjson.loads(Path(path).read_bytes())) for path in paths]
        sys.stdout.write(page(files))
    except (OSError, KeyError, ValueError) as error:
        sys.stderr.write(f"no such figures: {error!r}\n")
        return 2
    return 0 if files else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
