from typing import Any, Optional


class Callback:
    def __init__(self) -> None:
        self.params: Any = None
        self.model: Any = None

    def set_params(self, params: Any) -> None:
        self.params = params

    def set_model(self, model: Any) -> None:
        self.model = model

    def on_train_begin(self, logs: Optional[Any] = None) -> None: ...
    def on_train_end(self, logs: Optional[Any] = None) -> None: ...
    def on_epoch_begin(self, epoch: int, logs: Optional[Any] = None) -> None: ...
    def on_epoch_end(self, epoch: int, logs: Optional[Any] = None) -> None: ...
