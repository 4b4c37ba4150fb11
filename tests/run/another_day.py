"""`python another_day.py DAYS run …` is `certhound run …` as it would go so many days from now.

Only this file moves the clock, and nothing but tests starts it: the program itself knows no way to
be told another time.
"""

import sys
from datetime import datetime, timedelta

from crawler import clock

_real = clock.now


def _moved(days: int) -> None:
    def now() -> datetime:
        return _real() + timedelta(days=days)

    # Before anything else is imported: the others take the function by its name.
    clock.now = now


if __name__ == "__main__":
    _moved(int(sys.argv[1]))

    from crawler.cli import main

    main(sys.argv[2:])
