"""What has to be equal for two results of a tool to be compared, however it was run.

Files that hold rules, options that decide which rules are on, and the version of the tool. How
the results are printed, and which files are named, is no part of it.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from loopwatch.detectors.api import Run
from loopwatch.detectors.programs import program_of
from loopwatch.detectors.tools import KNOWN
from loopwatch.diffing.digests import blake2b
from loopwatch.model.evidence import DefectKind, Evidence
from loopwatch.sources.detector_jobs import Detector
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.repository import Repository
from loopwatch.sources.run_reading import read_run
from loopwatch.sources.tool_run import ToolRunner
from loopwatch.sources.tool_settings import Settings, SettingsDigest, is_setting, settings_of

LARGEST_SETTINGS = 1_000_000  # bytes of a file that a tool takes its rules from
ANY_FILE = "a"  # stands for the files that a command is going to be given
WALKED = "walked"  # folders were named, and settings leave files in them out
NUMBER = re.compile(r"\d+\.\d[\w.+-]*")
SECONDS = 10  # for a tool to say its version


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a tool is going to say something by, as far as its command tells."""

    tool: str
    options: str  # a digest of those that decide
    names_files: bool
    version: str  # of the tool

    @classmethod
    def of(cls, evidence: Evidence, version: str) -> "Opinion":
        """Return that of a run; ``version`` is that of the tool where the run does not tell."""
        roots = evidence.scope.roots
        are_files = bool(roots) and all(PurePosixPath(root).suffix for root in roots)
        version = evidence.version or version
        return cls(evidence.detector, evidence.configuration, are_files, version)

    @classmethod
    def expected(cls, detector: Detector) -> "Opinion":
        """Return that of a detector, by what its reader makes of a run that finds nothing."""
        config, version = detector.config, detector.version
        run = Run(command=config.words((ANY_FILE,)), exit_status=0)
        said = read_run(run, config.format).said if detector.reader is not None else ()
        reading = [evidence for evidence in said if evidence.kind is not DefectKind.TEST]
        if not reading:
            command = " ".join((*config.command, config.format or ""))
            return cls(config.name, command, config.names_files, version)
        return replace(cls.of(reading[0], version), names_files=config.names_files)


class Comparing:
    """Names what results are told by."""

    def __init__(self, blobs: Blobs) -> None:
        self._digest = SettingsDigest(blobs)

    def configuration(self, settings: Settings, opinion: Opinion) -> str:
        """Return a digest (hex) of files that hold rules, and of options."""
        walked = not opinion.names_files and self._digest.leaves_out(settings)
        how = (opinion.tool, opinion.options, opinion.version, *([WALKED] if walked else []))
        return self._digest.of(settings, *how)


def comparable(
    said: Sequence[Evidence], repository: Repository, tree: str | None, version: str
) -> list[Evidence]:
    """Return results so that those of a configured detector go on from them.

    Results of tests are left alone: a test is known by its name, and asks what it asks.

    Args:
        said: results of one content.
        repository: whose content it is.
        tree: of that content; None: the working tree as it is.
        version: of the tool, for results that do not tell it.

    Raises:
        SourceError: git cannot tell which files there are.
    """
    if all(evidence.kind is DefectKind.TEST for evidence in said):
        return list(said)
    with Blobs(repository.git, LARGEST_SETTINGS) as blobs:
        settings = settings_of(repository.git, tree) if tree else _settings_here(repository, blobs)
        comparing = Comparing(blobs)
        return [
            evidence
            if evidence.kind is DefectKind.TEST
            else replace(
                evidence,
                version=evidence.version or version,
                configuration=comparing.configuration(settings, Opinion.of(evidence, version)),
            )
            for evidence in said
        ]


def _settings_here(repository: Repository, blobs: Blobs) -> dict[bytes, bytes]:
    """Return the tracked files of the working tree that tools take their rules from."""
    git = repository.git
    _, output, _ = git.ask("ls-files", "-z", "--full-name", "--", ":/")
    return dict(_lent(git.folder, filter(is_setting, output.split(b"\0")), blobs))


def _lent(folder: Path, paths: Iterable[bytes], blobs: Blobs) -> Iterable[tuple[bytes, bytes]]:
    for path in paths:
        file = folder / os.fsdecode(path)
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            name = blake2b(content, digest_size=20).digest()
            blobs.add(name.hex(), content)
            yield path, name


def known_tool(command: Sequence[str]) -> bool:
    """Tell whether a command calls a tool that we know, so that asking its version is safe."""
    return program_of(command)[0] in KNOWN


def version_of(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> str:
    """Return the version that the tool of a command says it has; empty if it does not say."""
    program = program_of(command)[0]
    # python -m mypy, uv run mypy: it is mypy that is asked
    ends = (end for end in range(1, len(command)) if program_of(command[:end])[0] == program)
    call = command[: next(ends, len(command))] if program else command[:1]
    try:
        told = ToolRunner().run([*call, "--version"], folder, environment, SECONDS)
    except OSError:
        return ""
    number = NUMBER.search(told.stdout[:400].decode("utf-8", "replace"))
    return number.group() if number and told.status == 0 else ""
