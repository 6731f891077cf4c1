"""What the callbacks of all libraries share: names of metrics, the verdict, the checkpoint for the next attempt."""

import os
import re
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional, Set, Tuple

from .._errors import ParzenError
from .._metrics import as_float
from .._transport import CONTINUE, Verdict
from .._trial import Trial, current


class Loop:
    """Somebody else's training loop, seen from its callback.

    metrics: what is reported as what, `{"loss": "val_loss"}`; all others are reported under the library's own names.
    checkpoint: name of the file in `trial.checkpoint_dir` that holds the model when the trial is told to end.
    """

    def __init__(self, metrics: Optional[Mapping[str, str]] = None, checkpoint: Optional[str] = None) -> None:
        self._names = {theirs: ours for ours, theirs in (metrics or {}).items()}
        self._seen: Set[str] = set()
        self._checkpoint = checkpoint
        self._verdict = CONTINUE
        self._trial: Trial = current()

    @property
    def resume_from(self) -> Optional[str]:
        """Path of the model that an earlier attempt of the trial has left, or None."""
        return self._latest()[0]

    @property
    def done(self) -> int:
        """Epochs, or rounds, that model has had; 0 if there is none."""
        return self._latest()[1]

    @property
    def is_over(self) -> bool:
        """Whether the trial was told to end."""
        return self._verdict.verdict != "continue"

    def report(self, step: int, values: Mapping[str, Any], save: Optional[Callable[[str], Any]] = None) -> bool:
        """Reports what are numbers. Returns whether training is to go on; if not, the model is kept first."""
        named = {self._names.get(name, name): value for name, value in values.items() if as_float(value) is not None}
        self._seen |= set(values)
        if named:
            self.decide(self._trial._send(named, step))
        if self.is_over and save is not None:
            self.keep(step, save)
        return not self.is_over

    def decide(self, verdict: Verdict) -> None:
        self._verdict = verdict

    def end(self) -> None:
        """The library's loop has ended: raises Pruned or Stopped if that is why, unless `trial.raises` is False.

        Raises ParzenError if a metric was never there that is to be reported under another name.
        """
        missing = ", ".join(name for name in self._names if name not in self._seen)
        if missing and self._seen:
            raise ParzenError(f"metrics: expected some of {', '.join(sorted(self._seen))}, got {missing}")
        if self.is_over and self._trial.raises:
            raise self._trial._ending(self._verdict)

    def keep(self, step: int, save: Callable[[str], Any]) -> None:
        """Keeps the model, whole or not at all, its step in its name, so that the two cannot differ. Only in a sweep."""
        if self._checkpoint is None or self._trial.study is None:
            return
        folder = self._trial.checkpoint_dir
        stem, ending = os.path.splitext(self._checkpoint)
        draft, path = folder / f"draft-{self._checkpoint}", folder / f"{stem}-{step:06d}{ending}"
        save(str(draft))
        os.replace(str(draft), str(path))
        for older in self._kept().values():
            if older != path:
                older.unlink()

    def _latest(self) -> Tuple[Optional[str], int]:
        kept = self._kept()
        return (str(kept[max(kept)]), max(kept)) if kept else (None, 0)

    def _kept(self) -> Dict[int, Path]:
        if self._checkpoint is None or self._trial.study is None:
            return {}
        stem, ending = (re.escape(part) for part in os.path.splitext(self._checkpoint))
        found = ((re.fullmatch(rf"{stem}-(\d+){ending}", path.name), path) for path in self._trial.checkpoint_dir.iterdir())
        return {int(match.group(1)): path for match, path in found if match}


class Resumable:
    """A callback of a library, beside the library's own base class: what it was given, and what it goes on from."""

    def __init__(self, metrics: Optional[Mapping[str, str]] = None, checkpoint: Optional[str] = None) -> None:
        super().__init__()
        self._parzen = Loop(metrics, checkpoint)

    @property
    def resume_from(self) -> Optional[str]:
        """Path of the model that an earlier attempt of the trial has left, or None."""
        return self._parzen.resume_from

    @property
    def done(self) -> int:
        """Epochs, or rounds, that model has had; 0 if there is none."""
        return self._parzen.done
