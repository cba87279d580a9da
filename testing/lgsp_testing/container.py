"""The container: started, told by which address the test reaches it, awaited, asked, removed."""

import json
import os
import time
from collections import Counter
from typing import Any
from urllib.parse import urlencode

import urllib3
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from typing_extensions import Self

__all__ = ["LABEL", "LgspContainer", "NothingCame", "Refused"]

LABEL = "lgsp-sim.testing"
HTTP, KAFKA = 8080, 29092
IMAGE = "lgsp-sim:latest"
READY_WITHIN = 60.0  # seconds
LOOK_EVERY = 0.1
PROBLEMS = (urllib3.exceptions.HTTPError, OSError)


class Refused(Exception):  # named for what happened
    """The exchange or an agency said no; `status` and `answer` are its own."""

    def __init__(self, status: int, answer: Any) -> None:
        self.status = status
        self.answer = answer
        faults = "".join(f"; {each.get('pointer')}: {each.get('detail')}" for each in _errors(answer))
        super().__init__(f"{status}: {answer.get('detail', answer) if isinstance(answer, dict) else answer}{faults}")


class NothingCame(Exception):  # named for what happened
    """No message that fits came in time."""


class LgspContainer(DockerContainer):
    """All of lgsp-sim: broker, exchange, agencies, adapters. `with` it; `without`: parts that yours replace, e.g. `land,ilis`."""

    def __init__(self, image: str | None = None, *, without: str = "", **kwargs: Any) -> None:
        super().__init__(image or os.environ.get("LGSP_IMAGE", IMAGE), **kwargs)
        self.with_exposed_ports(HTTP, KAFKA)
        self.with_env("LGSP_KAFKA_HOST_ADVERTISED", "later")  # the port is known once the container runs
        self.with_kwargs(labels={LABEL: str(os.getpid())})
        if without:
            self.with_env("LGSP_WITHOUT", without)
        self._http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=5, read=None))

    def start(self) -> Self:
        """Start it and wait until all of it works; raises TimeoutError with its last lines where it does not."""
        before, testcontainers_config.ryuk_disabled = testcontainers_config.ryuk_disabled, True
        try:
            super().start()
            self._advertise()
            self._await(lambda: self._asked("GET", "/_lgsp/health")[0] == 200, "not all of it works")
        except BaseException:
            self.stop()
            raise
        finally:
            testcontainers_config.ryuk_disabled = before
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

    def messages(self, *, contract: str | None = None, about: str | None = None, outcome: str | None = None) -> list[dict[str, Any]]:
        """What has crossed the exchange and fits: `headers`, `payload`, and the exchange's `verdict`."""
        return list(self._ask("GET", "/_lgsp/messages", contract=contract, about=about, outcome=outcome)["messages"])

    def wait_for(
        self, *, contract: str | None = None, about: str | None = None, outcome: str | None = None, timeout: float = 30.0
    ) -> dict[str, Any]:
        """The first message that fits, as soon as it has crossed; raises NothingCame after so many seconds."""
        found = self._ask("GET", "/_lgsp/messages", contract=contract, about=about, outcome=outcome, wait=timeout)["messages"]
        if not found:
            wanted = " ".join(
                f"{name}={value}" for name, value in (("contract", contract), ("about", about), ("outcome", outcome)) if value
            )
            came = Counter(
                f"{each['verdict']['type']} {each['verdict']['faultCode'] or 'delivered'}" for each in self.messages(about=about)
            )
            there = ", ".join(f"{count} {what}" for what, count in came.items())
            raise NothingCame(f"no message {wanted} within {timeout:g} s; there came: {there or 'nothing'}")
        return dict(found[0])

    def reset(self) -> None:
        """Everything as at the start: topics, agencies."""
        self._ask("POST", "/_lgsp/reset")

    def _advertise(self) -> None:
        def told() -> bool:
            return self._asked("PUT", "/_lgsp/listeners/host", {"advertised": self.bootstrap_server()})[0] == 200

        self._await(told, "its broker does not start")

    def _await(self, holds: Any, otherwise: str) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while True:
            try:
                if holds():
                    return
            except PROBLEMS:  # it does not listen yet
                pass
            self.reload()
            if self.status == "exited" or time.monotonic() > deadline:
                out, err = self.get_logs()
                raise TimeoutError(f"lgsp-sim: {otherwise} ({self.status}): {(out + err).decode(errors='replace')[-2000:]}")
            time.sleep(LOOK_EVERY)

    def _ask(self, method: str, path: str, *, body: Any = None, **query: Any) -> Any:
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        status, answer = self._asked(method, f"{path}?{asked}" if asked else path, body)
        if status >= 400:
            raise Refused(status, answer)
        return answer

    def _asked(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {} if body is None else {"content-type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        answer = self._http.request(method, f"{self.url()}{path}", body=content, headers=headers)
        return answer.status, _read(answer.data)


def _read(content: bytes) -> Any:
    try:
        return json.loads(content or b"null")
    except ValueError:
        return content.decode(errors="replace")


def _errors(answer: Any) -> list[dict[str, Any]]:
    found = answer.get("errors") if isinstance(answer, dict) else None
    return found if isinstance(found, list) else []
