"""What this package raises."""


class ParzenError(Exception):
    """Misuse, or something outside that does not work. The message is `where: expected …, got …. hint`."""


class Pruned(SystemExit):
    """The trial is to end here: others are better at this step.

    A SystemExit of code 0: `except Exception` does not swallow it, `finally` runs, and a script that does not catch it ends
    without a traceback.
    """

    def __init__(self, step: float, reason: str = "") -> None:
        super().__init__(0)
        self.step = step
        self.reason = reason

    def __str__(self) -> str:
        return self.reason or f"pruned at step {self.step:g}"


class Paused(Pruned):
    """The trial is to end here, and may go on later from what it has kept: with the same number, and a higher attempt."""

    def __str__(self) -> str:
        return self.reason or f"paused at step {self.step:g}"


class Stopped(SystemExit):
    """The process was told to end (SIGTERM), or the trial was stopped: a moment is left to save a checkpoint."""

    def __init__(self, reason: str = "SIGTERM") -> None:
        super().__init__(143)
        self.reason = reason

    def __str__(self) -> str:
        return f"stopped: {self.reason}"
