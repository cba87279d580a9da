"""The OpenAPI document of an agency, with the answers that say no: one rule for all endpoints, as `problems.install` answers them all."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI

from services.kit.problems import TITLES

Json = dict[str, Any]

NAME = "Problem"
PROBLEM: Json = {
    "title": NAME,
    "description": "RFC 9457: mọi lỗi được nêu cùng một lúc",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["about:blank"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON Pointer (RFC 6901) vào nội dung gửi đến; rỗng: toàn bộ"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
SAID: Json = {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/{NAME}"}}}
FRAMEWORK = ("HTTPValidationError", "ValidationError")  # FastAPI's own shape of a 422, which no agency answers


def document(app: FastAPI) -> None:
    """Have the application's document tell what `problems.install` answers."""
    written = app.openapi

    def openapi() -> Json:
        return app.openapi_schema or with_problems(written())  # FastAPI keeps what it made, and so what was put into it

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def with_problems(made: Json) -> Json:
    """The same document, in place, with 404, 409 and 422 where they can occur."""
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            answers = operation["responses"]
            own = _own_no(answers, schemas)
            for status in _possible(path, method, operation):
                said = own if own and status != 422 else SAID
                answers[str(status)] = {"description": TITLES[status], "content": said}
    for name in FRAMEWORK:
        schemas.pop(name, None)
    schemas[NAME] = PROBLEM
    return made


def _possible(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[int]:
    """What names something may name what is not there; an act may come at the wrong time; what is given may be wrong.

    What stands below one thing, such as a paper of a dossier, may not be there yet; the admin endpoints only look at what is given.
    """
    writes, named, given = method != "get", "{" in path, "requestBody" in operation
    if not path.startswith("/_lgsp"):
        sought = any(each["in"] == "query" and each["required"] for each in operation.get("parameters", ()))
        new = "201" in operation["responses"] and not named
        if named or sought or (given and not new):
            yield 404
        if not path.startswith("/_feed") and ((writes and (named or given)) or (named and not path.endswith("}"))):
            yield 409
    if given or "422" in operation["responses"]:
        yield 422


def _own_no(answers: Mapping[str, Any], schemas: Mapping[str, Any]) -> Json | None:
    """The shape of a yes that is the shape of a no too, as DVCQG's `error_code`."""
    yes: Json = answers.get("200", {}).get("content", {})
    name = yes.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    return yes if "error_code" in schemas.get(name, {}).get("properties", {}) else None
