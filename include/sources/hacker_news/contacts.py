"""Words that announce a way to reach a person: services, labels, top-level domains.

Patterns are for folded text (``redaction.py``): lower case, Latin look-alikes.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from include.postings.countries import countries

__all__ = ["CONTACT_LABEL", "FIELD_LABEL", "NO_ACCOUNT", "SERVICE", "top_level_domains"]

SERVICE: Final = (
    r"(?:git ?hub|git ?lab|bitbucket|source ?hut|linked[ -]?in|twitter|mastodon|blue ?sky|bsky|"
    r"facebook|instagram|insta|telegram|whats ?app|skype|discord|keybase|reddit|hacker ?news|"
    r"stack ?overflow|substack|you ?tube|twitch|behance|dribbble|angel ?list|wellfound|up ?work|"
    r"fiverr|toptal|hacker ?rank|leet ?code|kaggle|code ?pen|calendly|we ?chat|viber|icq|jabber|"
    r"xmpp|threema|snapchat|tumblr|flickr|quora|xing|gists?|npm|gmail|googlemail|hotmail|outlook|"
    r"yahoo|proton ?mail|proton|icloud|fast ?mail|tutanota|yandex|gmx|aol|zoho)"
)
"""Where people have an account, by names that mean little else."""

_NO_ACCOUNT = """
    a about account active all also am an and are as at available be bot browse can check code
    contribute contributed contributing contributions contributor contributors demo everything
    examples find follow for found free from have here host hosted i in is it library live
    maintain me mine more most my of on open or package packages plugin popular portfolio posted
    presence profile profiles project projects public published pushed repo repos repositories
    repository sample samples see seen side some source sources starred stars stuff that the them
    these this to trending up us was work works you
"""
NO_ACCOUNT: Final = frozenset(_NO_ACCOUNT.split())
"""Words that stand before "on GitHub" and name no account: "code on GitHub"."""

CONTACT_LABEL: Final = (
    r"(?:(?:full|first|last|my|your) name|name|r[eé]sum[eé]s?|c\.?v\.?|curriculum(?: vitae)?|vitae|"
    r"e-? ?mails?|mail|e-?mail address|contacts?(?: me| info(?:rmation)?| details| via| at)?|"
    r"phones?|phone number|tel(?:ephone)?\.?|mobile phone|cell(?: ?phone)?|linked[ -]?in|git ?hub|"
    r"git ?lab|bitbucket|stack ?overflow|(?:personal |my )?web ?sites?|(?:personal |my )?sites?|"
    r"web ?page|home ?page|www|blog|(?:online )?portfolio|url|links?|twitter|skype|telegram|"
    r"discord|whats ?app|signal|matrix|irc|keybase|mastodon|calendly|hn|hn profile|"
    r"(?:linked[ -]?in|git ?hub|hn|online|public) profiles?|(?:user|nick|screen) ?names?|handle|"
    r"alias|pgp|gpg|fingerprint|reach (?:me|out)(?: at| via| on)?|say (?:hi|hello)(?: at)?|"
    r"get in touch)"
)
"""What a labelled way to reach a person begins with: "Résumé/CV: ..."."""

FIELD_LABEL: Final = (
    r"(?:locations?|located|remote|willing to relocate|relocation|relocate|"
    r"tech(?:nolog(?:y|ies)|nical skills| ?stack)?|stack|skills?|languages?|frameworks?|role|"
    r"position|level|experience|rate|availability|time ?zone|visa|education|about(?: me)?|summary)"
)
"""What the next field of the form begins with: it ends a labelled contact."""

_GENERIC = """
    academy adult agency ai app art associates bio biz blog blue build builders buzz cafe camp care
    careers cat center chat city click cloud club co codes coffee com community company computer
    consulting contact cool cyou data day design dev digital direct directory edu education email
    energy engineer engineering enterprises eu events expert express faith family fan fans farm
    finance fit fm foundation fun fund fyi gallery games gay global gmbh gov graphics group guide
    guru hair health help host house how icu id inc info ink institute int international io is
    jobs land law legal life limited link live llc lol love ltd management market marketing me
    media mil mobi moe money monster mx name net network news ninja nl nu one online onl ooo org
    page partners party photo photography pics pictures pink pizza place plus press pro productions
    properties pub quest recipes red rent report rest resume review rip rocks run sbs school
    science services sexy sh shop show site skin so social software solutions space store stream
    studio style support surf systems tax team tech technology tips today tools top town training
    tube tv university uno us vc ventures video vip wales watch web website wedding wiki win wine
    work works world wtf xxx xyz yoga zip zone
"""


@cache
def top_level_domains() -> frozenset[str]:
    """Return the last labels that make a dotted word an address, lower case."""
    return frozenset(
        (*_GENERIC.split(), *(country.code.lower() for country in countries()), "uk", "ac", "su")
    )
