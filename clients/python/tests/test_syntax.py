"""The oldest Python that is promised can read every file."""

import ast
import unittest
from pathlib import Path


class Syntax(unittest.TestCase):
    def test_is_that_of_python_3_8(self) -> None:
        files = sorted((Path(__file__).parent.parent / "parzen").rglob("*.py"))
        self.assertGreater(len(files), 5)
        for file in files:
            with self.subTest(file=file.name):
                ast.parse(file.read_text(), feature_version=(3, 8))
