"""Figures of the penguins by pandas, scipy and scikit-learn, for `explore.test.ts` to compare with.

Run in the project's folder, with pandas, scipy and scikit-learn installed:
    python3 plugins/explore/reference/make-pandas.py
"""

import itertools
import json
from pathlib import Path

import pandas
import scipy
import sklearn
from scipy.stats import spearmanr
from scipy.stats.contingency import association
from sklearn.metrics import mutual_info_score

HERE = Path(__file__).parent
rows = pandas.read_csv(HERE / "../../../examples/penguins/data/penguins.csv")
numbers = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year"]
texts = ["species", "island", "sex"]
measures = numbers[:4]


def describe(column):
    return {
        "missing": int(column.isna().sum()),
        "distinct": int(column.nunique()),
        "mean": column.mean(),
        "deviation": column.std(),
        "skewness": column.skew(),
        "kurtosis": column.kurt(),
        "min": float(column.min()),
        "quartiles": [column.quantile(q) for q in (0.25, 0.5, 0.75)],
        "quantiles": {str(q): column.quantile(q) for q in (0.01, 0.05, 0.95, 0.99)},
        "max": float(column.max()),
        "box": box(column),
    }


def box(column):
    first, third = column.quantile(0.25), column.quantile(0.75)
    reach = 1.5 * (third - first)
    within = column[(column >= first - reach) & (column <= third + reach)]
    return {
        "low": float(within.min()),
        "high": float(within.max()),
        "below": int((column < first - reach).sum()),
        "above": int((column > third + reach).sum()),
    }


def both(a, b):
    return rows[[a, b]].dropna()


def correlation_ratio(column):
    both = rows[[column, "species"]].dropna()
    groups = both.groupby("species")[column]
    within = (groups.var(ddof=0) * groups.count()).sum() / len(both)
    return 1 - within / both[column].var(ddof=0)


(HERE / "pandas.json").write_text(
    json.dumps(
        {
            "made by": "make-pandas.py",
            "versions": {"pandas": pandas.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
            "columns": {name: describe(rows[name]) for name in numbers},
            "pearson": {f"{a} {b}": rows[a].corr(rows[b]) for a, b in itertools.combinations(numbers, 2)},
            "spearman": {
                f"{a} {b}": float(spearmanr(both(a, b)[a], both(a, b)[b]).statistic)
                for a, b in itertools.combinations(measures, 2)
            },
            "mutual-information": {
                f"{a} {b}": mutual_info_score(both(a, b)[a], both(a, b)[b])
                for a, b in itertools.combinations(texts, 2)
            },
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
