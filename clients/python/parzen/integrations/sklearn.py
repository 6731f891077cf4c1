"""scikit-learn: estimators that learn in steps (`partial_fit`), an epoch at a time."""

import inspect
import pickle
from pathlib import Path
from typing import Any, Callable, Mapping, Optional, Sequence, TypeVar

from .._errors import ParzenError
from .._trial import current
from ._loop import Loop

Model = TypeVar("Model")


def partial_fit(
    model: Model,
    x: Any,
    y: Any = None,
    *,
    epochs: int,
    score: Callable[[Model], Mapping[str, Any]],
    batch_size: Optional[int] = None,
    classes: Optional[Sequence[Any]] = None,
) -> Model:
    """Trains a model epoch by epoch, reports `score(model)` after each, and returns it.

    x, y: anything that rows can be taken of by an array of their numbers (numpy, scipy.sparse in CSR; of pandas `to_numpy()`).
    Rows are shuffled in each epoch by the trial's seed and the epoch, so that a training that was interrupted or paused goes on
    from its checkpoint (one an epoch) and gives what it would have given. classes: of a classifier; default: those of y.
    Raises Pruned or Stopped as `trial.report` does; with `trial.raises` False it returns the model as it is then.
    """
    import numpy

    step_of: Any = getattr(model, "partial_fit", None)
    if step_of is None or epochs < 1:
        got = f"{epochs} epochs" if step_of is not None else f"{type(model).__name__}, which has none"
        raise ParzenError(f"partial_fit: expected a model with partial_fit and at least 1 epoch, got {got}")
    loop = Loop(checkpoint="model.pickle")
    if loop.resume_from is not None:
        model = pickle.loads(Path(loop.resume_from).read_bytes())
        if loop.done >= epochs:
            # its last attempt ended between the last report and its own end
            loop.report(loop.done, score(model))
    # regressors and clusterings have no such argument; a classifier needs it at its first step alone
    is_classifier = "classes" in inspect.signature(step_of).parameters
    first = {"classes": numpy.unique(y) if classes is None else classes} if is_classifier and loop.done == 0 else {}
    rows = x.shape[0]
    size = batch_size or rows
    for epoch in range(loop.done + 1, epochs + 1):
        order = numpy.random.default_rng([current().seed, epoch]).permutation(rows)
        for start in range(0, rows, size):
            batch = order[start : start + size]
            labels = () if y is None else (y[batch],)
            model.partial_fit(x[batch], *labels, **first)  # type: ignore[attr-defined]
            first = {}
        goes_on = loop.report(epoch, score(model))
        loop.keep(epoch, lambda path: Path(path).write_bytes(pickle.dumps(model)))
        if not goes_on:
            break
    loop.end()
    return model
