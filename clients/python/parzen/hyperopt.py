"""Hyperopt's calls, made of Parzen: `from parzen.hyperopt import fmin, hp, tpe, STATUS_OK, Trials, hyper_tune`."""

import math
import os
import shutil
import tempfile
import weakref
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from . import hp
from ._errors import ParzenError, Paused, Pruned
from ._hyperopt_space import HyperoptSpace
from ._metrics import as_float
from ._study import Study, drive, pause_or_prune
from ._trial import Trial, inside
from .hp import Call, Node

__all__ = [
    "STATUS_FAIL",
    "STATUS_OK",
    "JOB_STATE_DONE",
    "JOB_STATE_ERROR",
    "Trials",
    "anneal",
    "fmin",
    "hp",
    "hyper_tune",
    "no_progress_loss",
    "rand",
    "scope",
    "space_eval",
    "tpe",
]

STATUS_OK = "ok"
STATUS_FAIL = "fail"
JOB_STATE_DONE = 2
JOB_STATE_ERROR = 3


class _Algorithm:
    """`tpe.suggest` and the like: the name of a sampler."""

    def __init__(self, sampler: Dict[str, Any]) -> None:
        self.suggest = _Suggest(sampler)


class _Suggest:
    """Called by nobody: it says which sampler is meant."""

    def __init__(self, sampler: Dict[str, Any]) -> None:
        self.sampler = sampler

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise ParzenError("suggest: expected to be given to fmin as algo, got a call")


tpe = _Algorithm({"name": "tpe"})
rand = _Algorithm({"name": "random"})
anneal = _Algorithm({"name": "anneal"})

_TPE_OPTIONS = {"n_startup_jobs": "startupTrials", "n_EI_candidates": "candidates", "gamma": "gamma"}


def _sampler(algo: Any) -> Optional[Dict[str, Any]]:
    """Also of `functools.partial(tpe.suggest, n_startup_jobs=20)`: these options are those of Hyperopt's own TPE."""
    if algo is None:
        return {"name": "tpe"}
    if isinstance(algo, (str, Mapping)):
        return {"name": algo} if isinstance(algo, str) else dict(algo)
    named: Mapping[str, Any] = getattr(algo, "keywords", {})
    sampler = getattr(getattr(algo, "func", algo), "sampler", None)
    unknown = [name for name in named if name not in _TPE_OPTIONS]
    if sampler is None or unknown or (named and sampler["name"] != "tpe"):
        raise ParzenError(f"algo: expected tpe.suggest, rand.suggest or anneal.suggest, got {algo!r}")
    options = {_TPE_OPTIONS[name]: value for name, value in named.items()}
    return {**sampler, **({"compat": "hyperopt", **options} if options else {})}


class _Scope:
    """`scope.int(hp.quniform(…))`, and functions of one's own: `@scope.define`."""

    def define(self, function: Callable[..., Any]) -> Callable[..., Any]:
        setattr(self, function.__name__, lambda *args, **named: Call(function, *args, **named))
        return function

    def int(self, value: Any) -> Node:
        return Call(int, value)

    def float(self, value: Any) -> Node:
        return Call(float, value)

    def exp(self, value: Any) -> Node:
        return Call(math.exp, value)

    def log(self, value: Any) -> Node:
        return Call(math.log, value)

    def sqrt(self, value: Any) -> Node:
        return Call(math.sqrt, value)

    def __getattr__(self, name: str) -> Callable[..., Node]:
        raise AttributeError(f"scope: expected int, float, exp, log, sqrt or what was defined, got {name}")


scope = _Scope()


class Trials:
    """What was tried. Given to `fmin` again, it goes on.

    store, exp_key: where and under which name the study is kept; by default it is gone with this object.
    """

    def __init__(self, exp_key: Optional[str] = None, *, store: Optional[str] = None) -> None:
        self.exp_key = exp_key
        where = store or os.environ.get("PARZEN_STORE")
        if where is None:
            folder = tempfile.mkdtemp(prefix="parzen-trials-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            where = f"sqlite:{folder}/parzen.db"
        self.store: str = where
        self.trials: List[Dict[str, Any]] = []
        """Those that ended: tid, state, result, misc."""
        self._results: Dict[int, Dict[str, Any]] = {}

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


def space_eval(space: Any, assignment: Mapping[str, Any]) -> Any:
    """The structure of a space with the values that `fmin` returned."""
    return HyperoptSpace(space).build(assignment)


def no_progress_loss(iteration_stop_count: int = 20) -> Callable[..., Tuple[bool, List[Any]]]:
    """Ends `fmin` after so many trials in a row without a better one."""

    def stop(trials: Trials, best: float = math.inf, since: int = 0) -> Tuple[bool, List[Any]]:
        loss = trials.trials[-1]["result"].get("loss", math.inf)
        better, count = (loss, 0) if loss < best else (best, since + 1)
        return count >= iteration_stop_count, [better, count]

    return stop


def fmin(
    fn: Callable[..., Any],
    space: Any,
    algo: Any = None,
    max_evals: Optional[int] = None,
    timeout: Optional[float] = None,
    loss_threshold: Optional[float] = None,
    trials: Optional[Trials] = None,
    rstate: Any = None,
    *,
    catch_eval_exceptions: bool = False,
    return_argmin: bool = True,
    points_to_evaluate: Optional[Sequence[Mapping[str, Any]]] = None,
    early_stop_fn: Optional[Callable[..., Tuple[bool, Any]]] = None,
    parallel: int = 1,
    pruner: Union[str, Mapping[str, Any], None] = None,
    verbose: Any = True,
    show_progressbar: Any = True,
    max_queue_len: int = 1,
) -> Any:
    """Looks for the least loss, as Hyperopt's `fmin` does: returns values by label, of a choice the index.

    In `fn`, `parzen.trial` is the trial: `trial.report(step=…, loss=…)`, with a `pruner`, may end it. parallel: trials at a
    time, in threads. rstate: a generator of numpy, or a number. An exception ends it unless `catch_eval_exceptions`.
    The last three arguments are accepted and mean nothing here.
    """
    mine = trials if trials is not None else Trials()
    compiled = HyperoptSpace(space)
    study = Study(
        mine.exp_key or "fmin",
        compiled.authoring,
        metric="loss",
        max_trials=max_evals,
        max_seconds=timeout,
        target=loss_threshold,
        sampler=_sampler(algo),
        pruner=pruner,
        seed=_seed(rstate),
        store=mine.store,
    )
    stop = _EarlyStop(early_stop_fn)

    def run(one: Trial) -> None:
        if stop.is_over:
            return
        _evaluate(study, one, fn, compiled, mine, catch_eval_exceptions)
        if early_stop_fn is not None:
            mine._take(compiled, study.trials)
            stop.look(mine)

    with study:
        if not study.is_remote:
            study.give_back()
        for point in points_to_evaluate or []:
            study.enqueue(compiled.flat(point))
        try:
            if max_evals is None and timeout is None and loss_threshold is None and early_stop_fn is None:
                raise ParzenError("fmin: expected something that ends it, got no limit. give max_evals")
            drive(study, parallel, run)
        except _Over:
            pass
        finally:
            mine._take(compiled, study.trials)
    best = mine.argmin
    return best if return_argmin else compiled.build(best)


class _Over(Exception):
    """`early_stop_fn` said so."""


class _EarlyStop:
    def __init__(self, decide: Optional[Callable[..., Tuple[bool, Any]]]) -> None:
        self._decide = decide
        self._args: Any = []
        self.is_over = False

    def look(self, trials: Trials) -> None:
        assert self._decide is not None
        self.is_over, self._args = self._decide(trials, *self._args)
        if self.is_over:
            raise _Over


def _evaluate(study: Study, one: Trial, fn: Any, space: HyperoptSpace, trials: Trials, catches: bool) -> None:
    try:
        with inside(one):
            result = fn(space.build(space.raw(one.params)))
    except Paused as paused:
        reason = pause_or_prune(study, one, str(paused))
        if reason is not None:
            study.tell(one, pruned=reason)
        return
    except Pruned as pruned:
        study.tell(one, pruned=str(pruned))
        return
    except Exception as error:
        study.tell(one, error=f"{type(error).__name__}: {error}")
        if not catches:
            raise
        return
    if isinstance(result, Mapping):
        trials._results[one.number] = dict(result)
        if result.get("status") == STATUS_FAIL:
            study.tell(one, error="status fail")
            return
        if result.get("status") != STATUS_OK or as_float(result.get("loss")) is None:
            study.tell(one, error=f"objective: expected a loss and a status, got {result!r}")
            raise ParzenError(f"objective: expected a loss and status ok or fail, got {dict(result)!r}")
        result = result["loss"]
    study.tell(one, result)


def _seed(rstate: Any) -> Optional[int]:
    said = os.environ.get("HYPEROPT_FMIN_SEED") if rstate is None else rstate
    if said is None or said == "":
        return None
    if hasattr(said, "integers"):
        return int(said.integers(2**31 - 1))
    if hasattr(said, "randint"):
        return int(said.randint(2**31 - 1))
    return int(said)


def hyper_tune(
    train_model: Callable[..., Any],
    hparam_def: Any,
    algo: Any = None,
    max_evals: int = 25,
    func: Callable[..., Any] = fmin,
) -> Any:
    """Gradient's call. The study has the name of EXPERIMENT_NAME, if set, in the store of PARZEN_STORE, if set."""
    trials = Trials(os.environ.get("EXPERIMENT_NAME"))
    return func(train_model, space=hparam_def, algo=algo or tpe.suggest, max_evals=max_evals, trials=trials)
