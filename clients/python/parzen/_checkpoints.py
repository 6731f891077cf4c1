"""Checkpoints on their way to a server and back: files by hash, in parts, whole or not at all."""

import hashlib
import os
import shutil
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from ._errors import ParzenError
from ._http import Api, part

_PART_BYTES = 4 * 2**20
_TRIES = 5
"""Files are checked by their hashes when they have come; of what was written to meanwhile another try sends the rest."""
EVERY_SECONDS = 30.0
_REST_FACTOR = 9
"""A slow network is at most a tenth of the time busy with what is sent in passing."""
_MOST_BYTES_IN_PASSING = 4 * 2**30
_LOOKS = 10
"""Of a training that never rests, what is there is taken: its files are whole if they are renamed into place."""


class Checkpoints:
    """The folder of checkpoints of an attempt that a server has handed out. Of any thread.

    key: whose the folder is. goes_on: whether an attempt before it, or a parent, may have left some: `open` moves them here from the
    attempt before, `…/attempt-1/checkpoints`, if that was on this machine, else from the server. interval: steps at which a population is compared: by then the server has what a fork would begin with. every_seconds: at
    least so long from one sending in passing to the next.
    """

    def __init__(
        self,
        api: Api,
        path: str,
        folder: Path,
        *,
        key: str,
        goes_on: bool,
        interval: Optional[float] = None,
        every_seconds: Optional[float] = EVERY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._key = key
        self._goes_on = goes_on
        self._api = api
        self._path = path
        self._interval = interval
        self._highest: float = 0
        self._seen = self._sent = ""
        self._looks = 0
        self._every_seconds = every_seconds
        self._clock = clock
        self._next = float("inf") if every_seconds is None else clock() + every_seconds
        self._lock = threading.Lock()
        self._process = os.getpid()

    def open(self) -> Path:
        """The folder, with what the attempt goes on from. What something else of that name has left there is removed first."""
        if not self._is_own:
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            with self._mine(), one_process_at_a_time(self._folder.with_name("checkpoints.lock")):
                if not self._is_own:
                    shutil.rmtree(str(self._folder), ignore_errors=True)
                    before = self._before()
                    if before is not None:
                        os.replace(str(before), str(self._folder))
                    elif self._goes_on:
                        self._fetch()
                    self._folder.mkdir(exist_ok=True)
                    _mark(self._folder).write_text(self._key)
        self._folder.mkdir(exist_ok=True)
        return self._folder

    @property
    def _is_own(self) -> bool:
        return self._is_ours(self._folder)

    def _is_ours(self, folder: Path) -> bool:
        mark = _mark(folder)
        return mark.is_file() and mark.read_text() == self._key

    def _before(self) -> Optional[Path]:
        """What the attempt before this one has left, if it was here."""
        name, number = self._folder.parent.name.rsplit("-", 1)
        before = self._folder.parent.with_name(f"{name}-{int(number) - 1}") / self._folder.name
        return before if self._goes_on and self._is_ours(before) and before.is_dir() else None

    @property
    def is_used(self) -> bool:
        """Whether there is something to go on from."""
        return self._is_own and self._folder.is_dir() and any(self._folder.iterdir())

    def before_report(self, step: float) -> None:
        """Sends what there is before the server compares the population at this step."""
        last, self._highest = self._highest, max(self._highest, step)
        if self._interval and self._highest // self._interval > last // self._interval:
            self._leave_to_forks(patience_seconds=2)

    def before_end(self) -> None:
        """The same of one that has trained to its end."""
        if self._interval:
            self._leave_to_forks(patience_seconds=60)

    def _leave_to_forks(self, patience_seconds: float) -> None:
        # a fork that finds nothing begins anew
        if self.is_used:
            with suppress(ParzenError):
                self.send(patience_seconds)

    def send(self, patience_seconds: float = 60) -> None:
        """Leaves what there is with the server, all of it or none. Bytes that are there are not sent again."""
        with self._mine():
            _send(self._api, self._path, self._folder, patience_seconds)

    def send_in_passing(self) -> None:
        """The same of a training that goes on, if something has been completed since, and it is time to; to be called often."""
        # files that go away while being looked at, a server that is away: another time
        with suppress(OSError, shutil.Error, ParzenError):
            if self._clock() >= self._next and self.is_used:
                self._send_if_new()

    def _send_if_new(self) -> None:
        state, size = _state(self._folder)
        if state == self._sent or size > _MOST_BYTES_IN_PASSING:
            return
        is_at_rest, self._seen = state == self._seen, state
        self._looks += 1
        if not is_at_rest and self._looks < _LOOKS:
            return
        self._looks = 0
        started = self._clock()
        copy = self._folder.with_name("checkpoints.sending")
        shutil.rmtree(str(copy), ignore_errors=True)
        try:
            shutil.copytree(str(self._folder), str(copy), symlinks=True)
            with self._mine():
                _send(self._api, self._path, copy, patience_seconds=0)
            self._sent = state
        finally:
            shutil.rmtree(str(copy), ignore_errors=True)
            now = self._clock()
            self._next = now + max(self._every_seconds or 0, _REST_FACTOR * (now - started))

    def _fetch(self) -> None:
        listed = self._api.call("GET", f"{self._path}/checkpoints")
        if not listed["files"]:
            return
        draft = self._folder.with_name("checkpoints.arriving")
        shutil.rmtree(str(draft), ignore_errors=True)
        for file in listed["files"]:
            self._fetch_file(file, _inside(draft, file["path"]))
        for link in listed["links"]:
            path = _inside(draft, link["path"])
            path.parent.mkdir(parents=True, exist_ok=True)
            os.symlink(link["to"], str(path))
        os.replace(str(draft), str(self._folder))

    def remove(self) -> None:
        """They are with the server."""
        shutil.rmtree(str(self._folder), ignore_errors=True)

    def _fetch_file(self, file: Dict[str, Any], to: Path) -> None:
        to.parent.mkdir(parents=True, exist_ok=True)
        address, size = f"{self._path}/checkpoints/{part(file['sha256'])}", file["size"]
        with to.open("wb") as out:
            while out.tell() < size:
                some = self._api.fetch_bytes(f"{address}?from={out.tell()}&most={_PART_BYTES}")
                if not some:
                    break
                out.write(some)
        if _hash(to) != file["sha256"]:
            raise ParzenError(f"checkpoint {file['path']}: expected the bytes it is called by, got others")

    def _mine(self) -> threading.Lock:
        """The lock of this process: in a fork, nobody may be left who would release the old one."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._lock = threading.Lock()
        return self._lock

    def __getstate__(self) -> Dict[str, Any]:
        # into a process of its own (spawn): locks stay where they are
        return {key: value for key, value in self.__dict__.items() if key != "_lock"}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()


def _mark(folder: Path) -> Path:
    """The file that says whose a folder is."""
    return folder.with_name("checkpoints.of")


@contextmanager
def one_process_at_a_time(lock: Path) -> Iterator[None]:
    """Several processes of one training may ask for its checkpoints at once. Where files cannot be locked, they do not wait."""
    with lock.open("a") as file:
        with suppress(ImportError, OSError):
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _send(api: Api, path: str, folder: Path, patience_seconds: float) -> None:
    for _ in range(_TRIES):
        files, links = _listed(folder)
        body = {"files": [entry for entry, _ in files], "links": links}
        missing = api.call("POST", f"{path}/checkpoints", body, patience_seconds)["missing"]
        if not missing:
            return
        there = {entry["sha256"]: (file, entry["size"]) for entry, file in files}
        for one in missing:
            file, size = there[one["sha256"]]
            start = one["from"]
            while start < size:
                to = f"{path}/checkpoints/{one['sha256']}?from={start}"
                kept = api.send_part(to, file, start, min(_PART_BYTES, size - start), patience_seconds)["size"]
                if kept == start:
                    # the file has been made shorter
                    break
                start = kept
    raise ParzenError(f"checkpoints: expected files that nobody writes to, in {folder}")


def _listed(folder: Path) -> Tuple[List[Tuple[Dict[str, Any], Path]], List[Dict[str, str]]]:
    """Files, with their places, and links among them. A link that leads elsewhere is passed over."""
    files: List[Tuple[Dict[str, Any], Path]] = []
    links: List[Dict[str, str]] = []
    home = folder.resolve()
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if path.is_symlink():
            target = Path(os.path.normpath(str(path.parent / os.readlink(str(path)))))
            if path.exists() and home in path.resolve().parents and home in target.parents:
                links.append({"path": name, "to": Path(os.path.relpath(str(target), str(path.parent))).as_posix()})
        elif path.is_file():
            files.append(({"path": name, "size": path.stat().st_size, "sha256": _hash(path)}, path))
    return files, links


def _state(folder: Path) -> Tuple[str, int]:
    """Names, sizes and times of all files, and the sum of the sizes."""
    lines, total = [], 0
    for path in sorted(folder.rglob("*")):
        with suppress(FileNotFoundError):
            about = path.stat()
            if path.is_file():
                total += about.st_size
                lines.append(f"{path} {about.st_size} {about.st_mtime_ns}")
    return "\n".join(lines), total


def _hash(path: Path) -> str:
    sha256 = hashlib.sha256()
    with path.open("rb") as data:
        for some in iter(lambda: data.read(2**20), b""):
            sha256.update(some)
    return sha256.hexdigest()


def _inside(folder: Path, name: str) -> Path:
    if name.startswith("/") or ".." in name.split("/"):
        raise ParzenError(f"checkpoints: expected names below their folder, got {name!r}")
    return folder / name
