"""Rows of experiments, and intervals of differences of shares, from statsmodels.

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1 statsmodels==0.15.0
    venv/bin/python make-experiment.py > experiment.json
"""
import json
import sys

import scipy
import statsmodels
from scipy.stats import norm
from statsmodels.stats.power import normal_sample_size_one_tail
from statsmodels.stats.proportion import confint_proportions_2indep, samplesize_proportions_2indep_onetail

shares, means, newcombe = [], [], []
for control, effect in ((0.04, 0.01), (0.5, 0.05), (0.9, -0.03), (0.002, 0.001)):
    for ratio in (1, 4, 0.25):
        for alpha, power in ((0.05, 0.8), (0.01, 0.95)):
            n = samplesize_proportions_2indep_onetail(effect, control, power, ratio=ratio, alpha=alpha, alternative="two-sided")
            shares.append({"control": control, "effect": effect, "ratio": ratio, "alpha": alpha, "power": power, "rows": float(n)})
for deviation, effect in ((1, 0.1), (250, 5), (3, 4)):
    for ratio in (1, 3):
        for alpha, power in ((0.05, 0.8), (0.001, 0.99)):
            both = deviation * (1 + 1 / ratio) ** 0.5
            n = normal_sample_size_one_tail(effect, power, alpha / 2, std_null=both, std_alternative=both)
            means.append({"deviation": deviation, "effect": effect, "ratio": ratio, "alpha": alpha, "power": power, "rows": float(n)})
for a, n, b, m in ((56, 70, 48, 80), (0, 30, 12, 40), (9, 10, 3, 10), (500, 1000, 480, 1000)):
    for alpha in (0.05, 0.001):
        low, high = confint_proportions_2indep(a, n, b, m, method="newcomb", compare="diff", alpha=alpha, correction=False)
        newcombe.append({"first": [a, n], "second": [b, m], "z": float(norm.isf(alpha / 2)), "low": float(low), "high": float(high)})
json.dump(
    {
        "madeBy": f"make-experiment.py with scipy {scipy.__version__}, statsmodels {statsmodels.__version__}",
        "shares": shares,
        "means": means,
        "newcombe": newcombe,
    },
    sys.stdout,
    indent=1,
)
print()
