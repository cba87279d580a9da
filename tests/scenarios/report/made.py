"""Runs made by hand, one case of every kind that a report has to show."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import exp
from pathlib import Path
from typing import Any

from scenarios.verdicts import Case, Deadline, Failure, Fault, Hop, Message, Point, Run, StepDone, Verdict
from vn.clock import VN

START = datetime(2026, 2, 9, 8, 0, tzinfo=VN)
DVC, ILIS, TCT, PAY, LGSP = (f"VN/GOV/{each}" for each in ("H37.10/dvc", "H37.15/ilis", "G12.20/tct", "G12.18/payplat", "H37.10/lgsp"))
HOSTILE = "<script>alert('x')</script> & \"quoted\" ]]> \x00\x1b[31m \ud800"


def at(days: float = 0, seconds: float = 0) -> datetime:
    return START + timedelta(days=days, seconds=seconds)


def message(number: int, when: datetime, contract: str, source: str, recipient: str | None, **also: Any) -> Message:
    given: dict[str, Any] = {
        "subject": "000.00.12.H37-260209-0001",
        "causation": f"m{number - 1}" if number > 1 else None,
        "code": "",
        "faults": (),
        "deliveries": 1,
        "place": f"lgsp.inbox.{(recipient or LGSP).replace('/', '.')} 3/{number}",
        "taken": True,
        "headers": {
            "ce_id": f"m{number}",
            "ce_type": f"vn.gov.{contract}.v1",
            "ce_source": f"/{source}",
            "content-type": "application/json",
        },
        "payload": {"number": f"{number}/TB-CCT", "taxpayer": {"name": "Hoàng Thị Lan"}, "amount": 1_950_000_000, "lines": [1, 2, 3]},
    } | also
    return Message(at=when, id=f"m{number}", contract=f"vn.gov.{contract}.v1", source=source, recipient=recipient, **given)


MESSAGES = (
    message(1, at(0, 1), "dossier.submitted", DVC, ILIS),
    message(2, at(0, 3), "dossier.status-changed", ILIS, DVC, payload={"status": 2}),
    message(2, at(0, 3), "dossier.status-changed", ILIS, TCT, payload={"status": 2}),
    message(3, at(0, 4), "land.transfer-slip", ILIS, TCT),
    message(4, at(2), "tax.payment-notice", TCT, ILIS, deliveries=2),
    message(4, at(2), "tax.payment-notice", TCT, DVC),
    message(5, at(2, 5), "payment.requested", DVC, None, code="client.contract_violation", faults=("/amount: is not an integer",)),
    message(6, at(2, 6), "exchange.receipt", LGSP, DVC),
    message(7, at(14), "payment.requested", DVC, PAY),
    message(8, at(14, 9), "payment.receipt", PAY, TCT),
    message(8, at(14, 9), "payment.receipt", PAY, DVC),
    message(9, at(14, 60), "tax.obligation-completed", TCT, ILIS, taken=False),
)


def step(number: int, word: str, text: str, verdict: Verdict = Verdict.PASSED, failure: Failure | None = None) -> StepDone:
    began = at(number * 1.5)
    place = f"scenarios/flow/notice-delivered-twice.yaml:{number + 9}"
    return StepDone(number, word, text, place, verdict, began, began + timedelta(hours=number), 0.05 * number, failure)


STEPS = (
    step(1, "submit", "as d1: transfer of plot from an to company for 1_950_000_000"),
    step(2, "fault", "as dup: duplicate tax.payment-notice on exchange->ilis, 2 copies"),
    step(3, "decide", "at land: accept d1"),
    step(4, "expect", "as n: tax.payment-notice to ilis about d1, exactly 2 ids within 5 working-days"),
)
FAILURE = Failure(
    reason="no land.register-updated about d1 within 1 working-day (until 2026-02-24 17:00)",
    nearest=MESSAGES[11],
    differences=("contract: expected land.register-updated, is tax.obligation-completed", "/status: expected 9, is missing"),
    hop=Hop("delivered", MESSAGES[11], "lies in the inbox of ilis at 3/9, not taken by group ilis-adapter, nothing since"),
    turn="member under test",
    turn_words="ilis has tax.obligation-completed in its inbox and has not read it",
)
DEADLINES = (
    Deadline("tax.payment-notice within 5 working-days", at(0, 4), at(7), at(2)),
    Deadline("first tranche paid within 29 calendar-days", at(2), at(13), at(14)),
    Deadline("land.register-updated within 1 working-day", at(14, 60), at(15.4), None),
)
FAULTS = (
    Fault("dup", "duplicate", ((at(2), "tax.payment-notice m4 to ilis"),)),
    Fault("late", "delay", ()),
)
PASSED = Case(
    name="notice-delivered-twice",
    row="",
    path=Path("scenarios/flow/notice-delivered-twice.yaml"),
    title_vi="Thông báo thuế gửi hai lần, nộp tiền sau Tết",
    title_en="A notice delivered twice, paid after Tết",
    about="An adapter must apply a message once, however often it is delivered: it keeps the key (source, id) with the effect.",
    verdict=Verdict.PASSED,
    seed=7,
    began=START,
    ended=at(15.4),
    seconds=3.21,
    steps=STEPS,
    messages=MESSAGES[:6],
    faults=FAULTS[:1],
    deadlines=DEADLINES[:1],
    digest="3f1c",
)
FAILED = replace(
    PASSED,
    name="register-after-payment",
    title_vi="Cập nhật sổ địa chính sau khi nộp tiền",
    title_en="The register changes after payment",
    verdict=Verdict.FAILED,
    steps=(*STEPS, step(5, "expect", "land.register-updated about d1 within 1 working-day", Verdict.FAILED, FAILURE)),
    messages=MESSAGES,
    faults=FAULTS,
    deadlines=DEADLINES,
    seconds=12.4,
)
NOT_RUN = replace(
    PASSED,
    name="lost-acknowledgement",
    verdict=Verdict.NOT_RUN,
    reason="needs the embedded broker: the fault `drop` acts in it, and LGSP_KAFKA_BOOTSTRAP names another",
    began=None,
    ended=None,
    seconds=0.0,
    steps=(),
    messages=(),
    faults=(),
    deadlines=(),
)
INTERRUPTED = replace(PASSED, name="three-days-down", verdict=Verdict.INTERRUPTED, reason="interrupted (Ctrl-C) at step 3", steps=STEPS[:2])
ERROR = replace(PASSED, name="broken", verdict=Verdict.ERROR, reason="the tax authority did not start: port 8083 is taken", steps=STEPS[:1])
TABLE = tuple(
    replace(PASSED, name="relation-exempts", row=row, path=Path("scenarios/money/relation-exempts.yaml"), verdict=verdict)
    for row, verdict in (("spouse", Verdict.PASSED), ("parent", Verdict.PASSED), ("friend", Verdict.FAILED))
)
NASTY = replace(
    FAILED,
    name="nasty",
    row=HOSTILE,
    title_vi=HOSTILE,
    title_en=HOSTILE,
    about=HOSTILE,
    reason=HOSTILE,
    steps=(step(1, "send", HOSTILE, Verdict.FAILED, replace(FAILURE, reason=HOSTILE, differences=(HOSTILE,), turn_words=HOSTILE)),),
    messages=(
        message(1, at(0, 1), HOSTILE, HOSTILE, HOSTILE, headers={HOSTILE: HOSTILE}, payload={HOSTILE: HOSTILE}, subject=HOSTILE),
        message(2, at(0, 2), "dossier.submitted", DVC, None, code=HOSTILE, faults=(HOSTILE,), payload=b"\xff\x00{"),
    ),
    faults=(Fault(HOSTILE, HOSTILE, ((at(1), HOSTILE),)),),
    deadlines=(Deadline(HOSTILE, at(0), at(1), None),),
    course=(Point(at(0), {1: 3}), Point(at(1), {1: 1, 99: 2})),
    figures={"legs": {HOSTILE: [1.0]}, "refusals": {HOSTILE: 2}, "compared": [{"what": HOSTILE}], HOSTILE: HOSTILE},
)


def profile(days: int = 240, messages: int = 0) -> Case:
    """A pilot that starts slowly and swells, as a profile run has it."""

    def stood(day: int) -> dict[int, int]:
        received = 7_881 / (1 + exp((days / 2 - day) / 30))
        done = 6_900 / (1 + exp((days / 2 + 25 - day) / 30))
        open_ = received - done
        shares = {1: 0.05, 2: 0.1, 4: 0.4, 5: 0.08, 6: 0.3, 8: 0.04, 9: 0.03}
        return {status: round(open_ * share) for status, share in shares.items()} | {10: round(done), 3: round(received * 0.02)}

    spread = [600.0 * 1.02**n for n in range(400)]
    return replace(
        PASSED,
        name="profile-langson-2024",
        path=Path("profile:langson-2024"),
        title_vi="Thí điểm Lạng Sơn, cuối năm 2024",
        title_en="The pilot of Lạng Sơn, end of 2024",
        ended=at(days),
        seconds=84.2,
        steps=STEPS[:1],
        messages=tuple(
            message(n, at(0, n * 200), "dossier.status-changed", ILIS, DVC, code="client.expired" if n % 997 == 0 else "")
            for n in range(1, messages + 1)
        ),
        faults=(),
        deadlines=(),
        course=tuple(Point(at(day), stood(day)) for day in range(days)),
        figures={
            "legs": {
                "submission to acceptance": [each / 20 for each in spread],
                "slip to notice": spread,
                "notice to receipt": {
                    "n": 2_233,
                    "min": 3_600,
                    "p25": 86_400,
                    "p50": 400_000,
                    "p75": 900_000,
                    "p95": 2_400_000,
                    "max": 2_600_000,
                },
                "completion to register": [60.0] * 20,
            },
            "refusals": {"client.contract_violation": 41, "client.id_reused": 7, "client.access_denied": 2},
            "compared": [
                {"what": "dossiers received", "published": 7_881, "ours": 7_881, "kind": "input", "source": "report of the province"},
                {"what": "transfer slips", "published": 2_286, "ours": 2_301, "kind": "result", "source": "report of the province"},
                {"what": "payment notices", "published": 2_233, "ours": 2_240, "kind": "result", "source": "report of the province"},
                {"what": "dossiers finished", "published": 4_075, "ours": 4_011, "kind": "result", "source": "report of the province"},
            ],
            "messages": 80_214,
        },
    )


ALL = (PASSED, FAILED, NOT_RUN, *TABLE, ERROR, profile(), INTERRUPTED)


def run(*cases: Case) -> Run:
    return Run(
        cases=cases or ALL, started=datetime(2026, 7, 1, 2, 30, tzinfo=VN), seconds=101.5, version="0.1.0", broker="embedded", host="ci"
    )
