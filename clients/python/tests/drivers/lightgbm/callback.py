from collections import namedtuple
from typing import Any

CallbackEnv = namedtuple(
    "CallbackEnv", ["model", "params", "iteration", "begin_iteration", "end_iteration", "evaluation_result_list"]
)


class EarlyStopException(Exception):
    def __init__(self, best_iteration: int, best_score: Any) -> None:
        super().__init__()
        self.best_iteration = best_iteration
        self.best_score = best_score
