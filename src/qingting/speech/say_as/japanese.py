"""Japanese. Numbers in kanji; digits one by one in katakana, so that every engine says them alike."""

from __future__ import annotations

import datetime
from decimal import Decimal

from .language import Language, Names, by_rules, largest_two, split

CURRENCIES = {
    "HKD": Names("香港ドル", "", "セント"),
    "USD": Names("ドル", "", "セント"),
    "EUR": Names("ユーロ", "", "セント"),
    "GBP": Names("ポンド", "", "ペンス"),
    "JPY": Names("円", ""),
    "KRW": Names("ウォン", ""),
}
KANJI = str.maketrans("0123456789", "零一二三四五六七八九")


class Japanese(Language):
    minus, point, plus, star, hash = "マイナス", "点", "プラス", "コメ", "シャープ"
    digits = ("ゼロ", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュウ")
    pause = "、"

    def whole(self, n: int) -> str:
        return by_rules("ja", n, "spellout-cardinal") if n else "ゼロ"

    def number(self, value: Decimal) -> str:
        whole, _, part = format(abs(value), "f").partition(".")
        words = ("マイナス" if value < 0 else "") + self.whole(int(whole))
        return words + ("点" + part.translate(KANJI) if part else "")

    def money(self, amount: Decimal, currency: str) -> str:
        sign, amount = ("マイナス" if amount < 0 else ""), abs(amount)
        units, cents = split(amount)
        if currency == "CNY":
            return sign + self.number(Decimal(units) if not cents else amount.normalize()) + "元"
        name = CURRENCIES[currency]
        words = self.whole(units) + name.one if units or not cents else ""
        return sign + words + (self.whole(cents) + name.cent if cents else "")

    def date(self, date: datetime.date) -> str:
        return f"{self.whole(date.year)}年{self.whole(date.month)}月{self.whole(date.day)}日"

    def weekday(self, day: int) -> str:
        return "月火水木金土日"[day] + "曜日"

    def time(self, at: datetime.time) -> str:
        hour = (self.whole(at.hour) if at.hour else "零") + "時"
        return hour + (self.whole(at.minute) + "分" if at.minute else "")

    def duration(self, seconds: int) -> str:
        return "".join(self.whole(n) + ("日", "時間", "分", "秒")[unit] for unit, n in largest_two(seconds))


LANGUAGE = Japanese()
