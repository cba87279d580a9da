"""The table of docs/brokers.md: read, compared and written."""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Final

from tests.broker.differences import configs, groups, records, topics, wire
from tests.broker.differences.asking import answered
from tests.broker.differences.why import WHY

PAGE: Final = Path(__file__).parents[3] / "docs" / "brokers.md"
BEGIN, END = "<!-- probes: written by `make differences` -->", "<!-- end of probes -->"
EMBEDDED, APACHE = "embedded", "apache"
NOTHING: Final = "–"
SECTIONS: Final[Mapping[str, tuple[str, ModuleType]]] = {
    "wire": ("What the broker says of itself", wire),
    "topics": ("Topics", topics),
    "configs": ("Settings", configs),
    "records": ("Records", records),
    "groups": ("Groups and transactions", groups),
}
Row = dict[str, str]
Table = dict[str, dict[str, Row]]
"""Section -> probe -> broker -> answer."""


async def column(address: str, section: str) -> dict[str, str]:
    """What the broker at the address answers to every probe of a section."""
    rows: dict[str, str] = {}
    for title, probe in SECTIONS[section][1].PROBES.items():
        rows |= {safe(name): safe(answer) for name, answer in (await answered(address, title, probe)).items()}
    return rows


def safe(text: str) -> str:
    """As it can stand in a cell."""
    return " ".join(text.replace("|", "/").split())


def read(page: str) -> Table:
    """What the page says; empty where it has no table yet."""
    inside = page.partition(BEGIN)[2].partition(END)[0]
    table: Table = {section: {} for section in SECTIONS}
    section = ""
    titles = {title: section for section, (title, _module) in SECTIONS.items()}
    for line in inside.splitlines():
        if line.startswith("### "):
            section = titles[line[4:].partition(" (")[0]]
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("| ") else []
        if len(cells) == 4 and cells[0] != "probe":
            apache = cells[1] if cells[2] == "same" else cells[2]
            table[section][cells[0]] = {EMBEDDED: cells[1], APACHE: apache}
    return table


def refreshed(table: Table, section: str, broker: str, answers: Mapping[str, str]) -> None:
    """Put in a broker's column; rows that neither has go, and those of a probe that there is no more."""
    rows = {name: row for name, row in table[section].items() if asked_by(section, name) is not None}
    for name in {*rows, *answers}:
        rows.setdefault(name, {EMBEDDED: NOTHING, APACHE: NOTHING})[broker] = answers.get(name, NOTHING)
    table[section] = {name: row for name, row in rows.items() if set(row.values()) != {NOTHING}}


def said(table: Table, section: str, broker: str) -> dict[str, str]:
    """What the table says that a broker answers."""
    return {name: row[broker] for name, row in table[section].items() if row[broker] != NOTHING}


def written(page: str, table: Table) -> str:
    """The page with this table."""
    before, _begin, rest = page.partition(BEGIN)
    pieces = [f"{before.rstrip()}\n\n{BEGIN}"]
    for section, (title, _module) in SECTIONS.items():
        rows = table[section]
        differ = [name for name, row in rows.items() if row[EMBEDDED] != row[APACHE]]
        pieces.append(f"\n### {title} ({len(rows)} probes, {len(differ)} differ)\n")
        pieces.append("| probe | embedded | Apache Kafka | why it stays |\n|---|---|---|---|")
        pieces += [line(name, rows[name]) for name in sorted(rows, key=lambda each: place(section, each))]
    return "\n".join([*pieces, "", END, *rest.partition(END)[2:]]).rstrip() + "\n"


def line(name: str, row: Row) -> str:
    if row[EMBEDDED] == row[APACHE]:
        return f"| {name} | {row[EMBEDDED]} | same | |"
    return f"| {name} | {row[EMBEDDED]} | {row[APACHE]} | {why(name)} |"


def why(name: str) -> str:
    """Why a difference stays; empty where nobody has said."""
    return WHY.get(max((start for start in WHY if name.startswith(start)), key=len, default=""), "")


def place(section: str, name: str) -> tuple[int, int, str]:
    """In the order of the probes; of one probe by number, then by name."""
    title = asked_by(section, name) or ""
    number = name[len(title) :].split()[:1]
    titles = [safe(each) for each in SECTIONS[section][1].PROBES]
    return titles.index(title), int(number[0]) if number and number[0].isdecimal() else 0, name


def asked_by(section: str, name: str) -> str | None:
    """The probe that a row comes from."""
    titles = (safe(title) for title in SECTIONS[section][1].PROBES)
    return max((title for title in titles if name.startswith(title)), key=len, default=None)
