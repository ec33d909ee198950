"""Roles that the titles of boards name in other languages than English.

Only boards use these words: in the prose of a comment some of them mean something else. The words
are German, French, Spanish and Portuguese, Nordic, Dutch, Italian and Polish; then those of East
Asian scripts, which have no word borders.
"""

from __future__ import annotations

import re

__all__ = ["ROLES_ABROAD", "leads_abroad"]


def _words(*expressions: str) -> re.Pattern[str]:
    return re.compile("|".join(expressions), re.IGNORECASE)


# The first kind that matches counts: fields of work before plain developers.
ROLES_ABROAD: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "product",
        _words(
            r"\bproduktmanager\w*|\bproduktägare\b|\bgerente de produ[ct]\w+",
            r"\b(?:chef(?:fe)?|responsable) (?:de )?produits?\b",
            r"プロダクトマネージャ|产品经理|제품 관리",
        ),
    ),
    (
        "design",
        _words(
            r"\bdiseñador\w*|\bgraphiste\b|\bgrafik(?:er|designer)\w*|\bmediengestalter\w*",
            r"\bprojektant (?:ux|ui|graficzn)\w*|デザイナ|设计师|디자이너",
        ),
    ),
    # "Backendutvecklare", "Frontend-Entwickler": the end begins a longer word.
    ("fullstack", _words(r"\bfull-?stack-?[euo]\w+|フルスタック|全栈|풀스택")),
    ("frontend", _words(r"\bfront-?end-?[euo]\w+|フロントエンド|前端|프론트엔드")),
    ("backend", _words(r"\bback-?end-?[euo]\w+|\bphp\b.*symfony|バックエンド|后端|백엔드")),
    ("ml", _words(r"データサイエンティスト|機械学習|数据科学|机器学习|데이터 사이언|머신러닝")),
    (
        "data",
        _words(
            r"\banal[iy]st\w* (?:de |des |di )?(?:dados|datos|données|dati|danych|bi)\b",
            r"\bdatenanalyst\w*|データ(?:エンジニア|アナリスト)|数据(?:分析|工程)",
            r"데이터 (?:분석|엔지니어)",
        ),
    ),
    (
        "devops",
        _words(
            r"\b(?:it-)?system-?admin\w*|\bit-admin\w*|\bnetzwerkadmin\w*|\bsystemtekniker\b",
            r"\badministra(?:teur|dor)\w* (?:de |des )?(?:syst|red|sist)\w*",
            r"インフラエンジニア|运维|인프라",
        ),
    ),
    # Sells, markets, or serves customers.
    (
        "sales",
        _words(
            r"\baccount ?manager\w*|\bkunden(?:berat|betreu)\w+|\bkundendienst\w*",
            r"\bverkäufer\w*|\bverkauf\w*|\bvertrieb\w*|\b(?:auß|i)(?:en|nen)dienst\w*",
            r"\bcommercial(?:e)?s?(?= (?:b2b|terrain|sédentaire|itinérant|junior|\(|h/f|f/h))",
            r"\b(?:assistant|attaché|ingénieur|technico|conseiller|responsable|directeur)e? "
            r"commercial(?:e)?\b|\bing[ée]nieure? d['’]affaires\b",
            r"\bchargée? de (?:client[èe]le|communication|marketing)\b|\bconseill(?:er|ère) client",
            r"\b(?:ejecutiv|executiv)[oa] de (?:ventas|cuentas|vendas|contas)\b",
            r"\b(?:asesor|representante|agente|atención|servicio|consultor)\w* (?:de |a |al )?"
            r"(?:ventas|clientes?|atención al cliente|comercial|vendas|atendimento)\b",
            r"\batención al cliente\b|\bcomercial\b|\bvendedor\w*|\bmercadeo\b|\bmercadotecnia\b",
            r"\banalista de (?:suporte|soporte|atendimento|vendas|ventas)\b",
            r"\bverko(?:per|op)\w*|\bklantenservice\b|\bklantadviseur\b",
            r"\b(?:inne|ute|butiks?|tele)?säljare\w*|\bsäljchef\b|\bkundtjänst\w*|\bkundansvarig\b",
            r"\bselger\w*|\bsælger\w*|\bkund(?:e)?service\w*|\bkunderådgiver\b",
            r"\bmyyjä\b|\bmyyntiedustaja\b|\bvenditore\b|\bvenditrice\b|\bvendite\b",
            r"\bassistenza clienti\b|\bsprzeda[wż]\w+|\bhandlow(?:y|iec)\b",
            r"\bobsług\w+ klienta\b|\bdoradca klienta\b",
            r"営業|セールス|カスタマーサ|ソリューションアーキテクト|マーケティング",
            r"销售|市场|客户|영업|마케팅",
        ),
    ),
    (
        "software",
        _words(
            r"\b\w*entwickl(?:er|ung)\w*|\bfachinformatik\w*|\blogiciels?\b|\b\w*utvecklare\b",
            r"\b\w*udvikler\w*|\b\w*utvikler\w*|\b\w*ontwikkelaar\w*|\bsviluppat\w+",
            r"\bprogramista\w*|\bohjelmisto\w*|ソフトウェア|エンジニア|工程师|开发|개발",
        ),
    ),
)

# Who leads: "Leiter Vertrieb", "Directrice Technique"; one who leads projects or a shift does not.
_LEADS = _words(
    r"\b(?!projekt|schicht|team)\w*leiter(?:in)?\b|\bdirecteur\b|\bdirectrice\b|\bdirettore\b",
    r"\bdirector(?:a)? (?:comercial|general|técnic|de )|\bdyrektor\b|\bjohtaja\b|部長|总监",
)


def leads_abroad(title: str) -> bool:
    """Return whether a title names who leads a department."""
    return bool(_LEADS.search(title))
