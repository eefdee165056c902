"""How the penguins of 2007 and of 2009 differ, by scipy, for `compare/compare.test.ts` to compare with.

Run in the project's folder, with pandas and scipy installed:
    python3 plugins/explore/reference/make-scipy-years.py
"""

import json
from pathlib import Path

import pandas
import scipy
from scipy.stats import chi2_contingency, ks_2samp

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
    result = ks_2samp(a, b)
    return {
        "test": "Kolmogorov-Smirnov",
        "statistic": float(result.statistic),
        "p": float(result.pvalue),
        "effect": float(result.statistic),
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
