"""Which ports the parts of a lasting province get."""

import socket

from app import ports
from app.settings import Settings


def test_parts_get_ports_of_their_own_below_those_that_the_system_hands_out() -> None:
    found = ports.assign(Settings(), ("dvc", "land", "tax"), {})
    assert len(set(found.values())) == 3
    assert all(ports._FIRST <= port < ports._first_handed_out() for port in found.values())


def test_a_port_of_before_is_kept_and_one_that_was_taken_is_not() -> None:
    (port,) = ports.assign(Settings(), ("dvc",), {}).values()
    assert ports.assign(Settings(), ("dvc",), {"dvc": port}) == {"dvc": port}
    with socket.create_server(("127.0.0.1", port)):
        assert ports.assign(Settings(), ("dvc",), {"dvc": port})["dvc"] != port


def test_what_the_settings_say_is_the_last_word() -> None:
    (port,) = ports.assign(Settings(), ("dvc",), {}).values()
    assert ports.assign(Settings().at("dvc", port), ("dvc",), {"dvc": port + 1}) == {"dvc": port}
