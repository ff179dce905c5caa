"""A range that is opened: git reads at once, and ends with whoever asked."""

from loopwatch.model.options import Options
from loopwatch.sources.repository import find_repository
from loopwatch.sources.scan_range import ScanRange, open_range
from tests.builders import Repo
from tests.sources.looking import war


def test_git_ends_with_whoever_asked(repo: Repo) -> None:
    war(repo)
    with open_range(find_repository(repo.path), ScanRange(), Options()) as opened:
        assert opened.shape is not None and opened.log is not None
    assert opened.shape.poll() is not None
    assert opened.log.poll() is not None


def test_a_range_is_read_once_it_is_opened(repo: Repo) -> None:
    war(repo)
    with open_range(find_repository(repo.path), ScanRange(), Options()) as opened:
        history, shape, frame = opened.read()
        assert [len(changes) for changes in history.changes()] == [1, 1, 1, 1]
    assert (len(shape), frame.line_name) == (4, "main")
    assert history.id(3) == repo.head()


def test_nothing_is_asked_of_git_where_nothing_is_committed(repo: Repo) -> None:
    with open_range(find_repository(repo.path), ScanRange(), Options()) as opened:
        assert (opened.shape, opened.log) == (None, None)
        history, shape, _ = opened.read()
        assert (list(history.changes()), len(shape)) == ([], 0)
