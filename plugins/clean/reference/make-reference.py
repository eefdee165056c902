"""Imputations and outliers of scikit-learn, for plugins/clean/reference.test.ts. Run: python make-reference.py > sklearn.json"""
import json, sys
import numpy as np, sklearn
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import KNNImputer, IterativeImputer, SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.ensemble import IsolationForest

rng = np.random.default_rng(7)
n = 120
a = rng.normal(10, 3, n)
b = 2 * a + rng.normal(0, 1, n)
c = 0.5 * a - b + rng.normal(0, 2, n)
full = np.round(np.column_stack([a, b, c]), 6)
gaps = full.copy()
mask = rng.random(full.shape) < 0.15
mask[mask.all(axis=1), 0] = False
gaps[mask] = np.nan
gaps[0, :] = full[0, :]

def rows(x):
    return [[None if np.isnan(v) else float(v) for v in r] for r in x]

knn = {w: KNNImputer(n_neighbors=3, weights=w).fit_transform(gaps) for w in ("uniform", "distance")}
it = IterativeImputer(estimator=LinearRegression(), max_iter=10, tol=1e-3, initial_strategy="mean", imputation_order="ascending")
iterative = it.fit_transform(gaps)
median = SimpleImputer(strategy="median").fit_transform(gaps)

far = np.vstack([rng.normal(0, 1, (400, 2)), rng.uniform(-8, 8, (20, 2))])
far = np.round(far, 6)
scores = np.mean([-IsolationForest(n_estimators=100, max_samples=256, random_state=s).fit(far).score_samples(far) for s in range(10)], axis=0)
print(json.dumps({
    "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "sklearn": sklearn.__version__},
    "gaps": rows(gaps), "knn": {k: rows(v) for k, v in knn.items()}, "iterative": rows(iterative), "median": rows(median),
    "far": rows(far), "scores": [float(s) for s in scores],
}))
