"""Asks GitHub, or whatever speaks as it does: one request at a time, within limits.

The token goes to one host only, never along a redirect, and never over an open line.
"""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import IO
from urllib.parse import urlsplit

from loopwatch.errors import SourceError

LARGEST = 32_000_000  # bytes of an answer
SECONDS = 20  # for one answer
AGAIN = frozenset({429, 500, 502, 503, 504})  # statuses that may be gone a moment later
AT_HOME = frozenset({"127.0.0.1", "::1", "localhost"})


class RefusedError(SourceError):
    """The host does not do what it was asked; asking again would not help."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the host answered {status}")
        self.status = status


class BusyError(SourceError):
    """The host does not answer now; it may do so after ``wait`` seconds."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the host said."""

    content: object  # as JSON has it
    has_more: bool  # pages after this one


class Api:
    """One host, asked with one token."""

    def __init__(self, address: str, token: str) -> None:
        """Begin, without asking anything yet.

        Raises:
            SourceError: the token would be sent over a line that others can read.
        """
        parts = urlsplit(address)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in AT_HOME)
        if not is_safe:
            raise SourceError("the address of the host is not https, so it gets no token")
        self._address = address.rstrip("/")
        self._token = token
        self._opener = urllib.request.build_opener(_NoRedirect)

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Answer:
        """Ask once.

        Raises:
            RefusedError: the host does not do it.
            BusyError: it may be worth to ask again.
            SourceError: the answer cannot be read.
        """
        request = urllib.request.Request(  # noqa: S310  the scheme has been seen to
            f"{self._address}{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": "loopwatch",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                content = answer.read(LARGEST + 1)
                has_more = 'rel="next"' in answer.headers.get("Link", "")
        except urllib.error.HTTPError as error:
            error.close()
            raise _failure(error.code, error.headers) from None
        except (OSError, http.client.HTTPException) as error:  # no host, a cut line, too slow
            raise BusyError(f"the host cannot be reached: {_reason(error)}") from None
        if len(content) > LARGEST:
            raise SourceError(f"the host answered with more than {LARGEST:,} bytes")
        try:
            return Answer(content=json.loads(content or b"null"), has_more=has_more)
        except (ValueError, RecursionError):
            raise SourceError("the host answered with something that is not JSON") from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for a refusal: the token is for this host."""

    def redirect_request(
        self,
        req: urllib.request.Request,  # noqa: ARG002
        fp: IO[bytes],  # noqa: ARG002
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: http.client.HTTPMessage,  # noqa: ARG002
        newurl: str,  # noqa: ARG002
    ) -> None:
        return None


def _failure(status: int, headers: Message) -> SourceError:
    """Return what a status means; a limit on how often one may ask is a 403 or a 429."""
    told = headers.get("Retry-After", "")
    wait = float(told) if told.isdecimal() else None
    if status in AGAIN or (status == 403 and wait is not None):
        return BusyError(f"the host answered {status}", wait)
    return RefusedError(status)


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return getattr(reason, "strerror", None) or str(reason) or type(error).__name__
