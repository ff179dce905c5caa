"""``install pre-commit``: our hooks in ``.pre-commit-config.yaml``, changed as text.

There is no reader of YAML here, so a file that is laid out in any but the usual way is left alone,
and the lines to add are shown.
"""

import re
from pathlib import Path

from loopwatch.errors import InstallError
from loopwatch.installing.changes import Plan, Remove, Write
from loopwatch.sources.repository import Repository

FILE = ".pre-commit-config.yaml"
LARGEST = 1_000_000  # bytes
HINT = "pre-commit install -t pre-commit -t commit-msg -t post-commit"
ENTRY = """\
- repo: local
  hooks:
    - id: loopwatch
      name: loopwatch
      entry: loopwatch check --staged --hook
      language: system
      pass_filenames: false
      always_run: true
      stages: [pre-commit]
    - id: loopwatch-message
      name: loopwatch (with the message)
      entry: loopwatch check --staged --hook --message
      language: system
      stages: [commit-msg]
    - id: loopwatch-commit
      name: loopwatch (what was let in)
      entry: loopwatch check HEAD --hook
      language: system
      pass_filenames: false
      always_run: true
      verbose: true
      stages: [post-commit]
"""
NEW = "repos:\n" + ENTRY
REPOS = re.compile(r"^repos: *(?:#.*)?\r?$", re.MULTILINE)
ITEM = re.compile(r"^(?P<indent> *)- +(?:repo|hooks)\b *:", re.MULTILINE)
MENTIONED = re.compile(r"^[^#\n]*\bloopwatch\b", re.MULTILINE)
MARKER = re.compile(r"^(?:---|\.\.\.)", re.MULTILINE)  # begins or ends a document
CONTENT = re.compile(r"^(?!---)[^#\s]", re.MULTILINE)


def install(repository: Repository) -> Plan:
    """Return what adds loopwatch to the configuration of the pre-commit framework."""
    path = repository.git.folder / FILE
    text = _text(path)
    if text is None:
        return Plan(
            changes=(Write(path=path, content=NEW.encode()),), remarks=(f"then run: {HINT}",)
        )
    if MENTIONED.search(text):
        return Plan(remarks=(f"{FILE}: names loopwatch already",))
    after = added(text)
    if after is None:
        return Plan(
            by_hand=ENTRY,
            failure=InstallError(
                f"{FILE} is laid out in a way that is not safe to change",
                hint="add the lines above to the list under `repos:`",
            ),
        )
    return Plan(changes=(Write(path=path, content=after.encode()),), remarks=(f"then run: {HINT}",))


def uninstall(repository: Repository) -> Plan:
    """Return what takes out the lines that ``install`` adds."""
    path = repository.git.folder / FILE
    text = _text(path)
    if text is None or not MENTIONED.search(text):
        return Plan(remarks=(f"{FILE} does not name loopwatch",))
    if text == NEW:
        return Plan(changes=(Remove(path=path),))
    before = taken_out(text)
    if before is None:
        return Plan(
            failure=InstallError(
                f"{FILE} names loopwatch in other words than `install` writes",
                hint="take it out by hand",
            )
        )
    return Plan(changes=(Write(path=path, content=before.encode()),))


def added(text: str) -> str | None:
    """Return the configuration with our entry at the end of ``repos``; None if that is not safe."""
    starts = [found.end() for found in REPOS.finditer(text)]
    content = CONTENT.search(text)
    has_more = content is not None and MARKER.search(text, content.start()) is not None
    if len(starts) != 1 or has_more or "\t" in text or "\r" in text.replace("\r\n", "\n"):
        return None
    end, indent = _end_of_list(text, starts[0])
    if indent is None:
        return None
    newline = "\r\n" if "\r\n" in text else "\n"
    entry = "".join(indent + line + newline for line in ENTRY.splitlines())
    head = text[:end] if text[:end].endswith("\n") else text[:end] + newline
    return head + entry + text[end:]


def _end_of_list(text: str, start: int) -> tuple[int, str | None]:
    """Return where the list under ``repos:`` ends, and how far its items are indented."""
    indent: str | None = None
    end = at = text.find("\n", start) + 1 or len(text)
    for line in text[at:].splitlines(keepends=True):
        bare = line.strip()
        if bare and not bare.startswith("#"):
            depth = len(line) - len(line.lstrip(" "))
            if indent is None:
                item = ITEM.match(line)
                if item is None:
                    return end, None
                indent = item["indent"]
            is_item = depth == len(indent) and bare.startswith("- ")
            if depth < len(indent) or (depth == len(indent) and not is_item):
                return (end, indent) if depth == 0 else (end, None)
            end = at + len(line)
        at += len(line)
    return end, indent


def taken_out(text: str) -> str | None:
    """Return the configuration without our entry; None if it is not as we wrote it."""
    for indent in ("", "  ", "    "):
        for newline in ("\n", "\r\n"):
            entry = "".join(indent + line + newline for line in ENTRY.splitlines())
            if text.count(entry) == 1:
                return text.replace(entry, "")
    return None


def _text(path: Path) -> str | None:
    """Return the configuration; None if there is none.

    Raises:
        InstallError: it cannot be read.
    """
    if path.is_symlink():
        raise InstallError(f"{FILE} is a link, so it is left alone", hint="change what it leads to")
    try:
        content = path.read_bytes() if path.exists() else None
    except OSError as error:
        raise InstallError(f"cannot read {FILE}: {error.strerror or error}") from error
    if content is None:
        return None
    if len(content) > LARGEST:
        raise InstallError(f"{FILE} is larger than {LARGEST:,} bytes")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InstallError(f"{FILE} is not UTF-8") from error
