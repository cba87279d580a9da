"""How a part is, as it says itself at `/_lgsp/health`."""

from dataclasses import dataclass

import httpx

__all__ = ["Health", "health_at"]

OK, AWAY = "ok", "away"


@dataclass(frozen=True)
class Health:
    """`status`: ok, failing, or away; `detail`: why, where it is not ok and that is known."""

    status: str
    detail: str = ""

    @property
    def why_not(self) -> str:
        """What it lacks, to stand behind its name; empty where it is well."""
        if self.status == OK:
            return ""
        return self.detail if self.status == AWAY else f"is {self.status}" + (f" ({self.detail})" if self.detail else "")


async def health_at(client: httpx.AsyncClient, url: str) -> Health:
    """Of the part at this address."""
    try:
        answer = await client.get(f"{url}/_lgsp/health")
        told = answer.json()
        status, detail = str(told["status"]), str(told.get("detail") or "")
    except httpx.HTTPError as error:
        return Health(AWAY, f"does not answer at {url} ({type(error).__name__})")
    except (ValueError, KeyError, TypeError, AttributeError):
        return Health(AWAY, f"answers {answer.status_code} at {url}/_lgsp/health, which no part of lgsp does")
    return Health(OK if answer.is_success and status == OK else status, detail)
