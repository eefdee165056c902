"""Reference figures of classes beyond those of make-reference.py: F-beta, PR AUC, top-k, expected cost, lift, by scikit-learn.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 numpy==2.4.6
    venv/bin/python make-class-reference.py > class-reference.json
"""
import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn import metrics as m
from sklearn.preprocessing import label_binarize

warnings.filterwarnings("ignore")


def lift(positive, score, share=0.1):
    """Share of positives among the highest scores over that among all; rows of equal score at the edge count in part."""
    taken = max(1, int(np.floor(len(score) * share + 0.5)))
    found = 0.0
    left = taken
    for value in sorted(set(score), reverse=True):
        at = score == value
        inside = min(left, at.sum())
        found += positive[at].mean() * inside
        left -= inside
    return found / taken / positive.mean()


def case(name, classes, rows, skill, seed, digits=1):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, rows)
    logits = np.round(rng.normal(size=(rows, classes)) + skill * np.eye(classes)[truth], digits)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    predicted = p.argmax(axis=1)
    labels = list(range(classes))
    present = sorted(set(truth) | set(predicted))
    costs = np.round(rng.uniform(0, 10, (classes, classes)), 1)
    np.fill_diagonal(costs, 0)
    confusion = m.confusion_matrix(truth, predicted, labels=labels)
    one_hot = label_binarize(truth, classes=labels)
    if classes == 2:
        one_hot = np.hstack([1 - one_hot, one_hot])

    def beta(b):
        return {
            a: m.fbeta_score(truth, predicted, beta=b, average=a, labels=present if a != "micro" else None, zero_division=0)
            for a in ("micro", "macro", "weighted")
        }

    def over(of):
        return of(1) if classes == 2 else float(np.mean([of(k) for k in labels]))

    expected = {
        "f2": beta(2),
        "fHalf": beta(0.5),
        "prAuc": over(lambda k: m.average_precision_score(one_hot[:, k], p[:, k])),
        "rocAuc": over(lambda k: m.roc_auc_score(one_hot[:, k], p[:, k])),
        "lift@10": over(lambda k: lift(one_hot[:, k], p[:, k])),
        "expectedCost": float((confusion * costs).sum() / rows),
    }
    for k in (2, 3, 5):
        if k < classes:
            expected[f"top{k}"] = m.top_k_accuracy_score(truth, p, k=k, labels=labels)
    return {
        "name": name,
        "classes": classes,
        "truth": truth.tolist(),
        "probabilities": p.ravel().tolist(),
        "costs": costs.ravel().tolist(),
        "perClass": {
            "f2": m.fbeta_score(truth, predicted, beta=2, average=None, labels=labels, zero_division=0).tolist(),
            "fHalf": m.fbeta_score(truth, predicted, beta=0.5, average=None, labels=labels, zero_division=0).tolist(),
        },
        "expected": expected,
    }


json.dump(
    {
        "madeBy": f"make-class-reference.py with scikit-learn {sklearn.__version__}, numpy {np.__version__}",
        "cases": [
            case("two classes, with equal scores", 2, 90, 1.2, 21),
            case("two classes", 2, 55, 0.6, 22, digits=9),
            # Where probabilities are equal scikit-learn takes the later class first, which says nothing: none are here.
            case("three classes", 3, 80, 1.0, 23, digits=9),
            case("seven classes", 7, 120, 1.5, 24, digits=9),
        ],
    },
    sys.stdout,
)
print()
