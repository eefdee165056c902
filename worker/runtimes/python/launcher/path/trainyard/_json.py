"""What JSON can hold, as the engine reads it: checked here, where the place of what it cannot hold is known."""

import math

MOST_WHOLE = 2**53 - 1


class OutputError(Exception):
    """A node gave something else than can travel."""

    def __init__(self, what, *, port=None, field=None, expected=None, actual=None, remedy=None):
        super().__init__(what)
        self.parts = {"expected": expected, "actual": actual, "remedy": remedy,
                      "where": {k: v for k, v in (("port", port), ("field", field)) if v is not None}}


def _scalar(value):
    """A number of NumPy and its like as Python's own."""
    if type(value).__module__.split(".")[0] in ("numpy", "torch", "tensorflow", "jax", "jaxlib") and hasattr(value, "item"):
        if getattr(value, "shape", None) == ():
            return value.item()
    return value


def plain(value, field, port):
    """A value as JSON holds it. Raises OutputError with the field that it does not hold."""
    value = _scalar(value)

    def wrong(actual, remedy):
        return OutputError(f"{field} of output \"{port}\" is {actual}, which JSON cannot hold", port=port, field=field,
                           expected="dicts with text as keys, lists, text, finite numbers, booleans and None",
                           actual=actual, remedy=remedy)

    if value is None or isinstance(value, (bool, str)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int):
        if abs(value) > MOST_WHOLE:
            raise wrong(f"{value}", "give a whole number beyond 2**53 as text")
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise wrong(f"{value}", "give None for a figure that is none")
        return float(value)
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise wrong(f"a dict with the key {key!r}", "make its keys text: {str(k): v for k, v in d.items()}")
        return {str(key): plain(member, f"{field}.{key}", port) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(member, f"{field}.{at}", port) for at, member in enumerate(value)]
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    raise wrong(f"a {kind}", "call .tolist() of an array, and write what is large to a file")


def figures(value):
    """Figures as `ctx.report` takes them: what is no finite number is None."""
    value = _scalar(value)
    if isinstance(value, dict):
        return {str(key): figures(member) for key, member in value.items()}
    return finite(value, float)


def finite(value, kind=None):
    """A number of whatever library as Python's own, as the `kind` that is asked for or its own; None where it is not finite."""
    value = _scalar(value)
    try:
        number = kind(value) if kind else value if type(value) is int else float(value)
        return number if math.isfinite(number) else None
    except OverflowError:
        return None
