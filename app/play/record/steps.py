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
Group = tuple[str, str, str, tuple[tuple[str, Any], ...]]  # contract, recipient, dossier, what it means


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
        """By the policy that decided it, or until an attempt expired; empty where neither explains the time."""
        said = {each.id for each in together}
        for case in self.cases.values():
            for made in case.decisions:
                manner = self.policies.get(made.at, {}).get(made.policy or "", BY_HAND)
                if made.first is not None and made.first.id in said and manner != BY_HAND:
                    return manner
        if any(each.contract == "payment.failed" and each.payload.get("outcome") == "expired" for each in together):
            return f"{-(-(together[0].at - self.now) // MINUTE)} minutes"
        return ""

    def _expectations(self, together: Sequence[Heard]) -> Iterator[dict[str, Any]]:
        repeated = {(each.contract, to) for each in together for to, times in each.deliveries.items() if times > 1}
        groups: dict[Group, list[int]] = defaultdict(list)
        names: dict[Group, str] = {}
        for each in together:
            case = self.cases[each.dossier]
            if self._comes_not(each):
                continue
            for to, times in each.deliveries.items():
                means: dict[str, Any] = meaning(each, sums=case.exact and not each.past)
                name = case.notices.get(str(each.payload.get("notice"))) if each.contract == "tax.payment-notice" and to == "dvc" else None
                if name:
                    means |= {"/ordinal": each.payload["ordinal"], "/slip/revision": each.payload["slip"]["revision"]}
                if (each.contract, to) in repeated or each.past:
                    means = {}
                group = each.contract, to, each.dossier, tuple(means.items())
                groups[group].append(times)
                if name:
                    names[group] = name
        for group, counts in groups.items():
            contract, to, dossier, told = group
            said: dict[str, Any] = {"as": names[group]} if group in names else {}
            said |= {"contract": contract, "to": to, "about": self.cases[dossier].name}
            if (contract, to) in repeated:
                said["count"] = f"exactly {sum(counts)} deliveries"
            elif len(counts) > 1 or group not in names:
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
        """What came twice, or never, does so again."""
        wrong: Counter[tuple[str, str, str, int]] = Counter()
        for each in part.said:
            often = {**{to: times for to, times in each.deliveries.items() if times > 1}, **dict.fromkeys(each.lost, 0)}
            wrong.update((each.contract, to, each.dossier, copies) for to, copies in often.items())
        for (contract, to, dossier, copies), times in wrong.items():
            self._faults += 1
            about = {"about": self.cases[dossier].name} if dossier in self._captured else {}
            hop = {"contract": contract, "hop": f"exchange->{to}", **about, "times": times, **({"copies": copies} if copies else {})}
            self.lines.append(Line("fault", {"as": f"fault-{self._faults}", "duplicate" if copies else "lose": hop}))
