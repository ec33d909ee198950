"""Which lines, sentences and segments of a posting offer jobs, and which look as if they did."""

from __future__ import annotations

import pytest

from include.postings import extract_posting

OFFERED = [
    # a title that begins as a duty does
    (("Acme | Oslo", "Open roles:", "- Lead Bioinformatician", "- Lead Customer Support"),
     [("Lead Bioinformatician", "research"), ("Lead Customer Support", "sales")]),
    (("Acme | Oslo", "1. Engineer (Donations)", "2. Data Analyst"),
     [("Engineer (Donations)", "software"), ("Data Analyst", "data")]),
    # a sentence is no heading of another section
    (("Acme | Oslo", "What we look for is somebody who likes ovens and quiet work.",
      "- Security Engineer", "- Data Analyst"),
     [("Security Engineer", "security"), ("Data Analyst", "data")]),
    # titles in a row are titles under any heading
    (("Acme | Oslo", "What could you do:", "-QA Engineer", "-iOS Developer"),
     [("QA Engineer", "qa"), ("iOS Developer", "mobile")]),
    # a long list of tools
    (("Acme | Oslo", "Open roles:", "- Data Engineer (Rye, Wheat, Oats, Barley, Millet, Spelt,"
      " Corn, Rice, Teff, Fonio, Emmer, Durum, Einkorn, Kamut, Sorghum)", "- QA Engineer"),
     [("Data Engineer", "data"), ("QA Engineer", "qa")]),
    # two titles of one header, and another trade among them
    (("Acme | Backend Engineer (Rye) | Backend Engineer (Wheat) | IT Process Manager",),
     [("Backend Engineer (Rye)", "backend"), ("Backend Engineer (Wheat)", "backend"),
      ("IT Process Manager", "other")]),
    (("Acme | Oslo | Android, Frontend, Backend, Security & Clinical/Ops/Product etc. | On site",),
     [("Android", "mobile"), ("Frontend", "frontend"), ("Backend", "backend"),
      ("Security & Clinical/Ops/Product etc", "security")]),
    # the job is in a later sentence, or behind a cue that a first one swallows
    (("Acme, Oslo. Frontend Engineer, Data Analyst. Visas welcome.",),
     [("Frontend Engineer", "frontend"), ("Data Analyst", "data")]),
    (("Acme | Oslo", "Our openings are in Oslo, but we are also looking for data engineers."),
     [("data engineers", "data")]),
    (("Acme | Oslo", "We have openings for back-end and iOS positions as well."),
     [("back-end", "backend"), ("iOS positions as well", "mobile")]),
    # a person who is sought
    (("Acme | Oslo", "Who We're Looking For", "A backend engineer who likes rye.", "Apply now."),
     [("backend engineer", "backend")]),
    # a word of prose that names a trade
    (("Acme | Oslo", "Open roles:", "- User Experience Designer", "- Email Marketing Manager"),
     [("User Experience Designer", "design"), ("Email Marketing Manager", "sales")]),
    # headers in a row, even below the person sought
    (("Acme | Hiring Data Engineer | Oslo", "Who you are:", "You like rye.",
      "Acme | Hiring QA Engineer | Oslo | https://acme.test/qa"),
     [("Data Engineer", "data"), ("QA Engineer", "qa")]),
    # what heads a list, and fields of the header that sum it up
    (("Acme | Oslo", "Looking for engineers for:", "- iOS", "- Data science"),
     [("iOS", "mobile"), ("Data science", "ml")]),
    (("Acme | Engineering, Product | Oslo", "Open roles:", "- Data Engineer", "- QA Engineer"),
     [("Data Engineer", "data"), ("QA Engineer", "qa")]),
    # the words before the title have a preposition
    (("Acme - Oslo", "Looking for devops engineer"), [("devops engineer", "devops")]),
    # software beside another kind
    (("Acme | Hardware & Software Engineering | Oslo",),
     [("Hardware", "embedded"), ("Software Engineering", "software")]),
    (("Acme | Senior software and infrastructure engineers | Oslo",),
     [("Senior software engineers", "software"), ("Senior infrastructure engineers", "devops")]),
    (("Acme | Oslo", "We are hiring front and back-end engineers."),
     [("front-end engineers", "frontend"), ("back-end engineers", "backend")]),
    # a full-stack job beside a backend one
    (("Acme | Python/Django Backend Developer | Full Stack Developer (Django + React/Vue) | Oslo",),
     [("Python/Django Backend Developer", "backend"),
      ("Full Stack Developer (Django + React/Vue)", "fullstack")]),
    # below a heading no mark is needed, and technologies are no jobs
    (("Acme | Oslo", "We are looking for:", "2 backend developers", "qa engineer (1 fulltime)",
      "Some of what we use:", "* JavaScript"),
     [("backend developers", "backend"), ("qa engineer (1 fulltime)", "qa")]),
    # only an address, the start of a line, or who is addressed, names the job
    (("Acme, Oslo", "https://acme.test/careers/network-engineer/",
      "https://acme.test/careers/sales-engineer-at-acme?src=1"),
     [("network engineer", "devops"), ("sales engineer", "sales")]),
    (("Acme, Oslo", "Ruby engineer needed to help build, test and improve the tills of our ovens, "
      "with all the challenges that come with them, in Oslo and elsewhere."),
     [("Ruby engineer", "backend")]),
    (("Acme, Oslo", "As a full stack developer at Acme you bake."),
     [("full stack developer", "fullstack")]),
    (("Acme, Oslo", "We are eager to hire a QA engineer or two."),
     [("QA engineer or two", "qa")]),
    (("Acme, Oslo", "As our newest backend engineer, you'll help us bake."),
     [("backend engineer", "backend")]),
    (("Acme, Oslo", "A rare opportunity for a QA engineer to work on ovens!"),
     [("QA engineer", "qa")]),
    (("Acme's looking for Technical Support Engineers (EU/Asia) and Data Engineers (Oslo)",),
     [("Technical Support Engineers (EU/Asia)", "sales"), ("Data Engineers (Oslo)", "data")]),
    # the two systems of phones in a list
    (("Acme | Backend, iOS, Android | Oslo",),
     [("Backend", "backend"), ("iOS", "mobile"), ("Android", "mobile")]),
    # the section about a listed job is not one job more
    (("Acme | Oslo", "Open roles:", "- Front-End Engineer", "- QA Engineer", "FRONT-END DEVELOPER",
      "- You bake the front of our ovens."),
     [("Front-End Engineer", "frontend"), ("QA Engineer", "qa")]),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), OFFERED)
def test_jobs_are_found(lines, expected):
    found = extract_posting("<p>".join(lines)).jobs
    assert [(job.title, *job.roles) for job in found] == expected


@pytest.mark.parametrize(
    "line",
    [
        "Mid-level SRE | $65/hr",
        "* Listening critically and giving feedback to bakers, managers and designers",
        "Acme's CTO, previously lead of the designers at Ovenly",
        "I'm the head of marketing at Acme. We have several jobs open.",
        "We look for folks with and without robotics experience as we grow.",
        "You will be responsible for hiring/firing and plugging any DevOps holes.",
        "Hiring process: a phone call with our VP Technology, then lunch with our designers.",
        "acme.design | https://acme.design",
        "Backend Tech Stack: Go, Rust",
        "Acme trains young bakers to be software developers",
        "Recruiting across a load of roles",
        "* Making data heavy ovens a delight for designers",
        "Include Hacker News, designers and marketing in the subject line",
        "On the job you get tasks such as:<p>- Threat modeling<p>- Penetration testing",
        "We hire for various positions as we are currently in a period of high growth.",
        "Looking for sales experience (any) plus one of these:<p>- Admin<p>- Data analytics",
    ],
)
def test_no_job_is_offered_by(line):
    fields = extract_posting(f"Acme | Oslo | SRE<p>{line}<p>Apply: jobs@acme.test")
    assert ([job.roles for job in fields.jobs], fields.roles) == ([("devops",)], ("devops",))


def test_a_sentence_that_names_no_job_after_all_adds_no_role():
    fields = extract_posting(
        "Acme | Backend Engineer | Oslo<p>* Well versed in positions on security concerns of ovens."
    )
    assert fields.roles == ("backend",)


def test_a_level_that_is_a_segment_of_the_header_is_the_job_s():
    assert extract_posting("Acme, Oslo - ENTRY LEVEL - Tech Support").levels == ("entry",)


def test_years_of_the_team_are_no_demand():
    text = (
        "Acme | Frontend Engineer<p>We're a team of bakers, with 8 years experience building ovens."
    )
    assert extract_posting(text).levels == ()
