"""One JSON line for each that is asked: what a peer's program is told to run, and how long it took."""
import json
import os
import sys
import time

# The last node of a run fails while this file is there.
FAIL = os.path.abspath("fail")


def depth(shape, count):
    """What the last node gives: how many nodes stand in the longest way to it."""
    return {"chain": count, "map": 2, "diamond": 1 + 2 * ((count - 1) // 3)}[shape]


def timed(work):
    """Its value, and how long it took in ms."""
    began = time.perf_counter()
    value = work()
    return value, (time.perf_counter() - began) * 1000


def serve(run):
    """
    `run(do, shape, count, salt, kept)` gives its value and ms, and the nodes that ran where they are not `count`: for
    `run`, `again` (what is found), `resume` and `validate`. For `fail` it runs into a failure, and may give anything.
    """
    # What the peer itself prints must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        ask = json.loads(line)
        try:
            if ask["do"] == "fail":
                open(FAIL, "w").close()
                try:
                    run(**ask)
                finally:
                    os.remove(FAIL)
                answer = {"ms": 0}
            else:
                value, ms, *nodes = run(**ask)
                wanted = value if ask["do"] == "validate" else depth(ask["shape"], ask["count"])
                if value != wanted:
                    raise ValueError(f"it gave {value}, not {wanted}")
                answer = {"ms": ms, "nodes": nodes[0] if nodes else ask["count"]}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)
