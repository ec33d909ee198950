"""Roles and levels of job titles, and the levels that years of experience amount to."""

from __future__ import annotations

import pytest

from include.postings.roles import read_levels, read_roles


@pytest.mark.parametrize(
    ("title", "roles"),
    [
        ("Firmware Recruiter", {"other"}),
        ("Business Development Manager", {"sales"}),
        ("Renewals Specialist", {"sales"}),
        ("Software Engineers (Clojure and JavaScript)", {"software"}),
        ("Engineer (JavaScript)", {"frontend"}),
        ("Senior Developer, JavaScript", {"frontend"}),
        ("Senior Software Engineers, FE and BE", {"frontend", "backend"}),
        ("Quality Systems Engineer", {"qa"}),
        ("IT/HR", {"other"}),
        ("Test-Automation Engineer", {"qa"}),
        ("Senior React Web Application Engineer", {"frontend"}),
        ("Data Analyst/Scientist", {"data"}),
        ("Technical Leads", {"software"}),
        ("Python/JavaScript Developer", {"software"}),
        ("Web Developer (Ruby on Rails, JavaScript)", {"fullstack"}),
        ("a salesperson who knows ovens", {"sales"}),
        # what the person brings is not what the job is
        ("Backend Developer with DevOps skills", {"backend"}),
        ("Engineer with backend experience", {"backend"}),
        ("Baker, $65/hr", set()),
        ("Senior Accountant, Revenue", {"other"}),
        ("Marketing Analyst", {"data"}),
        ("Principal Software Engineer, Growth", {"software"}),
        ("Head of Growth", {"management", "sales"}),
        ("Analista de Dados", {"data"}),
        ("Desenvolvedor Pleno", {"software"}),
        ("Softwareentwickler (m/w/d)", {"software"}),
        ("Software Development Manager", {"management"}),
        ("Senior Manager, Front End Engineering", {"management"}),
        ("Senior UI Front-End Engineer", {"frontend"}),
        ("Web Apps Developer", {"software"}),
        ("Linux Admin", {"devops"}),
        ("Cloud Technical Writer", {"other"}),
        ("Robotics Account Executive", {"sales"}),
        ("Product Marketing Manager", {"sales"}),
        ("Product Manager, Infrastructure", {"product"}),
        ("Data Product Manager", {"product"}),
        ("Project Manager", {"other"}),
        ("Senior Director, Platform Engineering", {"management"}),
        ("VP of Sales", {"management", "sales"}),
        ("QA Manager", {"management", "qa"}),
        ("Cloud Security Engineer", {"security"}),
        ("Data Infrastructure Engineer", {"data"}),
        ("Database Developer", {"data"}),
        ("Deep Learning Scientist", {"ml"}),
        ("Baking Scientist", {"research"}),
        ("Full Stack Ruby Developer", {"fullstack"}),
        ("PHP / JavaScript Developer", {"fullstack"}),
        ("Front-end Web Developer", {"frontend"}),
        ("Engineers (iOS, Android, Backend)", {"mobile", "backend"}),
        ("Frontend/Backend Engineers and a Designer", {"frontend", "backend", "design"}),
        ("Product Manager, Data Engineer", {"product", "data"}),
        ("Data Scientist (models, plots and a little front-end work)", {"ml"}),
        ("Prompt Engineer", {"ml"}),
        ("SQA Analyst", {"qa"}),
        ("Creative Director", {"design"}),
        ("Java Developer", {"software"}),
        ("Rails Developer", {"backend"}),
        ("Node.js Developer", {"backend"}),
        ("React.js Dev", {"frontend"}),
        ("Software Engineer (PHP or Ruby)", {"backend"}),
        ("Software Engineer (React/Node/Kafka)", {"fullstack"}),
        ("Backend JavaScript Engineer", {"backend"}),
        ("Full Stack Engineer (Ruby on Rails)", {"fullstack"}),
        ("Senior Ruby on Rails engineers, front end people", {"backend", "frontend"}),
        ("Backend Platform Engineer", {"backend"}),
        ("Engineers, Frontend / Backend / Platform", {"frontend", "backend", "devops"}),
        ("Linux Systems Engineer", {"devops"}),
        ("Embedded Linux Engineer", {"embedded"}),
        ("Embedded Systems Engineer", {"embedded"}),
        ("UI/UX Developer", {"design", "frontend"}),
        ("UI Software Engineer", {"frontend"}),
        ("Mobile UX Designer", {"design"}),
        ("Designers, iOS, Android", {"design", "mobile"}),
        ("iOS, Android, QA engineers", {"mobile", "qa"}),
        ("Software Design Engineer", {"software"}),
        ("Software Development Engineer, Test", {"qa"}),
        ("BI Developer", {"data"}),
        ("Director of Product Engineering", {"management"}),
        ("Python/Ruby Developer Advocate", {"sales"}),
        ("Demand Generation Manager", {"sales"}),
        ("Product", {"product"}),
        ("Software Engineer, Product", {"software"}),
        ("VISA support", set()),
    ],
)
def test_the_roles_of_a_title(title, roles):
    assert set(read_roles([title], title)) == roles


@pytest.mark.parametrize(
    ("work", "role"),
    [
        ("You will maintain our Django application.", "backend"),
        ("You will build tills with Rails and React.", "software"),
        ("You will own our backend and its React pages.", "fullstack"),
        ("You will write Java.", "software"),
    ],
)
def test_the_work_says_what_a_plain_engineer_builds(work, role):
    assert read_roles(["Software Engineer"], work) == (role,)


@pytest.mark.parametrize(
    ("title", "levels"),
    [
        ("Data Scientist II", {"mid"}),
        ("Developer 1", {"entry"}),
        ("Engineer 2-4 years", set()),
        ("Lead Gen Manager", set()),
        ("Mid-Atlantic Account Executive", set()),
        ("Member of Technical Staff", set()),
        ("Senior Member of Technical Staff", {"senior"}),
        ("Trainee Engineer", {"entry"}),
        ("Lamp Lead (Oslo)", {"senior"}),
        ("Semi-senior Developer", {"mid"}),
        ("Senior Engineering Manager", {"manager"}),
        ("Senior Engineer, Engineering Manager", {"senior", "manager"}),
        ("Senior Product Manager", {"senior"}),
        ("Solutions Architect", set()),
        ("Staff Engineer", {"staff"}),
    ],
)
def test_the_levels_of_a_title(title, levels):
    assert set(read_levels([title], "")) == levels


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("You bring four years of experience.", {"mid"}),
        ("six (6) years of experience", {"senior"}),
        ("Six-plus years of lighthouse experience", {"senior"}),
        ("Exp: 2-4 yrs", {"mid"}),
        ("10 months of experience", {"entry"}),
        ("9+ years of Ada and 2+ years of Rust.", {"senior"}),
        ("3-7 years of experience", {"mid", "senior"}),
        ("3-6 years of experience", {"mid"}),
        ("8+ years writing lamps", {"senior"}),
        ("We have 9+ years in business.", set()),
        ("7-10 years in baking", {"senior"}),
        ("5+ years closing deals", {"senior"}),
        ("at least 5 years working in bakeries", {"senior"}),
        ("mindestens 3 Jahre Berufserfahrung", {"mid"}),
        ("3-5 ans d'expérience", {"mid"}),
        ("5 años de experiencia", {"senior"}),
        ("Lamps: 3 years (Required)", {"mid"}),
        ("- Medior/Senior profile with a taste for rye", {"mid", "senior"}),
        ("Entry Level: $20/hr", {"entry"}),
        ("Our senior experience counts.", set()),
        ("You bring a couple of years of hands-on experience.", {"mid"}),
        ("Over the last few years we gained experience.", set()),
        ("https://f.example/jobs/12-senior-lamp-engineer", {"senior"}),
        ("https://f.example/sr-lamp-developer asks 2 years of experience", {"senior"}),
        ("https://f.example/senior-citizens-love-lamps", set()),
        ("Profitable for 8+ years.", set()),
        ("A 30+ year old lighthouse.", set()),
        ("Options vest over 4 years; your experience counts.", set()),
        ("Started 7+ years ago", set()),
        ("From 0 to 12 years of experience, all are welcome.", set()),
        ("For 1.5 years we gained experience.", set()),
    ],
)
def test_the_levels_of_years(text, levels):
    assert set(read_levels(["Engineer"], text)) == levels


@pytest.mark.parametrize(
    ("title", "roles"),
    [
        # the department that follows is not what the job is
        ("Software Engineer, Customer Success Tools", {"software"}),
        ("Backend Engineer, Marketing Automation", {"backend"}),
        ("Data Scientist - Marketing", {"ml"}),
        ("Product Designer, Mobile", {"design"}),
        ("Recruiter, Sales", {"other"}),
        # a field that follows is, and so is one beside several
        ("Software Engineer, Machine Learning", {"ml"}),
        ("Software Engineers, Sales", {"sales"}),
        ("Product Manager, Machine Learning", {"product"}),
        ("Executive Assistant to the CEO", {"other"}),
    ],
)
def test_a_department_after_a_title_is_no_kind_of_it(title, roles):
    assert set(read_roles([title], title)) == roles
