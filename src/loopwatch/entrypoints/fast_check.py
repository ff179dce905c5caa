"""``loopwatch check`` as hooks ask for it: says at once that nothing can be raised, or nothing.

What it does not know how to answer goes to the command itself, with the whole pipeline. It is
asked before any of that is loaded.
"""

import os

from loopwatch.keeping.quick_change import NewestCommit, StagedChange
from loopwatch.keeping.quick_look import QuickLook
from loopwatch.sources.git_child import CAN_SPAWN, GitFailedError

TYPE_CHECKING = False  # as that of ``typing``, which the hook does not load
if TYPE_CHECKING:
    from collections.abc import Sequence

    from loopwatch.keeping.quick_change import AskedChange

# Variables of ours that set nothing.
HARMLESS = frozenset({"LOOPWATCH_DEBUG", "LOOPWATCH_RECORDING", "LOOPWATCH_SKIP"})


class Asked:
    """What the command line says, as far as it is known here."""

    __slots__ = ("is_hook", "is_made", "message")

    def __init__(self) -> None:
        self.is_hook = False
        self.is_made = False  # it is about the newest commit
        self.message = ""  # name of a file

    def change(self) -> "AskedChange":
        """Return what is to be looked at.

        Raises:
            GitFailedError: git cannot be started.
        """
        return NewestCommit() if self.is_made else StagedChange(has_message=bool(self.message))


def answer(arguments: "Sequence[str]") -> int | None:
    """Return the exit status if nothing can be raised; None to leave it to the command.

    Args:
        arguments: those after ``check``.
    """
    asked = _asked(arguments)
    if asked is None or not CAN_SPAWN or _is_set():
        return None
    try:
        change = asked.change()
        look = QuickLook(change)
    except GitFailedError:
        return None
    try:
        look.look()
        if not asked.is_hook:
            _tell(look)
    except Exception:  # noqa: BLE001  whatever it is, the command finds it again and says so
        return None
    finally:
        look.close()
        change.close()
    from loopwatch.exit_codes import ExitCode

    return ExitCode.NOTHING


def _tell(look: QuickLook) -> None:
    """Say in one line what was looked at."""
    from loopwatch.entrypoints.output import print_result  # people wait, git does not

    files = f"{look.files:,} staged file{'' if look.files == 1 else 's'}"
    memory = f"the newest {look.count:,} commits"
    print_result(f"{files} against {memory}: no loop, no lost fix.\n")


def _asked(arguments: "Sequence[str]") -> Asked | None:
    """Return what is asked; None if it is anything unusual."""
    asked = Asked()
    asked.is_made = sorted(arguments) == ["--hook", "HEAD"]
    rest = ["--hook"] if asked.is_made else list(arguments)
    while rest:
        option = rest.pop(0)
        if option == "--hook":
            asked.is_hook = True
        elif option == "--message" and rest:
            asked.message = rest.pop(0)
        elif option.startswith("--message="):
            asked.message = option.partition("=")[2]
        elif option != "--staged":
            return None
    if asked.message and not os.path.isfile(asked.message):  # noqa: PTH113  paths take long to load
        return None
    return asked


def _is_set() -> bool:
    """Tell whether the environment has a setting of ours."""
    return any(name.startswith("LOOPWATCH_") and name not in HARMLESS for name in os.environ)
