"""Find the technologies that a text names.

An Aho-Corasick automaton searches all spellings at once (one pass, linear in the text). Of
overlapping matches the leftmost longest that is a separate word counts. A ``never`` phrase ("go to
market") therefore needs no rule of its own: it is a longer spelling that maps to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from operator import itemgetter

from ahocorasick_rs import AhoCorasick, Implementation

from include.postings.find import Find
from include.postings.letters import lower_in_place
from include.postings.other_senses import heads_a_name, named_otherwise
from include.postings.prefilter import PrefilteredPattern
from include.postings.taxonomy import Taxonomy, Technology, load_taxonomy
from include.postings.word_edges import is_word

__all__ = ["Find", "TechnologyMatcher", "counted", "default_matcher"]

# Around a find: "near" reaches over a list.
_NEAR_CHARS = 60

# Addresses name no skill: "https://acme.test/java", "www.acme.test", "acme.io/rust".
_ADDRESSES = (
    PrefilteredPattern(r"https?://\S+", literals=("http",)),
    PrefilteredPattern(r"www\.\S+", literals=("www.",)),
    PrefilteredPattern(
        r"\.(?:com|org|net|co|io|ai|dev|app)/\S+",
        literals=(".com/", ".org/", ".net/", ".co/", ".io/", ".ai/", ".dev/", ".app/"),
    ),
)
# Between the items of a list: ", ", " / ", ", and ", " and/or ", " to " ("from Ada to Go").
_SEPARATOR = re.compile(r"\W{0,4}(?:(?:and/or|and|or|with|plus|via|to|&)\W{1,2})?", re.IGNORECASE)
_SEPARATOR_CHARS = 12
"""The longest match of ``_SEPARATOR``."""
# Evidence before a weak spelling, in lower case: "experience in go", "languages: R".
_BEFORE = re.compile(
    r"(?:written in|built (?:in|on|with|using)|build (?:in|on|with)|experienced? (?:in|with)|using|"
    r"proficien\w{1,5} (?:in|with)|knowledge of|expertise (?:in|with)|familiar(?:ity)? with|"
    r"fluen\w{1,4} in|stack(?: is| includes)?:?|skills:|languages?:|back-?end(?: in)?:?|"
    r"frontend(?: in)?:?|we use|coding in|code in|background in|work(?:ing)? (?:in|with)|"
    r"(?:tools?|software|platforms?|systems|applications|apps|programs|services) (?:such as|like|"
    r"including)|exposure to|development in|software in|services in|programming in|"
    r"(?:strong(?: in)?|solid|mostly|"
    r"primarily|mainly|modern|idiomatic|some|production) )\W{0,3}$"
)
_BEFORE_CHARS = 28
"""Longer than any match of ``_BEFORE``, which is anchored at the end of the window."""
# Evidence after it: "Go developer", "R is a plus".
_AFTER = re.compile(
    r"[\s-](?:developers?|engineers?|programmers?|programming|codebase|backend|back-end|stack|"
    r"(?:micro)?services|experience|development|apps?|code|frameworks?|language|services|ecosystem|"
    r"expert(?:s|ise)?|api|apis|skills|hackers?|required|preferred|(?:is )?a plus|knowledge)\b",
    re.IGNORECASE,
)
# What else a recruiter hires for, up to the end of the line: "We have a variety of projects, so
# if you know any of Go, Rust ... we match you with one".
_OTHER_STACKS = PrefilteredPattern(
    r"\b(?:variety of projects|match you with|many other (?:stacks|technologies)|"
    r"other (?:tech )?stacks|also (?:hire|hiring|looking) for (?:developers|engineers|people)|"
    r"other (?:openings|vacancies) (?:for|with)|not your stack|different stack)\b",
    literals=(
        "variety of projects",
        "match you with",
        "other stacks",
        "other technologies",
        "other tech stacks",
        "also hir",
        "also looking for",
        "other openings",
        "other vacancies",
        "not your stack",
        "different stack",
    ),
)
_FEWEST_OF_OTHERS = 8
# A company of two names: "Acme/Tills", "Acme & Sons".
_JOINED_NAMES = re.compile(r"[/&]")
# "Acme.io", "Acme Labs" and "acme" share the key "acme": punctuation goes first, then one ending.
_NO_NAME = re.compile(r"[^a-z0-9]+")
_NAME_END = re.compile(r"(?:technologies|labs|inc|io|ai|dev|data)$")


# Alone in a sentence, such a name is mostly a market or a customer's tool: "a bitcoin exchange",
# "combine her Salesforce data".
_IN_PITCHES = frozenset(("blockchain", "business"))


class _Spelling:
    """The meanings of a lower-case spelling, by the case it is written in."""

    __slots__ = ("any_case", "exact", "never", "weak")

    def __init__(self) -> None:
        self.never = False
        self.any_case: Technology | None = None
        self.exact: dict[str, Technology] = {}
        self.weak: dict[str, Technology] = {}

    def technology(self) -> Technology | None:
        """Return its technology without context, or None; any-case spellings take precedence."""
        return next(
            iter((*filter(None, [self.any_case]), *self.exact.values(), *self.weak.values())), None
        )

    def surfaces(self, written: str) -> set[str]:
        """Return the cases in which a one-letter spelling can count."""
        both = {written.lower(), written.upper()} if self.any_case or self.never else set()
        return both | self.exact.keys() | self.weak.keys()


class TechnologyMatcher:
    """Finds technologies; built once (about 10 ms) and reused for every text."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        spellings: dict[str, _Spelling] = {}
        for technology in taxonomy.technologies:
            _add(spellings, technology)
        self._by_spelling = spellings
        # One-letter spellings would match everywhere; str.find for the letter is cheaper.
        self._long = [item for item in spellings.items() if len(item[0]) > 1]
        self._letters = {
            surface: spelling
            for written, spelling in spellings.items()
            if len(written) == 1
            for surface in spelling.surfaces(written)
        }
        # Contiguous in memory it searches a third faster, and builds as fast.
        self._automaton = AhoCorasick(
            [written for written, _ in self._long], implementation=Implementation.ContiguousNFA
        )
        self._name_keys = {t.id: _name_key(t.name) for t in taxonomy.technologies}
        self._near = {t.id: _words(t.near) for t in taxonomy.technologies if t.near}
        self._unless = {t.id: _words(t.unless) for t in taxonomy.technologies if t.unless}

    def count(self, text: str, *, own_name: str | None = None) -> tuple[tuple[str, int], ...]:
        """Return (technology_id, times named), most named first, then by id.

        ``own_name`` is the company's name: its own product is not a required skill.
        """
        return counted(self.asked(text, own_name=own_name))

    def asked(self, text: str, *, own_name: str | None = None) -> list[Find]:
        """Return the finds without the company's own product; see ``count``."""
        own = {_name_key(part) for part in _JOINED_NAMES.split(own_name)} if own_name else ()
        if own_name and len(own_name.split()) > 1:
            # "Swift Software" writes its name, not Swift.
            text = text.replace(own_name, "_" * len(own_name))
        return [f for f in self.finds(text) if self._name_keys[f.technology.id] not in own]

    def finds(self, text: str) -> list[Find]:
        """Return every technology named, in order, without overlaps.

        A list of what else a recruiter hires for asks for nothing and is left out.
        """
        finds = self._finds(text)
        if len(finds) < _FEWEST_OF_OTHERS:
            return finds
        for match in _OTHER_STACKS.finditer(text):
            start = text.rfind("\n", 0, match.start())
            end = text.find("\n", match.end()) % (len(text) + 1)
            inside = [find for find in finds if start <= find.start < end]
            if len(inside) >= _FEWEST_OF_OTHERS:
                finds = [find for find in finds if not start <= find.start < end]
        return finds

    def _finds(self, text: str) -> list[Find]:
        for address in _ADDRESSES:
            # Blanked at the same length, so offsets still hold in the original text.
            text = address.sub(_blank, text)
        candidates = list(self._candidates(text))
        return [
            find
            for find in self._vouched(text, candidates)
            if not (
                named_otherwise(text, find)
                or heads_a_name(text, find)
                or self._is_denied(text, find)
            )
        ]

    def named(self, name: str) -> Technology | None:
        """Return the technology of a name without context, in any case; None if unknown."""
        spelling = self._by_spelling.get(name.strip().lower())
        return spelling.technology() if spelling else None

    def _candidates(self, text: str) -> Iterator[Find]:
        """Yield the leftmost longest finds that are separate words; weak ones are unconfirmed."""
        matches = self._matches(text)
        # (start, -end): at one start the longest comes first.
        matches.sort(key=itemgetter(0, 1))
        free_from = 0
        for start, minus_end, spelling in matches:
            if start < free_from:
                continue
            end = -minus_end
            surface = text[start:end]
            # A match that fits no case does not advance free_from: a shorter one inside may still
            # count.
            if spelling.never:
                free_from = end
            elif technology := spelling.exact.get(surface) or spelling.any_case:
                yield Find(technology, start, end, True)
                free_from = end
            elif technology := spelling.weak.get(surface):
                # A version behind a name ("Swift6") leaves no other meaning.
                yield Find(technology, start, end, text[end : end + 1].isdigit())
                free_from = end

    def _matches(self, text: str) -> list[tuple[int, int, _Spelling]]:
        """Return (start, -end, spelling) of every spelling that is a separate word."""
        found = self._automaton.find_matches_as_indexes(lower_in_place(text), overlapping=True)
        matches = [
            (start, -end, self._long[index][1])
            for index, start, end in found
            # Most matches begin within a word: one test spares them the call.
            if not text[start - 1 : start].isalnum() and is_word(text, start, end)
        ]
        for letter, spelling in self._letters.items():
            at = text.find(letter)
            while at >= 0:
                # Most such letters begin a word: the next character spares them the call.
                if not text[at + 1 : at + 2].isalnum() and is_word(text, at, at + 1):
                    matches.append((at, -at - 1, spelling))
                at = text.find(letter, at + 1)
        return matches

    def _vouched(self, text: str, finds: list[Find]) -> Iterator[Find]:
        """Yield the certain finds and the weak ones with evidence."""
        for group in _enumerations(text, finds):
            # Three names in a list confirm each other ("Go, Swift, R"); two need a certain one.
            proven = len(group) > 2 or any(find.certain for find in group)
            for find in group:
                alone = len(group) == 1 and find.technology.category in _IN_PITCHES
                sure = (find.certain or proven) and not alone
                if sure or self._has_witness(text, find):
                    yield find

    def _is_denied(self, text: str, find: Find) -> bool:
        unless = self._unless.get(find.technology.id)
        around = text[max(0, find.start - _NEAR_CHARS) : find.end + _NEAR_CHARS] if unless else ""
        return bool(unless and unless.search(around))

    def _has_witness(self, text: str, find: Find) -> bool:
        before = text[max(0, find.start - _NEAR_CHARS) : find.start]
        after = text[find.end : find.end + _NEAR_CHARS]
        near = self._near.get(find.technology.id)
        return bool(
            # The NUL keeps a word from matching across the find.
            (near and near.search(f"{before}\x00{after}"))
            or _BEFORE.search(before[-_BEFORE_CHARS:].lower())
            or _AFTER.match(after)
        )


def counted(finds: Iterable[Find]) -> tuple[tuple[str, int], ...]:
    """Return (technology_id, times named), most named first, then by id."""
    counts: dict[str, int] = {}
    for find in finds:
        key = find.technology.id
        counts[key] = counts.get(key, 0) + 1
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


@cache
def default_matcher() -> TechnologyMatcher:
    """Return the matcher of the project's taxonomy."""
    return TechnologyMatcher(load_taxonomy())


def _blank(match: re.Match[str]) -> str:
    return "_" * (match.end() - match.start())


def _add(spellings: dict[str, _Spelling], technology: Technology) -> None:
    for written in technology.any_case:
        # "Acme Till" is also written "Acme-Till".
        for variant in {written, written.replace(" ", "-")}:
            spellings.setdefault(variant.lower(), _Spelling()).any_case = technology
    for written in technology.exact:
        spellings.setdefault(written.lower(), _Spelling()).exact[written] = technology
    for written in technology.weak:
        spellings.setdefault(written.lower(), _Spelling()).weak[written] = technology
    for phrase in technology.never:
        spellings.setdefault(phrase.lower(), _Spelling()).never = True


def _words(words: Iterable[str]) -> re.Pattern[str]:
    alternatives = "|".join(re.escape(word) for word in words)
    # Not \b: a word may begin or end with a symbol ("c++").
    return re.compile(rf"(?<![a-z0-9])(?:{alternatives})(?![a-z0-9])", re.IGNORECASE)


def _enumerations(text: str, finds: list[Find]) -> Iterator[list[Find]]:
    """Yield runs of finds with only separators between them: ``Go, Swift and C``."""
    group: list[Find] = []
    for find in finds:
        if group:
            end = group[-1].end
            # Two integers compared first: the pattern runs only on plausible gaps.
            near = find.start - end <= _SEPARATOR_CHARS
            if not (near and _SEPARATOR.fullmatch(text, end, find.start)):
                yield group
                group = []
        group.append(find)
    if group:
        yield group


def _name_key(name: str) -> str:
    return _NAME_END.sub("", _NO_NAME.sub("", name.lower()))
