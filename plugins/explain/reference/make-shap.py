"""Reference Shapley values, by shap: of a function of five features, and of a linear one.

    python3 -m venv venv && venv/bin/pip install shap==0.51.0 scikit-learn==1.9.1
    venv/bin/python make-shap.py > shap.json
"""
import json
import sys

import numpy as np
import shap

rng = np.random.default_rng(51)
background = np.round(rng.normal(size=(20, 5)), 3)
rows = np.round(rng.normal(size=(6, 5)), 3)


def bent(x):
    """The same function stands in shapley.test.ts."""
    p = 1 / (1 + np.exp(-(x[:, 0] * x[:, 1] + 0.5 * x[:, 2] - np.maximum(x[:, 3], 0) + 0.1 * x[:, 4])))
    return p


slopes, intercept = np.array([0.7, -1.2, 0.05, 2.0, 0.3]), 0.4
kernel = shap.KernelExplainer(bent, background)
kernel_values = kernel.shap_values(rows, nsamples=2**5, l1_reg=False, silent=True)
linear = shap.LinearExplainer((slopes, intercept), shap.maskers.Independent(background, max_samples=100))
linear_values = linear.shap_values(rows)
json.dump(
    {
        "madeBy": f"make-shap.py with shap {shap.__version__}, numpy {np.__version__}",
        "background": background.tolist(),
        "rows": rows.tolist(),
        "slopes": slopes.tolist(),
        "intercept": intercept,
        "kernel": {"expected": float(kernel.expected_value), "values": kernel_values.tolist()},
        "linear": {"expected": float(linear.expected_value), "values": linear_values.tolist()},
    },
    sys.stdout,
)
print()
