"""docs/fidelity.md says what the code says."""

from pathlib import Path

from tools.fidelity import document, facts

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fidelity.md"


def test_the_page_of_facts_is_what_the_code_says_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run: make export"


def test_every_fact_that_is_no_choice_of_ours_names_its_source_or_is_marked_an_assumption() -> None:
    bare = [fact.what for _, fact in facts() if fact.certainty in ("law", "observed", "secondary") and not fact.source]
    assert bare == []
