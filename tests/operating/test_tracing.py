"""One trace from the citizen's POST to the land register: without any library for it, and as spans where they are asked for."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.entries import short
from app.settings import Settings, Tracing
from bus import Space
from tests.app.lgsp import around
from tests.e2e.town import Town
from tests.operating.collector import Collector, Kept
from vn.errors import Unusable

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
HERS = "00f067aa0ba902b7"
CITIZEN = {"traceparent": f"00-{TRACE}-{HERS}-01"}


async def one_transfer(town: Town, headers: dict[str, str]) -> list[dict[str, Any]]:
    """The journal of a case from the submission to the register; only the submission carries these headers."""
    answer = await town.http.post(f"{town.url('dvc')}/ho-so", json=await town.form(), headers=headers)
    dossier = answer.raise_for_status().json()["MaHoSo"]
    await town.pay_all(dossier)
    await town.status(dossier, 10)
    await town.at_rest()
    entries = await town.journal(dossier)
    assert "land.register-updated" in {short(entry["type"]) for entry in entries}
    return entries


async def test_every_message_of_a_case_carries_the_trace_of_the_citizens_submission(broker: str, space: Space, tmp_path: Path) -> None:
    async with Town(broker, space.name, tmp_path) as town:
        entries = await one_transfer(town, CITIZEN)
        assert {entry["traceparent"] for entry in entries} == {CITIZEN["traceparent"]}
        assert len(entries) > 10


async def test_an_act_that_brings_a_trace_of_its_own_is_followed_under_that(broker: str, space: Space, tmp_path: Path) -> None:
    theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with Town(broker, space.name, tmp_path) as town:
        answer = await town.http.post(f"{town.url('dvc')}/ho-so", json=await town.form(), headers=CITIZEN)
        dossier = answer.json()["MaHoSo"]
        first, *_ = [notice for notice in await town.notices(dossier) if notice["ConPhaiNop"] > 0]
        body = {"SoThongBao": first["SoThongBao"]}
        (
            await town.http.post(f"{town.url('dvc')}/ho-so/{dossier}/thanh-toan", json=body, headers={"traceparent": theirs})
        ).raise_for_status()
        await town.at_rest()
        said = {short(entry["type"]): entry["traceparent"] for entry in await town.journal(dossier)}
        assert said["payment.requested"] == said["payment.receipt"] == said["tax.receipt-reconciled"] == theirs
        assert said["land.transfer-slip"] == CITIZEN["traceparent"]


@pytest.mark.parametrize("headers", [CITIZEN, {}], ids=["hers", "none"])
async def test_the_spans_of_a_case_are_one_tree_from_the_portal_to_the_register(
    headers: dict[str, str], broker: str, space: Space, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Collector() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)  # the library reads it itself
        town = Town(broker, space.name, tmp_path)
        town.province.settings = replace(town.province.settings, tracing=Tracing())
        async with town:
            entries = await one_transfer(town, headers)
    spans = {span.id: span for span in collector.spans}
    ours = [spans[str(entry["traceparent"]).split("-")[2]] for entry in entries if short(entry["source"]) != "lgsp"]
    assert len({span.trace for span in ours}) == 1
    (updated,) = {entry["messageId"] for entry in entries if short(entry["type"]) == "land.register-updated"}
    (shown,) = [span for span in spans.values() if span.part == "dvc-adapter" and about(span, updated, "process")]
    way = list(up(shown, spans))
    names = [(span.part, span.name) for span in reversed(way)]
    outbox, inbox = f"{space.name}.outbox", f"{space.name}.inbox"
    assert names[0] == ("dvc", "POST /ho-so")
    assert names[1] == ("dvc-adapter", f"send {outbox}.VN.GOV.H37.10.dvc")
    assert names[-2:] == [("ilis-adapter", f"send {outbox}.VN.GOV.H37.15.ilis"), ("dvc-adapter", f"process {inbox}.VN.GOV.H37.10.dvc")]
    assert {part for part, _ in names} >= {"dvc", "dvc-adapter", "payment", "payment-adapter", "tax", "tax-adapter", "land", "ilis-adapter"}
    assert way[-1].parent == (HERS if headers else "")
    assert shown.links == [shown.parent]
    exchange = [span for span in spans.values() if span.part == "exchange" and about(span, updated, "process")]
    assert [span.parent for span in exchange] == [shown.parent]
    assert shown.attributes["messaging.system"] == "kafka"
    assert shown.attributes["messaging.consumer.group.name"] == f"{space.group('VN/GOV/H37.10/dvc')}"


def about(span: Kept, message: str, operation: str) -> bool:
    return (span.attributes.get("messaging.message.id"), span.attributes.get("messaging.operation.name")) == (message, operation)


def up(span: Kept, spans: dict[str, Kept]) -> list[Kept]:
    """The span, what it follows from, and so on up to what follows from nothing that was traced here."""
    way = [span]
    while way[-1].parent in spans:
        way.append(spans[way[-1].parent])
    return way


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, None),
        ({"LGSP_OTEL": "on"}, Tracing()),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x:4318"}, Tracing()),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://x:4318/v1/traces", "OTEL_SERVICE_NAME": "tỉnh"}, Tracing("tỉnh")),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x:4318", "LGSP_OTEL": "off"}, None),
        ({"LGSP_OTEL": "on", "OTEL_SDK_DISABLED": "true"}, None),
        ({"OTEL_SERVICE_NAME": "x"}, None),
    ],
)
def test_spans_are_asked_for_by_our_variable_or_by_naming_a_collector(variables: dict[str, str], wanted: Tracing | None) -> None:
    assert Settings.read(variables).tracing == wanted


def test_a_wrong_value_is_named() -> None:
    with pytest.raises(Unusable, match=r"LGSP_OTEL: 'yes' is none of on, off"):
        Settings.read({"LGSP_OTEL": "yes"})


WITHOUT = "import sys; sys.modules['opentelemetry.sdk'] = None; from app.cli import main; main()"


def test_spans_that_are_asked_for_without_the_library_are_refused_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT, "serve", "payment"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, env=around(tmp_path, LGSP_OTEL="on"), check=False)
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (2, "", 1), said.stderr
    assert "pip install 'lgsp-sim[tracing]'" in said.stderr


def test_without_spans_neither_the_library_nor_its_exporter_is_imported(tmp_path: Path) -> None:
    names = "[m for m in sys.modules if 'telemetry.sdk' in m or 'telemetry.exporter' in m]"
    code = f"import sys, app.joins, app.parts, app.admin, app.metrics, services.payment; print({names})"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=around(tmp_path), check=False)
    assert said.stdout.strip() == "[]", said.stderr
