"""A part as a child process is waited for, and one that does not start says why."""

import pytest

from app.child import child
from app.commands.options import environment
from vn.errors import CannotConnect


async def test_a_child_that_does_not_start_is_one_error_with_its_own_last_words():
    async with child("bus.embedded", "--listen", "nowhere", "--memory", environ=environment()) as broker:
        with pytest.raises(CannotConnect, match=r"^bus\.embedded --listen nowhere --memory did not start: .*'nowhere' is not HOST:PORT$"):
            await broker.ready()
