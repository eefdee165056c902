"""What a peer's work took: seconds by the clock and of the processors, and the most memory, as one line of JSON."""

import json
import resource
import time


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


def measured(work):
    """Runs `work`, which gives rows and columns of what it wrote; what was imported before does not count."""
    clock, used = time.perf_counter(), cpu()
    rows, columns = work()
    took = {"seconds": time.perf_counter() - clock, "cpu": cpu() - used, "peakMb": peak_mb()}
    print(json.dumps({**took, "rows": rows, "columns": columns, "steps": {}}))
