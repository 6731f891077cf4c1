"""Keras: `model.fit(…, callbacks=[KerasCallback()])`. Of Keras 3, and of tf.keras 2."""

from typing import Any, Mapping, Optional

from .._errors import ParzenError
from ._loop import Resumable

try:
    from keras.callbacks import Callback
except ImportError:
    try:
        from tensorflow.keras.callbacks import Callback
    except ImportError:
        raise ParzenError("KerasCallback: expected Keras, got none. pip install keras, or tensorflow") from None


class KerasCallback(Resumable, Callback):  # type: ignore[misc]
    """Reports the logs of each epoch, counted from 1, and ends training by `model.stop_training` if the trial is to end.

    The other callbacks have their turn; then `fit` raises Pruned or Stopped, or returns if `trial.raises` is False. The last of
    the callbacks, it lets the others finish first. metrics: `{"loss": "val_loss"}` reports Keras's val_loss as loss.
    checkpoint: for example "model.keras", the whole model as of then: go on with
    `keras.models.load_model(callback.resume_from)` and `fit(initial_epoch=callback.done)`.
    """

    def on_epoch_end(self, epoch: int, logs: Optional[Mapping[str, Any]] = None) -> None:
        if not self._parzen.report(epoch + 1, logs or {}, lambda path: self.model.save(path)):
            self.model.stop_training = True

    def on_train_end(self, logs: Optional[Mapping[str, Any]] = None) -> None:
        self._parzen.end()
