"""The catalogue of contracts."""

import subprocess
import sys
from timeit import repeat

import orjson
import pytest

from contracts import ANY, FAMILY, Catalogue, StatusChanged, WithdrawalRequested
from vn.errors import ContractViolation, Fault, Refused, Unusable

WITHDRAWAL = {"dossier": "H37.15-250812-0001", "requestedAt": "2025-08-12T09:00:00+07:00", "reason": "Không bán nữa"}
TYPE = "vn.gov.dossier.withdrawal-requested.v1"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def test_the_built_in_catalogue_is_the_family(catalogue: Catalogue) -> None:
    assert {contract.type for contract in catalogue} == {declared.type for declared in FAMILY}
    assert len(catalogue) == len(FAMILY) == 18


def test_every_contract_names_a_title_a_purpose_and_both_sides(catalogue: Catalogue) -> None:
    for contract in catalogue:
        assert all((contract.title, contract.purpose, contract.senders, contract.recipients)), contract
        assert contract.owner != ANY
        assert contract.dataschema == f"urn:lgsp-sim:contract:{contract.name}:v{contract.version}"


def test_a_contract_is_found_by_wire_type_short_name_and_versioned_name(catalogue: Catalogue) -> None:
    contract = catalogue.get(TYPE)
    assert contract is not None
    for name in ("dossier.withdrawal-requested", "dossier.withdrawal-requested.v1", TYPE):
        assert catalogue.by_short(name) is contract
    assert contract.short == "dossier.withdrawal-requested"


def test_an_unknown_short_name_suggests_the_nearest(catalogue: Catalogue) -> None:
    with pytest.raises(Unusable, match=r"unknown contract 'land\.transferslip'; did you mean 'land\.transfer-slip'\?"):
        catalogue.by_short("land.transferslip")
    assert catalogue.get("vn.gov.land.transfer-slip.v2") is None


def test_a_payload_that_conforms_has_no_faults_and_decodes_into_its_model(catalogue: Catalogue) -> None:
    payload = catalogue.decode(TYPE, orjson.dumps(WITHDRAWAL))
    assert isinstance(payload, WithdrawalRequested)
    assert catalogue.of(payload).type == TYPE
    assert orjson.loads(payload.to_wire()) == WITHDRAWAL


def test_decode_names_every_fault_at_once_in_a_stable_order(catalogue: Catalogue) -> None:
    with pytest.raises(ContractViolation) as caught:
        catalogue.decode(TYPE, b'{"reason":"","dossier":7,"x":1}')
    assert list(caught.value.faults) == [
        Fault("/dossier", "is integer, must be string"),
        Fault("/reason", "is empty"),
        Fault("/requestedAt", "is missing"),
        Fault("/x", "unknown property 'x'"),
    ]


def test_decode_refuses_an_unknown_type(catalogue: Catalogue) -> None:
    with pytest.raises(Refused) as caught:
        catalogue.decode("vn.gov.land.nothing.v1", b"{}")
    assert caught.value.code == "client.unknown_contract"


def test_what_is_none_is_absent_on_the_wire_and_null_is_a_fault(catalogue: Catalogue) -> None:
    given = {"dossier": WITHDRAWAL["dossier"], "status": 4, "since": WITHDRAWAL["requestedAt"], "by": "Một cửa"}
    payload = StatusChanged.model_validate(given)
    assert payload.note is None
    assert b"null" not in payload.to_wire()
    assert "note" not in payload.model_dump()
    assert catalogue.faults(catalogue.of(payload), given | {"note": None}) == [Fault("/note", "is null, must be string")]


def test_a_slip_is_judged_by_the_form_it_names(catalogue: Catalogue) -> None:
    slip = catalogue.by_short("land.transfer-slip")
    assert catalogue.faults(slip, {"form": "20"}) == [Fault("/form", 'is none of "12/DK", "19"')]
    assert Fault("/form", "is missing") in catalogue.faults(slip, {})
    assert Fault("/lease", "unknown property 'lease'") in catalogue.faults(slip, {"form": "12/DK", "lease": {}})
    assert Fault("/lease", "unknown property 'lease'") not in catalogue.faults(slip, {"form": "19", "lease": {}})


def test_the_catalogue_loads_without_the_payload_models() -> None:
    script = "import sys; from contracts import Catalogue; c = Catalogue.load(); list(c); sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_validating_a_usual_message_takes_microseconds(catalogue: Catalogue) -> None:
    contract = catalogue.by_short("dossier.withdrawal-requested")
    assert min(repeat(lambda: catalogue.faults(contract, WITHDRAWAL), number=1000, repeat=5)) / 1000 < 100e-6  # measured: 3 µs
