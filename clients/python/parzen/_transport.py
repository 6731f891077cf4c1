"""How a trial's words travel: into its own folder, over HTTP, or, outside a sweep, nowhere."""

import json
import os
import shutil
import threading
import time
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Optional

from ._checkpoints import Checkpoints
from ._errors import ParzenError
from ._http import Api, Unreachable, part
from ._metrics import Number
from ._version import VERSION


class Verdict(NamedTuple):
    """`continue`, `prune`, `pause` or `stop`."""

    verdict: str
    reason: str = ""


CONTINUE = Verdict("continue")


class Transport:
    """Outside a sweep: reports go nowhere, files into a folder of one's own."""

    travelling: Optional[Checkpoints] = None
    """Its checkpoints, if somebody may go on with them elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def checkpoints(self) -> Path:
        """Their folder, with what there is to go on from."""
        return _made(self.folder / "checkpoints")

    def report(self, step: Optional[float], metrics: Mapping[str, Number]) -> Verdict:
        return CONTINUE

    def verdict(self) -> Verdict:
        return CONTINUE

    def keep(self, name: str, source: "Source") -> Path:
        """A file of the trial, whole or not there: written beside its place and renamed."""
        path = self.folder / "artifacts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
        if isinstance(source, Path):
            shutil.copyfile(str(source), str(draft))
        else:
            draft.write_bytes(source)
        os.replace(str(draft), str(path))
        return path

    def start(self) -> None:
        """The trial begins."""

    def flush(self) -> None:
        """What is still to be sent is sent."""

    def close(self) -> None:
        """The trial has ended."""


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


Source = Any
"""Bytes, or the Path of a file."""


class FolderTransport(Transport):
    """`metrics.jsonl` in the attempt's folder, read by the runner; its answer is a file.

    A line is one write to a file opened for appending: lines of several processes do not mix, and a process that is killed
    leaves no half line before another's.
    """

    def __init__(self, folder: Path, checkpoints: Path, verdict_file: Path) -> None:
        super().__init__(folder)
        self._checkpoints = checkpoints
        self._verdict_file = verdict_file
        self._file: Optional[int] = None
        self._process = 0
        said = folder / "sdk.json"
        if not said.exists():
            draft = folder / f".sdk.{os.getpid()}.json"
            draft.write_text(json.dumps({"sdk": f"python/{VERSION}"}) + "\n")
            os.replace(str(draft), str(said))

    def report(self, step: Optional[float], metrics: Mapping[str, Number]) -> Verdict:
        line: Dict[str, Any] = dict(metrics) if step is None else {"step": step, **metrics}
        text = (json.dumps(line, separators=(",", ":")) + "\n").encode()
        written = os.write(self._descriptor(), text)
        if written != len(text):
            raise ParzenError(f"report: expected room for {len(text)} bytes in {self.folder}, got {written}. the disk is full?")
        return self.verdict()

    def verdict(self) -> Verdict:
        try:
            said = json.loads(self._verdict_file.read_text())
        except FileNotFoundError:
            return CONTINUE
        except ValueError:
            # it is being written: the next report finds it whole
            return CONTINUE
        return Verdict(str(said.get("verdict", "continue")), str(said.get("reason", "")))

    def checkpoints(self) -> Path:
        return _made(self._checkpoints)

    def _descriptor(self) -> int:
        # a fork has a file of its own: closing one must not close the other's
        if self._file is None or self._process != os.getpid():
            self._file = os.open(str(self.folder / "metrics.jsonl"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            self._process = os.getpid()
        return self._file


_MOST_AT_ONCE = 500
_HEARTBEAT_SECONDS = 10.0
LEASE_SECONDS = 120
"""Silence after which a trial asked for is tried again elsewhere: several heartbeats that did not get through."""


class HttpTransport(Transport):
    """Reports to a server, each on record once and in order, however often it has to be sent, and signs of life between them.

    A server that does not answer does not end a training: reports wait for the next one, and at last for `flush`.
    """

    def __init__(self, api: Api, path: str, attempt: int, folder: Path, travelling: Checkpoints) -> None:
        super().__init__(folder)
        self.travelling = travelling
        self._api = api
        self._path = path
        self._attempt = attempt
        self._sent: Optional[int] = None
        self._waiting: List[Dict[str, Any]] = []
        self._files: Dict[str, Path] = {}
        self._next_step: float = 0
        self._last = CONTINUE
        self._is_away = False
        self._spoken = time.monotonic()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._process = os.getpid()

    def start(self) -> None:
        """Gives signs of life until `close`, or until nobody has this any more."""
        threading.Thread(target=_beat, args=(weakref.ref(self), self._over), daemon=True).start()

    def close(self) -> None:
        self._over.set()

    def report(self, step: Optional[float], metrics: Mapping[str, Number]) -> Verdict:
        with self._mine():
            at = self._next_step if step is None else step
            self._next_step = max(self._next_step, int(at) + 1)
            self.travelling.before_report(at)
            self._waiting.append({"step": at, "metrics": dict(metrics), "at": round(time.time() * 1000)})
            try:
                # one that was away before is not waited for again and again
                self._send(patience_seconds=0 if self._is_away else 2)
            except Unreachable:
                self._is_away = True
                return CONTINUE
            self._is_away = False
            return self._last

    def verdict(self) -> Verdict:
        return self._last

    def checkpoints(self) -> Path:
        return self.travelling.open()

    def keep(self, name: str, source: Source) -> Path:
        path = super().keep(name, source)
        with self._mine():
            self._files[name] = path
            # one for which nobody was there is sent by `flush`
            with suppress(Unreachable):
                self._send_files(patience_seconds=2)
        return path

    def flush(self) -> None:
        with self._mine():
            if self._waiting:
                self._send(patience_seconds=60)
            self._send_files(patience_seconds=60)

    def beat(self) -> None:
        """A sign of life, if there has been none for some time: what waits to be sent, or a heartbeat."""
        if self._last == CONTINUE:
            self.travelling.send_in_passing()
        if time.monotonic() - self._spoken < _HEARTBEAT_SECONDS:
            return
        with self._mine():
            if self._waiting:
                self._send(patience_seconds=0)
            else:
                self._hear(self._api.call("POST", f"{self._path}/heartbeat", {"attempt": self._attempt}, 0))

    def __getstate__(self) -> Dict[str, Any]:
        # into a process of its own (spawn): locks stay where they are
        return {key: value for key, value in self.__dict__.items() if key not in ("_lock", "_over")}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._over = threading.Event()
        self._lock = threading.Lock()

    def _mine(self) -> threading.Lock:
        """The lock of this process: in a fork, nobody may be left who would release the old one."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._lock = threading.Lock()
            # the process before may have reported since
            self._sent = None
        return self._lock

    def _send(self, patience_seconds: float) -> None:
        if self._sent is None:
            # another process of this attempt may have reported before
            self._sent = self._post(0, [], patience_seconds)
        while self._waiting:
            some = self._waiting[:_MOST_AT_ONCE]
            self._sent = self._post(self._sent, some, patience_seconds)
            del self._waiting[: len(some)]

    def _send_files(self, patience_seconds: float) -> None:
        for name, path in list(self._files.items()):
            # names of servers have no folders
            self._api.send_file(f"{self._path}/artifacts/{part(name.replace('/', '-'))}", path, patience_seconds)
            del self._files[name]
            self._spoken = time.monotonic()

    def _post(self, first: int, reports: List[Dict[str, Any]], patience_seconds: float) -> int:
        body = {"attempt": self._attempt, "from": first, "reports": reports}
        answer = self._api.call("POST", f"{self._path}/reports", body, patience_seconds)
        self._hear(answer)
        return int(answer["acknowledged"])

    def _hear(self, answer: Mapping[str, Any]) -> None:
        self._spoken = time.monotonic()
        self._last = Verdict(answer["verdict"], str(answer.get("reason") or ""))


def _beat(whose: "weakref.ReferenceType[HttpTransport]", over: threading.Event) -> None:
    while not over.wait(_HEARTBEAT_SECONDS / 4):
        transport = whose()
        if transport is None:
            return
        # a refusal is told to the next report
        with suppress(ParzenError):
            transport.beat()
        del transport
