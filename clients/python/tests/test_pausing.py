"""Trials that are paused and gone on with, by programs that ask for them: with the real command line."""

import contextlib
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List

import parzen
from parzen import ParzenError, Paused, Pruned, Study, trial
from parzen._checkpoints import Checkpoints
from parzen.hyperopt import Trials, fmin, hp, rand

SPACE: Dict[str, Any] = {"x": "uniform(0, 1)"}
LAST = 9
ASHA: Dict[str, Any] = {"name": "asha", "minStep": 1, "maxStep": LAST, "promote": True, "letThrough": 0}
OPTIONS: Dict[str, Any] = {"pruner": ASHA, "sampler": "random", "seed": 1}


def train(params: Any, metric: str = "value") -> float:
    """Goes on from its checkpoint; says of each step that it did it, and of each attempt where it began."""
    state = trial.checkpoint_dir / "deep" / "step"
    state.parent.mkdir(exist_ok=True)
    begun = int(state.read_text()) if state.exists() else 0
    with open(os.path.join(os.environ["LOG"], "begun"), "a") as log:
        log.write(f"{trial.number} {trial.attempt} {begun}\n")
    for step in range(begun + 1, LAST + 1):
        with open(os.path.join(os.environ["LOG"], "steps"), "a") as log:
            log.write(f"{trial.number} {step}\n")
        draft = state.with_name("draft")
        draft.write_text(str(step))
        draft.replace(state)
        trial.report({metric: params.x + 1 / step}, step=step)
    return float(params.x) + 1 / LAST


@unittest.skipUnless(os.environ.get("PARZEN_COMMAND"), "PARZEN_COMMAND names no Parzen")
class Pausing(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.store = f"sqlite:{folder.name}/parzen.db"
        before = os.getcwd()
        os.chdir(folder.name)
        self.addCleanup(os.chdir, before)
        os.environ["LOG"] = folder.name
        self.addCleanup(os.environ.pop, "LOG")

    def lines(self, name: str) -> List[List[int]]:
        return [[int(word) for word in line.split()] for line in (self.folder / name).read_text().splitlines()]

    def check(self, rows: List[Dict[str, Any]], steps: List[Any]) -> None:
        """No step twice, none left out; the best got to the end, and most did not."""
        done = Counter(number for number, _ in steps)
        for number in done:
            self.assertEqual([step for of, step in steps if of == number], list(range(1, done[number] + 1)))
        self.assertEqual({row["state"] for row in rows}, {"complete", "pruned"})
        self.assertEqual({row["number"] for row in rows if row["state"] == "complete"}, {n for n in done if done[n] == LAST})
        self.assertLess(len(steps), len(rows) * LAST / 2)
        self.assertTrue(any(len(row["attempts"]) > 1 for row in rows))

    def test_keeps_a_state_in_memory_for_when_the_same_trial_comes_again(self) -> None:
        states: Dict[int, int] = {}
        steps: List[Any] = []
        with Study("s", SPACE, max_trials=12, store=self.store, **OPTIONS) as study:
            while True:
                one = study.ask(pauses=True)
                if one is None:
                    break
                step = states.pop(one.number, 0)
                self.assertEqual(step > 0, one.attempt > 1)
                try:
                    while step < LAST:
                        step += 1
                        steps.append((one.number, step))
                        one.report(step=step, value=one.params.x + 1 / step)
                except Paused as paused:
                    self.assertRegex(str(paused), rf"^step {step}: place \d+ of \d+ at rung \d+")
                    states[one.number] = step
                    self.assertTrue(study.pause(one))
                    self.assertFalse(study.pause(one))
                else:
                    study.tell(one, one.params.x)
            self.check(study.trials, steps)

    def test_tells_pruned_whoever_has_not_said_that_he_can_go_on(self) -> None:
        with Study("s", SPACE, max_trials=3, store=self.store, **OPTIONS) as study:
            one = study.ask()
            assert one is not None
            with self.assertRaises(Pruned) as raised:
                one.report(step=1, value=1)
            self.assertNotIsInstance(raised.exception, Paused)

    def test_minimizes_with_pauses_if_the_objective_keeps_checkpoints(self) -> None:
        for name, how in (("one", {}), ("threads", {"parallel": 3}), ("processes", {"parallel": 2, "processes": True})):
            with self.subTest(name):
                found = parzen.minimize(train, SPACE, name=name, max_trials=12, store=self.store, **OPTIONS, **how)
                self.check(found.trials, self.lines("steps"))
                for number, attempt, begun in self.lines("begun"):
                    self.assertEqual(begun > 0, attempt > 1, number)
            for log in ("steps", "begun"):
                (self.folder / log).unlink()

    def test_prunes_if_it_keeps_none(self) -> None:
        def forgets(params: Any) -> float:
            for step in range(1, LAST + 1):
                trial.report(step=step, value=params.x + 1 / step)
            return float(params.x)

        with self.assertRaises(ParzenError) as raised:
            parzen.minimize(forgets, SPACE, max_trials=3, **OPTIONS)
        self.assertRegex(
            str(raised.exception),
            r"^minimize: expected a trial with a value, got 3 without. the last one: step 1: place \d of 3 at rung 0, 1 goes on; "
            r"nothing was kept in trial.checkpoint_dir to go on from$",
        )

    def test_finds_nothing_that_an_earlier_study_of_that_name_has_left(self) -> None:
        for _ in range(2):
            parzen.minimize(train, SPACE, max_trials=4, **OPTIONS)
        for number, attempt, begun in self.lines("begun"):
            self.assertEqual(begun > 0, attempt > 1, number)

    def test_says_a_pause_to_who_waits(self) -> None:
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            parzen.minimize(train, SPACE, max_trials=6, verbose=True, **OPTIONS)
        self.assertRegex(said.getvalue(), r"trial \d paused: step \d: place \d of \d at rung \d")

    def test_goes_on_in_fmin(self) -> None:
        trials = Trials("hyper", store=self.store)
        fmin(lambda x: train(parzen.Params({"x": x}), "loss"), hp.uniform("x", 0, 1), algo=rand.suggest, max_evals=12, trials=trials, pruner=ASHA, rstate=1)
        self.assertTrue(any(attempt > 1 for _, attempt, _ in self.lines("begun")))
        for number, attempt, begun in self.lines("begun"):
            self.assertEqual(begun > 0, attempt > 1, number)

    def test_goes_on_on_another_machine(self) -> None:
        """Two folders that share nothing but the server."""
        with Study("s", SPACE, max_trials=4, store=self.store, **OPTIONS) as study:
            for name in "ab":
                (self.folder / name).mkdir()
            for x in (0.1, 0.2, 0.3, 0.4):
                study.enqueue({"x": x})
            os.environ["PARZEN_TOKEN"] = study._api.token
            self.addCleanup(os.environ.pop, "PARZEN_TOKEN")
            kept = bytes(range(256)) * 40_000
            paused = self.worker(study)
            for number in range(3):
                with self.inside("a"):
                    one = paused.ask(pauses=True)
                    assert one is not None
                    (one.checkpoint_dir / "model.bin").write_bytes(kept + bytes([number]))
                    (one.checkpoint_dir / "last").symlink_to("model.bin")
                    with self.assertRaises(Paused):
                        one.report(step=1, value=one.params.x)
                    self.assertTrue(paused.pause(one))
                    self.assertFalse((self.folder / "a/parzen-trial/s/trial-0000/attempt-1/checkpoints").exists())
            with self.inside("b"):
                again = self.worker(study).ask(pauses=True)
                assert again is not None
                self.assertEqual((again.number, again.attempt, again.target_step), (0, 2, 3))
                self.assertEqual((again.checkpoint_dir / "model.bin").read_bytes(), kept + b"\0")
                self.assertEqual(os.readlink(str(again.checkpoint_dir / "last")), "model.bin")

    def test_sends_in_passing_what_is_complete(self) -> None:
        with Study("s", SPACE, max_trials=1, store=self.store, **OPTIONS) as study:
            one = study.ask(pauses=True)
            assert one is not None
            api, path = one._transport._api, one._transport._path  # type: ignore[attr-defined]
            kept = Checkpoints(api, path, one.checkpoint_dir, key=study._key, goes_on=False, every_seconds=0, clock=lambda: 0.0)
            model = one.checkpoint_dir / "model.bin"
            there = self.folder / "studies/s/trial-0000/attempt-1/checkpoints/model.bin"
            for text in ("first", "second, longer"):
                model.write_text(text)
                # it may still be being written
                kept.send_in_passing()
                self.assertNotEqual(there.exists() and there.read_text(), text)
                kept.send_in_passing()
                self.assertEqual(there.read_text(), text)
            # one that never rests
            for length in range(1, 11):
                model.write_text("x" * length)
                kept.send_in_passing()
            self.assertEqual(there.read_text(), "x" * 10)
            # its program is gone: whoever is given it next goes on from there
            shutil.rmtree("parzen-trial")
            study._api.call("POST", f"{study._path}/stop", {"now": True})
            study._api.call("POST", f"{study._path}/resume", {})
            again = study.ask(pauses=True)
            assert again is not None
            self.assertEqual((again.number, again.attempt), (0, 2))
            self.assertEqual((again.checkpoint_dir / "model.bin").read_text(), "x" * 10)

    def worker(self, study: Study) -> Study:
        own = Study("s", SPACE, max_trials=4, store=study._api.url, **OPTIONS)
        self.addCleanup(own.close)
        return own

    def inside(self, name: str) -> Any:
        return _Inside(str(self.folder / name))

    def test_trains_a_population_whose_forks_go_on_from_their_parents(self) -> None:
        begun: List[Any] = []

        def population(params: Any) -> float:
            state = trial.checkpoint_dir / "steps"
            done = state.read_text().split() if state.exists() else []
            begun.append((trial.number, trial.attempt, trial.parent, list(done)))
            while len(done) < 30:
                done.append(str(trial.number))
                state.write_text(" ".join(done))
                trial.report(step=len(done), value=(params.x - 0.3) ** 2 + 1 / len(done))
            return float((params.x - 0.3) ** 2 + 1 / 30)

        sampler = {"name": "pbt", "population": 4, "interval": 3, "maxStep": 30, "resample": 0}
        found = parzen.minimize(population, SPACE, max_trials=40, sampler=sampler, seed=2)
        forks = [(number, parent, done) for number, attempt, parent, done in begun if parent is not None and attempt == 1]
        self.assertGreater(len(forks), 0)
        for number, parent, done in forks:
            self.assertEqual(done[-1], str(parent), number)
        self.assertEqual(len([row for row in found.trials if row["state"] == "complete"]), 4)

    def test_a_program_that_is_killed_leaves_what_was_paused_to_the_next_one(self) -> None:
        script = f"""
            import os, sys
            sys.path.insert(0, {str(Path(__file__).parent)!r})
            import parzen
            from parzen import trial
            from test_pausing import OPTIONS, SPACE, train
            def objective(params):
                keep = trial.report
                def report(*given, step, **more):
                    # in the middle of a training that has got so far, with a checkpoint
                    if step == 3 and trial.attempt > 1 and len(sys.argv) > 1: os.kill(os.getpid(), {int(signal.SIGKILL)})
                    return keep(*given, step=step, **more)
                trial.report = report
                return train(params)
            found = parzen.minimize(objective, SPACE, max_trials=12, store={self.store!r}, **OPTIONS)
        """

        def run(*args: str) -> int:
            env = {**os.environ, "PYTHONPATH": str(Path(parzen.__file__).parent.parent)}
            return subprocess.run([sys.executable, "-c", textwrap.dedent(script), *args], env=env).returncode

        self.assertEqual(run("dies"), -9)
        before = self.lines("steps")
        killed = before[-1][0]
        self.assertEqual(before[-1], [killed, 3])
        self.assertEqual(run(), 0)
        with Study("minimize", SPACE, max_trials=12, store=self.store, **OPTIONS) as study:
            rows = study.trials
        # the one that was killed goes on from its last checkpoint, and those that were paused from theirs
        self.check(rows, self.lines("steps"))
        self.assertEqual([cause for row in rows for cause in (each["cause"] for each in row["attempts"]) if cause], ["lost"])
        self.assertIn([killed, 3, 3], self.lines("begun"))


class _Inside:
    """A working folder."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        self._before = os.getcwd()
        os.chdir(self._folder)

    def __exit__(self, *_: Any) -> None:
        os.chdir(self._before)


if __name__ == "__main__":
    unittest.main()
