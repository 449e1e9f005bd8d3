"""A form with one of everything."""

from typing import Any
from zhinan.documents.forms import Form

import datetime
import pytest


@pytest.fixture
def mapping() -> dict[str, Any]:
    return {
        "title": "企业投资项目备案申请表",
        "number": "JYG-FGW-901",
        "version": "2026.1",
        "in_force_from": datetime.date(2026, 9, 1),
        "sections": [
            {
                "heading": "一、项目单位",
                "fields": [
                    {
                        "label": "项目单位名称",
                        "value": "嘉峪关示例新材料有限公司",
                        "hint": "与营业执照一致",
                    },
                    {
                        "label": "企业登记类型",
                        "options": ["国有", "民营", "外商投资"],
                        "value": "民营",
                    },
                    {"label": "拟用地面积（平方米）", "value": 26000},
                    {"label": "拟开工日期", "value": datetime.date(2026, 10, 1)},
                    {
                        "label": "申请材料",
                        "options": ["营业执照", "章程"],
                        "value": ["营业执照", "章程"],
                    },
                    {
                        "label": "主要建设内容",
                        "value": "厂房3座 <一期> & 生产线1条；" * 6,
                        "wide": True,
                    },
                ],
            },
            {
                "heading": "二、资金来源",
                "fields": [{"label": "总投资", "value": "1亿元"}],
                "table": {
                    "columns": ["资金类别", "金额（万元）"],
                    "rows": [["自有资金", "6000"], ["银行贷款", "4000"]],
                    "blank_rows": 4,
                },
            },
        ],
        "declaration": "本单位承诺填报的信息真实。\n愿意承担相应责任。",
        "signature": [
            {"label": "申请单位（盖章）", "value": "嘉峪关示例新材料有限公司"},
            {"label": "填表日期", "value": "2026年10月12日"},
        ],
        "notes": ["本表一式一份。", "金额以万元为单位。"],
        "previous": {
            "version": "2024.1",
            "in_force_from": datetime.date(2024, 3, 1),
            "in_force_until": datetime.date(2026, 8, 31),
            "without": ["总投资", "金额（万元）", "企业登记类型"],
        },
    }


@pytest.fixture
def form(mapping: dict[str, Any]) -> Form:
    return Form.from_mapping(mapping, "嘉峪关市发展和改革委员会")
