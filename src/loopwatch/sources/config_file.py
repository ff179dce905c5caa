"""Reads ``loopwatch.toml``, ``.loopwatch.toml``, or ``[tool.loopwatch]`` of ``pyproject.toml``.

Keys are the long options without dashes in front; ``docs/configuration.md``
lists them. The file lies in a repository that may be hostile, so nothing in it
names another file, and programs only under ``detectors``: those are run if
``--detect`` is given on the command line, and no key stands for that option.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from loopwatch.errors import ConfigError
from loopwatch.model.options import Options
from loopwatch.sources.config_keys import (
    FORMAT,
    KEYS,
    OPTION_FIELDS,
    Check,
    UnknownNameError,
    WrongValueError,
    one_of,
)
from loopwatch.sources.text_file import read_text

if TYPE_CHECKING:
    from loopwatch.sources.detector_config import DetectorConfig

OWN, HIDDEN, SHARED = "loopwatch.toml", ".loopwatch.toml", "pyproject.toml"
NAMES = (OWN, HIDDEN, SHARED)
AGENTS, DETECTORS = "agents", "detectors"  # lists of tables; all other keys have plain values
A_TABLE = {AGENTS: "an agent", DETECTORS: "a detector"}  # what one of them is
LIKENESS = 0.6  # of a key that is meant, by difflib's ratio; its own default
HEADER = re.compile(r"\s*\[\[?(?P<name>[^\]]*)\]")
ENTRY = re.compile(r"(?P<name>[^=#]+)=")
BLANKS = re.compile(r"[\s\"']")  # and quotes, which a key may have around it
LINE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the configuration of one repository says; what it does not say is not in it."""

    file: str | None = None  # from the root of the working tree
    values: Mapping[str, object] = field(default_factory=dict)  # by key
    origins: Mapping[str, str] = field(default_factory=dict)  # "loopwatch.toml:4", by key

    @property
    def detectors(self) -> "tuple[DetectorConfig, ...]":
        """Return the detectors to run, in the order of the file."""
        return self.values.get(DETECTORS, ())  # type: ignore[return-value]  # as checked

    @property
    def agents(self) -> tuple[tuple[str, str], ...]:
        """Return name and e-mail address of each agent that is named."""
        return self.values.get(AGENTS, ())  # type: ignore[return-value]  # as checked

    def options(self, base: Options) -> Options:
        """Return ``base`` with what is said here in place of what is said there."""
        said = {name: self.values[key] for key, name in OPTION_FIELDS.items() if key in self.values}
        return replace(base, agents=self.agents, **said)  # type: ignore[arg-type]  # KEYS has seen to the types


def read_settings(root: Path, formats: Collection[str], inner: str = "") -> Settings:
    """Return the settings that lie nearest to a folder of a working tree.

    Args:
        root: the working tree.
        formats: names of the formats that there are.
        inner: the folder, from the root.

    Raises:
        ConfigError: a file cannot be read, or says what cannot be.
    """
    folder = PurePosixPath(inner)
    for one in (folder, *folder.parents):
        found = _settings_in(root, one, formats)
        if found.file is not None:
            return found
    return Settings()


def _settings_in(root: Path, folder: PurePosixPath, formats: Collection[str]) -> Settings:
    """Return what is said in one folder."""
    texts = {name: _text(root, str(folder / name)) for name in NAMES}
    told = {name: (text, _said(text, folder / name)) for name, text in texts.items() if text}
    full = [name for name, (_, said) in told.items() if said]
    if len(full) > 1:
        raise ConfigError(
            f"both {folder / full[0]} and {folder / full[1]} have settings of loopwatch",
            hint=f"keep them in one; {OWN} needs no [tool.loopwatch]",
        )
    if not full:
        empty = (name for name in (OWN, HIDDEN) if texts[name] is not None)
        name = next(empty, None)
        return Settings(file=name and str(folder / name))
    text, said = told[full[0]]
    file = str(folder / full[0])
    return Settings(
        file=file,
        values=_checked(said, file, text, formats),
        origins={key: f"{file}{_line(key, file, text)}" for key in said},
    )


def _said(text: str, file: PurePosixPath) -> Mapping[str, object]:
    """Return what a file says of loopwatch; what is wrong in it otherwise is not ours."""
    if file.name != SHARED:
        return _tables(text, str(file))
    return _loopwatch(_tables(text, str(file))) if "loopwatch" in text else {}


def _text(root: Path, name: str) -> str | None:
    text = read_text(root / name, name, "TOML is always UTF-8")
    return text and text.replace("\r\n", "\n")


def _tables(text: str, file: str) -> Mapping[str, object]:
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = str(error)
        where = LINE.search(said)
        line = (where and where["line"]) or len(text.splitlines()) or 1
        reason = LINE.sub("", said) if where else said
        raise ConfigError(
            f"{file}:{line} is not TOML: {reason}", hint='text needs quotes: key = "text"'
        ) from error


def _loopwatch(tables: Mapping[str, object]) -> Mapping[str, object]:
    tool = tables.get("tool")
    mine = tool.get("loopwatch") if isinstance(tool, dict) else None
    if mine is not None and not isinstance(mine, dict):
        raise ConfigError(f"tool.loopwatch in {SHARED} is not a table", hint="[tool.loopwatch]")
    return mine or {}


def _checked(
    said: Mapping[str, object], file: str, text: str, formats: Collection[str]
) -> Mapping[str, object]:
    """Return what is said, each value as its key wants it."""
    values: dict[str, object] = {}
    for key, value in said.items():
        place = f"`{key}` in {file}{_line(key, file, text)}"
        if key not in KEYS and key not in A_TABLE:
            raise _unknown(key, place, (*KEYS, *A_TABLE))
        try:
            values[key] = checked(key, value, place, formats)
        except UnknownNameError as error:
            line = _line(f"{key}.{error.key}", file, text)
            where = f"`{error.key}` of {A_TABLE[key]} in {file}{line}"
            raise _unknown(error.key, where, error.known) from error
    return values


def checked(key: str, value: object, place: str, formats: Collection[str]) -> object:
    """Return a value as its key wants it.

    Raises:
        ConfigError: it does not fit; says so of ``place``.
        UnknownNameError: a table has a key that there is not.
    """
    try:
        return _check(key, formats)(value)
    except WrongValueError as error:
        raise ConfigError(f"{place} must be {error}, not {_shown(value)}") from error


def _check(key: str, formats: Collection[str]) -> Check:
    if key == DETECTORS:
        from loopwatch.sources.detector_config import detectors

        return detectors
    if key == AGENTS:
        from loopwatch.sources.agent_config import agents

        return agents
    return one_of(*formats) if key == FORMAT else KEYS[key]


def nearest(key: str, known: Collection[str]) -> str | None:
    """Return the key that is meant, if one is."""
    from difflib import get_close_matches

    found = get_close_matches(key.lower().replace("_", "-"), known, n=1, cutoff=LIKENESS)
    return found[0] if found else None


def _unknown(key: str, place: str, known: Collection[str]) -> ConfigError:
    near = nearest(key, known)
    if near:
        return ConfigError(f"unknown key {place} (did you mean `{near}`?)")
    return ConfigError(f"unknown key {place}", hint=f"there are: {', '.join(sorted(known))}")


def _line(key: str, file: str, text: str) -> str:
    """Return ":4" where the key is on line 4, or nothing where that cannot be told."""
    home = "tool.loopwatch" if PurePosixPath(file).name == SHARED else ""
    wanted = f"{home}.{key}".lstrip(".")
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            name = table = BLANKS.sub("", header["name"])
        elif entry := ENTRY.match(line):
            name = f"{table}.{BLANKS.sub('', entry['name'])}".lstrip(".")
        else:
            continue
        if f"{name}.".startswith(f"{wanted}."):
            return f":{number}"
    return ""


def _shown(value: object) -> str:
    import json

    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = str(value)  # TOML has dates, JSON has not
    return text if len(text) <= 60 else f"{text[:60]} …"
