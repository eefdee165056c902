"""Ranking of travel modes, by LightGBM's Python package and scikit-learn: what train.rankingTrees is compared with.

Data: statsmodels' `modechoice` (Greene and Hensher 1997; "This is public domain."): 210 travellers with four modes each, and the one
they chose. Written by lightgbm 4.7.0, scikit-learn 1.9.1, statsmodels 0.15.0, numpy 2.4.6 on Python 3.11:

    python make-ranking.py
"""
import json, pathlib

import lightgbm, numpy as np, shap, sklearn, statsmodels
import statsmodels.api as sm
from sklearn.metrics import ndcg_score

here = pathlib.Path(__file__).parent
frame = sm.datasets.modechoice.load_pandas().data.astype(int)
frame["mode"] = frame["mode"].map({1: "air", 2: "train", 3: "bus", 4: "car"})
frame.to_csv(here / "modechoice.csv", index=False, lineterminator="\n")

modes = sorted(frame["mode"].unique())
x = np.column_stack([frame["mode"].map(modes.index)] + [frame[name] for name in ["ttme", "invc", "invt", "gc", "hinc", "psize"]]).astype(float)
held = (frame["individual"] % 3 == 0).to_numpy()
parameters = dict(
    objective="lambdarank", learning_rate=0.1, num_leaves=7, min_data_in_leaf=10, deterministic=True, force_row_wise=True,
    num_threads=1, seed=7, verbosity=-1, lambdarank_truncation_level=30,
)
train = lightgbm.Dataset(x[~held], frame["choice"][~held], group=[4] * int((~held).sum() // 4), categorical_feature=[0])
booster = lightgbm.train(parameters, train, num_boost_round=40)
scores = booster.predict(x[held])
truth = frame["choice"][held].to_numpy().reshape(-1, 4)
contributions = shap.TreeExplainer(booster).shap_values(x[held][:20])
out = {
    "versions": {"lightgbm": lightgbm.__version__, "sklearn": sklearn.__version__, "statsmodels": statsmodels.__version__, "shap": shap.__version__},
    "scores": scores.tolist(),
    "ndcg": float(ndcg_score(truth, scores.reshape(-1, 4))),
    "first": float((scores.reshape(-1, 4).argmax(1) == truth.argmax(1)).mean()),
    "shap": contributions.tolist(),
    "expected": float(np.ravel(shap.TreeExplainer(booster).expected_value)[0]),
}
(here / "ranking.json").write_text(json.dumps(out) + "\n")
print(out["ndcg"], out["first"])
