"""Tabulates real learning curves once: every point of a grid trained with scikit-learn on its bundled data, the validation loss after each of 27 reports.
Usage: tabulate_curves.py OUT.json. Goes on with a file that an earlier run left. Losses are kept in ten-thousandths; what diverged counts as 100,000."""
import itertools, json, os, sys, warnings
import numpy as np
import sklearn
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

warnings.filterwarnings("ignore")
REPORTS = 27
x, y = load_digits(return_X_y=True)
XT, XV, YT, YV = train_test_split(x / 16, y, test_size=1 / 3, random_state=0, stratify=y)

def net(rate, layers, width, decay, batch, solver):
    """A net on the digits, one report an epoch: log loss on the third that it was not trained on."""
    m = MLPClassifier((width,) * layers, solver=solver, learning_rate_init=10.0**rate, alpha=10.0**decay, batch_size=batch, random_state=0)
    curve = []
    for _ in range(REPORTS):
        m.partial_fit(XT, YT, classes=range(10))
        p = m.predict_proba(XV)
        curve.append(log_loss(YV, p) if np.isfinite(p).all() else 10.0)
    return curve

GRIDS = {
    "net-digits": (net, {"rate": [-4.0, -3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5], "layers": [1, 2], "width": [16, 32, 64], "decay": [-5, -2], "batch": [64], "solver": ["adam", "sgd"]}),
}

if __name__ == "__main__":
    path = sys.argv[1]
    out = json.load(open(path)) if os.path.exists(path) else {"source": f"scikit-learn {sklearn.__version__} on its bundled digits (UCI, Alpaydin and Kaynak 1998, CC BY 4.0), by bench/tune/peers/tabulate_curves.py"}
    for name, (train, axes) in GRIDS.items():
        curves = out.setdefault(name, {"axes": axes, "curves": []})["curves"]
        points = list(itertools.product(*axes.values()))
        for point in points[len(curves):]:
            curve = train(**dict(zip(axes, point)))
            curves.append([min(100000, round(float(v) * 1e4)) if np.isfinite(v) else 100000 for v in curve])
            if len(curves) % 40 == 0 or len(curves) == len(points):
                json.dump(out, open(path, "w"), separators=(",", ":"))
                print(name, len(curves), "of", len(points), flush=True)
