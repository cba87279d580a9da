"""The house rules that no import contract can hold."""

import ast
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("vn", "contracts", "bus", "scenarios", "adapters", "services", "app")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
FUNCTIONS = [
    (path, node)
    for path in SOURCES
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_longer_than_400_lines_and_half_of_them_have_at_most_100() -> None:
    lines = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n") for path in SOURCES}
    assert {name: count for name, count in lines.items() if count > 400} == {}
    assert median(count for count in lines.values() if count) <= 100


def test_no_function_is_longer_than_60_lines_and_nine_in_ten_have_at_most_25() -> None:
    lengths = {f"{path.relative_to(ROOT)}:{node.name}": length(node) for path, node in FUNCTIONS}
    assert {name: count for name, count in lengths.items() if count > 60} == {}
    assert sorted(lengths.values())[int(len(lengths) * 0.9)] <= 25


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    named = [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return len([name for name in named if name not in ("self", "cls")])


def test_no_function_takes_more_than_8_parameters() -> None:
    assert [f"{path.relative_to(ROOT)}:{node.name}" for path, node in FUNCTIONS if parameters(node) > 8] == []


@pytest.mark.parametrize("kind", ["services", "adapters"])
def test_every_folder_of_a_kind_has_the_same_files(kind: str) -> None:
    shared = {"kit", "runtime"}
    folders = [folder for folder in sorted((ROOT / kind).iterdir()) if folder.is_dir() and folder.name not in shared | {"__pycache__"}]
    needed = {"services": {"__init__.py", "api.py", "model.py", "store.py"}, "adapters": {"__init__.py", "handlers.py"}}[kind]
    assert {folder.name: needed - {path.name for path in folder.iterdir()} for folder in folders} == {
        folder.name: set() for folder in folders
    }
    assert len(folders) == 4


def test_every_module_begins_with_a_sentence_that_says_what_it_is() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if path.stat().st_size and not (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").strip()
    ]
    assert silent == []


def test_every_package_names_what_is_public_in_its_all() -> None:
    faces = [path for path in SOURCES if path.name == "__init__.py" and len(ast.parse(path.read_text(encoding="utf-8")).body) > 1]
    assert [path.relative_to(ROOT).as_posix() for path in faces if "__all__" not in path.read_text(encoding="utf-8")] == []


def test_nobody_else_reaches_into_the_files_of_a_package_that_has_a_face() -> None:
    """`bus`, `contracts`, `services.kit`, `adapters.runtime` are used through their `__init__`."""
    faces = {"services.kit": ("services/kit",), "adapters.runtime": ("adapters/runtime",)}
    intruders = []
    for path in SOURCES:
        place = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                intruders += [
                    f"{place}: {node.module}"
                    for face, inside in faces.items()
                    if node.module.startswith(face + ".") and not place.startswith(inside)
                ]
    assert intruders == []
