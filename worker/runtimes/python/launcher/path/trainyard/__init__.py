"""What a Python node may use of its surroundings. Comes with Trainyard: nothing of it is installed."""

from ._context import Cancelled, Context, Input, TransientError, UserError

__all__ = ["Cancelled", "Context", "Input", "TransientError", "UserError"]
