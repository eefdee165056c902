"""Reference values of the tests of slices, from SciPy and statsmodels.

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1 statsmodels==0.15.0
    venv/bin/python make-tails.py > tails.json
"""
import json
import sys

import scipy
import statsmodels
from scipy.stats import hypergeom, norm
from statsmodels.stats.multitest import multipletests


def tail(found, drawn, marked, rows):
    return {"found": found, "drawn": drawn, "marked": marked, "rows": rows, "p": float(hypergeom.sf(found - 1, rows, marked, drawn))}


p = [0.04, 0.001, 0.5, 0.02, 0.02, 0.9, 0.0001]
json.dump(
    {
        "madeBy": f"make-tails.py with scipy {scipy.__version__}, statsmodels {statsmodels.__version__}",
        "hypergeometric": [tail(0, 5, 3, 20), tail(3, 5, 3, 20), tail(12, 40, 60, 500), tail(30, 1000, 200, 20000), tail(9, 10, 10, 11)],
        "normal": [{"z": z, "p": float(norm.sf(z))} for z in (-3, -0.5, 0, 1.2, 4, 8)],
        "holm": {"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()},
    },
    sys.stdout,
    indent=1,
)
print()
