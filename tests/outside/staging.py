"""A staging ground for somebody else's land office: its register, a bindings file, and `lgsp run` as an integrator calls it."""

import json
import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.app.lgsp import COMMAND, Said, around
from vn.people import Person, Population

HERE = Path(__file__).parent
PROGRAM = HERE / "land_office.py"
WITHIN = 180.0
TOKEN = "not for logs"

STATE = {
    "dossier": {"path": "/dossiers/{dossier}", "fields": {"/ThongBao": "/notices"}},
    "parcel": {"path": "/parcels/{commune}/{sheet}/{number}", "holders": "/owners/*/id"},
}
DECIDE = {
    "path": "/dossiers/{dossier}/decisions",
    "body": {"decision": "{action}", "why": "{reason}"},
    "actions": {"accept": "yes", "refuse": "no"},
}


@dataclass(frozen=True)
class Staging:
    """A folder with everything in it; `port` is where the program answers."""

    folder: Path
    port: int
    variables: Mapping[str, str] = field(default_factory=dict)

    def bind(self, *options: str, start: bool = True, **land: Any) -> Path:
        """A bindings file (JSON is YAML); `options` are the program's, `land` what else is said of its agency."""
        seller, buyer = Population(2024).people[70:72]
        register = self.folder / "register.json"
        register.write_text(json.dumps(_register(seller.personal_id)), encoding="utf-8")
        command = {"start": [sys.executable, str(PROGRAM), register.name, *options], "log": "office.log"} if start else {}
        said = {
            "people": {"seller": _person(seller), "buyer": _person(buyer)},
            "parcels": {"plot": {"commune": "06184", "sheet": "45", "number": "12", "certificate": "CM 700001", "area": "120.5"}},
            "agencies": {"land": {"url": self.url, "headers": {"Authorization": "env:LAND_KEY"}, **land}},
            "members": {"ilis": {"settle": "1 second", **command}},
        }
        path = self.folder / "staging.yaml"
        path.write_text(json.dumps(said), encoding="utf-8")
        return path

    @property
    def url(self) -> str:
        """Of the program's own API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        """What `lgsp run` and the program are started with."""
        keys = {"LAND_TOKEN": TOKEN, "LAND_KEY": f"Bearer {TOKEN}"}
        return around(self.folder / "state", COLUMNS="240", **keys, **self.variables)

    def run(self, *arguments: str | Path) -> Said:
        """`lgsp run` to its end, with nobody at the terminal."""
        command = [*COMMAND, "run", *map(str, arguments)]
        done = subprocess.run(
            command, env=self.environ, cwd=self.folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=WITHIN, check=False
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())

    def log(self) -> str:
        """What the program said."""
        return (self.folder / "office.log").read_text(encoding="utf-8")


def said_until(out: int, wanted: re.Pattern[str], within: float = WITHIN) -> re.Match[str]:
    """What comes from a terminal, up to this; raises AssertionError where it does not come."""
    said, deadline = "", time.monotonic() + within
    while (found := wanted.search(said)) is None:
        assert time.monotonic() < deadline, said[-2000:]
        if select.select([out], [], [], 0.5)[0]:
            try:
                said += os.read(out, 65536).decode(errors="replace")
            except OSError:  # the other end of a terminal is gone
                raise AssertionError(said[-2000:]) from None
    return found


def _person(one: Person) -> dict[str, Any]:
    address = {"detail": one.address.detail, "commune": one.address.old_commune}
    return {"personal-id": one.personal_id, "name": one.name, "born": one.born.isoformat(), "sex": one.sex, "address": address}


def _register(holder: str) -> dict[str, Any]:
    return {
        "06184/45/12": {
            "owners": [{"id": holder, "share": "1/1"}],
            "certificate": "CM 700001",
            "area": 120.5,
            "use": "ODT",
            "price": 5_000_000,
            "usedSince": "2010-01-01",
            "address": "Thửa đất số 12, tờ bản đồ số 45",
            "communeName": "Xã Đồng Đăng",
            "taxOffice": "20901",
            "taxOfficeName": "Thuế cơ sở 1 tỉnh Lạng Sơn",
        }
    }
