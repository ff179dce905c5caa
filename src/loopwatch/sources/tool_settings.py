"""Files of a version that tell tools which rules are on, and a digest of what they say."""

import configparser
import json
import tomllib
from collections.abc import Mapping
from fnmatch import fnmatchcase

from loopwatch.diffing.digests import blake2b
from loopwatch.errors import SourceError
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.git_process import Git

NAMES = (
    "pyproject.toml", "ruff.toml", ".ruff.toml", "mypy.ini", ".mypy.ini", "setup.cfg", "tox.ini",
    "pytest.ini", "pyrightconfig.json", ".flake8", ".pylintrc", "tsconfig*.json",
    "eslint.config.*", ".eslintrc*", ".eslintignore", "biome.json", "clippy.toml",
)  # fmt: skip
OWN = ("metadata", "options", "bdist", "sdist", "bumpversion")  # tables that are of no tool's rules

LEAVING_OUT = (b"exclude", b"include", b"ignores", b"ignorePatterns", b"ignore_patterns")

Settings = Mapping[bytes, bytes]  # path to blob id


def is_setting(path: bytes) -> bool:
    """Tell whether a file is one that tools take their rules from."""
    name = path.rpartition(b"/")[2].decode("utf-8", "replace")
    return any(fnmatchcase(name, known) for known in NAMES)


def settings_of(git: Git, tree: str) -> dict[bytes, bytes]:
    """Return the files of a tree that tools take their rules from.

    Raises:
        SourceError: the tree cannot be read.
    """
    status, output, complaint = git.ask("ls-tree", "-r", "-z", "--full-tree", tree)
    if status != 0:
        raise SourceError(f"git cannot list {tree[:12]}: {complaint}")
    found = {}
    for entry in output.split(b"\0"):
        told, _, path = entry.partition(b"\t")
        if told.startswith(b"100") and is_setting(path):
            found[path] = bytes.fromhex(told.split()[2].decode())
    return found


class SettingsDigest:
    """Digests of settings; what is no rule of a tool, such as a version number, is left out."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._known: dict[tuple[bytes, bytes], bytes] = {}

    def of(self, settings: Settings, *more: str) -> str:
        """Return a digest (hex) of what settings, and some texts, say."""
        hasher = blake2b(digest_size=8)
        for text in more:
            hasher.update(f"{len(text)}:{text}".encode("utf-8", "surrogatepass"))
        for path, blob in sorted(settings.items()):
            part = self._part(path.rpartition(b"/")[2], blob)
            if part:
                hasher.update(b"%d:%s%s" % (len(path), path, part))
        return hasher.hexdigest()

    def leaves_out(self, settings: Settings) -> bool:
        """Tell whether settings may keep a tool from looking at files in a folder."""
        return any(self._leaves_out(path, blob) for path, blob in settings.items())

    def _leaves_out(self, path: bytes, blob: bytes) -> bool:
        if path.endswith(b"ignore"):
            return True
        content = self._blobs.read(blob.hex())
        return isinstance(content, str) or any(word in content for word in LEAVING_OUT)

    def _part(self, name: bytes, blob: bytes) -> bytes:
        key = (name, blob)
        if key not in self._known:
            content = self._blobs.read(blob.hex())
            told = blob if isinstance(content, str) else _told(name, content)
            self._known[key] = blake2b(told, digest_size=8).digest() if told else b""
        return self._known[key]


def _told(name: bytes, content: bytes) -> bytes:
    """Return what a file tells tools; empty if it tells them nothing."""
    try:
        if name == b"pyproject.toml":
            return _of_pyproject(content.decode())
        if name == b"setup.cfg":
            return _of_setup(content.decode())
    except (ValueError, RecursionError, configparser.Error):
        return content
    return content


def _of_pyproject(text: str) -> bytes:
    document = tomllib.loads(text)
    tools, project = document.get("tool"), document.get("project")
    told = {name: tools[name] for name in tools if name != "loopwatch"} if tools else {}
    python = project.get("requires-python") if isinstance(project, dict) else None
    if not told and python is None:
        return b""
    return json.dumps([told, python], sort_keys=True, default=str).encode()


def _of_setup(text: str) -> bytes:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    told = {name: parser.items(name) for name in parser.sections() if not name.startswith(OWN)}
    return json.dumps(told, sort_keys=True).encode() if told else b""
