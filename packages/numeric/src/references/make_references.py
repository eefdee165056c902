"""Writes scipy.json: what SciPy says, for numeric.test.ts to compare with.

pip install scipy==1.16.3 && python make_references.py
"""
import json
import pathlib
import sys

import numpy as np
import scipy
from scipy import special

out = {
    "made": f"scipy {scipy.__version__}, numpy {np.__version__}, python {sys.version.split()[0]}",
    "gammaQ": [[a, x, float(special.gammaincc(a, x))] for a in [0.5, 1, 1.5, 5, 20, 100] for x in [0.01, 0.5, 1, 3, 10, 40, 150]],
}
pathlib.Path(__file__).with_name("scipy.json").write_text(json.dumps(out) + "\n")
