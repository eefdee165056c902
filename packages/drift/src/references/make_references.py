"""Writes scipy.json: what SciPy says, for drift.test.ts to compare with.

pip install scipy==1.16.3 && python make_references.py
"""
import json
import pathlib
import sys

import numpy as np
import scipy
from scipy import spatial, stats

rng = np.random.default_rng(20131101)


def sample(size, shift, ties):
    values = rng.normal(shift, 1, size)
    return np.round(values, 1) if ties else np.round(values, 6)


def ks(n1, n2, shift, ties=False):
    a, b = sample(n1, shift * 0, ties), sample(n2, shift, ties)
    found = stats.ks_2samp(a, b)
    return {"a": a.tolist(), "b": b.tolist(), "statistic": found.statistic, "p": found.pvalue}


sizes = [(1, 1, 0), (5, 7, 1), (20, 20, 0.5), (50, 200, 0.2), (64, 48, 0.6), (100, 100, 0.05), (150, 151, 0), (300, 90, 0.8)]
tail = []
for n in [1, 2, 3, 10, 50, 100, 140, 141, 500, 1000, 2000, 20000, 99999, 200000]:
    for z in [0.3, 0.5, 0.8, 1.0, 1.2, 1.4, 1.5, 1.9, 2.1, 2.5, 4.0, 6.0]:
        d = z / np.sqrt(n)
        if d < 1:
            tail.append([n, d, float(stats.kstwo.sf(d, n))])
counts = [([10, 20, 30], [12, 18, 33]), ([50, 50], [30, 70]), ([3, 0, 8, 1], [5, 2, 9, 0]), ([1000, 20, 5], [90, 9, 1]), ([7, 7], [7, 7])]
shares = [([0.2, 0.3, 0.5], [0.25, 0.25, 0.5]), ([1, 2, 3, 4], [4, 3, 2, 1]), ([1, 0], [0, 1]), ([5, 0, 5], [5, 1, 4])]


def psi(a, b):
    a, b = np.array(a, float), np.array(b, float)
    return float(stats.entropy(a, b) + stats.entropy(b, a)) if (a > 0).all() and (b > 0).all() else None


chi = []
for a, b in counts:
    table = np.array([a, b])
    found = stats.chi2_contingency(table[:, table.sum(axis=0) > 0])
    chi.append({"a": a, "b": b, "statistic": found.statistic, "p": found.pvalue, "degrees": found.dof})
ps = [0.001, 0.04, 0.03, 0.2, 0.9, 0.005, 0.04]
out = {
    "made": f"scipy {scipy.__version__}, numpy {np.__version__}, python {sys.version.split()[0]}",
    "ks": [ks(*s) for s in sizes] + [ks(80, 120, 0.3, True), ks(10, 10, 5)],
    "ksEven": [[n, n, h / n, float(stats._stats_py._attempt_exact_2kssamp(n, n, n, h / n, "two-sided")[2])] for n, h in [(10, 3), (1000, 40), (10000, 90), (10000, 300)]],
    "kolmogorovTail": tail,
    "chiSquared": chi,
    "psi": [{"a": a, "b": b, "psi": psi(a, b)} for a, b in shares],
    "jensenShannon": [{"a": a, "b": b, "distance": float(spatial.distance.jensenshannon(a, b, base=2))} for a, b in shares],
    "benjaminiHochberg": {"ps": ps, "corrected": stats.false_discovery_control(ps).tolist()},
}


def rank_sum(a, b):
    found = stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=True)
    return {"a": a, "b": b, "statistic": found.statistic, "p": found.pvalue}


out["rankSum"] = [rank_sum(one["a"], one["b"]) for one in out["ks"]] + [rank_sum([0.0] * 30 + [1.0] * 5, [0.0] * 20 + [1.0] * 25)]
big_a, big_b = np.arange(12000) % 977 / 977, (np.arange(700) * 31 % 1013 / 1013) ** 1.1
found = stats.ks_2samp(big_a, big_b)
out["ksLarge"] = {"statistic": found.statistic, "p": found.pvalue}
pathlib.Path(__file__).with_name("scipy.json").write_text(json.dumps(out) + "\n")
