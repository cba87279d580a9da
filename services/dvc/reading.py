"""A form as it came, read whole: every fault of its fields and of the rules between them at once."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from services.dvc import checks
from services.dvc.forms import BoSung, HoSoNop
from services.kit import Native

T = TypeVar("T", bound=Native)


def dossier(raw: Mapping[str, Any], today: date) -> HoSoNop:
    """What a citizen hands in, or every fault of it."""
    return _read(HoSoNop, raw, checks.faults(raw, today))


def supplement(raw: Mapping[str, Any], standing: Mapping[str, Any], today: date) -> BoSung:
    """What is given after a request; the rules hold for the dossier with it, papers are looked at as given."""
    whole = {**standing, **raw, "TaiLieuNop": []}
    return _read(BoSung, raw, [*checks.faults(whole, today), *checks.papers(raw, today)])


def _read(shape: type[T], raw: Mapping[str, Any], found: Iterable[tuple[tuple[str | int, ...], str]]) -> T:
    errors: list[Any] = [{"type": "vietnamese", "loc": ("body", *path), "msg": why} for path, why in found]
    try:
        made = shape.model_validate(raw)
    except ValidationError as error:
        said = error.errors(include_url=False, include_input=False)
        errors = [*({**each, "loc": ("body", *each["loc"])} for each in said if not _echo(each, said)), *errors]
    else:
        if not errors:
            return made
    raise RequestValidationError(errors, body=raw)


def _echo(error: Any, among: list[Any]) -> bool:
    """pydantic counts only the good items of a list, and calls it too short when a bad one is left out."""
    where = error["loc"]
    return error["type"] == "too_short" and any(each["loc"][: len(where)] == where and each is not error for each in among)
