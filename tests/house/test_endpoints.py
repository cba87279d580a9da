"""An agency answers on its event loop: what it runs for a request is a coroutine, never a thread."""

import inspect
from importlib import import_module
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from services.kit import AgencySettings

AGENCIES = ("dvc", "land", "tax", "payment")


@pytest.mark.parametrize("name", AGENCIES)
def test_every_endpoint_and_everything_it_depends_on_is_a_coroutine(name: str, tmp_path: Path) -> None:
    app = import_module(f"services.{name}").create_app(AgencySettings(name, f"sqlite:///{tmp_path}/{name}.db"))
    called = [(path, function) for path, function in _called(app.routes) if not path.startswith(("/docs", "/openapi", "/static-offline"))]
    assert len(called) > 20
    assert [f"{path}: {function.__name__}" for path, function in called if not inspect.iscoroutinefunction(function)] == []


def _called(routes: list[object]) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for route in routes:
        if isinstance(route, APIRoute):
            found += [(route.path, each.call) for each in (route.dependant, *route.dependant.dependencies) if each.call is not None]
        elif (inner := getattr(route, "original_router", None)) is not None:
            found += _called(inner.routes)
    return found
