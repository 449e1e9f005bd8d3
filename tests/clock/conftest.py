"""A year's notice that is not out yet, and people who enter it."""

from zhinan.rules import calendaredit
from zhinan.rules import calendarfile
from zhinan.rules.calendar import Notice

import os
import pathlib
import pytest


OFF = """2027-01-01..2027-01-03 元旦
2027-02-05..2027-02-11 春节
2027-04-03..2027-04-05 清明节
2027-05-01..2027-05-05 劳动节
2027-06-09 端午节
2027-09-15..2027-09-17 中秋节
2027-10-01..2027-10-07 国庆节"""
WORK = "2027-02-14 春节\n2027-09-26 国庆节"
NUMBER = "国办发明电〔2026〕99号"
TITLE = "关于2027年部分节假日安排的通知"


@pytest.fixture
def table():
    """What the notice for 2027 might say."""
    notices = [Notice(TITLE, NUMBER)]
    made, found = calendaredit.typed_table(2027, OFF, WORK, notices)
    assert not found
    return made


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The calendar file of this test alone."""
    path = pathlib.Path(tmp_path) / "calendar.json"
    monkeypatch.setitem(os.environ, calendarfile.VARIABLE, str(path))
    return path
