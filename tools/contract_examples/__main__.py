"""Writes contracts/examples: good payloads of three generated dossiers, and bad ones that differ from a good one by one thing.

Run it after a change of the payload models: `python tools/contract_examples`, then `python -m contracts.export`.
"""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from bad import BAD, DROP
from dossiers import dossiers
from exchange import exchanges
from lands import lands
from money import notices, payments

import contracts

FOLDER = Path(contracts.__file__).parent / "examples"


def changed(payload: Any, pointer: str, value: Any) -> Any:
    """A copy in which the value at `pointer` is another, or is dropped."""
    copy = deepcopy(payload)
    *way, last = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    inner = copy
    for step in way:
        inner = inner[int(step) if isinstance(inner, list) else step]
    place = int(last) if isinstance(inner, list) else last
    if value is DROP:
        del inner[place]
    elif isinstance(inner, list) and place == len(inner):
        inner.append(value)
    else:
        inner[place] = value
    return copy


def written(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    for stale in FOLDER.glob("*/*.json"):
        stale.unlink()
    good: dict[str, Any] = {}
    for name, payload in (*dossiers(), *lands(), *notices(), *payments(), *exchanges()):
        short, example = name.split("/")
        good[name] = json.loads(payload.to_wire())
        written(FOLDER / short / f"good-{example}.json", good[name])
    for name, pointer, value, label, *elsewhere in BAD:
        short, example = name.split("/")
        fault = elsewhere[0] if elsewhere else pointer
        bad = {"pointer": fault, "differsFrom": f"good-{example}.json", "payload": changed(good[name], pointer, value)}
        written(FOLDER / short / f"bad-{label}.json", bad)


if __name__ == "__main__":
    main()
