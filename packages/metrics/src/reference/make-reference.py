"""Reference figures for the metrics, from scikit-learn and SciPy.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 scipy==1.17.1
    venv/bin/python make-reference.py > reference.json
"""
import json
import warnings

import numpy as np
import scipy
import sklearn
from scipy.stats import binomtest
from sklearn import metrics as m

warnings.filterwarnings("ignore")


def case(name, classes, rows, skill, seed, drop=None):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, rows)
    if drop is not None:
        truth[truth == drop] = (drop + 1) % classes
    logits = rng.normal(size=(rows, classes)) + skill * np.eye(classes)[truth]
    logits = np.round(logits, 1)  # makes ties between scores
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    if drop is not None:
        p[:, drop] = 0
        p /= p.sum(axis=1, keepdims=True)
    predicted = p.argmax(axis=1)
    labels = list(range(classes))
    present = sorted(set(truth) | set(predicted))

    def averages(f):
        return {a: f(truth, predicted, average=a, zero_division=0) for a in ("micro", "macro", "weighted")}

    precision, recall, f1, support = m.precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)
    if len(set(truth)) < classes:
        auc = None
    elif classes == 2:
        auc = m.roc_auc_score(truth, p[:, 1])
    else:
        auc = m.roc_auc_score(truth, p, multi_class="ovr", average="macro")
    brier = m.brier_score_loss(truth, p[:, 1]) if classes == 2 else m.brier_score_loss(truth, p, labels=labels)
    return {
        "name": name,
        "classes": classes,
        "truth": truth.tolist(),
        "probabilities": p.ravel().tolist(),
        "expected": {
            "confusion": m.confusion_matrix(truth, predicted, labels=labels).tolist(),
            "accuracy": m.accuracy_score(truth, predicted),
            "balancedAccuracy": m.balanced_accuracy_score(truth, predicted),
            "f1": averages(m.f1_score),
            "precision": averages(m.precision_score),
            "recall": averages(m.recall_score),
            "perClass": [
                {"precision": a, "recall": b, "f1": c, "support": int(d)}
                for a, b, c, d in zip(precision, recall, f1, support)
            ],
            "logLoss": m.log_loss(truth, p, labels=labels),
            "brier": brier,
            "rocAuc": auc,
            "matthews": m.matthews_corrcoef(truth, predicted),
            "kappa": m.cohen_kappa_score(truth, predicted),
        },
    }


def sign(fewer, n):
    return {"fewer": fewer, "n": n, "p": binomtest(fewer, n, 0.5).pvalue}


def share(successes, trials):
    interval = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    return {"successes": successes, "trials": trials, "interval": [interval.low, interval.high]}


cases = [
    case("two classes", 2, 80, 1.5, 1),
    case("three classes", 3, 90, 1.0, 2),
    case("five classes, hardly better than chance", 5, 60, 0.2, 3),
    case("a class that never occurs", 4, 60, 1.0, 4, drop=2),
    case("all right", 3, 30, 50.0, 5),
]
json.dump(
    {
        "madeBy": f"make-reference.py with scikit-learn {sklearn.__version__}, scipy {scipy.__version__}",
        "cases": cases,
        "signTest": [sign(0, 0 + 1), sign(1, 10), sign(5, 10), sign(3, 25), sign(400, 1000), sign(900, 2000)],
        "wilson": [share(0, 10), share(7, 10), share(10, 10), share(950, 1000)],
    },
    __import__("sys").stdout,
)
print()
