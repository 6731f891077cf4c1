"""Hyperopt's calls, made of Parzen: `from parzen.hyperopt import fmin, hp, tpe, STATUS_OK, Trials, hyper_tune`."""

import math
import os
from functools import partial
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from . import hp
from ._errors import ParzenError, Paused, Pruned
from ._hyperopt_space import HyperoptSpace
from ._hyperopt_trials import JOB_STATE_DONE, JOB_STATE_ERROR, STATUS_FAIL, STATUS_OK, Trials
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
    "partial",
    "rand",
    "scope",
    "space_eval",
    "tpe",
]

_ELSEWHERE = {
    "MongoTrials": 'Trials("name", store="https://server"), and PARZEN_TOKEN, in as many programs as you like',
    "SparkTrials": "fmin(…, parallel=4)",
    "mix": "tpe.suggest",
    "atpe": "tpe.suggest",
    "pyll": "scope, and @scope.define",
    "base": "Trials, STATUS_OK and STATUS_FAIL of this module",
    "early_stop": "no_progress_loss",
}


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        raise ImportError(f"parzen.hyperopt: expected one of {', '.join(__all__)}, got {name}. here that is {_ELSEWHERE[name]}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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
    trials_save_file: str = "",
    show_progressbar: Any = True,
    max_queue_len: int = 1,
    allow_trials_fmin: bool = True,
) -> Any:
    """Looks for the least loss, as Hyperopt's `fmin` does: returns values by label, of a choice the index.

    In `fn`, `parzen.trial` is the trial: `trial.report(step=…, loss=…)`, with a `pruner`, may end it. parallel: trials at a
    time, in threads. rstate: a generator of numpy, or a number. An exception ends it unless `catch_eval_exceptions`.
    trials_save_file: where the study is kept, to go on with; a store of Parzen's, no pickle. `verbose` and the last three
    arguments are accepted and mean nothing here.
    """
    if trials is not None and trials_save_file:
        raise ParzenError("fmin: expected trials or trials_save_file, got both. Trials(store=…) keeps what it is given")
    mine = trials if trials is not None else Trials(store=f"sqlite:{trials_save_file}" if trials_save_file else None)
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
        trials._keep(one.number, result)
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
