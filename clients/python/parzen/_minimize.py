"""The parameters that make a Python function least, or greatest."""

import multiprocessing
import time
import traceback
from multiprocessing.connection import Connection
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple

from ._errors import ParzenError, Paused, Pruned, Stopped
from ._params import Params, as_params
from ._progress import Progress
from ._study import Study, drive, pause_or_prune
from ._trial import Trial, inside

Objective = Callable[[Params], Any]


class Minimized(NamedTuple):
    """What was found."""

    params: Params
    """Of the best trial, nested."""
    value: float
    number: int
    trials: List[Dict[str, Any]]
    """By number, as `parzen show --json` prints them."""
    ended: str
    """Why nothing more was tried; `interrupted` after Ctrl-C."""

    def __repr__(self) -> str:
        # all trials of a long search would fill the terminal
        return f"Minimized(value={self.value!r}, params={self.params!r}, number={self.number}, trials=[{len(self.trials)}], ended={self.ended!r})"


def minimize(
    objective: Objective,
    space: Mapping[str, Any],
    *,
    name: str = "minimize",
    parallel: int = 1,
    processes: bool = False,
    direction: str = "minimize",
    verbose: Optional[bool] = None,
    **options: Any,
) -> Minimized:
    """Looks for the parameters that make `objective(params)` least.

    In it, `parzen.trial` is the trial: `trial.report(step=…, value=…)` may raise Pruned. One that keeps something in
    `trial.checkpoint_dir` is paused by a pruner with `promote`, and may be called again to go on from there. An exception or a result that is no
    finite number is a failed trial, not the end. parallel: trials at a time, in threads; with `processes`, each in a process
    of its own, which may crash. verbose: a line a trial on standard error; default: on a terminal. The other options are those
    of `Study`: max_trials (or another limit), sampler, seed, store.

    Ctrl-C ends it with what was found so far. Calling again with the same store goes on; what was interrupted counts as lost.
    Raises ParzenError if no trial gave a value.
    """
    if not any(options.get(limit) is not None for limit in ("max_trials", "max_seconds", "target", "patience")):
        raise ParzenError("minimize: expected something that ends it, got no limit. give max_trials, max_seconds, target or patience")
    with Study(name, space, direction=direction, **options) as study:
        if not study.is_remote:
            study.give_back()
        evaluate = _in_process if processes else _here
        progress = Progress(verbose, direction)
        interruption: Optional[KeyboardInterrupt] = None
        try:
            drive(study, parallel, lambda one: _run(study, one, objective, evaluate, progress))
        except KeyboardInterrupt as pressed:
            interruption = pressed
        best, trials, ended = study.best, study.trials, study.ended
    if interruption is not None:
        if best is None:
            raise interruption
        progress.say(f"interrupted: the best of {len(trials)} trials is trial {best.number}, {best.value:.5g}")
    if best is None:
        last = next((row["message"] for row in reversed(trials) if row["message"]), "there was none")
        raise ParzenError(f"minimize: expected a trial with a value, got {len(trials)} without. the last one: {last}")
    why = "interrupted" if interruption is not None else ended or "nothing more is to be started now"
    return Minimized(as_params(best.params), best.value, best.number, trials, why)


def maximize(objective: Objective, space: Mapping[str, Any], **options: Any) -> Minimized:
    """`minimize` the other way round."""
    return minimize(objective, space, **{"name": "maximize", **options, "direction": "maximize"})


Told = Tuple[str, Any]
"""An argument of `Study.tell` and its value; or `paused` and why."""

_INTERRUPTED: Told = ("interrupted", None)


def _run(
    study: Study, one: Trial, objective: Objective, evaluate: Callable[[Objective, Trial], Told], progress: Progress
) -> None:
    started = time.monotonic()
    try:
        what, value = evaluate(objective, one)
    except BaseException:
        # it stays on record as running, and is given back: by the next run of this study, or when its lease is over
        one._transport.close()
        raise
    if what == "paused":
        reason = pause_or_prune(study, one, value)
        what, value = ("paused", value) if reason is None else ("pruned", reason)
    if what != "paused":
        study.tell(one, **{what: value})
    progress.ended(one.number, one.params, started, what, value)


def _here(objective: Objective, one: Trial) -> Told:
    with inside(one):
        try:
            value = objective(one.params)
        except Paused as paused:
            return "paused", str(paused)
        except Pruned as pruned:
            return "pruned", str(pruned)
        except Stopped as stopped:
            return "error", str(stopped)
        except Exception as error:
            return "error", "".join(traceback.format_exception_only(type(error), error)).strip()
        finally:
            one.flush()
    return "value", value


def _in_process(objective: Objective, one: Trial) -> Told:
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=_child, args=(theirs, objective, one))
    child.start()
    theirs.close()
    told: Optional[Told] = None
    try:
        told = ours.recv()
    except EOFError:
        # it ended without a word: its exit code says why
        pass
    child.join()
    if told == _INTERRUPTED:
        raise KeyboardInterrupt
    return told if told is not None else ("error", f"its process ended with exit code {child.exitcode}")


def _child(pipe: Connection, objective: Objective, one: Trial) -> None:
    try:
        pipe.send(_here(objective, one))
    except KeyboardInterrupt:
        # Ctrl-C reaches all processes of a terminal
        pipe.send(_INTERRUPTED)
    pipe.close()
