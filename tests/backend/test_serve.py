"""Keeps two nodes from sharing one port, where each request would reach one or the other by chance."""

import socket
from dataclasses import replace

import pytest

from backend.config import Settings
from backend.serve import is_taken, serve


def test_a_port_in_use_is_refused_before_anything_starts(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert is_taken("127.0.0.1", port)
        assert serve(replace(settings, port=port)) == 1
    assert str(port) in capsys.readouterr().err
    assert not is_taken("127.0.0.1", port)
