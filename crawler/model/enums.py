"""The states that the nouns of the house can be in; each value is what is stored and printed."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What the machine thinks of a page; a person's decision is a `Decision`, never this."""

    SUSPECT = "suspect"
    DOUBTFUL = "doubtful"
    CLEAR = "clear"
    UNKNOWN = "unknown"

    @property
    def gravity(self) -> int:
        """Rank for comparing verdicts: suspect 3, doubtful 2, clear 1, unknown 0."""
        return {"suspect": 3, "doubtful": 2, "clear": 1, "unknown": 0}[self.value]


class Offence(StrEnum):
    """What a page is held to do, gravest first as listed in `gravity`."""

    IMITATION_QUERY = "imitation_query"
    """假查验页: a fake verification page."""
    IMITATION_PORTAL = "imitation_portal"
    """仿冒门户: a fake portal of an authority."""
    SALE_FORGED = "sale_forged"
    """兜售假操作证: offers forged operation certificates."""
    EXAM_CHEATING = "exam_cheating"
    """包过代考: offers a real certificate by cheating."""
    FORGED_OTHER = "forged_other"
    """综合办证: forges other papers; at most doubtful."""
    PARASITE_MIRROR = "parasite_mirror"
    """寄生镜像: copies official text under foreign boilerplate."""
    NONE = "none"

    @property
    def gravity(self) -> int:
        """Rank for telling a graver offence from a lesser one; 6 is the gravest, none is 0."""
        order = (
            Offence.NONE,
            Offence.PARASITE_MIRROR,
            Offence.FORGED_OTHER,
            Offence.EXAM_CHEATING,
            Offence.SALE_FORGED,
            Offence.IMITATION_PORTAL,
            Offence.IMITATION_QUERY,
        )
        return order.index(self)


class PageCondition(StrEnum):
    """What kind of answer an address gave; only `content` can be judged."""

    CONTENT = "content"
    PARKED = "parked"
    EXPIRED = "expired"
    BLOCKED_UNFILED = "blocked_unfiled"
    """未备案阻断: the carrier blocks the site for want of an ICP filing."""
    SUSPENDED = "suspended"
    WAF = "waf"
    """A firewall or captcha page stands before the content."""
    ERROR = "error"
    """The server answered, with an error."""
    EMPTY = "empty"
    UNKNOWN = "unknown"
    """We could not look: our failure, a timeout, a refusal by the guard."""


class Vantage(StrEnum):
    """How we looked."""

    DESKTOP = "desktop"
    PHONE = "phone"
    WECHAT = "wechat"
    FROM_SEARCH = "from_search"


class Knowledge(StrEnum):
    """The three values of every outside fact; our own failure is always `unknown`."""

    KNOWN = "known"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Failure(StrEnum):
    """Why a capture holds no answer."""

    NAME_ABSENT = "name_absent"
    """DNS says that the name does not exist, or has no address."""
    NAME_UNKNOWN = "name_unknown"
    """DNS did not answer, or answered with a failure."""
    REFUSED_ADDRESS = "refused_address"
    """The guard refused the address: private, loopback, metadata, …"""
    PROTECTED_HOST = "protected_host"
    """The way led to a protected or trusted host, which is never contacted."""
    NO_CONNECTION = "no_connection"
    TIMEOUT = "timeout"
    BROKEN_ANSWER = "broken_answer"
    """What came back is not HTTP, or its body cannot be decoded."""
    TOO_MANY_REDIRECTS = "too_many_redirects"
    UNSUPPORTED = "unsupported"
    """The way led to an address that is not http or https, or https where it is switched off."""
    NOT_SENT = "not_sent"
    """A request that we never make: a submitted form, an unencrypted socket."""
    PUT_OFF = "put_off"
    """The server asked to be left alone for longer than we wait (Retry-After)."""
    BUDGET_SPENT = "budget_spent"
    """Our own limit of requests, bytes or time was spent, so we stopped."""
    OUR_FAULT = "our_fault"
    """Our own browser failed, again and again."""


class SourceStatus(StrEnum):
    """Whether a source saw anything, and whether its silence means something."""

    PENDING = "pending"
    DONE = "done"
    BLIND = "blind"
    """The source could not see: dead service, captcha, missing file, garbled answer."""
    PARTIAL = "partial"
    """Some of its requests failed, others were answered."""
    SILENT = "silent"
    """It answered, with less or older than it should."""
    UNKNOWN = "unknown"
    """Our own network failed; nothing can be said of the source."""


class KeyKind(StrEnum):
    """What identifies a suspect."""

    DOMAIN = "domain"
    HOST = "host"
    IP_PORT = "ip:port"
    ACCOUNT = "account"
    PATH = "path"


class ChangeKind(StrEnum):
    """What is different since the last completed run, in order of precedence."""

    BACK = "back"
    NEW = "new"
    ESCALATED = "escalated"
    ACTIVATED = "activated"
    CHANGED = "changed"
    DOWN = "down"
    SAME = "same"


class Decision(StrEnum):
    """What a person decided about a case, or the machine where nothing is left to decide."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    WATCH = "watch"
    """Too little to decide on: looked at on, listed as watched."""
    VICTIM = "victim"
    """The owner was hacked: notify, never expose."""
    NOTE = "note"
    """A remark; decides nothing."""
    UNDO = "undo"
    """Takes back the last decision that still stands."""
    MUTE = "mute"
    """Off the list until a day, or until the case looks graver."""
    MERGE = "merge"
    """The case is part of another one."""
    SPLIT = "split"  # pages of the case are a case of their own from the next run on
    REOPEN = "reopen"
    APPEAL = "appeal"
    """Somebody accused objects: nothing leaves until people decide anew."""
    CORRECT = "correct"
    """A published accusation is withdrawn; the papers that held it are named."""

    @property
    def is_choice(self) -> bool:
        """Whether it takes no more than a reason, so that it can be chosen in a list."""
        return self in (
            Decision.CONFIRM,
            Decision.DISMISS,
            Decision.WATCH,
            Decision.VICTIM,
            Decision.NOTE,
        )


class CaseState(StrEnum):
    """Where a case stands with the people who review it."""

    OPEN = "open"
    WATCHED = "watched"
    CONFIRMED = "confirmed"
    """One person has confirmed; a second one is needed before anything leaves."""
    RELEASED = "released"
    """Two people have confirmed."""
    DISMISSED = "dismissed"
    VICTIM = "victim"
    APPEALED = "appealed"
    """Somebody accused objects; two people must confirm anew before anything leaves."""
    CORRECTED = "corrected"
    """What was published is withdrawn."""
    MERGED = "merged"
    """Part of another case, which is decided in its place."""


class Hosting(StrEnum):
    """Whose site a page stands in."""

    OWN = "own"
    """Nothing says that the owner of the site is not who publishes the page."""
    FOREIGN = "foreign"
    """Hosted in a foreign site: somebody put the page there who does not own it."""


class Family(StrEnum):
    """Groups of signals that say the same thing; within one they combine with little gain."""

    NAME = "name"
    CLAIM = "claim"
    QUERY = "query"
    OFFER = "offer"
    """A certificate nobody earned, forged or bought: the words do not tell which."""
    SALE = "sale"
    CHEATING = "cheating"
    OTHER_PAPERS = "other_papers"
    MIRROR = "mirror"
    CONTACT = "contact"
    REGISTRATION = "registration"
    CLOAKING = "cloaking"
    LEARNED = "learned"
    PICTURE = "picture"
    CONDITION = "condition"
    HOSTING = "hosting"  # whose site the page stands in; weighs nothing
    PAYMENT = "payment"  # how money is asked for; weighs nothing, for schools ask for it, too
    INNOCENCE = "innocence"


class TargetKind(StrEnum):
    """How a page names another address."""

    LINK = "link"
    FRAME = "frame"
    REFRESH = "refresh"
    QR = "qr"


class ContactType(StrEnum):
    """Ways a seller can be reached, and ways money reaches him."""

    PHONE = "phone"
    WECHAT = "wechat"
    QQ = "qq"
    GROUP = "group"
    TELEGRAM = "telegram"
    EMAIL = "email"
    BANK = "bank"  # number of a card or an account
    ALIPAY = "alipay"  # telephone number or mail address, or what a payment code holds
    WECHAT_PAY = "wechat_pay"  # what a payment code holds
    WALLET = "wallet"  # address of a wallet for USDT and the like
    PAYEE = "payee"  # name of whoever an account belongs to


class TrustKind(StrEnum):
    """Why a host is never accused."""

    OWN = "own"
    """An authority's own host, or a host of this office."""
    PARTNER = "partner"
    KNOWN_SAFE = "known_safe"
    UNDER_REVIEW = "under_review"


class WordRole(StrEnum):
    """The part that a word plays in a host name."""

    AUTHORITY = "authority"
    OFFICE = "office"
    """A name or abbreviation that the regulators of all provinces and cities share."""
    PRODUCT = "product"
    """A certificate, its query platform or its examination."""
    TOPIC = "topic"
    """Safety, emergency, special trades: telling only with others."""
    PAPER = "paper"
    """Certificates of any sort: telling only with others."""
    SERVICE = "service"
    AFFIX = "affix"
    STATE = "state"
    """gov, guojia: a claim to be official."""
    NATION = "nation"
    PLACE = "place"
    INNOCENT = "innocent"
    TRAINING = "training"
    """Schools and courses: innocent, but bait beside an authority's own word."""
    FILLER = "filler"
