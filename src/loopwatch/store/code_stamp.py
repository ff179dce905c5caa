"""What tells this code from any other that may have worked something out before."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import loopwatch
from loopwatch.diffing.digests import blake2b

STAMP_BYTES = 24
NAME = re.compile(r"[\w-]+")  # of a package, before the versions that will do


@cache
def code_stamp() -> str:
    """Return hex digits that stand for this code, and for all that judges with it."""
    hashed = blake2b(digest_size=STAMP_BYTES)
    for path in files_below(Path(loopwatch.__file__).parent):
        if not path.name.endswith(".pyc"):
            told = path.stat()
            hashed.update(json.dumps((path.name, told.st_size, told.st_mtime_ns)).encode())
    hashed.update(json.dumps((*_grammars(), sys.version)).encode())
    return hashed.hexdigest()


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, by their names."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield Path(place, name)


def _grammars() -> Iterator[tuple[str, str]]:
    """Yield the packages that read code, and their versions, as far as they are there."""
    with contextlib.suppress(metadata.PackageNotFoundError):  # run from its sources alone
        for needed in metadata.requires("loopwatch") or ():
            name = NAME.match(needed)
            if name is not None and name[0].startswith("tree-sitter"):
                with contextlib.suppress(metadata.PackageNotFoundError):
                    yield name[0], metadata.version(name[0])
