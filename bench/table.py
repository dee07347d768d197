"""The one table."""

from __future__ import annotations

from dataclasses import dataclass

from bench.measure import Result

HEAD = (
    f"{'':34}{'at a':>5}{'':>9}{'ms':>8}{'ms':>8}{'CPU ms a request':>18}{'share of floor':>17}{'other':>7}\n"
    f"{'operation':34}{'time':>5}{'a second':>9}{'p50':>8}{'p99':>8}{'desk':>9}{'database':>9}"
    f"{'rate':>9}{'CPU':>8}{'CPU %':>7}  {'must':14}verdict"
)


@dataclass
class Line:
    """A figure that is no operation: start, memory, bytes, waking."""

    name: str
    value: str
    must: str = ""
    good: bool | None = None

    def __str__(self) -> str:
        return f"{self.name:52}{self.value:>40}    {self.must:20}{verdict(self.good)}"


def verdict(good: bool | None) -> str:
    return {None: "", True: "met", False: "MISSED"}[good]


def line(result: Result, name: str = "") -> str:
    """One operation at one concurrency."""
    cells = (
        f"{name or result.operation.name:34}{result.concurrency:>5}{result.rate:>9.0f}"
        f"{result.percentile(0.5):>8.2f}{result.percentile(0.99):>8.2f}{result.cpu('app'):>9.2f}{result.cpu('db'):>9.2f}"
    )
    shares = f"{result.ratio:>8.0%} {result.cost_ratio:>7.0%}{result.foreign:>7.0f}" if not name else f"{'':24}"
    wrong = f"  {result.wrong} WRONG ANSWERS" if result.wrong else ""
    return f"{cells}{shares}  {must(result):14}{verdict(None if name else good(result))}{wrong}"


def must(result: Result) -> str:
    wish = result.operation
    aim = f" (aim {wish.aim:.0%})" if wish.aim else ""
    return f"{wish.must:.0%}{aim}" if wish.must else f"p50 {wish.within:.0f} ms" if wish.within else ""


def good(result: Result) -> bool | None:
    """A share has to be reached at both concurrencies, a time by one reader alone."""
    wish = result.operation
    if wish.must:
        return result.ratio >= wish.must
    return result.percentile(0.5) <= wish.within if wish.within and result.concurrency == 1 else None
