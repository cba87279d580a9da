"""What a bindings file says, apart from any script: who is outside, how they are reached, and who and what stands for a script's names."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from app.play.communes import old_commune
from scenarios.acts import DECISIONS, Agency, Member
from scenarios.scalars import Area, Free, Limit, Name, Number, Pointer, Shape, Text, wrong
from scenarios.scenario import Outsider
from vn.errors import Unusable
from vn.identifiers import certificate_serial, personal_id, tax_code
from vn.near import suggestion
from vn.spans import Elapsed
from vn.units import NEW_DIVISION

__all__ = ["AgencyBinding", "Ask", "Bindings", "Commands", "Look", "MemberBinding", "Parcel", "Person"]


def _checked(check: Any) -> AfterValidator:
    """A check that raises ValueError, in the words of the language."""

    def checked(said: str) -> str:
        try:
            check(said)
        except (ValueError, Unusable) as error:
            raise wrong(str(error)) from None
        return said

    return AfterValidator(checked)


def _day(said: Any) -> date:
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        raise wrong("not a day such as 1980-12-31") from None


def _url(said: str) -> str:
    found = urlsplit(said)
    if found.scheme not in ("http", "https") or not found.netloc:
        raise wrong("not an address such as https://HOST:PORT")
    return said.rstrip("/")


def _actions(said: dict[str, str]) -> dict[str, str]:
    known = [action for each in DECISIONS.values() for action in each]
    for action in said:
        if action not in known:
            raise wrong(f"no decision is called {action!r}{suggestion(action, known) or '; there are ' + ', '.join(known)}")
    return said


Commune = Annotated[Text, _checked(lambda said: old_commune(said, NEW_DIVISION))]
Url = Annotated[Text, AfterValidator(_url)]
PersonalId = Annotated[Text, _checked(personal_id)]
TaxCode = Annotated[Text, _checked(tax_code)]
Day = Annotated[date, BeforeValidator(_day)]
Arguments = Annotated[list[Text], Field(min_length=1)]


class Address(Shape):
    """Where somebody lives."""

    detail: Text = "-"
    """Street or hamlet, with the number."""
    commune: Commune
    """A commune's name or code, of either division."""


class Person(Shape):
    """Somebody who stands for a name of `given.people`: a person, or a company where `tax-code` is given."""

    personal_id: PersonalId | None = None
    tax_code: TaxCode | None = None
    name: Text
    born: Day | None = None
    sex: Literal["male", "female"] = "male"
    address: Address
    phone: Text = "0600000000"
    email: Text = "nobody@example.com"
    representative: Text | None = None
    """Who acts for the company."""

    @model_validator(mode="after")
    def one_kind(self) -> Self:
        """A person with a day of birth, or a company with somebody who acts for it."""
        if (self.personal_id is None) == (self.tax_code is None):
            raise wrong("give either personal-id or tax-code")
        if self.personal_id is not None and self.born is None:
            raise wrong("a person needs born, e.g. 1980-12-31")
        return self


class Parcel(Shape):
    """A parcel that stands for a name of `given.parcel`; what is left out is what the script says."""

    commune: Commune
    sheet: Annotated[Number, Field(ge=1)]
    number: Annotated[Number, Field(ge=1)]
    certificate: Annotated[Text, _checked(certificate_serial)]
    area: Area | None = None
    use: Text | None = None
    uses: dict[Text, Area] = {}


class Ask(Shape):
    """One call to an agency outside.

    In path and body `{dossier}`, `{action}`, `{reason}`, `{attempt}` of a decision, `{dossier}`, or `{commune}`, `{sheet}`, `{number}`,
    `{certificate}` of a state stand for what is asked about.
    """

    method: Literal["GET", "POST", "PUT", "PATCH"] = "GET"
    path: Annotated[Text, Field(pattern="^/")]
    body: Free = None


class Decide(Ask):
    """How an officer's decision is made there; `actions`: the agency's own words for decisions."""

    method: Literal["GET", "POST", "PUT", "PATCH"] = "POST"
    actions: Annotated[dict[Text, Text], AfterValidator(_actions)] = {}


class Look(Ask):
    """How its state is asked for, and where the answer has what a script looks at."""

    status: Pointer | None = None
    """Where the status of the dossier stands."""
    holders: Pointer | None = None
    """Where the identities of a parcel's holders stand; `*` is every element of a list: /owners/*/id."""
    fields: dict[Pointer, Pointer] = {}
    """A pointer in a script's `where`, and where the answer has it."""


class State(Shape):
    """Of a dossier, and of a parcel."""

    dossier: Look | None = None
    parcel: Look | None = None


class Commands(Shape):
    """How a system is started and stopped: argument lists, no shell; in the folder of the bindings file."""

    start: Arguments | None = None
    stop: Arguments | None = None
    log: Text | None = None
    """Where its output goes; default: lgsp-outside-NAME.log."""


class AgencyBinding(Commands):
    """An agency that is not ours."""

    url: Url | None = None
    headers: dict[Text, Text] = {}
    """Sent with every call of ours; `env:NAME` is the value of a variable."""
    timeout: Limit = Elapsed(timedelta(seconds=30))
    decide: Decide | None = None
    state: State = State()


class MemberBinding(Commands):
    """A member that is not ours."""

    group: Text | None = None
    """The consumer group that reads its inbox; default: as `lgsp up --without` prints."""
    join: Limit = Elapsed(timedelta(seconds=60))
    """Real time that its group may take to have a member."""
    settle: Limit = Elapsed(timedelta(seconds=6))
    """Real time: it is at rest when nothing came from it for so long."""


class Bindings(Shape):
    """One file."""

    outside: list[Outsider] = []
    """Outside in every script of the run, beside those that the script names."""
    people: dict[Name, Person] = {}
    parcels: dict[Name, Parcel] = {}
    codes: dict[Name, Text] = {}
    """Names that scripts may use as if a step had captured them."""
    agencies: dict[Agency, AgencyBinding] = {}
    members: dict[Member, MemberBinding] = {}

    def agency(self, name: str) -> AgencyBinding:
        """What is said of it."""
        return {str(key): each for key, each in self.agencies.items()}.get(name, AgencyBinding())

    def member(self, name: str) -> MemberBinding:
        """What is said of it."""
        return {str(key): each for key, each in self.members.items()}.get(name, MemberBinding())
