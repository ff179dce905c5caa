"""The one comment: found among many, edited in place, and nobody else's is touched."""

import pytest

from loopwatch.errors import SourceError
from loopwatch.hosting.api import Api, BusyError, RefusedError
from loopwatch.hosting.comment import MOST_CHARACTERS, Outcome, Thread
from loopwatch.reports.markdown import MARKER
from tests.hosting.host import LISTED, MALLORY, NAME, NUMBER, TOKEN, Host, Trouble, serving

NEWS, OLD = f"{MARKER}\nnews\n", f"{MARKER}\nold\n"


class Clock:
    """Waits for nothing, and keeps for how long it was asked to."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)


def thread(host: Host, clock: Clock | None = None, address: str = "", word: str = TOKEN) -> Thread:
    return Thread(
        api=Api(address or host.address, word),
        identity=Api(f"{host.address}/graphql", word),
        repository=NAME,
        number=NUMBER,
        wait=clock or Clock(),
    )


def test_written_once_and_then_edited(host: Host) -> None:
    ours = thread(host)
    assert ours.put(NEWS, is_news=False) is Outcome.NONE
    assert ours.put(OLD, is_news=True) is Outcome.WRITTEN
    assert ours.put(OLD.replace("\n", "\r\n"), is_news=True) is Outcome.SAME
    assert ours.put(NEWS, is_news=False) is Outcome.EDITED
    assert host.wrote() == ["POST", "PATCH"]
    assert host.mine() == [NEWS]


@pytest.mark.parametrize("viewer", [None, "github-actions", "github-actions[bot]"])
def test_a_foreign_comment_with_our_marker_is_left_alone(host: Host, viewer: str | None) -> None:
    host.viewer = viewer
    host.add(f"{MARKER}\nnothing to see here")
    if viewer != "github-actions":  # else a person of that name has to be taken for us
        host.add(f"{MARKER}\nsame", {"login": "github-actions", "type": "User"})
    host.add(f"{MARKER}\nanother app", {"login": "other[bot]", "type": "Bot"})
    before = [dict(one) for one in host.comments]
    assert thread(host).put(OLD, is_news=True) is Outcome.WRITTEN
    assert thread(host).put(NEWS, is_news=True) is Outcome.EDITED
    assert host.comments[:-1] == before
    assert host.mine() == [NEWS]


def test_a_quoted_marker_is_no_marker(host: Host) -> None:
    host.add(f"as I said: {MARKER}", host.user)
    assert thread(host).put(NEWS, is_news=True) is Outcome.WRITTEN
    assert len(host.mine()) == 2


@pytest.mark.parametrize("size", [100, 30])
def test_ours_is_found_on_a_later_page(host: Host, size: int) -> None:
    host.page_size = size
    for number in range(230):
        host.add(f"comment {number}")
    host.add(OLD, host.user)
    assert thread(host).put(NEWS, is_news=True) is Outcome.EDITED
    assert host.comments[230]["body"] == NEWS
    pages = [path for method, path in host.asked if method == "GET"]
    assert pages == [f"{LISTED}?per_page=100&page={n}" for n in range(1, len(pages) + 1)]


def test_a_token_of_a_person(host: Host) -> None:
    host.user, host.viewer = {"login": "ada", "type": "User"}, "ada"
    host.add(OLD, {"login": "github-actions[bot]", "type": "Bot"})  # from before, not ours
    host.add(OLD, host.user)
    assert thread(host).put(NEWS, is_news=True) is Outcome.EDITED
    assert [one["body"] for one in host.comments] == [OLD, NEWS]


def test_who_we_are_is_asked_only_if_it_matters(host: Host) -> None:
    host.add("hello")
    thread(host).put(NEWS, is_news=True)
    assert [method for method, _ in host.asked] == ["GET", "POST"]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 422])
def test_a_refusal_is_final(host: Host, status: int) -> None:
    host.troubles = [Trouble("POST", status)]
    with pytest.raises(RefusedError) as caught:
        thread(host).put(NEWS, is_news=True)
    assert caught.value.status == status
    assert len(host.asked) == 2
    assert host.comments == []


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_busy_host_is_asked_again(host: Host, method: str, status: int) -> None:
    clock = Clock()
    host.troubles = [Trouble(method, status), Trouble(method, status, {"Retry-After": "7"})]
    assert thread(host, clock).put(NEWS, is_news=True) is Outcome.WRITTEN
    assert clock.waited == [1.0, 7.0]
    assert host.mine() == [NEWS]


def test_what_was_written_although_the_answer_got_lost_is_not_written_twice(host: Host) -> None:
    host.troubles = [Trouble("POST", 502, is_done=True)]
    assert thread(host).put(NEWS, is_news=True) is Outcome.SAME
    assert host.mine() == [NEWS]


def test_a_host_that_stays_busy_is_left(host: Host) -> None:
    clock = Clock()
    host.troubles = [Trouble("GET", 503)] * 9
    with pytest.raises(BusyError, match="the host answered 503"):
        thread(host, clock).put(NEWS, is_news=True)
    assert clock.waited == [1.0, 2.0, 4.0]
    host.troubles = [Trouble("GET", 403, {"Retry-After": "3600"})]
    with pytest.raises(BusyError):
        thread(host, clock).put(NEWS, is_news=True)
    assert len(clock.waited) == 3  # an hour is too long


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_token_goes_along_no_redirect(host: Host, status: int) -> None:
    with serving(Host()) as other:
        host.troubles = [Trouble("GET", status, {"Location": f"{other.address}{LISTED}"})]
        with pytest.raises(RefusedError):
            thread(host).put(NEWS, is_news=True)
        assert other.asked == []


@pytest.mark.parametrize("address", ["http://git.example.com", "ftp://127.0.0.1", "127.0.0.1", ""])
def test_the_token_goes_over_no_open_line(address: str) -> None:
    with pytest.raises(SourceError, match="gets no token"):
        Api(address, TOKEN)


def test_nobody_is_there(host: Host) -> None:
    with pytest.raises(BusyError, match="the host cannot be reached") as caught:
        thread(host, address="http://127.0.0.1:9").put(NEWS, is_news=True)
    assert TOKEN not in str(caught.value)


def test_answers_that_make_no_sense(host: Host) -> None:
    host.comments = [
        *({"id": 1, "body": None, "user": None}, {"body": OLD, "user": host.user}, {}),
        {"id": "../../x", "body": OLD, "user": host.user},
        {"id": 2, "body": OLD, "user": "github-actions[bot]"},
    ]
    assert thread(host).put(NEWS, is_news=True) is Outcome.WRITTEN
    with pytest.raises(RefusedError):
        thread(host, word="another").put(NEWS, is_news=True)
    host.comments.append(MALLORY)
    with pytest.raises(ValueError, match="65537"):
        thread(host).put("x" * (MOST_CHARACTERS + 1), is_news=True)
