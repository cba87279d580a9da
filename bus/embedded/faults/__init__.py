"""Lies on demand: what no real broker does when you need it, said by typed rules and listed when it was done."""

from bus.embedded.faults.desk import Faults
from bus.embedded.faults.reading import checked, read_plan
from bus.embedded.faults.rules import Rule, When

__all__ = ["Faults", "Rule", "When", "checked", "read_plan"]
