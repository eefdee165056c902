"""JSON lines between this process and the engine: one line, one message."""

import json
import os
import socket
import threading
import time

from ._context import Cancelled, HostError


#: Seconds in which a node that nobody waits for any more may still end by itself, as after a cancellation.
GRACE = 1.6


class Wire:
    """The engine's end is a socket at a given file descriptor."""

    def __init__(self, descriptor):
        self._socket = socket.socket(fileno=descriptor)
        self._socket.set_inheritable(False)
        self._socket.setblocking(True)
        self._writing = threading.Lock()
        self._waiting = {}
        self._number = 0
        self.cancelled = threading.Event()
        threading.Thread(target=self._read, name="trainyard", daemon=True).start()

    def tell(self, message):
        line = json.dumps(message, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"
        with self._writing:
            self._socket.sendall(line)

    def ask(self, message):
        """Sends a message and waits for its answer. Raises what the engine refused it with."""
        answered = threading.Event()
        with self._writing:
            self._number += 1
            number = self._number
            self._waiting[number] = slot = [answered, None]
        self.tell({**message, "number": number})
        answered.wait()
        answer = slot[1]
        if answer is None:
            raise Cancelled()
        if "error" in answer and self.cancelled.is_set():
            raise Cancelled()
        if "error" in answer:
            raise HostError(number, answer["error"])
        return answer["answer"]

    def _read(self):
        try:
            self._hear()
        except OSError:
            # A socket of an engine that was killed may be reset.
            pass
        # The engine is gone: nobody waits for what this process computes.
        self.cancelled.set()
        for slot in list(self._waiting.values()):
            slot[0].set()
        time.sleep(GRACE)
        os._exit(1)

    def _hear(self):
        with self._socket.makefile("rb") as lines:
            for line in lines:
                message = json.loads(line)
                if message.get("type") == "cancel":
                    self.cancelled.set()
                    continue
                slot = self._waiting.pop(message["number"], None)
                if slot:
                    slot[1] = message
                    slot[0].set()
