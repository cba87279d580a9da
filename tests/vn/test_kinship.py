"""Which relatives are exempt, and which are not."""

import pytest

from vn.kinship import EXEMPT, Kin

KIN = Kin(
    spouses={"grandpa": "grandma", "grandma": "grandpa", "son": "his wife", "his wife": "son"},
    parents={
        "son": ("grandpa", "grandma"),
        "daughter": ("grandpa", "grandma"),
        "grandson": ("son", "his wife"),
        "granddaughter": ("son", "his wife"),
        "adopted": ("son", "his wife"),
        "niece": ("daughter",),
    },
    adopted=frozenset({"adopted"}),
)


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("grandpa", "grandma", "spouse"),
        ("grandpa", "son", "parent-child"),
        ("his wife", "grandson", "parent-child"),
        ("son", "adopted", "adoptive-parent-child"),
        ("grandma", "his wife", "parent-in-law"),
        ("grandpa", "grandson", "grandparent-grandchild"),
        ("grandma", "niece", "grandparent-grandchild"),
        ("son", "daughter", "sibling"),
        ("grandson", "granddaughter", "sibling"),
        ("daughter", "his wife", None),  # sisters-in-law
        ("daughter", "grandson", None),  # aunt and nephew
        ("grandson", "niece", None),  # cousins
        ("grandpa", "adopted", None),
        ("grandson", "adopted", None),
        ("son", "son", None),
        ("son", "stranger", None),
        ("stranger", "nobody", None),
    ],
)
def test_the_relation_is_the_same_whoever_is_named_first(one, other, relation):
    assert KIN.relation(one, other) == relation
    assert KIN.relation(other, one) == relation


def test_every_relation_has_its_vietnamese_name():
    everyone = {*KIN.parents, *KIN.spouses}
    assert {KIN.relation(one, other) for one in everyone for other in everyone} == {*EXEMPT, None}
