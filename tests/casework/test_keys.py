"""One key for one owner: never a platform, never a whole trusted host."""

import pytest

from crawler.addresses import AddressError
from crawler.casework import case_key
from tests.casework.conftest import WATCHLIST


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.cx-mem.top/a", "domain:cx-mem.top"),
        ("https://M.CX-mem.top:8443/b?x=1", "domain:cx-mem.top"),
        ("http://a.com.cn/", "domain:a.com.cn"),
        ("http://www.fake.github.io/", "host:fake.github.io"),
        ("http://192.0.2.7/cx", "ip:port:192.0.2.7:80"),
        ("https://192.0.2.7/cx", "ip:port:192.0.2.7:443"),
        ("http://192.0.2.7:8080/", "ip:port:192.0.2.7:8080"),
        ("http://[2001:db8::1]/", "ip:port:[2001:db8::1]:80"),
        ("http://posts.test/u/seller/12", "account:posts.test/seller"),
        ("http://m.posts.test/u/%E5%BC%A0", "account:posts.test/张"),
        # Two names in GBK, one that acts on a terminal, one that turns the reading around.
        ("http://posts.test/u/%d5%C5%C8%FD", "account:posts.test/%D5%C5%C8%FD"),
        ("http://posts.test/u/%C0%EE%CB%C4", "account:posts.test/%C0%EE%CB%C4"),
        ("http://posts.test/u/a%1b%5B2J", "account:posts.test/a%1B%5B2J"),
        ("http://posts.test/u/a%E2%80%AEb", "account:posts.test/a%E2%80%AEb"),
        ("http://www.shop.test/seller?a=1&id=77", "account:shop.test/77"),
        ("http://www.shop.test/item?id=77", "path:www.shop.test/item?id=77"),
        ("http://ads.posts.test/u/seller", "path:ads.posts.test/u/seller"),
        ("http://posts.test/", "path:posts.test/"),
        ("http://school.gov.cn/bbs/t1.html", "path:school.gov.cn/bbs/t1.html"),
        ("http://www.mem.gov.cn.evil.top/", "domain:evil.top"),
        ("http://github.io/", "path:github.io/"),
    ],
)
def test_the_key_of_an_address(url: str, key: str) -> None:
    assert str(case_key(url, WATCHLIST)) == key


def test_what_is_no_address_has_no_key() -> None:
    with pytest.raises(AddressError):
        case_key("", WATCHLIST)
