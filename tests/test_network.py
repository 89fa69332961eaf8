"""The guard of the network: it sees who is asked, and lets this machine be asked."""

import socket
from contextlib import suppress

import pytest

from tests import network


@pytest.fixture
def offline() -> None:
    """These tests ask on purpose."""


def test_whoever_is_looked_up_is_seen() -> None:
    with network.nobody_asked() as asked, suppress(OSError):
        socket.create_connection(("images.invalid", 443), timeout=0.1)
    assert asked == ["socket.getaddrinfo images.invalid"]


def test_whoever_is_connected_to_is_seen() -> None:
    with network.nobody_asked() as asked, socket.socket() as one:
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", 9))
        one.connect_ex(("0.0.0.1", 9))
    assert asked == ["socket.connect 0.0.0.1"]


def test_this_machine_may_be_asked() -> None:
    with network.nobody_asked() as asked, suppress(OSError):
        socket.create_connection(("localhost", 9), timeout=0.1)
    assert asked == []
