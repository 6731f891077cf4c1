"""The parameters of a trial, nested as in the sweep file."""

from typing import Any, Dict, List, Mapping


class Params(Dict[str, Any]):
    """A dict whose items are attributes as well: `params.optimizer.momentum`, `params["optimizer"]["momentum"]`.

    A choice whose options have parameters is `{"choice": "sgd", "momentum": 0.9}`. A parameter named like a method of dict
    (`items`, `get`, …) is reached as an item alone.
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(str(error.args[0])) from None

    def __missing__(self, name: str) -> Any:
        raise KeyError(f"params: expected one of {', '.join(self) or 'none'}, got {name}")

    def __call__(self, **defaults: Any) -> "Params":
        """These values, and where there is none the default.

        A choice is taken as a whole: parameters of another option are not filled in from its default.
        """
        return Params({**_nested(defaults), **self})


def _nested(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): as_params(inner) for key, inner in value.items()}
    return value


def as_params(value: Any) -> Any:
    """Objects of JSON as `Params`, to any depth."""
    if isinstance(value, Mapping):
        return Params(_nested(value))
    if isinstance(value, list):
        elements: List[Any] = value
        return [as_params(element) for element in elements]
    return value
