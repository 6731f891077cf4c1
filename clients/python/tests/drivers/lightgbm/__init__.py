"""`train` of LightGBM: callbacks sorted by `order`, rounds counted on from `init_model`, EarlyStopException caught."""

import json
from typing import Any, Dict, List, Optional

from . import callback as callback


class Booster:
    def __init__(self, path: Optional[str] = None) -> None:
        self.x, self.rounds, self.best_iteration = 5.0, 0, 0
        if path is not None:
            with open(path) as file:
                self.x, self.rounds = json.load(file)

    def save_model(self, path: str) -> "Booster":
        with open(path, "w") as file:
            json.dump([self.x, self.rounds], file)
        return self


def train(
    params: Dict[str, Any], num_boost_round: int, valid_names: List[str], callbacks: List[Any], init_model: Optional[str] = None
) -> Booster:
    for i, each in enumerate(callbacks):
        each.__dict__.setdefault("order", i - len(callbacks))
    after = sorted((each for each in set(callbacks) if not getattr(each, "before_iteration", False)), key=lambda each: each.order)
    booster = Booster(init_model)
    first = booster.rounds
    for i in range(first, first + num_boost_round):
        booster.x -= params["learning_rate"] * 2 * (booster.x - 1)
        booster.rounds += 1
        results = [(name, metric, abs(booster.x - 1), False) for name in valid_names for metric in ("l1", "l2")]
        try:
            for each in after:
                each(callback.CallbackEnv(booster, params, i, first, first + num_boost_round, results))
        except callback.EarlyStopException as ended:
            booster.best_iteration = ended.best_iteration + 1
            assert all(len(result) == 4 for result in ended.best_score)
            break
    return booster
