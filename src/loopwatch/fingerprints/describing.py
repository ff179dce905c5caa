"""Describes the files of a history; what was described once is not read again."""

import json
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeAlias

from loopwatch.diffing.languages import is_installed
from loopwatch.diffing.memo import Memo, Recent
from loopwatch.fingerprints.cache import NO_CACHE, Cache, key_of, parts_of
from loopwatch.fingerprints.descriptor import Descriptor, ScopeForm
from loopwatch.fingerprints.descriptors import Family, FileDescriber
from loopwatch.fingerprints.packed_descriptors import packed, unpacked
from loopwatch.model.evidence import Defect

MOST_READ, MOST_BYTES = 12, 250_000  # of files; a tree takes some 40 times its file
MOST_KNOWN = 64  # files of which names are kept, twice as many at most
FORMS, NAMES = "forms", "names"  # what is kept of a file

Key: TypeAlias = tuple[bytes | None, str]  # blob id, path


class Describing:
    """Describes files, and keeps what it read of the last ones: new today is old tomorrow."""

    def __init__(self, cache: Cache = NO_CACHE) -> None:
        """Ask a cache before anything is read."""
        self._cache = cache
        self._read: Recent[Key, FileDescriber] = Recent(MOST_READ, MOST_BYTES)
        self._known: Memo[Key, DescribedFile] = Memo(MOST_KNOWN)

    def file(
        self,
        blob: bytes | None,
        content: Callable[[], bytes | None],
        path: str,
        language: str | None,
    ) -> "DescribedFile":
        """Return what describes a file.

        Args:
            blob: id of its content; None: there is none.
            content: gives the file, if it has to be read; None where it cannot be had.
            path: see ``descriptors.describe``.
            language: see ``descriptors.describe``.
        """
        key = blob, path
        file = self._known.get(key)
        if file is None:

            def read() -> FileDescriber:
                read = self._read.get(key)
                if read is None:
                    read = FileDescriber(content(), path, language)
                    self._read.put(key, read, len(read.content or b""))
                return read

            # What cannot be read or parsed is read again each time: the report has to say so.
            is_known = blob is not None and (language is None or is_installed(language))
            cache = self._cache if is_known else NO_CACHE
            file = DescribedFile(cache, (blob, path, language), read)
            self._known.put(key, file)
        return file


class DescribedFile:
    """One content of one file, read only where the cache does not know the answer."""

    def __init__(
        self, cache: Cache, about: tuple[object, ...], read: Callable[[], FileDescriber]
    ) -> None:
        """Take a file.

        Args:
            cache: is asked first.
            about: all that decides what is said of the file.
            read: gives what describes it.
        """
        self._cache, self._about, self._file = cache, about, read

    def describe_all(self, defects: Sequence[Defect], family: Family) -> tuple[Descriptor, ...]:
        """Describe defects, in the order given; see ``FileDescriber``."""
        key = key_of(FORMS, *self._about, [(family(one), parts_of(one)) for one in defects])
        body = self._cache.get(key)
        if body is not None:
            try:
                return unpacked(body, defects, family)
            except ValueError:
                pass  # as if it had not been kept
        made = self._file().describe_all(defects, family)
        self._keep(key, lambda: packed(made))
        return made

    def defines(self, name: str) -> bool:
        """Tell whether the file has a definition of that name; "" is the file itself."""
        return name in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        key = key_of(NAMES, *self._about)
        body = self._cache.get(key)
        if body is not None and (known := _texts(body)) is not None:
            return frozenset(known)
        names = self._file().names()
        self._keep(key, lambda: json.dumps(names).encode())
        return frozenset(names)

    def scope(self, name: str) -> ScopeForm | None:
        """Return the definition of that name, or the file itself; None if it is not there."""
        return self._file().scope(name) if self.defines(name) else None

    def _keep(self, key: bytes, body: Callable[[], bytes]) -> None:
        if self._cache is not NO_CACHE and self._file().content is not None:
            self._cache.put(key, body())


def _texts(body: bytes) -> Sequence[str] | None:
    """Return a list of texts that was kept; None if it is none."""
    try:
        found = json.loads(body)
    except ValueError:
        return None
    is_sound = isinstance(found, list) and all(isinstance(one, str) for one in found)
    return found if is_sound else None
