"""Domains that many companies share: of mail, forms, boards, short links, and other sites."""

from __future__ import annotations

from typing import Final

__all__ = ["SHARED_DOMAINS", "SHARED_LABELS", "is_institution"]

_MAIL = (
    "aol.com fastmail.com fastmail.fm gmail.com gmx.com gmx.de gmx.net googlemail.com hey.com "
    "hotmail.com icloud.com live.com mac.com mail.com mail.ru mailinator.com me.com msn.com "
    "outlook.com pm.me proton.me protonmail.com qq.com web.de yahoo.co.uk yahoo.com yandex.com "
    "yandex.ru ymail.com zoho.com"
)
_FORMS_AND_PAGES = (
    "about.me airtable.com atlassian.net basecamp.com bitbucket.org blogspot.com box.com "
    "cal.com calendar.app calendly.com cloudfront.net coda.io docsend.com dropbox.com "
    "evernote.com fillout.com firebaseapp.com ghost.io github.com github.io gitlab.com "
    "google.com googleusercontent.com herokuapp.com jotform.com loom.com medium.com netlify.app "
    "notion.site notion.so pagecloud.com paperform.co pastebin.com posthaven.com prezi.com "
    "scribd.com sharepoint.com slack.com slideshare.net squarespace.com substack.com "
    "surveymonkey.com tally.so tinyletter.com trello.com tumblr.com typeform.com vercel.app "
    "web.app webflow.io weebly.com wix.com wixsite.com wordpress.com wufoo.com zoom.us"
)
_SHORT_LINKS = (
    "bit.ly buff.ly cutt.ly fb.me goo.gl grnh.se hubs.ly is.gd j.mp linktr.ee lnkd.in ow.ly "
    "rb.gy rebrand.ly t.co tinyurl.com tr.im youtu.be"
)
_SOCIAL_AND_PRESS = (
    "apple.com arstechnica.com bbc.co.uk bloomberg.com bsky.app businessinsider.com "
    "businesswire.com cnbc.com cnn.com crunchbase.com discord.com discord.gg facebook.com "
    "fastcompany.com forbes.com fortune.com geekwire.com hackernews.com inc.com instagram.com "
    "keybase.io linkedin.com mashable.com meetup.com nytimes.com pehub.com pinterest.com "
    "pitchbook.com prnewswire.com producthunt.com quora.com reddit.com reuters.com skype.com "
    "soundcloud.com t.me tcrn.ch techcrunch.com ted.com telegram.me theguardian.com "
    "theverge.com twitter.com venturebeat.com vimeo.com washingtonpost.com whatsapp.com "
    "wikipedia.org wired.com wsj.com x.com youtube.com"
)
_JOB_SITES = (
    "4dayweek.io 80000hours.org angel.co angellist.com applytojob.com arbeitnow.com ashbyhq.com "
    "authenticjobs.com bamboohr.co.uk bamboohr.com breezy.hr breezyhr.com builtin.com "
    "careers-page.com catsone.com comeet.co comeet.com cord.co dice.com dover.com dover.io "
    "eightfold.ai f6s.com freshteam.com gem.com glassdoor.com greenhouse.io gusto.com "
    "hackerrank.com himalayas.app hire.com hirebridge.com hired.com hirehive.com "
    "hiringthing.com hnhiring.com homerun.co icims.com indeed.com jazz.co jazzhr.com "
    "jobscore.com jobvite.com join.com key-values.com keyvalues.com kula.ai lever.co "
    "monster.com myworkdayjobs.com newtonsoftware.com occupop.com otta.com paylocity.com "
    "personio.com personio.de pinpointhq.com polymer.co recruitee.com recruiterbox.com "
    "remoteok.com remotive.com resumatorjobs.com rippling-ats.com rippling.com silkroad.com "
    "simplyhired.com smartrecruiters.com stackoverflow.com successfactors.com taleo.net "
    "teamtailor.com theirstack.com theresumator.com trinethire.com triplebyte.com ultipro.com "
    "underdog.io welcometothejungle.com wellfound.com weworkremotely.com workable.com "
    "workatastartup.com workday.com workforcenow.com ycombinator.com zohorecruit.com"
)
_TECHNOLOGY = (
    "amazon.com amazonaws.com amzn.to djangoproject.com docker.com elastic.co golang.org "
    "kubernetes.io microsoft.com mongodb.com mozilla.org nodejs.org npmjs.com openai.com "
    "python.org reactjs.org rubyonrails.org rust-lang.org scala-lang.org w3.org"
)

SHARED_DOMAINS: Final = frozenset(
    " ".join(
        (_MAIL, _FORMS_AND_PAGES, _SHORT_LINKS, _SOCIAL_AND_PRESS, _JOB_SITES, _TECHNOLOGY)
    ).split()
)
"""These are a company's own only if they carry its whole name: google.com is Google's."""
SHARED_LABELS: Final = frozenset(domain.partition(".")[0] for domain in SHARED_DOMAINS)

_INSTITUTIONS = ("ac", "edu", "gob", "gov", "gv", "mil")


def is_institution(domain: str) -> bool:
    """Return whether a domain is a university's or a state's, whose departments hire apart."""
    return any(label in _INSTITUTIONS for label in domain.split(".")[1:])
