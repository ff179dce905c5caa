"""The tree as a unit: told where no smaller unit explains the return."""

from loopwatch import app
from loopwatch.model.finding import Kind, Level
from loopwatch.model.options import Options
from loopwatch.model.report import Report
from loopwatch.model.unit import Granularity
from tests.builders import Repo


def _scan(repo: Repo, *units: Granularity) -> Report:
    options = Options(units=frozenset(units)) if units else Options()
    return app.scan(app.ScanRequest(folder=repo.path, options=options))


def _flip(repo: Repo, turns: int) -> list[str]:
    commits = []
    for turn in range(turns):
        repo.write("a.txt", f"{turn % 2}\n")
        repo.write("b.txt", f"{turn % 2}\n")
        commits.append(repo.commit(f"turn {turn}"))
    return commits


def test_the_tree_alone_sees_that_all_files_are_back(repo: Repo) -> None:
    commits = _flip(repo, 3)
    (found,) = _scan(repo, Granularity.TREE).findings
    assert (found.kind, found.level) == (Kind.BACKTRACK, Level.NOTE)
    assert (found.granularity, found.path, found.paths) == (Granularity.TREE, None, ())
    assert found.closed_at == commits[2]
    assert [state.versions for state in found.states] == [(commits[0], commits[2]), (commits[1],)]


def test_a_war_of_trees_is_a_warning(repo: Repo) -> None:
    commits = _flip(repo, 4)
    (found,) = _scan(repo, Granularity.TREE).findings
    assert (found.level, found.rounds, found.closed_at) == (Level.WARNING, 2, commits[3])


def test_smaller_units_tell_the_same_return(repo: Repo) -> None:
    _flip(repo, 3)
    assert all(found.granularity is not Granularity.TREE for found in _scan(repo).findings)


def test_an_empty_commit_returns_to_nothing(repo: Repo) -> None:
    repo.write("a.txt", "0\n")
    repo.commit("one")
    repo.git("commit", "--allow-empty", "-q", "-m", "nothing")
    assert _scan(repo, Granularity.TREE).findings == ()
