"""The dashboard's cards, and how each is counted: shown on the card and on the page of methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

__all__ = [
    "COMPANY",
    "COMPANY_SECTIONS",
    "METHODS",
    "OPERATORS",
    "POSTING",
    "SECTIONS",
    "Method",
    "Section",
]


@dataclass(frozen=True)
class Method:
    """A card: its title, its width in twelfths of the page, and how its figures are made."""

    title: str
    columns: int
    counts: str
    """What is counted."""
    how: str
    """The method, with its bounds: what is greyed, what is left out."""
    sources: tuple[tuple[str, str], ...] = ()
    """What the method is taken from: text and address."""
    is_chart: bool = False
    """Whether the card draws, and so offers its figures as a table."""


@dataclass(frozen=True)
class Section:
    """A part of the page, with its cards."""

    id: str
    title: str
    note: str
    cards: tuple[str, ...]


_WILSON = (
    "Wilson interval (Brown, Cai and DasGupta 2001)",
    "https://doi.org/10.1214/ss/1009213286",
)
_BH = ("Benjamini and Hochberg 1995", "https://doi.org/10.1111/j.2517-6161.1995.tb02031.x")
_DUNNING = ("Dunning 1993", "https://aclanthology.org/J93-1003/")
_WAGES = (
    "Indeed Wage Tracker (Adrjan and Lydon 2022)",
    "https://github.com/hiring-lab/indeed-wage-tracker",
)
_SKILLS_OVATE = (
    "Cedefop, Skills-OVATE",
    "https://www.cedefop.europa.eu/en/tools/skills-online-vacancies",
)
_GREY = "Fewer than 30 are shown in grey, fewer than 10 not at all."

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "skills": Method(
            "Top skills",
            8,
            "Companies with a matching job whose posting names the skill, as a share of all "
            "companies with a matching job. A company counts once, however often it posts.",
            "The whisker is a 95 % Wilson interval. Skills joined by a bracket are about equal: "
            "their intervals overlap that of the first, so that their order may be chance. "
            + _GREY,
            (_WILSON,),
        ),
        "movers": Method(
            "Rising and falling",
            4,
            "Share of postings that name the skill, in the newest 12 (or 3) whole months against "
            "the same months a year before. The running month never counts.",
            "The interval takes into account that one company posts every month (cluster-robust "
            "by company). All skills with at least 20 mentions are tested; only those that pass "
            "a false discovery rate of 10 % over all tests are shown, ordered by the end of the "
            'interval nearest to zero. "New": not named a year before, so there is no ratio.',
            (_BH,),
        ),
        "trends": Method(
            "Trends",
            12,
            "Share of postings that name the technology, month by month.",
            "Dots are single months; the line pools three months. The band is a 95 % Wilson "
            "interval of the pooled share, widened for companies that post every month (n / 1.6). "
            "The running month is hollow and in no line. Shares show no season, so none is "
            "taken out.",
            (_WILSON,),
            is_chart=True,
        ),
        "volume": Method(
            "Postings a month",
            6,
            "Postings that match, by month.",
            "Bars are counts. The line is seasonally adjusted: January has some 20 % fewer "
            "postings than its neighbours, so months are divided by the average of their "
            "calendar month around the trend (ten years, classical decomposition). The running "
            "month is hollow and in no line. A source that joins or leaves moves the count: see "
            "the sources named above. Jobs a seeker, where the threads of seekers are read: all "
            "jobs of Hacker News for each who writes in the same month's \"Who wants to be "
            'hired?" (of one skill: postings for each seeker that names it), whole threads only. '
            "Its 95 % interval takes both as counts; jobs of one posting come together.",
            (
                (
                    "Hyndman and Athanasopoulos, 3.4",
                    "https://otexts.com/fpp3/classical-decomposition.html",
                ),
            ),
            is_chart=True,
        ),
        "ways": Method(
            "Ways of working",
            6,
            "Postings with a job of each way of working, as a share of those that state one. How "
            "many state none is said below.",
            "Three months pooled, 95 % Wilson interval. The change compares 12 whole months with "
            'the 12 before and is split: "within" is the change in jobs of the same role and '
            'level, "mix" comes from other roles and levels being offered.',
            (_WILSON,),
            is_chart=True,
        ),
        "roles": Method(
            "Roles",
            6,
            "Postings with a job of each role, as a share of those that state one. A posting may "
            "have several, so shares add up to more than 100 %.",
            "Three months pooled, 95 % Wilson interval; change as 12 whole months against the 12 "
            "before.",
            (_WILSON,),
            is_chart=True,
        ),
        "levels": Method(
            "Levels",
            6,
            "Postings with a job of each level, as a share of those that state one. A posting may "
            "have several.",
            "Three months pooled, 95 % Wilson interval; change as 12 whole months against the 12 "
            "before.",
            (_WILSON,),
            is_chart=True,
        ),
        "pay": Method(
            "Yearly pay",
            6,
            "Jobs that state yearly pay: the middle of the range, in the currency chosen, without "
            "conversion. What a posting states once for several jobs counts once. How many jobs "
            "state pay is said below: laws on pay transparency move it.",
            "Each point pools months, back from its own, until 30 jobs state pay. The 95 % "
            "interval is that of the median's order statistics, without an assumed distribution, "
            "wider where one company states many. Growth is that of the same kind of job: the "
            "change within each role, level and country, and the median of these. " + _GREY,
            (_WAGES,),
            is_chart=True,
        ),
        "places": Method(
            "Places",
            6,
            "Jobs with a site or a hire-from place in each place of the tree. A job in several "
            "places counts in each, so shares add up to more than 100 %.",
            "Share of the companies with a job in the place above, 95 % Wilson interval. Jobs that "
            "name no place are counted apart. " + _GREY,
            (_WILSON, ("GeoNames (CC BY 4.0)", "https://www.geonames.org/")),
        ),
        "companies": Method(
            "Companies",
            6,
            "Companies with a matching job, by their number of jobs or by their first posting.",
            "First-time: no posting of any source before, whatever the filter. A company is one "
            "whatever spelling it uses; unnamed ones do not count.",
            is_chart=True,
        ),
        "pairs": Method(
            "Asked together",
            6,
            "Pairs of skills in one posting that are together beyond chance (false discovery rate "
            "10 %), counted by company.",
            "Ordered by the log-likelihood ratio G², which favours neither rare nor common "
            "skills, over the design effect of companies that repeat. The lift is how many times "
            "as often as if the two were independent; shown is the lower end of its 95 % "
            "interval.",
            (_DUNNING, _BH),
        ),
        "open": Method(
            "Open, opened and closed",
            6,
            "Jobs on the boards of companies that are read daily: when each appeared and when it "
            "was gone.",
            "Days open are a Kaplan-Meier median, since jobs that are still open count with the "
            "days so far. A job that a board shows for years may not be one that is being "
            "filled.",
            (("Kaplan and Meier 1958", "https://doi.org/10.1080/01621459.1958.10501452"),),
            is_chart=True,
        ),
        "match": Method(
            "My skills",
            12,
            "Jobs by how much of what their postings name you have. A posting names technologies "
            "for all of its jobs: what one of several asks is not known. Jobs whose posting "
            "names none are counted apart.",
            "Counts are exact. The whisker is a 95 % Wilson interval: of a share of jobs, over "
            "their design effect, since a company's jobs ask for the same; of a skill, the share "
            "of companies with a job that lacks it alone. A bracket joins skills whose intervals "
            "overlap that of the first. Pay compares jobs that name the skill with jobs that do "
            "not, of the same roles, levels, country and year. Your skills stand in this page's "
            "address after the #, which no browser sends; the question to the API names them, and "
            "a server's access log may record that.",
            (_WILSON, _WAGES),
        ),
        "postings": Method(
            "Postings",
            12,
            "Postings with a matching job, newest first. Of a search the words are marked, and you "
            "may have the best matches first.",
            "Each links to its source. Postings are recruitment marketing, not vacancies: one "
            "may stand for several, or for none. A repeated posting (same company, same job, "
            "within the year) is listed once. Best match: words in the title count most, then "
            "those in the company's name and those that follow one another as in the search; how "
            "often a word is repeated does not count.",
            (_SKILLS_OVATE,),
        ),
        "freshness": Method(
            "Freshness",
            6,
            "For each source: the newest posting, and the last load.",
            "A load can be of today and bring nothing new, so both are shown. A source is stale "
            "when its last load is older than it may be, and old when its newest posting is.",
        ),
    }
)

SECTIONS: tuple[Section, ...] = (
    Section("asked", "What is asked for", "In the window of the filter", ("skills", "movers")),
    Section(
        "time",
        "Over time",
        "The same filter, month by month",
        ("trends", "volume", "roles", "ways", "levels"),
    ),
    Section(
        "market",
        "Pay, places and companies",
        "In the window of the filter",
        ("pay", "companies", "places", "pairs"),
    ),
    Section(
        "boards",
        "Postings and sources",
        "Where the figures come from",
        ("match", "postings", "open", "freshness"),
    ),
)

_OF_ITS_POSTINGS = (
    "All months of the time chosen together, 95 % Wilson interval as if the postings were "
    "independent. A company repeats itself: take the interval as the least. " + _GREY
)


def _of_a_company(card: str, counts: str, how: str = _OF_ITS_POSTINGS) -> Method:
    return replace(METHODS[card], columns=6, counts=counts, how=how, is_chart=False)


COMPANY: Mapping[str, Method] = MappingProxyType(
    {
        "names": Method(
            "Names, and why they are one company",
            12,
            "Every posting of the company by the name it has, repeated ones too, whatever the time "
            "chosen.",
            "The best evidence of each posting counts: a domain of the company's own, its board on "
            "an applicant tracking system, the same author within one name, the name alone where "
            "no other company has it, or a line of companies.csv. Nothing is guessed: what is not "
            "certain stays apart.",
        ),
        "few": Method(
            "What its postings say",
            12,
            "Postings that state each value. Fewer than ten match: any share, median or interval "
            "of them would be chance.",
            "Counts as stated, nothing is estimated. Pay is each stated range of a year.",
        ),
        "skills": _of_a_company(
            "skills", "Postings that name the skill, as a share of the company's postings."
        ),
        "ways": _of_a_company(
            "ways",
            "Postings with a job of each way of working, as a share of those that state one.",
        ),
        "roles": _of_a_company(
            "roles", "Postings with a job of each role, as a share of those that state one."
        ),
        "levels": _of_a_company(
            "levels", "Postings with a job of each level, as a share of those that state one."
        ),
        "places": _of_a_company(
            "places",
            "Postings with a site or a hire-from place in each place of the tree, as a share of "
            "those with one in the place above.",
        ),
    }
)
"""The cards of a company's page that the dashboard lacks, or counts by company."""

COMPANY_SECTIONS: tuple[Section, ...] = (
    Section("time", "Postings and open jobs", "Month by month", ("volume", "open")),
    Section(
        "asked",
        "What it asks for",
        "Shares of its postings",
        ("few", "skills", "roles", "ways", "levels", "pay", "places"),
    ),
    Section("joined", "Its postings", "Where the figures come from", ("postings", "names")),
)

OPERATORS: Mapping[str, Method] = MappingProxyType(
    {
        "loads": Method(
            "Load ledger",
            12,
            "Records of each load of a source's partition, as committed with its rows.",
            "A load adds up when expected = fetched + missing and fetched = inserted + unchanged "
            "+ rejected.",
        ),
        "rejects": Method(
            "Rejects",
            12,
            "Records that could not be read and are kept in quarantine, by source and reason.",
            "An open reject is replayed after its cause is corrected: docs/operations.md.",
        ),
    }
)

POSTING: Mapping[str, Method] = MappingProxyType(
    {
        "read": Method(
            "What was read",
            4,
            "Each answer that the reader found, with the words that gave it.",
            "Point at an answer, or focus it, and its words are marked in the text; Enter goes to "
            "them, Escape back. The words are the fewest that, read alone, give the same answer. "
            "What a board's record states wins over its text and is listed as stated.",
        ),
        "text": Method(
            "What it says",
            8,
            "The posting as the source gave it, when it was loaded last.",
            "Paragraphs, lists, headings, emphasis and links are kept; pictures, styles, forms and "
            "scripts are not, and nothing is loaded from elsewhere. E-mail addresses and phone "
            "numbers are left out: the link to the source leads to them. HTML that is broken is "
            "shown as plain text.",
        ),
        "jobs": Method(
            "Jobs it offers",
            8,
            "One row a job that the posting names.",
            "Of several jobs each has what the text says of it alone; what it says of all of them "
            "is above. A board's record is one job.",
        ),
        "same": Method(
            "The same job elsewhere",
            6,
            "Postings of the same job, this one among them.",
            "On boards: same company, title and place within 60 days. On Hacker News: the same "
            "text, or a link to the company's board. One of them counts, so that a repeated job "
            "counts once.",
        ),
        "history": Method(
            "History",
            6,
            "What the readings show: edits, and when a company's board opened and closed the job.",
            "The time is that of the reading which showed it. An edit between two readings is seen "
            "at the second; several are one. Only companies' boards show that a job closes.",
        ),
        "report": Method(
            "Is something read wrongly?",
            12,
            "A report with what the cause can be found by.",
            "It has the posting's id and link, the answers with their words, and the version that "
            "read them; say what is right. It names no person.",
        ),
    }
)
