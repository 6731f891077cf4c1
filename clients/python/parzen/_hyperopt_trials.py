"""Hyperopt's `Trials`: what was tried, as its users read it."""

import os
import shutil
import sqlite3
import tempfile
import weakref
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

from ._errors import ParzenError
from ._hyperopt_space import HyperoptSpace

STATUS_OK = "ok"
STATUS_FAIL = "fail"
JOB_STATE_DONE = 2
JOB_STATE_ERROR = 3


class Trials:
    """What was tried. Given to `fmin` again, it goes on.

    store, exp_key: where and under which name the study is kept; by default it is gone with this object, unless that is pickled.
    """

    def __init__(self, exp_key: Optional[str] = None, *, store: Optional[str] = None) -> None:
        self.exp_key = exp_key
        self._database: Optional[Path] = None
        """In a folder that is gone with this object, if nothing else was said."""
        self.store: str = store or os.environ.get("PARZEN_STORE") or self._own_store()
        self.trials: List[Dict[str, Any]] = []
        """Those that ended: tid, state, result, misc."""
        self._results: Dict[int, Dict[str, Any]] = {}
        self._attachments: Dict[int, Mapping[str, Any]] = {}

    def _own_store(self) -> str:
        folder = tempfile.mkdtemp(prefix="parzen-trials-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._database = Path(folder) / "parzen.db"
        return f"sqlite:{self._database}"

    def __getstate__(self) -> Dict[str, Any]:
        """A pickle is whole: it has the study in it, if that is kept nowhere else."""
        if self._database is None:
            return self.__dict__
        return {**self.__dict__, "_database": _copy(self._database) if self._database.exists() else b""}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        if state["_database"] is None:
            return
        self.store = self._own_store()
        if state["_database"] and self._database is not None:
            self._database.write_bytes(state["_database"])

    def __len__(self) -> int:
        return len(self.trials)

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        return iter(self.trials)

    def __getitem__(self, index: int) -> Dict[str, Any]:
        return self.trials[index]

    @property
    def tids(self) -> List[int]:
        return [doc["tid"] for doc in self.trials]

    @property
    def results(self) -> List[Dict[str, Any]]:
        return [doc["result"] for doc in self.trials]

    @property
    def miscs(self) -> List[Dict[str, Any]]:
        return [doc["misc"] for doc in self.trials]

    @property
    def vals(self) -> Dict[str, List[Any]]:
        """By label, of the trials it was active in."""
        found: Dict[str, List[Any]] = {}
        for misc in self.miscs:
            for label, values in misc["vals"].items():
                found.setdefault(label, []).extend(values)
        return found

    def losses(self) -> List[Optional[float]]:
        return [result.get("loss") for result in self.results]

    def statuses(self) -> List[str]:
        return [result["status"] for result in self.results]

    def trial_attachments(self, trial: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the objective returned as `attachments`: in the memory of this object alone."""
        return self._attachments.get(trial["tid"], {})

    @property
    def best_trial(self) -> Dict[str, Any]:
        good = [doc for doc in self.trials if doc["result"]["status"] == STATUS_OK]
        if not good:
            raise ParzenError(f"trials: expected one with status ok, got {len(self.trials)} without")
        return min(good, key=lambda doc: float(doc["result"]["loss"]))

    @property
    def argmin(self) -> Dict[str, Any]:
        """By label: the value, of a choice the index."""
        return {label: values[0] for label, values in self.best_trial["misc"]["vals"].items()}

    def _keep(self, tid: int, result: Mapping[str, Any]) -> None:
        """What an objective returned besides its loss."""
        self._results[tid] = {key: value for key, value in result.items() if key != "attachments"}
        self._attachments[tid] = result.get("attachments", {})

    def _take(self, space: HyperoptSpace, rows: Sequence[Mapping[str, Any]]) -> None:
        self.trials = [self._doc(space, row) for row in rows if row["finishedAt"] is not None]

    def _doc(self, space: HyperoptSpace, row: Mapping[str, Any]) -> Dict[str, Any]:
        tid = row["number"]
        raw = space.raw(row["nested"])
        is_ok = row["values"] is not None
        known: Dict[str, Any] = {"loss": row["values"][0], "status": STATUS_OK} if is_ok else {"status": STATUS_FAIL}
        misc: Dict[str, Any] = {"tid": tid, "vals": {k: [v] for k, v in raw.items()}, "idxs": {k: [tid] for k in raw}}
        if row["message"] is not None:
            misc["error"] = (row["cause"], row["message"])
        state = JOB_STATE_DONE if is_ok or tid in self._results else JOB_STATE_ERROR
        return {"tid": tid, "state": state, "result": {**self._results.get(tid, {}), **known}, "misc": misc}


def _copy(database: Path) -> bytes:
    """Whole, also of a study that runs."""
    with tempfile.TemporaryDirectory(prefix="parzen-trials-") as folder:
        copy = Path(folder) / "copy.db"
        with closing(sqlite3.connect(str(database))) as source, closing(sqlite3.connect(str(copy))) as target:
            source.backup(target)
        return copy.read_bytes()
