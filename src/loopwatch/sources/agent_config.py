"""Agents that the configuration names, beside those that loopwatch knows."""

import re
from collections.abc import Mapping

from loopwatch.sources.config_keys import UnknownNameError, WrongValueError

NAMES = ("name", "email")
ADDRESS = re.compile(r"[^\s<>@\x00]+@[^\s<>@\x00]+")


def agents(value: object) -> tuple[tuple[str, str], ...]:
    """Return name and address of each agent that a list of tables says.

    Raises:
        WrongValueError: it says something else; says what is expected.
        UnknownNameError: a table has a key that there is not.
    """
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise WrongValueError("a list of tables: [[agents]]")
    return tuple(map(_agent, value))


def _agent(table: Mapping[str, object]) -> tuple[str, str]:
    for key in table:
        if key not in NAMES:
            raise UnknownNameError(key, NAMES)
    name, email = table.get("name"), table.get("email")
    if not isinstance(name, str) or not name.strip():
        raise WrongValueError("tables that all have a `name`")
    if not isinstance(email, str) or not ADDRESS.fullmatch(email):
        raise WrongValueError("tables that all have an `email`, such as bot@example.com")
    return name.strip(), email
