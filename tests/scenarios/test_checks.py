"""A script whose shape is right and that means nothing all the same is complained about, at the place, with the nearest that is known."""

from pathlib import Path

import pytest

from app.known import POLICIES
from services.dvc.desk import RETURN
from services.land.model import DECISIONS
from services.payment.desk import PAYMENT
from services.tax.desk import ASSESS, RECONCILE
from tests.scenarios.scripts import HEAD, SUBMIT, complaints, wrong

EXPECT = "- expect: {as: n, contract: tax.payment-notice, about: d1, within: 5 working-days}"
BAD = "- send: {as: m, from: tct, contract: tax.payment-notice"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        # contracts
        (
            "- expect: {contract: tax.payment-notic}",
            "1:22: /steps/0/expect/contract: unknown contract 'tax.payment-notic'; did you mean 'tax.payment-notice'?",
        ),
        ("- expect: {contract: zzz}", "1:22: /steps/0/expect/contract: unknown contract 'zzz'; `lgsp contracts list` names them"),
        ("- never: {contract: land.transfer-slipp}", "1:21: /steps/0/never/contract: unknown contract 'land.transfer-slipp'; did you mean"),
        ("- any-of: [{contract: dossier.submitted}, {contract: dossier.submited}]", "1:54: /steps/0/any-of/1/contract: unknown contract"),
        ("- by-hand: {say: Gọi, until: {contract: a.b}}", "1:41: /steps/0/by-hand/until/contract: unknown contract 'a.b'"),
        (
            "- send: {from: tct, contract: tax.payment-notic}",
            "1:31: /steps/0/send/contract: unknown contract 'tax.payment-notic'; did you mean",
        ),
        # members
        (
            "- expect: {contract: tax.payment-notice, to: payplat}",
            "1:46: /steps/0/expect/to: nobody may send tax.payment-notice to payplat; it goes to ilis, dvc",
        ),
        (
            "- expect: {contract: tax.payment-notice, from: ilis}",
            "1:48: /steps/0/expect/from: ilis may not send tax.payment-notice; its sender is tct",
        ),
        ("- send: {from: ilis, contract: tax.payment-notice}", "1:16: /steps/0/send/from: ilis may not send tax.payment-notice"),
        (
            "- send: {from: tct, to: payplat, contract: tax.payment-notice}",
            "1:25: /steps/0/send/to: nobody may send tax.payment-notice to payplat",
        ),
        # hops
        (
            "- fault: {as: f, lose: {contract: tax.payment-notice, hop: exchange->tct}}",
            "1:60: /steps/0/fault/lose/hop: tax.payment-notice never reaches tct, only ilis, dvc",
        ),
        (
            "- fault: {as: f, lose: {contract: tax.payment-notice, hop: ilis->exchange}}",
            "1:60: /steps/0/fault/lose/hop: tax.payment-notice never comes from ilis, only tct",
        ),
        (
            "- fault: {as: f, lose: {contract: tax.paymentnotice, hop: tct->exchange}}",
            "1:35: /steps/0/fault/lose/contract: unknown contract",
        ),
        # examples
        (
            BAD + ", example: bad/kind-unknwn}",
            "1:67: /steps/0/send/example: tax.payment-notice has no example 'bad/kind-unknwn'; did you mean 'bad/kind-unknown'?",
        ),
        # places in payloads
        (
            "- expect: {contract: tax.payment-notice, where: {/linse/0/amount: 3}}",
            "1:50: /steps/0/expect/where/~1linse~10~1amount: no payload of tax.payment-notice has /linse; did you mean '/lines/0/amount'?",
        ),
        (
            "- expect: {contract: tax.payment-notice, where: {/lines/0/amount/x: 3}}",
            "1:50: /steps/0/expect/where/~1lines~10~1amount~1x: no payload of",
        ),
        ("- expect: {contract: tax.payment-notice, where: {/lines/first: 3}}", "1:50: /steps/0/expect/where/~1lines~1first: no payload of"),
        ("- expect: {contract: land.transfer-slip, where: {/parcel/ara: 3}}", "1:50: /steps/0/expect/where/~1parcel~1ara: no payload of"),
        # values in payloads
        (
            "- never: {contract: tax.payment-notice, where: {/kind: late-intrest}}",
            "1:56: /steps/0/never/where/~1kind: no payload of tax.payment-notice has late-intrest at /kind; did you mean 'late-interest'?",
        ),
        (
            "- expect: {contract: tax.payment-notice, where: {/kind: {is: fee}}}",
            "1:62: /steps/0/expect/where/~1kind/is: no payload of tax.payment-notice has fee at /kind; there are registration-fee, ",
        ),
        (
            "- any-of: [{contract: tax.payment-notice, where: {/kind: {one-of: [late-interest, land-fee]}}}, {contract: exchange.receipt}]",
            "1:83: /steps/0/any-of/0/where/~1kind/one-of/1: no payload of tax.payment-notice has land-fee at /kind; did you mean",
        ),
        (
            BAD + ", with: {/totl: 3}}",
            "1:65: /steps/0/send/with/~1totl: no payload of tax.payment-notice has /totl; did you mean '/total'?",
        ),
        # samples and papers
        ("- submit: {sample: transfr}", "1:20: /steps/0/submit/sample: no sample is called 'transfr'; did you mean 'transfer'?"),
        (
            "- submit: {sample: transfer, wrong: holdr}",
            "1:37: /steps/0/submit/wrong: no fault of a sample is called 'holdr'; did you mean 'holder'?",
        ),
        (
            "- submit: {sample: transfer, without: [CCCD, HOPDONG]}",
            "1:46: /steps/0/submit/without/1: no kind of paper is called 'HOPDONG'; did you mean 'HOP_DONG'?",
        ),
        # names
        ("- pay: {dossier: d2, all: true}", "1:18: /steps/0/pay/dossier: no dossier was captured as 'd2' before"),
        (
            "- submit: {procedure: gift, from: anh, to: binh, parcel: plot}",
            "1:35: /steps/0/submit/from: no person was captured as 'anh' before; did you mean 'an'?",
        ),
        (
            "- submit: {procedure: gift, from: an, to: {bin: 1}, parcel: plot}",
            "1:44: /steps/0/submit/to/bin: no person was captured as 'bin' before; did you mean 'binh'?",
        ),
        ("- submit: {procedure: gift, from: an, to: binh, parcel: an}", "1:57: /steps/0/submit/parcel: 'an' is a person, not a parcel"),
        (
            "- state: {at: land, parcel: plott, holder: an}",
            "1:29: /steps/0/state/parcel: no parcel was captured as 'plott' before; did you mean 'plot'?",
        ),
        ("- fired: {fault: f}", "1:18: /steps/0/fired/fault: no fault was captured as 'f' before"),
        ("- heal: f", "1:9: /steps/0/heal: no fault was captured as 'f' before"),
        ("- refused: {message: m, code: client.expired}", "1:22: /steps/0/refused/message: no message was captured as 'm' before"),
        (
            "- expect: {contract: dossier.submitted, after: x}",
            "1:48: /steps/0/expect/after: no message or dossier was captured as 'x' before",
        ),
        ("- never: {contract: dossier.submitted, until: x}", "1:47: /steps/0/never/until: no later step captures 'x'"),
        (
            "- fault: {as: f, lose: {about: x, hop: exchange->dvc}}",
            "1:32: /steps/0/fault/lose/about: no dossier was captured as 'x' before",
        ),
        ("- call: {at: dvc, path: '/ho-so/{d9./MaHoSo}'}", "1:25: /steps/0/call/path: no message or dossier was captured as 'd9' before"),
        ("- submit: {as: an, sample: transfer}", "1:16: /steps/0/submit/as: 'an' is captured already, as a person"),
        ("- call: {at: dvc, path: '/x/{row./id}'}", "1:25: /steps/0/call/path: {row./id} stands for a value of a table, and there is none"),
        ("- submit: {as: row, sample: transfer}", "1:16: /steps/0/submit/as: 'row' stands for the row of a table; take another name"),
        # time
        (
            "- advance: {to: 2026-02-08T08:00}",
            "1:17: /steps/0/advance/to: time does not run backwards: the clock stands at 2026-02-09T08:00 or later",
        ),
        (
            "- expect: {contract: dossier.submitted, by: 2026-02-01}",
            "1:45: /steps/0/expect/by: has passed: the clock stands at 2026-02-09T08:00 or later",
        ),
        ("- advance: {by: 90000 working-days}", "1:17: /steps/0/advance/by: leads out of the calendar"),
        (
            "- repeat: {times: 2, steps: [{repeat: {table: [{a: 1}], steps: [{advance: {by: 1 hour}}]}}]}",
            "1:40: /steps/0/repeat/steps/0/repeat/table: a table stands among the scenario's own steps",
        ),
        (
            "- call: {at: land, path: '/x/{an./identty}'}",
            "1:26: /steps/0/call/path: {an./identty}: a person has no 'identty'; did you mean",
        ),
        # parts
        ("- start: land", "1:10: /steps/0/start: land was not stopped"),
    ],
)
def test_a_step_that_means_nothing_is_told_at_its_place(tmp_path: Path, step: str, said: str) -> None:
    found = wrong(tmp_path, step)
    assert len(found) == 1, found
    assert found[0].startswith(said), found


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (
            (SUBMIT, EXPECT, '- pay: {dossier: d1, notice: "{n./notic}"}'),
            "3:30: /steps/2/pay/notice: {n./notic}: no payload of tax.payment-notice has /notic; did you mean '/notice'?",
        ),
        ((SUBMIT, EXPECT, EXPECT), "3:16: /steps/2/expect/as: 'n' is captured already, as a message"),
        ((SUBMIT, EXPECT, "- never: {about: d1, until: n}"), "3:29: /steps/2/never/until: 'n' was captured before"),
        ((SUBMIT, EXPECT, "- pay: {dossier: n, all: true}"), "3:18: /steps/2/pay/dossier: 'n' is a message, not a dossier"),
        (
            ("- advance: {by: 2 working-days}", "- advance: {to: 2026-02-10}"),
            "2:17: /steps/1/advance/to: time does not run backwards: the clock stands at 2026-02-11T08:00",
        ),
        (("- stop: land", "- stop: {part: land}"), "2:16: /steps/1/stop/part: land is stopped already"),
        (
            ("- repeat: {times: 2, steps: [{submit: {as: d, sample: gift}}]}", "- pay: {dossier: d, all: true}"),
            "2:18: /steps/1/pay/dossier: no dossier was captured as 'd' before",
        ),
    ],
)
def test_steps_that_do_not_go_together_are_told_at_the_later_one(tmp_path: Path, steps: tuple[str, ...], said: str) -> None:
    found = wrong(tmp_path, *steps)
    assert len(found) == 1, found
    assert found[0].startswith(said), found


@pytest.mark.parametrize(
    "steps",
    [
        (
            SUBMIT,
            EXPECT,
            '- pay: {dossier: d1, notice: "{n./notice}", amount: "{n./lines/0/amount}"}',
            '- call: {at: dvc, path: "/x/{d1}"}',
        ),
        ("- send: {as: m, from: ilis, contract: tax.payment-notice}", "- refused: {message: m, code: client.access_denied}"),
        ("- send: {as: m, from: ilis, contract: tax.nothing, body: '{}'}", "- refused: {message: m, code: client.unknown_contract}"),
        (
            "- send: {as: m, from: tct, contract: tax.payment-notice, body: 'no {json}'}",
            "- refused: {message: m, code: client.contract_violation}",
        ),
        (
            "- send: {as: m, from: tct, contract: tax.payment-notice, with: {/unknown: 1}}",
            "- refused: {message: m, code: client.contract_violation}",
        ),
        ("- never: {contract: dossier.submitted, until: x}", "- expect: {as: x, contract: exchange.receipt, to: dvc, from: lgsp}"),
        ("- any-of: [{as: x, contract: dossier.submitted}, {as: x, contract: tax.no-obligation}]",),
        ("- fault: {as: f, lose: {contract: exchange.receipt, hop: exchange->tct}}", "- heal: f", "- fired: {fault: f, exactly: 0}"),
        ("- reply: {as: f, at: land, path: /TiepNhanHoSo, status: 500}", "- fired: {fault: f}"),
        ("- expect: {contract: land.transfer-slip, where: {/form: {one-of: [12/DK, 19]}, /parcels/0/areas: {exists: true}}}",),
        ("- never: {contract: tax.payment-notice, where: {/kind: {not: fee}, /total: {gt: a, near: {value: b, by: 1}}}}",),
        (
            "- fault: {as: f, tamper: {contract: tax.payment-notice, hop: exchange->ilis, with: {/kind: fee}}}",
            "- expect: {contract: tax.payment-notice, to: ilis, where: {/kind: fee}}",
        ),
        ("- stop: land", "- start: land", "- stop: land"),
        ("- repeat: {times: 2, steps: [{submit: {as: d, sample: gift}}]}", "- submit: {as: d, sample: gift}"),
    ],
)
def test_what_means_something_is_not_complained_about(tmp_path: Path, steps: tuple[str, ...]) -> None:
    assert wrong(tmp_path, *steps) == []


def test_a_decision_that_an_agency_does_not_take_is_told_at_its_key(tmp_path: Path) -> None:
    head = HEAD.replace("given: {", "given: {policies: {tax: {notice-aftr: instant}}, ")
    assert complaints(tmp_path, f"{head}{SUBMIT}\n") == [
        "4:26: /given/policies/tax/notice-aftr: tax decides nothing called 'notice-aftr'; did you mean 'notice-after'?"
    ]


def test_a_commune_that_the_province_has_not_is_told_with_the_nearest(tmp_path: Path) -> None:
    head = HEAD.replace("holder: an", "holder: an, commune: Đồng Đang")
    assert complaints(tmp_path, f"{head}{SUBMIT}\n") == [
        "4:81: /given/parcel/commune: the province has no commune 'Đồng Đang'; did you mean 'Đồng Đăng'?"
    ]


@pytest.mark.parametrize("commune", ["Đồng Đăng", "thị trấn  đồng đăng", "Xã Đồng Đăng", "06184"])
def test_a_commune_goes_by_its_name_with_or_without_its_kind_or_by_its_code(tmp_path: Path, commune: str) -> None:
    assert complaints(tmp_path, HEAD.replace("holder: an", f"holder: an, commune: {commune}") + SUBMIT) == []


def test_a_rule_that_the_broker_would_not_take_is_told_at_its_place(tmp_path: Path) -> None:
    found = wrong(
        tmp_path, "- fault: {as: f, broker: {rule: {stage: request, action: dela, api: Fetch}}}", "- fault: {as: g, broker: {rule: close}}"
    )
    assert found[0].startswith("1:58: /steps/0/fault/broker/rule/action: "), found
    assert found[-1] == "2:33: /steps/1/fault/broker/rule: a broker's rule is a mapping, with stage and action (docs/faults.md)"


def test_a_script_for_a_real_clock_has_no_bounds_of_days(tmp_path: Path) -> None:
    found = complaints(tmp_path, HEAD.replace("steps:", "real-time: true\nsteps:") + f"{SUBMIT}\n{EXPECT}\n")
    assert found == [
        "5:12: /real-time: on a real clock no bound may be longer than minutes: this script has longer ones, instants or working days"
    ]


def test_the_policies_that_scripts_may_name_are_those_of_the_agencies() -> None:
    assert {name: set(decisions) for name, decisions in POLICIES.items()} == {
        "dvc": {RETURN},
        "land": set(DECISIONS),
        "tax": {ASSESS, RECONCILE},
        "payment": {PAYMENT},
    }
