"""Numbers as programs have them (numpy, torch, bool), and as JSON can say them."""

import math
from typing import Any, Dict, Mapping, Optional, Union

from ._errors import ParzenError

Number = Union[float, str]
"""NaN and infinities are text: JSON has none."""


def encode(metrics: Mapping[str, Any]) -> Dict[str, Number]:
    """Raises ParzenError for what is no number, or is named `step`."""
    if not metrics:
        raise ParzenError("report: expected a metric, got none. for example report(step=3, accuracy=0.91)")
    return {_named(name): _encoded(name, value) for name, value in metrics.items()}


def _named(name: Any) -> str:
    if not isinstance(name, str) or name in ("", "step"):
        raise ParzenError(f"report: expected the name of a metric, got {name!r}")
    return name


def _encoded(name: str, value: Any) -> Number:
    number = as_float(value)
    if number is None:
        raise ParzenError(f"report: expected a number for {name}, got {value!r}")
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number


def as_float(value: Any) -> Optional[float]:
    """Also of scalars of numpy and torch. None if it is no number; text is none."""
    if isinstance(value, (str, bytes)):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        return None


def as_step(step: Any) -> Optional[float]:
    """Whole numbers stay whole. Raises ParzenError for what is no finite number >= 0."""
    if step is None:
        return None
    number = as_float(step)
    if number is None or not math.isfinite(number) or number < 0:
        raise ParzenError(f"report: expected a step >= 0, got {step!r}")
    return int(number) if number == int(number) else number
