"""Everything that goes wrong on purpose is armed, fires and is healed in one way, and there is somebody for each kind."""

import inspect
from datetime import datetime

import pytest

from app.play.broker_faults import BrokerFaults
from app.play.doors import Doors
from app.play.faults import WHO, Ledger, Saboteur
from app.play.network import Network
from app.play.relay import Relay
from scenarios.faults import KINDS
from vn.clock import VN

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=VN)


def test_every_kind_of_fault_and_the_reply_have_one_who_does_it() -> None:
    assert set(WHO) == {*KINDS, "reply"}
    assert set(WHO.values()) == {"relay", "doors", "broker", "network"}


@pytest.mark.parametrize("who", [Relay, Doors, Network, BrokerFaults])
@pytest.mark.parametrize("verb", ["arm", "heal", "fired", "armed"])
def test_all_of_them_have_the_same_verbs(who: type, verb: str) -> None:
    asked, given = getattr(Saboteur, verb), getattr(who, verb)
    if isinstance(asked, property):
        assert isinstance(given, property)
    else:
        assert inspect.iscoroutinefunction(given)
        assert list(inspect.signature(given).parameters) == list(inspect.signature(asked).parameters)


def test_a_fault_is_used_up_or_healed_and_what_it_did_stays_known_until_its_name_is_armed_anew() -> None:
    ledger = Ledger[str]()
    twice, ever = ledger.arm("twice", "a", times=2), ledger.arm("ever", "b")
    twice.firings += [(NOW, "one"), (NOW, "two")]
    ever.firings.append((NOW, "three"))
    assert ledger.live == ("ever",)
    ledger.heal("ever")
    ledger.heal("nobody")
    assert (ledger.live, ledger.fired("ever"), ledger.fired("nobody")) == ((), ((NOW, "three"),), ())
    ledger.arm("ever", "b")
    assert (ledger.live, ledger.fired("ever")) == (("ever",), ())
