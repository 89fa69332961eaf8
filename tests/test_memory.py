"""The guard of memory: it fails for what is still held, and names the file."""

from pathlib import Path

import numpy as np
import pytest

from tests import memory

BYTES = 32_000_000
FILE = Path("tests/test_large.py")

pytestmark = pytest.mark.skipif(memory.held_bytes() == 0, reason="the system does not tell")


def test_a_file_that_leaves_too_much_is_named() -> None:
    memory.give_back()
    most = memory.held_bytes() + BYTES // 2
    held = np.ones(BYTES, np.uint8)
    with pytest.raises(AssertionError, match=r"after test_large\.py the tests hold"):
        memory.check(FILE, most)
    del held
    memory.check(FILE, most)


def test_what_many_small_pieces_have_left_is_given_back() -> None:
    memory.give_back()
    most = memory.held_bytes() + BYTES // 2
    pieces = [np.ones(10_000, np.uint8) for _ in range(BYTES // 10_000)]
    assert memory.held_bytes() > most
    del pieces
    memory.check(FILE, most)
