"""What docs/testing.md shows of a test is what the test says."""

import re
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOWN = re.findall(r"```(\w+)\n(.*?)```", (ROOT / "docs" / "testing.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("snippet", [code for language, code in SHOWN if language == "java"])
def test_java_in_the_page_stands_in_the_test_that_runs(snippet: str) -> None:
    source = ROOT / "testing" / "java" / "src" / "test" / "java" / "example" / "LandTransferTest.java"
    assert textwrap.indent(snippet, "    ") in source.read_text(encoding="utf-8")


def test_python_in_the_page_stands_in_the_page_of_lgsp_testing() -> None:
    (snippet,) = (code for language, code in SHOWN if language == "python")
    assert f"```python\n{snippet}```" in (ROOT / "testing" / "README.md").read_text(encoding="utf-8")


def test_the_page_shows_all_that_the_test_in_java_does() -> None:
    assert {"java", "python", "csharp", "sh"} == {language for language, _ in SHOWN}
    assert len([language for language, _ in SHOWN if language == "java"]) == 3
