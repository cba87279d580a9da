"""Dossiers as the portal takes them: ready samples, right or wrong in a named way, and what they are composed of."""

from app.samples.faults import FAULTS, wrong
from app.samples.forms import change_of_use, gift, sale
from app.samples.kinds import KINDS, Wish, form, look_up, sample, sample_today
from app.samples.parts import PAPERS, RELATIONS, Form, Parcel, Scene, codes, holders, papers

__all__ = [
    "FAULTS",
    "KINDS",
    "PAPERS",
    "RELATIONS",
    "Form",
    "Parcel",
    "Scene",
    "Wish",
    "change_of_use",
    "codes",
    "form",
    "gift",
    "holders",
    "look_up",
    "papers",
    "sale",
    "sample",
    "sample_today",
    "wrong",
]
