"""Cases that the library has not, recorded and played again."""

from pathlib import Path

import pytest

from tests.play.recording import identities, round_trip, scripts_in, told

CASES = {
    "several dossiers make one script in the order of time, and a parcel that was bought is sold on": """
start: 2026-03-02T09:00
given:
  people: [{as: an}, {as: binh}, {as: company, kind: organisation}]
  parcel: [{as: plot, holder: an, area: 100, use: ODT}, {as: yard, holder: company, use: TMD, area: 900}]
  policies: {tax: {notice-after: 2 working-days}, land: {decides: by-hand}}
steps:
  - submit: {as: a, procedure: transfer, from: an, to: company, parcel: plot, price: 1_950_000_000}
  - advance: {by: 3 hours}
  - submit: {as: b, procedure: transfer, from: company, to: binh, parcel: yard, price: 900_000_000}
  - advance: {by: 1 hours}
  - decide: {dossier: b, action: accept}
  - advance: {by: 1 working-day}
  - decide: {dossier: a, action: accept}
  - advance: {by: 4 working-days}
  - pay: {dossier: a, all: true}
  - pay: {dossier: b, all: true}
  - advance: {by: 1 calendar-day}
  - submit: {as: c, procedure: gift, from: company, to: binh, parcel: plot}
""",
    "what came twice comes twice again": """
start: 2026-03-02T09:00
steps:
  - fault: {as: x, duplicate: {contract: tax.payment-notice, hop: exchange->ilis, copies: 3, times: 1}}
  - submit: {as: d, sample: transfer}
  - fault: {as: y, duplicate: {contract: payment.receipt, hop: exchange->tct, about: d, copies: 2}}
  - pay: {dossier: d, all: true}
  - state: {at: dvc, dossier: d, status: 10}
""",
    "what officers decided after hours they decide again, at its hour": """
start: 2026-03-02T16:30
given: {policies: {land: {check: by-hand, slip: by-hand, correct: by-hand, update: by-hand}, tax: {assess: by-hand, reconcile: by-hand}}}
steps:
  - submit: {as: d, sample: only-home}
  - advance: {by: 2 hours}
  - decide: {dossier: d, action: ask-supplement, reason: "Ông Nguyễn Văn B thiếu giấy"}
  - advance: {by: 1 working-day}
  - supplement: {dossier: d, papers: [CCCD]}
  - decide: {dossier: d, action: accept}
  - advance: {by: 1 hours}
  - decide: {dossier: d, action: send-slip}
  - decide: {at: tax, dossier: d, action: return-slip, reason: Sai tên}
  - advance: {by: 1 hours}
  - decide: {dossier: d, action: correct-slip}
  - decide: {at: tax, dossier: d, action: assess}
  - pay: {dossier: d, all: true}
  - advance: {by: 1 hours}
  - decide: {at: tax, dossier: d, action: reconcile}
  - advance: {by: 1 hours}
  - decide: {dossier: d, action: update-register}
  - state: {at: dvc, dossier: d, status: 10}
""",
    "what the exchange refused is refused again": """
start: 2026-03-02T16:30
steps:
  - submit: {as: d, sample: company}
  - send: {as: x, from: tct, contract: tax.payment-notice, about: d, example: bad/kind-unknown}
  - refused: {message: x, code: client.contract_violation}
  - send: {as: y, from: tct, contract: land.register-updated, about: d}
  - refused: {message: y, code: client.access_denied}
""",
}
MORE = {
    "a notice that was cancelled past the tax authority is cancelled so again": """
start: 2026-03-02T09:00
steps:
  - submit: {as: d, sample: transfer}
  - expect: {as: n, contract: tax.payment-notice, to: dvc, about: d, where: {/kind: registration-fee}}
  - state: {at: dvc, dossier: d, status: 6}
  - send: {from: tct, contract: tax.notice-cancelled, about: d, with: {/notice: "{n./notice}"}}
  - expect: {contract: tax.notice-cancelled, to: dvc, about: d}
""",
    "a slip that asks for deferral is returned, and goes through once it is supplemented": """
start: 2026-03-02T09:00
steps:
  - submit: {as: d, sample: transfer, wrong: deferral}
  - state: {at: dvc, dossier: d, status: 5}
  - advance: {by: 3 calendar-days}
  - supplement: {dossier: d, with: {/GhiNo/LePhiTruocBa: false}}
  - state: {at: dvc, dossier: d, status: 6}
  - pay: {dossier: d, all: true}
  - state: {at: dvc, dossier: d, status: 10}
""",
    "two relations claimed for one pair are claimed again": """
start: 2026-03-02T09:00
steps:
  - submit: {as: d, sample: gift, wrong: relation}
  - state: {at: dvc, dossier: d, status: 5}
""",
    "a commune of the other division is typed again": """
start: 2026-03-02T09:00
steps:
  - submit: {as: d, sample: transfer, wrong: commune}
  - state: {at: dvc, dossier: d, status: 6}
""",
    "a withdrawal that is refused, an attempt that expires and a part that is paid happen again": """
start: 2026-03-02T09:00
given: {policies: {land: {withdrawal: by-hand}, payment: {payment: by-hand}}}
steps:
  - submit: {as: d, sample: couple}
  - withdraw: {dossier: d}
  - advance: {by: 5 hours}
  - decide: {dossier: d, action: refuse-withdrawal, reason: Nguyễn Văn A không đồng ý}
  - state: {at: dvc, dossier: d, status: 6}
  - pay: {as: p, dossier: d, notice: registration-fee}
  - advance: {by: 2 hours}
  - pay: {as: q, dossier: d, notice: registration-fee, amount: 1000}
  - decide: {at: payment, dossier: d, attempt: q, action: pay}
  - state: {at: dvc, dossier: d, status: 6}
""",
    "one of several notices of a kind is paid in part again": """
start: 2026-03-02T09:00
steps:
  - submit: {as: d, sample: shared}
  - expect: {as: n, contract: tax.payment-notice, to: dvc, about: d, where: {/kind: registration-fee, /ordinal: 2}}
  - pay: {dossier: d, notice: "{n./notice}", amount: 1_000}
  - pay: {dossier: d, notice: "{n./notice}"}
  - advance: {by: 3 calendar-days}
  - pay: {dossier: d, all: true}
  - state: {at: dvc, dossier: d, status: 10}
""",
    "what nobody has decided yet waits again, and a pause is a pause": """
start: 2026-03-02T16:30
given: {policies: {tax: {assess: 9 working-days}}}
steps:
  - submit: {as: d, sample: company}
  - state: {at: dvc, dossier: d, status: 6}
  - call: {at: land, method: POST, path: "/ho-so/{d}/quyet-dinh", body: {HanhDong: dung, LyDo: Chờ ông B}}
  - advance: {by: 1 hours}
  - call: {at: land, method: POST, path: "/ho-so/{d}/quyet-dinh", body: {HanhDong: tiep-tuc}}
  - decide: {dossier: d, action: refuse, reason: x}
""",
    "a notice that was paid twice at a time is paid twice again": """
start: 2026-03-02T16:30
steps:
  - submit: {as: d, sample: transfer}
  - fault: {as: f, delay: {contract: payment.receipt, hop: exchange->tct, by: 30 minutes}}
  - pay: {dossier: d, notice: registration-fee}
  - pay: {dossier: d, notice: registration-fee}
  - advance: {by: 2 hours}
""",
}
"""By `make test-slow`."""
HEAD = "scenario: recorded\ntitle: {vi: Bản ghi, en: Recorded}"


@pytest.mark.parametrize("case", [*CASES, *(pytest.param(each, marks=pytest.mark.slow) for each in MORE)])
async def test_it_happens_again(case: str, broker: str, tmp_path: Path) -> None:
    path = tmp_path / "first.yaml"
    path.write_text(HEAD + {**CASES, **MORE}[case], encoding="utf-8")
    (script,) = scripts_in(path)
    played = await round_trip(script, broker, tmp_path)
    assert told(played.again) == told(played.first), case
    assert played.draft.left_out == []
    assert sorted(each for each in identities(played.first) if each in played.draft.text) == []
