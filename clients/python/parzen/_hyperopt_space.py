"""A space of Hyperopt's as the authoring form of Parzen, and values of a trial back into the user's structure."""

import json
import re
from typing import Any, Dict, Iterator, List, Mapping, Tuple

from ._errors import ParzenError
from .hp import Call, Choice, Node, Parameter

Scope = Tuple[Tuple[Choice, int], ...]
"""The options something is inside of, outermost first."""

Raw = Dict[str, Any]
"""By label: the value, of a choice the index of its option."""

_RESERVED = (
    "choice pchoice weights repeat each uniform int loguniform normal lognormal quniform qloguniform qnormal qlognormal "
    "uniformint randint constructor toString valueOf"
).split()


class HyperoptSpace:
    """Labels belong to the whole space there, and paths to Parzen.

    A parameter that stands in several places is kept where all of them can see it, so that it has one value.
    """

    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self._homes: Dict[int, Scope] = {}
        self._nodes: Dict[str, Node] = {}
        self._names: Dict[str, str] = {}
        for node, scope in _places(tree, ()):
            known = self._nodes.setdefault(node.label, node)
            if known is not node:
                raise ParzenError(f"hp: expected each label once, got {node.label} for two parameters")
            self._homes[id(node)] = _common(self._homes.get(id(node), scope), scope)
        for label in self._nodes:
            self._names[label] = _name(label, list(self._names.values()))
        self.authoring = self._group(())

    def raw(self, nested: Mapping[str, Any]) -> Raw:
        """Of a trial's nested parameters; only the active ones."""
        raw: Raw = {}
        self._read((), nested, raw)
        return raw

    def build(self, raw: Mapping[str, Any]) -> Any:
        """The user's structure with these values: what an objective is called with."""
        return _build(self.tree, raw)

    def flat(self, raw: Mapping[str, Any]) -> Dict[str, Any]:
        """By dotted name, for `Study.enqueue`."""
        return {self._path(label): self._stored(self._nodes[label], value) for label, value in raw.items()}

    def _here(self, scope: Scope) -> Iterator[Any]:
        return (node for node in self._nodes.values() if self._homes[id(node)] == scope)

    def _group(self, scope: Scope) -> Dict[str, Any]:
        return {self._names[node.label]: self._form(node, scope) for node in self._here(scope)}

    def _form(self, node: Node, scope: Scope) -> Dict[str, Any]:
        if isinstance(node, Parameter):
            return node.form
        assert isinstance(node, Choice)
        options: Any = node.options
        if not _is_plain(node):
            names = _option_names(node)
            options = {name: self._group((*scope, (node, i))) for i, name in enumerate(names)}
        return {"choice": options, **({} if node.weights is None else {"weights": node.weights})}

    def _read(self, scope: Scope, nested: Mapping[str, Any], raw: Raw) -> None:
        for node in self._here(scope):
            value = nested[self._names[node.label]]
            if isinstance(node, Parameter):
                raw[node.label] = node.convert(value)
                continue
            chosen = value["choice"] if isinstance(value, Mapping) else value
            index = self._stored_options(node).index(json.dumps(chosen))
            raw[node.label] = index
            self._read((*scope, (node, index)), value if isinstance(value, Mapping) else {}, raw)

    def _stored_options(self, node: Choice) -> List[str]:
        return [json.dumps(option) for option in (node.options if _is_plain(node) else _option_names(node))]

    def _stored(self, node: Node, value: Any) -> Any:
        if not isinstance(node, Choice):
            return value
        return json.loads(self._stored_options(node)[int(value)])

    def _path(self, label: str) -> str:
        if label not in self._nodes:
            raise ParzenError(f"hp: expected one of {', '.join(self._nodes)}, got {label}")
        keys: List[str] = []
        for node, index in self._homes[id(self._nodes[label])]:
            keys += [self._names[node.label], _option_names(node)[index]]
        return ".".join([*keys, self._names[label]])


def _places(value: Any, scope: Scope) -> Iterator[Tuple[Any, Scope]]:
    if isinstance(value, Choice):
        yield value, scope
        for i, option in enumerate(value.options):
            yield from _places(option, (*scope, (value, i)))
    elif isinstance(value, Parameter):
        yield value, scope
    elif isinstance(value, Call):
        for inner in (*value.args, *value.named.values()):
            yield from _places(inner, scope)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _places(inner, scope)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _places(inner, scope)


def _common(a: Scope, b: Scope) -> Scope:
    length = 0
    while length < min(len(a), len(b)) and a[length] == b[length]:
        length += 1
    return a[:length]


def _build(value: Any, raw: Mapping[str, Any]) -> Any:
    if isinstance(value, Choice):
        return _build(value.options[raw[value.label]], raw)
    if isinstance(value, Parameter):
        return raw[value.label]
    if isinstance(value, Call):
        named = {key: _build(inner, raw) for key, inner in value.named.items()}
        return value.function(*(_build(inner, raw) for inner in value.args), **named)
    if isinstance(value, Mapping):
        return {key: _build(inner, raw) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        # a tuple there, whatever was written
        return tuple(_build(inner, raw) for inner in value)
    return value


def _is_plain(node: Choice) -> bool:
    """Whether the options are values that JSON tells apart."""
    if not all(option is None or isinstance(option, (str, int, float, bool)) for option in node.options):
        return False
    seen = {json.dumps(float(o) if isinstance(o, int) and not isinstance(o, bool) else o) for o in node.options}
    return len(seen) == len(node.options) and not any(o != o or o in (float("inf"), -float("inf")) for o in node.options)


def _option_names(node: Choice) -> List[str]:
    """What people read: the option's own name if it has one (`{"type": "svm", …}`), else `option0`."""
    names: List[str] = []
    for i, option in enumerate(node.options):
        said = [option.get(key) for key in ("type", "name", "model", "kind")] if isinstance(option, Mapping) else [option]
        found = [s for s in said if isinstance(s, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", s)]
        name = found[0] if found else f"option{i}"
        names.append(f"option{i}" if name in names or name in _RESERVED else name)
    return names


def _name(label: str, taken: List[str]) -> str:
    name = re.sub(r"[^A-Za-z0-9_-]", "_", label)
    name = name if re.match(r"[A-Za-z_]", name) else f"_{name}"
    while name in taken or name in _RESERVED:
        name += "_"
    return name
