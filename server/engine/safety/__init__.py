"""The safety gate: secrets leave a text before anything is logged, embedded or stored."""

from server.engine.safety.gate import screen
from server.engine.safety.kinds import Screened, SecretKind

__all__ = ["Screened", "SecretKind", "screen"]
