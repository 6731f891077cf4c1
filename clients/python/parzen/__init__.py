"""Parzen: the trial a training script runs in.

    from parzen import trial

    params = trial.params(lr=0.1, epochs=10)
    for epoch in range(1, params.epochs + 1):
        trial.report(step=epoch, accuracy=train(params.lr))
"""

from ._errors import ParzenError, Paused, Pruned, Stopped
from ._minimize import Minimized, maximize, minimize
from ._params import Params
from ._study import Best, Study
from ._trial import Trial, trial
from ._version import VERSION as __version__

__all__ = [
    "Best",
    "Minimized",
    "Params",
    "ParzenError",
    "Paused",
    "Pruned",
    "Stopped",
    "Study",
    "Trial",
    "__version__",
    "maximize",
    "minimize",
    "trial",
]
