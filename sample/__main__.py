"""Command line of the sample server."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import signal

from sample.faults import Faults
from sample.months import FIRST_MONTH, LAST_MONTH
from sample.world import World

__all__ = ["main"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sample.server", description=__doc__)
    parser.add_argument("--port", type=int, default=8801, help="0 picks a free one")
    parser.add_argument("--months", default=f"{FIRST_MONTH}..{LAST_MONTH}", help="first..last")
    parser.add_argument("--comments", type=int, default=120, help="top comments a month")
    parser.add_argument("--reply-share", type=float, default=0.35)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=300, help="distinct postings of all boards")
    parser.add_argument("--today", type=dt.date.fromisoformat, default=None,
                        help="the day that the boards show; by default this one")  # fmt: skip
    parser.add_argument("--api-key", default="sample-key", help="TheirStack's Bearer key")
    parser.add_argument("--credits", type=int, default=1_000_000, help="TheirStack's credits")
    parser.add_argument("--company-boards", type=int, default=0,
                        help="companies' boards that the newest month links to")  # fmt: skip
    parser.add_argument("--seekers", type=int, default=0, help="comments a sister thread")
    parser.add_argument("--huge", type=int, default=0, help="jobs of the first of them")
    parser.add_argument("--malformed", type=int, default=0, help="malformed records a board")
    parser.add_argument("--hostile", type=int, default=0, help="hostile records a month or board")
    faults = parser.add_argument_group("faults (N: each Nth API request, 0: never)")
    faults.add_argument("--latency-ms", type=float, default=0)
    for name in ("fail", "rate-limit", "slow-loris", "truncate", "invalid-json", "html",
                 "wrong-type", "reset"):  # fmt: skip
        faults.add_argument(f"--{name}-every", type=int, default=0, metavar="N")
    faults.add_argument("--fail-first", type=int, default=0, metavar="N", help="of each path")
    faults.add_argument("--retry-after", default="1", help="seconds, http-date or none")
    faults.add_argument("--slow-loris-ms", type=float, default=200, help="pause after each byte")
    faults.add_argument("--unauthorized-item", type=int, action="append", default=[], metavar="ID")
    faults.add_argument("--paging", default="stable",
                        choices=("stable", "duplicated", "overlapping", "shrinking"))  # fmt: skip
    faults.add_argument("--fault-kinds", default="", help="hit only these kinds, comma-separated")
    faults.add_argument("--enforce-limits", action="store_true", help="the boards' real rates")
    return parser


def _faults(options: argparse.Namespace) -> Faults:
    faults = Faults()
    given = vars(options)
    names = [name for name in given if hasattr(faults, name)]
    faults.update({name: given[name] for name in names})
    faults.unauthorized_items = frozenset(options.unauthorized_item)
    faults.kinds = frozenset(filter(None, options.fault_kinds.split(",")))
    return faults


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted or terminated."""
    from sample.server import Upstream, run

    options = _parser().parse_args(arguments)
    first, _, last = options.months.partition("..")
    world = World(
        options.seed, first_month=first, last_month=last or first, comments=options.comments,
        reply_share=options.reply_share, jobs=options.jobs, hostile=options.hostile,
        today=options.today or dt.datetime.now(dt.UTC).date(), malformed=options.malformed,
        company_boards=options.company_boards, huge=options.huge, seekers=options.seekers,
    )  # fmt: skip

    async def until_stopped() -> None:
        upstream = Upstream(
            world, _faults(options), api_key=options.api_key, credits=options.credits
        )
        task = asyncio.ensure_future(run(upstream, options.port))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(until_stopped())
