"""Somebody else's land office: cadastral system and adapter in one plain program, with its own register, its own clock and its own ids.

It knows Kafka, JSON and the published contracts, and imports nothing of this repository. Where the exchange is it has from its environment.

    python land_office.py REGISTER.json [--forget CONTRACT] [--late SECONDS] [--die-at CONTRACT] [--by-officer] [--patient]

`--forget`: never says this. `--late`: commits at once, and takes a message only so long afterwards. `--die-at`: exits with code 3 when
this comes.
`--by-officer`: a dossier waits until `POST /dossiers/CODE/decisions` accepts or refuses it. `--patient`: a broker may come later, and
its topics may be made anew.
"""

# ruff: noqa: ARG002, ASYNC230, TID251 - the rules of this house are not its rules

import argparse
import asyncio
import json
import os
import signal
import sys
import uuid
from datetime import datetime, timedelta, timezone

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError

ME = "VN/GOV/H37.15/ilis"
DOTTED = ME.replace("/", ".")
OFFICE = "Chi nhánh Văn phòng Đăng ký đất đai Cao Lộc"
ZONE = timezone(timedelta(hours=7))


def now():
    return datetime.now(ZONE).isoformat(timespec="seconds")


def key_of(parcel):
    return f"{parcel['communeCode']}/{parcel['mapSheet']}/{parcel['parcelNumber']}"


class LandOffice:
    def __init__(self, options, register, say):
        self.options, self.register, self._say = options, register, say
        self.cases, self.seen = {}, set()

    async def take(self, headers, payload):
        """One message of the inbox; the same one may come twice."""
        contract = headers["ce_type"].removeprefix("vn.gov.").rpartition(".v")[0]
        if (headers["ce_source"], headers["ce_id"]) in self.seen:
            return
        if contract == self.options.die_at:
            sys.exit(3)
        handler = getattr(self, "on_" + contract.replace(".", "_").replace("-", "_"), None)
        if handler is not None:
            await handler(headers, payload)
        self.seen.add((headers["ce_source"], headers["ce_id"]))

    async def on_dossier_submitted(self, headers, payload):
        case = {"payload": payload, "correlation": headers["ce_correlationid"], "cause": headers["ce_id"], "notices": []}
        self.cases[payload["dossier"]] = case
        if not self.options.by_officer:
            await self.accept(payload["dossier"])

    async def accept(self, dossier):
        case = self.cases[dossier]
        if wrong := self.wrong(case["payload"]):
            await self.refuse(dossier, wrong)
            return
        await self.status(case, 2, dueAt=(datetime.now(ZONE) + timedelta(days=14)).isoformat(timespec="seconds"))
        await self.status(case, 4)
        await self.say(case, "land.transfer-slip", self.slip(case))
        await self.status(case, 6)

    async def refuse(self, dossier, reason):
        await self.status(self.cases[dossier], 3, note=reason, final=True)

    async def on_tax_payment_notice(self, headers, payload):
        self.cases[payload["dossier"]]["notices"].append(payload["notice"])

    async def on_tax_obligation_completed(self, headers, payload):
        case = self.cases[payload["dossier"]]
        case["cause"] = headers["ce_id"]
        said = case["payload"]
        holders = [{"party": each["party"], "share": each["share"]} for each in said["transferees"]]
        for each in said["parcels"]:
            entry = self.register[key_of(each["parcel"])]
            entry["owners"] = [{"id": one["party"].get("personalId") or one["party"]["taxCode"], "share": one["share"]} for one in holders]
        await self.status(case, 4)
        await self.say(case, "land.register-updated", self.update(said, payload["slip"], holders))
        await self.status(case, 9)

    def wrong(self, said):
        for each in said["parcels"]:
            entry = self.register.get(key_of(each["parcel"]))
            if entry is None:
                return f"Không có thửa đất {key_of(each['parcel'])} trong sổ địa chính"
            if entry["certificate"] != each["certificate"]:
                return f"Giấy chứng nhận {each['certificate']} không phải của thửa đất {key_of(each['parcel'])}"
        return ""

    def slip(self, case):
        said = case["payload"]
        sides = [(role, each) for role in ("transferor", "transferee") for each in said[f"{role}s"]]
        entries = [(each, self.register[key_of(each["parcel"])]) for each in said["parcels"]]
        case["slip"] = {"number": f"{len(self.cases)}/PCTT", "revision": 1}
        return {
            **case["slip"],
            "form": "19",
            "issuedOn": now()[:10],
            "sender": OFFICE,
            "taxOffice": entries[0][1]["taxOffice"],
            "taxOfficeName": entries[0][1]["taxOfficeName"],
            "dossier": said["dossier"],
            "completeAt": said["submittedAt"],
            "procedure": said["procedure"],
            "taxpayers": [
                {
                    "role": role,
                    **each,
                    "identity": {"kind": "CCCD", "number": each["party"].get("personalId") or each["party"]["taxCode"]},
                }
                for role, each in sides
            ],
            "declarations": said["declarations"],
            "deferral": said["deferral"],
            "attachments": said["papers"],
            "parcels": [self.slip_parcel(each, entry) for each, entry in entries],
        }

    def slip_parcel(self, each, entry):
        area = entry["area"]
        return {
            "parcel": each["parcel"],
            "certificate": entry["certificate"],
            "address": entry["address"],
            "communeName": entry["communeName"],
            "origin": 2,
            "originText": "Công nhận quyền sử dụng đất như giao đất có thu tiền sử dụng đất",
            "use": entry["use"],
            "term": {"kind": "long-term"},
            "usedSince": entry["usedSince"],
            "valuation": {"tablePrice": entry["price"], "priceTable": "Bảng giá đất của tỉnh"},
            "price": {"basis": "table", "price": entry["price"]},
            "areas": {
                "parcel": area,
                "shared": 0,
                "private": area,
                "subjectToLandUseFee": 0,
                "freeOfLandUseFee": area,
                "withinQuota": area,
                "beyondQuota": 0,
                "changed": 0,
            },
            "formOfUse": "private",
        }

    def update(self, said, slip, holders):
        entries = [(each, self.register[key_of(each["parcel"])]) for each in said["parcels"]]
        return {
            "dossier": said["dossier"],
            "restsOn": {"basis": "obligation-completed", "slip": slip},
            "parcels": [
                {
                    "parcel": each["parcel"],
                    "area": entry["area"],
                    "use": entry["use"],
                    "holders": holders,
                    "certificate": {
                        "serial": f"DA {uuid.uuid4().int % 900000 + 100000}",
                        "bookNumber": "CS00001",
                        "issuedOn": now()[:10],
                        "replaces": entry["certificate"],
                    },
                }
                for each, entry in entries
            ],
            "office": OFFICE,
            "updatedAt": now(),
        }

    async def status(self, case, status, **more):
        case["status"] = status
        await self.say(
            case,
            "dossier.status-changed",
            {"dossier": case["payload"]["dossier"], "status": status, "since": now(), "by": OFFICE, "final": False, "missing": [], **more},
        )

    async def say(self, case, contract, payload):
        if contract == self.options.forget:
            return
        headers = {
            "ce_specversion": "1.0",
            "ce_id": str(uuid.uuid4()),
            "ce_source": f"/{ME}",
            "ce_type": f"vn.gov.{contract}.v1",
            "ce_subject": payload["dossier"],
            "ce_time": now(),
            "ce_correlationid": case["correlation"],
            "ce_causationid": case["cause"],
            "content-type": "application/json",
        }
        await self._say(payload["dossier"], headers, payload)

    async def answer(self, method, path, body):
        """The little of an own API that it has: what the register says, and an officer's decision."""
        match path.strip("/").split("/"):
            case ["parcels", *place] if "/".join(place) in self.register:
                return 200, self.register["/".join(place)]
            case ["dossiers", code] if code in self.cases:
                return 200, {"state": self.cases[code].get("status", 1), "notices": self.cases[code]["notices"]}
            case ["dossiers", code, "decisions"] if method == "POST" and code in self.cases:
                await (self.accept(code) if body["decision"] == "yes" else self.refuse(code, body.get("why") or "Không đủ điều kiện"))
                return 200, {"done": body["decision"]}
        return 404, {"title": "not found"}


async def serve(office, url):
    """HTTP as far as it is needed; who does not bring the token gets nothing."""
    token = os.environ.get("LAND_TOKEN")

    async def one(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split()
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        raw = await reader.readexactly(int(fields.get("content-length", 0)))
        if token and fields.get("authorization") != f"Bearer {token}":
            status, found = 401, {"title": "who are you?"}
        else:
            status, found = await office.answer(method, path, json.loads(raw or b"null"))
        text = json.dumps(found).encode()
        writer.write(
            f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode()
        )
        writer.write(text)
        await writer.drain()
        writer.close()

    host, _, port = url.removeprefix("http://").partition(":")
    return await asyncio.start_server(one, host, int(port))


async def begun(client, patient):
    while True:
        try:
            return await client.start()
        except KafkaConnectionError:
            if not patient:
                raise
            await asyncio.sleep(0.5)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("register")
    parser.add_argument("--forget")
    parser.add_argument("--late", type=float, default=0.0)
    parser.add_argument("--die-at")
    parser.add_argument("--by-officer", action="store_true")
    parser.add_argument("--patient", action="store_true")
    options = parser.parse_args()
    bootstrap, space = os.environ["LGSP_KAFKA_BOOTSTRAP"], os.environ["LGSP_SPACE"]
    with open(options.register, encoding="utf-8") as file:
        register = json.load(file)
    consumer = AIOKafkaConsumer(
        f"{space}.inbox.{DOTTED}",
        bootstrap_servers=bootstrap,
        group_id=f"{space}.{DOTTED}",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        metadata_max_age_ms=5000,
    )
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True)

    async def say(dossier, headers, payload):
        raw = [(name, value.encode()) for name, value in headers.items()]
        await producer.send_and_wait(f"{space}.outbox.{DOTTED}", json.dumps(payload).encode(), key=dossier.encode(), headers=raw)

    office = LandOffice(options, register, say)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await begun(producer, options.patient)
    await begun(consumer, options.patient)
    server = await serve(office, os.environ["LGSP_LAND_URL"]) if "LGSP_LAND_URL" in os.environ else None

    async def read():
        async for record in consumer:
            headers = {name: value.decode() for name, value in record.headers}
            if options.late:  # as one that commits before it has done anything
                await consumer.commit()
                await asyncio.sleep(options.late)
            await office.take(headers, json.loads(record.value))
            await consumer.commit()

    reading, stopping = asyncio.create_task(read()), asyncio.create_task(stop.wait())
    await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if server is not None:
        server.close()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=stop.is_set())
    await consumer.stop()
    await producer.stop()


if __name__ == "__main__":
    asyncio.run(main())
