"""Snippets that offer jobs, split into the titles of the jobs."""

from __future__ import annotations

import pytest

from include.postings.titles import split_titles


@pytest.mark.parametrize(
    ("snippet", "titles"),
    [
        ("Senior Backend Engineer", ["Senior Backend Engineer"]),
        ("Backend Engineer, Product Designer", ["Backend Engineer", "Product Designer"]),
        ("Staff Engineer & Data Scientist", ["Staff Engineer", "Data Scientist"]),
        ("a recruiter, a data analyst and an office manager",
         ["recruiter", "data analyst", "office manager"]),
        # what follows a noun qualifies it
        ("Senior Engineer, Backend", ["Senior Engineer, Backend"]),
        ("Engineer (Go, Kafka), Oslo", ["Engineer (Go, Kafka), Oslo"]),
        ("Product Manager, Designer, Mobile", ["Product Manager", "Designer", "Mobile"]),
        # one job of two names
        ("Data Engineer/Data Scientist", ["Data Engineer/Data Scientist"]),
        ("DevOps / Infrastructure Engineer", ["DevOps / Infrastructure Engineer"]),
        ("Senior or Staff Engineer", ["Senior or Staff Engineer"]),
        ("Product & Platform Engineer", ["Product & Platform Engineer"]),
        # several jobs of one noun
        ("iOS and data engineers", ["iOS engineers", "data engineers"]),
        ("Frontend & Backend Engineers", ["Frontend Engineers", "Backend Engineers"]),
        ("Junior and Senior Backend Engineers",
         ["Junior Backend Engineers", "Senior Backend Engineers"]),
        ("Backend, Mobile, DevOps", ["Backend", "Mobile", "DevOps"]),
        ("ML and vision researchers", ["ML researchers", "vision researchers"]),
        ("Bakery Engineers, Sales, Designer", ["Bakery Engineers", "Sales", "Designer"]),
        ("Operations and Networks | Baker's Engineer",
         ["Operations and Networks", "Baker's Engineer"]),
        ("a junior to senior Python developer", ["junior to senior Python developer"]),
        ("iOS, Backend and general SWEs", ["iOS SWEs", "Backend SWEs", "general SWEs"]),
        ("Java, QA and DevOps engineers", ["Java engineers", "QA engineers", "DevOps engineers"]),
        ("sales and frontend engineers", ["sales", "frontend engineers"]),
        ("web development, site reliability and backend engineers",
         ["web development", "site reliability", "backend engineers"]),
        # a level before the first of them is that of all
        ("Senior Frontend, QA and DevOps Engineers",
         ["Senior Frontend Engineers", "Senior QA Engineers", "Senior DevOps Engineers"]),
        ("mid and senior backend and frontend developers",
         ["mid and senior backend developers", "mid and senior frontend developers"]),
        ("Senior Backend, DevOps", ["Senior Backend", "Senior DevOps"]),
        # what is parted by a plus, and by a slash between plurals
        ("Engineering Managers + DevOps Leads", ["Engineering Managers", "DevOps Leads"]),
        ("Software Engineers / Auditors", ["Software Engineers", "Auditors"]),
        # two jobs with a bracket, or with levels, of their own
        ("Lead Biologist (rye) / Data Engineer", ["Lead Biologist (rye)", "Data Engineer"]),
        ("SRE (ovens) / Software Developer (tills)",
         ["SRE (ovens)", "Software Developer (tills)"]),
        ("Senior Backend Engineer / Junior Frontend Engineer",
         ["Senior Backend Engineer", "Junior Frontend Engineer"]),
        ("Senior Engineer / Tech Lead", ["Senior Engineer / Tech Lead"]),
        # fields before a noun that is another job's
        ("Sr Full Stack, Sr Front End, Mobile, Managers, Baking Consultants",
         ["Sr Full Stack", "Sr Front End", "Mobile", "Managers", "Baking Consultants"]),
        ("Full Stack Mid, Senior, Staff, and Engineering Manager positions",
         ["Full Stack Mid, Senior, Staff positions", "Engineering Manager positions"]),
        ("Engineering (we could use a few frontend engineers), Data Science, Sales",
         ["Engineering (we could use a few frontend engineers)", "Data Science", "Sales"]),
        # addresses are no part of a title
        ("https://acme.test/jobs QA Engineer (Oslo) - https://acme.test/1", ["QA Engineer (Oslo)"]),
        ("folks with and without ovens", []),
        # a noun that qualifies
        ("Software Engineer - DevOps", ["Software Engineer - DevOps"]),
        ("Senior iOS Engineer, Developer Productivity",
         ["Senior iOS Engineer, Developer Productivity"]),
        ("{Backend Engineer}", ["Backend Engineer"]),
        ("Fullstack Engineer or Solutions Engineer",
         ["Fullstack Engineer", "Solutions Engineer"]),
        ("Data Scientist or ML Engineer", ["Data Scientist or ML Engineer"]),
        # fields without a noun
        ("Backend, DevOps, Design", ["Backend", "DevOps", "Design"]),
        ("Engineering, Design, Sales", ["Engineering", "Design", "Sales"]),
        ("Mobile, React Native", ["Mobile, React Native"]),
        ("roles for backend/frontend/security", ["backend", "frontend", "security"]),
        # lists on one line
        ("open positions: - Ruby Developer - QA Engineer", ["Ruby Developer", "QA Engineer"]),
        ("Senior Engineer - Backend - Oslo", ["Senior Engineer - Backend - Oslo"]),
        ("Developer; Tester", ["Developer", "Tester"]),
        ("Roles (Growth Marketer, Developer Advocate)", ["Growth Marketer", "Developer Advocate"]),
        ("talent of all kinds: frontend, mobile, security", ["frontend", "mobile", "security"]),
        # the words around a title
        ("several very talented software engineers", ["software engineers"]),
        ("Data Engineers, Analysts and many more", ["Data Engineers", "Analysts"]),
        ("Full Stack Developer. We also sell bread", ["Full Stack Developer"]),
        ("mobile people, and another security person", ["mobile people", "security person"]),
    ],
)  # fmt: skip
def test_a_snippet_is_split_into_titles(snippet, titles):
    assert split_titles(snippet) == tuple(titles)


@pytest.mark.parametrize(
    "snippet",
    ["", "Full-time", "Open roles", "several positions", "The best pay in finance", "(ONSITE)"],
)
def test_a_snippet_without_a_job_has_no_title(snippet):
    assert split_titles(snippet) == ()


def test_a_colleague_behind_a_preposition_is_no_title():
    assert split_titles("ovens for real estate developers") == ()
