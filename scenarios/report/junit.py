"""The run as JUnit XML, in the dialect that pytest calls xunit2: what Jenkins, GitLab and most others read."""

from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from scenarios.report.words import clean, explained, failed_steps, reason
from scenarios.verdicts import Case, Run, Verdict

__all__ = ["write"]

_TAG = {
    Verdict.FAILED: "failure",
    Verdict.ERROR: "error",
    Verdict.INTERRUPTED: "error",
    Verdict.NOT_RUN: "skipped",
}
_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def write(run: Run) -> bytes:
    """One testsuite; one testcase for each scenario or row of its table."""
    root = Element("testsuites", name="lgsp run")
    suite = SubElement(root, "testsuite", name="scenarios")
    tags = [_TAG.get(case.verdict) for case in run.cases]
    for tag, attribute in _COUNTED.items():
        suite.set(attribute, str(tags.count(tag)))
    suite.set("tests", str(len(run.cases)))
    suite.set("time", f"{run.seconds:.3f}")
    suite.set("timestamp", run.started.isoformat())
    suite.set("hostname", clean(run.host))
    properties = SubElement(suite, "properties")
    for name, value in _properties(run):
        SubElement(properties, "property", name=clean(name), value=clean(value))
    for case in run.cases:
        suite.append(_testcase(case))
    indent(root)
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return made + b"\n"


def _properties(run: Run) -> list[tuple[str, str]]:
    """On the suite: strict readers of xunit2 take none on a testcase. One seed where all have the same."""
    seeds = {case.seed for case in run.cases}
    each = [(f"seed {case.id}", str(case.seed)) for case in run.cases] if len(seeds) > 1 else [("seed", str(seed)) for seed in seeds]
    return [("version", run.version), ("broker", run.broker), *each]


def _testcase(case: Case) -> Element:
    made = Element("testcase", classname=clean(_dotted(case.path)), name=clean(case.id), time=f"{case.seconds:.3f}")
    if tag := _TAG.get(case.verdict):
        SubElement(made, tag, type=case.verdict.value, message=clean(reason(case) or case.verdict.value)).text = clean(_told(case))
    elif told := _told(case):  # it passed, and something of it is not known
        SubElement(made, "system-out").text = clean(told)
    return made


def _dotted(path: Path) -> str:
    """scenarios/flow/late.yaml is `scenarios.flow.late`: a package and a class to those who think in Java."""
    parts = [part for part in path.with_suffix("").parts if part not in (path.anchor, ".", "..")]
    return ".".join(part.replace(".", "_") for part in parts)


def _told(case: Case) -> str:
    """Each step that failed, with its place and the whole explanation."""
    lines = [case.reason] if case.reason else []
    for step in failed_steps(case):
        lines.append(f"{step.place}: step {step.number}, {step.word}: {step.text}")
        lines += [f"  {line}" for line in explained(step.failure)] if step.failure else []
    return "\n".join(lines)
