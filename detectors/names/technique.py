"""The ways in which a name imitates, and which of them a reading shows."""

from __future__ import annotations

from enum import StrEnum


class Technique(StrEnum):
    """How a name imitates a protected host."""

    TYPO = "typo"
    """A key missed, left out, doubled, put in, or two swapped; letters that look like others."""
    DOT_TO_HYPHEN = "dot_to_hyphen"
    """The official host with hyphens for dots: www-mem-gov-cn."""
    GLUED = "glued"
    """The official host without dots: memgov, cxmem."""
    OFFICIAL_LEADING_LABELS = "official_leading_labels"
    """The official host as labels of a foreign domain: cx.mem.gov.cn.example.top."""
    SUBDOMAIN_WORDS = "subdomain_words"
    """Words of an authority as labels of a foreign domain."""
    GOV_LABEL = "gov_label"
    """A word beside `gov` or `gov-cn`."""
    TLD_SWAP = "tld_swap"
    """An official label under another suffix."""
    HOMOGLYPH_IDN = "homoglyph_idn"
    """Letters of other alphabets, or with accents."""
    DIGIT_FOR_LETTER = "digit_for_letter"
    PINYIN_FULL = "pinyin_full"
    """A Chinese name or certificate in pinyin."""
    PINYIN_FUZZY = "pinyin_fuzzy"
    """Pinyin as it is misheard: n for ng, z for zh, l for n."""
    PINYIN_INITIALS = "pinyin_initials"
    CHINESE_IDN = "chinese_idn"
    TRADITIONAL_IDN = "traditional_idn"
    PROVINCE_CITY = "province_city"
    """A province or city beside a regulator's abbreviation."""
    SERVICE_WORD = "service_word"
    """A word of ours beside one that promises a service: query, certificates, hotline."""
