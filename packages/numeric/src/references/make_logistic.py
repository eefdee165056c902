"""Reference coefficients for logistic regression, from scikit-learn on its own data sets.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1
    venv/bin/python make_logistic.py > logistic.json
"""
import json
import sys

import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.linear_model import LogisticRegression


def case(name, data, columns, rows, l2, balanced):
    x = data.data[rows][:, columns]
    x = np.round((x - x.mean(axis=0)) / x.std(axis=0), 3)
    y = data.target[rows]
    weights = "balanced" if balanced else None
    fit = LogisticRegression(C=1 / l2, class_weight=weights, solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(x, y)
    return {
        "name": name,
        "l2": l2,
        "balanced": balanced,
        "features": x.tolist(),
        "labels": y.tolist(),
        "coefficients": fit.coef_.tolist(),
        "intercepts": fit.intercept_.tolist(),
    }


wine, cancer = load_wine(), load_breast_cancer()
json.dump(
    {
        "madeBy": f"make-reference.py with scikit-learn {sklearn.__version__}, its data sets wine and breast cancer",
        "cases": [
            case("wine, three classes", wine, range(13), range(0, 178, 2), 1.0, False),
            case("wine, a weak penalty, balanced classes", wine, range(4), range(0, 178, 3), 0.01, True),
            case("breast cancer, two classes", cancer, range(6), range(0, 569, 6), 0.5, False),
        ],
    },
    sys.stdout,
)
print()
