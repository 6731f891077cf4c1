"""`train` and `cv` of XGBoost: rounds from 0 in each call, the history of all metrics, the first True ends it, `after_training`."""

import json
from typing import Any, Dict, List, Optional

from . import callback as callback


class Booster:
    def __init__(self, path: Optional[str] = None) -> None:
        self.x, self.rounds = 5.0, 0
        if path is not None:
            with open(path) as file:
                self.x, self.rounds = json.load(file)

    def num_boosted_rounds(self) -> int:
        return self.rounds

    def save_model(self, path: str) -> None:
        with open(path, "w") as file:
            json.dump([self.x, self.rounds], file)

    def update(self, rate: float) -> None:
        self.x -= rate * 2 * (self.x - 1)
        self.rounds += 1


class PackedBooster:
    """Of `cv`: has no file of its own."""

    def __init__(self) -> None:
        self.fold = Booster()

    def num_boosted_rounds(self) -> int:
        return self.fold.rounds

    def update(self, rate: float) -> None:
        self.fold.update(rate)


def train(
    params: Dict[str, Any], num_boost_round: int, evals: List[str], callbacks: List[Any], xgb_model: Optional[str] = None
) -> Any:
    assert all(isinstance(each, callback.TrainingCallback) for each in callbacks)
    return _boost(Booster(xgb_model), params, num_boost_round, evals, callbacks, lambda value: value)


def cv(params: Dict[str, Any], num_boost_round: int, callbacks: List[Any]) -> Any:
    return _boost(PackedBooster(), params, num_boost_round, ["train", "test"], callbacks, lambda value: (value, 0.1))


def _boost(model: Any, params: Any, rounds: int, evals: List[str], callbacks: List[Any], scored: Any) -> Any:
    history: Dict[str, Dict[str, List[Any]]] = {}
    for each in callbacks:
        model = each.before_training(model)
    for epoch in range(rounds):
        if any(each.before_iteration(model, epoch, history) for each in callbacks):
            break
        model.update(params["eta"])
        x = model.fold.x if isinstance(model, PackedBooster) else model.x
        for name in evals:
            scores = history.setdefault(name, {})
            scores.setdefault("rmse", []).append(scored(abs(x - 1)))
            scores.setdefault("mae", []).append(scored(abs(x - 1) / 2))
        if any(each.after_iteration(model, epoch, history) for each in callbacks):
            break
    for each in callbacks:
        model = each.after_training(model)
    return model
