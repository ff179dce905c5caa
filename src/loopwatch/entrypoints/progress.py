"""How far a long scan has come: on standard error, and only if that is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

SOON = 200  # versions; a scan of fewer is over before a bar is read


@contextmanager
def progress(
    *, is_shown: bool, what: str = "reading versions", soon: int = SOON
) -> Iterator[Callable[[int, int], None] | None]:
    """Give what is to be told how many versions are read, and of how many.

    Args:
        is_shown: whether a bar is wanted at all.
        what: is done with them.
        soon: how many of them are over before a bar is read.
    """
    if not is_shown or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as stack:
        advance: Callable[[int, int], None] | None = None

        def tell(done: int, total: int) -> None:
            nonlocal advance
            if total > soon:
                advance = advance or _bar(stack, what)
                advance(done, total)

        yield tell


def _bar(stack: ExitStack, what: str) -> Callable[[int, int], None]:
    from rich.console import Console
    from rich.progress import Progress

    bar = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
    task = bar.add_task(what)
    return lambda done, total: bar.update(task, completed=done, total=total)
