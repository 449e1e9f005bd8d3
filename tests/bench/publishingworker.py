"""One measurement of ``publishing.py``: run by ``zconsole run`` on a fresh site."""

from AccessControl.SecurityManagement import newSecurityManager
from io import BytesIO
from plone import api
from plone.namedfile.file import NamedBlobFile
from Testing.makerequest import makerequest
from waitress.server import create_server
from zhinan.departments.functions import ensure
from zhinan.guides import workingcopy
from zhinan.guides.requirementsettings import change
from zhinan.guides.requirementsettings import IRequirementSettings
from zhinan.interfaces import IZhinanLayer
from zhinan.publishing.transitions import perform
from zhinan.rules.requirements import requirements
from zhinan.signin.settings import ISignInSettings
from zhinan.testing import add_person
from zope.component.hooks import setSite
from zope.event import notify
from zope.globalrequest import setRequest
from zope.interface import alsoProvides
from zope.lifecycleevent import ObjectModifiedEvent
from ZPublisher.WSGIPublisher import publish_module

import base64
import datetime
import docx
import http.client
import json
import os
import random
import sys
import threading
import time
import transaction


PASSWORD = "Ren-yuan-2026-x"
PEOPLE = {"qicao": "editor", "shenhe": "reviewer", "fabu": "publisher"}
MATERIALS = 15
#: What a scanned attachment weighs, in bytes; every fifth file is one.
HEAVY = (1_000_000, 2_000_000, 3_000_000)
CHANCE = random.Random(2026)


def word(title, number):
    """A form as departments have them: a table of fields, and pages of notes."""
    made = docx.Document()
    made.add_heading(title)
    table = made.add_table(rows=20, cols=4)
    for row in table.rows:
        for cell in row.cells:
            cell.text = f"栏目{CHANCE.randrange(10**6)}"
    for line in range(60):
        made.add_paragraph(f"填表说明第{line}条，{number}，{CHANCE.random()}。" * 3)
    target = BytesIO()
    made.save(target)
    return target.getvalue()


def pdf(size):
    """A scanned page: mostly a picture that no text can be found in."""
    picture = CHANCE.randbytes(size)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
        b"/Resources << /XObject << /P 4 0 R >> >> >>",
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
        b"/BitsPerComponent 8 /Length %d >>\nstream\n%s\nendstream"
        % (len(picture), picture),
    ]
    text, places = b"%PDF-1.4\n", []
    for number, body in enumerate(parts, 1):
        places.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(text)
    text += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    text += b"".join(b"%010d 00000 n \n" % place for place in places)
    return text + (
        b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(parts) + 1, start)
    )


def file(number):
    """One of the files; sizes and kinds change with the number."""
    if number % 5 == 4:
        return NamedBlobFile(pdf(HEAVY[number // 5 % 3]), filename=f"扫描{number}.pdf")
    return NamedBlobFile(word(f"表格{number}", number), filename=f"表格{number}.docx")


def as_person(site, name):
    """Sign in."""
    users = site.acl_users
    newSecurityManager(None, users.getUserById(name).__of__(users))


def act(site, obj, name, step, **values):
    """One step as a person."""
    as_person(site, name)
    found = perform(obj, step, **values)
    transaction.commit()
    return found


def settle(site):
    """A department and its people."""
    api.content.create(
        site["departments"],
        "Department",
        id="csj",
        title="测试局",
        short_name="测试局",
        code="csj",
        credit_code="11620200000000019K",
    )
    ensure("csj", "测试局")
    for name, function in PEOPLE.items():
        add_person(name, PASSWORD, function, department="csj")
    api.portal.set_registry_record("force_change", False, ISignInSettings)
    # The net of this machine is no part of what is measured.
    change({"links": False})
    # Those that open files are asked; what else such a guide lacks is no matter here.
    asked = {"file_opens", "file_extension", "sample_is_blank", "sample_same_text"}
    off = [name for name in requirements() if name not in asked]
    api.portal.set_registry_record("off", off, IRequirementSettings)
    transaction.commit()


def large(site, name):
    """A draft with 15 materials, each with a form and its sample."""
    as_person(site, "qicao")
    rows = [{"step": f"环节{n}", "limit": 1, "unit": "workday"} for n in range(6)]
    guide = api.content.create(
        site["guides"],
        "MatterGuide",
        id=name,
        title=f"大型事项{name}",
        owner_department="csj",
        department="csj",
        description="材料和附件都很多的事项。",
        conditions=[f"条件{n}：符合规定。" for n in range(12)],
        flow=rows,
    )
    number = 0
    for index in range(MATERIALS):
        material = api.content.create(
            guide, "Material", id=f"m{index:02d}", title=f"材料{index}", necessity="1"
        )
        api.content.create(
            material,
            "FormVersion",
            id="v1",
            title=f"材料{index}申请表",
            version="1",
            in_force_from=datetime.date(2026, 1, 1),
            blank_form=file(number),
            filled_sample=file(number + 1),
        )
        number += 2
    transaction.commit()
    return guide


def revise(site, guide):
    """A working copy in which every material and a third of the files changed."""
    as_person(site, "qicao")
    copy = workingcopy.check_out(guide)
    transaction.commit()
    as_person(site, "qicao")
    copy.description = f"修改于{time.time()}。"
    notify(ObjectModifiedEvent(copy))
    for index, material in enumerate(copy.objectValues()):
        material.title = f"{material.title}（改）"
        notify(ObjectModifiedEvent(material))
        if index % 3 == 0:
            version = material["v1"]
            version.blank_form = file(index + MATERIALS)
            version.filled_sample = file(index + 4)
            notify(ObjectModifiedEvent(version))
    transaction.commit()
    return copy


class Office:
    """Asks over HTTP, and knows what the server needed for it."""

    def __init__(self, port, site):
        self.port, self.site = port, site
        self.rounds = {}

    def publish(self, kind, obj, note):
        """From approved to published."""
        path = f"/{self.site.getId()}/guides/{obj.getId()}/@transition/publish"
        token = base64.b64encode(f"fabu:{PASSWORD}".encode()).decode()
        head = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Authorization": f"Basic {token}",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        begin, processor = time.perf_counter(), time.process_time()
        connection.request("POST", path, json.dumps({"note": note}), head)
        answer = connection.getresponse()
        body = answer.read()
        found = {
            "seconds": time.perf_counter() - begin,
            "processor": time.process_time() - processor,
        }
        assert answer.status == 200, (answer.status, body.decode())
        self.rounds.setdefault(kind, []).append(found)
        transaction.begin()


def serve(office):
    """The site on loopback."""
    server = create_server(publish_module, host="127.0.0.1", port=0, threads=1)
    threading.Thread(target=server.run, daemon=True).start()
    office.port = server.effective_port


def main(app):
    """Make, publish, revise, merge; the last line of the output is JSON."""
    app = makerequest(app)
    setRequest(app.REQUEST)
    alsoProvides(app.REQUEST, IZhinanLayer)
    person = app.acl_users.getUserById(os.environ["BENCH_PERSON"])
    newSecurityManager(None, person.__of__(app.acl_users))
    site = app["zhinan"]
    setSite(site)
    settle(site)
    office = Office(0, site)
    serve(office)
    size = 0
    for number in range(int(os.environ["BENCH_ROUNDS"])):
        guide = large(site, f"g{number}")
        act(site, guide, "qicao", "submit")
        act(site, guide, "shenhe", "approve")
        office.publish("publish", guide, "首次发布")
        copy = revise(site, guide)
        act(site, copy, "qicao", "submit")
        act(site, copy, "shenhe", "approve")
        office.publish("merge", copy, "修改全部材料")
        act(site, guide, "fabu", "withdraw", reason="修改")
        act(site, guide, "qicao", "reopen")
        act(site, guide, "qicao", "submit")
        act(site, guide, "shenhe", "approve")
        office.publish("publish again", guide, "重新发布")
        size = sum(
            value.getSize()
            for material in guide.objectValues()
            for value in (material["v1"].blank_form, material["v1"].filled_sample)
        )
    found = {
        "materials": MATERIALS,
        "files": 2 * MATERIALS,
        "bytes": size,
        "rounds": office.rounds,
    }
    print(json.dumps(found))
    sys.stdout.flush()
    os._exit(0)


main(app)  # noqa: F821  (bound by zconsole)
