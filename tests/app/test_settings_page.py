"""docs/settings.md and docs/security.md name the variables that are read, and no others."""

import re
from pathlib import Path

from app.reading import misspelt
from app.security import VARIABLES
from app.settings import AGENCIES, KNOWN

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def named(page: str) -> set[str]:
    """The variables of a page's tables, those for each part or agency written out."""
    rows = [line.split("|") for line in (DOCS / page).read_text(encoding="utf-8").splitlines() if line.startswith("| `LGSP_")]
    found = set[str]()
    for _, names, what, *_rest in rows:
        for name in re.findall(r"`(LGSP_[A-Z_<>]+[A-Z])`", names):
            kind = re.search(r"<[A-Z]+>", name)
            each = re.findall(r"`([A-Z_]+)`", what) if kind and kind[0] == "<PART>" else [agency.upper() for agency in AGENCIES]
            found |= {name.replace(kind[0], one) for one in each} if kind else {name}
    return found


def test_every_variable_stands_in_the_table_of_settings_and_no_other_does() -> None:
    assert named("settings.md") == (set(KNOWN) - set(VARIABLES)) | {"LGSP_KAFKA_SECURITY_PROTOCOL"}


def test_every_variable_of_kafkas_security_stands_in_its_own_table() -> None:
    assert named("security.md") == set(VARIABLES)


def test_what_docker_compose_can_be_told_stands_in_its_own_table_and_disturbs_no_command() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    rows = [line.split("|")[1] for line in (DOCS / "containers.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert asked == {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert misspelt(dict.fromkeys(asked, "x"), KNOWN) == []
