"""The matcher: awkward names, contexts, and what a company's name means."""

from __future__ import annotations

import pytest

from include.postings.taxonomy import load_taxonomy, parse_taxonomy
from include.postings.technologies import TechnologyMatcher, default_matcher

MATCHER = default_matcher()


def names(text: str, **options: str) -> set[str]:
    return {load_taxonomy().by_id[key].name for key, _ in MATCHER.count(text, **options)}


FOUND = [
    ("Microsoft Exchange", "Administer Exchange and Active Directory"),
    ("Windchill", "parts kept in PTC Windchill"),
    ("Vanta", "SOC 2 controls in Vanta"),
    ("C", "We write firmware in C and a little assembly."),
    ("C", "Languages: C, Python"),
    ("C++", "Modern C++ on Linux"),
    ("C++", "C/C++ and CUDA"),
    ("C#", "C# with WPF"),
    ("C#", "backend (C#)"),
    (".NET", "a .NET shop"),
    (".NET", "ASP.NET Core services"),
    (".NET", "C#/.NET/SQL"),
    ("Go", "Our services are written in Go."),
    ("Go", "Go, Kafka and Postgres"),
    ("Go", "senior golang person"),
    ("Go", "Go engineer wanted"),
    ("Go", "Go required, Rust a plus"),
    ("R", "statistics in R or Python"),
    ("R", "Python/R for analysis"),
    ("Swift", "iOS app in Swift"),
    ("Rust", "a Rust compiler team"),
    ("Apache Spark", "Spark, Hadoop and Hive"),
    ("PySpark", "PySpark jobs"),
    ("Dart", "Dart and Flutter"),
    ("Julia", "numerical code in Julia and Python"),
    ("Elm", "Elm frontend, Haskell backend"),
    ("Flask", "a Flask app"),
    ("Ruby on Rails", "a Rails monolith"),
    ("Ruby on Rails", "Ruby on Rails"),
    ("Express", "Node, Express, MongoDB"),
    ("Node.js", "Node and TypeScript"),
    ("Node.js", "we run node.js everywhere"),
    ("Next.js", "NextJS, Tailwind"),
    ("React", "React and Redux"),
    ("React Native", "a React Native app"),
    ("Spring", "Java, Spring, Hibernate"),
    ("Spring Boot", "SpringBoot and JPA"),
    ("JPA", "SpringBoot and JPA"),
    ("Active Directory", "Active Directory and LDAP"),
    ("SCSS", "Rails, SCSS"),
    ("Slack", "digital tools such as SLACK"),
    ("Premiere Pro", "Photoshop, Premiere"),
    ("Swift", "from Objective-C to Swift"),
    ("Go", "in Ruby and/or Go"),
    ("Ray", "PyTorch, Ray and Kubernetes"),
    ("Chef", "Chef, Puppet or Ansible"),
    ("Puppet", "Chef, Puppet or Ansible"),
    ("SaltStack", "Salt, Terraform, Jenkins"),
    ("Phoenix", "Elixir and Phoenix"),
    ("Apache Beam", "Beam pipelines on Dataflow and BigQuery"),
    ("Hugo", "static site with Hugo"),
    ("Perl", "legacy Perl"),
    ("Ember.js", "Ember, Rails"),
    ("Ionic", "an Ionic mobile app with Cordova"),
    ("Apache Airflow", "Airflow DAGs"),
    ("Kubernetes", "k8s and Helm"),
    ("PostgreSQL", "Postgres."),
    ("Objective-C", "Objective-C and Swift"),
    ("AWS Lambda", "AWS (Lambda, S3)"),
    ("Temporal", "Temporal.io for workflows"),
    ("GitHub", "CI with GitHub and Docker"),
    ("React", "front: React/Redux"),
    ("Redux", "front: React/Redux"),
    ("Elixir", "Elixir/Phoenix"),
    ("MariaDB", "MySQL/MariaDB"),
    ("PyTorch", "PyTorch2 and CUDA"),
    ("Swift", "Swift6 for iOS"),
    ("Java", "Java21, Kafka"),
    ("Go", "#golang #rust"),
    ("Rust", "#golang #rust"),
    ("Ruby", "ruby, less, jquery"),
    ("Apache Doris", "Apache Doris and Kafka"),
    ("AngularJS", "an AngularJS app"),
    ("Outreach", "Salesforce, Outreach and Gong"),
    ("Microsoft Word", "Excel, Word and Outlook"),
    ("uv", "Python, uv, Ruff"),
    ("Zero", "Rocicorp Zero for sync"),
    ("Claude", "built with Claude and GPT models"),
    ("Cassandra", "experience with Cassandra"),
    ("LoRa", "LoRa and Zigbee radios"),
]
NOT_FOUND = [
    ("Assembly", "ovens: firmware, 3D printing and assembly"),
    ("Google Docs", "We build tools for bakers, like Google Docs for ovens."),
    ("Google Docs", "Products like Google Docs changed offices."),
    ("Squarespace", 'We are "Squarespace for bakeries".'),
    ("Advent Geneva", "A bakery in Geneva needs you."),
    ("Vanta", "Vanta and Acme bake with us."),
    ("Google Docs", "ovens for towns (think enterprise Google Docs)"),
    ("Shopify", "Our founder (ex. Shopify & Acme) bakes."),
    ("Kong", "Oslo, Hong Kong | F# and C#"),
    ("SQL", "bakers chart sales without a line of SQL"),
    ("SQLite", "an oven's database, a replacement for SQLite"),
    ("C", "We closed our Series C in May."),
    ("C", "report to the C-level"),
    ("C", "C++ only"),
    ("C", "Objective-C"),
    ("C", "Vitamin C supplements"),
    ("C++", "a B++ rating"),
    ("C#", "the key of C# minor is fine, write C"[:22].replace("C#", "C")),
    (".NET", "see example.net for details"),
    ("Go", "Ready to go to market with us"),
    ("Go", "Let's go! Go build something great."),
    ("Go", "our go-to team, good to go"),
    ("Go", "Go to our website"),
    ("R", "an R&D department"),
    ("R", "Work with R & D people"),
    ("Swift", "a swift response"),
    ("Rust", "steel that does not rust"),
    ("Apache Spark", "we spark joy"),
    ("Dart", "they dart around the office"),
    ("Julia", "Write to Julia in recruiting."),
    ("Elm", "112 Elm Street"),
    ("Flask", "bring your own flask"),
    ("Ruby on Rails", "guard rails for payments"),
    ("Express", "an American Express card"),
    ("Express", "express interest by Friday"),
    ("Node.js", "every node in the cluster"),
    ("React", "we react to incidents"),
    ("React", "a React Native app"),
    ("Spring", "Start in spring 2026"),
    ("Spring", "based in Silver Spring, MD"),
    ("Ray", "I'm Ray, the founder"),
    ("Chef", "our in-house chef cooks lunch"),
    ("Puppet", "puppet theatre software"),
    ("SaltStack", "based in Salt Lake City"),
    ("Phoenix", "Phoenix, AZ or remote"),
    ("Apache Beam", "an electron beam microscope"),
    ("Hugo", "Ask for Hugo at the door"),
    ("Ember.js", "a glowing ember"),
    ("Ionic", "ionic liquids chemistry"),
    ("Apache Airflow", "airflow in data centres"),
    ("Excel", "people who excel at their craft"),
    ("Make", "We make things; Make history with us"),
    ("Assembly", "our assembly line"),
    ("AWS Lambda", "lambda calculus"),
    ("GitHub", "send your resume and GitHub"),
    ("Java", "we like JavaScript"),
    ("Solr", "we like solar"),
    ("htmx", "an htmx-like framework"),
    ("PHP", "we do not use PHP"),
    ("Apache HTTP Server", "Apache Calcite and Java"),
    ("Amazon EMR", "Familiarity with EMR and other clinical systems"),
    ("SDR", "You work with an SDR and the sales team"),
    ("LoRa", "We train LoRA adapters for LLMs"),
    ("Cassandra", "Talk to Cassandra or Pascal"),
    ("Pascal", "Talk to Cassandra or Pascal"),
    ("Claude", "Our founders are Claude and Ada"),
    ("Ghost", "Ghost kitchens near you"),
    ("Zero", "from Zero to one"),
    ("Outreach", "Outreach to schools"),
    ("Greenhouse", "Greenhouse gases are measured"),
    ("Port", "near the Port of Oslo"),
    ("Front", "Front-End work, next to Zendesk"),
]


@pytest.mark.parametrize(("name", "text"), FOUND)
def test_a_technology_named_as_a_skill_is_found(name, text):
    assert name in names(text)


@pytest.mark.parametrize(("name", "text"), NOT_FOUND)
def test_the_same_letters_with_another_meaning_are_not(name, text):
    assert name not in names(text)


@pytest.mark.parametrize("name", [t.name for t in load_taxonomy().technologies])
def test_every_technology_is_found_in_a_list_of_technologies(name):
    assert name in names(f"Stack: PostgreSQL, {name}, Kubernetes")


def test_the_longest_name_counts_once():
    assert names("Amazon RDS") == {"Amazon RDS"}
    assert dict(MATCHER.count("React Native, React")) == {"react": 1, "react-native": 1}


def test_times_named_are_counted_and_ordered():
    assert MATCHER.count("Go, Python. Python, Go and Python; Kafka") == (
        ("python", 3),
        ("go", 2),
        ("kafka", 1),
    )


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/python/react",
        "see github.com/acme/rust-kafka",
        "mail kafka@example.org",
        "@python_jobs",
        "my_python_var",
    ],
)
def test_addresses_and_handles_name_no_technology(text):
    assert names(text) == set()


def test_a_companys_own_product_is_not_a_skill():
    assert names(
        "Temporal builds workflows. Stack: Temporal, Go, Kafka", own_name="Temporal Inc"
    ) == {
        "Go",
        "Kafka",
    }


@pytest.mark.parametrize(
    "text",
    [
        "Founded by ex-Stripe people",
        "Customers like Stripe love us",
        "backed by the founders of Stripe",
    ],
)
def test_a_customer_or_investor_is_not_a_skill(text):
    assert names(text) == set()


def test_a_companys_longer_name_is_not_a_skill():
    text = "Swift Lamps lights harbours. Stack: Rust, Kafka"
    assert names(text, own_name="Swift Lamps") == {"Rust", "Kafka"}


def test_what_else_a_recruiter_hires_for_is_not_asked_for():
    others = "Go, Rust, Java, Scala, Kafka, Redis, MySQL, Docker, Ansible"
    text = f"You know Python.\nWe have a variety of projects, so if you know {others}, write us."
    assert names(text) == {"Python"}


def test_a_new_row_needs_no_code():
    row = dict.fromkeys(("aliases", "exact", "weak", "near", "never", "unless", "company"), "")
    row |= {"technology_id": "quux", "name": "Quux", "category": "tool", "aliases": "quux db"}
    row |= {"never": "quux falls"}
    matcher = TechnologyMatcher(parse_taxonomy([row], "v"))
    assert matcher.count("QUUX, Quux-DB at Quux Falls") == (("quux", 2),)


def test_offsets_stay_right_where_lower_case_changes_the_length():
    text = "İİİ Python İ Go, Rust"
    assert [text[find.start : find.end] for find in MATCHER.finds(text)] == ["Python", "Go", "Rust"]


@pytest.mark.parametrize(("name", "key"), [("postgres", "postgresql"), ("K8S", "kubernetes")])
def test_a_name_by_itself_is_resolved(name, key):
    assert MATCHER.named(name).id == key


def test_an_unknown_name_is_not_resolved():
    assert MATCHER.named("no such thing") is None
