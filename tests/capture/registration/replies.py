"""WHOIS replies in the shape of many registries, invented; what each says is beside it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """A reply, the domain asked for, and what it says; empty is absent."""

    domain: str
    text: str
    created: str = ""
    expires: str = ""
    registrar: str = ""
    statuses: tuple[str, ...] = ()
    servers: tuple[str, ...] = ("ns1.lizi-dns.net", "ns2.lizi-dns.net")


REPLIES = {
    "kr": Reply(
        "lizi.kr",
        """\
query : lizi.kr


# KOREAN(UTF8)

도메인이름                  : lizi.kr
등록인                      : 리지
책임자                      : Domain Administrator
등록일                      : 2007. 03. 02.
최근 정보 변경일            : 2010. 10. 04.
사용 종료일                 : 2015. 03. 02.
등록대행자                  : (주)리지(http://lizi.example)

1차 네임서버 정보
   호스트이름               : ns1.lizi-dns.net

2차 네임서버 정보
   호스트이름               : ns2.lizi-dns.net

네임서버 이름이 .kr이 아닌 경우는 IP주소가 보이지 않습니다.


# ENGLISH

Domain Name                 : lizi.kr
Registrant                  : Lizi, LLC
Administrative Contact(AC)  : Domain Administrator
Registered Date             : 2007. 03. 02.
Expiration Date             : 2015. 03. 02.
Authorized Agency           : Lizi Corp.(http://lizi.example)

Primary Name Server
   Host Name                : ns1.lizi-dns.net

Secondary Name Server
   Host Name                : ns2.lizi-dns.net
""",
        created="2007-03-02",
        expires="2015-03-02",
        registrar="(주)리지(http://lizi.example)",
    ),
    "hichina": Reply(
        "lizi.com",
        """\
Domain Name ..................... lizi.com
Sponsoring Registrar ............ LIZI TECHNOLOGY LTD.
Name Server ..................... ns3.lizi-dns.net
                                  ns4.lizi-dns.net
Registrant ID ................... lizi0001-cn
Administrative Address .......... 3/F., Mansion,
                                  No.27 Avenue Dongcheng District,
Domain Create Date .............. 1996-04-23 12:00:00
Expiration Date ................. 2019-04-24 12:00:00
""",
        created="1996-04-23",
        expires="2019-04-24",
        registrar="LIZI TECHNOLOGY LTD.",
        servers=("ns3.lizi-dns.net", "ns4.lizi-dns.net"),
    ),
    "dk": Reply(
        "lizi.dk",
        """\
# Hello 192.0.2.1. Your session has been logged.
#

Domain:               lizi.dk
DNS:                  lizi.dk
Registered:           1999-01-10
Expires:              2010-03-31
Registration period:  1 year
VID:                  no
Status:               Active

Registrant
Handle:               LZ1-DK
Name:                 Lizi, Inc

Administrator
Handle:               LZ2-DK

Nameservers
Hostname:             ns1.lizi-dns.net
Handle:               LZ3-DK
Hostname:             ns2.lizi-dns.net
Handle:               LZ3-DK
""",
        created="1999-01-10",
        expires="2010-03-31",
        statuses=("Active",),
    ),
    "tm": Reply(
        "lizi.tm",
        """\
Domain : lizi.tm
Status : Client Updt Lock
Expiry : 2020-01-30

NS 1   : ns1.lizi-dns.net
NS 2   : ns2.lizi-dns.net
""",
        expires="2020-01-30",
        statuses=("Client Updt Lock",),
    ),
    "md": Reply(
        "lizi.md",
        """\
Domain  name    lizi.md
Domain state    OK, Delegated
Registrar       Lizi SRL
Registered    on    2006-05-13
Expires    on    2027-05-13
Nameserver      ns1.lizi-dns.net
Nameserver      ns2.lizi-dns.net
""",
        created="2006-05-13",
        expires="2027-05-13",
    ),
    "se": Reply(
        "lizi.se",
        """\
# Copyright
state:            active
domain:           lizi.se
holder:           abc
created:          2003-08-27
modified:         2026-09-18
expires:          2027-10-20
transferred:      2019-03-06
nserver:          ns1.lizi-dns.net
dnssec:           unsigned delegation
registry-lock:    unlocked
status:           serverUpdateProhibited
registrar:        Lizi AB
""",
        created="2003-08-27",
        expires="2027-10-20",
        registrar="Lizi AB",
        statuses=("active", "serverUpdateProhibited"),
        servers=("ns1.lizi-dns.net",),
    ),
    "tr": Reply(
        "lizi.com.tr",
        """\
** Domain Name: lizi.com.tr
Domain Status: Active
Frozen Status: -
Transfer Status: The domain is LOCKED to transfer.

** Registrant:
   Hidden upon user request

** Registrar:
NIC Handle		: abc123
Organization Name	: Lizi Bilisim Ltd
Address			: X

** Domain Servers:
ns1.lizi-dns.net
ns2.lizi-dns.net

** Additional Info:
Created on..............: 2001-Aug-23.
Expires on..............: 2027-Aug-22.
""",
        created="2001-08-23",
        expires="2027-08-22",
        registrar="Lizi Bilisim Ltd",
        statuses=("Active",),
    ),
    "cz": Reply(
        "lizi.cz",
        """\
domain:       lizi.cz
registrant:   X
nsset:        Y
registrar:    REG-Z
registered:   21.07.2000 15:21:00
changed:      11.12.2025 12:41:00
expire:       22.07.2027

contact:      X
name:         Z
created:      21.07.2020 15:21:00

nsset:        Y
nserver:      ns1.lizi-dns.net  (1.2.3.4)
created:      21.07.2021 15:21:00
""",
        created="2000-07-21",
        expires="2027-07-22",
        registrar="REG-Z",
        servers=("ns1.lizi-dns.net",),
    ),
    "th": Reply(
        "lizi.co.th",
        """\
Domain Name: LIZI.CO.TH
Registrar: THNIC
Name Server: NS1.LIZI-DNS.NET
Status: ACTIVE
Updated date: 06 Nov 2018
Created date: 02 Jul 2004
Exp date: 07 Oct 2027
Domain Holder Organization: X
""",
        created="2004-07-02",
        expires="2027-10-07",
        registrar="THNIC",
        statuses=("ACTIVE",),
        servers=("ns1.lizi-dns.net",),
    ),
    "eu": Reply(
        "lizi.eu",
        """\
% x

Domain: lizi.eu
Script: LATIN

Registrant:
        NOT DISCLOSED!
        Visit www.eurid.eu for the web-based WHOIS.

Technical:
        Organisation: Foo
        Language: en
        Email: a@b.eu

Registrar:
        Name: Lizi Registrar BV
        Website: https://lizi.example

Name servers:
        ns1.lizi-dns.net
        ns1.lizi.eu (2001:67c:9c:3937::253)

Keys:
        flags:KSK protocol:3
""",
        registrar="Lizi Registrar BV",
        servers=("ns1.lizi-dns.net", "ns1.lizi.eu"),
    ),
    "hk": Reply(
        "lizi.hk",
        """\
Domain Name:  LIZI.HK

Domain Status: Active

DNSSEC:  unsigned

Contract Version:   Refer to registrar

Active variants

Inactive variants

Registrar Name: LIZI REG LIMITED

Registrar Contact Information: Email: x@y.hk

Reseller:




Registrant Contact Information:

Company English Name (It should be the same as the registered name): LIZI LTD
Address: HK
Country: HK
Email: x
Domain Name Commencement Date: 02-04-2004
Expiry Date: 03-04-2027
Re-registration Status:  Complete



Administrative Contact Information:

Given name: X


Name Servers Information:

NS1.LIZI-DNS.NET
NS2.LIZI-DNS.NET



Status Information:

Domain Prohibit Status:
""",
        created="2004-04-02",
        expires="2027-04-03",
        registrar="LIZI REG LIMITED",
        statuses=("Active",),
    ),
    "tw": Reply(
        "lizi.tw",
        """\
Domain Name: lizi.tw
   Domain Status: ok
   Registrant:
      (Redacted for privacy)
      (Redacted for privacy)
   Record expires on 2027-11-09 07:00:00 (UTC+8)
   Record created on 2000-08-29 07:00:00 (UTC+8)

   Domain servers in listed order:
      ns1.lizi-dns.net
      ns2.lizi-dns.net

Registration Service Provider: Lizi Ltd.
""",
        created="2000-08-28",
        expires="2027-11-08",
        registrar="Lizi Ltd.",
        statuses=("ok",),
    ),
    "nl": Reply(
        "lizi.nl",
        """\
Domain name: lizi.nl
Status:      in quarantine

Registrar:
   Lizi BV
   Straat 1

Abuse Contact:
   a@b.nl

Creation Date: 1999-05-27

Updated Date: 2015-12-30

DNSSEC:      no

Domain nameservers:
   ns1.lizi-dns.net      1.2.3.4
   ns2.lizi-dns.net

Record maintained by: SIDN BV
""",
        created="1999-05-27",
        registrar="Lizi BV",
        statuses=("in quarantine",),
    ),
    "top": Reply(
        "lizi.top",
        """\
Domain Name: LIZI.TOP
Registry Domain ID: D20261001G10001G_00000001-top
Registrar WHOIS Server: whois.lizi.example
Registrar URL: http://www.lizi.example
Updated Date: 2026-10-02T01:00:00Z
Creation Date: 2026-10-01T01:00:00Z
Registry Expiry Date: 2027-10-01T01:00:00Z
Registrar: Lizi Technology Co., Ltd.
Registrar IANA ID: 9999
Registrar Abuse Contact Email: abuse@lizi.example
Domain Status: clientTransferProhibited https://icann.org/epp#clientTransferProhibited
Domain Status: addPeriod https://icann.org/epp#addPeriod
Registrant Name: REDACTED FOR PRIVACY
Registrant Organization:
Registrant State/Province: Guang Dong
Name Server: NS1.LIZI-DNS.NET
Name Server: NS2.LIZI-DNS.NET
DNSSEC: unsigned
>>> Last update of WHOIS database: 2026-11-01T00:00:00Z <<<

For more information on Whois status codes, please visit https://icann.org/epp

You are not authorized to access or query our WHOIS database through the use of electronic
processes that are high-volume; whoever exceeds the query limit is blocked.
""",
        created="2026-10-01",
        expires="2027-10-01",
        registrar="Lizi Technology Co., Ltd.",
        statuses=("clientTransferProhibited", "addPeriod"),
    ),
    "verisign": Reply(
        "lizi.com",
        """\
   Server Name: LIZI.COM.SOMEBODY.ELSE.NET
   Registrar: OTHER REGISTRAR, INC.
   Whois Server: whois.other.example

   Domain Name: LIZI.COM
   Registrar: LIZI REGISTRAR, INC.
   Whois Server: whois.lizi.example
   Referral URL: http://www.lizi.example
   Name Server: NS1.LIZI-DNS.NET
   Name Server: NS2.LIZI-DNS.NET
   Status: clientDeleteProhibited
   Status: clientTransferProhibited
   Updated Date: 13-mar-2026
   Creation Date: 20-feb-2000
   Expiration Date: 20-feb-2030

>>> Last update of whois database: Thu, 26 Nov 2026 21:39:08 EST <<<
""",
        created="2000-02-20",
        expires="2030-02-20",
        registrar="LIZI REGISTRAR, INC.",
        statuses=("clientDeleteProhibited", "clientTransferProhibited"),
    ),
    "uk": Reply(
        "lizi.co.uk",
        """\
    Domain name:
        lizi.co.uk

    Data validation:
        Nominet was able to match the registrant's name and address against a 3rd party data source

    Registrar:
        Lizi Ltd t/a Lizi [Tag = LIZI]
        URL: http://www.lizi.example

    Relevant dates:
        Registered on: 11-Jun-2014
        Expiry date:  11-Jun-2027
        Last updated:  10-May-2026

    Registration status:
        Registered until expiry date.

    Name servers:
        ns1.lizi-dns.net
        ns2.lizi-dns.net      192.0.2.1  2001:db8::1

    WHOIS lookup made at 00:01:35 26-Nov-2026

--
This WHOIS information is provided for free by Nominet UK the central registry
which includes restrictions on (C) exceeding query rate or volume limits.
""",
        created="2014-06-11",
        expires="2027-06-11",
        registrar="Lizi Ltd t/a Lizi [Tag = LIZI]",
        statuses=("Registered until expiry date.",),
    ),
    "jp": Reply(
        "lizi.jp",
        """\
[ JPRS database provides information on network administration. Its use is    ]
[ restricted to network administration purposes.                              ]

Domain Information:
[Domain Name]                   LIZI.JP

[Registrant]                    Lizi Inc.

[Name Server]                   ns1.lizi-dns.net
[Name Server]                   ns2.lizi-dns.net
[Signing Key]

[Created on]                    2010/09/22
[Expires on]                    2027/09/30
[Status]                        Active
[Last Updated]                  2026/10/01 01:05:09 (JST)

Contact Information:
[Name]                          Lizi Inc.
[Email]                         x@lizi.example
""",
        created="2010-09-22",
        expires="2027-09-30",
        statuses=("Active",),
    ),
    "co.jp": Reply(
        "lizi.co.jp",
        """\
Domain Information:
a. [Domain Name]                LIZI.CO.JP
g. [Organization]               Lizi Corporation
p. [Name Server]                ns1.lizi-dns.net
p. [Name Server]                ns2.lizi-dns.net
s. [Signing Key]
[State]                         Connected (2027/09/30)
[Registered Date]               2019/09/27
[Connected Date]                2019/10/27
[Last Update]                   2026/10/01 01:00:44 (JST)
""",
        created="2019-09-27",
        statuses=("Connected (2027/09/30)",),
    ),
    "fr": Reply(
        "lizi.fr",
        """\
%% This is the AFNIC Whois server.

domain:                        lizi.fr
status:                        ACTIVE
eppstatus:                     active
hold:                          NO
holder-c:                      LZ1-FRNIC
registrar:                     LIZI REGISTRAR
Expiry Date:                   2027-12-30T17:16:48Z
created:                       2000-07-26T22:00:00Z
last-update:                   2026-12-03T10:12:00.351952Z
source:                        FRNIC

nserver:                       ns1.lizi-dns.net
nserver:                       ns2.lizi-dns.net
source:                        FRNIC

registrar:                     LIZI REGISTRAR
country:                       FR
registered:                    2025-01-07T00:00:00Z
source:                        FRNIC

nic-hdl:                       LZ1-FRNIC
contact:                       Lizi
changed:                       2026-06-11T20:04:33.772976Z
eppstatus:                     associated
""",
        created="2000-07-26",
        expires="2027-12-30",
        registrar="LIZI REGISTRAR",
        statuses=("ACTIVE",),
    ),
    "at": Reply(
        "lizi.at",
        """\
domain:         lizi.at
registrar:      Lizi Registrar ( https://nic.at/registrar/999 )
tech-c:         LZ1-NICAT
nserver:        ns1.lizi-dns.net
remarks:        192.0.2.1
nserver:        ns2.lizi-dns.net
changed:        20260426 17:57:27
source:         AT-DOM

personname:     Lizi
nic-hdl:        LZ1-NICAT
created:        20260401 00:07:31
changed:        20260411 00:07:31
source:         AT-DOM
""",
        registrar="Lizi Registrar ( https://nic.at/registrar/999 )",
    ),
    "it": Reply(
        "lizi.it",
        """\
Domain:             lizi.it
Status:             ok
Signed:             no
Created:            1999-12-10 00:00:00
Last Update:        2026-05-07 00:54:15
Expire Date:        2027-04-21

Registrant
  Organization:     Lizi SRL
  Created:          2026-03-02 19:04:02

Registrar
  Organization:     Lizi Registrar SRL
  Name:             LIZI-REG
  Web:              https://lizi.example

Nameservers
  ns1.lizi-dns.net
  ns2.lizi-dns.net
""",
        created="1999-12-10",
        expires="2027-04-21",
        registrar="Lizi Registrar SRL",
        statuses=("ok",),
    ),
    "ua": Reply(
        "lizi.com.ua",
        """\
domain:           lizi.com.ua
mnt-by:           ua.lizi
nserver:          ns1.lizi-dns.net
nserver:          ns2.lizi-dns.net
status:           clientTransferProhibited
created:          2002-12-04 10:00:00+02
expires:          2027-12-04 10:00:00+02
source:           UAEPP

% Registrar:
% ==========
registrar:        ua.lizi
organization:     Lizi Reg LLC
country:          UA

% Administrative Contacts:
% =======================
person:           n/a
status:           linked
created:          2026-07-28 23:53:31+03
""",
        created="2002-12-04",
        expires="2027-12-04",
        registrar="Lizi Reg LLC",
        statuses=("clientTransferProhibited",),
    ),
    "ru": Reply(
        "lizi.ru",
        """\
domain:        LIZI.RU
nserver:       ns1.lizi-dns.net. 192.0.2.1, 2001:db8::1
nserver:       ns2.lizi-dns.net.
state:         REGISTERED, DELEGATED, VERIFIED
org:           Lizi
registrar:     LIZI-RU
created:       1997-09-23T09:45:07Z
paid-till:     2027-09-30T21:00:00Z
free-date:     2027-11-01
source:        TCI
""",
        created="1997-09-23",
        expires="2027-09-30",
        registrar="LIZI-RU",
        statuses=("REGISTERED", "DELEGATED", "VERIFIED"),
    ),
    "pl": Reply(
        "lizi.pl",
        """\
DOMAIN NAME:           lizi.pl
registrant type:       organization
nameservers:           ns1.lizi-dns.net. [192.0.2.1]
                       ns2.lizi-dns.net. [192.0.2.2]
created:               1999.10.27 13:00:00
last modified:         2026.10.17 07:01:25
renewal date:          2027.10.26 15:00:00

option created:        2024.06.02 23:44:16
option expiration date:       2027.06.02 23:44:16

dnssec:                Unsigned

TECHNICAL CONTACT:
company: Lizi
last modified: 2026.03.27

REGISTRAR:
Lizi Sp. z o.o.
ul. Sliwkowa 1

WHOIS database responses: https://dns.pl/en/whois
""",
        created="1999-10-27",
        expires="2027-10-26",
        registrar="Lizi Sp. z o.o.",
    ),
    "cn registrar": Reply(
        "lizi.cn",
        """\
Domain Name: lizi.cn
Registrar WHOIS Server: whois.lizi.example
Sponsoring Registrar: 示例域名有限公司
Domain Status: ok
Name Server: ns1.lizi-dns.net
Name Server: ns2.lizi-dns.net
Registration Date: 2026-10-01 07:30:00
Expiration Date: 2027-10-01 07:30:00
""",
        created="2026-09-30",
        expires="2027-09-30",
        registrar="示例域名有限公司",
        statuses=("ok",),
    ),
    "chinese labels": Reply(
        "lizi.cn",
        """\
域名：lizi.cn
注册商：示例域名有限公司
注册时间：2026年10月01日
到期时间：2027年10月01日
域名服务器：ns1.lizi-dns.net
域名服务器：ns2.lizi-dns.net
域名状态：正常
""",
        created="2026-10-01",
        expires="2027-10-01",
        registrar="示例域名有限公司",
        statuses=("正常",),
    ),
    "tk": Reply(
        "lizi.tk",
        """\
   Domain name:
      LIZI.TK is Active

   Owner contact:
      Organization: Lizi
      State:        California

   Domain Nameservers:
      NS1.LIZI-DNS.NET
      NS2.LIZI-DNS.NET

   Domain registered: 03/04/2026
   Record will expire on: 10/18/2027
   Record maintained by: Dot TK Domain Registry
""",
        created="2026-03-04",
        expires="2027-10-18",
        statuses=("Active",),
    ),
}
