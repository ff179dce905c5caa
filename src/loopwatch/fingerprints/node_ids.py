"""Names of tests: ``tests/test_a.py::TestB::test_c[1-x]``."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from loopwatch.fingerprints.masks import mask

# Parameters that pytest could not name, or that differ in each run.
UNSTABLE = re.compile(r"<[^<>]{0,100} at 0x[0-9a-fA-F]+>|(?<![a-z])[a-z_]+\d+(?=-|$)")
NAME_PARTS = re.compile(r"::|\s[>\u203a\u00bb]\s")  # pytest, go and rust; jest, vitest


class NodeId(NamedTuple):
    """A test's name in its parts."""

    path: str
    names: tuple[str, ...]  # classes or suites, then the test
    parameters: str  # without the brackets; "": none


def node_id(subject: str) -> NodeId:
    """Split a node id; what has no path is all name."""
    subject, told = _split(subject)
    head, *rest = NAME_PARTS.split(subject)
    has_path = bool(rest) and ("/" in head or "." in head)
    return NodeId(head if has_path else "", tuple(rest if has_path else [head, *rest]), told)


def case_of(subject: str, names: Sequence[str]) -> str:
    """Return which of its cases a test is: its parameters, or in Go the part of it; "": none."""
    told = _split(subject)[1]
    return told or (subject.partition(f".{names[-1]}/")[2] if names else "")


def _split(subject: str) -> tuple[str, str]:
    begin = subject.find("[")
    if begin > 0 and subject.endswith("]"):
        return subject[:begin], subject[begin + 1 : -1]
    return subject, ""


def parameters(subject: str) -> str:
    """Return the parameters of a node id without addresses, numbers and positions."""
    return mask(UNSTABLE.sub("<arg>", _split(subject)[1]))


def masked_id(subject: str) -> str:
    """Return a node id with its parameters masked so."""
    known = parameters(subject)
    return f"{_split(subject)[0]}[{known}]" if known else subject
