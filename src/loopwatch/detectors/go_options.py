"""What a call of ``go`` asks for."""

from loopwatch.detectors.api import Run
from loopwatch.detectors.arguments import Syntax, options
from loopwatch.detectors.asked import Asked, asked
from loopwatch.detectors.tools import GO

_OPTIONS = Syntax(
    options(
        "-run -skip -bench -benchtime -count -coverprofile -covermode -coverpkg -cpu -parallel"
        " -timeout -tags -vet -o -exec -p -mod -modfile -ldflags -gcflags -C -fuzz -fuzztime -list"
        " -cpuprofile -memprofile -outputdir -overlay -toolexec -asmflags -buildmode -pkgdir"
        " -vettool -c -installsuffix -compiler -blockprofile -mutexprofile -trace"
    ),
    is_go=True,
)
_DECIDING = options("-tags -race -msan -asan -vettool -mod -modfile -buildmode -overlay -gcflags")
_SELECTING = ("-run", "-skip", "-list", "-failfast", "-c", "-bench", "-fuzz")
VERBS = frozenset("vet build test run install generate".split())


def go_call(run: Run) -> tuple[str, Asked]:
    """Return which command of go is called, and its call."""
    call = asked(run, _OPTIONS, *GO)
    operands = call.arguments.operands
    return (operands[0] if operands else ""), call


def configuration(call: Asked) -> str:
    """Return the digest of what decides what is found."""
    is_without = call.arguments.operands[:1] in {("build",), ("run",), ("install",)}
    return call.configuration([*_settings(call), *(["without tests"] if is_without else [])])


def test_configuration(call: Asked) -> str:
    """Return the digest of what decides how tests end; empty where nothing is said of it."""
    settings = _settings(call)
    return call.configuration(settings) if settings else ""


def is_selection(call: Asked) -> bool:
    """Tell whether tests of a package may be left out, or skip themselves unseen."""
    names = {name.replace("--", "-") for name, _ in call.arguments.options}
    is_named = names & {"-v", "-json"}
    return bool(names & set(_SELECTING)) or ("-short" in names and not is_named)


def roots(call: Asked) -> tuple[str, ...]:
    """Return the folders whose packages are named.

    ``./...`` is a folder with all below, ``./dur`` is one without. Import paths say
    nothing about folders.
    """
    if call.arguments.has("-C", "--C") or call.folder is None:
        return ()
    found = []
    for word in call.arguments.operands[1:] or (".",):
        is_deep = word.endswith("...")
        path = call.path(word.removesuffix("...").rstrip("/") or ".")
        if path is None or not (word.startswith(".") or word.endswith(".go")):
            continue
        is_whole = is_deep or word.endswith(".go")
        found.append(path if is_whole else f"{path}/*".lstrip("/"))
    return tuple(found)


def _settings(call: Asked) -> list[str]:
    settings = call.arguments.options
    return [f"{name}={value}" for name, value in settings if name.replace("--", "-") in _DECIDING]
