"""What tests of hosts start with."""

from collections.abc import Iterator

import pytest

from tests.hosting.host import Host, serving


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """Give a host on this machine, which no proxy stands before."""
    monkeypatch.setenv("no_proxy", "*")
    with serving(Host()) as made:
        yield made
