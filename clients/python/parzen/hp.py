"""Hyperopt's search spaces: `hp.uniform(label, low, high)` and the others, nested in dicts, lists and choices.

Bounds of the logarithmic ones are logarithms, as there. Differences on purpose: multiples of q stay inside the bounds,
integers are ints, `randint` is ordered, probabilities of `pchoice` are checked.
"""

from math import exp
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from ._errors import ParzenError


class Node:
    """Something of a space whose value a trial decides. Arithmetic makes further ones."""

    def __add__(self, other: Any) -> "Node":
        return Call(lambda a, b: a + b, self, other)

    def __radd__(self, other: Any) -> "Node":
        return Call(lambda a, b: b + a, self, other)

    def __sub__(self, other: Any) -> "Node":
        return Call(lambda a, b: a - b, self, other)

    def __rsub__(self, other: Any) -> "Node":
        return Call(lambda a, b: b - a, self, other)

    def __mul__(self, other: Any) -> "Node":
        return Call(lambda a, b: a * b, self, other)

    def __rmul__(self, other: Any) -> "Node":
        return Call(lambda a, b: b * a, self, other)

    def __truediv__(self, other: Any) -> "Node":
        return Call(lambda a, b: a / b, self, other)

    def __floordiv__(self, other: Any) -> "Node":
        return Call(lambda a, b: a // b, self, other)

    def __pow__(self, other: Any) -> "Node":
        return Call(lambda a, b: a**b, self, other)

    def __rpow__(self, other: Any) -> "Node":
        return Call(lambda a, b: b**a, self, other)

    def __neg__(self) -> "Node":
        return Call(lambda a: -a, self)


class Call(Node):
    """A function of nodes, evaluated for each trial."""

    def __init__(self, function: Callable[..., Any], *args: Any, **named: Any) -> None:
        self.function = function
        self.args = args
        self.named = named


class Parameter(Node):
    """A number. form: as in a sweep file."""

    def __init__(self, label: str, form: Dict[str, Any], convert: Callable[[Any], Any] = float) -> None:
        self.label = _label(label)
        self.form = form
        self.convert = convert


class Choice(Node):
    """One of several options, each with parameters of its own."""

    def __init__(self, label: str, options: Sequence[Any], weights: Optional[List[float]] = None) -> None:
        self.label = _label(label)
        self.options = list(options)
        self.weights = weights
        if not self.options:
            raise ParzenError(f"hp.choice {label}: expected at least one option, got none")


def _label(label: Any) -> str:
    if not isinstance(label, str) or not label:
        raise TypeError(f"hp: expected a label first, got {label!r}")
    return label


def uniform(label: str, low: float, high: float) -> Node:
    return Parameter(label, {"uniform": [low, high]})


def quniform(label: str, low: float, high: float, q: float) -> Node:
    return Parameter(label, {"quniform": [low, high, q]})


def uniformint(label: str, low: float, high: float, q: float = 1.0) -> Node:
    return Parameter(label, {"uniformint": [int(low), int(high)]}, int)


def loguniform(label: str, low: float, high: float) -> Node:
    """From exp(low) to exp(high)."""
    return Parameter(label, {"loguniform": [exp(low), exp(high)]})


def qloguniform(label: str, low: float, high: float, q: float) -> Node:
    """From exp(low) to exp(high), in multiples of q."""
    return Parameter(label, {"qloguniform": [exp(low), exp(high), q]})


def normal(label: str, mu: float, sigma: float) -> Node:
    return Parameter(label, {"normal": [mu, sigma]})


def qnormal(label: str, mu: float, sigma: float, q: float) -> Node:
    return Parameter(label, {"qnormal": [mu, sigma, q]})


def lognormal(label: str, mu: float, sigma: float) -> Node:
    """exp of normal(mu, sigma)."""
    return Parameter(label, {"lognormal": [mu, sigma]})


def qlognormal(label: str, mu: float, sigma: float, q: float) -> Node:
    return Parameter(label, {"qlognormal": [mu, sigma, q]})


def randint(label: str, *bounds: int, low: int = 0, high: Optional[int] = None) -> Node:
    """`randint(label, high)` or `randint(label, low, high)`; high is left out."""
    given: Tuple[int, ...] = bounds if high is None else (low, high)
    if len(given) not in (1, 2):
        raise ParzenError(f"hp.randint {label}: expected high, or low and high, got {len(given)} numbers")
    return Parameter(label, {"randint": [int(bound) for bound in given]}, int)


def choice(label: str, options: Sequence[Any]) -> Node:
    return Choice(label, options)


def pchoice(label: str, p_options: Sequence[Tuple[float, Any]]) -> Node:
    """Pairs of a probability and an option."""
    total = sum(p for p, _ in p_options)
    if abs(total - 1) > 1e-6:
        raise ParzenError(f"hp.pchoice {label}: expected probabilities with the sum 1, got {total:g}")
    return Choice(label, [option for _, option in p_options], [float(p) for p, _ in p_options])
