"""For the makers of this: `python -m app.profiles NAME [--scale N] [--seed S] [--exchanges N] [--json]` plays one profile."""

import argparse
import asyncio
import sys
from datetime import datetime

from app.commands.options import settings
from app.commands.run import until_stopped
from app.logs import configure
from app.profiles.bar import bar
from app.profiles.compared import lines
from app.profiles.profile import load
from app.profiles.province import play
from scenarios.verdicts import Run
from vn.clock import VN
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
        with bar(said.name) as progress:
            case = await play(
                load(said.name), read, scale=said.scale, seed=said.seed, exchanges=said.exchanges, progress=progress, stop=stop
            )
        print("\n".join(lines(case)))  # noqa: T201
        return Run([case], case.began or datetime.now(VN), case.seconds, "", "").exit_code()

    try:
        return until_stopped(run)
    except LgspError as error:
        print(f"lgsp: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
