"""Parzen: the trial a training script runs in.

    from parzen import trial

    params = trial.params(lr=0.1, epochs=10)
    for epoch in range(1, params.epochs + 1):
        trial.report(step=epoch, accuracy=train(params.lr))
"""

from ._errors import ParzenError, Pruned, Stopped
from ._params import Params
from ._trial import Trial, trial
from ._version import VERSION as __version__

__all__ = ["Params", "ParzenError", "Pruned", "Stopped", "Trial", "__version__", "trial"]
