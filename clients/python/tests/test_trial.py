"""A trial in a folder of its own, and outside a sweep."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path
from typing import Any, Dict, List, Optional

from parzen import ParzenError, Pruned, Stopped
from parzen._trial import Trial, inside, trial, trial_of

PACKAGE = str(Path(__file__).parent.parent)


class InFolder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def environment(self, **more: str) -> Dict[str, str]:
        params = {"lr": 0.5, "optimizer": {"choice": "sgd", "momentum": 0.9}, "layers": [{"units": 3}]}
        said = {"PARZEN_PARAMS": json.dumps(params), "PARZEN_STUDY": "s", "PARZEN_TRIAL": "7", "PARZEN_ATTEMPT": "2"}
        return {**said, "PARZEN_SEED": "8", "PARZEN_DIR": str(self.folder), **more}

    def trial(self, **more: str) -> Trial:
        return trial_of(self.environment(**more))

    def lines(self) -> List[Any]:
        return [json.loads(line) for line in (self.folder / "metrics.jsonl").read_text().splitlines()]

    def decide(self, verdict: str) -> None:
        (self.folder / "verdict.json").write_text(json.dumps({"verdict": verdict, "step": 1, "reason": "below the median"}))

    def run_script(self, script: str, *, wait_for: Optional[str] = None) -> "subprocess.CompletedProcess[str]":
        """With `wait_for`, SIGTERM is sent once that was printed."""
        environment = {**os.environ, **self.environment(), "PYTHONPATH": PACKAGE}
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script)],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        assert child.stdout is not None
        said = ""
        if wait_for is not None:
            said = child.stdout.readline()
            self.assertEqual(said.strip(), wait_for)
            child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=60)
        return subprocess.CompletedProcess(script, child.returncode, said + out, err)

    def test_has_what_the_environment_says(self) -> None:
        one = self.trial()
        self.assertEqual((one.study, one.number, one.attempt, one.seed), ("s", 7, 2, 8))
        self.assertEqual((one.target_step, trial_of(self.environment(PARZEN_TARGET_STEP="9")).target_step), (None, 9))
        self.assertEqual(one.params.lr, 0.5)
        self.assertEqual(one.params["optimizer"]["momentum"], one.params.optimizer.momentum)
        self.assertEqual(one.params.layers[0].units, 3)

    def test_reads_parameters_from_the_file_if_they_are_too_long_for_a_variable(self) -> None:
        path = self.folder / "params.json"
        path.write_text('{"lr": 0.25}')
        environment = self.environment(PARZEN_PARAMS_FILE=str(path))
        del environment["PARZEN_PARAMS"]
        self.assertEqual(trial_of(environment).params, {"lr": 0.25})

    def test_prefers_its_parameters_to_defaults_and_takes_a_choice_as_a_whole(self) -> None:
        params = self.trial().params(lr=0.1, epochs=3, optimizer={"choice": "adam", "beta": 1})
        self.assertEqual(params, {"lr": 0.5, "epochs": 3, "optimizer": {"choice": "sgd", "momentum": 0.9}, "layers": [{"units": 3}]})
        self.assertEqual(self.trial().param("optimizer.momentum", 0), 0.9)
        self.assertEqual(self.trial().param("optimizer.beta", 0.8), 0.8)

    def test_says_which_parameters_there_are(self) -> None:
        with self.assertRaises(KeyError) as raised:
            self.trial().params["rate"]
        self.assertEqual(raised.exception.args[0], "params: expected one of lr, optimizer, layers, got rate")
        with self.assertRaises(AttributeError):
            self.trial().params.rate

    def test_appends_a_line_a_report(self) -> None:
        one = self.trial()
        self.assertTrue(one.report(step=1, loss=0.5, ok=True))
        one.report({"val/loss": float("nan"), "up": float("inf")}, step=2, down=-float("inf"))
        one.report(loss=1)
        self.assertEqual(
            self.lines(),
            [
                {"step": 1, "loss": 0.5, "ok": 1},
                {"step": 2, "val/loss": "NaN", "up": "Infinity", "down": "-Infinity"},
                {"loss": 1},
            ],
        )
        self.assertEqual(json.loads((self.folder / "sdk.json").read_text()), {"sdk": "python/0.1.0"})

    def test_refuses_what_is_no_metric(self) -> None:
        one = self.trial()
        for call, message in (
            (lambda: one.report(), "report: expected a metric, got none. for example report(step=3, accuracy=0.91)"),
            (lambda: one.report(loss="0.3"), "report: expected a number for loss, got '0.3'"),
            (lambda: one.report(loss=None), "report: expected a number for loss, got None"),
            (lambda: one.report({"step": 1}), "report: expected the name of a metric, got 'step'"),
            (lambda: one.report(step=-1, loss=1), "report: expected a step >= 0, got -1"),
        ):
            with self.assertRaises(ParzenError) as raised:
                call()
            self.assertEqual(str(raised.exception), message)
        self.assertFalse((self.folder / "metrics.jsonl").exists())

    def test_raises_when_it_is_pruned_or_says_so(self) -> None:
        one = self.trial()
        one.report(step=3, loss=1)
        self.assertEqual((one.should_prune(), one.reason), (False, None))
        for verdict in ("prune", "pause"):
            self.decide(verdict)
            with self.assertRaises(Pruned) as raised:
                one.report(step=4, loss=1)
            self.assertEqual((str(raised.exception), one.reason), ("below the median", "below the median"))
            self.assertTrue(one.should_prune())
        one.raises = False
        self.assertFalse(one.report(step=5, loss=1))
        self.assertEqual([line["step"] for line in self.lines()], [3, 4, 4, 5])

    def test_goes_on_while_a_verdict_is_written(self) -> None:
        (self.folder / "verdict.json").write_text('{"verd')
        self.assertTrue(self.trial().report(step=1, loss=1))

    def test_looks_for_verdicts_where_it_was_told(self) -> None:
        path = self.folder / "elsewhere.json"
        path.write_text('{"verdict": "prune", "step": 1, "reason": ""}')
        with self.assertRaises(Pruned):
            self.trial(PARZEN_VERDICT_FILE=str(path)).report(step=1, loss=1)

    def test_ends_a_script_without_a_traceback_when_pruned(self) -> None:
        self.decide("prune")
        ended = self.run_script(
            """
            from parzen import trial
            try:
                trial.report(step=1, loss=2)
                print("not reached")
            except Exception:
                print("not an Exception")
            finally:
                print("closed")
            """
        )
        self.assertEqual((ended.returncode, ended.stdout, ended.stderr), (0, "closed\n", ""))

    def test_leaves_a_moment_for_a_checkpoint_on_term(self) -> None:
        ended = self.run_script(
            """
            import time
            from parzen import Stopped, trial
            trial.report(step=1, loss=2)
            try:
                print("ready", flush=True)
                while True: time.sleep(60)
            except Stopped:
                (trial.checkpoint_dir / "last").write_text("1")
                raise
            """,
            wait_for="ready",
        )
        self.assertEqual((ended.returncode, ended.stderr), (143, ""))
        self.assertEqual((self.folder / "checkpoints" / "last").read_text(), "1")

    def test_leaves_a_handler_of_the_script_alone(self) -> None:
        ended = self.run_script(
            """
            import signal, sys, time
            from parzen import trial
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))
            trial.report(step=1, loss=2)
            print("ready", flush=True)
            while True: time.sleep(60)
            """,
            wait_for="ready",
        )
        self.assertEqual(ended.returncode, 5)

    def test_keeps_lines_of_processes_and_threads_whole(self) -> None:
        ended = self.run_script(
            """
            import os, threading
            from parzen import trial
            trial.report(step=0, loss=0)
            children = []
            for child in range(3):
                pid = os.fork()
                if pid == 0:
                    for step in range(200): trial.report({f"loss{child}": step / 7}, step=step)
                    os._exit(0)
                children.append(pid)
            def work(i):
                for step in range(200): trial.report({f"thread{i}": step / 7}, step=step)
            threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            for pid in children: assert os.waitpid(pid, 0)[1] == 0
            """
        )
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        lines = self.lines()
        self.assertEqual(len(lines), 1201)
        for name in [f"{kind}{i}" for kind in ("loss", "thread") for i in range(3)]:
            self.assertEqual([line["step"] for line in lines if name in line], list(range(200)))

    def test_reports_once_in_a_distributed_training(self) -> None:
        one = self.trial()
        os.environ["RANK"] = "1"
        try:
            self.assertTrue(one.report(step=1, loss=1))
        finally:
            del os.environ["RANK"]
        one.report(step=1, loss=2)
        self.assertEqual(self.lines(), [{"step": 1, "loss": 2}])

    def test_keeps_files(self) -> None:
        one = self.trial()
        model = self.folder / "model.bin"
        model.write_bytes(b"\x00\x01")
        self.assertEqual(one.artifact(model).read_bytes(), b"\x00\x01")
        self.assertEqual(one.artifact("plots/curve.txt", "a").relative_to(self.folder), Path("artifacts/plots/curve.txt"))
        one.artifact("plots/curve.txt", b"b")
        kept = {str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.rglob("*") if path.is_file() and "artifacts" in path.parts}
        self.assertEqual(kept, {"artifacts/model.bin": b"\x00\x01", "artifacts/plots/curve.txt": b"b"})
        for name in ("../up", "/etc/x", ""):
            with self.assertRaises(ParzenError):
                one.artifact(name, b"")

    def test_says_that_its_folder_is_on_another_machine(self) -> None:
        with self.assertRaises(ParzenError) as raised:
            self.trial(PARZEN_DIR="/nowhere/at/all")
        self.assertEqual(
            str(raised.exception),
            "trial: expected the folder /nowhere/at/all (PARZEN_DIR), got none on this machine. share it, or set PARZEN_URL and PARZEN_TOKEN",
        )


class Outside(unittest.TestCase):
    def test_has_defaults_alone_and_reports_to_nobody(self) -> None:
        one = trial_of({})
        self.assertEqual((one.study, one.number, one.attempt, one.seed), (None, 0, 1, 0))
        self.assertEqual(one.params(lr=0.1, net={"depth": 2}).net.depth, 2)
        self.assertTrue(one.report(step=1, loss=1))
        self.assertFalse(one.should_prune())

    def test_writes_nothing_that_was_not_asked_for(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            script = "from parzen import trial; trial.report(loss=1); trial.params(lr=1)"
            bare = {key: value for key, value in os.environ.items() if not key.startswith("PARZEN_")}
            subprocess.run([sys.executable, "-c", script], cwd=folder, env={**bare, "PYTHONPATH": PACKAGE}, check=True)
            self.assertEqual(os.listdir(folder), [])

    def test_is_whatever_trial_the_code_is_inside_of(self) -> None:
        one, other = trial_of({"PARZEN_TRIAL": "1"}), trial_of({"PARZEN_TRIAL": "2"})
        with inside(one):
            with inside(other):
                self.assertEqual(trial.number, 2)
            self.assertEqual(trial.number, 1)
            trial.raises = False
        self.assertFalse(one.raises)
        self.assertIsInstance(Stopped("x").code, int)


if __name__ == "__main__":
    unittest.main()
