"""`make bench`: measure, and print one table. `make bench ARGS=quick` takes two minutes instead of fifteen.

Words: quick (SQLite alone, shorter), sqlite or postgres (that database alone), and the parts `operations`, `start`,
`wake`, `lighthouse`, `library`, `match` (those alone).
"""

from __future__ import annotations

import os
import sys

from bench import desk, library, matching
from bench.measure import Effort
from bench.places import DATABASES, place

PARTS = ("operations", "start", "wake", "lighthouse", "library", "match")
QUICK, FULL = Effort(2, 0.4), Effort(5, 1.0)


def main(words: list[str]) -> int:
    odd = set(words) - {"quick", *PARTS, *DATABASES}
    if odd:
        print(f"bench: no such word: {', '.join(sorted(odd))}\n{__doc__}", file=sys.stderr)
        return 2
    quick = "quick" in words
    parts = [part for part in PARTS if part in words] or list(PARTS)
    kinds = [kind for kind in DATABASES if kind in words] or (["sqlite"] if quick else list(DATABASES))
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n", flush=True)
    if "library" in parts:
        library.run(3 if quick else 7)
    if "match" in parts:
        matching.run(3 if quick else 7)
    for kind in kinds if set(parts) - {"library", "match"} else ():
        with place(kind) as where:
            desk.run(where, parts, QUICK if quick else FULL, quick)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
