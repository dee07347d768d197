"""One file a command. This list is all that `firebreak --help` has to load."""

from __future__ import annotations

COMMANDS = {
    "backup": "backup",
    "demo": "demo",
    "erase": "erase",
    "export": "export",
    "match": "match",
    "pack": "pack",
    "people": "people",
    "playbooks": "playbooks",
    "rebuild": "verify",
    "restore": "backup",
    "review": "review",
    "serve": "serve",
    "setup": "setup",
    "tokens": "tokens",
    "verify": "verify",
    "watch": "watch",
}
