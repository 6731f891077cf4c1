"""Early stopping on recorded learning curves: what regret a search reaches for how many epochs, beside Optuna's pruners.

  PEER_PYTHON=/venv/bin/python python3 bench/curves.py run --seeds 5 --out FILE      (resumes FILE)
  python3 bench/curves.py report FILE
  CURVE_TASKS=held-out …                             (other tasks than those that choices were made on; or names, with commas)

Needs `npm run build`, ../shared/bench (or BENCH=its folder) and, for the peers, a Python with Optuna. Tasks: public ones
whose every epoch is recorded. One trial at a time in virtual time; a trial that is stopped has cost the epochs it ran, one that is paused goes on where it stood
if it is promoted. A run ends when it has spent 100 full trainings. Its value at a cost: the best last-epoch loss of the trials complete
by then, as normalised regret (0 the best known value, 1 a median random configuration).
ours: `SAMPLER+PRUNER`, with options `auto+asha@promote=true`; peers: `optuna+PRUNER`.
"""
import argparse, json, math, os, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
BENCH = os.environ.get("BENCH", os.path.join(HERE, "..", "..", "shared", "bench"))
PEER = os.environ.get("PEER_PYTHON", sys.executable)
TRAININGS = 100
RUNS = ["auto+none", "auto+asha", "auto+hyperband", "tpe+asha", "tpe+hyperband", "optuna+none", "optuna+hyperband", "optuna+sha", "optuna+median"]
# what pruners and samplers were chosen on, and all other public tasks with curves: what a figure says of tasks nobody has looked at
TASKS = {
    "tuned": ["yahpo/lcbench/167168", "yahpo/lcbench/189906", "yahpo/lcbench/7593", "yahpo/lcbench/168329",
              "table/taskset-imdb_patch32_GRU128_bs128", "table/taskset-imdb_patch32_LSTM128_bs128", "table/nmtlc-scratch-so-en"],
    "held-out": ["yahpo/lcbench/167190", "yahpo/lcbench/167201", "yahpo/lcbench/168331", "yahpo/lcbench/168868", "yahpo/lcbench/168910",
                 "yahpo/lcbench/189354", "yahpo/lcbench/189866", "yahpo/lcbench/189873", "table/taskset-imdb_patch128_LSTM128_avg_bs64",
                 "table/taskset-imdb_patch32_IRNN64_relu_avg_bs128", "table/taskset-imdb_patch32_VRNN64_tanh_avg_bs128"],
}


def peer_main(kind):
    import warnings
    warnings.filterwarnings("ignore")
    import optuna
    sys.path.insert(0, os.path.join(BENCH, "adapters"))
    from common import active
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    P = optuna.pruners
    study, space, trials = None, None, {}
    for line in sys.stdin:
        m = json.loads(line)
        reply = {"ok": True}
        if m["op"] == "init":
            pruner = {"none": lambda: P.NopPruner(), "median": lambda: P.MedianPruner(), "sha": lambda: P.SuccessiveHalvingPruner(1, 3),
                      "hyperband": lambda: P.HyperbandPruner(1, m["maxStep"], 3)}[kind]()
            study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=m["seed"]), pruner=pruner, study_name="bench")
            space = m["space"]
        elif m["op"] == "ask":
            t, p = study.ask(), {}
            for s in space:
                if not active(p, s):
                    continue
                n = s["name"]
                if s["type"] == "cat":
                    p[n] = t.suggest_categorical(n, s["choices"])
                elif s["type"] == "int":
                    p[n] = t.suggest_int(n, s["low"], s["high"], step=s.get("step") or 1, log=bool(s.get("log")))
                else:
                    p[n] = t.suggest_float(n, s["low"], s["high"], log=bool(s.get("log")))
            trials[t.number], reply = t, {"id": t.number, "params": p}
        elif m["op"] == "report":
            trials[m["id"]].report(m["loss"], m["step"])
            reply = {"verdict": "prune" if trials[m["id"]].should_prune() else "continue"}
        else:
            t = trials.pop(m["id"])
            study.tell(t, state=optuna.trial.TrialState.PRUNED) if m["loss"] is None else study.tell(t, m["loss"])
        print(json.dumps(reply), flush=True)


def wanted():
    chosen = os.environ.get("CURVE_TASKS", "tuned")
    return TASKS.get(chosen) or chosen.split(",")


def tasks(names=None):
    sys.path.insert(0, BENCH)
    argv, sys.argv = sys.argv, sys.argv[:1]
    import suite
    sys.argv = argv
    recorded = {}
    for d in suite.DATA:
        recorded.update(suite.recorded.load(d))
    problems = suite.load()
    for name in names or wanted():
        task, problem = recorded[name], problems[name]
        objective = task.objectives[0]
        sign = -1.0 if objective["direction"] == "max" else 1.0
        (fidelity, bounds), = task.fidelity.items()
        space, back = suite.neutral(task)
        steps = list(range(max(1, int(bounds["lo"])), int(bounds["hi"]) + 1))

        def curve(params, task=task, back=back, objective=objective, fidelity=fidelity, steps=steps, sign=sign):
            config = {k: back[k](x) for k, x in params.items()}
            for step in steps:
                v = task(config, {fidelity: step})[objective["name"]]
                yield sign * v if v is not None and math.isfinite(v) else 1e6
        yield name, space, len(steps), curve, problem.best, suite.median_of(problem)


def named(text):
    """`extrapolate@chance=0.05`: a pruner, or a sampler, with an option."""
    name, *options = text.split("@")
    return {"name": name, **{key: json.loads(value) for key, value in (one.split("=") for one in options)}}


def run_one(name, space, length, curve, run, seed, trainings=TRAININGS):
    sampler, pruner = run.split("+")
    if sampler == "optuna":
        command = [PEER, os.path.abspath(__file__), "peer", pruner]
    else:
        command = ["node", os.path.join(HERE, "curves_adapter.mjs"), json.dumps({"sampler": named(sampler), "pruner": named(pruner)})]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def say(**message):
        child.stdin.write(json.dumps(message) + "\n")
        child.stdin.flush()
        return json.loads(child.stdout.readline())
    say(op="init", space=space, seed=seed, maxStep=length)
    cost, done, trials, paused = 0, [], 0, {}
    while cost < trainings * length:
        asked = say(op="ask")
        trials = max(trials, asked["id"] + 1)
        # one that goes on has its curve, as far as it has got
        losses, end, verdict = paused.pop(asked["id"], None) or enumerate(curve(asked["params"]), 1), None, "continue"
        for step, loss in losses:
            cost += 1
            verdict = say(op="report", id=asked["id"], step=step, loss=loss)["verdict"]
            if step == length:
                end = loss
            elif verdict != "continue":
                break
        if end is None and verdict == "pause":
            say(op="pause", id=asked["id"])
            paused[asked["id"]] = losses
            continue
        say(op="tell", id=asked["id"], loss=end)
        if end is not None:
            done.append((cost, end))
    child.stdin.close()
    child.wait()
    return dict(task=name, run=run, seed=seed, length=length, trials=trials, done=done)


def report(path):
    import numpy as np
    runs = {}
    for line in open(path):
        r = json.loads(line)
        runs.setdefault((r["task"], r["run"]), []).append(r)
    names = list(dict.fromkeys(task for task, _ in runs))
    known = {name: (best, median) for name, _, _, _, best, median in tasks(names)}
    kinds = [k for k in dict.fromkeys(RUNS + [r for _, r in runs]) if all((n, k) in runs for n in names)]

    def regret(task, kind, share):
        best, median = known[task]
        values = []
        for r in runs[(task, kind)]:
            limit = share * TRAININGS * r["length"]
            values.append(min([v for c, v in r["done"] if c <= limit], default=median))
        return max(0.0, (float(np.median(values)) - best) / max(1e-12, median - best))
    shares = [0.05, 0.1, 0.2, 0.5, 1.0]
    for task in names + ["geometric mean"]:
        print(task)
        for kind in kinds:
            if task == "geometric mean":
                row = [math.exp(np.mean([math.log(max(1e-4, regret(t, kind, s))) for t in names])) for s in shares]
                extra = ""
            else:
                row = [regret(task, kind, s) for s in shares]
                extra = f"  {np.median([r['trials'] for r in runs[(task, kind)]]):.0f} trials"
                own = kind.split("+")[0] + "+none"
                if (task, own) in runs:
                    full = regret(task, own, 1.0)
                    grid = [s / 200 for s in range(1, 201)]
                    reached = next((s for s in grid if regret(task, kind, s) <= full + 1e-12), None)
                    extra += f"  full search's regret after {'-' if reached is None else f'{100 * reached:.0f} %'}"
            print(f"  {kind:18s} " + "  ".join(f"{100 * s:.0f}%: {x:.4f}" for s, x in zip(shares, row)) + extra)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=["run", "report", "peer"])
    p.add_argument("file", nargs="?")
    p.add_argument("--seeds", type=int, default=5)
    p.add_argument("--runs", default=",".join(RUNS))
    p.add_argument("--trainings", type=int, default=TRAININGS, help="end a run after the cost of so many full trainings")
    p.add_argument("--parallel", type=int, default=2, help="runs at a time")
    p.add_argument("--out")
    a = p.parse_args()
    if a.what == "peer":
        return peer_main(a.file)
    if a.what == "report":
        return report(a.file)
    have = set()
    if os.path.exists(a.out):
        have = {(r["task"], r["run"], r["seed"]) for r in map(json.loads, open(a.out))}
    with ThreadPoolExecutor(a.parallel) as pool, open(a.out, "a") as out:
        jobs = [pool.submit(run_one, name, space, length, curve, run, seed, a.trainings) for name, space, length, curve, _, _ in tasks()
                for seed in range(a.seeds) for run in a.runs.split(",") if (name, run, seed) not in have]
        for job in jobs:
            out.write(json.dumps(job.result()) + "\n")
            out.flush()


main()
