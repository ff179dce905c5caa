"""A stand-in for GitHub: keeps the comments of one pull request, and all that it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token-that-nobody-may-see"
NAME, NUMBER = "ada/shop", 7
WORKFLOW = {"login": "github-actions[bot]", "type": "Bot"}
MALLORY = {"login": "mallory", "type": "User"}
NOT_YOURS = (403, {"message": "Resource not accessible by integration"})
LISTED = f"/repos/{NAME}/issues/{NUMBER}/comments"


@dataclass(slots=True)
class Trouble:
    """What the next request of a method meets."""

    method: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    is_done: bool = False  # the host does it, and fails afterwards


class Host:
    """The comments, and how the host behaves."""

    def __init__(self) -> None:
        self.address = ""
        self.comments: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str]] = []  # method and path of each request
        self.bodies: list[str] = []  # that were written, the refused ones too
        self.troubles: list[Trouble] = []
        self.user = WORKFLOW  # whom the token belongs to
        self.viewer: str | None = None  # what GraphQL says of that; None: it is not let in
        self.page_size = 100

    def add(self, body: str, user: dict[str, str] = MALLORY) -> None:
        """Let somebody write a comment."""
        self.comments.append({"id": 900 + len(self.comments), "body": body, "user": user})

    def mine(self) -> list[str]:
        """Return the comments of whom the token belongs to."""
        return [one["body"] for one in self.comments if one["user"] == self.user]

    def wrote(self) -> list[str]:
        """Return the methods of the requests that wrote, and forget all that was asked."""
        found = [m for m, path in self.asked if m != "GET" and path != "/graphql"]
        self.asked.clear()
        return found

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Return status and content for one request that came with the token."""
        parts = urlsplit(path)
        if method == "POST" and parts.path == "/graphql":
            if self.viewer is None:
                return NOT_YOURS
            return 200, {"data": {"viewer": {"login": self.viewer}}}
        if method == "GET" and parts.path == LISTED:
            page = int(parse_qs(parts.query)["page"][0])
            return 200, self.comments[(page - 1) * self.page_size : page * self.page_size]
        return self._written(method, parts.path, body["body"])

    def _written(self, method: str, path: str, body: str) -> tuple[int, Any]:
        self.bodies.append(body)
        if len(body) > 65_536:
            return 422, {"message": "body is too long"}
        if method == "POST" and path == LISTED:
            self.add(body, self.user)
            return 201, self.comments[-1]
        for one in self.comments:
            if method == "PATCH" and path == f"/repos/{NAME}/issues/comments/{one['id']}":
                one["body"] = body
                return 200, one
        return 404, {"message": "Not Found"}

    def is_last(self, path: str) -> bool:
        page = int(parse_qs(urlsplit(path).query).get("page", ["1"])[0])
        return page * self.page_size >= len(self.comments)


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PATCH(self) -> None:
        self._serve("PATCH")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def _serve(self, method: str) -> None:
        host = self.server.host
        host.asked.append((method, self.path))
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        trouble = next((one for one in host.troubles if one.method == method), None)
        if trouble:
            host.troubles.remove(trouble)
        status, told = 401, None
        if self.headers.get("Authorization") == f"Bearer {TOKEN}":
            if not trouble or trouble.is_done:
                status, told = host.answer(method, self.path, json.loads(content or b"{}"))
            if trouble:
                status, told = trouble.status, {}
        answer = json.dumps(told).encode()
        self.send_response(status)
        for name, value in (trouble.headers if trouble else {}).items():
            self.send_header(name, value)
        if method == "GET" and not host.is_last(self.path):
            self.send_header("Link", '<https://elsewhere.example/>; rel="next"')
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    host: Host


@contextmanager
def serving(host: Host) -> Iterator[Host]:
    """Let a host answer on this machine."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.host = host
    host.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
