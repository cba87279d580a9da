"""A text that is no YAML of plain values is refused in one line with its place; nothing in it is run or typed."""

from pathlib import Path
from random import Random

import pytest

from scenarios.places import Unwritable
from scenarios.scalars import Plain
from scenarios.text import MAX_BYTES, read_tree
from scenarios.tree import value
from tests.scenarios.scripts import HEAD, SUBMIT, complaints


def read(folder: Path, text: str | bytes) -> object:
    path = folder / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return value(read_tree(path))


def refusal(folder: Path, text: str | bytes) -> str:
    with pytest.raises(Unwritable) as caught:
        read(folder, text)
    return str(caught.value).removeprefix(f"{folder / 'a.yaml'}:")


def test_every_scalar_stays_the_text_that_was_written(tmp_path: Path) -> None:
    words = ["05765", "020123456701", "15:00", "no", "1_950_000_000", "0x1f", "1e3", "~", "null", "true", "2026-02-09", "=", ".5"]
    assert read(tmp_path, "\n".join(f"- {word}" for word in words)) == words


def test_quotes_are_remembered_since_they_say_that_a_word_is_text(tmp_path: Path) -> None:
    found = read(tmp_path, """[no, "no", 'no']""")
    assert isinstance(found, list)
    assert [type(each) for each in found] == [Plain, str, str]


def test_a_plain_text_in_braces_may_have_a_comma_in_it(tmp_path: Path) -> None:
    assert read(tmp_path, "{vi: Gửi hai lần, nộp sau Tết, en: Twice, paid after Tết}") == {
        "vi": "Gửi hai lần, nộp sau Tết",
        "en": "Twice, paid after Tết",
    }


def test_a_key_without_a_value_in_braces_stays_a_key(tmp_path: Path) -> None:
    assert read(tmp_path, "{reason: đổi ý, refused}") == {"reason": "đổi ý", "refused": ""}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1, 2", "1:9: is not YAML"),
        ("a: b: c", "1:5: a ':' that nothing explains"),
        ("a: 1\nb: 2\na: 3", "3:1: the key 'a' is given twice, first at line 1"),
        ("a:\n\tb: 1", "2:1: a tab; YAML is indented with spaces"),
        ("a: 'x", "1:6: ends within a quoted text"),
        ("a: !!python/object/apply:os.system [ls]", "1:4: the tag 'tag:yaml.org,2002:python/object/apply:os.system'; tags are not allowed"),
        ("a: !!str 5", "1:4: the tag 'tag:yaml.org,2002:str'"),
        ("a: 1\n---\nb: 2", "2:1: holds more than one document"),
        ("", "1:1: is empty"),
        ("# only a remark", "1:1: is empty"),
        ("a: *b", "1:4: the alias *b names nothing"),
        ("a: &a [*a]", "1:4: an alias that contains itself"),
        ("? [a, b]\n: c", "1:3: a key is a word"),
        ("amount: {n./total}", "1:9: what was captured is named in quotes: '{n./total}'"),
        ("a: b\x00", "1:5: the character U+0000 may not stand in YAML"),
        ('a: "\\ud800"', "1:4: half of a character"),
        ('"\\udfff": a', "1:1: half of a character"),
        (b"a: 1\nb: \xff", "2:4: is not UTF-8"),
        ("[" * 5000, "1:"),
        ("[" * 100 + "]" * 100, "1:51: is nested deeper than 50 levels"),
        (b" " * (MAX_BYTES + 1), "1:1: is larger than 1 MiB"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_line_column_and_reason(tmp_path: Path, text: str | bytes, said: str) -> None:
    found = refusal(tmp_path, text)
    assert found.startswith(said), found
    assert "\n" not in found


def test_an_alias_of_aliases_that_would_grow_without_end_is_refused(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    assert "holds more than 100,000 values" in refusal(tmp_path, bomb)


@pytest.mark.parametrize("path", [".", "nothing.yaml"])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, path: str) -> None:
    with pytest.raises(Unwritable, match="cannot be read"):
        read_tree(tmp_path / path)


def test_a_script_that_is_broken_anywhere_in_any_way_is_complained_about_or_read_and_never_a_traceback(tmp_path: Path) -> None:
    whole = (
        HEAD
        + f"{SUBMIT}\n- expect: {{as: n, contract: tax.payment-notice, about: d1, within: 5 working-days}}\n- advance: {{by: 1 hour}}\n"
    )
    dice = Random(5)
    for _ in range(400):
        at, end = sorted(dice.sample(range(len(whole)), 2))
        thrown = "".join(dice.choice("{}[]:,-&*!|>'\"%@`#?\t\n ạ0x\ufeff\x85") for _ in range(dice.randrange(4)))
        broken = whole[:at] + thrown + whole[min(end, at + dice.randrange(12)) :]
        for each in complaints(tmp_path, broken):
            assert each[0].isdigit()
