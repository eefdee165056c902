"""How the penguins of 2007 and of 2009 differ, by scipy, for `compare/compare.test.ts` to compare with.

Run in the project's folder, with pandas and scipy installed:
    python3 plugins/explore/reference/make-scipy-years.py
"""

import json
from pathlib import Path

import pandas
import scipy
from math import pi, tan

from scipy.stats import cauchy, chi2_contingency, ks_2samp, mannwhitneyu

HERE = Path(__file__).parent
rows = pandas.read_csv(HERE / "../../../examples/penguins/data/penguins.csv")
before, after = rows[rows.year == 2007], rows[rows.year == 2009]


def chi_squared(a, b):
    table = pandas.DataFrame({"a": a, "b": b}).fillna(0).T
    result = chi2_contingency(table)
    shares = table.div(table.sum(axis=1), axis=0)
    return {
        "test": "chi-squared",
        "statistic": float(result.statistic),
        "p": float(result.pvalue),
        "effect": float((shares.loc["a"] - shares.loc["b"]).abs().sum() / 2),
    }


def values(name):
    a, b = before[name].dropna(), after[name].dropna()
    if rows[name].dtype.kind not in "fi":
        return chi_squared(a.value_counts(), b.value_counts())
    moved, ranked = ks_2samp(a, b), mannwhitneyu(a, b, method="asymptotic")
    # Liu & Xie (2020): the mean of what the p-values are as values of a Cauchy distribution.
    both = cauchy.sf(sum(1 / tan(pi * min(one.pvalue, 0.99)) for one in (moved, ranked)) / 2)
    first = min((moved, "Kolmogorov-Smirnov"), (ranked, "rank sum"), key=lambda one: one[0].pvalue)
    return {
        "test": first[1],
        "statistic": float(first[0].statistic),
        "p": float(both),
        "effect": float(moved.statistic),
    }


def compare(name):
    found = {"values": values(name)}
    if before[name].isna().any() or after[name].isna().any():
        found["missing"] = chi_squared(before[name].isna().value_counts(), after[name].isna().value_counts())
    return found


(HERE / "scipy-years.json").write_text(
    json.dumps(
        {
            "made by": "make-scipy-years.py",
            "versions": {"pandas": pandas.__version__, "scipy": scipy.__version__},
            "columns": {name: compare(name) for name in rows.columns if name != "year"},
        },
        indent=1,
    )
    + "\n"
)
