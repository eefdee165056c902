"""Milliseconds that Optuna takes to suggest after so many random trials. Usage: optuna_timing.py OUT.json [ROUNDS] [WARM] [SAMPLER,...]"""
import json, math, random, sys, time, warnings
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
F, I, C = FloatDistribution, IntDistribution, CategoricalDistribution
SPACES = {
    "hartmann6": {f"x{i}": F(0, 1) for i in range(6)},
    "mixed": {"lr": F(1e-5, 1e-1, log=True), "layers": I(1, 8), "width": I(16, 512, log=True), "dropout": F(0, 0.6), "optimizer": C(["adam", "sgd", "rmsprop"])},
}
S = optuna.samplers
SAMPLERS = {"random": lambda: S.RandomSampler(seed=0), "tpe": lambda: S.TPESampler(seed=0), "cmaes": lambda: S.CmaEsSampler(seed=0), "gp": lambda: S.GPSampler(seed=0)}

def smooth(p):
    """Any smooth loss does: what is timed does not depend on it."""
    return sum(math.sin(3 * v) if isinstance(v, float) else len(str(v)) for v in p.values())

def times(space, make, trials, rounds, warm):
    r = random.Random(5)
    study = optuna.create_study(sampler=make())
    draws = optuna.create_study(sampler=S.RandomSampler(seed=5))
    for _ in range(trials):
        t = draws.ask(space)
        study.add_trial(optuna.trial.create_trial(params=t.params, distributions=space, value=smooth(t.params)))
    out = []
    for i in range(rounds + warm):
        start, used = time.perf_counter(), time.process_time()
        t = study.ask(space)
        if i >= warm:
            out.append(((time.perf_counter() - start) * 1e3, (time.process_time() - used) * 1e3))
        study.tell(t, smooth(t.params))
    return sorted(t for t, _ in out), sorted(t for _, t in out)

if __name__ == "__main__":
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    warm = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    names = sys.argv[4].split(",") if len(sys.argv) > 4 else list(SAMPLERS)
    out = {}
    for s in names:
        for name, space in SPACES.items():
            for trials in (100, 1000):
                # A process takes seconds at 1,000: fewer rounds, and less to warm up.
                few = s == "gp"
                t, p = times(space, SAMPLERS[s], trials, min(5, rounds) if few else rounds, min(2, warm) if few else warm)
                out.setdefault(s, {}).setdefault(name, {})[trials] = {"median_ms": t[len(t) // 2], "processor_ms": p[len(p) // 2], "max_ms": t[-1]}
                print(s, name, trials, "median %.1f ms (processor %.1f), most %.1f ms" % (t[len(t) // 2], p[len(p) // 2], t[-1]), flush=True)
    json.dump(out, open(sys.argv[1], "w"))
