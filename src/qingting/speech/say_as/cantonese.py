"""Cantonese as it is spoken, in traditional characters."""

from __future__ import annotations

import datetime

from .chinese import Chinese
from .language import Names, largest_two

PERIODS = ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "夜晚"))
"""Until which hour."""

BEFORE = {"HKD": "港幣"}
CURRENCIES = {
    "USD": Names("美金", "", "美仙"),
    "EUR": Names("歐元", "", "歐仙"),
    "GBP": Names("英鎊", "", "便士"),
    "JPY": Names("日圓", ""),
    "KRW": Names("韓圓", ""),
}


class Cantonese(Chinese):
    minus, point, plus = "負", "點", "加"
    two, ten_thousand, hundred_million = "兩", "萬", "億"
    tenths = ("蚊", "毫", "分")
    before = BEFORE
    currencies = CURRENCIES

    def date(self, date: datetime.date) -> str:
        year = "".join(self.digits[int(digit)] for digit in f"{date.year:04}")
        return f"{year}年{self.whole(date.month)}月{self.whole(date.day)}號"

    def weekday(self, day: int) -> str:
        return "星期" + "一二三四五六日"[day]

    def time(self, at: datetime.time) -> str:
        period = next(name for until, name in PERIODS if at.hour < until)
        hour = f"{period}{self.counted(at.hour % 12 or 12)}點"
        if at.minute == 0:
            return hour + "正"
        return hour + ("零" if at.minute < 10 else "") + self.whole(at.minute) + "分"

    def duration(self, seconds: int) -> str:
        return "".join(self.counted(n) + ("日", "個鐘頭", "分鐘", "秒")[unit] for unit, n in largest_two(seconds))


LANGUAGE = Cantonese()
