"""What a call of ``cargo`` asks for."""

from loopwatch.detectors.api import Run
from loopwatch.detectors.arguments import Syntax, options
from loopwatch.detectors.asked import Asked, asked
from loopwatch.detectors.tools import CARGO

_OPTIONS = Syntax(
    options(
        "-p --package --exclude --bin --example --test --bench -F --features --target --target-dir"
        " --manifest-path --message-format --profile -j --jobs --color --config -Z -C"
    )
)
_DECIDING = options(
    "--features -F --all-features --no-default-features --release -r --profile --target --tests"
    " --all-targets --lib --bins --bin --examples --example --test --benches --bench --config -Z"
    " -p --package --exclude --workspace --all"
)
_SELECTING = (
    *("-p", "--package", "--exclude", "--bin", "--bins", "--example", "--lib", "--test"),
    *("--manifest-path", "-C", "--doc", "--tests", "--benches", "--bench", "--examples"),
)
COMPILING = frozenset("check c clippy build b test t run r bench doc d rustc".split())
TESTING = frozenset({"test", "t"})


def cargo_call(run: Run) -> tuple[str, Asked]:
    """Return which command of cargo is called, and its call."""
    call = asked(run, _OPTIONS, *CARGO)
    operands = [word for word in call.arguments.operands if not word.startswith("+")]
    return (operands[0] if operands else ""), call


def configuration(call: Asked) -> str:
    """Return the digest of what decides what is found: the lints too, after ``--``."""
    verb = "clippy" if "clippy" in call.arguments.operands[:1] else "rustc"
    verb = "rustc with tests" if TESTING & {*call.arguments.operands[:1]} else verb
    given = call.arguments.written(_DECIDING)
    return call.configuration([verb, *given, " ".join(call.arguments.operands[1:])])


def roots(call: Asked) -> tuple[str, ...]:
    """Return the folders that are compiled, as far as the call tells.

    The package in a folder has its sources in ``src``. Other packages of the workspace
    may lie below it and are compiled only if they are asked for.
    """
    given = call.arguments
    if call.folder is None or given.has(*_SELECTING):
        return ()
    if given.has("--workspace", "--all"):
        return (call.folder,)
    names = ("src", "tests", "examples", "benches") if given.has("--all-targets") else ("src",)
    found = (call.path(name) for name in names)
    return tuple(path for path in found if path is not None)
