"""Optuna on the problems of objectives.ts: hypervolume after 200 trials. Usage: optuna_objectives.py OUT.json SAMPLER[,...] [SEEDS]"""
import json, math, os, sys, time, warnings
import numpy as np
import optuna
from optuna._hypervolume import compute_hypervolume

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

def zdt(shape):
    def f(x):
        g = 1 + 9 * sum(x[1:]) / (len(x) - 1)
        return [x[0], g * shape(x[0], g)]
    return 30, [11, 11], f

def dtlz2(x):
    g = sum((v - 0.5) ** 2 for v in x[2:])
    a, b = x[0] * math.pi / 2, x[1] * math.pi / 2
    return [(1 + g) * math.cos(a) * math.cos(b), (1 + g) * math.cos(a) * math.sin(b), (1 + g) * math.sin(a)]

PROBLEMS = {
    "zdt1": zdt(lambda f, g: 1 - math.sqrt(f / g)),
    "zdt2": zdt(lambda f, g: 1 - (f / g) ** 2),
    "zdt3": zdt(lambda f, g: 1 - math.sqrt(f / g) - f / g * math.sin(10 * math.pi * f)),
    "dtlz2": (12, [1.1] * 3, dtlz2),
}
S = optuna.samplers
SAMPLERS = {"nsga2": lambda s: S.NSGAIISampler(seed=s), "tpe": lambda s: S.TPESampler(seed=s), "tpe-mv": lambda s: S.TPESampler(seed=s, multivariate=True), "gp": lambda s: S.GPSampler(seed=s)}

if __name__ == "__main__":
    path, samplers = sys.argv[1], sys.argv[2].split(",")
    seeds = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    out = json.load(open(path)) if os.path.exists(path) else {}
    for s in samplers:
        for name, (n, reference, f) in PROBLEMS.items():
            start, found = time.perf_counter(), []
            for seed in range(seeds):
                study = optuna.create_study(directions=["minimize"] * len(reference), sampler=SAMPLERS[s](seed))
                study.optimize(lambda t: f([t.suggest_float(f"x{i}", 0, 1) for i in range(n)]), n_trials=200)
                values = np.array([t.values for t in study.trials])
                inside = values[(values < reference).all(axis=1)]
                found.append(float(compute_hypervolume(inside, np.array(reference))) if len(inside) else 0.0)
            out.setdefault(name, {})[s] = found
            print(name, s, "%.4f" % np.median(found), "%.1f ms/trial" % ((time.perf_counter() - start) * 1e3 / seeds / 200), flush=True)
            json.dump(out, open(path, "w"))
