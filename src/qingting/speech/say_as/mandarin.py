"""Mandarin, in simplified characters."""

from __future__ import annotations

import datetime

from .chinese import Chinese
from .language import Names, largest_two

BEFORE = {"HKD": "港币"}
CURRENCIES = {
    "USD": Names("美元", "", "美分"),
    "EUR": Names("欧元", "", "欧分"),
    "GBP": Names("英镑", "", "便士"),
    "JPY": Names("日元", ""),
    "KRW": Names("韩元", ""),
}


class Mandarin(Chinese):
    minus, point, plus = "负", "点", "加"
    two, ten_thousand, hundred_million = "两", "万", "亿"
    tenths = ("元", "角", "分")
    before = BEFORE
    currencies = CURRENCIES

    def date(self, date: datetime.date) -> str:
        year = "".join(self.digits[int(digit)] for digit in f"{date.year:04}")
        return f"{year}年{self.whole(date.month)}月{self.whole(date.day)}日"

    def weekday(self, day: int) -> str:
        return "星期" + "一二三四五六日"[day]

    def time(self, at: datetime.time) -> str:
        hour = self.counted(at.hour) + "点"
        if at.minute == 0:
            return hour + "整"
        return hour + ("零" if at.minute < 10 else "") + self.whole(at.minute) + "分"

    def duration(self, seconds: int) -> str:
        return "".join(self.counted(n) + ("天", "小时", "分钟", "秒")[unit] for unit, n in largest_two(seconds))

    def character(self, c: str, phone: bool) -> str:
        return "幺" if phone and c == "1" else super().character(c, phone)


LANGUAGE = Mandarin()
