"""The jobs of a posting: how many, and what each is."""

from __future__ import annotations

import pytest

from include.postings import Salary, extract_posting
from include.postings.jobs import joined_titles
from include.postings.result import Job


def jobs(*lines):
    return extract_posting("<p>".join((*lines, "Apply: jobs@fernglow.example"))).jobs


def kinds(*lines):
    return [(list(job.roles), list(job.levels)) for job in jobs(*lines)]


def titles(*lines):
    return [job.title for job in jobs(*lines)]


def test_each_job_has_its_own_role_and_level():
    header = "Fernglow | Senior Backend Engineer, Junior Product Designer | Oslo | ONSITE"
    assert kinds(header) == [(["backend"], ["senior"]), (["design"], ["entry"])]


def test_a_sentence_repeats_the_job_of_the_header():
    header = "Fernglow | Senior Backend Engineer | Oslo"
    assert titles(header, "We are looking for an experienced backend developer.") == [
        "Senior Backend Engineer"
    ]


def test_a_sentence_says_what_the_engineer_of_the_header_does():
    assert kinds("Fernglow | Software Engineer | Oslo", "We are hiring a frontend developer.") == [
        (["frontend"], [])
    ]


def test_a_sentence_gives_the_level_that_the_header_leaves_open():
    assert kinds("Fernglow | Backend Engineer | Oslo", "We need a senior backend engineer.") == [
        (["backend"], ["senior"])
    ]


def test_a_sentence_adds_a_job_that_is_also_offered():
    lines = ("Fernglow | Backend Engineer | Oslo", "We are also looking for a data scientist.")
    assert [roles for roles, _ in kinds(*lines)] == [["backend"], ["ml"]]


def test_the_list_names_the_jobs_that_the_header_sums_up():
    lines = (
        "Fernglow | Engineers, Designers | Oslo",
        "Open roles:",
        "- Backend Engineer",
        "- Product Designer",
        "- Staff Site Reliability Engineer",
    )
    assert titles(*lines) == [
        "Backend Engineer", "Product Designer", "Staff Site Reliability Engineer",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        ("* Data Engineer", "* Product Designer"),
        ("★ Data Engineer", "★ Product Designer"),
        ("== Data Engineer ==", "You bake.", "== Product Designer =="),
        ("Data Engineer:", "Stack: Go", "https://fernglow.example/1", "Product Designer:"),
        ("Data Engineer | Product Designer",),
        ("Jobs: Data Engineer, Product Designer",),
        ("We have open positions: - Data Engineer - Product Designer",),
        ("Data Engineer", "- Experience with ovens", "Product Designer", "- Experience with tins"),
    ],
)
def test_lists_of_every_shape_are_split(lines):
    assert titles("Fernglow | Oslo | Multiple positions", *lines) == [
        "Data Engineer", "Product Designer",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "We're adding a data engineer and a product designer.",
        "We have 40 positions all over the globe, including data engineers, product designers.",
        "There are technical positions (data engineer, product designer).",
        "We are always on the lookout for data engineers and product designers.",
    ],
)
def test_sentences_of_every_kind_offer_jobs(line):
    assert kinds("Fernglow | Oslo", line) == [(["data"], []), (["design"], [])]


def test_the_title_may_follow_the_company_s_name():
    assert titles("Fernglow - Backend Engineer | Oslo") == ["Backend Engineer"]
    assert titles("Oslo", "Fernglow - Web Developer") == ["Web Developer"]


def test_an_intern_beside_a_list_is_one_job_more():
    lines = ("- Data Engineer", "- Product Designer", "- Recruiter")
    found = kinds("Fernglow | Oslo | Full-time or intern | Open roles", *lines)
    assert [levels for _, levels in found] == [["intern"], [], [], []]
    assert [levels for _, levels in kinds("Fernglow | Oslo | Full-time or intern", lines[0])] == [
        ["intern"]
    ]


def test_a_person_who_signs_is_no_job():
    assert titles("Fernglow | Baker | Oslo", "We are hiring a data engineer.", "Jo Fern - CTO") == [
        "data engineer"
    ]


def test_one_job_in_two_places_is_one_job():
    lines = ("Fernglow | Oslo", "Open roles:", "- Data Engineer (Oslo)", "- Data Engineer (Berlin)")
    assert len(jobs(*lines)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "Hey, CEO of Fernglow here",
        "Fernglow saves time for real estate developers",
        "Building ovens with our designers",
        "Jo, Co-founder and Head of Product",
        "Jo (CTO)",
        "mail me at jo@fernglow.dev",
    ],
)
def test_a_line_that_looks_like_a_title_offers_no_job(line):
    assert titles("Fernglow | Data Engineer | Oslo", line) == ["Data Engineer"]


def test_interns_of_the_header_are_a_level_of_every_job():
    assert kinds("Fernglow | Oslo | full time, interns", "- Data Engineer", "- Designer") == [
        (["data"], ["intern"]), (["design"], ["intern"]),
    ]  # fmt: skip


def test_a_job_has_the_terms_that_stand_below_its_title_alone():
    lines = (
        "Fernglow | Oslo | Multiple roles",
        "Data Engineer (remote)",
        "Salary: $150k - $170k. 5+ years of experience with SQL.",
        "Product Designer, Berlin",
        "Salary: $90k - $110k.",
    )
    engineer, designer = jobs(*lines)
    assert (engineer.remote, engineer.levels) == ("remote", ("senior",))
    assert engineer.salary == Salary(150_000, 170_000, "USD", "year")
    assert (designer.remote, designer.locations) == (None, ("Berlin",))
    assert designer.salary == Salary(90_000, 110_000, "USD", "year")


def test_the_only_job_has_the_terms_of_the_posting():
    reading = extract_posting("Fernglow | Data Engineer | Oslo | REMOTE | $150k - $170k")
    (job,) = reading.jobs
    assert (job.remote, job.locations, job.salary) == ("remote", ("Oslo",), reading.salary)


def test_a_posting_that_names_no_job_offers_one():
    (job,) = jobs("Fernglow | Oslo", "We are hiring! Come and build ovens with us in Rust.")
    assert (job.title, job.family) == ("", "other")


def test_a_board_offers_one_job_whatever_its_title():
    reading = extract_posting(
        "You bake.", title="Engineers, Designers &amp; Bakers", company="A", source="remotive"
    )
    assert [job.title for job in reading.jobs] == ["Engineers, Designers & Bakers"]


def test_no_job_offers_none():
    assert extract_posting("Is anybody hiring bakers?").jobs == ()


# --- titles


def test_the_titles_of_the_jobs_are_the_posting_s():
    reading = extract_posting(
        "Fernglow | Data Engineer, Product Designer | Oslo<p>fernglow.example"
    )
    assert reading.title == "Data Engineer · Product Designer"


def test_without_a_job_s_title_the_segment_that_is_nothing_else_stands_in():
    reading = extract_posting("Fernglow | REMOTE | Bread and butter | Any country<p>We are hiring!")
    assert reading.title == "Bread and butter"


def test_a_whole_first_line_is_never_the_title():
    reading = extract_posting("Fernglow is hiring people who love bread. Mail us at a@b.example")
    assert reading.title == ""


def test_titles_are_joined_up_to_200_characters():
    many = [Job(f"{number:03} " + "x" * 60, (), (), "other") for number in range(9)]
    joined = joined_titles(many)
    assert joined.count(" · ") == 2
    assert len(joined) <= 200
    assert joined.endswith("x" * 60)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # the address of a job is none
        (("Fernglow | Oslo", "Open roles:", "- Baker Engineer | Oslo | https://f.example/jobs/baker-engineer",
          "- Designer | Oslo | https://f.example/jobs/designer"), ["Baker Engineer", "Designer"]),
        # escaped bullets, and titles that begin with a small letter
        (("Fernglow | Oslo", "Open roles:", "\\* Data Engineer", "\\* iOS Developer"),
         ["Data Engineer", "iOS Developer"]),
        (("Fernglow | Oslo", "Data Engineer", "iOS Developer"), ["Data Engineer", "iOS Developer"]),
        # a heading that offers one job lists what is asked for
        (("Fernglow | Oslo", "We're hiring for a web developer, ideally with:", "* JavaScript",
          "* Linux, sysadmin chops"), ["web developer, ideally with"]),
        (("Fernglow | Oslo", "== What We're Looking For ==",
          "A Senior System Administrator with a strong sense of rye."),
         ["Senior System Administrator"]),
        # no offers
        (("Fernglow | Backend Engineer | Oslo", "Please no recruiters - jobs at fernglow"),
         ["Backend Engineer"]),
        (("Fernglow | Backend Engineer | Oslo", "You play a key role in directing designers."),
         ["Backend Engineer"]),
        (("Fernglow | Backend Engineer | Oslo", "(We are also looking for Product Managers)"),
         ["Backend Engineer", "Product Managers"]),
        # a stack is no job
        (("Fernglow | Software Engineer | Oslo | Ruby / React / Python / Machine Learning",),
         ["Software Engineer"]),
        (("Fernglow | Frontend Engineer | Oslo", "Open roles use:", "- JavaScript", "- Vue"),
         ["Frontend Engineer"]),
        (("Fernglow | a machine learning company | Oslo", "We are hiring a designer."),
         ["designer"]),
        (("Fernglow | Oslo",
          "We are hiring for many positions to bake bread, including backend engineers."),
         ["backend engineers"]),
        (("Fernglow | Oslo",
          "We have four open roles with freedom to shape us: Baker Manager, Designer."),
         ["Baker Manager", "Designer"]),
        (("Fernglow | Oslo", "We seek bread. We are hiring smart, passionate developers."),
         ["developers"]),
        (("Fernglow | Oslo", "Job Titles: Product Manager, Designer"),
         ["Product Manager", "Designer"]),
        # a header for each job
        (("Fernglow | Platform Engineer | Oslo", "We bake bread.",
          "Fernglow | DevOps Engineer | Oslo", "Fernglow | Designer | Oslo"),
         ["Platform Engineer", "DevOps Engineer", "Designer"]),
        (("Fernglow - ovens for all. Seeking UI developers and Platform Engineers.",),
         ["UI developers", "Platform Engineers"]),
        (("Full-stack Engineer - Fernglow | Onsite | Oslo", "Fernglow is a bakery."),
         ["Full-stack Engineer"]),
        # what offers nothing
        (("Fernglow | Data Engineer | Oslo", "We are not accepting candidates via recruiters."),
         ["Data Engineer"]),
        (("Fernglow | Data Engineer | Oslo", "Write jo+hiring@f.example (our CTO will read it)."),
         ["Data Engineer"]),
        (("Fernglow | Data Engineer | Oslo", "We have several positions, there is no recruiter."),
         ["Data Engineer"]),
        (("Fernglow | Data Engineer | Oslo", "Thanks - Jo, Scrum Master at Fernglow"),
         ["Data Engineer"]),
        # other words that offer
        (("Fernglow | Oslo", "We are looking to expand our team with a QA engineer."),
         ["QA engineer"]),
        (("Fernglow | Oslo", "Fernglow is seeking to grow our team by adding one QA engineer."),
         ["QA engineer"]),
        (("Fernglow | Oslo", "We are hiring for multiple positions - QA Engineers and Designers."),
         ["QA Engineers", "Designers"]),
        (("Fernglow | Oslo", "Are you a data engineer? We are on the hunt for a QA engineer."),
         ["data engineer", "QA engineer"]),
        (("Fernglow | Oslo", "We are adding 3 UX Designers.", "We also need a UX Director."),
         ["UX Designers", "UX Director"]),
    ],
)  # fmt: skip
def test_kinds_of_offers(lines, expected):
    assert titles(*lines) == expected


def test_an_intern_of_no_field_writes_software():
    lines = (
        "Fernglow | Oslo | INTERN, VISA",
        "Open roles:",
        "- Designer",
        "- Data Engineer",
        "- Recruiter",
    )
    assert (["software"], ["intern"]) in kinds(*lines)


ROLES_OF_LISTS = [
    # marks of lists
    (("◉ Staff Backend Engineer (Oslo)", "◉ Data Engineer (Rome)"), ["backend", "data"]),
    (("| Director of Baking", "| Firmware Engineer"), ["management", "embedded"]),
    (("_ Frontend Engineer", "_ UX Designer"), ["frontend", "design"]),
    (("1\u20e3 Data Engineer (https://f.example/1)", "2\u20e3 QA Engineer (https://f.example/2)"),
     ["data", "qa"]),
    (("We are hiring:", "a. Rails engineers", "b. Frontend engineers"), ["backend", "frontend"]),
    (("Opening #1: QA Engineer", "You test ovens.", "Opening #2: Designer"), ["qa", "design"]),
    # a list goes on behind the duties of its first job
    (("1. iOS Developer", "You have:", "* baked apps", "2. Data Engineer", "* baked data"),
     ["mobile", "data"]),
    (("* QA Engineer", "Requirements:", "- Go", "- rye", "* Data Engineer"), ["qa", "data"]),
    (("Position: Data Engineer", "Skills: Go", "Position: QA Engineer", "Skills: rye"),
     ["data", "qa"]),
    (("Requirements:", "- Go", "QA Engineer", "Responsibilities:", "- rye", "Data Engineer",
      "About the position: you bake."), ["qa", "data"]),
    # links and bars mark the next line of a list
    (("QA Engineer: https://f.example/1", "Data Science - https://f.example/2"), ["qa", "ml"]),
    (("Data Engineer (Oslo) | Rye", "Full-stack QA (Oslo) | Oats"), ["data", "fullstack qa"]),
    # what a heading "What we're looking for" asks is a job only if it is a title
    (("What we're looking for:", "* Backend Developers (Oslo)", "* UX Designers (Oslo)"),
     ["backend", "design"]),
    (("What we're looking for:", "- Engineers that know ovens", "- Data Engineer: bakes"),
     ["data"]),
    # a department, a detail
    (("Product: Product Manager (Oslo)", "Engineering: QA Engineer (Oslo), Data Engineer"),
     ["product", "qa", "data"]),
    (("Software Engineer: Data: https://f.example/1", "Software Engineer: QA: https://f.example/2"),
     ["data", "qa"]),
    (("Data Engineer", "QA Engineer", "Contact: Jo Miller, Product Manager"), ["data", "qa"]),
    (("Junior/Senior Frontend Developer (rye)", "Junior/Senior QA Engineer (oats)"),
     ["frontend", "qa"]),
    (("Open roles:", "* Design - Graphic Designer", "* Product - Product Manager, Data Analyst",
      "* Mobile - Engineer"), ["design", "product", "data", "mobile"]),
    (("OPPORTUNITIES: Data Engineer, Designer",), ["data", "design"]),
    # an address below a title
    (("Requirements:", "- rye", "- Product Manager", "https://f.example/1", "- UX Designer",
      "https://f.example/2"), ["product", "design"]),
    (("Requirements: rye", "Other positions available: -", "Data Engineer (rye)", "QA Engineer"),
     ["data", "qa"]),
    # a level in brackets before a title
    (("- [Junior - Senior] Data Engineer : bakes", "- [Junior - Senior] QA Engineer : bakes"),
     ["data", "qa"]),
    # who is not sought
    (("Open roles:", "- Data Engineer", "- QA Engineer", "- No managers; thanks to rye"),
     ["data", "qa"]),
    (("We are hiring data engineers and people who like rye.",), ["data"]),
    (("We have two roles, if you are full-stack apply to both:", "- Data Engineer", "- Designer"),
     ["data", "design"]),
    (("Open roles:", "- Data Engineer", "- Designer", "Reach out to me (founder): jo@f.example"),
     ["data", "design"]),
    (("We are hiring for data science, QA engineer, and product design roles.",),
     ["ml", "qa", "design"]),
    # fields of a list, and of one job
    (("We are hiring for Backend, Mobile and Design!",), ["backend", "mobile", "design"]),
    (("Open roles:", "- Dir. of Operations", "- Designer"), ["management", "design"]),
    # what somebody does
    (("Data Engineer", "* removes friction between developers", "* owns security", "QA Engineer"),
     ["data", "qa"]),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), ROLES_OF_LISTS)
def test_lists_of_jobs(lines, expected):
    found = jobs("Fernglow | Oslo", "We make ovens.", *lines)
    assert [" ".join(job.roles) for job in found] == expected


def test_somebody_named_by_a_skill_alone_is_a_job_of_a_list():
    lines = ("Fernglow | Oslo", "Open roles:", "- Data Engineer - bakes data", "- Rye Expert")
    assert titles(*lines)[1:] == ["Rye Expert"]


def test_a_posting_has_the_roles_of_its_jobs():
    posting = extract_posting(
        "Fernglow | Oslo<p>Open roles:<p>- Operations Engineer<p>- Software Engineer<p>- Designer"
    )
    assert {role for job in posting.jobs for role in job.roles} <= set(posting.roles)


def test_the_text_is_about_the_only_engineer():
    lines = ("Fernglow | Software Engineer, Designer | Oslo", "You work on the back-end.")
    assert [roles for roles, _ in kinds(*lines)] == [["backend"], ["design"]]
