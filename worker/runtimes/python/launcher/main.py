"""Runs one call of a Python node: `python main.py TASK_FOLDER`, with the engine at file descriptor 3.

The folder holds `task.json`; this process writes `outputs.json` and files of outputs beside it, then says `done`.
"""

import faulthandler
import importlib
import json
import math
import os
import random
import sys
import traceback
from pathlib import Path

# A folder that holds the module `trainyard` alone: a node's own module may be called as this file is.
PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "path")
if PATH not in sys.path:
    sys.path[0] = PATH

from trainyard._context import Cancelled, Context, HostError, Input, SeedError, TransientError, UserError
from trainyard._json import MOST_WHOLE, OutputError, plain
from trainyard._wire import Wire


class LoadError(Exception):
    """The node's module has not what it should have."""


def main(folder):
    faulthandler.enable()
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    wire = Wire(3)
    sys.path.insert(1, task["code"])
    if task["ctx"]["seed"] is not None:
        random.seed(task["ctx"]["seed"])
    loaded = False
    try:
        require_own_names(task)
        module = importlib.import_module(task["module"])
        run = getattr(module, task["function"], None)
        if not callable(run):
            raise LoadError(f"{task['file']} has no function {task['function']}")
        loaded = True
        inputs = {port: opened(given) for port, given in task["inputs"].items()}
        given = run(task["params"], inputs, Context(wire, task["ctx"], folder))
        write(given, task, folder)
        answer = {"type": "done"}
    except BaseException as error:
        try:
            answer = failure(error, loaded, task)
        except Exception as again:
            name = type(error).__qualname__
            answer = {"type": "failed", "fault": "other", "name": name, "place": None, "trace": "",
                      "what": f"what it says cannot be told: {type(again).__qualname__}"}
    sys.stdout.flush()
    sys.stderr.flush()
    wire.tell(answer)


def require_own_names(task):
    """Refuses code that an import would not find, since Python has loaded another module of its name already."""
    module = task["module"].split(".")[0]
    for entry in sorted(os.listdir(task["code"])):
        name = entry.removesuffix(".py")
        is_module = name != entry or os.path.isfile(os.path.join(task["code"], name, "__init__.py"))
        if is_module and name in sys.modules and (name != "__main__" or name == module):
            file = f"{task['sources']}/{entry}" if task["sources"] else entry
            raise LoadError(f"{file} has the name of a module that Python has loaded before it, and an import of {name} gives that one; "
                            "give it another name")


def opened(given):
    if given is None:
        return None
    return [Input(one) for one in given] if isinstance(given, list) else Input(given)


def write(given, task, folder):
    """Writes what the node gave: values to `outputs.json`, contents of files beside it."""
    ports = task["outputs"]
    if task["single"]:
        given = {next(iter(ports)): given}
    if not isinstance(given, dict):
        raise OutputError(f"{task['node']} gave something else than its contract promises",
                          expected=f"a dict with one output each for {', '.join(ports)}", actual=kind_of(given))
    outputs = {}
    for port, output in given.items():
        if not isinstance(output, dict):
            raise OutputError(f"{task['node']} gave something else than its contract promises for output \"{port}\"",
                              port=str(port), expected='a dict with "value", "files" or both', actual=kind_of(output))
        written = {}
        for field, content in output.items():
            if field == "value":
                written["value"] = plain(content, "value", port)
            elif field == "files":
                written["files"] = write_files(content, port, folder)
            else:
                raise OutputError(f"output \"{port}\" of {task['node']} has a field {field!r}", port=str(port),
                                  field=str(field), expected='"value" and "files"')
        outputs[str(port)] = written
    (folder / "outputs.json").write_text(json.dumps(outputs, allow_nan=False), encoding="utf-8")


def write_files(files, port, folder):
    if not isinstance(files, dict):
        raise OutputError(f"the files of output \"{port}\" are {kind_of(files)}", port=port, field="files",
                          expected="a dict: contents by file name")
    paths = {}
    for at, (name, content) in enumerate(files.items()):
        if isinstance(content, os.PathLike):
            paths[str(name)] = os.fspath(content)
            continue
        if isinstance(content, str):
            content = content.encode("utf-8")
        if not isinstance(content, (bytes, bytearray, memoryview)):
            raise OutputError(f"the file {name!r} of output \"{port}\" is {kind_of(content)}", port=port,
                              field="files", expected="bytes, text, or a pathlib.Path in ctx.scratch")
        path = folder / f"file-{len(os.listdir(folder))}-{at}"
        path.write_bytes(content)
        paths[str(name)] = str(path)
    return paths


def kind_of(value):
    return "None" if value is None else f"a {type(value).__qualname__}"


def failure(error, loaded, task):
    """What went wrong, with the last place of the user's own code."""
    told = {"type": "failed", "fault": "other", "what": text_of(error), "name": type(error).__qualname__,
            "place": place_of(error, task), "trace": trace_of(error, task)}
    if isinstance(error, Cancelled):
        told["fault"] = "cancelled"
    elif isinstance(error, HostError):
        told.update(fault="host", number=error.number)
    elif isinstance(error, TransientError):
        told.update(fault="transient", parts=error.parts)
    elif isinstance(error, UserError):
        told.update(fault="user", parts=error.parts)
    elif isinstance(error, OutputError):
        told.update(fault="output", parts=error.parts)
    elif isinstance(error, SeedError):
        told["fault"] = "seed"
    elif isinstance(error, MemoryError):
        told["fault"] = "memory"
    elif isinstance(error, LoadError):
        told["fault"] = "code"
    elif isinstance(error, ModuleNotFoundError):
        told.update(fault="module", module=error.name)
    elif isinstance(error, SyntaxError) or (not loaded and isinstance(error, ImportError)):
        told["fault"] = "code"
    return json_safe(told)


def json_safe(value):
    """Whatever an author put into an error, said as text where JSON cannot hold it."""
    if value is None or isinstance(value, (bool, str)) or (type(value) is float and math.isfinite(value)):
        return value
    if type(value) is int and abs(value) <= MOST_WHOLE:
        return value
    if type(value) is dict and all(isinstance(key, str) for key in value):
        return {key: json_safe(member) for key, member in value.items()}
    if type(value) in (list, tuple):
        return [json_safe(member) for member in value]
    return text_of(value)


def text_of(value):
    """As `str` says it; an author's own class may fail at that."""
    try:
        return str(value)
    except Exception as error:
        return f"{kind_of(value)}, whose text cannot be had: {type(error).__qualname__}"


def frames_of(error, task):
    """Frames of the node's own code, as (file below the code folder, line, function)."""
    code = os.path.realpath(task["code"]) + os.sep
    for frame in traceback.extract_tb(error.__traceback__):
        file = os.path.realpath(frame.filename)
        if file.startswith(code):
            yield file[len(code):], frame.lineno, frame.name


def place_of(error, task):
    if isinstance(error, SyntaxError) and error.filename:
        code = os.path.realpath(task["code"]) + os.sep
        file = os.path.realpath(error.filename)
        if file.startswith(code):
            return {"file": file[len(code):], "line": error.lineno or 0, "function": "<module>"}
    last = None
    for file, line, name in frames_of(error, task):
        last = {"file": file, "line": line, "function": name}
    return last


def trace_of(error, task):
    """The traceback from the node's own code on, as Python writes it, with files as the project names them."""
    stack = error.__traceback__
    code = os.path.realpath(task["code"]) + os.sep
    while stack is not None and not os.path.realpath(stack.tb_frame.f_code.co_filename).startswith(code):
        stack = stack.tb_next
    if stack is None and not isinstance(error, SyntaxError):
        return ""
    try:
        text = "".join(traceback.format_exception(type(error), error, stack))
    except Exception:
        text = "".join(traceback.format_tb(stack))
    return text.replace(task["code"] + os.sep, task["sources"] + "/" if task["sources"] else "").rstrip()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
