"""PyTorch Lightning: `Trainer(callbacks=[LightningCallback()])`. Of `lightning` 2 and `pytorch_lightning` 1.6 or later."""

import sys
from typing import Any, Mapping

from .._errors import ParzenError
from .._transport import Verdict
from ._loop import Resumable

# both packages may be installed; the one the script uses has been imported before
if "pytorch_lightning" in sys.modules and "lightning" not in sys.modules:
    from pytorch_lightning.callbacks import Callback
else:
    try:
        from lightning.pytorch.callbacks import Callback
    except ImportError:
        try:
            from pytorch_lightning.callbacks import Callback
        except ImportError:
            raise ParzenError("LightningCallback: expected PyTorch Lightning, got none. pip install lightning") from None


class LightningCallback(Resumable, Callback):  # type: ignore[misc]
    """Reports `trainer.callback_metrics` after each epoch, counted from 1, and ends training by `trainer.should_stop`.

    Then `fit` raises Pruned or Stopped, or returns if `trial.raises` is False, in all processes of a distributed training.
    metrics: `{"loss": "val_loss"}` reports what was logged as val_loss as loss. checkpoint: for example "last.ckpt", all of the
    trainer's state as of then: go on with `trainer.fit(…, ckpt_path=callback.resume_from)`.
    """

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        step = trainer.current_epoch + 1
        self._parzen.report(step, trainer.callback_metrics)
        # only the process of rank 0 has reported; all must agree
        if trainer.strategy.reduce_boolean_decision(self._parzen.is_over, all=False):
            if not self._parzen.is_over:
                self._parzen.decide(Verdict("prune", "said by the process of rank 0"))
            trainer.should_stop = True
            self._parzen.keep(step, trainer.save_checkpoint)

    def on_fit_end(self, trainer: Any, pl_module: Any) -> None:
        self._parzen.end()
