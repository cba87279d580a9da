"""What the four mock agencies share; an agency itself is only its shapes, its rules and its tables.

How to build one (`services/payment` is the example to read):

1. `model.py`: frozen dataclasses and pure functions. They get `now` and everything else as arguments, answer new values,
   and raise `NotAllowed(reason, faults)` in Vietnamese (no faults: 409, the state forbids it; faults: 422, the input does).
2. `store.py`: `TABLES = MetaData()`, one `Table` per kind of thing, and `Records(Dataclass, table)` to get, find, add and put
   them: `NOTICES.find(tx, dossier=code, state="open")`; any other question is a `Prepared` statement at the top of the file.
   Columns are named as the dataclass's fields. Mark each column for the canonical form: `info=DOSSIER` (the dossier
   code), `info=NUMBER` (document numbers and references, own and foreign), `info=SKIP` (real-time instants, surrogate keys).
   Types: `Instant` for aware datetimes, `Day` for dates, `JSON` for nested dataclasses.
3. `shapes.py`: pydantic models `class X(Native)` with the agency's own field names; `Annotated[date, Written("%d/%m/%Y")]`.
   A shape that comes in makes a model value (`.order()`), one that goes out is made from one (`.of(...)`). No rules.
4. `desk.py`: what the agency does, one function per act, each `(tx: Transaction, ...)`: load, let the model decide, keep, tell.
   `tx.now` is the agency's time (never call a clock); `tx.tell(kind, dossier, body)` writes to the feed;
   `tx.decide(kind, dossier, key=, body=)` plans a decision by policy; `tx.later(kind, dossier, when, ...)` sets a timer;
   `tx.outcome(kind, dossier)` is what chance makes of a decision where the policy leaves something to it;
   `tx.complete(kind, dossier)` takes a waiting decision over for an officer; `tx.drop` forgets one;
   `tx.number("series")` gives document numbers; `tx.about(dossier)` notes the case where nothing is told or planned.
   Cause, correlation and trace of what is told and planned are filled in by the kit.
   `WORK = {kind: function(tx, work)}` stands at the end: what to do when a decision or timer is due. Work is dated when it
   was due. A handler whose moment has passed (paid already, withdrawn) just returns.
5. `api.py`: `router = APIRouter()`; `async def` endpoints that await nothing. Where something changes, with `call: Call`:
   `return call.apply_once(lambda tx: desk.act(tx, shape.order()))`; where not, with `here: Here`: `with here.read() as tx: ...`.
   `Unknown` is answered 404, so raise it only for what may still come.
6. `__init__.py`: `FACTS` and `create_app(settings) -> FastAPI`, which returns `assemble(settings, Profession(...), router)`.

Every agency then has `/_feed`, `/_lgsp/*` and `/docs`. One write transaction runs at a time, so code inside one needs no
locks and must not wait for anything. The process that serves an agency calls `app.state.agency.hang_up()` when it is told to
stop, so that no reader of the feed holds it up.
"""

from services.kit.agency import Agency, AgencySettings, Call, Caller, Here, Profession
from services.kit.assembly import assemble
from services.kit.measures import FAMILIES, figures
from services.kit.policy import ENGLISH, Between, Manner, Policy, Weighted, WorkingDays, faults_of
from services.kit.prepared import Prepared
from services.kit.problems import problem
from services.kit.records import Records
from services.kit.shapes import Native, Written, invalid
from services.kit.tables import DOSSIER, NUMBER, SKIP, Day, Instant
from services.kit.transaction import Cause, Reading, Transaction, Work

__all__ = [
    "DOSSIER",
    "ENGLISH",
    "FAMILIES",
    "NUMBER",
    "SKIP",
    "Agency",
    "AgencySettings",
    "Between",
    "Call",
    "Caller",
    "Cause",
    "Day",
    "Here",
    "Instant",
    "Manner",
    "Native",
    "Policy",
    "Prepared",
    "Profession",
    "Reading",
    "Records",
    "Transaction",
    "Weighted",
    "Work",
    "WorkingDays",
    "Written",
    "assemble",
    "faults_of",
    "figures",
    "invalid",
    "problem",
]
