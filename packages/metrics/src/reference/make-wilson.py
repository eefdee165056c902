"""Wilson intervals by scipy, for `task.test.ts` to compare with.

Run in the project's folder, with scipy installed:
    python3 plugins/task/reference/make-wilson.py
"""

import json
from pathlib import Path

import scipy
from scipy.stats import binomtest

cases = []
for n in (1, 5, 10, 69, 1000, 123456):
    for k in sorted({0, 1, n // 3, (9 * n) // 10, n}):
        for confidence in (0.9, 0.95, 0.99):
            interval = binomtest(k, n).proportion_ci(confidence, method="wilson")
            cases.append({"k": k, "n": n, "confidence": str(confidence), "low": interval.low, "high": interval.high})
(Path(__file__).parent / "wilson.json").write_text(
    json.dumps({"made by": "make-wilson.py", "versions": {"scipy": scipy.__version__}, "cases": cases}) + "\n"
)
