"""How the systems answer for a board: the shapes of their public feeds, traps included.

Greenhouse escapes its content and sends pay in cents; Lever names no company and sends
milliseconds; Ashby calls hybrid jobs remote and has jobs that it does not list; Recruitee's dates
end in " UTC", and an unknown name gets a demonstration; Personio and Teamtailor are XML.
"""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from sample.company_boards import CompanyBoard, CompanyBoards, CompanyJob
from sample.places import COUNTRIES
from sample.rng import Rng
from sample.wire import Answer, Request, encode

__all__ = ["CompanyRoutes", "own_id"]

_XML = {"Content-Type": "application/xml; charset=utf-8"}
_PER = {"year": "1 YEAR", "month": "1 MONTH", "hour": "1 HOUR"}
_LEVER_PER = {"year": "per-year-salary", "month": "per-month-salary", "hour": "per-hour-wage"}
_MODES = {"remote": "Remote", "hybrid": "Hybrid", "onsite": "OnSite", "unspecified": None}
_UNKNOWN: dict[str, bytes] = {
    "greenhouse": b'{"status":404,"error":"Job not found"}',
    "lever": b'{"ok":false,"error":"Document not found"}',
    "lever_eu": b'{"ok":false,"error":"Document not found"}',
    "ashby": b"Not Found",
    "recruitee": b'{"error":"Not Found"}',
    "personio": b"<html><body>Page not found</body></html>",
    "teamtailor": b"Not Found",
}
# Where the board stands in the path behind the system's name.
_PLACE = {"greenhouse": 2, "lever": 2, "lever_eu": 2, "ashby": 2, "recruitee": 0, "personio": 0,
          "teamtailor": 0}  # fmt: skip


def own_id(board: CompanyBoard, job: CompanyJob) -> str:
    """Return the system's own id of a job, as text."""
    if board.system in ("greenhouse", "recruitee", "personio"):
        return str(4_000_000 + 10_000 * board.number + job.number)
    rng = Rng("company job id", board.slug, job.number)
    return str(UUID(int=rng.below(2**62) << 64 | rng.below(2**62), version=4))


class CompanyRoutes:
    """Answers ``/ats/<system>/...`` as the systems do, for a day of the world."""

    def __init__(self, boards: CompanyBoards, today: Callable[[], dt.date]) -> None:
        self._boards, self._today = boards, today

    def answer(self, request: Request, share: float = 1) -> Answer:
        """Return a board's answer; 404 for a board that is not there, 304 for its entity tag.

        ``share`` of its jobs are shown, of which Greenhouse says how many there are: half of them
        are fewer than it says, and none are none.
        """
        _, system, *path = request.path.strip("/").split("/")
        place = _PLACE.get(system)
        name = path[place] if place is not None and len(path) > place else ""
        board = self._boards.boards().get((system.removesuffix("_eu"), name))
        day = self._today()
        is_there = board and board.opens <= day < board.closes
        if board is None or not is_there or board.is_eu is not (system == "lever_eu"):
            return Answer(system, _UNKNOWN.get(system, b"Not Found"), 404)
        answer = self.board_answer(board, day, share)
        tag = answer.headers.get("ETag")
        if tag and request.headers.get("if-none-match") == tag:
            return Answer(system, b"", 304, answer.headers)
        return answer

    def board_answer(self, board: CompanyBoard, day: dt.date, share: float = 1) -> Answer:
        """Return what a board shows on a day."""
        jobs, system = self._boards.jobs(board, day), board.system
        shown = jobs[: int(share * len(jobs))]
        counted = {"total": len(jobs)} if shown and system == "greenhouse" else {}
        body = _BODIES[system](board, shown, **counted)
        headers = _XML if system in ("personio", "teamtailor") else {}
        if system in ("recruitee", "teamtailor"):
            tag = f'W/"{Rng("etag", body.decode()).below(2**40):x}"'
            headers = {**headers, "ETag": tag}
        return Answer("lever_eu" if board.is_eu else system, body, 200, headers)


def _paragraphs(job: CompanyJob) -> str:
    return "".join(f"<p>{html.escape(line)}</p>" for line in job.paragraphs)


def _at(job: CompanyJob) -> dt.datetime:
    return dt.datetime.combine(job.opened, dt.time(9, 30), dt.UTC)


def _places(job: CompanyJob) -> list[str]:
    return [written for written, _, _ in job.posting.places]


def _countries(job: CompanyJob) -> list[str]:
    return [code for _, _, code in job.posting.places]


def _label(job: CompanyJob) -> str:
    """Return the places as one label; of a remote job with the word."""
    places = "; ".join(_places(job))
    if job.posting.remote != "remote":
        return places or "Hybrid"
    return f"Remote - {places}" if places else "Remote"


def _greenhouse(board: CompanyBoard, jobs: list[CompanyJob], total: int = 0) -> bytes:
    return encode({"jobs": [_greenhouse_job(board, job) for job in jobs],
                   "meta": {"total": total}})  # fmt: skip


def _greenhouse_job(board: CompanyBoard, job: CompanyJob) -> dict[str, Any]:
    key, pay = own_id(board, job), job.posting.salary
    made: dict[str, Any] = {
        "absolute_url": f"https://{board.slug}.example/careers?gh_jid={key}",
        "id": int(key), "internal_job_id": int(key) + 1, "title": f" {job.title}",
        "company_name": f"{board.company} ", "location": {"name": _label(job)},
        "first_published": _at(job).isoformat(), "updated_at": _at(job).isoformat(),
        "language": "en", "requisition_id": "R-1",
        "content": html.escape(_paragraphs(job) + "<p>&nbsp;</p>"),
        "metadata": [
            {"id": 1, "name": "Workplace Type", "value": _MODES[job.posting.remote],
             "value_type": "single_select"},
            {"id": 2, "name": "Hiring Manager", "value_type": "user",
             "value": {"name": "Sam Sample", "email": "sam@company.example"}},
        ],
        "departments": [], "offices": [{"id": 1, "name": place} for place in _places(job)],
    }  # fmt: skip
    if pay:
        made["pay_input_ranges"] = [{"min_cents": pay.min * 100, "max_cents": pay.max * 100,
                                     "currency_type": pay.currency, "title": "Pay"}]  # fmt: skip
    return made


def _lever(board: CompanyBoard, jobs: list[CompanyJob]) -> bytes:
    return encode([_lever_job(board, job) for job in jobs])


def _lever_job(board: CompanyBoard, job: CompanyJob) -> dict[str, Any]:
    key, pay, (first, *rest) = own_id(board, job), job.posting.salary, job.paragraphs
    link = f"https://jobs.lever.co/{board.slug}/{key}"
    items = "".join(f"<li>{html.escape(line)}</li>" for line in rest)
    made: dict[str, Any] = {
        "id": key, "text": job.title, "createdAt": int(_at(job).timestamp() * 1000),
        "categories": {"location": _label(job), "allLocations": _places(job) or [_label(job)],
                       "commitment": "Full-time", "team": "Team"},
        "country": next(iter(_countries(job)), None),
        "workplaceType": (_MODES[job.posting.remote] or "unspecified").lower()
        .replace("onsite", "on-site"),
        "description": f"<div>{html.escape(first)}</div><div>At {board.company}, we care.</div>",
        "lists": [{"text": "What we look for", "content": items}], "additional": "",
        "hostedUrl": link, "applyUrl": f"{link}/apply",
    }  # fmt: skip
    if pay:
        made["salaryRange"] = {"min": pay.min, "max": pay.max, "currency": pay.currency,
                               "interval": _LEVER_PER[pay.period]}  # fmt: skip
    return made


def _ashby(board: CompanyBoard, jobs: list[CompanyJob]) -> bytes:
    listed = [_ashby_job(board, job) for job in jobs]
    # A job with a link of its own that the board does not show.
    hidden = [{**listed[0], "id": "hidden", "isListed": False}] if listed else []
    return encode({"apiVersion": "1", "jobs": [*listed, *hidden]})


def _ashby_job(board: CompanyBoard, job: CompanyJob) -> dict[str, Any]:
    key, pay, mode = own_id(board, job), job.posting.salary, _MODES[job.posting.remote]
    first, *others = _places(job) or [_label(job)]
    country = COUNTRIES[_countries(job)[0]][0] if _countries(job) else ""
    part = {"compensationType": "Salary", "interval": _PER[pay.period], "minValue": pay.min,
            "maxValue": pay.max, "currencyCode": pay.currency} if pay else None  # fmt: skip
    return {
        "id": key, "title": f"{job.title} ", "department": "Team", "employmentType": "FullTime",
        "location": first, "secondaryLocations": [{"location": place} for place in others],
        "address": {"postalAddress": {"addressCountry": country}},
        "publishedAt": _at(job).isoformat(), "isListed": True,
        "isRemote": None if mode is None else mode != "OnSite", "workplaceType": mode,
        "jobUrl": f"https://jobs.ashbyhq.com/{board.slug}/{key}",
        "descriptionHtml": f"<p>About {board.company}</p>{_paragraphs(job)}",
        "compensation": {"summaryComponents": [part] if part else [], "compensationTiers": []},
    }  # fmt: skip


def _recruitee(board: CompanyBoard, jobs: list[CompanyJob]) -> bytes:
    company = "Recruitee Demo" if board.kind == "demo" else board.company
    return encode({"offers": [_offer(board, job, company) for job in jobs]})


def _offer(board: CompanyBoard, job: CompanyJob, company: str) -> dict[str, Any]:
    pay, mode = job.posting.salary, job.posting.remote
    at = f"{_at(job):%Y-%m-%d %H:%M:%S} UTC"
    key = own_id(board, job)
    return {
        "id": int(key), "guid": key[-5:], "slug": f"job-{key}", "title": job.title,
        "company_name": company, "status": "published", "location": "Remote job",
        "locations": [{"city": place, "country": COUNTRIES[code][0], "country_code": code}
                      for place, _, code in job.posting.places],
        "country_code": next(iter(_countries(job)), None),
        "remote": mode == "remote", "hybrid": mode == "hybrid", "on_site": mode == "onsite",
        "published_at": at, "created_at": at, "updated_at": at, "description": _paragraphs(job),
        "requirements": "", "mailbox_email": f"job.{key}@{board.slug}.example",
        "careers_url": f"https://{board.slug}.example/o/job-{key}",
        "salary": {"min": str(pay.min), "max": str(pay.max), "currency": pay.currency,
                   "period": pay.period} if pay else {},
    }  # fmt: skip


def _personio(board: CompanyBoard, jobs: list[CompanyJob]) -> bytes:
    positions = "".join(_position(board, job) for job in jobs)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><workzag-jobs>{positions}</workzag-jobs>'.encode()
    )


def _position(board: CompanyBoard, job: CompanyJob) -> str:
    first, *others = _places(job) or [_label(job)]
    more = "".join(f"<office>{html.escape(place)}</office>" for place in others)
    return (
        f"<position><id>{own_id(board, job)}</id><subcompany>{html.escape(board.company)} GmbH"
        f"</subcompany><office>{html.escape(first)}</office><additionalOffices>{more}"
        f"</additionalOffices><name>{html.escape(job.title)}</name><jobDescriptions>"
        f"<jobDescription><name>Your tasks</name><value><![CDATA[{_paragraphs(job)}]]></value>"
        f"</jobDescription></jobDescriptions><createdAt>{_at(job):%Y-%m-%dT%H:%M:%S+0000}"
        f"</createdAt></position>"
    )


def _teamtailor(board: CompanyBoard, jobs: list[CompanyJob]) -> bytes:
    items = "".join(_item(board, job) for job in jobs)
    return (
        '<rss xmlns:tt="https://teamtailor.com/locations" version="2.0"><channel>'
        f"<title>{html.escape(board.company)}</title>{items}</channel></rss>"
    ).encode()


def _item(board: CompanyBoard, job: CompanyJob) -> str:
    status = {"remote": "fully", "hybrid": "hybrid"}.get(job.posting.remote, "none")
    sites = "".join(
        f"<tt:location><tt:city>{html.escape(place)}</tt:city><tt:country>"
        f"{html.escape(COUNTRIES[code][0])}</tt:country></tt:location>"
        for place, _, code in job.posting.places
    )
    key = own_id(board, job)
    return (
        f"<item><title>{html.escape(job.title)}</title><description>"
        f"{html.escape(_paragraphs(job))}</description><pubDate>{format_datetime(_at(job))}"
        f"</pubDate><link>https://{board.slug}.teamtailor.com/jobs/{job.number}-job</link>"
        f"<remoteStatus>{status}</remoteStatus><guid>{key}</guid><tt:locations>{sites}"
        "</tt:locations></item>"
    )


_BODIES: dict[str, Callable[..., bytes]] = {
    "greenhouse": _greenhouse, "lever": _lever, "ashby": _ashby, "recruitee": _recruitee,
    "personio": _personio, "teamtailor": _teamtailor,
}  # fmt: skip
