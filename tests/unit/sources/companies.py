"""Invented records of each applicant tracking system, for the tests beside: one trap or more each.

The right value of each field was written down before the systems' parsers: in RIGHT.
"""

from __future__ import annotations

import html
from typing import Any

__all__ = ["ANSWERS", "RIGHT"]

_TEXT = "<p>Acorn Works is a bakery.</p><p>You knead dough.</p>"

ANSWERS: dict[str, Any] = {
    "greenhouse": {
        "jobs": [
            {
                "id": 7001,
                "internal_job_id": 70,
                "title": " Baker &amp; Miller",
                "company_name": "Acorn Works ",
                "location": {"name": "Hybrid"},
                "offices": [{"name": "Oslo HQ", "location": "Oslo, Norway"}],
                "metadata": [
                    {"name": "Owner", "value_type": "user", "value": {"name": "Kim Kneader"}},
                    {"name": "Shift", "value_type": "single_select", "value": "Remote"},
                ],
                "absolute_url": "https://acorn.test/jobs?gh_jid=7001",
                "first_published": "2026-04-17T05:58:03-04:00",
                "updated_at": "2026-08-10T16:52:46-04:00",
                "content": html.escape("<p>Knead&nbsp;dough &amp; bake</p>"),
                "pay_input_ranges": [
                    {"min_cents": 9_000_000, "max_cents": 11_000_000, "currency_type": "USD"},
                    {"min_cents": 8_000_000, "max_cents": 10_000_000, "currency_type": "USD"},
                ],
            }
        ],
        "meta": {"total": 1},
    },
    "lever": [
        {
            "id": "0a-1",
            "text": "Baker",
            "categories": {"location": "Remote", "allLocations": ["Remote"]},
            "country": "NO",
            "workplaceType": "remote",
            "createdAt": 1_774_000_000_000,
            "hostedUrl": "https://jobs.lever.co/acorn/0a-1",
            "description": "<div>Hello.</div>",
            "lists": [{"text": "Must have", "content": "<li>Rust</li>"}],
            "additional": "<div>Bye.</div>",
            "salaryRange": {
                "min": 20, "max": 30, "currency": "USD", "interval": "per-hour-wage",
            },
        }
    ],
    "ashby": {
        "jobs": [
            {
                "id": "0b-1",
                "title": "Baker ",
                "location": "Bergen (HQ)",
                "secondaryLocations": [],
                "address": {"postalAddress": {"addressCountry": "Norway"}},
                "isRemote": True,
                "workplaceType": "Hybrid",
                "isListed": True,
                "publishedAt": "2026-04-02T21:00:55.755+00:00",
                "jobUrl": "https://jobs.ashbyhq.com/Acorn/0b-1",
                "descriptionHtml": _TEXT,
                "compensation": {
                    "summaryComponents": [
                        {"compensationType": "EquityPercentage", "minValue": 1, "maxValue": 2},
                        {
                            "compensationType": "Salary", "interval": "1 MONTH",
                            "currencyCode": "USD", "minValue": 5000, "maxValue": 6000,
                        },
                    ]
                },
            },
            {"id": "0b-2", "title": "Secret", "isListed": False},
        ]
    },
    "recruitee": {
        "offers": [
            {
                "id": 81,
                "title": "Baker",
                "company_name": "Acorn Works",
                "status": "published",
                "location": "Remote job",
                "city": "Graz",
                "country": "Austria",
                "country_code": "AT",
                "remote": False,
                "hybrid": True,
                "on_site": False,
                "published_at": "2026-09-08 14:55:36 UTC",
                "description": "<p>Bake.</p>",
                "requirements": "<p>Hands.</p>",
                "careers_url": "https://acorn.test/o/baker",
                "mailbox_email": "job.81@acorn.test",
                "salary": {"min": "75.00", "max": "95.00", "currency": "EUR", "period": "year"},
            }
        ]
    },
    "personio": """<?xml version="1.0" encoding="UTF-8"?>
<workzag-jobs><position>
  <id>91</id><subcompany>Acorn Works SE &amp; Co. KG</subcompany>
  <office>Munich</office><additionalOffices><office>Remote (Germany)</office></additionalOffices>
  <name>Baker (m/w/d)</name>
  <jobDescriptions><jobDescription><name>Tasks</name>
    <value><![CDATA[<p>Knead.</p></position>]]></value></jobDescription></jobDescriptions>
  <createdAt>2024-11-13T14:10:41+0200</createdAt>
</position></workzag-jobs>""",
    "teamtailor": """<rss xmlns:tt="https://teamtailor.com/locations" version="2.0">
<channel><title>Acorn Works</title><item><title>Baker</title>
<description>&lt;p&gt;Knead &amp;amp; bake.&lt;/p&gt;</description>
<pubDate>Fri, 24 Jul 2026 13:57:16 +0200</pubDate>
<link>https://acorn.teamtailor.com/jobs/1-baker</link><remoteStatus>fully</remoteStatus>
<guid>0c-1</guid><tt:locations><tt:location><tt:city>Madrid</tt:city>
<tt:country>Spain</tt:country></tt:location></tt:locations></item></channel></rss>""",
    "workable": {
        "name": "Acorn Works",
        "jobs": [
            {
                "shortcode": "0D1",
                "title": "Baker",
                "telecommuting": True,
                "department": ["Bread"],
                "url": "https://apply.workable.com/j/0D1",
                "published_on": "2026-08-05",
                "created_at": "2026-06-24",
                "locations": [
                    {"country": "Spain", "countryCode": "ES", "city": "", "region": None}
                ],
                "description": _TEXT,
            }
        ],
    },
    "smartrecruiters": {
        "offset": 0,
        "limit": 100,
        "totalFound": 1,
        "content": [
            {
                "id": "743",
                "name": "Baker",
                "company": {"identifier": "Acorn", "name": "Acorn Works"},
                "releasedDate": "2026-06-30T17:30:04.932Z",
                "location": {
                    "city": "graz", "country": "at", "remote": False, "hybrid": True,
                    "fullLocation": "graz, , Austria",
                },
                "creator": {"name": "Kim Kneader"},
            }
        ],
    },
    "bamboohr": {
        "meta": {"totalCount": 1},
        "result": [
            {
                "id": "39",
                "jobOpeningName": "Baker",
                "location": {"city": None, "state": None},
                "atsLocation": {"country": "Canada", "state": "Alberta", "city": "Calgary"},
                "isRemote": None,
                "locationType": "1",
            }
        ],
    },
    "rippling": [
        {"uuid": "0e-1", "name": "Baker", "url": "https://ats.rippling.com/Acorn/jobs/0e-1",
         "workLocation": {"label": "Remote (Norway)"}},
        {"uuid": "0e-1", "name": "Baker", "url": "https://ats.rippling.com/Acorn/jobs/0e-1",
         "workLocation": {"label": "Hybrid (Oslo, Norway)"}},
    ],
}  # fmt: skip

# key, title, company, places, country, remote, pay, day, words of the description
RIGHT: dict[str, tuple[Any, ...]] = {
    "greenhouse": ("7001", "Baker & Miller", "Acorn Works", ("Oslo",), "NO", "hybrid",
                   (80_000, 110_000, "USD", "year"), "2026-04-17", "Knead dough & bake"),
    "lever": ("0a-1", "Baker", "", ("Norway",), "NO", "remote", (20, 30, "USD", "hour"),
              "2026-03-20", "Hello.\nMust have\nRust\nBye."),
    "ashby": ("0b-1", "Baker", "", ("Bergen",), "NO", "hybrid", (5_000, 6_000, "USD", "month"),
              "2026-04-02", "Acorn Works is a bakery.\nYou knead dough."),
    "recruitee": ("81", "Baker", "Acorn Works", ("Graz",), "AT", "hybrid",
                  (75_000, 95_000, "EUR", "year"), "2026-09-08", "Bake.\nHands."),
    "personio": ("91", "Baker (m/w/d)", "Acorn Works SE & Co. KG", ("Munich", "Germany"), "DE",
                 "mixed", None, "2024-11-13", "Tasks\nKnead."),
    "teamtailor": ("0c-1", "Baker", "", ("Madrid",), "ES", "remote", None, "2026-07-24",
                   "Knead & bake."),
    "workable": ("0D1", "Baker", "", ("Spain",), "ES", "remote", None, "2026-08-05",
                 "Acorn Works is a bakery.\nYou knead dough."),
    "smartrecruiters": ("743", "Baker", "Acorn Works", ("Graz",), "AT", "hybrid", None,
                        "2026-06-30", ""),
    "bamboohr": ("39", "Baker", "", ("Calgary",), "CA", "remote", None, None, ""),
    "rippling": ("0e-1", "Baker", "", ("Norway", "Oslo"), "NO", "mixed", None, None, ""),
}  # fmt: skip
