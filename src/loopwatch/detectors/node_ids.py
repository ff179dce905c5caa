"""Names of tests, so that all reports of one test give it the same name."""

import re
from collections.abc import Callable

MODULE = re.compile(r"^(?:test_\w+|\w+_test|tests?|conftest)$")


def split_summary(line: str, is_known: Callable[[str], bool]) -> tuple[str, str]:
    """Return node id and message out of ``tests/test_a.py::test_b[1 - 2] - message``.

    Parameters may hold anything. A name that is known is taken as it is; else a dash
    inside brackets does not end the name.
    """
    for dash in re.finditer(" - |$", line):
        if is_known(line[: dash.start()]):
            return line[: dash.start()], line[dash.end() :]
    depth, place = 0, 0
    while place < len(line):
        depth += {"[": 1, "]": -1}.get(line[place], 0)
        if depth <= 0 and line.startswith(" - ", place):
            return line[:place], line[place + 3 :]
        place += 1
    head, _, tail = line.partition("] - ")
    return (f"{head}]", tail) if tail else (line, "")


def file_of(node_id: str) -> str:
    """Return the file of a node id."""
    return node_id.partition("::")[0]


def title_of(node_id: str) -> str:
    """Return how pytest heads the failure of a test: ``TestX.test_a[1h]``."""
    names, bracket, parameters = node_id.partition("::")[2].partition("[")
    return names.replace("::", ".") + bracket + parameters


def from_dotted(classname: str, name: str, file: str = "") -> str:
    """Return the node id of a test that is named the way JUnit files and unittest do.

    ``tests.test_dur.TestX`` and ``test_a[1h]`` are ``tests/test_dur.py::TestX::test_a[1h]``.
    Where no file is given, the module ends at the last part that is named like one, or
    before the first that is named like a class.
    """
    parts = [part for part in classname.split(".") if part]
    if file:
        module = file.removesuffix(".py").replace("\\", "/").strip("/").split("/")
        size = _overlap(module, parts)
        path, classes = file, parts[size:]
    else:
        size = _module_size(parts)
        path, classes = "/".join(parts[:size]) + ".py", parts[size:]
    return "::".join([path, *classes, name])


def _overlap(module: list[str], parts: list[str]) -> int:
    """Return how many of the parts name the module: the end of its path, or all of it."""
    for size in range(min(len(module), len(parts)), 0, -1):
        if module[-size:] == parts[:size]:
            return size
    return 0


def _module_size(parts: list[str]) -> int:
    named = [place for place, part in enumerate(parts, start=1) if MODULE.match(part)]
    if named:
        return named[-1]
    classes = (place for place, part in enumerate(parts) if part[:1].isupper())
    return next(classes, len(parts))
