"""The node's life: format its storage once, start it, say when it answers, end it; the one file that keeps its process."""

import asyncio
import base64
import contextlib
import signal
import socket
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from bus.apache.jars import fetched
from bus.apache.properties import LOG, LOGGING, as_address, server_properties
from bus.apache.settings import ApacheSettings
from bus.apache.tools import Failed, java, run
from bus.kafka import Admin, KafkaSettings
from bus.premises import APACHE, accepts, cannot_listen, held
from vn.errors import BadEnvironment, CannotConnect, Unusable

__all__ = ["serve"]

_LOOK_EVERY = 0.1
_FORMATS_WITHIN = 60.0
_GROUP = "lgsp-ready"  # asked about, never made

_PROPERTIES, _LOGGING, _SAID = "server.properties", "log4j2.properties", "console.log"


async def serve(settings: ApacheSettings, *, ready: Callable[[str, int], None], stop: asyncio.Event) -> None:
    """Be a node of Apache Kafka until `stop` is set; `ready` is called once with the address on which clients are answered.

    Raises BadEnvironment: no Java or Maven, the port is taken, the state folder cannot be used, the node ended by itself.
    """
    if settings.host in ("0.0.0.0", "::", ""):
        raise Unusable(f"--listen {settings.host}:{settings.port}: Apache Kafka tells clients this address; give one they can reach")
    with held(settings.state, APACHE) as state:
        living = asyncio.create_task(_live(settings, state, ready))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({living, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            living.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await living


async def _live(settings: ApacheSettings, state: Path, ready: Callable[[str, int], None]) -> None:
    program = await java(settings.java_home)
    port = _free(settings.host, settings.port)  # before minutes may pass with the jars
    classes = f"{(await fetched(settings.cache, within=settings.fetch_within)).absolute()}/*"
    await _until_let_go(state, settings.stop_within)
    try:
        controller = _free("127.0.0.1", 0)
        properties = server_properties(host=settings.host, port=port, controller_port=controller, advertised=settings.advertised)
        (state / _PROPERTIES).write_text(properties, encoding="ascii")
        (state / _LOGGING).write_text(LOGGING, encoding="ascii")
    except OSError as error:
        raise BadEnvironment(f"the broker cannot write to its state folder {state}: {error.strerror}") from error
    await _format((*program, "-cp", classes), state)
    async with _node((*program, f"-Xmx{settings.heap}", "-cp", classes), state, settings.stop_within) as node:
        ended = asyncio.create_task(node.wait())
        answering = asyncio.create_task(_answers(settings, port))
        try:
            await asyncio.wait({ended, answering}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                answering.result()
                ready(settings.host, port)
                await ended
            raise BadEnvironment(f"Apache Kafka ended with exit code {node.returncode}: {_why(state)}")
        finally:
            answering.cancel()
            ended.cancel()


def _free(host: str, port: int) -> int:
    """This port, or any free one for 0; Kafka must know its port before it listens. Raises BadEnvironment where it is taken."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as probe:
            if sys.platform != "win32":  # as the node itself will: what a former one left in TIME_WAIT is no hindrance
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
            return int(probe.getsockname()[1])
    except OSError as error:
        raise cannot_listen(host, port, error) from error


async def _until_let_go(state: Path, within: float) -> None:
    """Wait for the node of a broker that was killed: it ends by itself, and holds its log until then."""
    lock = state / LOG / ".lock"
    deadline = time.monotonic() + within
    while sys.platform != "win32" and lock.exists() and not _lockable(lock):
        if time.monotonic() > deadline:
            raise BadEnvironment(f"an Apache Kafka still runs from {state}; stop it, or choose another folder")
        await asyncio.sleep(_LOOK_EVERY)


def _lockable(file: Path) -> bool:
    import fcntl

    with file.open("r+b") as handle:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the kind of lock that Java takes
        except OSError:
            return False
        return True


async def _format(java_with: tuple[str, ...], state: Path) -> None:
    """Make the storage, once; a format that was interrupted is begun again."""
    if (state / LOG / "meta.properties").exists():
        return
    cluster = base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:])[:22].decode()  # may not begin with '-'
    tool = ("kafka.tools.StorageTool", "format", "-t", cluster, "-c", _PROPERTIES, "--ignore-formatted")
    try:
        await run(*java_with, f"-Dlog4j2.configurationFile={_LOGGING}", *tool, within=_FORMATS_WITHIN, folder=state)
    except Failed as error:
        why = next((line for line in error.output.splitlines() if "rror" in line or "xception" in line), str(error))
        raise BadEnvironment(f"Apache Kafka cannot format its storage in {state / LOG}: {why[:300]}") from error


@contextlib.asynccontextmanager
async def _node(java_with: tuple[str, ...], state: Path, stop_within: float) -> AsyncIterator[asyncio.subprocess.Process]:
    """The running node; in a session of its own, so that Ctrl-C on the terminal is ours to pass on."""
    command = (*java_with, f"-Dlog4j2.configurationFile={_LOGGING}", "kafka.Kafka", _PROPERTIES)
    with (state / _SAID).open("wb") as said:
        node = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=said, stderr=said, cwd=state, start_new_session=True
        )
    guard = await _guard(node.pid)
    try:
        yield node
    finally:
        if node.returncode is None:
            node.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(node.wait(), stop_within)
        except TimeoutError:
            node.kill()
            await node.wait()
        if guard is not None:
            guard.kill()
            await guard.wait()


async def _guard(pid: int) -> asyncio.subprocess.Process | None:
    """A shell that ends the node once the other end of its standard input is gone: after `kill -9` of this process."""
    if sys.platform == "win32":
        return None
    nowhere = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", f"read _; kill -TERM {pid}", stdin=asyncio.subprocess.PIPE, stdout=nowhere, stderr=nowhere, start_new_session=True
    )


async def _answers(settings: ApacheSettings, port: int) -> None:
    """Return once the node tells its topics and its group coordinator answers: from then on clients can do all they do."""
    deadline = time.monotonic() + settings.ready_within
    while not await accepts(settings.host, port):  # the client would back off for longer than the node needs
        if time.monotonic() > deadline:
            raise BadEnvironment(f"Apache Kafka does not listen after {settings.ready_within:g} s; see {settings.state / 'server.log'}")
        await asyncio.sleep(_LOOK_EVERY)
    try:
        async with Admin(KafkaSettings(as_address(settings.host, port), connect_within=deadline - time.monotonic())) as admin:
            await admin.topics()
            await admin.group(_GROUP)
    except CannotConnect as error:
        raise BadEnvironment(f"Apache Kafka listens but does not answer; see {settings.state / 'server.log'}") from error


def _why(state: Path) -> str:
    """The last error that Java itself or the node told; both files are of this start."""
    for name, mark in ((_SAID, "Error"), ("server.log", " ERROR ")):
        with contextlib.suppress(OSError):
            told = [line for line in (state / name).read_text(encoding="utf-8", errors="replace").splitlines() if mark in line]
            if told:
                return f"{told[-1][:300]}; see {state / name}"
    return f"see {state / 'server.log'}"
