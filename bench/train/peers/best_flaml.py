"""FLAML as bench/train/best asks it: its defaults, its ensemble on request of nobody."""

import logging

import pandas as pd
from best_common import tell
from flaml import AutoML


def work(asked, train):
    label = train.pop("target")
    logging.getLogger("flaml").setLevel(logging.ERROR)
    machine = AutoML()
    machine.fit(
        train,
        label,
        task="regression" if asked["task"] == "number" else "classification",
        metric="rmse" if asked["task"] == "number" else "log_loss",
        time_budget=asked["minutes"] * 60,
        n_jobs=asked["threads"],
        seed=asked["seed"],
        verbose=0,
    )

    def answer(test):
        said = "%s, %d configurations" % (machine.best_estimator, len(machine.config_history))
        if asked["task"] == "number":
            return machine.predict(test), said
        return pd.DataFrame(machine.predict_proba(test), columns=machine.classes_), said

    return answer


tell(work)
