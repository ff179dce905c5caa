"""What a call of pytest asks for: which tests, and what else decides how they end."""

from loopwatch.detectors.arguments import Arguments, Syntax, options
from loopwatch.detectors.asked import Asked

OPTIONS = Syntax(
    options(
        "-k -m -n -r -c -o -p -W --maxfail --deselect --ignore --ignore-glob --rootdir --confcutdir"
        " --tb --junitxml --junit-xml --junit-prefix --cov-report --cov-config --cov-fail-under"
        " --cov --durations --durations-min --timeout --timeout-method --log-level --log-format"
        " --log-cli-level --log-file --log-file-level --log-date-format --color --code-highlight"
        " --capture --show-capture --import-mode --basetemp --lfnf --last-failed-no-failures"
        " --dist --tx --maxprocesses --numprocesses --reruns --reruns-delay --only-rerun --count"
        " --html --json-report-file --json-report-indent --hypothesis-seed --hypothesis-profile"
        " --override-ini --config-file --pythonwarnings --splits --group --assert --pdbcls"
        " --verbosity --max-worker-restart --rsyncdir --pastebin --random-order-seed -P"
        " --benchmark-columns --ds --dc --asyncio-mode --snapshot-details --doctest-glob"
        " --doctest-report --shard-id --num-shards --picked --testmon-env --suppress-tests"
    )
)
_NO_RUN = options(
    "--collect-only --co --fixtures --fixtures-per-test --markers -h --help --version -V"
    " --setup-only --setup-plan --cache-show --cache-clear-only"
)
_PARTIAL = options(
    "-k -m --lf --last-failed --sw --stepwise --sw-skip --stepwise-skip --deselect --ignore"
    " --ignore-glob --pyargs --testmon --picked --splits --group --shard-id --num-shards"
    " --suite-timeout --ff-only --changed-only"
)
_DECIDING = options(
    "-W --pythonwarnings -o --override-ini -c --config-file --runxfail --strict"
    " --strict-markers --strict-config --doctest-modules --hypothesis-profile --reruns --ds --dc"
)


def is_no_run(arguments: Arguments) -> bool:
    """Tell whether no test is run at all."""
    return arguments.has(*_NO_RUN)


def is_selection(arguments: Arguments) -> bool:
    """Tell whether tests in the given files may be left out, besides those that are skipped."""
    return arguments.has(*_PARTIAL)


def most_failures(arguments: Arguments) -> int | None:
    """Return after how many failures the run stops; None: it does not."""
    said = [value for value in arguments.values("--maxfail") if value.isdecimal()]
    if arguments.has("-x", "--exitfirst"):
        said.append("1")
    return int(said[-1][:6]) or None if said else None


def configuration(asked: Asked) -> str:
    """Return the digest of what decides how tests end; empty where nothing is said of it."""
    words = asked.arguments.written(_DECIDING)
    return asked.configuration(words) if words else ""


def covering(asked: Asked) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the files and folders, and the tests, that are named to be run."""
    operands = asked.arguments.operands
    named = [word for word in operands if "::" in word]
    if not operands or len(named) < len(operands):
        roots = asked.roots(word for word in operands if "::" not in word)
    else:
        roots = ()
    suites = []
    for word in named:
        path, _, rest = word.partition("::")
        located = asked.path(path)
        if located:
            suites.append(f"{located}::{rest}")
    return roots, tuple(suites)
