"""A listing as each board's API shows it.

Shapes: Remotive https://github.com/remotive-com/remote-jobs-api; Arbeitnow
https://www.arbeitnow.com/blog/job-board-api; Himalayas https://himalayas.app/api and
https://himalayas.app/docs/data-dictionary (which says milliseconds and objects where the live feed
sends seconds and country names: here as the live feed); TheirStack
https://api.theirstack.com/openapi. Links lead to names that are reserved for examples.
"""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

from sample.boards import Job, Listing
from sample.hostile import hostile_text
from sample.places import COUNTRIES
from sample.rng import Rng
from sample.truth import Salary

__all__ = ["Record", "canonical_url", "record", "record_id"]

Record = dict[str, Any]
_PER_YEAR = {"year": 1, "month": 12, "hour": 1_800}
_CATEGORIES = {
    "design": "Design", "product": "Product", "qa": "Quality Assurance",
    "data": "Data and Analytics", "devops": "Devops", "sales": "Sales",
    "ml": "Artificial Intelligence",
}  # fmt: skip
_SENIORITIES = {"intern": "junior", "entry": "junior", "mid": "mid_level", "senior": "senior",
                "staff": "staff", "manager": "c_level"}  # fmt: skip
_HIMALAYAS_LEVELS = {"intern": "Entry-level", "entry": "Entry-level", "mid": "Mid-level",
                     "senior": "Senior", "staff": "Senior", "manager": "Manager"}  # fmt: skip
_TITLE, _URL = {"theirstack": "job_title"}, {"himalayas": "applicationLink"}
_DATE = {"remotive": "publication_date", "theirstack": "date_posted", "arbeitnow": "created_at",
         "himalayas": "pubDate"}  # fmt: skip


def record_id(board: str, job: Job) -> str:
    """Return the board's own id of a job, as text."""
    if board == "arbeitnow":
        return f"{job.slug}-{job.number}"
    if board == "himalayas":
        return canonical_url(board, job)
    return str(_number(board, job))


def canonical_url(board: str, job: Job) -> str:
    """Return a listing's URL without tracking parameters."""
    company = job.posting.domain.removesuffix(".example")
    if board == "remotive":
        category = _category(job).lower().replace(" ", "-")
        return f"https://remotive.example/remote-jobs/{category}/{job.slug}-{_number(board, job)}"
    if board == "arbeitnow":
        slug = f"{job.slug}-{job.number}"
        return f"https://www.arbeitnow.example/jobs/companies/{company}/{slug}"
    if board == "himalayas":
        return f"https://himalayas.example/companies/{company}/jobs/{job.slug}-{job.number}"
    return f"https://jobs.{job.posting.domain}/{job.number}/{job.slug}"


def record(listing: Listing, today: dt.date) -> Any:
    """Return the record that the board serves on this day; malformed ones may be no object."""
    make = {"remotive": _remotive, "theirstack": _theirstack, "arbeitnow": _arbeitnow,
            "himalayas": _himalayas}[listing.board]  # fmt: skip
    made = make(listing.job, _tracked_url(listing, today))
    if listing.hostile >= 0:
        return _hostile(made, hostile_text(listing.hostile), listing.board)
    return _defective(made, listing) if listing.defect else made


def _number(board: str, job: Job) -> int:
    return job.number + {"remotive": 2_000_000, "theirstack": 500_000_000}[board]


def _tracked_url(listing: Listing, today: dt.date) -> str:
    """Return the URL; of one listing in six with tracking parameters that change every day."""
    url = canonical_url(listing.board, listing.job)
    if Rng("tracked", listing.board, listing.job.number).chance(1 / 6):
        return f"{url}?utm_source={listing.board}&utm_medium=api&utm_campaign=d{today:%Y%m%d}"
    return url


def _category(job: Job) -> str:
    return _CATEGORIES.get(job.posting.openings[0].role, "Software Development")


def _html(job: Job) -> str:
    first, *rest = (html.escape(line) for line in job.paragraphs)
    points = "".join(f"<li>{line}</li>\n" for line in rest)
    return f"<p>{first}</p>\n<p>&nbsp;</p>\n<ul>\n{points}</ul>"


def _tags(job: Job) -> list[str]:
    return [skill.name.lower() for skill in job.posting.openings[0].skills]


def _employment(job: Job) -> str:
    return "internship" if job.posting.openings[0].level == "intern" else "full_time"


def _remotive(job: Job, url: str) -> Record:
    made: Record = {
        "id": _number("remotive", job),
        "url": url,
        "title": job.title,
        "company_name": job.posting.company,
        "company_logo": f"https://remotive.example/job/{job.number}/logo",
        "category": _category(job),
        "tags": _tags(job),
        "job_type": _employment(job),
        "publication_date": job.posted_at.replace(tzinfo=None).isoformat(),
        "candidate_required_location": _place(job) or "Worldwide",
        "salary": job.pay,
        "description": _html(job),
    }
    if job.number % 2:  # comes and goes in the real answers as well
        made["company_logo_url"] = made["company_logo"]
    return made


def _place(job: Job) -> str:
    places = [written for written, _, _ in job.posting.places]
    return ", ".join([*places, job.posting.region] if job.posting.region else places)


def _arbeitnow(job: Job, url: str) -> Record:
    title = f"{job.title} (m/f/d)" if job.number % 3 == 0 else job.title
    return {
        "slug": record_id("arbeitnow", job),
        "company_name": job.posting.company,
        "title": title,
        "description": _html(job),
        "remote": job.posting.remote == "remote",
        "url": url,
        "tags": _tags(job)[:3],
        "job_types": ["full-time"] if _employment(job) == "full_time" else ["internship"],
        "location": _place(job),
        "created_at": int(job.posted_at.timestamp()),
    }


def _himalayas(job: Job, url: str) -> Record:
    salary, level = job.posting.salary, job.posting.openings[0].level
    posted = int(job.posted_at.timestamp())
    return {
        "title": job.title,
        "excerpt": job.paragraphs[0],
        "companyName": job.posting.company,
        "companySlug": job.posting.domain.removesuffix(".example"),
        "companyLogo": f"https://cdn.himalayas.example/{job.number}.png",
        "employmentType": "Intern" if level == "intern" else "Full Time",
        "minSalary": salary.min if salary else None,
        "maxSalary": salary.max if salary else None,
        "salaryPeriod": {"year": "annual", "month": "monthly", "hour": "hourly"}[
            salary.period if salary else "year"
        ],
        "currency": salary.currency if salary else "USD",
        "seniority": [_HIMALAYAS_LEVELS[level]] if level else [],
        "locationRestrictions": [COUNTRIES[country][0] for _, _, country in job.posting.places],
        "timezoneRestrictions": [-5, -4.5, 0, 1][: job.number % 5],
        "categories": [word.replace(" ", "-") for word in (job.title, _category(job))],
        "parentCategories": [_category(job)],
        "description": _html(job),
        "pubDate": posted,
        "expiryDate": posted + 60 * 86_400,
        "applicationLink": url,
        "guid": canonical_url("himalayas", job),
    }


def _yearly(salary: Salary | None) -> tuple[int, int] | tuple[None, None]:
    if salary is None:
        return None, None
    return salary.min * _PER_YEAR[salary.period], salary.max * _PER_YEAR[salary.period]


def _theirstack(job: Job, url: str) -> Record:
    posting, salary = job.posting, job.posting.salary
    opening = posting.openings[0]
    low, high = _yearly(salary)
    in_usd = salary is not None and salary.currency == "USD"
    places = [_theirstack_place(place) for place in posting.places]
    slugs = [skill.lower().replace(" ", "-").replace(".", "-") for skill in _tags(job)]
    discovered = job.posted_at + dt.timedelta(minutes=40)
    return {
        "id": _number("theirstack", job),
        "job_title": job.title,
        "url": url,
        "date_posted": f"{job.posted_at:%Y-%m-%d}",
        "has_blurred_data": False,
        "company": posting.company,
        "final_url": canonical_url("theirstack", job),
        "source_url": f"https://boards.example/view/{job.number}",
        "location": posting.places[0][1] if posting.places else None,
        "short_location": posting.places[0][0] if posting.places else None,
        "long_location": posting.places[0][0] if posting.places else None,
        "remote": posting.remote == "remote",
        "hybrid": posting.remote == "hybrid",
        "salary_string": job.pay or None,
        "min_annual_salary": low,
        "max_annual_salary": high,
        "min_annual_salary_usd": low if in_usd else None,
        "max_annual_salary_usd": high if in_usd else None,
        "salary_currency": salary.currency if salary else None,
        "country": COUNTRIES[posting.places[0][2]][0] if posting.places else None,
        "country_code": posting.places[0][2] if posting.places else None,
        "country_codes": list(dict.fromkeys(place[2] for place in posting.places)),
        "seniority": _SENIORITIES.get(opening.level),
        "discovered_at": discovered.replace(tzinfo=None).isoformat(),
        "company_domain": posting.domain,
        "hiring_team": [],
        "reposted": job.key != job.number,
        "date_reposted": None,
        "employment_statuses": [_employment(job)],
        "easy_apply": job.number % 4 == 0,
        "technology_slugs": slugs,
        "keyword_slugs": slugs,
        "description": "\n\n".join([f"## {job.paragraphs[0]}", *job.paragraphs[1:]]),
        "company_object": {"id": posting.domain.removesuffix(".example"), "name": posting.company,
                           "domain": posting.domain, "num_jobs": 1 + job.number % 40},
        "locations": places,
        "normalized_title": job.title.lower(),
        "manager_roles": [],
        "matching_phrases": [],
        "matching_words": [],
    }  # fmt: skip


def _theirstack_place(place: tuple[str, str, str]) -> Record:
    country = COUNTRIES[place[2]][0]
    return {"name": place[1], "type": "city", "country_code": place[2], "country_name": country,
            "display_name": f"{place[1]}, {country}"}  # fmt: skip


def _hostile(made: Record, text: str, board: str) -> Record:
    """Put the text into every free text of the record; ids, dates and links stay."""
    kept = {"id", "slug", "guid", _DATE[board], "discovered_at", "url", "final_url", "source_url",
            "applicationLink", "job_type", "seniority", "currency", "salaryPeriod",
            "salary_currency", "country_code", "employmentType"}  # fmt: skip
    short = text[:2_000]  # only a description is huge
    return {
        name: text if name == "description" else short
        if isinstance(value, str) and name not in kept else value
        for name, value in made.items()
    }  # fmt: skip


def _defective(made: Record, listing: Listing) -> Any:
    title = _TITLE.get(listing.board, "title")
    if listing.defect == "record_is_null":
        return None
    if listing.defect == "record_is_text":
        return "temporarily unavailable"
    if listing.defect == "no_title":
        return {name: value for name, value in made.items() if name != title}
    if listing.defect == "title_is_list":
        return {**made, title: [made[title]]}
    if listing.defect == "no_url":
        return {**made, _URL.get(listing.board, "url"): None}
    return {**made, _DATE[listing.board]: "soon"}
