"""Modern Standard Arabic, in pausal forms and with its vowels written: engines that need them have them.

What is counted follows its number: one and two are forms of the noun itself; 3 to 10 take the plural and the other
gender, 11 to 99 the accusative, what ends in two zeros the singular.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple

from .language import Language, largest_two, split

AND = " وَ"
ONES = ["صِفْر", "واحِد", "اِثْنان", "ثَلاثَة", "أَرْبَعَة", "خَمْسَة", "سِتَّة", "سَبْعَة", "ثَمانِيَة", "تِسْعَة", "عَشَرَة"]
"""As numbers by themselves, and before masculine nouns."""
ONES_F = ["صِفْر", "واحِدَة", "اِثْنَتان", "ثَلاث", "أَرْبَع", "خَمْس", "سِتّ", "سَبْع", "ثَمانٍ", "تِسْع", "عَشْر"]
"""Before feminine nouns."""
TEENS = ("أَحَدَ", "اِثْنا", *(f"{word[:-1]}ةَ" for word in ONES[3:10]))
TEENS_F = ("إِحْدى", "اِثْنَتا", "ثَلاثَ", "أَرْبَعَ", "خَمْسَ", "سِتَّ", "سَبْعَ", "ثَمانِيَ", "تِسْعَ")
TENS = ["عِشْرون", "ثَلاثون", "أَرْبَعون", "خَمْسون", "سِتّون", "سَبْعون", "ثَمانون", "تِسْعون"]
HUNDREDS = ["مِئَة", "مِئَتان", "ثَلاثُمِئَة", "أَرْبَعُمِئَة", "خَمْسُمِئَة", "سِتُّمِئَة", "سَبْعُمِئَة", "ثَمانِمِئَة", "تِسْعُمِئَة"]
HOURS = [
    "الواحِدَة",
    "الثانِيَة",
    "الثالِثَة",
    "الرابِعَة",
    "الخامِسَة",
    "السادِسَة",
    "السابِعَة",
    "الثامِنَة",
    "التاسِعَة",
    "العاشِرَة",
    "الحادِيَة عَشْرَة",
    "الثانِيَة عَشْرَة",
]
MONTHS = [
    "يَنايِر",
    "فِبْرايِر",
    "مارِس",
    "أَبْريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أَغُسْطُس",
    "سِبْتَمْبِر",
    "أُكْتوبِر",
    "نوفَمْبِر",
    "ديسَمْبِر",
]
WEEKDAYS = ["الاِثْنَيْن", "الثُّلاثاء", "الأَرْبِعاء", "الخَميس", "الجُمُعَة", "السَّبْت", "الأَحَد"]


class Noun(NamedTuple):
    one: str
    two: str
    few: str
    """3 to 10."""
    many: str
    """11 to 99."""
    feminine: bool = False


THOUSAND = Noun("أَلْف", "أَلْفان", "آلاف", "أَلْفًا")
SCALES = (
    (10**12, Noun("تريلْيون", "تريلْيونان", "تريلْيونات", "تريلْيونًا")),
    (10**9, Noun("مِلْيار", "مِلْياران", "مِلْيارات", "مِلْيارًا")),
    (10**6, Noun("مِلْيون", "مِلْيونان", "مَلايين", "مِلْيونًا")),
    (10**3, THOUSAND),
)
CENT = Noun("سِنْت", "سِنْتان", "سِنْتات", "سِنْتًا")
DOLLAR = Noun("دولار", "دولاران", "دولارات", "دولارًا")
CURRENCIES = {
    "CNY": (Noun("يُوان", "يُوانان", "يُوانات", "يُوانًا"), Noun("فِن", "فِنّان", "فِنّات", "فِنًّا")),
    "HKD": (DOLLAR, CENT),
    "USD": (DOLLAR, CENT),
    "EUR": (Noun("يورو", "يورو", "يورو", "يورو"), CENT),
    "GBP": (Noun("جُنَيْه", "جُنَيْهان", "جُنَيْهات", "جُنَيْهًا"), Noun("بِنْس", "بِنْسان", "بِنْسات", "بِنْسًا")),
    "JPY": (Noun("يِن", "يِنّان", "يِنّات", "يِنًّا"), CENT),
    "KRW": (Noun("وُون", "وُونان", "وُونات", "وُونًا"), CENT),
}
UNITS = (
    Noun("يَوْم", "يَوْمان", "أَيّام", "يَوْمًا"),
    Noun("ساعَة", "ساعَتان", "ساعات", "ساعَة", True),
    Noun("دَقيقَة", "دَقيقَتان", "دَقائِق", "دَقيقَة", True),
    Noun("ثانِيَة", "ثانِيَتان", "ثَوانٍ", "ثانِيَة", True),
)


class Arabic(Language):
    minus, point, plus, star, hash = "ناقِص", "فاصِلَة", "زائِد", "نَجْمَة", "مُرَبَّع"
    digits = ONES[:10]
    pause = "، "

    def whole(self, n: int) -> str:
        return _number(n, feminine=False)

    def money(self, amount: Decimal, currency: str) -> str:
        units, cents = split(abs(amount))
        unit, cent = CURRENCIES[currency]
        words = [_counted(units, unit)] if units or not cents else []
        if cents:
            words.append(_counted(cents, cent))
        if currency == "HKD":
            words[0] += " مِنْ هونْغ كونْغ"
        return ("ناقِص " if amount < 0 else "") + AND.join(words)

    def date(self, date: datetime.date) -> str:
        return f"{self.whole(date.day)} {MONTHS[date.month - 1]} {self.whole(date.year)}"

    def weekday(self, day: int) -> str:
        return WEEKDAYS[day]

    def time(self, at: datetime.time) -> str:
        words = "السّاعَة " + HOURS[(at.hour - 1) % 12]
        if at.minute == 30:
            words += AND + "النِّصْف"
        elif at.minute:
            words += AND + _counted(at.minute, UNITS[2])
        return words + (" صَباحًا" if at.hour < 12 else " مَساءً")

    def duration(self, seconds: int) -> str:
        return AND.join(_counted(n, UNITS[unit]) for unit, n in largest_two(seconds))


def _counted(n: int, noun: Noun) -> str:
    if n == 1:
        return f"{noun.one} {(ONES_F if noun.feminine else ONES)[1]}"
    if n == 2:
        return noun.two
    return f"{_number(n, feminine=noun.feminine)} {_form(n, noun)}"


def _form(n: int, noun: Noun) -> str:
    last = n % 100
    return noun.few if 3 <= last <= 10 else noun.many if last >= 11 else noun.one


def _number(n: int, *, feminine: bool) -> str:
    if n < 100:
        return _below_hundred(n, feminine)
    words = []
    for size, scale in SCALES:
        many, n = divmod(n, size)
        if many == 1:
            words.append(scale.one)
        elif many == 2:
            words.append(scale.two)
        elif many:
            words.append(f"{_number(many, feminine=False)} {_form(many, scale)}")
    if n >= 100:
        words.append(HUNDREDS[n // 100 - 1])
    if n % 100:
        words.append(_below_hundred(n % 100, feminine))
    return AND.join(words)


def _below_hundred(n: int, feminine: bool) -> str:
    ones = ONES_F if feminine else ONES
    if n <= 10:
        return ones[n]
    if n < 20:
        return f"{(TEENS_F if feminine else TEENS)[n - 11]} {'عَشْرَة' if feminine else 'عَشَر'}"
    tens, one = divmod(n, 10)
    if not one:
        return TENS[tens - 2]
    first = "إِحْدى" if feminine and one == 1 else ones[one]
    return first + AND + TENS[tens - 2]


LANGUAGE = Arabic()
