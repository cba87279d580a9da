"""Nobody is named in a log, nor in the journal: not when all goes well, not when input is refused, not when parts fail."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.samples import FAULTS
from bus import KafkaSettings, Message, Producer, Record, Space
from tests.e2e.houses import HouseTown
from vn.clock import VN
from vn.people import Person, Population

DVC, ILIS, TCT, PAYPLAT = "VN/GOV/H37.10/dvc", "VN/GOV/H37.15/ilis", "VN/GOV/G12.20/tct", "VN/GOV/G12.18/payplat"
COMPANIES = ("tax-code",)
GIFTS = ("relation",)
DECISIONS = {"identity", "tax-code", "shares", "price", "future", "hash", "unknown-field"}  # what the portal itself refuses


async def test_no_log_and_no_journal_names_a_citizen_or_a_company(tmp_path: Path) -> None:
    everybody = Population(2024)
    async with HouseTown(tmp_path / "house", log_level="debug") as house:
        dossiers = [await _paid(house, kind) for kind in ("transfer", "company", "gift-outside")]
        await _wrong_dossiers(house)
        await _bad_requests(house, everybody.people[0])
        await _bad_messages(house, dossiers[0], everybody.people[1])
        await house.kill("land")
        await house.kill("broker")
        dossiers.append(await _paid(house, "couple"))
        await house.at_rest()
        journal = [json.dumps(each, ensure_ascii=False) for each in await house.journal()]
    logs = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "house" / "logs").iterdir()}

    assert set(logs) == {f"{part}.log" for part in house.house.parts}
    lines = [readable for text in logs.values() for line in text.splitlines() for readable in (line, _unescaped(line))]
    for dossier in dossiers:
        assert sum(dossier in line for line in lines) > 10
    assert sum("refused" in line for line in lines) > 3
    assert sum("delivery failed" in line for line in lines) > 3
    assert sum('"succeeded": false' in entry for entry in journal) > 5
    wanted = set(_private(everybody))
    assert len(wanted) > 500
    assert [(word, line) for line in (*lines, *journal) for word in wanted if word in line] == []


def _private(everybody: Population) -> Iterator[str]:
    """Everything about everybody that no log may say."""
    for company in everybody.organisations:
        yield from (company.name, company.tax_code, company.phone, company.email, company.address.detail)
    for one in (*everybody.people, *(company.representative for company in everybody.organisations)):
        yield from (one.name, one.personal_id, one.phone, one.email, one.address.detail)


def _unescaped(line: str) -> str:
    """What a JSON line says, in letters."""
    try:
        return json.dumps(json.loads(line), ensure_ascii=False)
    except ValueError:
        return line


async def _paid(house: HouseTown, kind: str) -> str:
    dossier = await house.submit(kind)
    await house.pay_all(dossier)
    await house.status(dossier, 10)
    return dossier


async def _wrong_dossiers(house: HouseTown) -> None:
    """One of each kind of fault: some the portal refuses, some the land office, some tax."""
    for seed, fault in enumerate(FAULTS, start=50):
        kind = "company" if fault in COMPANIES else "gift" if fault in GIFTS else "transfer"
        form = await house.form(kind, fault=fault, seed=seed)
        answer = await house.http.post(f"{house.url('dvc')}/ho-so", json=form)
        assert answer.status_code == (422 if fault in DECISIONS else 201), (fault, answer.text)


async def _bad_requests(house: HouseTown, person: Person) -> None:
    """What is no JSON, no XML, or JSON of other fields, to every endpoint of every agency, with a citizen in it."""
    said = {"HoTen": person.name, "SoDinhDanh": person.personal_id, "SoDienThoai": person.phone, "MaSoThue": person.name}
    bad: tuple[bytes, ...] = (
        json.dumps(said, ensure_ascii=False).encode()[:-1],
        json.dumps(said | dict.fromkeys(("ThuaDat", "BenNhan", "ChuHoSo", "MaHoSo", "SoThongBao", "HanhDong"), said)).encode(),
        json.dumps([said]).encode(),
        f"<DATA><BODY><ROW><TYPE>00201</TYPE><HoTen>{person.name}</HoTen></ROW></BODY></DATA>".encode(),
        f"<DATA>{person.name}".encode(),
    )
    for part in ("dvc", "land", "tax", "payment"):
        paths: dict[str, Any] = (await house.get(part, "/openapi.json"))["paths"]
        for path in (path for path, known in paths.items() if "post" in known and not path.startswith("/_lgsp")):
            for body in bad:
                kind = "application/xml" if body.startswith(b"<") else "application/json"
                headers = {"Content-Type": kind, "Idempotency-Key": f"{DVC} {uuid4()}", "X-Correlation-Id": str(uuid4())}
                answer = await house.http.post(f"{house.url(part)}{path}", content=body, headers=headers)
                assert answer.status_code < 500, (path, answer.text)


async def _bad_messages(house: HouseTown, dossier: str, person: Person) -> None:
    """What breaks contracts into the outboxes, and past the exchange into the inboxes."""
    space, key = Space(house.settings.space), dossier.encode()
    payload = {"dossier": dossier, "applicant": {"name": person.name, "personalId": person.phone}, person.name: person.email}
    records = []
    for source, contract in (
        (DVC, "dossier.submitted"),
        (DVC, "payment.requested"),
        (ILIS, "land.transfer-slip"),
        (TCT, "tax.payment-notice"),
        (PAYPLAT, "payment.receipt"),
    ):
        for raw in (json.dumps(payload).encode(), f'{{"name": "{person.name}"'.encode(), json.dumps(person.name).encode()):
            message = Message(
                id=str(uuid4()), source=source, type=f"vn.gov.{contract}.v1", subject=dossier, time=datetime.now(VN), payload=raw
            )
            headers: list[tuple[str, bytes | None]] = [*message.to_headers()]
            records.append(Record(space.outbox(source), key, raw, headers))
            records += [Record(space.inbox(to), key, raw, headers) for to in (DVC, ILIS, TCT, PAYPLAT)]
            records.append(Record(space.outbox(source), key, raw, [*headers, ("ce_id", person.name.encode())]))
    async with Producer(KafkaSettings(house.house.bootstrap)) as producer:
        await producer.send_all(records)
    await house.at_rest()
