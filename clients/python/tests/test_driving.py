"""Studies driven from Python, by the real command line."""

import contextlib
import functools
import io
import math
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest
import warnings
from pathlib import Path
from typing import Any, Dict, List

import parzen
from parzen import ParzenError, Study, trial
from parzen.hyperopt import STATUS_FAIL, STATUS_OK, Trials, fmin, hp, hyper_tune, no_progress_loss, rand, scope, space_eval, tpe
from parzen._hyperopt_space import HyperoptSpace

SPACE: Dict[str, Any] = {"x": "uniform(0, 1)", "kind": {"choice": {"plain": {}, "tuned": {"depth": "int(1, 3)"}}}}


def objective(params: Any) -> float:
    depth = params.kind.depth if params.kind.choice == "tuned" else 1
    return abs(params.x - 0.3) + depth


def crashing(params: Any) -> float:
    if params.x > 0.5:
        os.kill(os.getpid(), signal.SIGKILL)
    return float(params.x)


@unittest.skipUnless(os.environ.get("PARZEN_COMMAND"), "PARZEN_COMMAND names no Parzen")
class Driving(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.store = f"sqlite:{folder.name}/parzen.db"
        before = os.getcwd()
        os.chdir(folder.name)
        self.addCleanup(os.chdir, before)

    def test_minimizes_and_maximizes(self) -> None:
        least = parzen.minimize(objective, SPACE, max_trials=30, seed=1)
        self.assertLess(least.value, 1.1)
        self.assertEqual(objective(least.params), least.value)
        self.assertEqual([row["number"] for row in least.trials], list(range(30)))
        self.assertGreater(parzen.maximize(objective, SPACE, max_trials=20, sampler="random").value, 2)

    def test_says_a_line_a_trial_and_why_it_ended(self) -> None:
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            found = parzen.minimize(objective, SPACE, max_trials=6, seed=1, sampler="random", verbose=True)
        lines = said.getvalue().splitlines()
        self.assertEqual(len(lines), 6)
        self.assertRegex(lines[0], r"^trial 0 complete \d\.\d+ \(best\)  \d+\.\ds  x=0\.\d+ kind=(plain|tuned kind.depth=\d)$")
        best = [line for line in lines if "(best)" in line][-1]
        self.assertTrue(best.startswith(f"trial {found.number} complete {found.value:.5g} "))
        self.assertEqual(found.ended, "6 trials done")

    def test_keeps_on_control_c_what_it_has_and_goes_on_when_called_again(self) -> None:
        script = f"""
        import os, sys, threading, time
        import parzen
        from parzen import trial
        def slow(params):
            if trial.number >= 2 and not os.path.exists("again"):
                print("busy", flush=True)
                while True: time.sleep(0.01)
            return params.x
        for how in (dict(), dict(parallel=2), dict(processes=True)):
            found = parzen.minimize(slow, {{"x": "uniform(0, 1)"}}, name="-".join(["s", *how]), max_trials=4, store={self.store!r}, verbose=False, **how)
            print(found.ended, len([row for row in found.trials if row["state"] == "complete"]), flush=True)
        """
        def run() -> "subprocess.Popen[str]":
            return subprocess.Popen(
                [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, universal_newlines=True,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}, start_new_session=True,
            )
        child = run()
        assert child.stdout is not None
        for busy in (1, 2, 1):
            for _ in range(busy):
                self.assertEqual(child.stdout.readline(), "busy\n")
            # as a terminal does: to all processes of the group
            os.killpg(child.pid, signal.SIGINT)
            self.assertEqual(child.stdout.readline(), "interrupted 2\n")
        child.communicate()
        self.assertEqual(child.returncode, 0)
        Path("again").touch()
        out, _ = run().communicate()
        self.assertEqual(out.splitlines(), ["4 trials done 4"] * 3)

    def test_suggests_the_same_for_the_same_seed(self) -> None:
        runs = [parzen.minimize(objective, SPACE, max_trials=12, seed=5) for _ in range(2)]
        self.assertEqual(*[[row["params"] for row in run.trials] for run in runs])

    def test_takes_failures_as_data(self) -> None:
        def fails(params: Any) -> Any:
            if trial.number == 0:
                raise ValueError("no")
            return {1: math.nan, 2: "text", 3: None}.get(trial.number, 1)

        found = parzen.minimize(fails, SPACE, max_trials=5, sampler="random")
        self.assertEqual([row["state"] for row in found.trials], ["failed"] * 4 + ["complete"])
        self.assertEqual([row["cause"] for row in found.trials[:4]], ["exit", "nan", "exit", "exit"])
        self.assertEqual(found.trials[0]["message"], "ValueError: no")
        with self.assertRaises(ParzenError) as raised:
            parzen.minimize(lambda _: None, SPACE, max_trials=2)
        self.assertEqual(
            str(raised.exception),
            "minimize: expected a trial with a value, got 2 without. the last one: objective: expected a number, got None",
        )

    def test_runs_trials_in_threads_each_with_its_own_trial(self) -> None:
        seen: List[int] = []

        def reports(params: Any) -> float:
            mine = trial.number
            for step in range(5):
                trial.report(step=step, value=mine)
                assert trial.number == mine
            seen.append(mine)
            return float(mine)

        found = parzen.minimize(reports, SPACE, max_trials=12, parallel=4, sampler="random")
        self.assertEqual(sorted(seen), list(range(12)))
        self.assertEqual([row["metrics"] for row in found.trials], [{"value": number} for number in range(12)])

    def test_outlives_a_trial_that_crashes_its_process(self) -> None:
        found = parzen.minimize(crashing, SPACE, max_trials=8, parallel=2, processes=True, sampler="random", seed=1)
        crashed = [row for row in found.trials if row["params"]["x"] > 0.5]
        self.assertGreater(len(crashed), 0)
        self.assertEqual({row["message"] for row in crashed}, {"its process ended with exit code -9"})
        self.assertEqual(found.value, min(row["params"]["x"] for row in found.trials))

    def test_prunes(self) -> None:
        def curve(params: Any) -> float:
            for step in range(1, 10):
                trial.report(step=step, value=params.x)
            return float(params.x)

        found = parzen.minimize(curve, SPACE, max_trials=30, sampler="random", pruner={"name": "median", "letThrough": 0}, seed=2)
        states = [row["state"] for row in found.trials]
        self.assertIn("pruned", states)
        pruned = [row["params"]["x"] for row in found.trials if row["state"] == "pruned"]
        self.assertGreater(min(pruned), found.params["x"])

    def test_asks_and_tells(self) -> None:
        with Study("s", SPACE, max_trials=3, store=self.store) as study:
            study.enqueue({"x": 0.25})
            first = study.ask()
            assert first is not None
            self.assertEqual((first.number, first.params.x), (0, 0.25))
            first.report(step=1, value=2)
            self.assertTrue(study.tell(first, 0.5))
            self.assertFalse(study.tell(first, 0.6))
            self.assertEqual((study.best or (0, 0))[1], 0.5)
        with Study("s", SPACE, max_trials=3, store=self.store) as study:
            self.assertEqual([row["values"] for row in study.trials], [[0.5]])

    def test_goes_on_where_it_was_killed(self) -> None:
        script = f"""
            import os, sys, parzen
            from parzen import trial
            def objective(params):
                print(trial.number, flush=True)
                if trial.number == 3 and len(sys.argv) > 1: os.kill(os.getpid(), 9)
                return params.x
            parzen.minimize(objective, {SPACE!r}, max_trials=8, store={self.store!r}, sampler="random")
        """
        run = functools.partial(subprocess.run, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(Path(parzen.__file__).parent.parent)})
        first = run([sys.executable, "-c", textwrap.dedent(script), "dies"])
        self.assertEqual((first.returncode, first.stdout.split()), (-9, ["0", "1", "2", "3"]))
        second = run([sys.executable, "-c", textwrap.dedent(script)])
        self.assertEqual((second.returncode, second.stdout.split()), (0, ["3", "4", "5", "6", "7"]))
        with Study("minimize", SPACE, max_trials=8, store=self.store) as study:
            rows = study.trials
        self.assertEqual([row["state"] for row in rows], ["complete"] * 8)
        self.assertEqual([[each["cause"] for each in row["attempts"]] for row in rows[2:5]], [[None], ["lost", None], [None]])

    def test_says_what_is_wrong(self) -> None:
        for call, message in (
            (lambda: Study("s", {"x": "unifrom(0, 1)"}), 'x: expected a distribution, got "unifrom". did you mean uniform?'),
            (lambda: parzen.minimize(objective, SPACE), "minimize: expected something that ends it, got no limit"),
            (lambda: Study("s", {"x": object()}), "study: expected what JSON can say, got something else"),
            (lambda: Study("s", SPACE, store="http://127.0.0.1:1"), "expected a token in PARZEN_TOKEN, got none"),
        ):
            with self.assertRaises(ParzenError) as raised:
                call()
            self.assertIn(message, str(raised.exception))
            self.assertNotIn("sweep:", str(raised.exception))

    def test_drives_a_server_elsewhere(self) -> None:
        with Study("here", SPACE, max_trials=1, store=self.store) as study:
            os.environ["PARZEN_TOKEN"] = study._api.token
            try:
                found = parzen.minimize(objective, SPACE, max_trials=4, store=study._api.url, name="there")
            finally:
                del os.environ["PARZEN_TOKEN"]
        self.assertEqual(len(found.trials), 4)

    def test_leaves_no_server_behind(self) -> None:
        with Study("s", SPACE, max_trials=1) as study:
            child = study._server._child
            assert child is not None
        self.assertEqual(child.returncode, 0)

    def test_does_what_hyperopt_does(self) -> None:
        space = hp.choice(
            "model",
            [
                {"type": "svm", "C": hp.loguniform("svm C", math.log(1e-3), math.log(1e3)), "kernel": hp.choice("kernel", ["linear", "rbf"])},
                {"type": "forest", "depth": scope.int(hp.quniform("depth", 1, 12, 1)), "n": 1 + hp.randint("n", 5)},
            ],
        )

        def loss(config: Any) -> Dict[str, Any]:
            if config["type"] == "svm":
                assert 1e-3 <= config["C"] <= 1e3 and config["kernel"] in ("linear", "rbf")
                return {"loss": abs(math.log10(config["C"]) - 1), "status": STATUS_OK, "extra": config["kernel"]}
            assert isinstance(config["depth"], int) and 1 <= config["n"] <= 5
            return {"loss": 2 + config["depth"], "status": STATUS_OK}

        trials = Trials(store=self.store)
        best = fmin(loss, space, algo=tpe.suggest, max_evals=25, trials=trials, rstate=3)
        self.assertEqual(best["model"], 0)
        self.assertEqual(set(best), {"model", "svm C", "kernel"})
        self.assertEqual(space_eval(space, best)["kernel"], ["linear", "rbf"][best["kernel"]])
        self.assertEqual(len(trials), 25)
        self.assertEqual(trials.best_trial["result"]["loss"], min(l for l in trials.losses() if l is not None))
        self.assertIn("extra", trials.best_trial["result"])
        fmin(loss, space, algo=tpe.suggest, max_evals=30, trials=trials, rstate=3)
        self.assertEqual(trials.tids, list(range(30)))

    def test_goes_on_with_trials_from_a_pickle_or_a_file(self) -> None:
        space = hp.uniform("x", -1, 1)

        def loss(x: float) -> Dict[str, Any]:
            return {"loss": x**2, "status": STATUS_OK, "more": 1, "attachments": {"x": str(x)}}

        trials = Trials()
        fmin(loss, space, algo=rand.suggest, max_evals=4, trials=trials)
        self.assertEqual(trials.trial_attachments(trials[2]), {"x": str(trials.vals["x"][2])})
        self.assertEqual(set(trials[2]["result"]), {"loss", "status", "more"})
        again = pickle.loads(pickle.dumps(trials))
        self.assertNotEqual(again.store, trials.store)
        del trials
        fmin(loss, space, algo=rand.suggest, max_evals=6, trials=again)
        self.assertEqual((again.tids, [result["more"] for result in again.results]), (list(range(6)), [1] * 6))
        self.assertEqual(len(pickle.loads(pickle.dumps(Trials()))), 0)
        kept = pickle.loads(pickle.dumps(Trials(store=self.store)))
        self.assertEqual(kept.store, self.store)

        file = self.store.replace("sqlite:", "") + ".hyperopt"
        seen: List[float] = []
        for count in (2, 3):
            fmin(lambda x: seen.append(x) or 0.0, space, algo=rand.suggest, max_evals=count, trials_save_file=file)
        self.assertEqual(len(set(seen)), 3)

    def test_warns_of_a_pruner_that_waits_for_nothing(self) -> None:
        def reports(params: Any) -> float:
            trial.report(step=1, loss=params.x)
            return float(params.x)

        for more, expected in (({}, 1), ({"metric": "loss"}, 0)):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                parzen.minimize(reports, SPACE, max_trials=3, pruner="median", **more)
            said = [str(one.message) for one in caught if str(one.message).startswith("pruner")]
            self.assertEqual(said, ["pruner: expected reports of value, which it watches, got loss. give metric=, or report value"] * expected)

    def test_keeps_hyperopts_rules_for_failures_and_ends(self) -> None:
        def fails(x: float) -> Any:
            return {"status": STATUS_FAIL} if x > 0 else {"loss": x, "status": STATUS_OK}

        trials = Trials()
        best = fmin(fails, hp.uniform("x", -1, 1), algo=rand.suggest, max_evals=20, trials=trials, points_to_evaluate=[{"x": 0.5}, {"x": -0.5}])
        self.assertEqual(trials.statuses()[:2], ["fail", "ok"])
        self.assertLessEqual(best["x"], -0.5)
        with self.assertRaisesRegex(ParzenError, "expected trials or trials_save_file, got both"):
            fmin(fails, hp.uniform("x", -1, 1), max_evals=1, trials=trials, trials_save_file="x.db")
        with self.assertRaisesRegex(ImportError, r"here that is fmin\(…, parallel=4\)"):
            from parzen.hyperopt import SparkTrials  # noqa: F401
        with self.assertRaises(ZeroDivisionError):
            fmin(lambda x: 1 / 0, hp.uniform("x", 0, 1), max_evals=3)
        trials = Trials()
        fmin(lambda x: 1.0, hp.uniform("x", 0, 1), max_evals=50, trials=trials, early_stop_fn=no_progress_loss(4))
        self.assertEqual(len(trials), 5)
        self.assertEqual(set(hyper_tune(lambda p: p["a"] ** 2, {"a": hp.normal("a", 0, 1)}, max_evals=4)), {"a"})


class Spaces(unittest.TestCase):
    def test_keeps_a_shared_parameter_where_all_can_see_it(self) -> None:
        lr = hp.uniform("lr", 0, 1)
        space = HyperoptSpace({"a": hp.choice("a", [{"lr": lr, "m": hp.uniform("m", 0, 1)}, {"lr": lr}]), "l": [lr, 2]})
        self.assertEqual(list(space.authoring), ["a", "lr"])
        raw = space.raw({"a": {"choice": "option0", "m": 0.5}, "lr": 0.25})
        self.assertEqual(raw, {"a": 0, "m": 0.5, "lr": 0.25})
        self.assertEqual(space.build(raw), {"a": {"lr": 0.25, "m": 0.5}, "l": (0.25, 2)})
        self.assertEqual(space.flat(raw), {"a": "option0", "a.option0.m": 0.5, "lr": 0.25})

    def test_gives_labels_names_that_parzen_takes(self) -> None:
        space = HyperoptSpace({"x": hp.uniform("a.b", 0, 1), "y": hp.uniform("a b", 0, 1), "z": hp.uniform("choice", 0, 1), "v": hp.uniform("1", 0, 1)})
        self.assertEqual(list(space.authoring), ["a_b", "a_b_", "choice_", "_1"])

    def test_tells_options_apart_that_are_equal_in_python(self) -> None:
        self.assertEqual(HyperoptSpace(hp.choice("c", [1, True, None, "1"])).authoring, {"c": {"choice": [1, True, None, "1"]}})
        same = HyperoptSpace(hp.choice("c", [1, 1.0]))
        self.assertEqual(list(same.authoring["c"]["choice"]), ["option0", "option1"])
        self.assertEqual(same.raw({"c": "option1"}), {"c": 1})

    def test_refuses_a_label_twice_and_probabilities_that_are_none(self) -> None:
        for make in (
            lambda: HyperoptSpace([hp.uniform("x", 0, 1), hp.uniform("x", 0, 1)]),
            lambda: hp.pchoice("p", [(0.5, 1), (0.9, 2)]),
            lambda: hp.choice("c", []),
        ):
            with self.assertRaises(ParzenError):
                make()


if __name__ == "__main__":
    unittest.main()
