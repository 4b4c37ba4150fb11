"""What `certhound doctor` says of sources that are off: what each would bring, and how to begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crawler.cli.checked import Check, Level
from crawler.config import Profile
from crawler.language import _
from crawler.telling import titled_source


def look_at_idle_sources(profile: Profile) -> Iterator[Check]:
    """One line for each source that a profile leaves off."""
    wanted = _uses()
    for name, options in profile.sources.items():
        if not options.enabled:
            said = _("未启用。{brings}").format(brings=wanted[name][0])
            yield Check(titled_source(name), Level.OK, said, wanted[name][1])


def _uses() -> Mapping[str, tuple[str, str]]:
    """By source: what it brings, and what to do to switch it on."""
    key = _("在 [sources.{name}] 中设 enabled = true，密钥放进环境变量 {variable}")
    files = _("在 [sources.{name}] 中设 enabled = true，files 列出文件")
    plain = _("在 [sources.{name}] 中设 enabled = true")
    return {
        "bocha": (
            _("能带来中文网页的搜索结果（付费）"),
            key.format(name="bocha", variable="BOCHA_API_KEY"),
        ),
        "ct": (_("能带来刚签发证书的形似域名"), plain.format(name="ct")),
        "generated": (_("能带来已有人注册的推算仿冒域名"), plain.format(name="generated")),
        "listings": (
            _("能带来论坛、分类信息和交易网站上的兜售帖"),
            _("在 [sources.listings] 中设 enabled = true，folder 中为每个站点写一个 TOML 文件"),
        ),
        "live_results": (
            _("能带来百度、搜狗、360、必应结果页上的真实网址（慢，遇验证码当天即停）"),
            _(
                "在 [sources.live_results] 中用 engines 列出引擎，设 enabled = true；"
                '默认遵守 robots.txt，引擎多不许程序读取，本单位有权查询时才设 robots = "ignore"'
            ),
        ),
        "names": (_("能带来名单中的域名"), files.format(name="names")),
        "qianfan": (
            _("能带来百度的搜索结果，不受验证码影响（每日有免费额度）"),
            key.format(name="qianfan", variable="QIANFAN_API_KEY"),
        ),
        "registrations": (
            _("能带来每日新注册域名中形似官方的"),
            files.format(name="registrations"),
        ),
        "saved_posts": (
            _("能带来需登录的平台上由人保存的帖子和商品页"),
            files.format(name="saved_posts"),
        ),
        "saved_results": (_("能带来由人保存的搜索结果页"), files.format(name="saved_results")),
        "searxng": (
            _("能带来多个搜索引擎的结果"),
            _("自建 SearXNG 并开启 json，在 [sources.searxng] 中写明 url，设 enabled = true"),
        ),
        "tips": (_("能带来举报线索"), files.format(name="tips")),
    }
