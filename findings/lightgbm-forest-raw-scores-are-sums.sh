#!/usr/bin/env bash
# LightGBM's random forest answers with the mean of its trees, but its raw scores and its contributions (`pred_contrib`, SHAP values) are
# sums over the trees: of 20 trees twenty times what is answered, without a word.
#
# Seen with lightgbm 4.7.0 from PyPI, boosting "rf", objective "regression", where an answer is the raw score as it stands. With "gbdt" all
# three are equal. Whoever explains a forest by `pred_contrib` explains another number than the one that was answered, unless it is divided by
# the number of iterations; a check of the contributions against `raw_score=True` passes, since both are the sum.
#
# Needs: python3 with venv. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet lightgbm==4.7.0 numpy==2.2.6 scipy==1.15.3
"$folder/venv/bin/python" - <<'PY' || { echo 'this has changed'; exit 1; }
import lightgbm
import numpy as np

TREES = 20
rows = np.arange(200.0).reshape(-1, 1)
for boosting, times in (("gbdt", 1), ("rf", TREES)):
    params = dict(objective="regression", boosting=boosting, bagging_fraction=0.7, bagging_freq=1, verbose=-1, num_threads=1, seed=1)
    model = lightgbm.train(params, lightgbm.Dataset(rows, rows[:, 0]), TREES)
    asked = rows[:3]
    answers = model.predict(asked)
    raw = model.predict(asked, raw_score=True) / answers
    added = model.predict(asked, pred_contrib=True).sum(axis=1) / answers
    print(f"{boosting}: raw score {raw[0]:.1f} times the answer, contributions {added[0]:.1f} times")
    assert np.allclose(raw, times) and np.allclose(added, times)
PY
