"""Configuration: read once from a mapping, checked as a whole, then passed on as a frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, cast, get_args

from app.reading import is_address, is_http, misspelt, number, one_of, path
from app.security import VARIABLES, read_security
from bus.security import NONE, KafkaSecurity
from vn.clock import ClockSetting
from vn.errors import Unusable

AGENCIES = ("dvc", "land", "tax", "payment")
ADAPTERS = ("dvc", "ilis", "tax", "payment")
SERVICE_OF = {"dvc": "dvc", "ilis": "land", "tax": "tax", "payment": "payment"}  # adapter -> the agency it speaks to

Fsync = Literal["none", "batch", "interval"]
CONTROL = "broker-control"  # the embedded broker's HTTP address, where one is wanted
LISTENERS = ("network", "host")  # of the embedded broker, beside the one for our own parts: for other containers, for programs on the host
LATER = "later"  # what clients are told is set once it runs
FEWEST = 20  # people: one family of three generations, and some who live alone
PARTS = ("broker", "exchange", *AGENCIES, *(f"{name}-adapter" for name in ADAPTERS))

_TEXTS = (
    "LGSP_KAFKA_BOOTSTRAP",
    "LGSP_SPACE",
    "LGSP_STATE",
    "LGSP_CACHE",
    "LGSP_HOST",
    "LGSP_CONTRACTS",
    "LGSP_MEMBERS",
    "LGSP_ACCESS",
    "LGSP_SEED",
    "LGSP_PEOPLE",
    "LGSP_LOG",
    "LGSP_LOG_LEVEL",
    "LGSP_POLICY",
    "LGSP_WITHOUT",
    "LGSP_BROKER_FSYNC",
    "LGSP_SUPERVISED",
    "LGSP_BROKER_FAULTS",
    "LGSP_DRAIN",
    "LGSP_OTEL",
    "LGSP_EXCHANGE_INSTANCE",
)


def _variable(part: str, what: str) -> str:
    return f"LGSP_{part.upper().replace('-', '_')}_{what}"


_ADVERTISED = {"network": "LGSP_KAFKA_ADVERTISED", "host": "LGSP_KAFKA_HOST_ADVERTISED"}
_PORTS = {_variable(part, "PORT"): part for part in (*PARTS, CONTROL, *(f"broker-{name}" for name in LISTENERS), "supervisor")}
_URLS = {_variable(part, "URL"): part for part in (*PARTS, CONTROL) if part != "broker"}  # that has a bootstrap address
_DATABASES = {_variable(agency, "DATABASE"): agency for agency in AGENCIES}
KNOWN = (*_TEXTS, *_ADVERTISED.values(), *_PORTS, *_URLS, *_DATABASES, *VARIABLES)


@dataclass(frozen=True)
class Tracing:
    """That spans are wanted, and as whose; where they go stands in the standard OTEL_ variables, which the library reads itself."""

    service: str | None = None

    @classmethod
    def read(cls, environ: Mapping[str, str], faults: list[str]) -> "Tracing | None":
        """Asked for by LGSP_OTEL=on, or by naming a collector as OpenTelemetry does; LGSP_OTEL=off is the last word."""
        named = any(environ.get(f"OTEL_EXPORTER_OTLP_{which}ENDPOINT", "").strip() for which in ("", "TRACES_"))
        wanted = one_of("LGSP_OTEL", environ.get("LGSP_OTEL", "").strip() or ("on" if named else "off"), ("on", "off"), faults)
        if wanted != "on" or environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
            return None
        return cls(environ.get("OTEL_SERVICE_NAME", "").strip() or None)


@dataclass(frozen=True)
class Settings:
    """What every part is told. `bootstrap` None means the embedded broker; port 0 means any free one."""

    bootstrap: str | None = None
    security: KafkaSecurity = NONE
    space: str = "lgsp"
    state: Path = Path(".lgsp")
    cache: Path | None = None
    """What was fetched and serves all states of a user; None where neither LGSP_CACHE nor a home says where."""
    java_home: Path | None = None
    host: str = "127.0.0.1"
    contracts: Path | None = None
    members: Path | None = None
    access: Path | None = None
    seed: int = 2024
    people: int = 120
    """How many live in the seeded province; the land register grows with them."""
    log: str = "auto"
    log_level: str = "info"
    policy: Path | None = None
    without: str = ""
    """Agencies and adapters that `lgsp up` leaves out, with commas between."""
    fsync: Fsync = "none"
    """When the embedded broker brings its log to the disk."""
    supervised: bool = False
    faults: Path | None = None
    """A fault plan for the embedded broker."""
    drain: float = 10.0
    """Seconds from SIGTERM to the end of a part: so long may take what is in flight."""
    tracing: Tracing | None = None
    instance: str | None = None
    """The name of this exchange among several of its space, kept over restarts; None: an exchange alone, or one without a lasting place."""
    advertised: Mapping[str, str] = field(default_factory=dict)
    """What clients of the embedded broker's listeners are told, by listener: HOST:PORT, or `later`."""
    clock: ClockSetting = field(default_factory=ClockSetting)
    """How the clock of a part runs from its start on; no variable says it."""
    ports: Mapping[str, int] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    databases: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Read every `LGSP_` variable; all faults at once, as one `Unusable`."""
        faults: list[str] = []
        given = {name: value.strip() for name, value in environ.items() if name.startswith("LGSP_") and value.strip()}
        faults += misspelt(given, KNOWN)
        ports = {part: number(name, given[name], 65_535, faults) for name, part in _PORTS.items() if name in given}
        seed = number("LGSP_SEED", given.get("LGSP_SEED", "2024"), 2**63, faults)
        people = number("LGSP_PEOPLE", given.get("LGSP_PEOPLE", "120"), 100_000, faults)
        if people < FEWEST:
            faults.append(f"LGSP_PEOPLE: {people} are too few for a province; at least {FEWEST}")
        log = one_of("LGSP_LOG", given.get("LGSP_LOG", "auto"), ("auto", "text", "json"), faults)
        level = one_of("LGSP_LOG_LEVEL", given.get("LGSP_LOG_LEVEL", "info"), ("debug", "info", "warning", "error"), faults)
        fsync = one_of("LGSP_BROKER_FSYNC", given.get("LGSP_BROKER_FSYNC", "none"), get_args(Fsync), faults)
        space = given.get("LGSP_SPACE", "lgsp")
        if not all(c.isalnum() or c in "-_" for c in space) or len(space) > 60:
            faults.append("LGSP_SPACE: letters, digits, - and _ only, 60 at most")
        urls = {agency: given[name].rstrip("/") for name, agency in _URLS.items() if name in given}
        faults += [f"{_variable(agency, 'URL')}: {url!r} is not http://HOST:PORT" for agency, url in urls.items() if not is_http(url)]
        bootstrap = given.get("LGSP_KAFKA_BOOTSTRAP")
        if bootstrap is not None and not all(is_address(each.strip()) for each in bootstrap.split(",")):
            faults.append(f"LGSP_KAFKA_BOOTSTRAP: {bootstrap!r} is not HOST:PORT[,HOST:PORT...]")
        advertised = _advertised(given, faults)
        security = read_security(environ, faults)
        drain = number("LGSP_DRAIN", given.get("LGSP_DRAIN", "10"), 3600, faults)
        tracing = Tracing.read(environ, faults)
        if faults:
            raise Unusable("; ".join(faults))
        return cls(
            bootstrap=bootstrap,
            security=security,
            space=space,
            state=Path(given.get("LGSP_STATE", ".lgsp")),
            cache=_cache(environ),
            java_home=path(environ.get("JAVA_HOME")),
            host=given.get("LGSP_HOST", "127.0.0.1"),
            contracts=path(given.get("LGSP_CONTRACTS")),
            members=path(given.get("LGSP_MEMBERS")),
            access=path(given.get("LGSP_ACCESS")),
            seed=seed,
            people=people,
            log=log,
            log_level=level,
            policy=path(given.get("LGSP_POLICY")),
            without=given.get("LGSP_WITHOUT", ""),
            fsync=cast(Fsync, fsync),
            supervised=given.get("LGSP_SUPERVISED") == "1",
            faults=path(given.get("LGSP_BROKER_FAULTS")),
            drain=float(drain),
            tracing=tracing,
            instance=given.get("LGSP_EXCHANGE_INSTANCE"),
            advertised=advertised,
            ports=ports,
            urls=urls,
            databases={agency: given[name] for name, agency in _DATABASES.items() if name in given},
        )

    def port(self, part: str) -> int:
        """The fixed port of a part, or 0 for any free one."""
        return self.ports.get(part, 0)

    def at(self, part: str, port: int) -> "Settings":
        """The same, with the port of one part fixed."""
        return replace(self, ports={**self.ports, part: port})

    def database(self, agency: str) -> str:
        """The SQLAlchemy URL of an agency's own database."""
        return self.databases.get(agency) or f"sqlite:///{(self.state / f'{agency}.db').absolute().as_posix()}"

    def environ(self) -> dict[str, str]:
        """These settings as variables, for a child process; who we are to Kafka it has from our own variables, secrets are not repeated."""
        texts = {
            "LGSP_KAFKA_BOOTSTRAP": self.bootstrap,
            "LGSP_SPACE": self.space,
            "LGSP_STATE": str(self.state),
            "LGSP_CACHE": self.cache and str(self.cache),
            "LGSP_HOST": self.host,
            "LGSP_CONTRACTS": self.contracts and str(self.contracts),
            "LGSP_MEMBERS": self.members and str(self.members),
            "LGSP_ACCESS": self.access and str(self.access),
            "LGSP_SEED": str(self.seed),
            "LGSP_PEOPLE": str(self.people),
            "LGSP_LOG": self.log,
            "LGSP_LOG_LEVEL": self.log_level,
            "LGSP_POLICY": self.policy and str(self.policy),
            "LGSP_BROKER_FSYNC": None if self.fsync == "none" else self.fsync,
            "LGSP_SUPERVISED": "1" if self.supervised else None,
            "LGSP_BROKER_FAULTS": self.faults and str(self.faults.absolute()),
            "LGSP_DRAIN": f"{self.drain:.0f}",
            "LGSP_OTEL": "on" if self.tracing else "off",
            "LGSP_EXCHANGE_INSTANCE": self.instance,
        }
        texts |= {_ADVERTISED[name]: told for name, told in self.advertised.items()}
        texts |= {_variable(part, "PORT"): str(port) for part, port in self.ports.items()}
        texts |= {_variable(agency, "URL"): url for agency, url in self.urls.items()}
        texts |= {_variable(agency, "DATABASE"): url for agency, url in self.databases.items()}
        return {name: value for name, value in texts.items() if value}


def _advertised(given: Mapping[str, str], faults: list[str]) -> dict[str, str]:
    found = {name: given[variable] for name, variable in _ADVERTISED.items() if variable in given}
    for name, told in found.items():
        if not is_address(told) and (name, told) != ("host", LATER):
            faults.append(f"{_ADVERTISED[name]}: {told!r} is not HOST:PORT")
    return found


def _cache(environ: Mapping[str, str]) -> Path | None:
    """Where the system keeps what can be fetched again: XDG's folder, that of Windows, or ~/.cache."""
    if given := environ.get("LGSP_CACHE", "").strip():
        return Path(given)
    home = environ.get("HOME") or environ.get("USERPROFILE")
    above = environ.get("XDG_CACHE_HOME") or environ.get("LOCALAPPDATA") or (home and f"{home}/.cache")
    return Path(above) / "lgsp-sim" if above else None
