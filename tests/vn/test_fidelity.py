"""What the facts say of themselves, and what importing `vn` does not cost."""

import importlib
import pkgutil
import subprocess
import sys
from typing import get_args

import pytest

import vn
from vn.fidelity import Certainty, Fact

MODULES = [importlib.import_module(f"vn.{found.name}") for found in pkgutil.iter_modules(vn.__path__)]
FACTS = [fact for module in MODULES for fact in getattr(module, "FACTS", ())]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.what)
def test_a_fact_says_what_it_is_and_how_sure(fact: Fact):
    assert fact.what
    assert fact.value
    assert fact.certainty in get_args(Certainty)
    assert fact.source or fact.certainty in ("assumption", "simulator", "secondary")


def test_no_two_facts_are_about_the_same():
    assert len({fact.what for fact in FACTS}) == len(FACTS) > 15


@pytest.mark.parametrize("module", [each for each in MODULES if each.__name__ != "vn.errors"], ids=lambda module: module.__name__)
def test_every_module_names_what_is_public(module):
    assert all(hasattr(module, name) for name in module.__all__)


def test_the_libraries_behind_the_data_files_are_not_loaded():
    heavy = "faker holidays vietnam_provinces num2words"
    code = f"import sys, vn.people, vn.calendar, vn.money; vn.people.Population(); print(*set('{heavy}'.split()) & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == ""
