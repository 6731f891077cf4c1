"""A training's own trial: parameters in, metrics out."""

import atexit
import json
import os
import signal
import sys
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Dict, Iterator, Mapping, Optional, Set, Union, cast

from ._checkpoints import Checkpoints
from ._errors import ParzenError, Paused, Pruned, Stopped
from ._http import Api, Unreachable, part
from ._metrics import as_step, encode
from ._params import Params, as_params
from ._transport import CONTINUE, FolderTransport, HttpTransport, Transport, Verdict

OUTSIDE = "parzen-trial"


class Trial:
    """One trial. `from parzen import trial` is the one this code runs in."""

    def __init__(
        self,
        *,
        params: Mapping[str, Any],
        transport: Transport,
        study: Optional[str] = None,
        number: int = 0,
        attempt: int = 1,
        parent: Optional[int] = None,
        target_step: Optional[float] = None,
        seed: int = 0,
        pauses: bool = True,
    ) -> None:
        self.params: Params = as_params(params)
        """Nested, by item or attribute. `trial.params(lr=0.1)` adds defaults for what is not tuned."""
        self.study = study
        """Name of the study; None outside a sweep."""
        self.number = number
        """From 0."""
        self.attempt = attempt
        """From 1; more if the trial was interrupted, or goes on after a pause."""
        self.parent = parent
        """In population-based training: the trial whose checkpoints this one found in its folder; else None."""
        self.target_step = target_step
        """The step at which the pruner compares the trial next: a checkpoint is needed there, and not before. None if it does not say."""
        self.seed = seed
        """The study's seed plus the number of the trial: the same whenever the trial runs. 0 outside a sweep."""
        self.raises = True
        """Whether `report` raises Pruned, Paused and Stopped; if not, it returns False."""
        self._transport = transport
        self._pauses = pauses
        self._last_step: float = -1
        self._reported: Set[str] = set()

    def param(self, name: str, default: Any) -> Any:
        """One parameter, or the default if it is not tuned. Dots lead into groups: `param("optimizer.momentum", 0.9)`."""
        value: Any = self.params
        for key in name.split("."):
            if not isinstance(value, Mapping) or key not in value:
                return default
            value = value[key]
        return value

    def report(self, metrics: Optional[Mapping[str, Any]] = None, *, step: Any = None, **more: Any) -> bool:
        """Metrics of one step, as a dict for names that are no Python names, or by name.

        step: >= 0; without one, the step after the highest so far. Values: numbers, also NaN and infinite, scalars of numpy
        and torch. Raises Pruned if the trial is to end here (Paused if it may go on later) and Stopped if it was stopped;
        returns whether it is to go on (`raises = False`: instead of raising). In a distributed training only the process of rank 0 (RANK) reports.
        """
        verdict = self._send({**(metrics or {}), **more}, step)
        if verdict.verdict == "continue":
            return True
        if self.raises:
            raise self._ending(verdict)
        return False

    def _send(self, metrics: Mapping[str, Any], step: Any) -> Verdict:
        at = as_step(step)
        values = encode(metrics)
        if os.environ.get("RANK", "0") != "0":
            return CONTINUE
        self._last_step = self._last_step + 1 if at is None else max(self._last_step, at)
        self._reported.update(values)
        return self._transport.report(at, values)

    def _ending(self, verdict: Verdict) -> SystemExit:
        """What ends the script."""
        if verdict.verdict == "stop":
            return Stopped(verdict.reason or "the trial was stopped")
        kind = Paused if verdict.verdict == "pause" and self._pauses else Pruned
        return kind(max(0, self._last_step), verdict.reason)

    def should_prune(self) -> bool:
        """Whether the trial is to end here, from what is known without reporting."""
        return self._transport.verdict().verdict != "continue"

    @property
    def reason(self) -> Optional[str]:
        """Why the trial is to end, in the pruner's words: `step 9: place 7 of 12 at rung 1, 4 go on`. None while it is to go on."""
        return self._transport.verdict().reason or None

    @property
    def dir(self) -> Path:
        """A folder of this attempt alone; outside a sweep `parzen-trial` where the script was started."""
        self._transport.folder.mkdir(parents=True, exist_ok=True)
        return self._transport.folder

    @property
    def checkpoint_dir(self) -> Path:
        """What is put here is there again in the next attempt of the trial. Write to another name, then rename."""
        return self._transport.checkpoints()

    def artifact(self, name: Union[str, "os.PathLike[str]"], data: Union[bytes, str, None] = None) -> Path:
        """Keeps a file with the trial: the one at this path, or these data under this name. Returns where it is kept."""
        kept = Path(name).name if data is None else str(name)
        if not kept or Path(kept).is_absolute() or ".." in Path(kept).parts:
            raise ParzenError(f"artifact: expected a name below the trial's folder, got {str(name)!r}")
        if data is None:
            return self._transport.keep(kept, Path(name))
        return self._transport.keep(kept, data.encode() if isinstance(data, str) else bytes(data))

    def flush(self) -> None:
        """Sends what could not be sent yet; needed only with a server that was away."""
        self._transport.flush()


def trial_of(environment: Mapping[str, str]) -> Trial:
    """The trial a process was started for, as the environment says (docs/guide/training-scripts.md)."""
    study = environment.get("PARZEN_STUDY")
    folder = environment.get("PARZEN_DIR")
    url, token = environment.get("PARZEN_URL"), environment.get("PARZEN_TOKEN")
    number, attempt = int(environment.get("PARZEN_TRIAL", "0")), int(environment.get("PARZEN_ATTEMPT", "1"))
    transport: Transport
    is_remote = study is not None and bool(url) and bool(token)
    if folder and _is_own(folder, is_remote):
        checkpoints = Path(environment.get("PARZEN_CHECKPOINTS", os.path.join(folder, "checkpoints")))
        verdict = Path(environment.get("PARZEN_VERDICT_FILE", os.path.join(folder, "verdict.json")))
        transport = FolderTransport(Path(folder), checkpoints, verdict)
    elif is_remote:
        assert study is not None and url and token
        own = Path(OUTSIDE).resolve() / study / f"trial-{number:04d}" / f"attempt-{attempt}"
        api, path = Api(url, token), f"/studies/{part(study)}/trials/{number}"
        goes_on = attempt > 1 or "PARZEN_PARENT" in environment
        # attempts on this machine know nothing of each other: what is newest is with the server
        checkpoints = Checkpoints(api, path, own / "checkpoints", key=api.key, goes_on=goes_on)
        transport = HttpTransport(api, path, attempt, own, checkpoints)
    elif folder:
        raise ParzenError(
            f"trial: expected the folder {folder} (PARZEN_DIR), got none on this machine. "
            "share it, or set PARZEN_URL and PARZEN_TOKEN"
        )
    else:
        transport = Transport(Path(OUTSIDE))
    parent, target = environment.get("PARZEN_PARENT"), environment.get("PARZEN_TARGET_STEP")
    return Trial(
        params=_params_of(environment),
        transport=transport,
        study=study,
        number=number,
        attempt=attempt,
        parent=None if parent is None else int(parent),
        target_step=None if target is None else float(target),
        seed=int(environment.get("PARZEN_SEED", "0")),
    )


def _is_own(folder: str, is_remote: bool) -> bool:
    """With a server to turn to, only a folder that a runner has prepared counts: another machine may have one of that name."""
    is_here = os.path.isdir(folder) and os.access(folder, os.W_OK)
    return is_here and (not is_remote or os.path.exists(os.path.join(folder, "params.json")))


def _params_of(environment: Mapping[str, str]) -> Dict[str, Any]:
    text = environment.get("PARZEN_PARAMS")
    path = environment.get("PARZEN_PARAMS_FILE")
    if text is None and path and os.path.exists(path):
        text = Path(path).read_text()
    try:
        params = json.loads(text or "{}")
    except ValueError as error:
        raise ParzenError(f"PARZEN_PARAMS: expected an object of JSON, got {text!r}") from error
    if not isinstance(params, dict):
        raise ParzenError(f"PARZEN_PARAMS: expected an object of JSON, got {text!r}")
    return params


_inside: "ContextVar[Optional[Trial]]" = ContextVar("parzen-trial", default=None)
_lock = threading.Lock()
_process: Optional[Trial] = None


def current() -> Trial:
    """The trial of the objective that runs in this thread, else of this process."""
    return _inside.get() or _of_process()


@contextmanager
def inside(one: Trial) -> Iterator[Trial]:
    """`trial` is this one within."""
    before = _inside.set(one)
    try:
        yield one
    finally:
        _inside.reset(before)


def _of_process() -> Trial:
    global _process
    with _lock:
        if _process is None:
            _process = trial_of(os.environ)
            if _process.study is not None:
                _process._transport.start()
                _listen(_process)
        return _process


def _listen(one: Trial) -> None:
    atexit.register(_say_last, one)
    # a handler of the script's own stays; only the main thread may set one
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _on_term)


def _say_last(one: Trial) -> None:
    try:
        one.flush()
    except Unreachable as error:
        print(f"parzen: reports were lost: {error}", file=sys.stderr)
    travelling = one._transport.travelling
    if travelling is None or one._transport.verdict().verdict != "pause" or not travelling.is_used:
        return
    try:
        # whoever asked for the trial says that it is paused; whoever is given it next goes on from there
        travelling.send()
    except ParzenError as error:
        print(f"parzen: checkpoints were lost: {error}", file=sys.stderr)


def _on_term(number: int, frame: Any) -> None:
    raise Stopped


class _Current:
    """Stands for the current trial, which is found when it is used: to import this changes nothing."""

    def __getattr__(self, name: str) -> Any:
        return getattr(current(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(current(), name, value)

    def __repr__(self) -> str:
        one = current()
        return f"<trial {one.number} of {one.study}>" if one.study is not None else "<trial outside a sweep>"


trial: Trial = cast(Trial, _Current())
