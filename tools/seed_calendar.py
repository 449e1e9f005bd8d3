"""Make the seed of the calendar: ``src/zhinan/rules/data/calendar/*.toml``.

Run once when a year is added, with packages that the product itself does not need::

    uv run --no-project --with chinesecalendar==1.11.0 --with lunardate==0.3.0 \\
        python tools/seed_calendar.py

The days are those of ``chinesecalendar``; where a notice says otherwise, the notice
holds (``WORKED``, ``OFF``). The tests compare every day with another package,
``holidays``.
Numbers and addresses of the notices are not in any package: they stand below, and one
that was not found in a public text stays empty.
"""

from datetime import date
from datetime import timedelta
from pathlib import Path


FOLDER = Path(__file__).resolve().parents[1] / "src/zhinan/rules/data/calendar"
YEARS = range(2004, 2027)
#: Dates of the lunar festivals are given to this year.
LUNAR_UNTIL = 2035

GOV = "https://www.gov.cn/zhengce/zhengceku/"
WIKISOURCE = "https://zh.wikisource.org/wiki/国务院办公厅关于{}年部分节假日安排的通知"

#: Year: number, date of the notice, where it stands. From 2008 on the numbers were
#: compared in two public lists of the notices, the addresses come from holiday-cn;
#: those of 2006 and 2007 were read in copies of the notices; 2004 and 2005 were not
#: found.
NOTICES = {
    2004: ("", None, ""),
    2005: ("", None, ""),
    2006: ("国办发明电〔2005〕35号", date(2005, 12, 16), WIKISOURCE.format(2006)),
    2007: (
        "国办发明电〔2006〕49号",
        date(2006, 12, 14),
        GOV + "2008-03/28/content_1761.htm",
    ),
    2008: ("国办发明电〔2007〕52号", None, GOV + "2008-03/28/content_1645.htm"),
    2009: ("国办发明电〔2008〕42号", None, GOV + "2008-12/10/content_1572.htm"),
    2010: (
        "国办发明电〔2009〕27号",
        date(2009, 12, 7),
        GOV + "2009-12/08/content_1476.htm",
    ),
    2011: ("国办发明电〔2010〕40号", None, GOV + "2010-12/10/content_1423.htm"),
    2012: ("国办发明电〔2011〕45号", None, GOV + "2011-12/06/content_1411.htm"),
    2013: ("国办发明电〔2012〕33号", None, GOV + "2012-12/10/content_1353.htm"),
    2014: ("国办发明电〔2013〕28号", None, GOV + "2014-01/02/content_1194.htm"),
    2015: ("国办发明电〔2014〕28号", None, GOV + "2014-12/16/content_9302.htm"),
    2016: ("国办发明电〔2015〕18号", None, GOV + "2015-12/10/content_10394.htm"),
    2017: ("国办发明电〔2016〕17号", None, GOV + "2016-12/01/content_5141603.htm"),
    2018: ("国办发明电〔2017〕12号", None, GOV + "2017-11/30/content_5243579.htm"),
    2019: ("国办发明电〔2018〕15号", None, GOV + "2018-12/06/content_5346276.htm"),
    2020: (
        "国办发明电〔2019〕16号",
        date(2019, 11, 21),
        GOV + "2019-11/21/content_5454164.htm",
    ),
    2021: ("国办发明电〔2020〕27号", None, GOV + "2020-11/25/content_5564127.htm"),
    2022: (
        "国办发明电〔2021〕11号",
        date(2021, 10, 25),
        GOV + "2021-10/25/content_5644835.htm",
    ),
    2023: ("国办发明电〔2022〕16号", None, GOV + "2022-12/08/content_5730844.htm"),
    2024: (
        "国办发明电〔2023〕7号",
        date(2023, 10, 25),
        GOV + "202310/content_6911528.htm",
    ),
    2025: (
        "国办发明电〔2024〕12号",
        date(2024, 11, 12),
        GOV + "202411/content_6986383.htm",
    ),
    2026: (
        "国办发明电〔2025〕7号",
        date(2025, 11, 4),
        GOV + "202511/content_7047091.htm",
    ),
}
#: Year: title, number, date and address of a second notice, and the days that it gave.
CHANGES = {
    2015: (
        "国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日调休放假的通知",
        "国发明电〔2015〕1号",
        None,
        GOV + "2015-05/13/content_9742.htm",
        (date(2015, 9, 3), date(2015, 9, 6)),
    ),
    2019: (
        "国务院办公厅关于调整2019年劳动节假期安排的通知",
        "国办发明电〔2019〕3号",
        None,
        GOV + "2019-03/22/content_5375877.htm",
        (date(2019, 4, 28), date(2019, 5, 5)),
    ),
    2020: (
        "国务院办公厅关于延长2020年春节假期的通知",
        "国办发明电〔2020〕1号",
        date(2020, 1, 26),
        GOV + "2020-01/27/content_5472352.htm",
        (date(2020, 1, 31), date(2020, 2, 2)),
    ),
}
#: What chinesecalendar 1.11.0 lacks, with the notice's own words: working days, and
#: the festival itself, which was a Saturday.
WORKED = {date(2005, 12, 31): ("new_year", "12月31日（星期六）上班")}
OFF = {date(2012, 6, 23): ("dragon_boat", "6月22日至24日放假公休，共3天")}
NOTES = {
    2020: "1月31日至2月2日为延长的春节假期；原定2月1日（星期六）上班，因延长而不上班。"
}
FESTIVALS = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring_festival",
    "Tomb-sweeping Day": "qingming",
    "Labour Day": "labour_day",
    "Dragon Boat Festival": "dragon_boat",
    "Mid-autumn Festival": "mid_autumn",
    "National Day": "national_day",
    "Anti-Fascist 70th Day": "victory_day",
}


def notice_year(day: date, festival: str) -> int:
    """The year whose notice gave a day: New Year's may begin in December."""
    return day.year + (day.month == 12 and festival == "new_year")


def notice_of(year: int, day: date) -> int:
    """Which of the year's notices gave a day, counted from 1."""
    change = CHANGES.get(year)
    return 2 if change and change[4][0] <= day <= change[4][1] else 1


def spans(days: dict[date, str], year: int) -> list[tuple[date, date, str, int]]:
    """Days in a row of one festival and one notice: first, last, festival, notice."""
    found: list[tuple[date, date, str, int]] = []
    for day in sorted(days):
        festival, notice = days[day], notice_of(year, day)
        if found:
            first, last, *same = found[-1]
            if same == [festival, notice] and day - last == timedelta(days=1):
                found[-1] = (first, day, festival, notice)
                continue
        found.append((day, day, festival, notice))
    return found


def notice_rows(year: int) -> list[str]:
    """The notices of a year as TOML."""
    number, issued, source = NOTICES[year]
    every = [(f"国务院办公厅关于{year}年部分节假日安排的通知", number, issued, source)]
    if year in CHANGES:
        every.append(CHANGES[year][:4])
    rows = []
    for title, number, issued, source in every:
        rows += ["", "[[notices]]", f'title = "{title}"', f'number = "{number}"']
        rows += [f"issued = {issued}"] if issued else []
        rows += [f'source = "{source}"']
    return rows


def year_text(year: int, off: dict[date, str], work: dict[date, str]) -> str:
    """The table of a year."""
    rows = [
        f"# Days off and make-up working days by the notice for {year}.",
        "# Days: chinesecalendar 1.11.0, made by tools/seed_calendar.py.",
        f"year = {year}",
        'status = "official"',
    ]
    for day, (festival, words) in sorted({**WORKED, **OFF}.items()):
        if notice_year(day, festival) == year:
            rows.insert(2, f"# {day} is missing there; the notice: {words}.")
    if year in NOTES:
        rows.append(f'note = "{NOTES[year]}"')
    rows += notice_rows(year)
    for first, last, festival, notice in spans(off, year):
        rows += ["", "[[off]]", f'festival = "{festival}"', f"from = {first}"]
        rows += [f"to = {last}", f"notice = {notice}"]
    for day in sorted(work):
        rows += ["", "[[work]]", f'festival = "{work[day]}"', f"date = {day}"]
        rows += [f"notice = {notice_of(year, day)}"]
    return "\n".join(rows) + "\n"


def lunar_text() -> str:
    """The dates of the festivals that follow the moon or the sun."""
    from chinese_calendar.solar_terms import SOLAR_TERMS_C_NUMS
    from chinese_calendar.solar_terms import SOLAR_TERMS_DELTA
    from chinese_calendar.solar_terms import SolarTerms
    from lunardate import LunarDate

    def qingming(year: int) -> date:
        # As chinese_calendar.utils.get_solar_terms counts.
        number, century = year % 100, 0 if year < 2000 else 1
        constant = SOLAR_TERMS_C_NUMS[SolarTerms.pure_brightness][century]
        day = int(number * 0.2422 + constant) - number // 4
        delta = SOLAR_TERMS_DELTA.get((year, SolarTerms.pure_brightness), 0)
        return date(year, 4, day + delta)

    rows = [
        "# Dates of the statutory festivals that follow the lunar calendar or the sun.",
        "# Spring Festival, Dragon Boat and Mid-Autumn: lunardate 0.3.0 (a table);",
        "# Qingming: the formula of chinesecalendar 1.11.0. Compared in the tests with",
        "# holidays, which has a table of its own. Made by tools/seed_calendar.py.",
    ]
    for year in range(YEARS[0], LUNAR_UNTIL + 1):
        rows += [
            "",
            "[[years]]",
            f"year = {year}",
            f"spring_festival = {LunarDate(year, 1, 1).to_solar_date()}",
            f"qingming = {qingming(year)}",
            f"dragon_boat = {LunarDate(year, 5, 5).to_solar_date()}",
            f"mid_autumn = {LunarDate(year, 8, 15).to_solar_date()}",
        ]
    return "\n".join(rows) + "\n"


def main() -> None:
    """Write all files."""
    from chinese_calendar import constants

    off: dict[int, dict[date, str]] = {year: {} for year in YEARS}
    work: dict[int, dict[date, str]] = {year: {} for year in YEARS}
    for source, target in ((constants.holidays, off), (constants.workdays, work)):
        for day, name in source.items():
            festival = FESTIVALS[name]
            target[notice_year(day, festival)][day] = festival
    for corrections, target in ((WORKED, work), (OFF, off)):
        for day, (festival, _words) in corrections.items():
            target[notice_year(day, festival)][day] = festival
    FOLDER.mkdir(exist_ok=True)
    for year in YEARS:
        text = year_text(year, off[year], work[year])
        (FOLDER / f"{year}.toml").write_text(text, "utf-8")
    (FOLDER / "lunar.toml").write_text(lunar_text(), "utf-8")


if __name__ == "__main__":
    main()
