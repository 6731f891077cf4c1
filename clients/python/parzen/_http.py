"""Calls of the HTTP API, tried again until they are answered."""

import json
import random
import time
from http.client import HTTPException
from typing import Any, Mapping, Optional
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
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
        # a proxy of the environment has no way to this machine's own servers
        is_near = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
        self._open = build_opener(*([ProxyHandler({})] if is_near else [])).open

    def call(self, method: str, path: str, body: Optional[Mapping[str, Any]] = None, patience_seconds: float = 60) -> Any:
        """The answer to one call.

        Every call of the contract may be sent again, so it is, for `patience_seconds`, if nobody answers. Raises Unreachable
        then, and ParzenError with the server's own words if it refuses.
        """
        data = None if body is None else json.dumps(body).encode()
        return self._patiently(self._request(method, path, data, "application/json"), patience_seconds)

    def send_bytes(self, path: str, query: Mapping[str, Any], data: bytes, patience_seconds: float = 60) -> Any:
        """A file."""
        request = self._request("PUT", f"{path}?{urlencode(query)}", data, "application/octet-stream")
        return self._patiently(request, patience_seconds)

    def _request(self, method: str, path: str, data: Optional[bytes], kind: str) -> Request:
        headers = {"Authorization": f"Bearer {self.token}"}
        if data is not None:
            headers["Content-Type"] = kind
        return Request(f"{self.url}/api/v1{path}", data=data, headers=headers, method=method)

    def _patiently(self, request: Request, patience_seconds: float) -> Any:
        until = time.monotonic() + patience_seconds
        pause = 0.05
        while True:
            try:
                with self._open(request, timeout=_LONGEST_CALL_SECONDS) as answer:
                    return json.loads(answer.read())
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
