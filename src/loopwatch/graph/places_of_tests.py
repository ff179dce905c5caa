"""Finds the file of a test, also of one that is reported without it: in Go, Java and Rust."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from loopwatch.fingerprints.node_ids import node_id
from loopwatch.graph.contents import name
from loopwatch.graph.texts import Texts

GO = re.compile(
    r"(?P<package>[^\s:]+?)\.(?P<name>(?:Test|Fuzz|Example|Benchmark)\w*)(?:/.*)?", re.DOTALL
)
JAVA = re.compile(
    r"(?P<file>(?:[a-z_]\w*\.)*[A-Z]\w*)(?:\$(?P<inner>[\w$]+))?"
    r"\.(?P<name>[A-Za-z_]\w*)(?:\(.*\))?(?:\[.*\])?",
    re.DOTALL,
)
RUST = re.compile(r"(?P<program>[\w-]+) > (?P<names>\w+(?:::\w+)*)")
GO_ENDING, RUST_ENDING = b"_test.go", b".rs"
JAVA_ENDINGS = (b".java", b".kt", b".groovy", b".scala")
ENDINGS = (GO_ENDING, RUST_ENDING, *JAVA_ENDINGS)
OF_FOLDER = frozenset({"lib", "main", "mod"})  # modules of Rust that go by their folder


class Place(NamedTuple):
    """Where a test stands."""

    path: bytes
    names: tuple[str, ...]  # classes, modules or suites, then the test


@dataclass(slots=True)
class PlacesOfTests:
    """Finds tests by what reports call them."""

    texts: Texts
    _count: int = -1  # paths that had changed when it was last looked
    _paths: Sequence[bytes] = ()

    def place(self, subject: str, version: int) -> Place | None:
        """Return where a test stands at a version; None where it is not the one place.

        Of a test that is reported with its file, that is told without a look.

        Args:
            subject: the node id, such as ``example.com/shop/dur.TestHours/minutes``.
            version: one that was looked at already.
        """
        path, names, _ = node_id(subject)
        if path:
            return Place(path.encode("utf-8", "surrogateescape"), names)
        for language in (self._go, self._rust, self._java):
            found = list(language(subject, version))
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def _go(self, subject: str, version: int) -> Iterator[Place]:
        """Yield the files of a package that hold a test of that name."""
        if found := GO.fullmatch(subject):
            start = re.compile(rf"func {found['name']}\(".encode())
            for path in _nearest(self._known(GO_ENDING), found["package"].split("/")):
                if self._holds(path, version, start):
                    yield Place(path, (found["name"],))

    def _rust(self, subject: str, version: int) -> Iterator[Place]:
        """Yield the files of the innermost module that hold a test of that name."""
        if found := RUST.fullmatch(subject):
            *modules, own = found["names"].split("::")
            start = re.compile(rf"\s*(?:pub )?(?:async )?fn {own}\b".encode())
            depth: dict[bytes, int] = {}
            for path in self._known(RUST_ENDING):
                inside = _module(name(path), found["program"])
                if inside == modules[: len(inside)] and self._holds(path, version, start):
                    depth[path] = len(inside)
            most = max(depth.values(), default=0)
            for path in (path for path, known in depth.items() if known == most):
                yield Place(path, (*modules[most:], own))

    def _java(self, subject: str, version: int) -> Iterator[Place]:
        """Yield the files that are named after the class of a test."""
        if found := JAVA.fullmatch(subject):
            *_, own = classes = found["file"].split(".")
            names = (own, *(found["inner"] or "").split("$"), found["name"])
            for path in self._known(*JAVA_ENDINGS):
                parts = name(path).rpartition(".")[0].split("/")
                if parts[-len(classes) :] == classes and self.texts.blob(path, version):
                    yield Place(path, tuple(filter(None, names)))

    def _holds(self, path: bytes, version: int, start: re.Pattern[bytes]) -> bool:
        """Tell whether a line of a file begins so."""
        content = self.texts.at(path, version)
        return content is not None and any(map(start.match, content.lines))

    def _known(self, *endings: bytes) -> list[bytes]:
        """Return the files that end so."""
        count = len(self.texts.files.paths.names)
        if count != self._count:
            self._count = count
            self._paths = sorted(path for path in self.texts.paths() if path.endswith(ENDINGS))
        return [path for path in self._paths if path.endswith(endings)]


def _nearest(paths: Iterable[bytes], package: Sequence[str]) -> list[bytes]:
    """Return the files in the folders whose ends are most like the package's."""
    folders = {path: name(path).split("/")[:-1] for path in paths}
    shared = {path: _shared(folder, package) for path, folder in folders.items()}
    most = max(shared.values(), default=0)
    return [path for path in folders if shared[path] == most and (most or not folders[path])]


def _shared(folder: Sequence[str], package: Sequence[str]) -> int:
    """Return how many parts two names have in common at their ends."""
    pairs = zip(reversed(folder), reversed(package), strict=False)
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count


def _module(path: str, program: str) -> list[str]:
    """Return the module that a file of Rust is, from the root of its program.

    That of a file which is no part of the program is in no name.
    """
    *folders, file = path.removesuffix(".rs").split("/")
    if folders[-1:] == ["tests"]:
        return [] if file == program else [path]
    if "src" not in folders:
        return [path]
    start = folders.index("src")
    crate = folders[start - 1].replace("-", "_") if start else program
    inside = [*folders[start + 1 :], *(() if file in OF_FOLDER else (file,))]
    return inside if crate in {program, program.replace("-", "_")} else [path]
