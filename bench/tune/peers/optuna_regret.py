"""Optuna on the problems of problems.ts and the tables of real.ts. Usage: optuna_regret.py OUT.json TABLES.json SAMPLER[,...] [SEEDS] [PROBLEM,...|all]
Writes every seed's best after 25, 50 and 100 trials, and goes on with a file that an earlier run left. Needs requirements.txt (gp: requirements-gp.txt too)."""
import json, math, os, sys, time, warnings
from importlib.metadata import PackageNotFoundError, version
import numpy as np
import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
MARKS = (25, 50, 100)
SHIFT = [0.31, -0.22, 0.17, -0.38, 0.26, -0.13, 0.35, -0.29, 0.08, -0.19]
A3 = [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]]
P3 = [[0.3689, 0.117, 0.2673], [0.4699, 0.4387, 0.747], [0.1091, 0.8732, 0.5547], [0.0381, 0.5743, 0.8828]]
A6 = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P6 = [[0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991], [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381]]

def cube(n, low, high, f):
    return lambda t: float(f(np.array([t.suggest_float(f"x{i}", low, high) for i in range(n)])))

def hartmann(a, p, optimum):
    a, p = np.array(a), np.array(p)
    return lambda x: optimum - np.array([1, 1.2, 3, 3.2]) @ np.exp(-(a * (x - p) ** 2).sum(axis=1))

def rosenbrock(x): return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()
def rastrigin(x): return 10 * len(x) + (x * x - 10 * np.cos(2 * np.pi * x)).sum()
def ackley(x): return -20 * np.exp(-0.2 * np.sqrt((x * x).mean())) - np.exp(np.cos(2 * np.pi * x).mean()) + 20 + math.e
def shifted(f, width): return lambda x: f(x - np.array(SHIFT[: len(x)]) * width)

def branin(t):
    x, y = t.suggest_float("x0", -5, 10), t.suggest_float("x1", 0, 15)
    return (y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6) ** 2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10 - 0.39788735772973816

def mixed_of(lr, layers, width, drop, opt):
    l, deep = math.log10(lr), layers - 3
    best, penalty = {"adam": (-3, 0), "sgd": (-1.5, 0.05), "rmsprop": (-3.5, 0.03)}[opt]
    return (0.3 * (1 - math.exp(-0.5 * (l - best - 0.1 * deep) ** 2)) + penalty + 0.02 * deep**2 * (0.3 if opt == "adam" else 0.6)
            + 0.015 * (math.log2(width) - 7) ** 2 + 0.5 * (drop - 0.2 - 0.05 * deep / 3) ** 2 + max(0, deep * math.log2(width / 128) * 0.01))

def mixed(t):
    return mixed_of(t.suggest_float("lr", 1e-5, 1e-1, log=True), t.suggest_int("layers", 1, 8), t.suggest_int("width", 16, 512, log=True),
                    t.suggest_float("dropout", 0, 0.6), t.suggest_categorical("optimizer", ["adam", "sgd", "rmsprop"]))

def conditional(t):
    model = t.suggest_categorical("model", ["svm", "forest", "net"])
    if model == "svm":
        c, g = math.log10(t.suggest_float("svm.C", 1e-3, 1e3, log=True)), math.log10(t.suggest_float("svm.gamma", 1e-4, 1e1, log=True))
        return 0.05 + 0.02 * (c - 1) ** 2 + 0.03 * (g + 1.5 + 0.3 * (c - 1)) ** 2
    if model == "forest":
        return 0.08 + 0.003 * (9 - math.log2(t.suggest_int("forest.trees", 8, 512, log=True))) ** 2 + 0.002 * (t.suggest_int("forest.depth", 2, 20) - 12) ** 2
    l, k, r = math.log10(t.suggest_float("net.lr", 1e-5, 1e-1, log=True)), t.suggest_int("net.layers", 1, 6), t.suggest_float("net.dropout", 0, 0.6)
    return 0.04 * (l + 3) ** 2 + 0.015 * (k - 3) ** 2 + 0.4 * (r - 0.25) ** 2 + 0.02 * abs(l + 3) * abs(k - 3)

PROBLEMS = {
    "branin": branin,
    "hartmann3": cube(3, 0, 1, hartmann(A3, P3, 3.8627797869493365)),
    "hartmann6": cube(6, 0, 1, hartmann(A6, P6, 3.322368011415515)),
    "rosenbrock5": cube(5, -5, 10, rosenbrock),
    "rastrigin5": cube(5, -5.12, 5.12, rastrigin),
    "ackley10": cube(10, -32.768, 32.768, ackley),
    "mixed": mixed,
    "conditional": conditional,
    "rastrigin5s": cube(5, -5.12, 5.12, shifted(rastrigin, 10.24)),
    "ackley10s": cube(10, -32.768, 32.768, shifted(ackley, 65.536)),
}

def tabulated(found):
    """The tables of tabulate.py as objectives; ordered axes are searched by index."""
    def look(t, table):
        at = 0
        for name, values in table["axes"].items():
            at = at * len(values) + t.suggest_int(name, 0, len(values) - 1)
        return table["losses"][at]
    if "losses" in found:
        least = min(found["losses"])
        return lambda t: look(t, found) - least
    least = min(min(b["losses"]) for b in found.values())
    return lambda t: look(t, found[t.suggest_categorical("learner", sorted(found))]) - least

S = optuna.samplers
SAMPLERS = {"random": lambda s: S.RandomSampler(seed=s), "tpe": lambda s: S.TPESampler(seed=s), "tpe-uni": lambda s: S.TPESampler(seed=s, multivariate=False),
            "tpe-mv-group": lambda s: S.TPESampler(seed=s, multivariate=True, group=True), "cmaes": lambda s: S.CmaEsSampler(seed=s), "gp": lambda s: S.GPSampler(seed=s)}

def versions():
    """The packages that bear on the results; what is not installed is left out."""
    found = {"python": sys.version.split()[0]}
    for name in ("optuna", "cmaes", "numpy", "scipy", "torch"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            pass
    return found

if __name__ == "__main__":
    path, tables, samplers = sys.argv[1], sys.argv[2], sys.argv[3].split(",")
    seeds, trials = int(sys.argv[4]) if len(sys.argv) > 4 else 20, MARKS[-1]
    PROBLEMS.update({k: tabulated(v) for k, v in json.load(open(tables)).items() if k != "source"})
    wanted = list(PROBLEMS) if len(sys.argv) < 6 or sys.argv[5] == "all" else sys.argv[5].split(",")
    out = json.load(open(path)) if os.path.exists(path) else {"marks": MARKS, "regret": {}}
    kept = out.setdefault("versions", {})
    changed = {k: v for k, v in versions().items() if k != "python" and kept.get(k, v) != v}
    if changed:
        sys.exit(f"{path} was measured with {kept}, and these are {changed}: remove the file to measure all anew")
    kept.update(versions())
    for s in samplers:
        for name in wanted:
            entries = out["regret"].setdefault(name, {})
            rows = entries.get(s, {}).get("all", [])
            spent = entries.get(s, {}).get("ms_per_trial", 0) * trials * len(rows)
            for seed in range(len(rows), seeds):
                start = time.perf_counter()
                study = optuna.create_study(sampler=SAMPLERS[s](seed))
                study.optimize(PROBLEMS[name], n_trials=trials)
                spent += (time.perf_counter() - start) * 1e3
                low = np.minimum.accumulate([t.value for t in study.trials])
                rows.append([float("%.6g" % low[m - 1]) for m in MARKS])
                entries[s] = {"seeds": len(rows), "all": rows, "median": np.median(np.array(rows), 0).tolist(), "ms_per_trial": round(spent / trials / len(rows), 2)}
                with open(path + ".part", "w") as file:
                    json.dump(out, file)
                os.replace(path + ".part", path)
            print(name, s, *["%.3g" % v for v in entries[s]["median"]], flush=True)
