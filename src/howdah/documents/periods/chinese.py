"""Periods in Chinese: 2024年9月, 去年前三季度, 截至9月底, 近三个月, 上年同期."""

import re

from howdah.documents.periods.days import LONGEST_MONTH, MONTHS_OF_YEAR
from howdah.documents.periods.lexicon import LEXICON
from howdah.documents.periods.readings import (
    MOST_UNITS,
    After,
    Ago,
    Between,
    DaysFrom,
    Ended,
    Leaning,
    LunarNewYear,
    Months,
    Now,
    PartOfMonth,
    Reading,
    Relative,
    Rolling,
    Shape,
    StartOf,
    Weekday,
    YearToDate,
)
from howdah.documents.quantities.han import read_han_number
from howdah.documents.words import skip_spaces

_YEAR = re.compile(
    r"((?:19|20)[0-9]{2})(?:年度?|(?=[qh上下][1-4半]))|([二一][零九][零一二三四五六七八九]{2})年|([0-9]{2})(?:年(?=[0-9]{1,2}月|q[1-4]|[上下]半年|第?[一二三四]季|底|末|全年|双)|(?=q[1-4]))"
    r"|民国([0-9]{2,3})年"
)
_BEFORE_REPUBLIC = 1911
_FISCAL_YEAR = re.compile(r"((?:19|20)[0-9]{2})(?:年?财年|年?财政年度|年?会计年度)")
_NUMBER = re.compile(r"[0-9]{1,3}|[一二两三四五六七八九十]{1,3}|半")
_QUARTER = re.compile(
    r"第([一二三四1-4])个?(?:季度|财季|季)|([一二三四1-4])(?:季度|财季)|q([1-4])|([1-4])q(?![a-z0-9])"
)
_SEASON = re.compile(r"([一二三四1-4])季(?!节)")
_FIRST = re.compile(r"[前头首]([0-9]{1,2}|[一二两三四五六七八九十]{1,2})个?(月|季度|季)(?!份)")
_MONTHS = re.compile(r"([0-9]{1,2})月?(?:[-~–—至到]|到约)([0-9]{1,2})月份?")
_MONTH = re.compile(r"([0-9]{1,2}|[一二三四五六七八九]|十[一二]?)月份?(?!均)")
_DAY = re.compile(
    r"([0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号](?![均活留元内线楼院店机]|期[^间])"
)
_BARE_DAY = re.compile(r"([0-9]{1,2})日(?![均活留元内]|期|的?留存)")
_WEEKDAY = re.compile(
    r"(本周|这周|上周|上上周|下周|周|本星期|上星期|下星期|星期|礼拜)([一二三四五六日天])(?!年|期|边|刊|报)"
)
_WEEKS = {
    "周": None,
    "星期": None,
    "礼拜": None,
    "本周": 0,
    "这周": 0,
    "本星期": 0,
    "上周": -1,
    "上星期": -1,
    "上上周": -2,
    "下周": 1,
    "下星期": 1,
}
_ENDED = re.compile(
    r"止?(?:的|之|,)?([0-9]{1,2}|[一二三四五六七八九十]{1,2})个月|止(?:的|之)?(年度|财年|财政年度|季度|半年)"
)
_START_OF = re.compile(r"的?[前头首]([0-9]{1,2}|[一二两三四五六七八九十]{1,3})个?([天日周])")
_BRACKETED = re.compile(r"([今昨明])\([0-9]{1,2}\)日")
_TO_DATE = re.compile(r"以来|至今|迄今|到现在")
_TAILS = ("以内", "之内", "期间", "时间", "以来", "内", "里", "间", "来", "中")


def read_chinese(lower: str, start: int) -> Reading | None:
    """The period in Chinese that starts at a place of a folded text, None without one.

    Examples
    --------
    >>> found = read_chinese("截至2024年9月底,", 0)
    >>> found.shape, found.year, found.edge, found.end
    (Months(first=9, count=1), 2024, 'until', 10)
    """
    at, is_until, is_since = start, False, False
    until = LEXICON.until_before.at(lower, at)
    since = LEXICON.since_before.at(lower, at)
    now = LEXICON.now.at(lower, at)
    if now is not None and not lower[at].isascii():
        return Reading(start, now[0], Now())
    if until is not None and not lower[at].isascii():
        at, is_until = skip_spaces(lower, until[0]), True
    elif since is not None and not lower[at].isascii():
        at, is_since = skip_spaces(lower, since[0]), True
    reading = _read_core(lower, at)
    if reading is None:
        return None
    reading.start = start
    reading = _read_start_of(lower, _read_joined(lower, reading))
    if isinstance(reading.shape, Now | Rolling | Ago | After):
        return reading
    ended_months = _ENDED.match(lower, reading.end)
    if ended_months is not None and (is_until or ended_months[0].startswith("止")):
        return _ended(start, reading, ended_months)
    if (
        reading.shape in (Months(1, 12), Months(1, 1))
        and reading.year is None
        and reading.year_shift in (0, None)
        and (tail := _TO_DATE.match(lower, reading.end))
    ):
        return Reading(start, tail.end(), YearToDate())
    behind = LEXICON.since_after.at(lower, reading.end)
    if (
        behind is not None
        and lower[reading.end] != "后"
        and (is_since or lower[reading.end] in "以至起" or behind[0] - reading.end > 1)
    ):
        reading.end, is_since = behind[0], True
    elif (ended := LEXICON.until_after.at(lower, reading.end)) is not None and _is_until(
        lower, reading, ended[0]
    ):
        is_before = lower[reading.end : ended[0]] in ("前", "之前", "以前")
        reading.end, is_until = ended[0], True
        if is_before:
            reading.edge = "before"
            return reading
    elif is_since and isinstance(reading.shape, Between):
        is_since = False
    if is_until and (ended_months := _ENDED.match(lower, reading.end)) is not None:
        return _ended(start, reading, ended_months)
    reading.edge = "until" if is_until else "since" if is_since else reading.edge
    return reading


def _read_start_of(lower: str, reading: Reading) -> Reading:
    """Such as "本月头九天", "6月前两周": the first days of a month, else the reading itself."""
    match = _START_OF.match(lower, reading.end)
    is_month = reading.shape == Relative("month", 0) or (
        isinstance(reading.shape, Months) and reading.shape.count == 1
    )
    if match is None or not is_month or not 0 < _number(match[1]) <= LONGEST_MONTH:
        return reading
    unit = "week" if match[2] == "周" else "day"
    return Reading(reading.start, match.end(), StartOf(unit, _number(match[1]), reading))


def _is_until(lower: str, reading: Reading, end: int) -> bool:
    """底 and 末 end a month or year; 前 does unless it begins a word (前三季度)."""
    word = lower[reading.end : end]
    if word == "前":
        return lower[end : end + 1] in (
            ",",
            "。",
            "",
            "完",
            "后",
            "将",
            "达",
            "实",
            "的",
            "上",
            "推",
            "发",
            ")",
            "、",
        )
    return not (
        word in ("底", "末", "止")
        and lower.startswith(("层", "部", "盘", "色", "日", "尾", "损"), end)
    )


def _read_core(lower: str, at: int) -> Reading | None:
    if at >= len(lower):
        return None
    leaning = LEXICON.leaning.at(lower, at)
    if leaning is not None and not lower[at].isascii():
        return Reading(at, leaning[0], Leaning(*leaning[1]))
    reading = _read_relative(lower, at) or _read_rolling(lower, at)
    if reading is not None:
        return reading
    year = _read_year(lower, at)
    if year is None:
        end = LEXICON.ends.at(lower, at)
        if end is not None and not lower[at].isascii():
            return Reading(at, end[0], Months(1, 12), edge="until")
        part = _read_part(lower, at, has_year=False)
        return None if part is None else Reading(at, part[0], part[1])
    place = year.end
    if lower.startswith("的", place):
        place += 1
    place = skip_spaces(lower, place)
    leaning = LEXICON.leaning.at(lower, place)
    if leaning is not None and leaning[1][1] == 0 and lower[place] == "同":
        year.end, year.shape = leaning[0], Leaning(*leaning[1])
        return year
    ended = LEXICON.ends.at(lower, place)
    if ended is not None and not lower[place].isascii():
        year.end, year.edge = ended[0], "until"
        return year
    if lower.startswith("初", year.end):
        year.end, year.shape = year.end + 1, Months(1, 1)
        return year
    part = _read_part(lower, place, has_year=True)
    if part is not None:
        year.end, year.shape = part
    return year


def _read_year(lower: str, at: int) -> Reading | None:
    word = LEXICON.years.at(lower, at)
    if word is not None and not lower[at].isascii():
        return Reading(at, word[0], Months(1, 12), year_shift=word[1])
    fiscal = _FISCAL_YEAR.match(lower, at)
    if fiscal is not None:
        return Reading(at, fiscal.end(), Months(1, 12), year=int(fiscal[1]), is_fiscal=True)
    match = _YEAR.match(lower, at)
    if match is None:
        return None
    if match[1]:
        year = int(match[1])
    elif match[2]:
        year = int("".join(str("零一二三四五六七八九".index(char)) for char in match[2]))
    elif match[3]:
        year = 2000 + int(match[3])
    else:
        year = _BEFORE_REPUBLIC + int(match[4])
    return Reading(at, match.end(), Months(1, 12), year=year)


def _ended(start: int, last: Reading, match: re.Match[str]) -> Reading:
    """Such as "截至9月底止12个月": months that end with a period."""
    months = _number(match[1]) if match[1] else {"季度": 3, "半年": 6}.get(match[2], 12)
    return Reading(
        start, match.end(), Ended(months, last, is_year=match[2] in ("年度", "财年", "财政年度"))
    )


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    value = read_han_number(word)
    return 0 if value is None else int(value)


def _read_part(lower: str, at: int, *, has_year: bool) -> tuple[int, Shape] | None:
    """End and shape of a part of a year, None without one."""
    days = LEXICON.days.at(lower, at)
    if days is not None and (not lower[at].isascii() or lower[at].isdigit()):
        return days[0], DaysFrom(*days[1])
    lunar = LEXICON.lunar_words.at(lower, at)
    if lunar is not None and not lower[at].isascii():
        return lunar[0], LunarNewYear()
    part = LEXICON.parts.at(lower, at)
    if part is not None and (not lower[at].isascii() or has_year):
        return part[0], Months(*part[1])
    match = _QUARTER.match(lower, at) or (_SEASON.match(lower, at) if has_year else None)
    if match is not None:
        quarter = _number(next(group for group in match.groups() if group))
        return match.end(), Months(3 * quarter - 2, 3)
    match = _FIRST.match(lower, at)
    if match is not None:
        count = _number(match[1]) * (1 if match[2] == "月" else 3)
        return (match.end(), Months(1, count)) if 0 < count <= MONTHS_OF_YEAR else None
    match = _MONTHS.match(lower, at)
    if match is not None and 0 < int(match[1]) < int(match[2]) <= MONTHS_OF_YEAR:
        return match.end(), Months(int(match[1]), int(match[2]) - int(match[1]) + 1)
    match = _MONTH.match(lower, at)
    if match is not None and 0 < _number(match[1]) <= MONTHS_OF_YEAR:
        return _read_in_month(lower, match.end(), _number(match[1]))
    match = _BARE_DAY.match(lower, at)
    if match is not None and not has_year and 0 < int(match[1]) <= LONGEST_MONTH:
        return match.end(), DaysFrom(0, int(match[1]))
    return None


def _read_in_month(lower: str, end: int, month: int) -> tuple[int, Shape]:
    match = _DAY.match(lower, end)
    if match is not None and 0 < _number(match[1]) <= LONGEST_MONTH:
        return match.end(), DaysFrom(month, _number(match[1]))
    third = LEXICON.thirds.at(lower, end)
    if third is not None and not (
        third[0] - end == 1
        and lower.startswith(("国", "旬", "步", "始", "心", "期", "等", "小", "型", "文"), third[0])
    ):
        return third[0], PartOfMonth(month, *third[1])
    return end, Months(month, 1)


def _read_relative(lower: str, at: int) -> Reading | None:
    match = _WEEKDAY.match(lower, at)
    if match is not None:
        return Reading(at, match.end(), Weekday(LEXICON.weekdays_han[match[2]], _WEEKS[match[1]]))
    bracketed = _BRACKETED.match(lower, at)
    if bracketed is not None:
        shift = {"今": 0, "昨": -1, "明": 1}[bracketed[1]]
        return Reading(at, bracketed.end(), Relative("day", shift))
    found = LEXICON.relative.at(lower, at)
    if found is None or lower[at].isascii():
        return None
    end, (unit, shift) = found
    if unit == "month":
        day = _DAY.match(lower, end)
        third = LEXICON.thirds.at(lower, end)
        if day is not None or (third is not None and third[0] - end > 1):
            return None
    return Reading(at, end, Relative(unit, shift))


def _read_rolling(lower: str, at: int) -> Reading | None:
    """近三个月, 过去一年, 两年来, and 三年前."""
    rolling = LEXICON.rolling.at(lower, at)
    is_led = rolling is not None and not lower[at].isascii()
    place = rolling[0] if rolling is not None and is_led else at
    number = _NUMBER.match(lower, skip_spaces(lower, place))
    if number is None:
        return None
    unit = LEXICON.units_han.at(lower, number.end())
    if unit is None or lower.startswith("度", unit[0]):
        return None
    count, end, name = _number(number[0]), unit[0], unit[1]
    if number[0] == "半":
        if name != "year":
            return None
        count, name = 6, "month"
    elif name == "year" and lower.startswith("半", end):
        count, end, name = 12 * count + 6, end + 1, "month"
    if count == 0 or count > MOST_UNITS:
        return None
    if is_led and rolling is not None:
        tail = next((word for word in _TAILS if lower.startswith(word, end)), "")
        return Reading(at, end + len(tail), Rolling(name, count, rolling[1]))
    word = lower[number.end() : unit[0]]
    if word in ("月", "日"):
        return None
    if lower.startswith("来", end) and not lower.startswith(("来自", "来到", "来说"), end):
        return Reading(at, end + 1, Rolling(name, count, -1))
    if lower.startswith("后", end) and not lower.startswith("后的", end):
        return Reading(at, end + 1, After(name, count))
    if lower.startswith("前", end) and not lower.startswith(("前后", "前三", "前十"), end):
        return Reading(at, end + (2 if lower.startswith("前的", end) else 1), Ago(name, count))
    return None


def _read_joined(lower: str, reading: Reading) -> Reading:
    """Such as "1月1日至7日", "2023年1月到2024年6月": a second period behind a joint."""
    joint = LEXICON.joints.at(lower, reading.end)
    if joint is None or isinstance(reading.shape, Leaning | Now | Rolling | Ago):
        return reading
    right = _read_core(lower, joint[0])
    if right is None or type(right.shape) is not type(reading.shape) or reading.edge or right.edge:
        return reading
    shape = right.shape
    if isinstance(shape, DaysFrom) and shape.month == 0 and isinstance(reading.shape, DaysFrom):
        right.shape = DaysFrom(reading.shape.month, shape.day)
    left = Reading(reading.start, reading.end, reading.shape, reading.year, reading.year_shift)
    return Reading(reading.start, right.end, Between(left, right), reading.year, reading.year_shift)
