"""Median ms of one suggestion (ask, all parameters, tell) of Optuna, for suggest.bench.mjs.

python optuna-suggest.py '{"space": {...}, "trials": 1000, "repeats": 20}'  prints the median in ms.
The history is loaded: random trials with values of a smooth function.
"""
import json, math, statistics, sys, time
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

optuna.logging.set_verbosity(optuna.logging.ERROR)
job = json.loads(sys.argv[1])


def distribution(p):
    if p["kind"] == "categorical":
        return CategoricalDistribution(p["choices"])
    kind = IntDistribution if p["kind"] == "int" else FloatDistribution
    return kind(p["low"], p["high"], log=p.get("log", False))


def loss(params):
    return sum(math.atan(v) ** 2 if isinstance(v, (int, float)) else ord(v[0]) % 7 for v in params.values())


space = {name: distribution(p) for name, p in job["space"].items()}
draws = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
for _ in range(job["trials"]):
    trial = draws.ask(space)
    draws.tell(trial, loss(trial.params))
study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1))
study.add_trials(draws.get_trials(deepcopy=False))
times = []
for _ in range(job["repeats"]):
    start = time.perf_counter()
    trial = study.ask()
    params = {}
    for name, p in job["space"].items():
        if p["kind"] == "categorical":
            params[name] = trial.suggest_categorical(name, p["choices"])
        elif p["kind"] == "int":
            params[name] = trial.suggest_int(name, p["low"], p["high"], log=p.get("log", False))
        else:
            params[name] = trial.suggest_float(name, p["low"], p["high"], log=p.get("log", False))
    study.tell(trial, loss(params))
    times.append(1e3 * (time.perf_counter() - start))
print(json.dumps({"ms": statistics.median(times)}))
