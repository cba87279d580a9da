"""`python -m bus.embedded`: the broker in a process of its own."""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path
from typing import get_args

from bus.embedded import BrokerSettings, Fsync, Listener, serve
from vn.addresses import address
from vn.attached import when_input_ends
from vn.errors import Unusable


def main(arguments: list[str] | None = None) -> int:
    """Print `broker ready on HOST:PORT` once clients are answered; end cleanly on SIGTERM and SIGINT."""
    settings, attached = _settings(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s broker: %(message)s")
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_run(settings, attached=attached))
    except Unusable as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 0
    return 0


def _settings(arguments: list[str] | None) -> tuple[BrokerSettings, bool]:
    parser = argparse.ArgumentParser(prog="python -m bus.embedded", description="A Kafka broker for one machine.")
    parser.add_argument("--listen", default="127.0.0.1:9092", metavar="HOST:PORT", help="port 0 takes a free one")
    parser.add_argument("--advertise", metavar="HOST:PORT", help="what clients are told; default: the address they came in on")
    parser.add_argument("--min-session-ms", type=int, default=6000, help="shortest session of a consumer group's member")
    parser.add_argument("--consumer-session-ms", type=int, default=45_000, help="session of a member by the new group protocol (KIP-848)")
    parser.add_argument("--consumer-heartbeat-ms", type=int, default=5000, help="how often such a member is to speak")
    parser.add_argument("--segment-bytes", type=int, default=BrokerSettings.segment, help="size at which a log begins a new file")
    parser.add_argument("--retention-check-ms", type=int, default=10_000, help="how often old records are looked for")
    parser.add_argument("--max-connections", type=int, default=BrokerSettings.max_connections, help="one more is closed at once")
    parser.add_argument("--queued-bytes", type=int, default=BrokerSettings.queued_requests, help="of requests, and of answers, at once")
    parser.add_argument(
        "--fsync",
        choices=get_args(Fsync),
        default="none",
        help="when the log is brought to the disk: never, before an acknowledgement, every second",
    )
    parser.add_argument("--transaction-check-ms", type=int, default=10_000, help="how often overdue transactions are looked for")
    parser.add_argument("--faults", type=Path, metavar="FILE", help="fault plan, see docs/faults.md")
    parser.add_argument("--control", metavar="HOST:PORT", help="HTTP address where faults are set at run time; default: none")
    parser.add_argument("--attached", action="store_true", help="end when standard input does, i.e. with whoever holds its other end")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--memory", action="store_true", help="keep nothing after the end")
    where.add_argument("--state", type=Path, metavar="DIR", help="folder of the log")
    given = parser.parse_args(arguments)
    host, port = _address(parser, given.listen)
    control = _address(parser, given.control) if given.control else None
    advertised = _address(parser, given.advertise) if given.advertise else None
    settings = BrokerSettings(
        listeners={"main": Listener(host, port, advertised)},
        state=given.state,
        min_session=given.min_session_ms / 1000,
        consumer_session=given.consumer_session_ms / 1000,
        consumer_heartbeat=given.consumer_heartbeat_ms / 1000,
        segment=given.segment_bytes,
        fsync=given.fsync,
        max_connections=given.max_connections,
        queued_requests=given.queued_bytes,
        queued_answers=min(given.queued_bytes, BrokerSettings.queued_answers),
        retention_check=given.retention_check_ms / 1000,
        transaction_check=given.transaction_check_ms / 1000,
        faults=given.faults,
        control=control,
    )
    return settings, given.attached


def _address(parser: argparse.ArgumentParser, text: str) -> tuple[str, int]:
    try:
        return address(text, free=True)
    except ValueError as error:
        parser.error(str(error))


async def _run(settings: BrokerSettings, *, attached: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        if sys.platform == "win32":  # its loops have no signal handlers
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
        else:
            loop.add_signal_handler(number, stop.set)
    if attached:
        when_input_ends(lambda: loop.call_soon_threadsafe(stop.set))
    await serve(settings, ready=_say_ready, stop=stop, control_ready=_say_control)


def _say_ready(host: str, port: int) -> None:
    sys.stdout.write(f"broker ready on {host}:{port}\n")
    sys.stdout.flush()


def _say_control(host: str, port: int) -> None:
    sys.stdout.write(f"broker control on http://{host}:{port}\n")
    sys.stdout.flush()


def _loop_factory() -> "type[asyncio.AbstractEventLoop] | None":
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.Loop


if __name__ == "__main__":
    sys.exit(main())
