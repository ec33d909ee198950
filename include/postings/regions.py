"""Find the snippets of a posting that offer jobs.

"Work with our designers" offers no design job. Roles and levels are therefore read only from the
header, from lines that look like a job title, and from the text after "we are hiring".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from include.postings.cues import offers, offers_of_line, up_to_turn
from include.postings.headings import is_list_heading, is_other_heading, offers_one
from include.postings.keywords import KeywordIndex
from include.postings.letters import lower_in_place
from include.postings.lexicon import title_labels
from include.postings.offer import Offer
from include.postings.title_lines import is_whole_title, title_line
from include.postings.titles import ROLES, split_titles

__all__ = ["job_offers"]


# The mark before a list item: "- Baker", "\\* Baker" (escaped), "[NEW] Baker", "2) Baker", "b.
# Baker", "3 x Baker", "Role: Baker", "Opening #2: Baker".
_BULLET = re.compile(
    r"^(?:\\?[-*•·+>→➡▪◦●‣✅#★☆◆■–—=~◉»▹▶►◎○§☛➤∙❖|_]+|\[[^\]]{1,14}\]|\(?\d{1,2}[.)/:x]|"
    r"\d\ufe0f?\u20e3|\d{1,2} x\b|(?-i:\(?[a-h][.)](?= ))|"
    r"(?:role|position|(?:job )?title|job|vacancy|opening)(?: ?#?\d{1,2})?:)\s*",
    re.IGNORECASE,
)
_BULLET_LETTERS = "rRpPtTjJvVoOabcdefgh"
"""With which the words and letters of ``_BULLET`` begin."""
_HEADING_MARKS = ("#", "==")
# Under "Who we're looking for" the first line may name the job: "A senior baker with ten years".
_SOUGHT_HEADING = re.compile(
    r"\W*(?:who|what) we(?:['’]re| are) (?:looking for|seeking|hiring|after)\b", re.IGNORECASE
)
_SOUGHT = re.compile(r"(?:An?|The) (.{4,120})")
# Who writes: "I'm the head of baking at Acme. We have several jobs open".
_OF_MYSELF = ("I'm ", "I’m ", "I am ")
_ASKED = re.compile(r"\s(?:that|who|with|to)\s")
_MARK_WITHIN = 70  # characters of a line; what comes later ends a sentence
# A title on a line of its own: "Baker", "Baker - Rye (Oslo)".
_BARE = re.compile(r"[A-Z][^.!?:;@]+$")
_BARE_CHARS = 60
_PARAGRAPH_CHARS = 60
# A list of jobs on one line: "Open positions: Baker, Miller".
_LIST_IN_LINE = re.compile(
    r"\W*(?:open |current |available |other )?(?:roles|positions|openings|jobs|job titles|other|"
    r"opportunities|vacancies|wanted|"
    r"hiring(?! process| manager))\b[^:.]{0,30}: (?!http)(.{4,300})"
)
_SOUGHT_LINE = re.compile(
    r"(?:we(?:['’]re| are) )?(?:currently |now |also )?(?:looking for|hiring|seeking)\b",
    re.IGNORECASE,
)


def job_offers(header: Sequence[str], body: KeywordIndex) -> list[Offer]:
    """Return the snippets that name the jobs offered: the header's, then the body's.

    ``header`` has the snippets of line 0 of ``body``.
    """
    return [*_from_header(header, body), *_from_lines(body)]


def _from_header(header: Sequence[str], body: KeywordIndex) -> Iterator[Offer]:
    # A first line of prose offers its jobs as any sentence does: "Acme is hiring a baker".
    prose = [text for text in header if "prose" in title_labels(text)]
    # So does one without any title: "Acme - tills for bakeries. Seeking bakers".
    titled = any(
        "noun" in title_labels(text) and split_titles(text) for text in header if text not in prose
    )
    cues = body.positions("offer", 0) if prose or not titled else []
    sentences = list(offers_of_line(body.lines_read[0], cues, 0)) if cues else []
    for text in header:
        if text not in prose:
            yield Offer(text, 0, "header")
    yield from sentences or [
        Offer(text, 0, "sentence") for text in prose if not text.startswith(_OF_MYSELF)
    ]


def _from_lines(body: KeywordIndex) -> Iterator[Offer]:
    # listing: under a heading of jobs. closed: under another heading, where bullets are duties.
    # unmarked: a title stood on a line of its own without a bullet, as the next ones may.
    # sought: the line above is "Who we're looking for"; asked: below it a field is no job.
    listing = closed = unmarked = sought = asked = False
    lines = body.lines_read
    name, bar, _ = lines[0].partition("|")
    piped = name + bar if bar else ""
    # The marks of this line, the line above and the last title; the line above, if a title.
    mark = mark_above = mark_titled = title_above = ""
    for number, line in enumerate(lines[1:], start=1):
        # Longer lines are sentences that happen to start like a heading.
        if len(line) < 90 and is_other_heading(line):
            sought = asked = bool(_SOUGHT_HEADING.match(line))
            listing, closed, mark, title_above = False, not sought, "", ""
            continue
        if sought and (described := _SOUGHT.match(line)):
            offer = up_to_turn(described.group(1))
            if offers(offer):
                yield Offer(offer, number, "sentence")
        sought = False
        if line.endswith((":", ": -")) and is_list_heading(line):
            closed = offers_one(line)
            listing, asked = not closed, False
        # A line that begins with another letter has no bullet: "Role:" is the only word.
        worded = line[:1] in _BULLET_LETTERS or not line[:1].isalpha()
        bullet = _BULLET.match(line) if worded else None
        heading = line.startswith(_HEADING_MARKS)
        marked = bool(bullet) and not heading
        mark_above, mark = mark, bullet.group().strip() if bullet else ""
        # A link beside a title marks an offer even under another heading.
        may_be_title = not closed or heading or (unmarked and not marked) or "http" in line
        # Headers in a row: "Acme | Baker | Oslo", "Acme | Miller | Oslo".
        may_be_title = may_be_title or (piped != "" and line.startswith(piped))
        listed_here = listing or (title_above != "" and _goes_on(line, title_above))
        title_above = ""
        if ": " in line and (listed := _LIST_IN_LINE.match(lower_in_place(line))):
            yield Offer(line[slice(*listed.span(1))], number, "title")
        elif (
            # Without a noun only a field under a heading is a title.
            (listed_here or body.positions("noun", number))
            and (
                may_be_title
                or (mark and _is_next(mark, mark_above, mark_titled))
                or (mark and _in_row(lines, number, mark))
                or (number + 1 < len(lines) and lines[number + 1].startswith("http"))
                or (not mark and _stands_alone(line, lines[number + 1 : number + 2]))
            )
            # "Looking for a baker" is a sentence, and "Looking for bakers for:" heads a list.
            and not (mark == "" and _SOUGHT_LINE.match(line))
            and (title := title_line(line, bullet, listed_here))
            and not (asked and _describes(title, line))
        ):
            yield Offer(title, number, "title")
            listing = listing or (marked and not asked)
            closed, unmarked = closed and marked, unmarked or not marked
            title_above, mark_titled = line, mark
        # A short line neither offers a job nor ends the list; a paragraph ends it.
        elif len(line) > 12:
            listing = listing and len(line) < 250
            if cues := body.positions("offer", number):
                yield from offers_of_line(line, cues, number)


def _is_next(mark: str, mark_above: str, mark_titled: str) -> bool:
    """Return whether a line with this mark may be a title after the duties of another one.

    ``mark_above`` is that of the line above, ``mark_titled`` that of the last title.
    """
    if mark.endswith(":") and mark[:1].isalpha():
        return True
    # The duties of "* Baker" have another mark: "- bake".
    return _number(mark) == _number(mark_titled) + 1 > 1 or (
        mark == mark_titled and mark_above not in ("", mark)
    )


def _in_row(lines: Sequence[str], number: int, mark: str) -> bool:
    """Return whether a line and one beside it, with the same mark, are titles and nothing else.

    Duties are not, whatever heading they stand under.
    """
    rows = [
        line.removeprefix(mark)
        for line in lines[max(1, number - 1) : number + 2]
        if line.startswith(mark)
    ]
    return is_whole_title(lines[number].removeprefix(mark)) and (sum(map(is_whole_title, rows)) > 1)


def _stands_alone(line: str, after: Sequence[str]) -> bool:
    """Return whether a line without a mark heads the one below: "Baker", "Responsibilities:".

    A signature, "Head Baker", has neither a heading below nor a paragraph.
    """
    return (
        len(line) < _BARE_CHARS
        and bool(_BARE.match(line))
        and any(
            "@" not in below
            and (len(below) > _PARAGRAPH_CHARS or below[:1] in "-*•" or is_other_heading(below))
            for below in after
        )
    )


def _number(mark: str) -> int:
    """Return the number before a list item, "2)"; 0 without one."""
    digits = mark.strip("().:/x")
    return int(digits) if digits.isdecimal() else 0


def _goes_on(line: str, above: str) -> bool:
    """Return whether a line has a title's mark where the title above has it: a link or a bar.

    "Head Baker | https://acme.test/1", "Ovens | https://acme.test/2" are a list of two.
    """
    return any(
        -1 < line.find(mark) < _MARK_WITHIN and -1 < above.find(mark) < _MARK_WITHIN
        for mark in ("http", " | ")
    )


def _describes(title: str, line: str) -> bool:
    """Return whether a line asks something of a person: "Engineers that know ovens"."""
    return title_labels(title).isdisjoint(ROLES) and bool(_ASKED.match(line.partition(title)[2]))
