"""The steps of a draft: each act, and an expectation for every message that followed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.play.record.acts import SENT, Case
from app.play.record.course import Part, clusters
from app.play.record.heard import AT_ONCE, Heard
from app.play.record.meant import meaning
from app.play.record.policies import BY_HAND, Policies
from app.play.record.written import Line, instant

__all__ = ["Writer"]

MINUTE = timedelta(minutes=1)
Wrong = tuple[str, str, str | int]  # the kind of fault, what more it says
Group = tuple[str, str, str, str, tuple[tuple[str, Any], ...]]  # contract, recipient, dossier, what it is called, what it means


@dataclass
class Writer:
    """Writes the parts of a course; `now` is the scenario's time so far, `left_out` what could not be written."""

    cases: Mapping[str, Case]
    policies: Policies
    now: datetime
    lines: list[Line] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    _faults: int = 0
    _captured: set[str] = field(default_factory=set)

    def write(self, parts: Iterable[Part]) -> list[Line]:
        """All steps but the last states."""
        for part in parts:
            self._faults_before(part)
            if part.act.at - self.now > AT_ONCE:
                self.now = part.act.at.replace(microsecond=0)
                self.lines.append(Line("advance", {"to": instant(self.now)}))
            self.lines += part.act.steps
            self._captured.add(part.act.first.dossier)
            for together in clusters(part):
                self._expected(together)
        return self.lines

    def _expected(self, together: Sequence[Heard]) -> None:
        at, within, comment = together[0].at, "", ""
        if at - self.now > AT_ONCE:
            within = self._term(together)
            if within:
                self.now = at
            else:
                comment = "In the recording later: whoever takes this message was away."
                self.left_out.append(f"{together[0].contract} came later than it would: the delay is left out")
        for number, said in enumerate(self._expectations(together)):
            term = {"within": within} if within and number == 0 else {}
            self.lines.append(Line("expect", {**said, **term}, comment if number == 0 else ""))

    def _term(self, together: Sequence[Heard]) -> str:
        """By the policy that decided it, or until an attempt expired or something came late; empty where nothing explains the time."""
        said = {each.id for each in together}
        for case in self.cases.values():
            for made in case.decisions:
                manner = self.policies.get(made.at, {}).get(made.policy or "", BY_HAND)
                if made.first is not None and made.first.id in said and manner != BY_HAND:
                    return manner
        expired = any(each.contract == "payment.failed" and each.payload.get("outcome") == "expired" for each in together)
        return _minutes(together[0].at - self.now) if expired or any(each.arrival for each in together) else ""

    def _expectations(self, together: Sequence[Heard]) -> Iterator[dict[str, Any]]:
        repeated = {(each.contract, to) for each in together for to, times in each.deliveries.items() if times > 1}
        groups: dict[Group, list[int]] = defaultdict(list)
        for each in together:
            case = self.cases[each.dossier]
            if self._comes_not(each):
                continue
            for to, times in each.deliveries.items():
                means: dict[str, Any] = meaning(each, sums=case.exact and not each.past)
                first = "dvc" if "dvc" in each.deliveries else min(each.deliveries)
                name = case.captured.get(each.id, "") if to == first else ""
                if name and each.contract == "tax.payment-notice":
                    means |= {"/ordinal": each.payload["ordinal"], "/slip/revision": each.payload["slip"]["revision"]}
                if (each.contract, to) in repeated or each.past:
                    means = {}
                groups[each.contract, to, each.dossier, name, tuple(means.items())].append(times)
        for group, counts in groups.items():
            contract, to, dossier, name, told = group
            said: dict[str, Any] = {"as": name} if name else {}
            said |= {"contract": contract, "to": to, "about": self.cases[dossier].name}
            if (contract, to) in repeated:
                said["count"] = f"exactly {sum(counts)} deliveries"
            elif len(counts) > 1 or not name:
                said["count"] = len(counts)
            yield {**said, **({"where": dict(told)} if told else {})}

    def _comes_not(self, each: Heard) -> bool:
        """What was refused, what a member could not apply, and what the exchange says of that, does not come again by itself."""
        if each.contract == "exchange.receipt":
            answered = next((one for one in self.cases[each.dossier].said if one.id == each.causation), None)
            return answered is None or not answered.past or answered.code not in SENT or each.payload.get("outcome") != "refused"
        if each.refused and not each.past:
            self.left_out.append(f"{each.contract} of {each.source} was refused ({each.code}); what the built-in agencies say is not")
        elif each.code and each.deliveries:
            self.left_out.append(f"{each.contract} could not be applied ({each.code}); the built-in agencies apply it")
        return each.contract == "exchange.delivery-failed"

    def _faults_before(self, part: Part) -> None:
        """What came twice, late, or never, does so again."""
        wrong: Counter[tuple[str, str, str, Wrong]] = Counter()
        for each in part.said:
            told: list[tuple[str, Wrong]] = [(to, ("duplicate", "copies", times)) for to, times in each.deliveries.items() if times > 1]
            told += [(to, ("delay", "by", _minutes(by))) for to, by in each.late.items()]
            told += [(to, ("lose", "", 0)) for to in each.lost]
            wrong.update((each.contract, to, each.dossier, what) for to, what in told)
        for (contract, to, dossier, (kind, name, value)), times in wrong.items():
            self._faults += 1
            about = {"about": self.cases[dossier].name} if dossier in self._captured else {}
            hop = {"contract": contract, "hop": f"exchange->{to}", **about, "times": times, **({name: value} if name else {})}
            self.lines.append(Line("fault", {"as": f"fault-{self._faults}", kind: hop}))


def _minutes(span: timedelta) -> str:
    return f"{-(-span // MINUTE)} minutes"
