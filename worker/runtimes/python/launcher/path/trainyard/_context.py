"""The objects that a node's function is given."""

from pathlib import Path


class UserError(Exception):
    """The input must change: the node is not tried again, and the message is what people read."""

    def __init__(self, what, *, expected=None, actual=None, remedy=None, **where):
        super().__init__(what)
        self.parts = {"expected": expected, "actual": actual, "remedy": remedy, "where": where}


class TransientError(UserError):
    """A fault that may pass: the node is tried again as its contract says."""


class Cancelled(BaseException):
    """The node was told to end. Not an Exception, so that no `except Exception` swallows it."""


class HostError(Exception):
    """An error of the engine, which keeps it by its number."""

    def __init__(self, number, what):
        super().__init__(what)
        self.number = number


class SeedError(Exception):
    """A seed was asked for that the contract does not declare."""


class Input:
    """An artifact given to a node: read-only, its files verified."""

    def __init__(self, told):
        self.kind = told["kind"]
        #: The artifact's value: a report's figures, a JSON value, a summary of other kinds.
        self.value = told["value"]
        #: Path by name of file. They must not be written to.
        self.files = {name: Path(path) for name, path in told["files"].items()}

    def path(self, file=None):
        """Path of a file; of the only one, or of a table's `data.parquet`, when none is named."""
        if file is None:
            file = "data.parquet" if "data.parquet" in self.files else next(iter(self.files), None)
            if file != "data.parquet" and len(self.files) != 1:
                raise UserError(f"a {self.kind} of {len(self.files)} files was asked for its only file",
                                expected=", ".join(sorted(self.files)) or "an artifact with files")
        if file not in self.files:
            raise UserError(f"there is no file {file!r} in this {self.kind}",
                            expected=", ".join(sorted(self.files)) or "no files")
        return self.files[file]

    def read_bytes(self, file=None):
        return self.path(file).read_bytes()

    def read_text(self, file=None):
        return self.path(file).read_text(encoding="utf-8")


class Checkpoint:
    """State to resume from after a crash. Saving is atomic; the newest state wins; it is dropped once the node is done."""

    def __init__(self, wire, folder):
        self._wire = wire
        self._folder = folder
        self._count = 0

    def save(self, state):
        self._count += 1
        file = self._folder / f"checkpoint-{self._count}"
        file.write_bytes(state)
        try:
            self._wire.ask({"type": "save", "file": str(file)})
        finally:
            file.unlink(missing_ok=True)

    def load(self):
        """The newest state, or None."""
        self._count += 1
        file = self._folder / f"checkpoint-{self._count}"
        if not self._wire.ask({"type": "load", "file": str(file)}):
            return None
        state = file.read_bytes()
        file.unlink()
        return state


class Context:
    """What a node may use of its surroundings."""

    def __init__(self, wire, told, folder):
        self._wire = wire
        self._seed = told["seed"]
        self._node = told["node"]
        #: Threads that it may compute with; the usual libraries are told so by their variables.
        self.threads = told["threads"]
        #: `cpu`, or `gpu:0` and so on.
        self.device = told["device"]
        #: A folder of its own, removed afterwards.
        self.scratch = Path(told["scratch"])
        #: `id`, `lineage`, `pipeline`, `cause`.
        self.run = told["run"]
        self.scope = told["scope"]
        self.attempt = told["attempt"]
        #: The same in all attempts and resumes of the call: send it with a request that must not be served twice.
        self.key = told["key"]
        #: More of the same may be asked: save a checkpoint at the end.
        self.goes_on = told["goesOn"]
        self.checkpoint = Checkpoint(wire, folder)

    @property
    def seed(self):
        """32 bits, from the run's seed and the node's key."""
        if self._seed is None:
            raise SeedError(f"{self._node} asks for a seed, but its contract does not say seeded: true")
        return self._seed

    @property
    def cancelled(self):
        """Whether the node was told to end: it has about a second and a half to do so by itself."""
        return self._wire.cancelled.is_set()

    def raise_if_cancelled(self):
        if self.cancelled:
            raise Cancelled()

    def log(self, *words):
        """A line for the node's log, kept with the run."""
        self._wire.tell({"type": "log", "message": " ".join(str(word) for word in words)})

    def progress(self, fraction, message=None):
        """How far it is: a fraction from 0 to 1 and a few words; shown live."""
        from ._json import finite
        self._wire.tell({"type": "progress", "fraction": finite(fraction) or 0,
                         "message": None if message is None else str(message)})

    def report(self, step, value):
        """What it has reached at a step: a number, or a dict of figures. In a study this may be the end: then it raises Cancelled."""
        from ._json import figures, finite
        self.raise_if_cancelled()
        self._wire.ask({"type": "report", "step": finite(step), "value": figures(value)})
        self.raise_if_cancelled()

    def secret(self, name):
        """The value of a secret that temporal.config.ts names: hidden in logs and errors, refused in outputs."""
        return self._wire.ask({"type": "secret", "name": name})
