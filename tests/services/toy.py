"""A very small agency: notes that are written, thought over, and remembered when their time comes."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Response
from pydantic import Field
from sqlalchemy import JSON, Column, MetaData, String, Table

from services.kit import (
    DOSSIER,
    NUMBER,
    SKIP,
    AgencySettings,
    Call,
    Here,
    Instant,
    Native,
    Profession,
    Reading,
    Records,
    Transaction,
    Work,
    assemble,
)
from vn.errors import NotAllowed, Unknown

TABLES = MetaData()


@dataclass(frozen=True)
class Note:
    number: str
    dossier: str
    text: str
    papers: tuple[str, ...]
    written_at: datetime


NOTES = Records(
    Note,
    Table(
        "notes",
        TABLES,
        Column("number", String(40), primary_key=True, info=NUMBER),
        Column("dossier", String(40), nullable=False, info=DOSSIER),
        Column("text", String(200), nullable=False),
        Column("papers", JSON, nullable=False),
        Column("written_at", Instant, nullable=False, info=SKIP),
        comment="ghi chú",
    ),
)


class NoteIn(Native):
    dossier: str
    text: Annotated[str, Field(max_length=200)] = ""


router = APIRouter()


@router.post("/notes", status_code=201)
async def write(said: NoteIn, call: Call) -> Response:
    return call.apply_once(lambda tx: note(tx, said), status=201)


@router.post("/thoughts")
async def think(said: NoteIn, call: Call) -> Response:
    return call.apply_once(lambda tx: {"due": str(tx.decide("thought", said.dossier, body={"text": said.text}))})


@router.post("/thoughts/{dossier}/decision")
async def decide(dossier: str, call: Call) -> Response:
    def effect(tx: Transaction) -> Any:
        return note(tx, NoteIn(dossier=dossier, text=str(tx.complete("thought", dossier).body["text"])))

    return call.apply_once(effect)


@router.post("/reminders")
async def remind(said: NoteIn, call: Call) -> Response:
    return call.apply_once(lambda tx: tx.later("reminder", said.dossier, tx.now + timedelta(days=1), body={"left": 2}))


@router.get("/notes")
async def count(here: Here) -> int:
    with here.read() as tx:
        return notes(tx)


def notes(tx: Reading) -> int:
    return len(NOTES.find(tx))


def note(tx: Transaction, said: NoteIn) -> Any:
    number = f"{tx.number('notes')}/GC"
    NOTES.add(tx, Note(number, said.dossier, said.text, ("a", "b"), tx.now))
    tx.tell("NOTE", said.dossier, {"number": number, "text": f"{said.text} ({number})", "at": tx.now.isoformat()})
    if said.text == "unknown":
        raise Unknown("không có hồ sơ này")
    if said.text == "forbidden":
        raise NotAllowed("không được phép")
    if said.text == "bug":
        raise RuntimeError("a mistake of ours")
    if said.text == "unanswerable":
        return object()
    if said.text == "kill":
        os._exit(9)
    return {"number": number}


def thought_due(tx: Transaction, work: Work) -> None:
    note(tx, NoteIn(dossier=work.subject, text=work.body["text"]))


def reminder_due(tx: Transaction, work: Work) -> None:
    note(tx, NoteIn(dossier=work.subject, text=f"{work.body['left']} left"))
    if work.body["left"]:
        tx.later("reminder", work.subject, tx.now + timedelta(days=1), body={"left": work.body["left"] - 1})


def founded(tx: Transaction, settings: AgencySettings) -> None:
    NOTES.add(tx, Note("0/GC", "", f"seed {settings.seed}", (), tx.now))


def without_instants(_: str, body: Any) -> Any:
    return {name: value for name, value in body.items() if name != "at"}


def create_app(
    settings: AgencySettings, *, found: Callable[[Transaction, AgencySettings], None] = lambda _tx, _settings: None, version: int = 1
) -> FastAPI:
    profession = Profession(
        title="Sổ ghi chú",
        summary="Cơ quan nhỏ nhất",
        tables=TABLES,
        decisions={"thought": "Suy nghĩ"},
        work={"thought": thought_due, "reminder": reminder_due},
        found=found,
        canonical_body=without_instants,
        version=version,
    )
    return assemble(settings, profession, router)
