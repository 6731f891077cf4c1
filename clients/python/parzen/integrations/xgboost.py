"""XGBoost: `xgb.train(…, callbacks=[XGBoostCallback()])`, `xgb.cv`, `XGBClassifier(callbacks=…)`. Of XGBoost 1.3 or later."""

from typing import Any, Dict, Mapping

from .._errors import ParzenError
from ._loop import Resumable

try:
    from xgboost.callback import TrainingCallback
except ImportError:
    raise ParzenError("XGBoostCallback: expected XGBoost 1.3 or later, got none. pip install xgboost") from None


class XGBoostCallback(Resumable, TrainingCallback):  # type: ignore[misc]
    """Reports each round, counted from 1 over all attempts, as `valid/logloss`: the set's name in `evals` and the metric's.

    Ends training as `after_iteration` may; XGBoost asks no callback behind one that does, so let it be the last. Then `train`
    raises Pruned or Stopped, or returns if `trial.raises` is False. metrics: `{"loss": "valid/logloss"}`. checkpoint: for example
    "model.ubj": go on with `xgb.train(…, num_boost_round=rounds - callback.done, xgb_model=callback.resume_from)`.
    """

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Mapping[str, Any]]) -> bool:
        values: Dict[str, Any] = {}
        for data, scores in evals_log.items():
            for metric, history in scores.items():
                # of cross-validation: mean and deviation
                last = history[-1]
                values[f"{data}/{metric}"] = last[0] if isinstance(last, (tuple, list)) else last
        # XGBoost counts from 0 again when it goes on from a model
        save = getattr(model, "save_model", None)
        return not self._parzen.report(model.num_boosted_rounds(), values, save)

    def after_training(self, model: Any) -> Any:
        self._parzen.end()
        return model
