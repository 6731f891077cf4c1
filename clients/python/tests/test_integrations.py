"""Callbacks in the training loops of other libraries: `drivers/` calls them as Keras, Lightning, XGBoost and LightGBM do.

scikit-learn is the real one, and so is the process that is killed; its tests are skipped where it is not installed.
"""

import importlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path
from typing import Any, Dict, List

from parzen import ParzenError, Pruned, Stopped
from parzen._trial import Trial, inside, trial_of

HERE = Path(__file__).parent
DRIVERS = ("keras", "lightning", "xgboost", "lightgbm")
sys.path.insert(0, str(HERE / "drivers"))


class InTrial(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def environment(self, attempt: int = 1) -> Dict[str, str]:
        said = {"PARZEN_STUDY": "s", "PARZEN_TRIAL": "7", "PARZEN_ATTEMPT": str(attempt), "PARZEN_SEED": "8"}
        return {**said, "PARZEN_DIR": str(self.folder), "PARZEN_PARAMS": "{}"}

    def trial(self, attempt: int = 1) -> Trial:
        return trial_of(self.environment(attempt))

    def lines(self) -> List[Any]:
        return [json.loads(line) for line in (self.folder / "metrics.jsonl").read_text().splitlines()]

    def decide(self, verdict: str) -> None:
        (self.folder / "verdict.json").write_text(json.dumps({"verdict": verdict, "step": 3, "reason": "why"}))

    def take_back(self) -> None:
        (self.folder / "verdict.json").unlink()

    def kept(self) -> List[str]:
        return sorted(path.name for path in (self.folder / "checkpoints").iterdir())

    def deciding(self, step: int, verdict: str = "pause") -> Any:
        """Has the verdict written before the report of that step."""
        one = self.trial()
        send = one._send

        def sends(metrics: Any, at: Any) -> Any:
            if at == step:
                self.decide(verdict)
            return send(metrics, at)

        one._send = sends  # type: ignore[method-assign]
        return one


def load(library: str) -> Any:
    return importlib.import_module(library)


class Callbacks(InTrial):
    """Each library in turn: all its metrics by step, ended in its own way with the model kept, gone on with to the same end."""

    def keras(self, *, epochs: int = 6, seen: Any = None, **options: Any) -> Any:
        from parzen.integrations.keras import KerasCallback

        keras: Any = load("keras")
        mine = KerasCallback(metrics={"objective": "val_loss"}, checkpoint="model.keras", **options)
        model = keras.Model() if mine.resume_from is None else keras.load_model(mine.resume_from)
        return model.fit(rate=0.1, epochs=epochs, initial_epoch=mine.done, callbacks=[*(seen or []), mine]).x

    def lightning(self, *, epochs: int = 6, seen: Any = None, **options: Any) -> Any:
        from parzen.integrations.lightning import LightningCallback

        pl: Any = load("lightning.pytorch")
        mine = LightningCallback(metrics={"objective": "train_loss"}, checkpoint="last.ckpt", **options)
        trainer = pl.Trainer(max_epochs=epochs, rate=0.1, callbacks=[*(seen or []), mine])
        trainer.fit(object(), ckpt_path=mine.resume_from)
        return trainer.x

    def xgboost(self, *, epochs: int = 6, seen: Any = None, **options: Any) -> Any:
        from parzen.integrations.xgboost import XGBoostCallback

        xgb: Any = load("xgboost")
        mine = XGBoostCallback(metrics={"objective": "valid/rmse"}, checkpoint="model.ubj", **options)
        return xgb.train(
            {"eta": 0.1}, num_boost_round=epochs - mine.done, evals=["train", "valid"],
            callbacks=[*(seen or []), mine], xgb_model=mine.resume_from,
        ).x

    def lightgbm(self, *, epochs: int = 6, seen: Any = None, **options: Any) -> Any:
        from parzen.integrations.lightgbm import LightGBMCallback

        lgb: Any = load("lightgbm")
        mine = LightGBMCallback(metrics={"objective": "valid_0/l1"}, checkpoint="model.txt", **options)
        return lgb.train(
            {"learning_rate": 0.1}, num_boost_round=epochs - mine.done, valid_names=["valid_0", "valid_1"],
            callbacks=[*(seen or []), mine], init_model=mine.resume_from,
        ).x

    def each(self) -> List[Any]:
        return [(name, getattr(self, name)) for name in DRIVERS]

    def clean(self) -> None:
        for path in sorted(self.folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()

    def test_reports_every_metric_of_every_step_under_the_names_that_were_asked_for(self) -> None:
        names = {
            "keras": {"loss", "objective", "learning_rate"},
            "lightning": {"objective"},
            "xgboost": {"train/rmse", "train/mae", "objective", "valid/mae"},
            "lightgbm": {"objective", "valid_0/l2", "valid_1/l1", "valid_1/l2"},
        }
        for name, train in self.each():
            with self.subTest(name), inside(self.trial()):
                train()
                self.assertEqual([line["step"] for line in self.lines()], [1, 2, 3, 4, 5, 6])
                self.assertEqual(set(self.lines()[0]) - {"step"}, names[name])
                self.assertLess(self.lines()[-1]["objective"], self.lines()[0]["objective"])
                self.assertFalse((self.folder / "checkpoints").exists() and self.kept())
            self.clean()

    def test_goes_on_after_a_pause_to_what_it_would_have_found(self) -> None:
        for name, train in self.each():
            with self.subTest(name):
                with inside(self.trial()):
                    whole = train()
                self.clean()
                with inside(self.deciding(3)), self.assertRaises(Pruned) as raised:
                    train()
                self.assertEqual((raised.exception.code, str(raised.exception)), (0, "why"))
                self.assertEqual([path.split(".")[0][-7:] for path in self.kept()], ["-000003"])
                self.take_back()
                with inside(self.trial(attempt=2)):
                    self.assertEqual(train(), whole)
                self.assertEqual([line["step"] for line in self.lines()], [1, 2, 3, 4, 5, 6])
            self.clean()

    def test_returns_the_model_where_nothing_is_to_be_raised(self) -> None:
        for name, train in self.each():
            with self.subTest(name):
                one = self.deciding(2, "prune")
                one.raises = False
                with inside(one):
                    self.assertAlmostEqual(train(), 1 + 4 * 0.8**2)
                    self.assertTrue(one.should_prune())
                self.assertEqual([line["step"] for line in self.lines()], [1, 2])
            self.clean()

    def test_raises_stopped_for_a_trial_that_was_stopped(self) -> None:
        for name, train in self.each():
            with self.subTest(name), inside(self.deciding(1, "stop")), self.assertRaises(Stopped):
                train()
            self.clean()

    def test_changes_nothing_outside_a_sweep(self) -> None:
        before = os.getcwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, before)
        for name, train in self.each():
            with self.subTest(name), inside(trial_of({})):
                self.assertAlmostEqual(train(), 1 + 4 * 0.8**6)
                self.assertEqual(os.listdir(self.folder), [])

    def test_lets_keras_and_lightning_end_by_themselves_with_all_their_hooks(self) -> None:
        calls: List[str] = []
        from_keras: Any = load("keras.callbacks").Callback
        from_lightning: Any = load("lightning.pytorch.callbacks").Callback

        class KerasOther(from_keras):  # type: ignore[misc]
            def on_train_end(self, logs: Any = None) -> None:
                calls.append("keras ended")

        class LightningOther(from_lightning):  # type: ignore[misc]
            def on_train_end(self, trainer: Any, pl_module: Any) -> None:
                calls.append("lightning ended")

            def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
                calls.append(type(exception).__name__)

        for train, other in ((self.keras, KerasOther()), (self.lightning, LightningOther())):
            with inside(self.deciding(2, "prune")), self.assertRaises(Pruned):
                train(seen=[other])
            self.clean()
        self.assertEqual(calls, ["keras ended", "lightning ended", "Pruned"])

    def test_reports_the_mean_of_cross_validation(self) -> None:
        from parzen.integrations.xgboost import XGBoostCallback

        with inside(self.trial()):
            load("xgboost").cv({"eta": 0.1}, num_boost_round=2, callbacks=[XGBoostCallback()])
        self.assertAlmostEqual(self.lines()[1]["test/rmse"], 4 * 0.8**2)

    def test_says_which_metrics_there_are(self) -> None:
        from parzen.integrations.keras import KerasCallback

        with inside(self.trial()), self.assertRaises(ParzenError) as raised:
            load("keras").Model().fit(rate=0.1, epochs=2, callbacks=[KerasCallback(metrics={"a": "val_acc"})])
        self.assertEqual(
            str(raised.exception), "metrics: expected some of learning_rate, loss, note, val_loss, got val_acc"
        )

    def test_ends_all_processes_of_a_distributed_training(self) -> None:
        from parzen.integrations.lightning import LightningCallback

        class Other:
            """Rank 1: another process was told to end."""

            def reduce_boolean_decision(self, decision: bool, all: bool = True) -> bool:
                return True

        os.environ["RANK"] = "1"
        self.addCleanup(os.environ.pop, "RANK")
        with inside(self.trial()), self.assertRaises(Pruned):
            trainer = load("lightning.pytorch").Trainer(max_epochs=3, rate=0.1, callbacks=[LightningCallback()])
            trainer.strategy = Other()
            trainer.fit(object())
        self.assertEqual((trainer.current_epoch, (self.folder / "metrics.jsonl").exists()), (1, False))


class Imports(unittest.TestCase):
    def test_imports_nothing_until_it_is_used_and_says_what_is_missing(self) -> None:
        script = """
        import sys
        import parzen, parzen.integrations, parzen.integrations.lightgbm, parzen.integrations.sklearn
        heavy = {"numpy", "torch", "sklearn", "keras", "tensorflow", "lightning", "xgboost", "lightgbm"} & set(sys.modules)
        assert not heavy, heavy
        sys.modules.update(dict.fromkeys(["keras", "tensorflow", "lightning", "pytorch_lightning", "xgboost"]))
        for name in ("keras", "lightning", "xgboost"):
            try:
                __import__(f"parzen.integrations.{name}")
            except parzen.ParzenError as error:
                print(error)
        """
        environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
        ended = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script)], env=environment, stdout=subprocess.PIPE, universal_newlines=True
        )
        self.assertEqual(ended.returncode, 0)
        self.assertEqual(
            ended.stdout.splitlines(),
            [
                "KerasCallback: expected Keras, got none. pip install keras, or tensorflow",
                "LightningCallback: expected PyTorch Lightning, got none. pip install lightning",
                "XGBoostCallback: expected XGBoost 1.3 or later, got none. pip install xgboost",
            ],
        )


@unittest.skipUnless(importlib.util.find_spec("sklearn"), "scikit-learn is not installed")
class PartialFit(InTrial):
    def train(self, make: str = "SGDClassifier(random_state=1)", epochs: int = 6) -> Any:
        namespace: Dict[str, Any] = {"make": make, "epochs": epochs}
        exec(textwrap.dedent(TRAIN), namespace)
        return namespace["model"]

    def test_trains_classifiers_regressors_and_clusterings(self) -> None:
        for make in ("SGDClassifier()", "MLPClassifier([8])", "GaussianNB()", "SGDRegressor()", "MiniBatchKMeans(3)"):
            with self.subTest(make), inside(self.trial()):
                self.train(make, epochs=2)
                self.assertEqual([line["step"] for line in self.lines()], [1, 2])
            for path in self.folder.rglob("*.*"):
                path.unlink()

    def test_learns(self) -> None:
        with inside(self.trial()):
            self.train(epochs=10)
        self.assertGreater(self.lines()[-1]["score"], 0.9)

    def test_goes_on_from_a_kill_to_bit_for_bit_what_it_would_have_found(self) -> None:
        with inside(self.trial()):
            whole = self.train()
        expected = self.lines()
        for path in self.folder.rglob("*.*"):
            path.unlink()
        script = f"make, epochs, kill_at = 'SGDClassifier(random_state=1)', 6, 4\n{textwrap.dedent(TRAIN)}"
        environment = {**os.environ, **self.environment(), "PYTHONPATH": str(HERE.parent)}
        killed = subprocess.run([sys.executable, "-c", script], env=environment)
        self.assertEqual(killed.returncode, -9)
        self.assertEqual(self.kept(), ["model-000003.pickle"])
        with inside(self.trial(attempt=2)):
            again = self.train()
        self.assertEqual(self.lines(), expected)
        self.assertEqual((again.coef_ == whole.coef_).all(), True)
        with inside(self.trial(attempt=3)):
            self.train()
        self.assertEqual(self.lines()[-1], expected[-1])

    def test_is_pruned_with_its_model_kept(self) -> None:
        with inside(self.deciding(2)), self.assertRaises(Pruned):
            self.train()
        self.assertEqual(self.kept(), ["model-000002.pickle"])

    def test_refuses_what_cannot_learn_in_steps(self) -> None:
        with inside(self.trial()), self.assertRaises(ParzenError) as raised:
            self.train("LinearRegression()")
        self.assertEqual(
            str(raised.exception),
            "partial_fit: expected a model with partial_fit and at least 1 epoch, got LinearRegression, which has none",
        )


TRAIN = """
import os, signal
from sklearn.cluster import MiniBatchKMeans
from sklearn.datasets import load_digits
from sklearn.linear_model import LinearRegression, SGDClassifier, SGDRegressor
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from parzen.integrations.sklearn import partial_fit

x, y = load_digits(return_X_y=True)
x /= 16
calls = 0

def score(model):
    global calls
    calls += 1
    if calls == globals().get("kill_at"):
        os.kill(os.getpid(), signal.SIGKILL)
    return {"score": model.score(x[1300:], y[1300:])}

model = partial_fit(eval(make), x[:1300], y[:1300], epochs=epochs, batch_size=100, score=score)
"""

if __name__ == "__main__":
    unittest.main()
