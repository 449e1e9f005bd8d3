"""What the tests send: a department, and a guide that holds every kind of value."""

from base64 import b64encode
from typing import Any
from zhinan.rules.codes import make_credit_code


CREDIT_CODE = make_credit_code("11620200", 9001)
BASIC_CODE = "621001900001"
GUIDE = f"guides/{BASIC_CODE}"
MATERIAL = f"{GUIDE}/m01"


def pdf(line: str) -> bytes:
    """A PDF of one page with one line of ASCII text."""
    stream = f"BT /F1 12 Tf 72 720 Td ({line}) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    text, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(text)
    text += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    text += "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    text += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
    return (text + f"startxref\n{start}\n%%EOF\n").encode("ascii")


BLANK_PDF = pdf("Application: name ______")
SAMPLE_PDF = pdf("SAMPLE. Application: name Zhang San")
OLD_PDF = pdf("Application (old): name ______")


def upload(data: bytes, filename: str, kind: str = "application/pdf") -> dict[str, str]:
    """A file as REST takes it."""
    return {
        "data": b64encode(data).decode("ascii"),
        "encoding": "base64",
        "filename": filename,
        "content-type": kind,
    }


DEPARTMENT_DATA: dict[str, Any] = {
    "@type": "Department",
    "title": "嘉峪关市示例局",
    "short_name": "市示例局",
    "code": "shili",
    "credit_code": CREDIT_CODE,
    "address": "嘉峪关市示例路1号（示例地址）",
    "phones": [{"label": "咨询", "number": "0937-0000101"}],
    "duties": ["办理示例事项"],
}

GUIDE_DATA: dict[str, Any] = {
    "@type": "MatterGuide",
    "title": "示例设施设置许可",
    "description": "要在公共场所设置示例设施的单位，设置前到这里申请。",
    "department": "shili",
    "matter_type": "10",
    "catalog_code": BASIC_CODE,
    "exercise_level": "3",
    "implementation_code": f"{CREDIT_CODE}3{BASIC_CODE}",
    "themes": ["construction", "safety"],
    "service_targets": ["2", "6"],
    "conditions": ["设施符合安全标准。", "场所的产权人同意设置。"],
    "legal_basis": [{"law": "示例设施管理办法（示例）", "article": "第八条"}],
    "flow": [
        {"step": "受理", "limit": 1, "unit": "workday", "result": "受理通知书"},
        {"step": "审查", "limit": 3, "unit": "workday"},
        {"step": "决定", "result": "许可证"},
    ],
    "statutory_limit": 20,
    "statutory_unit": "workday",
    "promised_limit": 5,
    "promised_unit": "workday",
    "charged": False,
    "visits": 0,
    "consult_phone": "0937-0000101",
    "complaint_phone": "12345",
    "online": True,
    "courier": True,
    "in_hall": True,
    "body_nature": "1",
    "power_source": "1",
    "matter_status": "1",
    "matter_version": 1,
    "handling_type": "2",
    "result_type": "licence",
    "places": [
        {
            "name": "示例大厅",
            "address": "示例路1号",
            "hours": "工作日 9:00—17:00",
            "phone": "0937-0000101",
        }
    ],
    "planned_effective": "2026-09-01",
}

MATERIAL_DATA: dict[str, Any] = {
    "@type": "Material",
    "id": "m01",
    "title": "示例设施设置申请表",
    "necessity": "1",
    "material_kind": "original",
    "original_count": 1,
    "copy_count": 0,
    "medium": "3",
    "source": "20",
}

OLD_VERSION: dict[str, Any] = {
    "@type": "FormVersion",
    "title": "示例设施设置申请表",
    "form_number": "JYG-SL-001",
    "version": "2025.1",
    "in_force_from": "2025-01-01",
    "in_force_until": "2025-12-31",
    "superseded_by": "2026.1",
    "blank_form": upload(OLD_PDF, "申请表（空白表）.pdf"),
}

VERSION: dict[str, Any] = {
    "@type": "FormVersion",
    "title": "示例设施设置申请表",
    "form_number": "JYG-SL-001",
    "version": "2026.1",
    "in_force_from": "2026-01-01",
    "blank_form": upload(BLANK_PDF, "申请表（空白表）.pdf"),
    "filled_sample": upload(SAMPLE_PDF, "申请表（样表）.pdf"),
}

POLICY_DATA: dict[str, Any] = {
    "@type": "PolicyDocument",
    "id": "shili-banfa",
    "title": "示例设施管理办法（示例）",
    "document_number": "嘉政发[2026]第008号",
    "issuing_body": "嘉峪关市人民政府",
    "issued": "2026-08-01",
    "text": "<p>第八条 设置示例设施，应当取得许可。</p>",
}

BASIS = "registers/legal-basis/shili-banfa"

BASIS_DATA: dict[str, Any] = {
    "@type": "LegalBasis",
    "id": "shili-banfa",
    "title": "示例设施管理办法（示例）",
    "document_number": "嘉政发[2026]第008号",
    "kind": "document",
    "effect_status": "repealed",
    "in_force_until": "2026-08-31",
    "replaced_by": ["示例设施管理条例（示例）"],
}

#: Where each thing goes, in the order in which they are made.
CONTENT = (
    ("departments", DEPARTMENT_DATA),
    ("guides", GUIDE_DATA),
    (GUIDE, MATERIAL_DATA),
    (MATERIAL, OLD_VERSION),
    (MATERIAL, VERSION),
    ("policies", POLICY_DATA),
)
