"""Several objectives, and evaluations that fail: cases that ../shared/bench/run.py has none of.

  PEER_PYTHON=/venv/bin/python python3 bench/hard_cases.py objectives --seeds 5 --out FILE
  PEER_PYTHON=/venv/bin/python python3 bench/hard_cases.py failures --seeds 5 --out FILE
  python3 bench/hard_cases.py report FILE

Needs `npm run build`, ../shared/bench (or BENCH=its folder) and, for the peers, a Python with Optuna. `objectives`: two and three
outputs of recorded tasks, 200 trials, hypervolume over that of all points any run has found (the reference point is a
tenth of their range beyond the worst of 1,000 random points). `failures`: no failures, 20 % of the evaluations failing by a coin of their own, and a tenth
of the space that always crashes (the upper end of one parameter); 100 trials, normalised regret of the best that did not fail.
"""
import argparse, json, os, random, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
BENCH = os.environ.get("BENCH", os.path.join(HERE, "..", "..", "shared", "bench"))
PEER = os.environ.get("PEER_PYTHON", sys.executable)
OBJECTIVES = [
    ("yahpo/lcbench/167168", ["val_accuracy", "time"]),
    ("yahpo/rbv2_xgboost/12", ["acc", "logloss"]),
    ("yahpo/iaml_super/40981", ["mmce", "ramtrain"]),
    ("yahpo/rbv2_svm/41216", ["mmce", "timetrain", "auc"]),
    ("yahpo/iaml_super/1067", ["mmce", "ramtrain", "rammodel"]),
    ("table/nmthpo-so-en", ["dev_bleu", "dev_gpu_time", "num_param"]),
]
FAILING = ["branin", "hartmann6", "mixed_toy", "cond_optimizer", "yahpo/lcbench/167168", "yahpo/rbv2_xgboost/12",
           "yahpo/rbv2_svm/41216", "yahpo/iaml_super/40981", "table/hpobench_mlp-vehicle"]
MODES = ["none", "coin", "region"]


def peer_main(kind, objectives):
    """The same three lines as run.py's protocol, with lists of losses, or null for a failure."""
    import warnings
    warnings.filterwarnings("ignore")
    import optuna
    sys.path.insert(0, os.path.join(BENCH, "adapters"))
    from common import active
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    S = optuna.samplers
    study, space, trials = None, None, {}
    for line in sys.stdin:
        m = json.loads(line)
        if m["op"] == "init":
            seed = m["seed"]
            sampler = {"tpe": lambda: S.TPESampler(seed=seed), "nsga2": lambda: S.NSGAIISampler(seed=seed),
                       "cma": lambda: S.CmaEsSampler(seed=seed), "random": lambda: S.RandomSampler(seed=seed)}[kind]()
            study = optuna.create_study(sampler=sampler, directions=["minimize"] * objectives)
            space, reply = m["space"], {"ok": True}
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
            trials[t.number] = t
            reply = {"id": t.number, "params": p}
        else:
            t = trials.pop(m["id"])
            if m["losses"] is None:
                study.tell(t, state=optuna.trial.TrialState.FAIL)
            else:
                study.tell(t, m["losses"])
            reply = {"ok": True}
        print(json.dumps(reply), flush=True)


def start(adapter, objectives):
    name = adapter.split("_", 1)
    if name[0] == "optuna":
        command = [PEER, os.path.abspath(__file__), "peer", name[1], str(objectives)]
    else:
        command = ["node", os.path.join(HERE, "adapter.mjs"), adapter]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def study(adapter, space, seed, budget, objectives, evaluate):
    """@returns what `evaluate` gave: a list of losses a trial, or None."""
    p = start(adapter, objectives)

    def call(**m):
        p.stdin.write(json.dumps(m) + "\n")
        p.stdin.flush()
        line = p.stdout.readline()
        if not line:
            raise RuntimeError(f"{adapter} ended")
        return json.loads(line)

    call(op="init", space=space, seed=seed, budget=budget, objectives=objectives)
    results = []
    for i in range(budget):
        t = call(op="ask")
        losses = evaluate(t["params"], i)
        results.append(losses)
        call(op="tell", id=t["id"], losses=losses)
    p.stdin.close()
    p.wait(timeout=30)
    return results


def load():
    sys.path.insert(0, BENCH)
    import suite
    return suite


def several(task, names, suite):
    import numpy as np
    space, back = suite.neutral(task)
    ways = {o["name"]: -1.0 if o["direction"] == "max" else 1.0 for o in task.objectives}

    def evaluate(params, _=0):
        values = task({k: back[k](x) for k, x in params.items()})
        losses = [ways[n] * float(values[n]) for n in names]
        return losses if np.all(np.isfinite(losses)) else None
    return space, evaluate


def crashes(space):
    """A tenth of the space: the upper end of the first parameter that is a range and always active."""
    import math
    for s in space:
        if s["type"] != "cat" and not s.get("when") and s["high"] > s["low"]:
            log = bool(s.get("log"))
            f = math.log if log else (lambda x: x)
            cut = f(s["low"]) + 0.9 * (f(s["high"]) - f(s["low"]))
            return lambda p: f(p[s["name"]]) > cut
    s = next(s for s in space if s["type"] == "cat")
    return lambda p: p[s["name"]] == s["choices"][-1]


def runs(a):
    suite = load()
    done = set()
    if os.path.exists(a.out):
        done = {(r["adapter"], r["problem"], r["mode"], r["seed"]) for r in map(json.loads, open(a.out))}
    jobs = []
    if a.what == "objectives":
        tasks = suite.recorded.load(suite.DATA[0])
        for name, outputs in OBJECTIVES:
            space, evaluate = several(tasks[name], outputs, suite)
            jobs += [(ad, name, f"{len(outputs)} objectives", s, space, 200, len(outputs), evaluate)
                     for s in range(a.seeds) for ad in a.adapters or ["auto", "optuna_tpe", "optuna_nsga2", "optuna_random"]]
    else:
        for p in suite.select(",".join(FAILING)):
            bad = crashes(p.space)
            for mode in MODES:
                for s in range(a.seeds):
                    def evaluate(params, i, p=p, mode=mode, s=s, bad=bad):
                        coin = random.Random(f"{p.name} {s} {i}").random()
                        failed = (mode == "coin" and coin < 0.2) or (mode == "region" and bad(params))
                        return None if failed else [float(p(params))]
                    jobs += [(ad, p.name, mode, s, p.space, 100, 1, evaluate)
                             for ad in a.adapters or ["auto", "optuna_tpe", "optuna_cma", "optuna_random"]]
    jobs = [j for j in jobs if (j[0], j[1], j[2], j[3]) not in done]
    out = open(a.out, "a")

    def go(j):
        ad, problem, mode, s, space, budget, k, evaluate = j
        try:
            results = study(ad, space, s, budget, k, evaluate)
        except Exception as e:
            print("FAILED", ad, problem, mode, s, e, file=sys.stderr)
            return
        out.write(json.dumps(dict(adapter=ad, problem=problem, mode=mode, seed=s, results=results)) + "\n")
        out.flush()
    with ThreadPoolExecutor(a.jobs) as pool:
        list(pool.map(go, jobs))


def hypervolume(points, reference):
    """Exact, by slices of the last objective; points are minimised."""
    points = [p for p in points if all(x < r for x, r in zip(p, reference))]
    if not points:
        return 0.0
    if len(reference) == 1:
        return reference[0] - min(p[0] for p in points)
    points.sort(key=lambda p: p[-1])
    total = 0.0
    for i, p in enumerate(points):
        upper = points[i + 1][-1] if i + 1 < len(points) else reference[-1]
        if upper > p[-1]:
            total += (upper - p[-1]) * hypervolume([q[:-1] for q in points[:i + 1]], reference[:-1])
    return total


def front(points):
    points = sorted(set(map(tuple, points)))
    return [p for p in points if not any(q != p and all(x <= y for x, y in zip(q, p)) for q in points)]


def report(path):
    import statistics as st
    suite = load()
    rows = [json.loads(line) for line in open(path)]
    adapters = sorted({r["adapter"] for r in rows})
    groups = sorted({(r["mode"], r["problem"]) for r in rows})
    if rows[0]["mode"].endswith("objectives"):
        tasks = suite.recorded.load(suite.DATA[0])
        from random_search import R
        table = {}
        for mode, problem in groups:
            space, evaluate = several(tasks[problem], dict(OBJECTIVES)[problem], suite)
            draw = R(space, 1, 1000)
            sample = [x for x in (evaluate(draw.ask()[1]) for _ in range(1000)) if x]
            worst = [max(c) + 0.1 * ((max(c) - min(c)) or 1.0) for c in zip(*sample)]
            mine = [r for r in rows if r["problem"] == problem]
            fronts = {(r["adapter"], r["seed"]): front([x for x in r["results"] if x]) for r in mine}
            whole = hypervolume(front([p for f in fronts.values() for p in f]), worst)
            for ad in adapters:
                shares = [hypervolume(f, worst) / whole for (x, _), f in fronts.items() if x == ad]
                table[mode, problem, ad] = st.median(shares)
        print("median share of the hypervolume found by all; runs per cell:",
              len(rows) // max(1, len(adapters) * len(groups)))
    else:
        problems = {p.name: p for p in suite.select(",".join(FAILING))}
        table = {}
        for mode, problem in groups:
            p = problems[problem]
            scale = suite.median_of(p) - p.best
            for ad in adapters:
                found = [min((x[0] for x in r["results"] if x), default=p.median) for r in rows
                         if (r["adapter"], r["problem"], r["mode"]) == (ad, problem, mode)]
                table[mode, problem, ad] = st.median(max(0.0, (f - p.best) / scale) for f in found) if found else float("nan")
        print("median normalised regret; lower is better")
    print(f"{'':46}" + "".join(f"{ad:>16}" for ad in adapters))
    for mode, problem in groups:
        print(f"{mode + '  ' + problem:46}" + "".join(f"{table[mode, problem, ad]:16.4f}" for ad in adapters))
    for mode in sorted({m for m, _ in groups}):
        means = [st.mean(table[m, p, ad] for m, p in groups if m == mode) for ad in adapters]
        print(f"{mode + '  mean':46}" + "".join(f"{x:16.4f}" for x in means))


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "peer":
        peer_main(sys.argv[2], int(sys.argv[3]))
        sys.exit()
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("what", choices=["objectives", "failures", "report"])
    a.add_argument("file", nargs="?", help="of report")
    a.add_argument("--adapters", type=lambda t: t.split(","), help="names of our samplers, and optuna_tpe optuna_nsga2 optuna_cma optuna_random")
    a.add_argument("--seeds", type=int, default=5)
    a.add_argument("--jobs", type=int, default=2)
    a.add_argument("--out", default="runs.jsonl")
    a = a.parse_args()
    report(a.file or a.out) if a.what == "report" else runs(a)
