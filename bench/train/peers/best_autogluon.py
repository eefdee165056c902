"""AutoGluon as bench/train/best asks it: preset medium_quality, its default."""

import shutil

from best_common import tell
from autogluon.tabular import TabularPredictor


def work(asked, train):
    number = asked["task"] == "number"
    machine = TabularPredictor(
        label="target",
        problem_type="regression" if number else None,
        eval_metric="root_mean_squared_error" if number else "log_loss",
        path=asked["scratch"] + "/autogluon",
        verbosity=0,
    ).fit(train, time_limit=asked["minutes"] * 60, presets="medium_quality", num_cpus=asked["threads"])

    def answer(test):
        answers = machine.predict(test) if number else machine.predict_proba(test)
        said = "%s, %d models" % (machine.model_best, len(machine.model_names()))
        shutil.rmtree(asked["scratch"] + "/autogluon")
        return answers, said

    return answer


tell(work)
