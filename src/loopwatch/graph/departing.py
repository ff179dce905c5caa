"""Why a defect is no longer reported, told from what the edit did to the code around it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from loopwatch.diffing.languages import language_of
from loopwatch.fingerprints.departures import Departed, File, departure
from loopwatch.fingerprints.node_ids import node_id
from loopwatch.fingerprints.rule_switches import Switch, newly_off
from loopwatch.graph.contents import name
from loopwatch.graph.defect_table import Followed
from loopwatch.graph.texts import Texts
from loopwatch.model.defect import Cause
from loopwatch.model.evidence import Defect

Told: TypeAlias = tuple[Cause, str]  # with how its check was switched off
SETTINGS = (b".toml", b".ini", b".cfg", b".json", b".js", b".mjs", b".cjs", b"rc", b".flake8")
MOST_FILES = 8  # that are kept open
TEST_FILE = re.compile(
    rb"(^|/)(tests?|specs?|__tests__)/|(^|/)(test_[^/]*|conftest)\.py$|[._-](test|spec)\.\w+$"
)


@dataclass(slots=True)
class Departing:
    """Compares the code around a defect before and after."""

    texts: Texts
    sees: Callable[[int, int], bool]
    changed: Mapping[int, tuple[bytes, ...]]  # paths, by version
    _files: dict[tuple[str, bytes | None], File] = field(default_factory=dict)  # the newest
    _switched: tuple[tuple[int, int], tuple[Switch, ...]] = ((-1, -1), ())  # asked for last

    def of_test(self, one: Followed, since: int, version: int, *, is_off: bool) -> Told:
        """Return why a test that failed at ``since`` is not among the failing ones at ``version``.

        Args:
            one: the failing test.
            since: the newest version in which it failed.
            version: the version that does not tell of it, or tells that it is well.
            is_off: the run says that the test is skipped, or expected to fail.
        """
        if is_off:
            return Cause.MASKED, "the test is skipped, or expected to fail"
        path = node_id(one.first.subject).path
        if not path:
            return Cause.FIXED, ""
        return self._why(one.latest, path, path, "", since, version)

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
        self, defect: Defect, path: str, now: str, scope: str, since: int, version: int
    ) -> Told:
        old, new = self._file(path, since), self._file(now, version)
        changed = set(self._between(since, version))
        if old is None:
            return Cause.FIXED, ""
        found = departure(
            Departed(
                defect=defect,
                old=old,
                new=new,
                scope=scope,
                switched_off=self._switches(changed, since, version),
                is_only_tests=bool(changed) and all(map(TEST_FILE.search, changed)),
            )
        )
        return found.cause, found.reason

    def _file(self, path: str, version: int) -> File | None:
        """Return a file as it was; many defects depart from the same few files at once."""
        key = path, self.texts.blob(path.encode("utf-8", "surrogateescape"), version)
        if key[1] is None:
            return None
        if key not in self._files:
            while len(self._files) >= MOST_FILES:
                del self._files[next(iter(self._files))]
            content = self._content(path.encode("utf-8", "surrogateescape"), version)
            self._files[key] = File(path, content, language_of(path))
        return self._files[key]

    def _content(self, path: bytes, version: int) -> bytes | None:
        found = self.texts.at(path, version)
        return b"\n".join((*found.lines, b"")) if found is not None else None

    def _between(self, since: int, version: int) -> Iterator[bytes]:
        """Yield the paths that were changed after one version and up to another."""
        for at in range(since + 1, version + 1):
            if at in self.changed and self.sees(version, at):
                yield from self.changed[at]

    def _switches(self, changed: set[bytes], since: int, version: int) -> tuple[Switch, ...]:
        if self._switched[0] != (since, version):
            self._switched = (since, version), tuple(self._switched_off(changed, since, version))
        return self._switched[1]

    def _switched_off(self, changed: set[bytes], since: int, version: int) -> Iterator[Switch]:
        for path in sorted(path for path in changed if path.endswith(SETTINGS)):
            old, new = (self._content(path, at) or b"" for at in (since, version))
            yield from sorted(newly_off(name(path), _text(old), _text(new)))


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")
