"""Figures of the penguins by pandas and scipy, for `explore.test.ts` to compare with.

Run in the project's folder, with pandas and scipy installed:
    python3 plugins/explore/reference/make-pandas.py
"""

import itertools
import json
from pathlib import Path

import pandas
import scipy
from scipy.stats.contingency import association

HERE = Path(__file__).parent
rows = pandas.read_csv(HERE / "../../../examples/penguins/data/penguins.csv")
numbers = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year"]
texts = ["species", "island", "sex"]


def describe(column):
    return {
        "missing": int(column.isna().sum()),
        "distinct": int(column.nunique()),
        "mean": column.mean(),
        "deviation": column.std(),
        "skewness": column.skew(),
        "min": float(column.min()),
        "quartiles": [column.quantile(q) for q in (0.25, 0.5, 0.75)],
        "max": float(column.max()),
    }


def correlation_ratio(column):
    both = rows[[column, "species"]].dropna()
    groups = both.groupby("species")[column]
    within = (groups.var(ddof=0) * groups.count()).sum() / len(both)
    return 1 - within / both[column].var(ddof=0)


(HERE / "pandas.json").write_text(
    json.dumps(
        {
            "made by": "make-pandas.py",
            "versions": {"pandas": pandas.__version__, "scipy": scipy.__version__},
            "columns": {name: describe(rows[name]) for name in numbers},
            "pearson": {f"{a} {b}": rows[a].corr(rows[b]) for a, b in itertools.combinations(numbers, 2)},
            "cramers-v": {
                f"{a} {b}": association(pandas.crosstab(rows[a], rows[b]).to_numpy(), method="cramer")
                for a, b in itertools.combinations(texts, 2)
            },
            "correlation-ratio": {name: correlation_ratio(name) for name in numbers},
        },
        indent=1,
    )
    + "\n"
)
