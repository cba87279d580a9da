"""HOST:PORT, as people and programs write it."""

__all__ = ["address"]


def address(text: str, *, free: bool = False) -> tuple[str, int]:
    """Host and port of `HOST:PORT` or `[IPV6]:PORT`; raises ValueError where it is none. `free`: port 0 takes any free one."""
    host, _, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not bare or not port.isdecimal() or not (0 if free else 1) <= int(port) < 65_536 or (":" in bare) != (host != bare):
        raise ValueError(f"{text!r} is not HOST:PORT")
    return bare, int(port)
