"""`fit` of Keras 3: CallbackList's order, `stop_training` looked at behind `on_epoch_end`, `initial_epoch`."""

import json
from typing import Any, List, Optional

from . import callbacks as callbacks


class Model:
    def __init__(self, x: float = 5.0) -> None:
        self.x = x
        self.stop_training = False

    def save(self, path: str) -> None:
        with open(path, "w") as file:
            json.dump(self.x, file)

    def fit(self, *, rate: float, epochs: int, initial_epoch: int = 0, callbacks: Optional[List[Any]] = None) -> "Model":
        all_of_them = callbacks or []
        for each in all_of_them:
            each.set_model(self)
            each.set_params({"epochs": epochs})
        self.stop_training = False
        for each in all_of_them:
            each.on_train_begin({})
        logs = {}
        for epoch in range(initial_epoch, epochs):
            for each in all_of_them:
                each.on_epoch_begin(epoch, {})
            self.x -= rate * 2 * (self.x - 1)
            logs = {"loss": (self.x - 1) ** 2, "val_loss": (self.x - 1) ** 2 + 1, "learning_rate": rate, "note": "text"}
            for each in all_of_them:
                each.on_epoch_end(epoch, logs)
            if self.stop_training:
                break
        for each in all_of_them:
            each.on_train_end(logs)
        return self


def load_model(path: str) -> Model:
    with open(path) as file:
        return Model(json.load(file))
