"""For the makers of this: `python -m app.play NAME [--scale N] [--seed S] [--exchanges N] [--json]` plays one profile."""

import argparse
import asyncio
import sys

import orjson

from app.commands.options import settings
from app.commands.run import until_stopped
from app.logs import configure
from app.play.profile import load
from app.play.province import play
from vn.errors import LgspError


def main() -> int:
    """Plays it and prints what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--exchanges", type=int, default=1)
    said = parser.parse_args()
    read = settings()
    configure(read.log, "warning", "profile")

    async def run(stop: asyncio.Event) -> int:
        def progress(done: float, words: str) -> None:
            if int(done * 1000) % 50 < 8:
                print(f"{100 * done:5.1f}% {words}", file=sys.stderr)  # noqa: T201

        case = await play(load(said.name), read, scale=said.scale, seed=said.seed, exchanges=said.exchanges, progress=progress, stop=stop)
        shown = {"verdict": case.verdict, "reason": case.reason, "seconds": round(case.seconds, 1), "digest": case.digest}
        course = {str(each.at.date()): {str(k): v for k, v in each.by_status.items()} for each in case.course[::30]}
        print(orjson.dumps({**shown, **case.figures, "course": course}, option=orjson.OPT_INDENT_2).decode())  # noqa: T201
        return 0 if case.verdict == "passed" else 1

    try:
        return until_stopped(run)
    except LgspError as error:
        print(f"lgsp: {error}", file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main())
