"""The member register and the access rights."""

from pathlib import Path

import pytest

from bus import EXCHANGE, Members, Rights
from contracts import Catalogue
from tests.bus.samples import DVC, ILIS, LGSP, PAYPLAT, TCT
from vn.errors import Unusable

CONTRACTS = Catalogue.load()
MEMBERS = Members.read()
RIGHTS = Rights.read(members=MEMBERS, contracts=CONTRACTS)
ALL = [member.id for member in MEMBERS]

MEMBER = """
  - id: {id}
    short: {short}
    name: {{vi: một, en: one}}
"""


def members(tmp_path: Path, *entries: str) -> Path:
    exchange = MEMBER.format(id=EXCHANGE, short="lgsp")
    path = tmp_path / "members.yaml"
    path.write_text("members:" + exchange + "".join(entries), encoding="utf-8")
    return path


def access(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "access.yaml"
    path.write_text("\n".join(["rights:", *lines]) + "\n", encoding="utf-8")
    return path


def test_the_members_are_those_of_the_province() -> None:
    assert {member.short: member.id for member in MEMBERS} == {"lgsp": LGSP, "dvc": DVC, "ilis": ILIS, "tct": TCT, "payplat": PAYPLAT}


def test_every_member_but_the_exchange_has_boxes() -> None:
    assert set(MEMBERS.ids) == {DVC, ILIS, TCT, PAYPLAT}


def test_a_member_is_found_by_short_name_and_by_id_and_a_near_miss_is_suggested() -> None:
    assert MEMBERS.named("ilis") == MEMBERS.named(ILIS)
    with pytest.raises(Unusable, match="unknown member 'ilsi'; did you mean 'ilis'"):
        MEMBERS.named("ilsi")


def test_every_fault_of_a_register_is_told_at_once_with_file_and_line(tmp_path: Path) -> None:
    path = members(
        tmp_path,
        MEMBER.format(id="lower/case", short="x"),
        MEMBER.format(id=ILIS, short="ilis") + "    status: activ\n    statuz: x\n",
        MEMBER.format(id=ILIS, short="ilis"),
        "  - 7\n",
    )
    with pytest.raises(Unusable) as caught:
        Members.read(path)
    assert [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()] == [
        "6: id 'lower/case' must be INSTANCE/CLASS/MEMBER/SUBSYSTEM, such as VN/GOV/H37.15/ilis",
        "13: status 'activ' must be active or suspended; did you mean 'active'?",
        "14: unknown key 'statuz'; did you mean 'status'?",
        f"16: {ILIS} (ilis) is there already, at {path}:10",
        "19: must be a mapping",
    ]


def test_a_register_without_the_exchange_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "members.yaml"
    path.write_text("members:" + MEMBER.format(id=ILIS, short="ilis"), encoding="utf-8")
    with pytest.raises(Unusable, match=r"the exchange itself, VN/GOV/H37\.10/lgsp, is not a member"):
        Members.read(path)


@pytest.mark.parametrize("contract", list(CONTRACTS), ids=lambda contract: contract.short)
def test_the_rights_are_those_that_the_contract_family_names(contract: object) -> None:
    for source in ALL:
        named = contract.recipients if source in contract.senders or contract.senders == ("*",) else ()  # type: ignore[attr-defined]
        wanted = {id_ for id_ in ALL if id_ in named or (named == ("*",) and id_ not in (source, LGSP))}
        assert set(RIGHTS.recipients(contract, source)) == wanted  # type: ignore[arg-type]


def test_what_is_allowed_is_explained_with_the_rule_that_allows_it() -> None:
    why = RIGHTS.why(CONTRACTS.by_short("land.transfer-slip"), ILIS, TCT)
    assert why.allowed
    assert "access.yaml:" in why.reason
    assert why.rule is not None


@pytest.mark.parametrize(
    ("contract", "source", "recipient", "said"),
    [
        ("land.transfer-slip", ILIS, DVC, f"allows land.transfer-slip from {ILIS} to {TCT}, but not to {DVC}"),
        ("land.transfer-slip", DVC, TCT, f"allows land.transfer-slip from {ILIS}, but not from {DVC}"),
    ],
)
def test_what_is_denied_is_explained_with_what_is_missing(contract: str, source: str, recipient: str, said: str) -> None:
    why = RIGHTS.why(CONTRACTS.by_short(contract), source, recipient)
    assert not why.allowed
    assert said in why.reason


def test_what_no_rule_names_is_denied() -> None:
    rights = Rights((), MEMBERS)
    contract = CONTRACTS.by_short("land.transfer-slip")
    assert rights.recipients(contract, ILIS) == ()
    assert rights.why(contract, ILIS, TCT).reason == "no rule names land.transfer-slip"


def test_every_fault_of_the_rights_is_told_at_once_with_file_and_line(tmp_path: Path) -> None:
    path = access(
        tmp_path,
        "  - {contract: land.transfer-slp, from: ilis, to: tct}",
        "  - {contract: land.transfer-slip, from: [ilis, ilsi], to: []}",
        "  - {contract: land.transfer-slip, form: ilis, to: tct}",
    )
    with pytest.raises(Unusable) as caught:
        Rights.read(path, members=MEMBERS, contracts=CONTRACTS)
    assert [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()] == [
        "2: unknown contract 'land.transfer-slp'; did you mean 'land.transfer-slip'?",
        "3: 'to' names nobody",
        "3: unknown member 'ilsi'; did you mean 'ilis'?",
        "4: 'from' is missing",
        "4: unknown key 'form'; did you mean 'from'?",
    ]


def test_a_suspended_member_receives_nothing_and_the_explanation_says_so(tmp_path: Path) -> None:
    shut = Members.read(
        members(tmp_path, MEMBER.format(id=ILIS, short="ilis"), MEMBER.format(id=TCT, short="tct") + "    status: suspended\n")
    )
    rights = Rights.read(access(tmp_path, "  - {contract: land.transfer-slip, from: ilis, to: tct}"), members=shut, contracts=CONTRACTS)
    contract = CONTRACTS.by_short("land.transfer-slip")
    assert rights.recipients(contract, ILIS) == ()
    assert f"{TCT} is suspended" in rights.why(contract, ILIS, TCT).reason


def test_a_contract_that_is_dropped_in_brings_its_own_rights(tmp_path: Path) -> None:
    (tmp_path / "birth.schema.json").write_text('{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}')
    (tmp_path / "birth.yaml").write_text(
        f"name: civil.birth-notice\nversion: 1\nowner: {DVC}\nfrom: [{DVC}]\nto: ['*']\nschema: birth.schema.json\n"
    )
    contracts = Catalogue.load(tmp_path)
    rights = Rights.read(members=MEMBERS, contracts=contracts)
    contract = contracts.by_short("civil.birth-notice")
    assert set(rights.recipients(contract, DVC)) == {ILIS, TCT, PAYPLAT}
    assert str(tmp_path / "birth.yaml") in rights.why(contract, DVC, TCT).reason


def test_a_right_to_one_version_is_no_right_to_another(tmp_path: Path) -> None:
    rights = Rights.read(
        access(tmp_path, "  - {contract: land.transfer-slip.v1, from: ilis, to: tct}"), members=MEMBERS, contracts=CONTRACTS
    )
    assert rights.recipients(CONTRACTS.by_short("land.transfer-slip"), ILIS) == (TCT,)
