"""The shapes as Dagster jobs, for processes that make them anew by name."""
import os

from answer import FAIL
from dagster import in_process_executor, job, multiprocess_executor, op

EXECUTORS = {"inside": in_process_executor, "processes": multiprocess_executor.configured({"max_concurrent": 4})}


@op
def first():
    return 1


@op
def one(before):
    return before + 1


@op
def join(context, all):
    if context.op_handle.name == "last" and os.path.exists(FAIL):
        raise RuntimeError("planned")
    return max(all, default=0) + 1


@op
def alone():
    return 1


def chain(count):
    before = first() if count > 1 else None
    for index in range(1, count - 1):
        before = one.alias(f"n{index}")(before)
    return alone.alias("last")() if before is None else join.alias("last")([before])


def side_by_side(count):
    join.alias("last")([first.alias(f"n{index}")() for index in range(count - 1)])


def diamond(count):
    top = first()
    for index in range(1, count - 2, 3):
        name = "last" if index + 3 == count else f"n{index + 2}"
        top = join.alias(name)([one.alias(f"n{index}")(top), one.alias(f"n{index + 1}")(top)])


SHAPES = {"chain": chain, "map": side_by_side, "diamond": diamond}


def job_of(shape, count, executor):
    @job(name=f"{shape}_{count}", executor_def=EXECUTORS[executor])
    def shaped():
        SHAPES[shape](count)

    return shaped
