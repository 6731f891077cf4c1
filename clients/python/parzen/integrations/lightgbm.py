"""LightGBM: `lgb.train(…, callbacks=[LightGBMCallback()])`, `lgb.cv`, `LGBMClassifier.fit(callbacks=…)`. Of LightGBM 3 or later."""

from typing import Any, Mapping, Optional

from ._loop import Loop


class LightGBMCallback(Loop):
    """Reports each round, counted from 1 over all attempts, as `valid_0/auc`: the name of the validation set and the metric's.

    LightGBM has no hook behind its loop: `train` raises Pruned or Stopped at once; if `trial.raises` is False it returns the
    model, ended as by early stopping. metrics: `{"auc": "valid_0/auc"}`. checkpoint: for example "model.txt": go on with
    `lgb.train(…, num_boost_round=rounds - callback.done, init_model=callback.resume_from)`.
    """

    def __init__(self, metrics: Optional[Mapping[str, str]] = None, checkpoint: Optional[str] = None) -> None:
        super().__init__(metrics, checkpoint)
        # behind those that print and record, before early stopping, so that the last round is reported too
        self.order = 25
        self.before_iteration = False

    def __call__(self, env: Any) -> None:
        results = env.evaluation_result_list or []
        values = {f"{data}/{metric}": value for data, metric, value, *_ in results}
        if self.report(env.iteration + 1, values, getattr(env.model, "save_model", None)):
            if env.iteration + 1 == env.end_iteration:
                self.end()
            return
        self.end()
        from lightgbm.callback import EarlyStopException

        raise EarlyStopException(env.iteration, results)
