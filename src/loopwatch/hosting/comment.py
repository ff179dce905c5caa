"""The one comment on a pull request, edited in place.

It is known by its first line, the marker, and by its author: anybody can paste the marker.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from loopwatch.errors import SourceError
from loopwatch.hosting.api import Api, BusyError, RefusedError
from loopwatch.reports.markdown import MARKER

ATTEMPTS = 4
LONGEST_WAIT = 30.0  # seconds before the next attempt; where the host wants more, we give up
PER_PAGE = 100  # comments; the most that GitHub gives at once
MOST_PAGES = 200
MOST_CHARACTERS = 65_536  # of a comment; GitHub refuses a longer one
WORKFLOW = "github-actions[bot]"  # writes what is written with the token of a workflow
WHO = {"query": "query { viewer { login } }"}


class Outcome(StrEnum):
    """What became of the comment."""

    WRITTEN = "written"
    EDITED = "edited"
    SAME = "as it was"
    NONE = "none"  # nothing to say, and nothing was said before


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The comments of one pull request."""

    api: Api
    identity: Api  # answers who we are, in GraphQL
    repository: str  # "owner/name"
    number: int
    wait: Callable[[float], None] = time.sleep

    def put(self, text: str, *, is_news: bool) -> Outcome:
        """See to it that our comment says this; write one only if there is something to say.

        All is done again if the host is busy, from the search on: a comment that was written
        although the answer got lost is found then, and not written twice.

        Args:
            text: begins with the marker.
            is_news: whether it is worth a comment where there is none yet.

        Raises:
            SourceError: the host does not let us, or cannot be reached.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self._put(text, is_news=is_news)
            except BusyError as error:
                pause = 2.0**attempt if error.wait is None else error.wait
                if attempt + 1 == ATTEMPTS or pause > LONGEST_WAIT:
                    raise
                self.wait(pause)
        raise AssertionError("the last attempt returns or raises")

    def _put(self, text: str, *, is_news: bool) -> Outcome:
        if len(text) > MOST_CHARACTERS:
            raise ValueError(f"a comment of {len(text)} characters")
        mine = self._mine()
        issues = f"/repos/{self.repository}/issues"
        if mine is None:
            if not is_news:
                return Outcome.NONE
            self.api.ask("POST", f"{issues}/{self.number}/comments", {"body": text})
            return Outcome.WRITTEN
        if _lines(mine["body"]) == _lines(text):
            return Outcome.SAME
        self.api.ask("PATCH", f"{issues}/comments/{mine['id']}", {"body": text})
        return Outcome.EDITED

    def _mine(self) -> Mapping[str, object] | None:
        """Return our oldest comment with the marker, if there is one."""
        who: str | None = None
        for comment in self._comments():
            body = comment.get("body")
            if isinstance(body, str) and body.startswith(MARKER):
                who = who or self._who()
                if _is_by(comment.get("user"), who) and isinstance(comment.get("id"), int):
                    return comment
        return None

    def _comments(self) -> Iterator[Mapping[str, object]]:
        path = f"/repos/{self.repository}/issues/{self.number}/comments?per_page={PER_PAGE}"
        for page in range(1, MOST_PAGES + 1):
            answer = self.api.ask("GET", f"{path}&page={page}")
            told = answer.content if isinstance(answer.content, list) else []
            yield from (one for one in told if isinstance(one, dict))
            if not (answer.has_more or len(told) >= PER_PAGE):
                return
        raise SourceError("there are too many comments to find ours among them")

    def _who(self) -> str:
        """Return the login that comments of ours have.

        Apps may not ask ``GET /user``, but all may ask GraphQL. Where that is refused as well,
        ours are those of the token that workflows have.
        """
        try:
            told = self.identity.ask("POST", "", WHO).content
        except RefusedError:
            return WORKFLOW
        for key in ("data", "viewer", "login"):
            told = told.get(key) if isinstance(told, dict) else None
        return told if isinstance(told, str) and told else WORKFLOW


def _is_by(user: object, login: str) -> bool:
    """Tell whether an author is meant by a login; an app has ``[bot]`` at its end, or not."""
    if not isinstance(user, dict):
        return False
    name = user.get("login")
    return name == login or (user.get("type") == "Bot" and name == f"{login}[bot]")


def _lines(text: object) -> list[str]:
    """Return the lines of a comment; hosts may change how they end."""
    return str(text).strip().splitlines()
