"""The communes that scripts and bindings name: by name or code, of either division."""

from datetime import date

from vn.errors import Unusable
from vn.near import suggestion
from vn.units import NEW_DIVISION, Commune, commune, communes

__all__ = ["old_commune"]

LAST_OLD_DAY = date(2025, 6, 30)
_KINDS = ("xã ", "phường ", "thị trấn ")


def old_commune(text: str, on: date) -> str:
    """The code until 30 June 2025 of the commune that a script names, by name or code; the division of the day is looked at first."""
    divisions = [LAST_OLD_DAY, NEW_DIVISION] if on < NEW_DIVISION else [NEW_DIVISION, LAST_OLD_DAY]
    if text.isdecimal() and commune(text, LAST_OLD_DAY) is not None:
        return text
    for day in divisions:
        found = [each for each in communes(day) if _folded(text) in (each.name.casefold(), _plain(each))]
        if len(found) > 1:
            which = ", ".join(f"{each.code} ({each.full_name})" for each in found)
            raise Unusable(f"there are {len(found)} communes {text!r}: give the code, {which}")
        if found:
            return found[0].code  # a commune of today has the code of one that it was made of
    names = [name for day in divisions for each in communes(day) for name in (_short(each), each.name)]
    raise Unusable(f"Lạng Sơn has no commune {text!r}{suggestion(text, names)}")


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _plain(one: Commune) -> str:
    return _short(one).casefold()


def _short(one: Commune) -> str:
    kind = next((kind for kind in _KINDS if one.name.casefold().startswith(kind)), "")
    return one.name[len(kind) :]
