"""Words and sentences of the generated texts. None of the sentences names a technology."""

from __future__ import annotations

__all__ = [
    "BENEFITS",
    "FOREIGN",
    "MISSIONS",
    "NAMES",
    "NOTES",
    "PERKS",
    "QUESTIONS",
    "REPLIES",
    "SEEKERS",
    "SPAM",
    "TEAMS",
    "TITLES",
]

# role: titles as headers write them
TITLES: dict[str, tuple[str, ...]] = {
    "backend": ("Backend Engineer", "Back-end Developer", "Back End Engineer", "Backend Developer"),
    "frontend": ("Frontend Engineer", "Front-end Developer", "Front End Engineer"),
    "fullstack": ("Full Stack Engineer", "Full-stack Developer", "Fullstack Engineer"),
    "software": ("Software Engineer", "Software Developer", "Engineer"),
    "mobile": ("Mobile Engineer", "Mobile Developer"),
    "data": ("Data Engineer", "Data Analyst", "Analytics Engineer"),
    "ml": ("Machine Learning Engineer", "ML Engineer", "Data Scientist", "Applied Scientist"),
    "devops": ("DevOps Engineer", "Site Reliability Engineer", "Infrastructure Engineer", "SRE"),
    "security": ("Security Engineer", "Application Security Engineer"),
    "embedded": ("Embedded Software Engineer", "Firmware Engineer", "Robotics Engineer"),
    "qa": ("QA Engineer", "Test Automation Engineer"),
    "design": ("Product Designer", "UX Designer", "UI/UX Designer"),
    "product": ("Product Manager", "Technical Product Manager"),
    "management": ("Engineering Manager", "Head of Engineering", "VP of Engineering"),
    "research": ("Research Scientist", "Bioinformatician"),
    "sales": ("Sales Engineer", "Solutions Engineer", "Developer Advocate", "Customer Support"),
}

# what a title may add in brackets: a part of the business, no other role
_TEAMS = """
Billing Bookings Catalogue Checkout Claims Contracts Customers Deliveries Donations Fleet Freight
Grants Imports Inventory Invoices Lending Loans Maps Memberships Messaging Onboarding Orders
Parcels Partners Payments Payroll Pricing Profiles Receipts Recipes Referrals Refunds Registration
Rentals Reports Reservations Returns Rewards Routing Schedules Search Settlements Shipping
Subscriptions Suppliers Surveys Taxes Tickets Trips Trust Vouchers Warehouses Waitlists
"""
TEAMS = tuple(_TEAMS.split())

MISSIONS = (
    "We build scheduling tools for hospitals and clinics.",
    "We help small farms sell directly to restaurants.",
    "Our product takes the paperwork out of freight shipping.",
    "We are making home insurance fair and easy to understand.",
    "We run the booking service that independent hotels rely on.",
    "We tell cities which pipe is about to break, before it does.",
    "Our tools help teachers see who needs a hand, before the exam.",
    "We publish maps that cyclists trust, in forty countries.",
    "We match volunteers with food banks, every single day.",
    "We give accountants their evenings back.",
    "We make it simple for museums to lend art to one another.",
    "We help labs find the right antibody the first time.",
    "We handle payroll for people who work on ships.",
    "Our customers plan a million bus trips a month with us.",
    "We keep wind farms turning by predicting what will break next.",
)
BENEFITS = (
    "Small team, real customers, profitable since last year.",
    "You will own whole features, from the first sketch to the last bug.",
    "We ship every day and nobody works on weekends.",
    "No whiteboard puzzles: we pair on a real problem for an hour.",
    "We\u2019re 14 people and growing carefully \u2013 you\u2019d be number 15.",
    "We care about clear writing & honest estimates.",
    'There\'s a "no meetings" rule on Wednesdays & it works.',
    "We answer every applicant, usually within 2 days.",
    "Caf\u00e9-quality coffee \u2615, a quiet office, and kind colleagues.",
)
PERKS = (
    "health insurance",
    "equity",
    "25 days off",
    "a learning budget",
    "parental leave",
    "a yearly retreat",
    "a pension plan",
    "a good chair",
)
_NAMES = """
alma arun bea carl dana emil fatima gus hana ivo june kofi lena milo nadia olaf priya quinn rosa
samir tess uma viktor wanda xenia yusuf zoe
"""
NAMES = tuple(_NAMES.split())

SEEKERS = (
    "SEEKING WORK | {place} | Remote\nLocation: {place}\nRemote: yes\nWilling to relocate: no\n"
    "Technologies: {skills}\nEmail: {name} at post.example",
    "Looking for work: I have spent six years with {skills} and would love to join a kind team "
    "near {place}. My r\u00e9sum\u00e9 is in my profile.",
)
NOTES = (
    "Please keep replies on topic: this thread is for job postings only. Thanks!",
    "We detached this subthread and marked it off topic. Please read the guidelines at the top.",
    "Reminder: one post per company, please, and say whether the job is remote or on site.",
)
QUESTIONS = (
    "Does anybody have a tool to search these threads? The one I used last year is gone.",
    "Is it just me, or are there fewer posts than a month ago?",
    'Meta: could posters please add the city? "Office downtown" says nothing to most of us :)',
)
SPAM = (
    "Earn money from home!!! Visit my page and double your savings in a week.",
    "Best essay writing service, 50% off for all HN readers \u2728\u2728",
)
FOREIGN = (
    "\u2728 \U0001f680 na\u00efve caf\u00e9 \u2014 \u65e5\u672c\u8a9e "
    "\u05e9\u05dc\u05d5\u05dd \u200b\u00a0"
)
REPLIES = (
    "Is the role open to people in Europe?",
    "I applied two weeks ago and heard nothing. Is this still open?",
    "Yes! Write me at the address in my profile.",
    "The link gives a 404.",
    "Fixed, thanks for telling us.",
    "Do you sponsor visas?",
    "Not at the moment, sorry.",
    "I worked with these people: lovely team, interesting problems.",
    "What\u2019s the interview like?",
    "An hour of pairing, then a talk with the founders. That\u2019s it.",
    "Is a part-time arrangement possible?",
    "> we ship every day<p>How do you test?",
)
