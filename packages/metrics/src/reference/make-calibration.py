"""Reference calibrations, by scikit-learn: isotonic regression, Platt's sigmoid, temperature scaling.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 scipy==1.17.1
    venv/bin/python make-calibration.py > calibration.json
"""
import json
import sys

import numpy as np
import scipy
import sklearn
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import log_loss


def rows(classes, count, sharpness, seed):
    """Answers that are too certain."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, count)
    logits = np.round(rng.normal(size=(count, classes)) + 1.2 * np.eye(classes)[truth], 2) * sharpness
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return truth, p


def odds(p):
    return np.log(p / (1 - p))


def platt(x, y):
    """Platt's loss with his targets, as scikit-learn's _sigmoid_calibration has it, minimised to the last digits."""
    above, below = y.sum(), len(y) - y.sum()
    t = np.where(y == 1, (above + 1) / (above + 2), 1 / (below + 2))

    def loss(w):
        z = w[0] * x + w[1]
        return np.mean(np.logaddexp(0, z) - t * z)

    return minimize(loss, [1.0, 0.0], method="BFGS", options={"gtol": 1e-12, "maxiter": 1000}).x


def isotonic(x, y):
    return IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(x, y)


def normal(p):
    return p / p.sum(axis=1, keepdims=True)


def case(name, classes, count, sharpness, seed):
    truth, p = rows(classes, count, sharpness, seed)
    _, fresh = rows(classes, 40, sharpness, seed + 100)
    found = {}
    if classes == 2:
        y = (truth == 1).astype(float)
        a, b = platt(odds(p[:, 1]), y)
        q = 1 / (1 + np.exp(-(a * odds(fresh[:, 1]) + b)))
        found["platt"] = np.column_stack([1 - q, q])
        q = isotonic(p[:, 1], y).predict(fresh[:, 1])
        found["isotonic"] = np.column_stack([1 - q, q])
    else:
        sigmoids, steps = [], []
        for k in range(classes):
            y = (truth == k).astype(float)
            a, b = platt(odds(p[:, k]), y)
            sigmoids.append(1 / (1 + np.exp(-(a * odds(fresh[:, k]) + b))))
            steps.append(isotonic(p[:, k], y).predict(fresh[:, k]))
        found["platt"] = normal(np.column_stack(sigmoids))
        found["isotonic"] = normal(np.column_stack(steps))

    def cooled(q, t):
        powers = np.exp(np.log(q) / t)
        return normal(powers)

    best = scipy.optimize.minimize_scalar(
        lambda t: log_loss(truth, cooled(p, t), labels=list(range(classes))), bounds=(0.05, 20), method="bounded", options={"xatol": 1e-12}
    )
    found["temperature"] = cooled(fresh, best.x)
    return {
        "name": name,
        "classes": classes,
        "truth": truth.tolist(),
        "probabilities": p.ravel().tolist(),
        "fresh": fresh.ravel().tolist(),
        "calibrated": {k: v.ravel().tolist() for k, v in found.items()},
    }


json.dump(
    {
        "madeBy": f"make-calibration.py with scikit-learn {sklearn.__version__}, scipy {scipy.__version__}",
        "cases": [case("two classes", 2, 150, 2.5, 31), case("four classes", 4, 240, 3.0, 32)],
    },
    sys.stdout,
)
print()
