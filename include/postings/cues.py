"""Read what a sentence offers: the words after a cue such as "we are hiring"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from include.postings.letters import lower_in_place
from include.postings.lexicon import title_labels
from include.postings.offer import Offer
from include.postings.titles import names_job, split_titles

__all__ = ["offers", "offers_of_line", "up_to_turn"]

# What one does is no offer: "you play a key role in shaping our ovens", nor is "not accepting".
_PART_PLAYED = re.compile(
    r"\b(?:not|key|pivotal|major|critical|crucial|important|vital|central|big|huge|leading|active|"
    r"instrumental|significant|integral|essential)\s$"
)
_MORE_CHARS = 12  # before the cue: "also currently hiring", "a key role in"
# Words that announce an offer, then the offer up to the end of its sentence: "we need a baker".
# Matched at the offsets that KeywordIndex found, so each start here needs a stem in
# vocabulary.toml. Like the others here it reads a lower-case text: of that the engine skips an
# alternative by its first letter, with IGNORECASE it tries each.
_CUE = re.compile(
    r"(?:hiring(?! managers?\b| process| flow| steps| timeline|@|/)"
    r"(?: for| of| across| in)?|looking (?:\w+ )?(?:for|to "
    # "Looking to expand our team with a baker", "seeking to grow our team by adding a baker".
    r"(?:hire|add|bring on|grow|fill|expand|take on|recruit|find(?! out))"
    r"(?: our (?:\w+ )?team (?:with|by(?: adding)?))?)|"
    r"seeking(?: to (?:grow|expand) our (?:\w+ )?team (?:with|by(?: adding)?))?|"
    r"hunt for|are you(?= an?\b)|"
    r"searching for|(?:re|are) after|search (?:for|of)|lookout for|recruiting|(?:us|team) as|"
    r"(?:open|available|following|current|new|multiple|several|many|active) (?:\w+ )?"
    r"(?:roles?|positions?|openings?|jobs?)(?: are| include\w*| for| in)?|openings? (?:for|in)|"
    r"(?:roles?|positions?|openings?)(?: available| open)?:|(?:roles?|positions?) (?:as|for|in)|"
    r"join (?:us|our team|the team|\w+) as|we need|in need of|"
    r"needs? (?:an?|more|(?:is|are) for)|(?:want|eager|need|hoping|like|love|planning|trying) "
    r"to hire|hunting (?:\w+ )?for|looks for(?= an?\b)|"
    r"opportunit(?:y|ies) for(?= an?\b)|interested in (?:finding|hiring|meeting)|bring on|open to|"
    r"hear from|come work as|(?:currently|now|also) (?:have|need)|role is|"
    r"we want|accepting|welcom(?:e|ing)|adding|"
    # "Some 90 positions all over the globe, including bakers", "technical positions (bakers)".
    r"(?:roles?|positions?|openings?)[^.:;!?()\n]{0,40}? (?:including|such as)|"
    # "Four open roles with flexibility to shape us: Baker, Miller".
    r"(?:roles|positions|openings)[^.:;!?()\n]{0,90}(?=: [a-z])|"
    r"(?:roles?|positions?|openings?)(?= \())"
    r"\b\W{0,4}([^!?\n]{3,240})"
)
# Where the offer turns to the person or the work: "a baker who loves rye", "with 3 years". "to
# senior" continues a range of levels: "junior to senior".
_OFFER_END = re.compile(
    r"\. |\.$|\b(?:who|to (?!senior|staff|mid|principal|lead\b)[a-z]+|that|reporting|you'll|"
    r"with (?:experience|a |strong|at least|\d|deep|an |expertise|solid|good|ai)|"
    r"experienced? (?:in|with|level)|passionate about|working (?:with|closely)|"
    r"where|because|so that|and you|our customers|interested|alongside|whose|capable|excited|"
    r"able to|in the world|from (?:those|people))\b"
)
# "Two roles, if you are a baker apply to both", "open roles: there is no recruiter involved".
_NO_OFFER = re.compile(r"if |.{0,60}\bno recruiter", re.IGNORECASE)


def offers_of_line(line: str, cues: Sequence[int], number: int) -> Iterator[Offer]:
    """Yield the offer after each cue such as "hiring", up to a change of subject."""
    lower, free_from = lower_in_place(line), 0
    for index, at in enumerate(cues, start=1):
        # A cue inside an offer already read ("hiring, seeking a baker") would yield it twice.
        if at < free_from or line[at - 1 : at].isalnum() or not (match := _CUE.match(lower, at)):
            continue
        if _PART_PLAYED.search(lower, max(0, at - _MORE_CHARS), at):
            continue
        offer = up_to_turn(line[slice(*match.span(1))])
        # What offers no job may go on: "hiring for positions to bake, including bakers", "openings
        # are in Oslo, but we are also looking for bakers".
        end = match.start(1) + len(offer)
        follows = index < len(cues) and cues[index] < end
        if follows and names_job(offer) and split_titles(offer):
            free_from = end
        if offers(offer) and not _NO_OFFER.match(offer):
            before = lower[max(0, at - _MORE_CHARS) : match.start(1)]
            yield Offer(offer, number, "sentence", more="also" in before)


def up_to_turn(offer: str) -> str:
    """Return an offer up to where it turns to the person or the work."""
    end = _OFFER_END.search(lower_in_place(offer))
    return offer[: end.start()] if end else offer


def offers(text: str) -> bool:
    """Return whether a text names a job's noun, or several fields."""
    return "noun" in title_labels(text) or len(split_titles(text)) > 1
