"""What somebody who waits wants to know: a line a trial."""

import sys
import threading
import time
from typing import Any, Mapping, Optional

from ._metrics import as_float


class Progress:
    """Of one search. Of any thread."""

    def __init__(self, verbose: Optional[bool], direction: str) -> None:
        self._shows = sys.stderr.isatty() if verbose is None else verbose
        self._sign = -1.0 if direction == "maximize" else 1.0
        self._best = float("inf")
        self._lock = threading.Lock()

    def ended(self, number: int, params: Mapping[str, Any], started: float, what: str, value: Any) -> None:
        """`what` and `value` as of `Study.tell`, or `paused` and why; started: as of time.monotonic."""
        with self._lock:
            text = self._told(what, value)
            values = " ".join(f"{name}={_short(each)}" for name, each in _flat(params))
            self.say(f"trial {number} {text}  {time.monotonic() - started:.1f}s  {values}")

    def say(self, text: str) -> None:
        if self._shows:
            print(text, file=sys.stderr, flush=True)

    def _told(self, what: str, value: Any) -> str:
        if what != "value":
            return f"{what if what in ('pruned', 'paused') else 'failed'}: {value}"
        number = as_float(value)
        if number is None or number - number != 0:
            return f"failed: {value!r} is no finite number"
        is_best = self._sign * number < self._best
        if is_best:
            self._best = self._sign * number
        return f"complete {number:.5g}" + (" (best)" if is_best else "")


def _flat(value: Any, path: str = "") -> Any:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            name = path if key == "choice" and path else f"{path}.{key}" if path else str(key)
            yield from _flat(inner, name)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _flat(inner, f"{path}.{i}")
    else:
        yield path, value


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
