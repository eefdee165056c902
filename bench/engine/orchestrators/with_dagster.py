"""The shapes in Dagster: an instance of its own over SQLite, outputs in files; steps in one process, or one in each."""
import logging
import os
import sys
import time

os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
os.makedirs("home", exist_ok=True)
with open("home/dagster.yaml", "w") as settings:
    settings.write("telemetry:\n  enabled: false\npython_logs:\n  python_log_level: CRITICAL\n")

from answer import serve, timed  # noqa: E402
from dagster import DagsterInstance, ReexecutionOptions, build_reconstructable_job, execute_job  # noqa: E402
from dagster_jobs import job_of  # noqa: E402

logging.disable(logging.CRITICAL)
# It goes through a chain by recursion, and gives up at some 300 steps with Python's limit of 1,000.
sys.setrecursionlimit(100_000)
executor = sys.argv[1]
instance = DagsterInstance.from_config(os.path.abspath("home"))
here = os.path.dirname(os.path.abspath(__file__))
failed = {}


def run(do, shape, count, salt, kept):
    name = (shape, count, salt)
    if do == "validate":
        began = time.perf_counter()
        job_of(shape, count, executor)
        return None, (time.perf_counter() - began) * 1000
    if do == "fail" and name in failed:
        return None
    made = build_reconstructable_job(
        "dagster_jobs",
        "job_of",
        reconstructable_kwargs={"shape": shape, "count": count, "executor": executor},
        reconstructor_working_directory=here,
    )
    made.get_definition()
    again = ReexecutionOptions.from_failure(failed[name], instance) if do == "resume" else None
    result, ms = timed(lambda: execute_job(made, instance, reexecution_options=again))
    with result:
        if do == "fail":
            failed[name] = result.run_id
            return None
        return result.output_for_node("last"), ms


# Processes of steps load this file too.
if __name__ == "__main__":
    serve(run)
