"""The oldest Python that is promised can read every file; what has types has true ones."""

import ast
import importlib
import inspect
import sys
import typing
import unittest
import warnings
from pathlib import Path
from typing import Any, Iterator, Tuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(Path(__file__).parent / "drivers"))


def functions() -> Iterator[Tuple[str, Any]]:
    """All of the package, with their places."""
    for file in sorted((ROOT / "parzen").rglob("*.py")):
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts).replace(".__init__", "")
        module = importlib.import_module(name)
        for thing in vars(module).values():
            if getattr(thing, "__module__", None) != name:
                continue
            members = list(vars(thing).values()) if inspect.isclass(thing) else [thing]
            for member in members:
                member = getattr(member, "fget", member)
                if inspect.isfunction(member):
                    yield f"{name}.{member.__qualname__}", member


class Syntax(unittest.TestCase):
    def test_is_that_of_python_3_8(self) -> None:
        files = sorted((Path(__file__).parent.parent / "parzen").rglob("*.py"))
        self.assertGreater(len(files), 5)
        for file in files:
            with self.subTest(file=file.name):
                ast.parse(file.read_text(), feature_version=(3, 8))

    def test_warns_of_nothing(self) -> None:
        for file in sorted((ROOT / "parzen").rglob("*.py")):
            with self.subTest(file=file.name), warnings.catch_warnings():
                warnings.simplefilter("error")
                compile(file.read_text(), str(file), "exec")

    def test_has_a_type_that_exists_for_every_argument_and_result(self) -> None:
        found = list(functions())
        self.assertGreater(len(found), 150)
        for name, function in found:
            if function.__name__ == "<lambda>" or function.__qualname__.startswith(("Minimized.", "Best.", "Verdict.")):
                continue
            with self.subTest(name):
                hints = typing.get_type_hints(function)
                untyped = [each for each in inspect.signature(function).parameters if each not in hints and each != "self"]
                self.assertEqual((untyped, "return" in hints), ([], True))
