"""The container: started, told by which address the test reaches it, awaited, asked, removed."""

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import urllib3
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from typing_extensions import Self

from lgsp_testing.errors import NoAnswer, NothingCame, NotReady, Refused, TooMany
from lgsp_testing.labels import ours

__all__ = ["LgspContainer"]

HTTP, KAFKA = 8080, 29092
IMAGE = "lgsp-sim:latest"
READY_WITHIN = 60.0  # seconds from `docker run`
LOOK_EVERY = 0.1
CONNECT_WITHIN = 5.0
READY_ANSWER_WITHIN = 5.0  # of one that says whether it is ready
ANSWER_WITHIN = 60.0  # of any other call, beyond the time that it asks to wait
LONGEST_WAIT = 600.0  # that the exchange lets one call wait

_ryuk = threading.Lock()  # whether testcontainers starts its cleaner is one switch for the whole process


class LgspContainer(DockerContainer):
    """All of lgsp-sim: broker, exchange, agencies, adapters. `with` it; `without`: parts that yours replace, e.g. `land,ilis`."""

    def __init__(self, image: str | None = None, *, without: str = "", **kwargs: Any) -> None:
        super().__init__(image or os.environ.get("LGSP_IMAGE", IMAGE), **kwargs)
        self.with_exposed_ports(HTTP, KAFKA)
        self.with_env("LGSP_KAFKA_HOST_ADVERTISED", "later")  # the port is known once the container runs
        if without:
            self.with_env("LGSP_WITHOUT", without)
        self._http = urllib3.PoolManager(retries=False)

    def start(self) -> Self:
        """Start it and wait until all of it works; raises NotReady with its last lines where it does not.

        Testcontainers' cleaner is switched off meanwhile, in the whole process: of threads that start an LgspContainer each one
        waits for the other, but another container that a thread starts in this moment is started without the cleaner, too.
        """
        try:
            with _ryuk:
                before, testcontainers_config.ryuk_disabled = testcontainers_config.ryuk_disabled, True
                try:
                    super().start()
                finally:
                    testcontainers_config.ryuk_disabled = before
            deadline = time.monotonic() + READY_WITHIN
            self._await(self._advertised, deadline, "its broker does not start")
            self._await(self._well, deadline, "not all of it works")
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self, force: bool = True, delete_volume: bool = True) -> None:
        """Remove the container, once."""
        if self._container is not None:
            super().stop(force, delete_volume)
            self._container = None

    def bootstrap_server(self) -> str:
        """`host:port` for Kafka clients in the test."""
        return f"{self.get_container_host_ip()}:{self.get_exposed_port(KAFKA)}"

    def url(self, part: str = "") -> str:
        """The address of a part (`dvc`, `land`, `tax`, `payment`, `exchange`, `ilis-adapter`, ...), or of all together."""
        address = f"http://{self.get_container_host_ip()}:{self.get_exposed_port(HTTP)}"
        return f"{address}/{part}" if part else address

    def sample(self, kind: str, *, fault: str | None = None, seed: int = 1) -> dict[str, Any]:
        """A dossier that is valid for the land register in the container, or wrong in the named way."""
        return dict(self._ask("GET", f"/_lgsp/samples/{kind}", fault=fault, seed=seed))

    def submit(self, form: dict[str, Any]) -> str:
        """Hand it in at the public service portal; gives the dossier code (mã hồ sơ). Raises Refused with every fault."""
        return str(self._ask("POST", "/dvc/ho-so", body=form)["MaHoSo"])

    def pay(self, dossier: str) -> int:
        """Pay every open notice of a dossier whole, as its citizen would at the portal; gives how many there were."""
        shown = self._ask("GET", f"/dvc/ho-so/{dossier}")
        owed = [each["SoThongBao"] for each in shown["ThongBaoThue"] if each["ConPhaiNop"] > 0]
        for notice in owed:
            self._ask("POST", f"/dvc/ho-so/{dossier}/thanh-toan", body={"SoThongBao": notice})
        return len(owed)

    def messages(self, *, contract: str | None = None, about: str | None = None, outcome: str | None = None) -> list[dict[str, Any]]:
        """All that has crossed the exchange and fits, once for each recipient: `headers`, `payload`, `verdict`. Raises TooMany."""
        found, total = self._found(contract=contract, about=about, outcome=outcome)
        if total > len(found):
            raise TooMany(f"{total} messages fit, the exchange gives {len(found)} at once; ask for a contract, a dossier or an outcome")
        return found

    def wait_for(
        self, *, contract: str | None = None, about: str | None = None, outcome: str | None = None, timeout: float = 30.0
    ) -> dict[str, Any]:
        """The first message that fits, as soon as it has crossed; raises NothingCame after so many seconds."""
        deadline, remaining = time.monotonic() + timeout, timeout
        while True:
            found, _ = self._found(contract=contract, about=about, outcome=outcome, wait=min(remaining, LONGEST_WAIT))
            if found:
                return found[0]
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                break
        wanted = " ".join(f"{name}={value}" for name, value in (("contract", contract), ("about", about), ("outcome", outcome)) if value)
        came, total = self._found(about=about)
        counted = Counter(f"{each['verdict']['type']} {each['verdict']['faultCode'] or 'delivered'}" for each in came)
        there = [f"{count} {what}" for what, count in counted.items()] + ([f"{total - len(came)} more"] if total > len(came) else [])
        raise NothingCame(f"no message {wanted} within {timeout:g} s; there came: {', '.join(there) or 'nothing'}")

    def reset(self) -> None:
        """Everything as at the start: topics, agencies."""
        self._ask("POST", "/_lgsp/reset")

    def _configure(self) -> None:
        """Called by `super().start()`, once everything is given: our labels beside those of the user."""
        self.with_kwargs(**{**self._kwargs, "labels": {**(self._kwargs.get("labels") or {}), **ours()}})

    def _advertised(self) -> bool:
        told = {"advertised": self.bootstrap_server()}
        return self._asked("PUT", "/_lgsp/listeners/host", told, within=READY_ANSWER_WITHIN)[0] == 200

    def _well(self) -> bool:
        return self._asked("GET", "/_lgsp/health", within=READY_ANSWER_WITHIN)[0] == 200

    def _await(self, holds: Callable[[], bool], deadline: float, otherwise: str) -> None:
        while True:
            try:
                if holds():
                    return
            except (NoAnswer, OSError):  # it does not listen yet, or its ports are not known yet
                pass
            self.reload()
            if self.status == "exited" or time.monotonic() > deadline:
                out, err = self.get_logs()
                what = "it ended at once" if self.status == "exited" else otherwise
                raise NotReady(f"lgsp-sim: {what} ({self.status}): {(out + err).decode(errors='replace')[-2000:]}")
            time.sleep(LOOK_EVERY)

    def _found(self, *, wait: float = 0.0, **query: str | None) -> tuple[list[dict[str, Any]], int]:
        """Messages that fit, and how many there are of which the exchange may give only the first."""
        answer = self._ask("GET", "/_lgsp/messages", **query, wait=wait, within=wait + ANSWER_WITHIN)
        return list(answer["messages"]), int(answer["total"])

    def _ask(self, method: str, path: str, *, body: Any = None, within: float = ANSWER_WITHIN, **query: Any) -> Any:
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        status, answer = self._asked(method, f"{path}?{asked}" if asked else path, body, within=within)
        if status >= 400:
            raise Refused(status, answer)
        return answer

    def _asked(self, method: str, path: str, body: Any = None, *, within: float) -> tuple[int, Any]:
        headers = {} if body is None else {"content-type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        address, patience = f"{self.url()}{path}", urllib3.Timeout(connect=CONNECT_WITHIN, read=within)
        try:
            answer = self._http.request(method, address, body=content, headers=headers, timeout=patience)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise NoAnswer(f"{method} {address}: {error}") from error
        return answer.status, _read(answer.data)


def _read(content: bytes) -> Any:
    try:
        return json.loads(content or b"null")
    except ValueError:
        return content.decode(errors="replace")
