"""The shapes in Prefect: a server of its own over SQLite, tasks in four threads of one process."""
import os
import socket
import subprocess
import sys
import time
import urllib.request

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
os.environ.update(
    PREFECT_HOME=os.path.abspath("home"),
    PREFECT_API_URL=f"http://127.0.0.1:{port}/api",
    PREFECT_SERVER_ANALYTICS_ENABLED="false",
    PREFECT_SERVER_UI_ENABLED="false",
    PREFECT_LOGGING_LEVEL="ERROR",
    PREFECT_LOGGING_TO_API_ENABLED="false",
    DO_NOT_TRACK="1",
)
server = subprocess.Popen(
    [os.path.join(os.path.dirname(sys.executable), "prefect"), "server", "start", "--port", str(port)],
    stdout=subprocess.DEVNULL,
)
for _ in range(600):
    try:
        urllib.request.urlopen(f"{os.environ['PREFECT_API_URL']}/health")
        break
    except OSError:
        time.sleep(0.2)

from answer import FAIL, serve, timed  # noqa: E402
from prefect import flow, task  # noqa: E402
from prefect.cache_policies import INPUTS, NO_CACHE  # noqa: E402
from prefect.task_runners import ThreadPoolTaskRunner  # noqa: E402


def one(salt, index, before=0):
    return before + 1


def join(salt, index, all):
    if index == "last" and os.path.exists(FAIL):
        raise RuntimeError("planned")
    return max(all, default=0) + 1


def tasks(**settings):
    return task(one, **settings), task(join, **settings)


PLAIN = tasks(cache_policy=NO_CACHE, persist_result=False)
# Found by their inputs, results in files: what a second run and a resume want.
KEPT = tasks(cache_policy=INPUTS, persist_result=True)


def chain(count, salt, last, one, join):
    before = None
    for index in range(count - 1):
        before = one(salt, index) if before is None else one(salt, index, before)
    return join(last, "last", [] if before is None else [before])


def side_by_side(count, salt, last, one, join):
    return join.submit(last, "last", one.map(salt, list(range(count - 1)))).result()


def diamond(count, salt, last, one, join):
    top = one.submit(salt, 0)
    for index in range(1, count - 2, 3):
        sides = [one.submit(salt, index, top), one.submit(salt, index + 1, top)]
        name = "last" if index + 3 == count else index + 2
        top = join.submit(salt, name, sides)
    return top.result()


SHAPES = {"chain": chain, "map": side_by_side, "diamond": diamond}


@flow(task_runner=ThreadPoolTaskRunner(max_workers=4), persist_result=False, validate_parameters=False)
def shaped(shape, count, salt, last, kept):
    return SHAPES[shape](count, salt, last, *(KEPT if kept else PLAIN))


turns = 0


def run(do, shape, count, salt, kept):
    global turns
    last = salt
    if do == "fail":
        turns += 1
    if do in ("fail", "resume"):
        last = f"{salt} {turns}"
    try:
        return timed(lambda: shaped(shape, count, salt, last, kept))
    except RuntimeError:
        if do != "fail":
            raise


try:
    serve(run)
finally:
    server.terminate()
    server.wait()
