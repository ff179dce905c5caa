"""Why a defect is no longer reported, told from what the edit did to the code around it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from loopwatch.diffing.languages import is_installed, language_of
from loopwatch.diffing.memo import Recent
from loopwatch.fingerprints.cache import NO_CACHE, Cache, key_of, parts_of
from loopwatch.fingerprints.departures import Departed, File, departure
from loopwatch.fingerprints.rule_switches import Switch, newly_off
from loopwatch.graph.contents import name
from loopwatch.graph.defect_table import Followed
from loopwatch.graph.places_of_tests import PlacesOfTests
from loopwatch.graph.texts import Texts
from loopwatch.model.defect import Cause
from loopwatch.model.evidence import Defect

Told: TypeAlias = tuple[Cause, str]  # with how its check was switched off
Place: TypeAlias = tuple[str, bytes]  # path and blob id
WHY, OFF = "why", "off"  # what is kept: causes, and what settings switch off
SETTINGS = (b".toml", b".ini", b".cfg", b".json", b".js", b".mjs", b".cjs", b"rc", b".flake8")
MOST_FILES, MOST_BYTES = 8, 250_000  # that are kept open; a tree takes some 40 times its file
TEST_FILE = re.compile(
    rb"(^|/)(tests?|specs?|__tests__)/|(^|/)(test_[^/]*|conftest)\.py$|[._-](test|spec)\.\w+$"
)


@dataclass(slots=True)
class Departing:
    """Compares the code around a defect before and after."""

    texts: Texts
    sees: Callable[[int, int], bool]
    changed: Mapping[int, tuple[bytes, ...]]  # paths, by version
    places: PlacesOfTests
    cache: Cache = NO_CACHE
    _files: Recent[Place, File] = field(default_factory=lambda: Recent(MOST_FILES, MOST_BYTES))
    # What was asked for last, since which version and at which.
    _asked: tuple[tuple[int, int], tuple[tuple[Switch, ...], bool]] = ((-1, -1), ((), False))

    def of_test(
        self, one: Followed, since: int, version: int, *, is_off: bool, has_passed: bool
    ) -> Told:
        """Return why a test that failed at ``since`` is not among the failing ones at ``version``.

        Args:
            one: the failing test.
            since: the newest version in which it failed.
            version: the version that does not tell of it, or tells that it is well.
            is_off: the run says that the test is skipped, or expected to fail.
            has_passed: the run names it among those that passed.
        """
        if is_off:
            return Cause.MASKED, "the test is skipped, or expected to fail"
        subject = one.first.subject
        then = self.places.place(subject, since)
        if then is None:
            return Cause.FIXED, ""
        now = self.places.place(subject, version) or then
        path = self.texts.now(now.path, version)
        paths = name(then.path), name(path)
        why = self._why(one.latest, *paths, "", since, version, then.names, has_passed)
        if path != now.path and why[0] is Cause.FIXED:
            return Cause.MOVED, "the file of the test has another name"
        return why

    def of_report(self, one: Followed, now: str | None, since: int, version: int) -> Told:
        """Return why what was reported of a file at ``since`` is not at ``version``.

        Args:
            one: what was reported.
            now: how its file is called now.
            since: the newest version in which it was reported.
            version: the version in which it is not.
        """
        path = one.latest.path
        if path is None:
            return Cause.FIXED, ""
        return self._why(one.latest, path, now or path, one.symbol or "", since, version)

    def _why(
        self,
        defect: Defect,
        path: str,
        now: str,
        scope: str,
        since: int,
        version: int,
        names: tuple[str, ...] = (),
        has_passed: bool = False,
    ) -> Told:
        old, new = self._place(path, since), self._place(now, version)
        if old is None:
            return Cause.FIXED, ""
        switches, is_only_tests = self._around(since, version)
        asked = scope, names, has_passed, switches, is_only_tests
        key = key_of(WHY, parts_of(defect), old, new, *asked)
        body = self.cache.get(key)
        if body is not None and (known := _known(body)) is not None:
            return known
        found = departure(
            Departed(
                defect=defect,
                old=self._file(old),
                new=self._file(new) if new is not None else None,
                scope=scope,
                names=names,
                has_passed=has_passed,
                switched_off=switches,
                is_only_tests=is_only_tests,
            )
        )
        if all(map(self._is_whole, (old, new))):
            self.cache.put(key, json.dumps([found.cause, found.reason]).encode())
        return found.cause, found.reason

    def _place(self, path: str, version: int) -> Place | None:
        blob = self.texts.blob(path.encode("utf-8", "surrogateescape"), version)
        return (path, blob) if blob is not None else None

    def _file(self, place: Place) -> File:
        """Return a file as it was; many defects depart from the same few files at once."""
        file = self._files.get(place)
        if file is None:
            path, blob = place
            content = self._content(path.encode("utf-8", "surrogateescape"), blob)
            file = File(path, content, language_of(path))
            self._files.put(place, file, len(file.content))
        return file

    def _is_whole(self, place: Place | None) -> bool:
        """Tell whether a file could be read; else what is missing may be there another time."""
        if place is None:
            return True
        language = language_of(place[0])
        return bool(self._file(place).content) and (language is None or is_installed(language))

    def _content(self, path: bytes, blob: bytes | None) -> bytes | None:
        found = self.texts.contents.get(path, blob) if blob is not None else None
        return b"\n".join((*found.lines, b"")) if found is not None else None

    def _between(self, since: int, version: int) -> Iterator[bytes]:
        """Yield the paths that were changed after one version and up to another."""
        for at in range(since + 1, version + 1):
            if at in self.changed and self.sees(version, at):
                yield from self.changed[at]

    def _around(self, since: int, version: int) -> tuple[tuple[Switch, ...], bool]:
        """Return what was switched off since a version, and whether only tests were changed."""
        if self._asked[0] != (since, version):
            changed = set(self._between(since, version))
            switches = tuple(self._switched_off(changed, since, version))
            is_only_tests = bool(changed) and all(map(TEST_FILE.search, changed))
            self._asked = (since, version), (switches, is_only_tests)
        return self._asked[1]

    def _switched_off(self, changed: set[bytes], since: int, version: int) -> Iterator[Switch]:
        for path in sorted(path for path in changed if path.endswith(SETTINGS)):
            old, new = (self.texts.blob(path, at) for at in (since, version))
            if old != new:
                yield from self._newly_off(path, old, new)

    def _newly_off(self, path: bytes, *blobs: bytes | None) -> Iterable[Switch]:
        """Return what a file of settings switches off that it did not before."""
        key = key_of(OFF, path, *blobs)
        body = self.cache.get(key)
        if body is not None and (known := _known_switches(body)) is not None:
            return known
        contents = [self._content(path, blob) for blob in blobs]
        found = sorted(newly_off(name(path), *(_text(content or b"") for content in contents)))
        if contents.count(None) == blobs.count(None):  # else what is missing may be there later
            self.cache.put(key, json.dumps([[s.tool, s.rule, s.paths] for s in found]).encode())
        return found


def _known(body: bytes) -> Told | None:
    """Return the cause that was kept; None if it is none."""
    try:
        cause, why = json.loads(body)
        return (Cause(cause), why) if isinstance(why, str) else None
    except (TypeError, ValueError):
        return None


def _known_switches(body: bytes) -> list[Switch] | None:
    """Return the switches that were kept; None if they are none."""
    try:
        rows = json.loads(body)
        is_sound = all(isinstance(text, str) for row in rows for text in row)
        return [Switch(*row) for row in rows] if is_sound else None
    except (TypeError, ValueError):
        return None


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")
