"""Forecasts of sea surface temperature by Python packages: what train.forecastTrees and its figures are compared with.

Data: statsmodels' `elnino`, which examples/from-raw/data/elnino.csv holds, too (NOAA, ERSST.V3B, region Nino 1+2, monthly from 1950; "This data is in the public domain."). Written by lightgbm 4.7.0,
sktime, statsmodels 0.15.0, numpy 2.4.6 on Python 3.11:

    python make-elnino.py
"""
import json, pathlib

import lightgbm, numpy as np, sktime, statsmodels
import statsmodels.api as sm
from sktime.performance_metrics.forecasting import (
    mean_absolute_error, mean_absolute_percentage_error, mean_absolute_scaled_error, mean_squared_error,
)

here = pathlib.Path(__file__).parent
table = sm.datasets.elnino.load_pandas().data
months = table.columns[1:]
series = table[months].to_numpy(float).ravel()

HORIZON, LAGS, SEASON, HELD = 6, 24, 12, 120
origins = np.arange(LAGS - 1, len(series) - HORIZON)
x = np.stack([series[o - LAGS + 1 : o + 1][::-1] for o in origins])
y = np.stack([series[o + 1 : o + 1 + HORIZON] for o in origins])
# The last origins are held out; before them as many are left out as a forecast looks ahead.
test, train = slice(len(origins) - HELD, None), slice(0, len(origins) - HELD - HORIZON)
lag = lambda step: (-step) % SEASON
naive = np.stack([x[:, lag(step)] for step in range(1, HORIZON + 1)], 1)
shared = dict(
    learning_rate=0.05, num_leaves=7, min_data_in_leaf=20, deterministic=True, force_row_wise=True, num_threads=1, verbosity=-1,
)
def answers(step, **objective):
    d = lightgbm.Dataset(x[train], (y[train, step - 1] - x[train, lag(step)]).astype(np.float32))
    return lightgbm.train({**shared, **objective}, d, 60).predict(x[test]) + x[test, lag(step)]
steps = range(1, HORIZON + 1)
point = np.stack([answers(step, objective="regression") for step in steps], 1)
low, high = (np.stack([answers(step, objective="quantile", alpha=q) for step in steps], 1) for q in (0.1, 0.9))
low, high = np.minimum(low, high), np.maximum(low, high)

def figures(predicted):
    flat = (y[test].ravel(), predicted.ravel())
    scaled = mean_absolute_scaled_error(*flat, y_train=series, sp=SEASON)
    return dict(
        mae=float(mean_absolute_error(*flat)),
        rmse=float(mean_squared_error(*flat, square_root=True)),
        smape=float(mean_absolute_percentage_error(*flat, symmetric=True)),
        mase=float(scaled),
    )
out = {
    "versions": {"lightgbm": lightgbm.__version__, "sktime": sktime.__version__, "statsmodels": statsmodels.__version__},
    "naive": figures(naive[test]), "trees": figures(point),
    "coverage": float(((low <= y[test]) & (y[test] <= high)).mean()),
    "scale": float(np.abs(series[SEASON:] - series[:-SEASON]).mean()),
    "first": {"point": point[:3].tolist(), "low": low[:3].tolist(), "high": high[:3].tolist()},
    "windows": len(origins),
}
(here / "elnino.json").write_text(json.dumps(out) + "\n")
print(json.dumps({k: out[k] for k in ("versions", "naive", "trees", "coverage", "scale", "windows")}, indent=1))
