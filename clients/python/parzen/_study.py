"""A study driven from Python: ask, report, tell."""

import json
import os
import re
import socket
import threading
import uuid
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Union

from ._checkpoints import EVERY_SECONDS, Checkpoints
from ._errors import ParzenError
from ._http import Api, part
from ._metrics import as_float
from ._server import Server
from ._transport import LEASE_SECONDS, HttpTransport
from ._trial import OUTSIDE, Trial


class Best(NamedTuple):
    """The best trial of a study."""

    params: Dict[str, Any]
    """Nested, as the objective was given them."""
    value: float
    number: int


class Study:
    """A study, made or continued. Of any thread.

    space: as in a sweep file, `{"lr": "loguniform(1e-5, 0.1)", "optimizer": {"choice": {"adam": {}, "sgd": {…}}}}`.
    sampler, pruner: a name, or a dict with `name` and options. The limits are the sweep file's `budget`: max_trials in all
    calls together. store: see `docs/guide/python.md`.
    """

    def __init__(
        self,
        name: str,
        space: Mapping[str, Any],
        *,
        direction: str = "minimize",
        metric: str = "value",
        max_trials: Optional[int] = None,
        max_seconds: Optional[float] = None,
        target: Optional[float] = None,
        patience: Optional[int] = None,
        sampler: Union[str, Mapping[str, Any], None] = None,
        pruner: Union[str, Mapping[str, Any], None] = None,
        seed: Optional[int] = None,
        store: Optional[str] = None,
    ) -> None:
        budget = {"trials": max_trials, "time": _duration(max_seconds), "target": target, "patience": patience}
        sweep = {
            "study": name,
            "objective": {"metric": metric, "direction": direction},
            "space": space,
            "budget": _given(budget) or None,
            **_given({"sampler": sampler, "pruner": pruner, "seed": seed}),
        }
        self.name = name
        self._watched = _watched(pruner, metric)
        self._path = f"/studies/{part(name)}"
        self._sampler: Optional[Mapping[str, Any]] = None
        self._worker = f"{socket.gethostname()}:{os.getpid()}"
        self._server = Server(store)
        self._api: Api = self._server.api
        try:
            made = self._api.call("POST", "/studies", {"text": _json(_given(sweep)), "start": False})
        except BaseException as error:
            self.close()
            if type(error) is ParzenError:
                # places in a text that nobody has seen
                raise ParzenError(re.sub(r"(?m)^sweep:\d+:\d+: ", "", str(error))) from None
            raise
        self._key = f"{name} {made['createdAt']}"

    def ask(self, *, pauses: bool = False) -> Optional[Trial]:
        """The next trial, on record as running; None if nothing more is to be started now.

        pauses: the caller can go on with a trial. Its `report` raises Paused then where a pruner with `promote` pauses it; after
        `pause` the same trial, of a higher attempt, may be asked for again, by this program or another.
        """
        body = {
            "count": 1,
            "worker": self._worker,
            "request": uuid.uuid4().hex,
            "leaseSeconds": LEASE_SECONDS,
            "pauses": pauses,
        }
        trials = self._api.call("POST", f"{self._path}/ask", body)["trials"]
        return self._trial(trials[0], pauses) if trials else None

    def pause(self, trial: Trial) -> bool:
        """Ends an attempt that was told to pause. What is in its `checkpoint_dir` is there again in the next one, wherever that is.

        Returns False if it was not told so, or runs elsewhere by now. Raises ParzenError for checkpoints that cannot be sent.
        """
        trial.flush()
        travelling = trial._transport.travelling
        if travelling is not None and travelling.is_used:
            travelling.send()
        done = bool(self._api.call("POST", f"{self._path}/trials/{trial.number}/pause", {"attempt": trial.attempt})["done"])
        if done:
            trial._transport.close()
            if travelling is not None:
                travelling.remove()
        return done

    def tell(
        self,
        trial: Union[Trial, int],
        value: Any = None,
        *,
        pruned: Optional[str] = None,
        error: Optional[str] = None,
        cause: str = "exit",
    ) -> bool:
        """Ends a trial with its value, the reason why it was pruned, or what went wrong.

        A value that is no finite number is a failure (cause `nan`). Returns False if the trial had ended before.
        """
        number = trial if isinstance(trial, int) else trial.number
        if not isinstance(trial, int):
            trial.flush()
            self._warn_if_unwatched(trial)
            travelling = trial._transport.travelling
            if travelling is not None:
                travelling.before_end()
        body: Dict[str, Any] = {"outcome": _outcome(value, pruned, error, cause)}
        if not isinstance(trial, int):
            # its worker may count as lost, and another one be at it
            body["attempt"] = trial.attempt
        done = bool(self._api.call("POST", f"{self._path}/trials/{number}/tell", body)["done"])
        if not isinstance(trial, int):
            trial._transport.close()
        return done

    def enqueue(self, params: Mapping[str, Any]) -> None:
        """Asks for a trial with these values, by dotted name, ahead of the sampler; what is left out is drawn."""
        self._api.call("POST", f"{self._path}/enqueue", {"params": params})

    @property
    def trials(self) -> List[Dict[str, Any]]:
        """All, by number, as `parzen show --json` prints them."""
        rows: List[Dict[str, Any]] = []
        while True:
            page = self._api.call("GET", f"{self._path}/trials?offset={len(rows)}&limit=500")
            rows.extend(page["trials"])
            if len(rows) >= page["total"] or not page["trials"]:
                return rows

    @property
    def best(self) -> Optional[Best]:
        """None while no trial is complete."""
        best = self._api.call("GET", self._path)["summary"]["best"]
        if best is None:
            return None
        row = self._api.call("GET", f"{self._path}/trials/{best['number']}")
        return Best(row["nested"], best["value"], best["number"])

    @property
    def ended(self) -> Optional[str]:
        """Why nothing more comes; None while something may."""
        ended: Optional[str] = self._api.call("GET", self._path)["summary"]["reason"]
        return ended

    def give_back(self) -> int:
        """Running trials whose program is gone count as lost, and are tried again, thrice at most. Only for one who drives alone."""
        lost = [row for row in self.trials if row["state"] == "running"]
        for row in lost:
            self.tell(row["number"], error="the process that ran it ended", cause="lost")
        return len(lost)

    @property
    def is_remote(self) -> bool:
        return self._server.is_remote

    def close(self) -> None:
        self._server.close()

    def __enter__(self) -> "Study":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        with suppress(Exception):
            self.close()

    def _warn_if_unwatched(self, trial: Trial) -> None:
        """A pruner that waits for a metric which never comes looks like one that found all trials good: said once."""
        names, watched = trial._reported, self._watched
        if watched is None or not names or watched in names:
            return
        self._watched = None
        got = ", ".join(sorted(names))
        warnings.warn(f"pruner: expected reports of {watched}, which it watches, got {got}. give metric=, or report {watched}", stacklevel=2)

    def _trial(self, asked: Mapping[str, Any]) -> Trial:
        number = asked["trial"]
    def _trial(self, asked: Mapping[str, Any], pauses: bool) -> Trial:
        number, attempt, parent = asked["trial"], asked["attempt"], asked["parent"]
        api = Api(self._api.url, asked["token"])
        path = f"{self._path}/trials/{number}"
        folder = Path(OUTSIDE).resolve() / self.name / f"trial-{number:04d}" / f"attempt-{attempt}"
        goes_on = attempt > 1 or parent is not None
        checkpoints = Checkpoints(
            api,
            path,
            folder / "checkpoints",
            key=self._key,
            goes_on=goes_on,
            interval=self._interval() if pauses else None,
            # a server of this program's own is gone with it: what is here then is the latest
            every_seconds=EVERY_SECONDS if self.is_remote else None,
        )
        transport = HttpTransport(api, path, attempt, folder, checkpoints)
        transport.start()
        return Trial(
            params=asked["nested"],
            transport=transport,
            study=self.name,
            number=number,
            attempt=attempt,
            parent=parent,
            target_step=asked["targetStep"],
            seed=asked["seed"],
            pauses=pauses,
        )

    def _interval(self) -> Optional[float]:
        """Steps between the comparisons of a population, if this study has one."""
        if self._sampler is None:
            self._sampler = self._api.call("GET", self._path)["spec"]["sampler"]
        return float(self._sampler["interval"]) if self._sampler["name"] == "pbt" else None


def drive(study: Study, parallel: int, run: Callable[[Trial], None]) -> None:
    """Asks for trials and runs them, so many at a time in threads, until there are no more. What `run` raises ends it."""
    errors: List[BaseException] = []
    turns = threading.Condition()
    busy = ended = 0

    def next_one() -> Optional[Trial]:
        nonlocal busy
        while not errors:
            seen = ended
            one = study.ask(pauses=True)
            with turns:
                if one is not None:
                    busy += 1
                    return one
                if busy == 0:
                    return None
                # when another one has ended, a paused one may go on
                turns.wait_for(lambda: ended != seen or errors)
        return None

    def work() -> None:
        nonlocal busy, ended
        try:
            for one in iter(next_one, None):
                try:
                    run(one)
                finally:
                    with turns:
                        busy, ended = busy - 1, ended + 1
                        turns.notify_all()
        except BaseException as error:
            errors.append(error)
            with turns:
                turns.notify_all()

    if parallel == 1:
        work()
    else:
        threads = [threading.Thread(target=work, daemon=True) for _ in range(parallel)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException as error:
            # the others end with the trial they are at
            errors.append(error)
    if errors:
        raise errors[0]


def _watched(pruner: Union[str, Mapping[str, Any], None], metric: str) -> Optional[str]:
    if pruner is None or pruner == "none":
        return None
    return metric if isinstance(pruner, str) else str(pruner.get("metric", metric))


def pause_or_prune(study: Study, one: Trial, reason: str) -> Optional[str]:
    """Ends a trial that was told to pause: it may go on later if it has kept something to go on from. Returns why it is pruned, if it is."""
    travelling = one._transport.travelling
    if travelling is None or not travelling.is_used:
        return f"{reason}; nothing was kept in trial.checkpoint_dir to go on from"
    try:
        return None if study.pause(one) else reason
    except ParzenError as error:
        return f"{reason}; paused, but nobody could go on with it: {error}"


def _outcome(value: Any, pruned: Optional[str], error: Optional[str], cause: str) -> Dict[str, Any]:
    if error is not None:
        return {"state": "failed", "cause": cause, "message": error[:10_000]}
    if pruned is not None:
        return {"state": "pruned", "reason": pruned[:1000]}
    number = as_float(value)
    if number is None:
        return {"state": "failed", "cause": "exit", "message": f"objective: expected a number, got {value!r}"[:10_000]}
    if number - number != 0:
        return {"state": "failed", "cause": "nan", "message": f"objective: expected a finite number, got {number}"}
    return {"state": "complete", "values": [number]}


def _given(fields: Mapping[str, Any]) -> Dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}


def _duration(seconds: Optional[float]) -> Optional[str]:
    return None if seconds is None else f"{seconds:f}s"


def _json(sweep: Mapping[str, Any]) -> str:
    try:
        return json.dumps(sweep, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ParzenError(f"study: expected what JSON can say, got something else: {error}") from None
