"""How postings write where one works: remote, at home, in an office, some days of the week."""

from __future__ import annotations

import re

from include.postings.prefilter import PrefilteredPattern

__all__ = [
    "AT_HOME",
    "BODY_ONSITE",
    "BODY_REMOTE",
    "BRACKETED",
    "EITHER",
    "FLEXIBLE",
    "HYBRID",
    "IN_BRACKETS",
    "LOCATION_LABEL",
    "NOT_REMOTE",
    "OFFICE_DAYS",
    "ONSITE",
    "ON_DEMAND",
    "OR_REMOTE",
    "PART_REMOTE",
    "PERK",
    "PLACE_LINE_CHARS",
    "REMOTE",
    "REMOTE_LIST",
    "TAG",
    "THING",
    "USERS",
]

_HOME = r"(?:wfh|(?:work(?:ing|s)?[- ])?(?:from|at)[- ]home|home[- ]?office)"
_TELE = r"tele-?(?:commut|work)\w*"
# Remote work in a header: "Remote-first", "WFH", "fully distributed", "location independent".
REMOTE = PrefilteredPattern(
    rf"\b(?:remote(?:ly|-first|-friendly)?|{_HOME}|work(?:ing)? (?:from )?(?:anywhere|wherever)|"
    rf"{_TELE}|"
    r"(?:fully|100%|globally) distributed|distributed (?:team|company)|home[- ]based|anywhere|"
    r"location[- ](?:independent|agnostic|flexible))\b",
    literals=("remote", "anywhere", "wherever", "distributed", "tele", "home", "location", "wfh"),
)
# The nouns of other things that are remote: "remote sensing", "remote controls", "remote sites".
_THINGS = (
    r"(?:sens|control|monitor|desktop|procedure|direct memory|access|device|patient|diagnos|server|"
    r"care\b|health|camera|vehicle|villag|communit|island|area|region|site\b|sites\b|oil|field|"
    r"learning|"
    r"object|method|execution|code|repositor|operated|operation|host|machine|assist|"
    r"support (?:tool|"
    r"software)|data\b|management (?:of|soft|tool|plat)|infrastructure|api|service|proctor|"
    r"attestation|exam|present|presence|interest|related|familiar|resembl|interview|technical|identif|pilot|driv|"
    r"instrument|sensor|teleop|proof|inspection|corner|part)"
)
# The lookbehind stands for a leading \b: the search can skip to each "remote".
THING = re.compile(
    rf"remote(?<=\bremote)(?:(?:ly)?[- ]{_THINGS}\w*|,? (?:exotic|tropical|sunny|beach|island)\b)"
)
# What customers do at home: "tests taken from home", "patients at home".
AT_HOME = re.compile(
    r"\b(?:test(?:s|ed|ing)?|frozen|taken|order\w*|shop\w*|cook\w*|(?:health)?care|exercis\w+|"
    r"collect\w*|kits?|learn\w*|watch\w*|deliver\w*|treat\w*|recover\w*|patients?|customers?|users?|"
    r"consumers?|families) (?:from|at|in their) home\b"
)
# The users of a product: "software for remote teams", "we help remote workers".
USERS = PrefilteredPattern(
    r"\b(?:for|help\w*|enabl\w+|empower\w*|support\w*|manag\w+|connect\w*|future of|making|makes?) "
    r"(?:\w+ )?remote(?:[- ]first)? (?:teams?|work(?:ers?|forces?|places?)|compan\w+|employees)\b"
    r"(?! (?:is|are|possible|ok|considered))",
    literals=tuple(
        f"{remote} {who}"
        for remote in ("remote", "first")
        for who in ("team", "work", "compan", "employees")
    ),
)
# A perk of some weeks a year: "work from abroad for up to six weeks", "four weeks of remote work".
PERK = re.compile(
    rf"\b(?:(?:remote(?:ly)?|anywhere|wherever\b|abroad|{_HOME})[^.;\n|]{{0,25}}\b(?:for |"
    rf"for up to |up to )?"
    r"(?:(?:(?<=for )|(?<=up to ))an?|\d+|one|two|three|four|five|six|eight) (?:extra )?(?:days?|"
    r"weeks?|months?)"
    r"(?: (?:an?|per|each|every|of the|/) ?year|(?<=for a month)|(?<=to a month))|"
    r"(?:\d+|one|two|three|four|five|six|eight|an?)[- ](?:days?|weeks?|months?)"
    r"[^.;\n|\d]{0,20} year[^.;\n|]{0,25}(?:remote|anywhere|abroad)\w*(?: work)?|"
    r"(?:\d+|two|three|four|five|six|eight)[- ](?:weeks?|months?) (?:of )?(?:\w+ )?"
    rf"(?:remote|abroad|anywhere|{_HOME})\w*(?: work\w*)?(?: (?:an?|per|each|every) year)?|"
    r"work[- ]from[- ](?:anywhere|abroad) (?:days?|weeks?|months?|polic\w+|perk))",
)
# Remote work refused: "no remote", "Remote? No", "remote = no", "we can't do remote", "remote
# is not possible", "unable to hire remotely". Overrides REMOTE, which matches these too.
NOT_REMOTE = re.compile(
    r"\b(?:no[tn]?[- ](?:a )?(?:fully )?remotes?|no (?:remote|" + _TELE + r"|" + _HOME + r")|"
    r"remotes?(?: work(?:ing)?| positions?)?\s?(?:[:?=-]|is|->)+\s?(?:no(?:pe|t)?|false|none|n/a)\b"
    r"(?!\s?(?:problem|issue|required|mandatory|necessary))|"
    r"remote(?:ly)?(?: work(?:ing| is)?| is| are)?(?: \w+){0,2}? (?:is )?not (?!always)(?:\w+ )?"
    r"(?:possible|available|supported|offered|accepted|allowed|considered|an option)|"
    r"(?:can(?:no|')t|can not|cannot|unable to|do(?:n't| not)|not able to|won't|will not|isn't|"
    r"aren't|not (?:currently )?(?:offering|open to|considering|available for|hiring|accepting|"
    r"looking for))\b(?! (?:need|have|mind|require|care|matter|limit))[^.,;\n|]{0,35}? "
    r"(?:remote(?:ly|s)?|telecommut\w+)\b)",
)
# "2-3 days", "one day", "60%": a part of the week, beside a word for home or remote work.
_PART = (
    r"(?:(?:[1-4]|one|two|three|four|a few|some|couple(?: of)?)(?:\s?(?:-|to|or|/)\s?(?:[2-4]|"
    r"two|three|"
    r"four))?\+?[- ](?:days?|x)|[1-9]\d ?%|(?:mon|tues|wednes|thurs|fri)days?)"
)
_OFF_SITE = rf"(?:remote(?:ly)?|{_HOME}|{_TELE})"
# Some remote work, that is hybrid: "partly remote", "2 remote days", "WFH 2 days a week", "60%
# remote, 40% office", "work from home on Fridays", "home office part of the week".
PART_REMOTE = re.compile(
    rf"\b(?:part(?:ly|ial(?:ly)?)?[- ](?:remote|on-?\s?site|{_HOME})|(?:remote|{_TELE})[- ]?days?|"
    r"\d+%? remote days?|"
    rf"occasional(?:ly)? {_OFF_SITE}|{_OFF_SITE} (?:on occasion|sometimes)\b|"
    rf"{_OFF_SITE} (?:\w+ )?(?:part of the (?:week|time)|(?:now and then|occasionally|"
    rf"from time to time)|"
    r"(?:days?|flexibility)\b)|"
    rf"{_PART}(?:/week| (?:a|per|each) week)?,? (?:of )?(?:the )?(?:work(?:ing)? )?{_OFF_SITE}|"
    rf"{_OFF_SITE}(?: work)?,?[ -](?:(?:up to|about|for|on|\() ?)?{_PART}|"
    # "3 days on site / 2 at home".
    r"days? (?:on-?\s?site|in[- ](?:the )?office)\s?[/,&+]?\s?(?:and )?[1-4] (?:days? )?"
    rf"{_OFF_SITE})",
)  # fmt: skip
# Days at home that the body of an office job grants: "work-from-home part of the week".
FLEXIBLE = re.compile(
    rf"\b{_OFF_SITE}[- ](?:\w+ )?(?:part of the (?:week|time)|flexibility|occasionally|"
    rf"most of the time|"
    rf"(?:a|one|two|1|2|\d-\d) days?|days?\b|when (?:needed|you need))|"
    rf"occasional(?:ly)? {_OFF_SITE}|"
    rf"(?:one|two|three|[1-3](?:\s?-\s?[2-3])?) days?(?: (?:a|per|"
    rf"each) week)? (?:\w+ )?{_OFF_SITE}",
)
ONSITE = PrefilteredPattern(
    r"\b(?:on-?\s?site|in[- ]?(?:the[- ])?office|in[- ]?person|on[- ]premises|locals? only|"
    r"local(?=\s*(?:$|[|,()\]/-]))|"
    r"office[- ]based|colocated|co-located|irl)\b",
    literals=("site", "office", "person", "premises", "only", "local", "located", "irl"),
)
# In prose the office is also a place where people are: only these make it the place of work.
BODY_ONSITE = PrefilteredPattern(
    r"\b(?:on-?\s?site\b(?! (?:gym|interview|lunch|meal|visit|parking|chef|caf|search|seo|perks|"
    r"climbing|massage|rock|fitness|childcare|day ?care))|"
    r"(?:work(?:ing|s)?|role|position|job|based|full[- ]time|5 days|five days|daily|every day|"
    r"everyone|"
    r"together|required|team|all|only|fully|100%)[^.\n]{0,25} in[- ](?:the |our |"
    r"an? )?(?:\w+ ){0,3}"
    r"office\b|in[- ]office\b|(?:5|five) days (?:a|per) week|"
    r"(?:work(?:ing)?|all|role|position|fully|team|job|only|"
    r"collaborat\w+)[^.\n]{0,20} in[- ]?person\b|"
    r"in[- ]?person (?:role|position|team|work|only|culture|company|startup|5|five|in)|"
    r"^in[- ]?person\b|locals? only|(?:must|should|need to) be (?:an? )?local\b|"
    r"office[- ]based|co-?located|"
    r"must (?:be able to )?(?:work|be|live|come)[^.\n]{0,25}\b(?:in (?:the|our) office|on-?site))",
    literals=("site", "office", "person", "only", "located", "days", "local"),
    flags=re.MULTILINE,
)
# A number of days below five, or a range: "3 days", "two to three days", "2x".
_DAYS = (
    r"(?:(?:[1-4]|one|two|three|four)(?:\s?(?:-|to)\s?(?:[2-4]|two|three|four))?\+?[- ]?"
    r"(?:x|times|days?)|(?:few|some|couple(?: of)?) days)"
)
_AT_OFFICE = r"(?:in[- ](?:the |our )?(?:\w+ ){0,2}office|on-?\s?site|in[- ]person|at the office)"
# Counted office days, in either order: "3 days a week in the office", "on-site 2 days/week",
# "onsite Tues-Thurs". The gap stays within a sentence and short, for sense and for speed.
OFFICE_DAYS = re.compile(
    rf"\b(?:{_DAYS}(?:/|\s*(?:a|per|each|out of)?\s*)(?:wk|week|five|5)?\s*"
    rf"[^.\n]{{0,25}}?{_AT_OFFICE}|"
    rf"{_AT_OFFICE}[^.\n]{{0,25}}?\b{_DAYS}\s?(?:/|a|per|each)\s?(?:wk|week)|"
    rf"{_AT_OFFICE}[ (,:]{{1,3}}(?:mon|tue|wed|thu)\w*\s?(?:-|to|/|&|and|,)\s?(?:tue|wed|thu)\w*)"
)
# Hybrid work, not a hybrid cloud, app or car: "hybrid role", "Hybrid (3 days)", "hybrid, Oslo".
HYBRID = PrefilteredPattern(
    r"\bhybrid\b(?![- ](?:cloud|app|mobile|vehicle|car|team that|model\w* of|search|retriev|"
    r"rendering|electric|quantum|data|ai\b|blockchain|infrastructure|web|native|multi|deploy|it\b|"
    r"human|approach to|system|storage|memory|architect|event|of |between|ml|fund|intelligence|"
    r"crypto|"
    r"type|security|environments))(?<!a new hybrid)",
    literals=("hybrid",),
)
# Remote work in the body, on lines already chosen for their topic. "remote" alone counts where it
# ends a clause or a word for work follows; THING and USERS are blanked before.
_WORK = (
    r"(?:work|roles?|positions?|jobs?|teams?|compan|ok\b|okay|candidates?|applicants?|options?|"
    r"possib|"
    r"within|in\b|from|or\b|and\b|is\b|are\b|for\b|with\b|across|anywhere|us\b|usa\b|eu\b|uk\b|"
    r"europe|"
    r"canada|employees?|developers?|engineers?|devs?\b|people|culture|environment|start-?up|"
    r"hires?|hiring|"
    r"set-?up|basis|contract|full|part|consider|welcome|allow|availab|opportunit|member|staff|"
    r"first|"
    r"only|friendly|but|if\b|to\b|since|will|can\b|as\b|policy|organi|optional|also|by\b|worldwide|"
    r"global|world|folks|may\b|might|an?\b|north|latam|emea|flexib|arrangement|freelanc|intern|"
    r"senior|software|backend|frontend|"
    r"lifestyle|at\b|until|due|schedule|hours|colleague|preferred|stud|small|asynch|hybrid|on\b|"
    r"onsite)"
)
BODY_REMOTE = re.compile(
    rf"\b(?:fully[- ]distributed|work remotely|(?<!distributed )\bremotely\b|{_TELE}|"
    rf"work(?:ing)? from (?:any|where)\w+|(?:work|working|ok to be) (?:from|at) home|wfh|"
    rf"remote(?:[- ](?:first|friendly|only)|\s*(?:[^\w\s-]|$)|[- ]{_WORK}|\s-))",
    re.MULTILINE,
)

# Remote as an alternative within one segment: "Oslo or remote", "Remote/Bergen", "(or remote)",
# "Oslo or West Coast remote", "Oslo/Anywhere".
OR_REMOTE = re.compile(
    r"(?:\bor|/|,|&|\+|\band)\s*(?:\(?[\w.]+[ -])?remote|\bor (?:[\w.]+[ -]){2}remote|"
    r"(?:\bor|/)\s*anywhere|"
    r"remote\s*(?:\(?\bor\b|/|&|\+|and\b)|remote (?:from|in|within) (?:the )?[\w.]+ or\b"
)
# Towns after remote work are a list, if there are several: "Remote (US), Oslo, Bergen".
REMOTE_LIST = re.compile(
    rf"(?<!fully )(?<!100% )\b(?:remote|{_TELE})(?: \w+)?\s*(?:\([^)]*\)\s*)?,(.*)"
)
# A line of the body that lists where one may work: "Location: telecommute, Oslo, Bergen".
PLACE_LINE_CHARS = 50
LOCATION_LABEL = re.compile(r"\W*locations?\W*:", re.I)
# Tags of what is on offer: beside a town, "FULL-TIME, REMOTE" names remote work as one more.
TAG = re.compile(
    r"\b(?:(?:full|part)[- ]?time|interns?|visas?|h1b),? (?:(?:and|or|&) )?remote\b(?! \()", re.I
)
# The same as plain words, which do not need a town: "Austria or Remote".
EITHER = re.compile(r"\(?\bor (?:\w+ )?remote|\(or anywhere|remote(?: \w+)? \(?or\b")
# Remote work on demand, beside a town: "Oslo, remote OK", "remote possible", "would consider
# remote", "remote for the right candidate", "REMOTE welcome".
ON_DEMAND = PrefilteredPattern(
    rf"\b(?:(?:remote(?:ly)?|{_TELE}|{_HOME})(?: \w+){{0,2}}?[ :-]{{1,3}}(?:ok(?:ay)?|possible|"
    rf"possibility|"
    r"considered|welcome|allowed|available|optional|acceptable|negotiable|an option|"
    r"(?:is |are )?(?:also )?(?:an option|fine|open)|options?|for (?:the right|exceptional|great|"
    r"strong|senior|experienced|\w+ candidates?))|"
    r"(?:consider\w*|open to|also|possibly|maybe|willing to (?:consider|hire))(?: \w+){0,2} remote|"
    r"some remote|or remote|remote (?:\w+ ){0,2}or (?:in|at|from) (?:our|the)|"
    r"(?:home|remote(?:ly)?) or (?:in|at|from)? ?(?:our|the|an?) (?:\w+ )?office|"
    r"(?:on-?site|office|local)(?: \w+){0,3} or (?:\w+ )?(?:remote|home))\b",
    literals=("remote", "tele", "home", "wfh"),
)
# A bracket qualifies and offers no alternative: "Remote (US or EU)".
BRACKETED = re.compile(r"\[remote\]", re.I)
"""A tag, and no remark: "Oslo or [REMOTE]"."""
IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
