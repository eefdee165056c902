"""Lags and windows of 120 rows made up, by pandas, for `history.test.ts` to compare with.

Run in the project's folder, with numpy and pandas installed:
    python3 plugins/features/reference/make-history.py
"""

import json
from pathlib import Path

import numpy as np
import pandas

rng = np.random.default_rng(11)
ROWS = 120
rows = pandas.DataFrame(
    {
        "shop": rng.choice(["a", "b", "c"], ROWS),
        # Each time once: pandas' windows by rows let rows of one time see each other.
        "at": pandas.Timestamp("2024-01-01") + pandas.to_timedelta(rng.permutation(ROWS) * 7, unit="h"),
        "sold": np.where(rng.random(ROWS) < 0.1, np.nan, np.round(rng.gamma(2, 5, ROWS), 2)),
    }
)
ordered = rows.sort_values(["shop", "at"])
by = ordered.groupby("shop")["sold"]
earlier = by.shift(1)
of_rows = earlier.groupby(ordered["shop"]).rolling(5, min_periods=1)
# closed="left": a row's own value is left out, one that is exactly as old as the window is in.
timed = ordered.set_index("at").groupby("shop")["sold"].rolling("3D", min_periods=1, closed="left")
made = {
    "lag 1": by.shift(1),
    "lag 3": by.shift(3),
    "sum of 5": of_rows.sum().droplevel(0),
    "mean of 5": of_rows.mean().droplevel(0),
    "min of 5": of_rows.min().droplevel(0),
    "max of 5": of_rows.max().droplevel(0),
    "deviation of 5": of_rows.std(ddof=0).droplevel(0),
    "mean of 3 days": pandas.Series(timed.mean().to_numpy(), index=ordered.index),
    "count of 3 days": pandas.Series(timed.count().fillna(0).to_numpy(), index=ordered.index),
}
columns = {
    name: [None if np.isnan(value) else float(value) for value in series.sort_index()] for name, series in made.items()
}
text = rows.assign(at=rows["at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")).to_csv(index=False, lineterminator="\n")
out = {"versions": {"pandas": pandas.__version__, "numpy": np.__version__}, "csv": text, "columns": columns}
(Path(__file__).parent / "history.json").write_text(json.dumps(out) + "\n")
