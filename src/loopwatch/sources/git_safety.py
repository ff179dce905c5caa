"""How git is run on a repository that may be hostile: no hooks, shell, network or user settings.

Loads nothing else, so that the hook can start git before all the rest.
"""

import os

TYPE_CHECKING = False  # as that of ``typing``, which the hook does not load
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SAFE_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "diff.external=",
    "diff.ignoreSubmodules=none",
    f"diff.orderFile={os.devnull}",
    "log.follow=false",
    "gc.auto=0",
    "i18n.logOutputEncoding=UTF-8",
    "log.showSignature=false",
    "log.mailmap=false",
    "protocol.allow=never",  # an absent object is reported, never fetched
)


def safe_command(
    folder: str, arguments: "Sequence[str]", settings: "Sequence[str]" = ()
) -> list[str]:
    """Return the whole command line of git in a folder, with settings beside the safe ones."""
    said = [part for setting in (*SAFE_SETTINGS, *settings) for part in ("-c", setting)]
    return ["git", "--no-pager", *said, "-C", folder, *arguments]


def clean_environment(environment: "Mapping[str, str] | None" = None) -> dict[str, str]:
    """Return the environment for git: nothing of ``GIT_*``, English, no prompts, no fetches."""
    given = os.environ if environment is None else environment
    kept = {name: value for name, value in given.items() if not name.startswith("GIT_")}
    kept |= {
        "LC_ALL": "C",
        "TZ": "UTC",
        "GIT_NO_REPLACE_OBJECTS": "1",  # history as it was written, the same on every machine
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_PAGER": "cat",
    }
    return kept
