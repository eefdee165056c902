"""The shapes in Metaflow: local metadata and files, a process for each task, four at once; `resume` as its second run."""
import os
import subprocess
import sys

os.environ.update(
    METAFLOW_USER="bench",
    METAFLOW_HOME=os.path.abspath("home"),
    METAFLOW_DATASTORE_SYSROOT_LOCAL=os.path.abspath("."),
    BENCH_FAIL=os.path.abspath("fail"),
)

from answer import serve, timed  # noqa: E402
from metaflow import Run, namespace  # noqa: E402

namespace(None)
FIRST = "self.n = 1"
ONE = "self.n += 1"
LAST = 'if os.path.exists(os.environ["BENCH_FAIL"]): raise RuntimeError("planned")'
JOIN = "self.n = max(one.n for one in inputs) + 1"


def step(name, lines, to, joins=False):
    body = [*lines, *([f"self.next({to})"] if to else [])]
    return "".join(
        f"{line}\n"
        for line in ["    @step", f"    def {name}(self{', inputs' if joins else ''}):", *(f"        {one}" for one in body)]
    )


def chain(count):
    names = ["start", *(f"n{index}" for index in range(1, count - 1)), "end"]
    for index, (name, to) in enumerate(zip(names, [*names[1:], None])):
        work = [FIRST if index == 0 else ONE]
        yield step(name, [LAST, *work] if to is None else work, to and f"self.{to}")


def side_by_side(count):
    # One task begins, and one ends, as Metaflow wants it: the join is the last but one.
    yield step("start", [f"self.items = list(range({count - 3}))"], "self.one, foreach='items'")
    yield step("one", [FIRST], "self.join")
    yield step("join", [LAST, JOIN], "self.end", joins=True)
    yield step("end", ["pass"], None)


def diamond(count):
    # A step may not both join and split, nor may the end join: one task more for each diamond.
    yield step("start", [FIRST], "self.n1, self.n2")
    for index in range(1, count - 2, 3):
        last = index + 3 == count
        for side in (index, index + 1):
            yield step(f"n{side}", [ONE], f"self.n{index + 2}")
        yield step(f"n{index + 2}", [LAST, JOIN] if last else [JOIN], "self.end" if last else f"self.s{index}", joins=True)
        if not last:
            yield step(f"s{index}", ["pass"], f"self.n{index + 3}, self.n{index + 4}")
    yield step("end", ["pass"], None)


SHAPES = {"chain": chain, "map": side_by_side, "diamond": diamond}
runs = {}
turns = 0


def run(do, shape, count, salt, kept):
    global turns
    turns += 1
    name = f"{shape.capitalize()}{count}"
    if do == "fail" and (name, salt) in runs:
        return None
    program = f"{name}.py"
    with open(program, "w") as text:
        head = f"import os\nfrom metaflow import FlowSpec, step\nclass {name}(FlowSpec):\n"
        text.write(head + "".join(SHAPES[shape](count)) + f'if __name__ == "__main__":\n    {name}()\n')
    told = f"run-{turns}"
    verb = ["resume", "--origin-run-id", runs[name, salt]] if do in ("again", "resume") else ["run"]
    command = [sys.executable, program, "--no-pylint", "--quiet", *verb, "--run-id-file", told]
    command += ["--max-workers", "4", "--max-num-splits", "100000"]
    ended, ms = timed(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))
    with open(told) as text:
        id = text.read().strip()
    if do in ("run", "fail"):
        runs[name, salt] = id
    if do == "fail":
        return None
    if ended.returncode != 0:
        raise RuntimeError(ended.stderr.decode()[-1000:])
    tasks = count + (count - 1) // 3 if shape == "diamond" else count
    return Run(f"{name}/{id}")["end"].task["n"].data, ms, tasks


serve(run)
