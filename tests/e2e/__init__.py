"""End to end: the whole province on real sockets, as citizens, officers and auditors see it."""

import pytest

pytest.register_assert_rewrite("tests.e2e.paths")  # a path says what it found, as a test does
