"""Calls of the HTTP API, tried again until they are answered."""

import hashlib
import json
import random
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any, Callable, Mapping, Optional
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from ._errors import ParzenError

_LONGEST_CALL_SECONDS = 60


class Unreachable(ParzenError):
    """Nobody answered, or the server said that it could not."""


def part(name: str) -> str:
    """A name as one part of a path."""
    return quote(name, safe="")


class Api:
    """A server and the token of whoever calls it. Of any thread."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self.token = token
        self.key = hashlib.sha256(token.encode()).hexdigest()
        """Tells tokens apart in files."""
        # a proxy of the environment has no way to this machine's own servers
        is_near = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
        self._open = build_opener(*([ProxyHandler({})] if is_near else [])).open

    def call(self, method: str, path: str, body: Optional[Mapping[str, Any]] = None, patience_seconds: float = 60) -> Any:
        """The answer to one call.

        Every call of the contract may be sent again, so it is, for `patience_seconds`, if nobody answers. Raises Unreachable
        then, and ParzenError with the server's own words if it refuses.
        """
        data = None if body is None else json.dumps(body).encode()
        request = self._request(method, path, data, "application/json")
        return self._patiently(lambda: self._answer(request), patience_seconds)

    def send_file(self, path: str, file: Path, patience_seconds: float = 60) -> Any:
        """The bytes of a file, which need not fit into memory."""

        def put() -> Any:
            with file.open("rb") as data:
                request = self._request("PUT", path, data, "application/octet-stream")
                request.add_header("Content-Length", str(file.stat().st_size))
                return self._answer(request)

        return self._patiently(put, patience_seconds)

    def send_part(self, path: str, file: Path, start: int, size: int, patience_seconds: float = 60) -> Any:
        """Some of the bytes of a file."""

        def put() -> Any:
            with file.open("rb") as data:
                data.seek(start)
                return self._answer(self._request("PUT", path, data.read(size), "application/octet-stream"))

        return self._patiently(put, patience_seconds)

    def fetch_bytes(self, path: str, patience_seconds: float = 60) -> bytes:
        """An answer in bytes, few enough for memory."""
        request = self._request("GET", path, None, "")

        def get() -> bytes:
            with self._open(request, timeout=_LONGEST_CALL_SECONDS) as answer:
                return bytes(answer.read())

        return bytes(self._patiently(get, patience_seconds))

    def _request(self, method: str, path: str, data: Any, kind: str) -> Request:
        headers = {"Authorization": f"Bearer {self.token}"}
        if data is not None:
            headers["Content-Type"] = kind
        return Request(f"{self.url}/api/v1{path}", data=data, headers=headers, method=method)

    def _answer(self, request: Request) -> Any:
        with self._open(request, timeout=_LONGEST_CALL_SECONDS) as answer:
            return json.loads(answer.read())

    def _patiently(self, once: Callable[[], Any], patience_seconds: float) -> Any:
        until = time.monotonic() + patience_seconds
        pause = 0.05
        while True:
            try:
                return once()
            except HTTPError as error:
                said = _words(error)
                if error.code < 500:
                    raise ParzenError(said) from None
                failure: Exception = error
            except (URLError, HTTPException, OSError, ValueError) as error:
                said, failure = f"{self.url}: expected an answer, got {error}", error
            if time.monotonic() + pause > until:
                raise Unreachable(said) from failure
            time.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(2.0, pause * 2)


def _words(error: HTTPError) -> str:
    try:
        return str(json.loads(error.read())["error"]["message"])
    except (ValueError, KeyError, OSError):
        return f"{error.url}: expected an answer, got status {error.code}"
