"""``python -m firebreak``: the same command as ``firebreak``."""

from __future__ import annotations

from firebreak.cli import main

if __name__ == "__main__":
    main()
