"""What scikit-learn fits on 200 rows made up, for `rich.test.ts` and `select.test.ts` to compare with.

Run in the project's folder, with numpy, scipy and scikit-learn installed:
    python3 plugins/features/reference/make-rich.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.feature_selection import RFE, chi2, f_classif, f_regression
from sklearn.linear_model import Lasso, LinearRegression
from sklearn.metrics import mutual_info_score
from sklearn.preprocessing import (
    KBinsDiscretizer,
    OrdinalEncoder,
    PowerTransformer,
    QuantileTransformer,
    StandardScaler,
    TargetEncoder,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

rng = np.random.default_rng(7)
ROWS = 200
x = np.round(rng.lognormal(1, 0.8, ROWS), 3)
y = np.round(rng.normal(-1, 2, ROWS) + rng.exponential(2, ROWS), 3)
few = rng.integers(0, 6, ROWS)
c = rng.choice(list("abcdefg"), ROWS, p=[0.3, 0.2, 0.2, 0.1, 0.1, 0.07, 0.03])
kind = np.array(["low", "mid", "high"])[np.clip((x / 2 + few / 3 + rng.normal(0, 0.7, ROWS)).astype(int), 0, 2)]
two = np.where(x + rng.normal(0, 1, ROWS) > 3, "yes", "no")
price = np.round(3 * x + few + rng.normal(0, 2, ROWS), 3)
words = "red green blue large small old new rare fine dull".split()
text = [" ".join(rng.choice(words, rng.integers(1, 8))) for _ in range(ROWS)]

column = lambda values: np.asarray(values).reshape(-1, 1)
flat = lambda values: np.asarray(values, dtype=float).ravel().tolist()
head = ",".join(["x", "y", "few", "c", "kind", "two", "price", "text"])
lines = [",".join(map(str, row)) for row in zip(x, y, few, c, kind, two, price, text)]


def power(values, method, standardize=True):
    fitted = PowerTransformer(method=method, standardize=standardize).fit(column(values))
    return {"lambda": float(fitted.lambdas_[0]), "features": flat(fitted.transform(column(values)))}


def bins(strategy):
    fitted = KBinsDiscretizer(n_bins=5, encode="ordinal", strategy=strategy, quantile_method="linear").fit(column(y))
    return {"edges": fitted.bin_edges_[0][1:-1].tolist(), "features": flat(fitted.transform(column(y)))}


def tree(model, label):
    fitted = model.fit(column(few), label)
    return sorted(float(cut) for cut in fitted.tree_.threshold if cut != -2)


def target(label, smooth):
    fitted = TargetEncoder(smooth=smooth).fit(column(c), label)
    return {"categories": fitted.categories_[0].tolist(), "encodings": [e.tolist() for e in fitted.encodings_]}


tfidf = TfidfVectorizer(ngram_range=(1, 2), max_features=27, token_pattern=r"(?u)\b\w+\b").fit(text)
counted = CountVectorizer(binary=True, token_pattern=r"(?u)\b\w+\b").fit(text)
onehot = np.array([[value == one for one in sorted(set(c))] for value in c], dtype=float)
scaled = (column(x) - x.min()) / (x.max() - x.min())
candidates = np.hstack([scaled, column(few).astype(float), onehot])
chi = chi2(candidates, kind)
anova = f_classif(np.hstack([column(x), column(y), column(few)]), kind)
regression = f_regression(np.hstack([column(x), column(y), column(few)]), price)

figures = {
    "standard": flat(StandardScaler().fit_transform(column(x))),
    "box-cox": power(x, "box-cox"),
    "yeo-johnson": power(y, "yeo-johnson"),
    "quantile uniform": flat(QuantileTransformer(n_quantiles=50).fit_transform(column(few))),
    "quantile normal": flat(QuantileTransformer(n_quantiles=50, output_distribution="normal").fit_transform(column(y))),
    "equal width": bins("uniform"),
    "equal frequency": bins("quantile"),
    "tree classes": tree(DecisionTreeClassifier(max_leaf_nodes=3), kind),
    "tree number": tree(DecisionTreeRegressor(max_leaf_nodes=4), price),
    "ordinal": flat(OrdinalEncoder().fit_transform(column(c))),
    "target number auto": target(price, "auto"),
    "target number 10": target(price, 10.0),
    "target two": target(two, "auto"),
    "target classes": target(kind, "auto"),
    "tf-idf": {
        "vocabulary": tfidf.get_feature_names_out().tolist(),
        "idf": tfidf.idf_.tolist(),
        "features": tfidf.transform(text[:20]).toarray().tolist(),
    },
    "binary terms": counted.get_feature_names_out().tolist(),
    "variance": [float(np.var(values)) for values in (x, y, few)],
    "chi-squared": {"scores": chi[0].tolist(), "chances": chi[1].tolist()},
    "anova": {"scores": anova[0].tolist(), "chances": anova[1].tolist()},
    "regression": {"scores": regression[0].tolist(), "chances": regression[1].tolist()},
    "mutual information": [float(mutual_info_score(few, kind)), *(float(mutual_info_score(one, kind)) for one in onehot.T)],
}
standard = lambda values: StandardScaler().fit_transform(values)
wide = standard(np.hstack([column(x), column(y), column(few), onehot]))
goal = standard(column(price)).ravel()
figures["lasso"] = np.abs(Lasso(alpha=0.02, tol=1e-12, max_iter=100000).fit(wide, goal).coef_).tolist()
figures["recursive elimination"] = RFE(LinearRegression(), n_features_to_select=2).fit(wide[:, :3], goal).support_.tolist()
versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "scipy": scipy.__version__}
(Path(__file__).parent / "rich.json").write_text(
    json.dumps({"made by": "make-rich.py", "versions": versions, "csv": "\n".join([head, *lines, ""]), "figures": figures})
    + "\n"
)
