"""A contract that is only a JSON Schema and a small YAML crosses the exchange like a built-in one."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

from app.joins import exchange_of
from app.settings import Settings
from contracts import DVC, ILIS
from tests.bus.samples import notice
from tests.exchange.wire import Wire
from vn.clock import Clock

ABOUT = f"""\
name: land.question
version: 2
owner: {DVC}
from: {DVC}
to: {ILIS}
title: Câu hỏi
schema: question.json
"""
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"question": {"type": "string", "minLength": 5}},
    "required": ["question"],
    "additionalProperties": False,
}
TYPE = "vn.gov.land.question.v2"


async def test_a_dropped_in_contract_is_delivered_refused_and_guarded_without_any_python(wire: Wire, tmp_path: Path) -> None:
    (tmp_path / "question.yaml").write_text(ABOUT, encoding="utf-8")
    (tmp_path / "question.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    settings = replace(Settings.read({"LGSP_CONTRACTS": str(tmp_path)}), space=wire.space.name)
    good = notice(id="q1", type=TYPE, source=DVC, payload=b'{"question": "Bao gio xong?"}')
    bad = notice(id="q2", type=TYPE, source=DVC, payload=b'{"question": "?", "more": 1}')
    theirs = notice(id="q3", type=TYPE, source=ILIS, payload=good.payload)
    stop = asyncio.Event()
    work = asyncio.create_task(exchange_of(settings, wire.kafka.bootstrap, Clock()).run(stop))
    try:
        await wire.say(good, bad, theirs)
        assert [each.id for each in await wire.heard(ILIS, 1, type_=TYPE)] == ["q1"]
        (refused,) = await wire.receipts(DVC)
        assert refused["code"] == "client.contract_violation"
        assert [fault["pointer"] for fault in refused["faults"]] == ["/more", "/question"]
        (denied,) = await wire.receipts(ILIS)
        assert denied["code"] == "client.access_denied"
    finally:
        stop.set()
        await asyncio.wait_for(work, 20)
