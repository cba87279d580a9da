"""The run in the Common Test Report Format, for dashboards that read it."""

from collections import Counter
from typing import Any

from scenarios.report.whole import as_bytes
from scenarios.report.words import explained, failed_steps, reason
from scenarios.verdicts import Case, Run, StepDone, Verdict

__all__ = ["write"]

_STATUS = {Verdict.PASSED: "passed", Verdict.FAILED: "failed", Verdict.ERROR: "failed", Verdict.NOT_RUN: "skipped"}


def write(run: Run) -> bytes:
    """One test for each case; durations in milliseconds."""
    start = int(run.started.timestamp() * 1000)
    tests = [_test(case) for case in run.cases]
    found = Counter(test["status"] for test in tests)
    summary = {
        "tests": len(tests),
        **{status: found[status] for status in ("passed", "failed", "skipped", "pending", "other")},
        "start": start,
        "stop": start + int(run.seconds * 1000),
    }
    tool = {"name": "lgsp", "version": run.version}
    results = {"tool": tool, "summary": summary, "tests": tests, "environment": {"extra": {"broker": run.broker, "host": run.host}}}
    return as_bytes({"reportFormat": "CTRF", "specVersion": "0.0.0", "generatedBy": "lgsp run", "results": results})


def _test(case: Case) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": case.id,
        "status": _STATUS.get(case.verdict, "other"),
        "rawStatus": case.verdict.value,
        "duration": int(case.seconds * 1000),
        "filePath": case.path.as_posix(),
        "suite": list(case.path.parent.parts) or ["."],
        "steps": [_step(step) for step in case.steps],
    }
    if case.verdict is not Verdict.PASSED:
        made["message"] = reason(case)
    if lines := [line for step in failed_steps(case) if step.failure for line in explained(step.failure)]:
        made["trace"] = "\n".join(lines)
    return made


def _step(step: StepDone) -> dict[str, str]:
    return {"name": f"{step.number}. {step.word}: {step.text}", "status": _STATUS.get(step.verdict, "other")}
