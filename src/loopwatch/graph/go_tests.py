"""Finds the file of a Go test, which is reported by its package and its name alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from loopwatch.graph.texts import Texts

SUBJECT = re.compile(
    r"(?P<package>[^\s:]+?)\.(?P<name>(?:Test|Fuzz|Example|Benchmark)\w*)(?:/.*)?", re.DOTALL
)
ENDING = b"_test.go"


@dataclass(slots=True)
class GoTests:
    """The files of tests, by the package that they are in."""

    texts: Texts
    _count: int = -1  # paths that had changed when it was last looked
    _folders: dict[tuple[str, ...], list[bytes]] = field(default_factory=dict)

    def place(self, subject: str, version: int) -> tuple[bytes, str] | None:
        """Return file and name of a test at a version; None where it is not the one place.

        Args:
            subject: the node id, such as ``example.com/shop/dur.TestHours/minutes``.
            version: one that was looked at already.
        """
        found = SUBJECT.fullmatch(subject)
        if found is None:
            return None
        start = f"func {found['name']}(".encode()
        places = []
        for path in self._files(found["package"]):
            content = self.texts.at(path, version)
            if content is not None and any(line.startswith(start) for line in content.lines):
                places.append(path)
        return (places[0], found["name"]) if len(places) == 1 else None

    def _files(self, package: str) -> Iterator[bytes]:
        """Yield the files in the folders whose ends are most like the package's."""
        self._take_in()
        parts = tuple(package.split("/"))
        most = max((_shared(folder, parts) for folder in self._folders), default=0)
        for folder, files in self._folders.items():
            if _shared(folder, parts) == most and (most or not folder):
                yield from files

    def _take_in(self) -> None:
        count = len(self.texts.files.paths.names)
        if count == self._count:
            return
        self._count, self._folders = count, {}
        for path in sorted(path for path in self.texts.paths() if path.endswith(ENDING)):
            *folder, _ = path.decode("utf-8", "surrogateescape").split("/")
            self._folders.setdefault(tuple(folder), []).append(path)


def _shared(folder: tuple[str, ...], package: tuple[str, ...]) -> int:
    """Return how many parts two names have in common at their ends."""
    pairs = zip(reversed(folder), reversed(package), strict=False)
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count
