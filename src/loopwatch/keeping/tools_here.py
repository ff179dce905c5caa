"""Which of the configured detectors can be run on this machine, and how."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from loopwatch.detectors.api import Reader, Run
from loopwatch.keeping.comparing import version_of
from loopwatch.model.saying import Say
from loopwatch.sources.detector_config import DetectorConfig
from loopwatch.sources.detector_jobs import Detector
from loopwatch.sources.repository import Repository


def tool_environment(repository: Repository) -> dict[str, str]:
    """Return what tools get: nothing of ``GIT_*``, and the tools of the user's own folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    root = repository.git.folder.resolve()
    own = [root / "node_modules" / ".bin", root / ".venv" / "bin", root / ".venv" / "Scripts"]
    if not repository.is_bare:
        folders = [str(folder) for folder in own if folder.is_dir()]
        kept["PATH"] = os.pathsep.join([*folders, kept.get("PATH", os.defpath)])
        if (root / "node_modules").is_dir():
            kept["NODE_PATH"] = str(root / "node_modules")
    return kept


def detector_here(
    config: DetectorConfig, environment: Mapping[str, str], say: Say
) -> Detector | None:
    """Return a detector, ready to be run; None if its program is not there.

    Raises:
        LoopwatchError: there is no reader of the name that is configured.
    """
    from loopwatch.detectors.registry import reader_named, recognise

    program = shutil.which(config.command[0], path=environment.get("PATH"))
    if program is None:
        say(f"{config.command[0]}: command not found, so the detector {config.name} is left out")
        return None
    if config.format is not None:
        reader: Reader | None = reader_named(config.format)
    else:
        reader = recognise(Run(command=config.words(("a",)), exit_status=0))
    version = version_of(config.command, environment, Path(os.sep))
    return Detector(config=config, reader=reader, version=version)
