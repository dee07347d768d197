"""One file a command. This list is all that `firebreak --help` has to load."""

from __future__ import annotations

COMMANDS = {
    "backup": "backup",
    "erase": "erase",
    "people": "people",
    "playbooks": "playbooks",
    "rebuild": "verify",
    "restore": "backup",
    "serve": "serve",
    "setup": "setup",
    "verify": "verify",
    "watch": "watch",
}
