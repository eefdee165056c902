"""Optuna on the problems of objectives.ts: hypervolume after 200 trials. Usage: optuna_objectives.py OUT.json SAMPLER[,...] [SEEDS]
Writes every seed's hypervolume, and goes on with a file that an earlier run left. Needs requirements.txt."""
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

def volume(name, sampler, seed):
    n, reference, f = PROBLEMS[name]
    study = optuna.create_study(directions=["minimize"] * len(reference), sampler=SAMPLERS[sampler](seed))
    study.optimize(lambda t: f([t.suggest_float(f"x{i}", 0, 1) for i in range(n)]), n_trials=200)
    values = np.array([t.values for t in study.trials])
    inside = values[(values < reference).all(axis=1)]
    return float("%.6g" % compute_hypervolume(inside, np.array(reference))) if len(inside) else 0.0

if __name__ == "__main__":
    path, samplers = sys.argv[1], sys.argv[2].split(",")
    seeds = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    out = json.load(open(path)) if os.path.exists(path) else {"optuna": optuna.__version__, "objectives": {}}
    if out["optuna"] != optuna.__version__:
        sys.exit(f"{path} was measured with Optuna {out['optuna']}, and this is {optuna.__version__}: remove the file to measure all anew")
    for seed in range(seeds):
        for s in samplers:
            for name in PROBLEMS:
                found = out["objectives"].setdefault(name, {}).setdefault(s, [])
                if len(found) > seed:
                    continue
                start = time.perf_counter()
                found.append(volume(name, s, seed))
                print(name, s, seed, "%.4f" % found[-1], "%.1f ms/trial" % ((time.perf_counter() - start) * 1e3 / 200), flush=True)
                with open(path + ".part", "w") as file:
                    json.dump(out, file)
                os.replace(path + ".part", path)
