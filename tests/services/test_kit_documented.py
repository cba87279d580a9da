"""The document of an agency says how it says no."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema_rs import Draft202012Validator

from services.kit import AgencySettings
from tests.services.dvc_forms import anew, served, status, transfer

AGENCIES = ("dvc", "land", "tax", "payment")
PROBLEM = "application/problem+json"


def document(name: str, folder: Path) -> dict[str, Any]:
    app = importlib.import_module(f"services.{name}").create_app(AgencySettings(name, f"sqlite:///{folder}/{name}.db"))
    app.state.agency.close()
    return dict(app.openapi())


@pytest.mark.parametrize("agency", AGENCIES)
def test_no_agency_promises_a_no_in_the_shape_of_its_framework(agency: str, tmp_path: Path):
    made = document(agency, tmp_path)
    assert "HTTPValidationError" not in str(made)
    said = [
        answers["422"] for each in made["paths"].values() for answers in (one["responses"] for one in each.values()) if "422" in answers
    ]
    assert len(said) > 5
    assert all(list(each["content"]) == [PROBLEM] for each in said)


@pytest.mark.parametrize(
    ("agency", "operation", "codes"),
    [
        ("dvc", "post /ho-so", {"409", "422"}),
        ("dvc", "get /ho-so/{code}/giay-tiep-nhan", {"404", "409", "422"}),
        ("land", "post /TiepNhanHoSo", {"404", "409", "422"}),
        ("land", "get /ho-so", {"422"}),
        ("land", "get /ho-so/{ma}", {"404", "422"}),
        ("tax", "post /gip", set()),  # XML, with a no of its own
        ("tax", "post /ho-so/{dossier}/quyet-dinh", {"404", "409", "422"}),
        ("payment", "post /doi-soat", {"404", "409", "422"}),
        ("payment", "post /_feed/{id}/outcome", {"404", "422"}),
        ("payment", "put /_lgsp/policy", {"422"}),
        ("payment", "get /_lgsp/clock", set()),
    ],
)
def test_an_endpoint_promises_each_no_that_it_may_give_and_no_other(agency: str, operation: str, codes: set[str], tmp_path: Path):
    method, path = operation.split()
    answers = document(agency, tmp_path)["paths"][path][method]["responses"]
    assert {code for code in answers if code.startswith("4")} == codes


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    yield from served(tmp_path_factory.mktemp("dvc"))


@pytest.mark.parametrize(
    ("operation", "at", "given", "code"),
    [
        ("get /ho-so/{code}", "/ho-so/unknown", None, 404),
        ("get /ho-so/{code}/giay-tiep-nhan", "/ho-so/{}/giay-tiep-nhan", None, 409),
        ("post /ho-so", "/ho-so", {"BenNhan": 1}, 422),
        ("get /ho-so", "/ho-so?SoDong=0", None, 422),
        ("post /CapNhatTienDoHoSoMC", "/CapNhatTienDoHoSoMC", status("H37.20-251201-0001", 2), 404),
        ("post /CapNhatTienDoHoSoMC", "/CapNhatTienDoHoSoMC", {"MaHoSo": 1}, 422),
    ],
)
def test_what_an_agency_answers_is_of_the_shape_that_its_document_promises(
    portal: httpx.Client, operation: str, at: str, given: Any, code: int
):
    dvc, (method, path) = anew(portal), operation.split()
    dossier = dvc.post("/ho-so", json=transfer()).json()["MaHoSo"]
    answer = dvc.request(method, at.format(dossier), json=given)
    assert answer.status_code == code
    made = dvc.get("/openapi.json").json()
    content = made["paths"][path][method]["responses"][str(code)]["content"][answer.headers["content-type"]]
    Draft202012Validator({**content["schema"], "components": made["components"]}).validate(answer.json())
