"""Tabulates three real tuning problems once: every point of a grid trained and cross-validated with scikit-learn on its bundled data.
Usage: tabulate.py OUT.json. Losses are 1 - accuracy (mean of five shuffled stratified folds), or 1 - R² for the regression."""
import itertools, json, sys, warnings
import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

warnings.filterwarnings("ignore")
FOLDS = StratifiedKFold(5, shuffle=True, random_state=0)

def table(axes, loss):
    names = list(axes)
    return {"axes": axes, "losses": [round(float(loss(**dict(zip(names, p)))), 6) for p in itertools.product(*axes.values())]}

def svm():
    x, y = load_breast_cancer(return_X_y=True)
    f = lambda C, gamma: 1 - cross_val_score(make_pipeline(StandardScaler(), SVC(C=10.0**C, gamma=10.0**gamma)), x, y, cv=FOLDS).mean()
    return table({"C": [round(v, 2) for v in np.arange(-3, 4.01, 0.25)], "gamma": [round(v, 2) for v in np.arange(-6, 1.01, 0.25)]}, f)

def boosting():
    x, y = load_diabetes(return_X_y=True)
    cv = KFold(5, shuffle=True, random_state=0)
    f = lambda rate, trees, depth, sample: 1 - cross_val_score(GradientBoostingRegressor(learning_rate=10.0**rate, n_estimators=trees, max_depth=depth, subsample=sample, random_state=0), x, y, cv=cv, scoring="r2").mean()
    return table({"rate": [-2.5, -2.0, -1.75, -1.5, -1.25, -1.0, -0.75, -0.5], "trees": [10, 20, 40, 80, 120], "depth": [1, 2, 3, 4, 5], "sample": [0.5, 0.75, 1.0]}, f)

def learners():
    """A choice of learner with parameters of its own under each."""
    x, y = load_wine(return_X_y=True)
    score = lambda m: 1 - cross_val_score(make_pipeline(StandardScaler(), m), x, y, cv=FOLDS, scoring="neg_log_loss").mean() - 1
    steps = [round(v, 2) for v in np.arange(-3, 3.01, 0.25)]
    return {
        "svm": table({"svm.C": steps, "svm.gamma": [round(v, 2) for v in np.arange(-4, 1.01, 0.25)]}, lambda **p: score(SVC(C=10.0 ** p["svm.C"], gamma=10.0 ** p["svm.gamma"], probability=True, random_state=0))),
        "knn": table({"knn.k": list(range(1, 61)), "knn.weights": ["uniform", "distance"]}, lambda **p: score(KNeighborsClassifier(p["knn.k"], weights=p["knn.weights"]))),
        "logistic": table({"logistic.C": steps}, lambda **p: score(LogisticRegression(C=10.0 ** p["logistic.C"], max_iter=500))),
    }

if __name__ == "__main__":
    out = {"source": f"scikit-learn {sklearn.__version__}, its bundled data, by bench/tune/peers/tabulate.py", "svm-cancer": svm(), "learners-wine": learners(), "boosting-diabetes": boosting()}
    json.dump(out, open(sys.argv[1], "w"))
    print("done")
