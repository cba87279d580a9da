"""People and parcels of bindings as a cast has them: somebody who exists at an agency outside, in the place of a generated one."""

from collections.abc import Mapping
from datetime import date

from app.play.bindings import Bindings, Parcel, Person
from app.play.communes import old_commune
from app.play.people import Party
from scenarios.scenario import Given
from scenarios.scenario import Parcel as Wanted
from vn import people
from vn.errors import Unusable

__all__ = ["adopted", "concrete", "merged"]


def concrete(bound: Mapping[str, Person], on: date) -> dict[str, Party]:
    """Everybody by name; communes are those of the day."""
    return {name: _party(one, on) for name, one in bound.items()}


def adopted(given: Given, generated: Mapping[str, Party], bindings: Bindings, on: date) -> dict[str, Party]:
    """The cast of a script with everybody who is bound; raises Unusable where a person is bound to a company's name, or the other way."""
    found = concrete(bindings.people, on)
    kinds = {each.as_: each.kind for each in given.people}
    wrong = [name for name, one in found.items() if name in kinds and (kinds[name] == "person") != isinstance(one, people.Person)]
    if wrong:
        raise Unusable("\n".join(f"people.{name} in --bindings: the script wants {kinds[name]} there" for name in wrong))
    return {name: found.get(name, one) for name, one in generated.items()}


def merged(wanted: Wanted, bound: Parcel) -> Wanted:
    """What a script wants of a parcel, with what the bindings know better."""
    known = {"commune": bound.commune, "area": bound.area or wanted.area, "use": bound.use or wanted.use}
    return wanted.model_copy(update={**known, "uses": bound.uses or ({} if bound.use or bound.area else wanted.uses)})


def _party(one: Person, on: date) -> Party:
    address = people.Address(one.address.detail, old_commune(one.address.commune, on))
    if one.tax_code is not None:
        acting = people.Person("", one.representative or one.name, "male", on, address, one.phone, one.email)
        return people.Organisation(one.tax_code, one.name, address, one.phone, one.email, acting)
    assert one.born is not None, "the shape has seen to it"
    return people.Person(one.personal_id or "", one.name, one.sex, one.born, address, one.phone, one.email)
