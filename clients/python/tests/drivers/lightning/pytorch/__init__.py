"""`Trainer.fit` of Lightning 2: hooks of an epoch, `should_stop` looked at behind them, `on_exception`, one process."""

import json
from typing import Any, Dict, List, Optional

from . import callbacks as callbacks


class Strategy:
    def reduce_boolean_decision(self, decision: bool, all: bool = True) -> bool:
        return decision


class Trainer:
    def __init__(self, *, max_epochs: int, rate: float, callbacks: List[Any]) -> None:
        self.max_epochs, self.rate, self.callbacks = max_epochs, rate, callbacks
        self.should_stop = False
        self.current_epoch = 0
        self.callback_metrics: Dict[str, Any] = {}
        self.strategy = Strategy()
        self.x = 5.0

    def save_checkpoint(self, path: str) -> None:
        with open(path, "w") as file:
            json.dump({"x": self.x, "epoch": self.current_epoch + 1}, file)

    def fit(self, module: Any, ckpt_path: Optional[str] = None) -> None:
        try:
            self._fit(module, ckpt_path)
        except BaseException as error:
            self._call("on_exception", module, error)
            raise

    def _fit(self, module: Any, ckpt_path: Optional[str]) -> None:
        if ckpt_path is not None:
            with open(ckpt_path) as file:
                state = json.load(file)
            self.x, self.current_epoch = state["x"], state["epoch"]
        self._call("on_fit_start", module)
        self._call("on_train_start", module)
        while self.current_epoch < self.max_epochs and not self.should_stop:
            self._call("on_train_epoch_start", module)
            self.x -= self.rate * 2 * (self.x - 1)
            self.callback_metrics["train_loss"] = (self.x - 1) ** 2
            # check_val_every_n_epoch=2
            if self.current_epoch % 2 == 1:
                self.callback_metrics["val_loss"] = (self.x - 1) ** 2 + 1
            self._call("on_train_epoch_end", module)
            self.current_epoch += 1
        self._call("on_train_end", module)
        self._call("on_fit_end", module)

    def _call(self, hook: str, module: Any, *args: Any) -> None:
        for each in self.callbacks:
            getattr(each, hook)(self, module, *args)
