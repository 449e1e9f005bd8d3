"""The bootstrap's own decisions: which Python, which pins, what may be removed."""

from bootstrap import __main__ as commands
from bootstrap import checks
from bootstrap import debian
from bootstrap import environment
from bootstrap import firstrun
from bootstrap import pins
from bootstrap import processes
from bootstrap import pythons
from bootstrap import say
from bootstrap import serving
from bootstrap.checkout import Checkout
from bootstrap.say import Refusal
from fcntl import flock
from fcntl import LOCK_EX
from pathlib import Path

import base64
import hashlib
import json
import pytest
import socket
import stat
import subprocess
import sys


ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def house(tmp_path):
    """A checkout with the least that the bootstrap reads."""
    (tmp_path / "requirements.txt").write_text("pip\n")
    (tmp_path / "requirements-corpus.txt").write_text("corpus\n")
    (tmp_path / "constraints.txt").write_text("pip==1.0\n")
    (tmp_path / "setup.py").write_text('setup(\n    version="2.0",\n)\n')
    (tmp_path / "buildout.cfg").write_text("[buildout]\n")
    (tmp_path / ".cache").mkdir()
    return Checkout(tmp_path)


def fake_python(path, version, has_pip=True, has_ensurepip=True):
    """Writes a program that answers the probe as an interpreter would."""
    path.parent.mkdir(parents=True, exist_ok=True)
    answer = json.dumps([list(version), has_pip, has_ensurepip])
    path.write_text(f"#!/bin/sh\necho '{answer}'\n")
    path.chmod(0o755)
    return str(path)


def broken_shim(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\necho 'version not installed' >&2\nexit 127\n")
    path.chmod(0o755)


@pytest.fixture
def only(monkeypatch, tmp_path):
    """An environment whose only places for a Python are below tmp_path."""
    real = pythons.glob.glob

    def inside(pattern):
        return real(pattern) if pattern.startswith(str(tmp_path)) else []

    monkeypatch.setattr(pythons.glob, "glob", inside)
    return {"HOME": str(tmp_path), "PATH": str(tmp_path / "bin")}


class TestPython:
    def test_prefers_312_to_311(self, only, tmp_path):
        fake_python(tmp_path / "bin/python3.11", (3, 11, 2))
        best = fake_python(tmp_path / "bin/python3.12", (3, 12, 1))
        assert pythons.find(only).path == best

    def test_takes_311(self, only, tmp_path):
        fake_python(tmp_path / "bin/python3.11", (3, 11, 2))
        assert pythons.find(only).version == (3, 11, 2)

    def test_looks_past_a_shim_that_cannot_run(self, only, tmp_path):
        broken_shim(tmp_path / "bin/python3.12")
        place = tmp_path / ".pyenv/versions/3.12.1/bin/python3.12"
        fake_python(place, (3, 12, 1))
        assert pythons.find(only).path == str(place)

    def test_takes_the_newest_patch_release(self, only, tmp_path):
        for patch in (1, 9, 10):
            place = tmp_path / f".pyenv/versions/3.12.{patch}/bin/python3.12"
            fake_python(place, (3, 12, patch))
        assert pythons.find(only).version == (3, 12, 10)

    def test_takes_a_python3_of_the_right_version(self, only, tmp_path):
        fake_python(tmp_path / "bin/python3", (3, 11, 2))
        assert pythons.find(only).version == (3, 11, 2)

    def test_prefers_one_that_can_install(self, only, tmp_path):
        fake_python(tmp_path / "bin/python3.12", (3, 12, 1), False, False)
        fake_python(tmp_path / "bin/python3.11", (3, 11, 7), False, True)
        assert pythons.find(only).version == (3, 11, 7)

    @pytest.mark.parametrize("version", [(3, 13, 0), (3, 13, 2), (3, 10, 4)])
    def test_refuses_any_other_in_one_line(self, only, tmp_path, version):
        fake_python(tmp_path / "bin/python3", version)
        with pytest.raises(Refusal) as refused:
            pythons.find(only)
        message = str(refused.value)
        assert ".".join(map(str, version)) in message
        assert "\n" not in message

    def test_refuses_where_there_is_none(self, only):
        with pytest.raises(Refusal, match="none"):
            pythons.find(only)

    def test_a_chosen_one_is_the_only_candidate(self, only, tmp_path):
        fake_python(tmp_path / "bin/python3.12", (3, 12, 1))
        wrong = fake_python(tmp_path / "other/python3.13", (3, 13, 0))
        with pytest.raises(Refusal, match=r"3\.13\.0"):
            pythons.find({**only, "PYTHON": wrong})

    def test_a_real_interpreter_answers(self):
        assert pythons.probe(sys.executable).version == sys.version_info[:3]


class TestPins:
    def test_reads_names_in_one_spelling(self):
        text = "# why\nPlone==6.2.2\nplone.app_x==1.0  # note\n\n"
        assert pins.read(text) == {"plone": "6.2.2", "plone-app-x": "1.0"}

    @pytest.mark.parametrize("line", ["Plone", "Plone>=6", "Plone=="])
    def test_refuses_what_is_no_pin(self, line):
        with pytest.raises(ValueError, match="Plone"):
            pins.read(line)

    def test_makes_the_versions_of_buildout(self):
        made = pins.versions_cfg({"b": "2", "a": "1"}, "1.0a1")
        assert made == "[versions]\na = 1\nb = 2\nzhinan = 1.0a1\n"

    def test_one_name_has_one_version(self):
        same = pins.merge({"3.11.2": {"a": "1"}, "3.12": {"a": "1", "b": "2"}})
        assert same == {"a": "1", "b": "2"}
        with pytest.raises(Refusal, match="a"):
            pins.merge({"3.11.2": {"a": "1"}, "3.12": {"a": "2"}})

    def test_an_unchanged_versions_file_is_left_alone(self, house):
        pins.write_versions_cfg(house.root)
        target = house.root / "versions.cfg"
        assert "zhinan = 2.0" in target.read_text()
        before = target.stat().st_mtime_ns
        pins.write_versions_cfg(house.root)
        assert target.stat().st_mtime_ns == before

    def test_every_requirement_of_this_project_is_pinned(self):
        pinned = pins.read((ROOT / "constraints.txt").read_text("utf-8"))
        for name in ("requirements.txt", "requirements-corpus.txt"):
            lines = (ROOT / name).read_text("utf-8").splitlines()
            wanted = {pins.canonical(x) for x in lines if x and x[0] != "#"}
            assert wanted <= set(pinned)

    def test_a_version_stands_in_one_file_only(self):
        pinned = pins.read((ROOT / "constraints.txt").read_text("utf-8"))
        for name in ("buildout.cfg", "requirements.txt", "requirements-corpus.txt"):
            text = (ROOT / name).read_text("utf-8")
            assert not [p for p, v in pinned.items() if f"{p}=={v}" in text.lower()]


class TestEnvironment:
    def built(self, house):
        house.python.parent.mkdir(parents=True)
        house.python.write_text("")
        (house.venv / "pyvenv.cfg").write_text("")
        state = {"root": str(house.root), "base": "x"}
        environment.write_state(house, state)
        return state

    def test_a_finished_one_is_known(self, house):
        state = self.built(house)
        assert environment.read_state(house) == state

    def test_one_without_its_last_file_is_none(self, house):
        self.built(house)
        (house.venv / "zhinan.json").unlink()
        assert environment.read_state(house) == {}

    def test_one_that_was_moved_is_none(self, house, tmp_path):
        self.built(house)
        moved = tmp_path / "elsewhere"
        moved.mkdir()
        house.venv.rename(moved / ".venv")
        assert environment.read_state(Checkout(moved)) == {}

    def test_one_whose_python_has_gone_is_none(self, house):
        self.built(house)
        house.python.unlink()
        assert environment.read_state(house) == {}

    def test_a_half_made_one_is_removed(self, house):
        house.venv.mkdir()
        (house.venv / "pyvenv.cfg").write_text("")
        environment.remove(house)
        assert not house.venv.exists()

    def test_what_is_no_environment_is_not(self, house):
        house.venv.mkdir()
        (house.venv / "thesis.txt").write_text("years of work")
        with pytest.raises(Refusal, match=r"\.venv"):
            environment.remove(house)
        assert (house.venv / "thesis.txt").exists()

    def test_a_failure_leaves_nothing(self, house, monkeypatch):
        def fail(what, command, **_):
            house.venv.mkdir()
            raise Refusal("failed", what=what, line="no network")

        monkeypatch.setattr(processes, "run", fail)
        me = pythons.Python(sys.executable, (3, 12, 1), True, True)
        monkeypatch.setattr(pythons, "find", lambda env: me)
        with pytest.raises(Refusal, match="no network"):
            environment.ensure(house, tests=False)
        assert not house.venv.exists()

    def test_too_little_space_is_said_before_anything_is_made(self, house, monkeypatch):
        usage = type("Usage", (), {"free": 12_000_000})
        monkeypatch.setattr("bootstrap.checkout.shutil.disk_usage", lambda _: usage)
        with pytest.raises(Refusal, match="12 MB"):
            environment.ensure(house, tests=False)
        assert not house.venv.exists()

    def test_what_it_is_made_from_decides(self, house):
        before = environment.fingerprint(house.root, *environment.BASE)
        (house.root / "constraints.txt").write_text("pip==1.1\n")
        assert environment.fingerprint(house.root, *environment.BASE) != before

    def test_the_index_of_pip_is_handed_on(self):
        listing = ":env:.disable='1'\nglobal.index-url='https://mirror/simple'\n"
        assert environment.index_of(listing) == "https://mirror/simple"
        extra = "global.extra-index-url='https://other/simple'\n"
        assert environment.index_of(extra) == ""


class TestFirstRun:
    def test_is_needed_where_there_is_nothing(self, house):
        assert firstrun.needed(house)

    def test_is_needed_after_buildout_made_its_folders(self, house):
        for name in ("filestorage", "blobstorage", "instance/import", "log"):
            (house.var / name).mkdir(parents=True)
        (house.var / "log" / "instance.log").write_text("started\n")
        assert firstrun.needed(house)

    def test_is_not_needed_where_there_is_a_database(self, house):
        house.data.parent.mkdir(parents=True)
        house.data.write_text("FS30")
        assert not firstrun.needed(house)

    def test_files_without_a_database_are_never_removed(self, house):
        blob = house.var / "blobstorage" / "0x01" / "a.blob"
        blob.parent.mkdir(parents=True)
        blob.write_text("a form")
        with pytest.raises(Refusal, match=r"Data\.fs"):
            firstrun.needed(house)
        assert blob.exists()

    def ready(self, house):
        script = house.root / firstrun.CREATE
        script.parent.mkdir(parents=True)
        script.write_text("")
        house.etc.mkdir(parents=True)
        conf = f"path {house.var}/filestorage/Data.fs\nblob-dir {house.var}/blobs\n"
        (house.etc / "zope.conf").write_text(conf)

    def test_builds_aside_and_moves(self, house, monkeypatch):
        self.ready(house)
        seen = {}

        def make(what, command, extra, **_):
            seen.update(extra, conf=Path(command[2]).read_text())
            seen["inituser"] = (house.etc.parent / "inituser").read_text()
            assert not house.var.exists()
            (house.var_new / "filestorage" / "Data.fs").write_text("FS30")

        monkeypatch.setattr(processes, "run", make)
        password = firstrun.create(house, {})
        assert house.data.exists()
        assert not house.var_new.exists()
        assert not (house.etc.parent / "inituser").exists()
        assert f"{house.var}/" not in seen["conf"]
        assert seen["ZHINAN_DEMO"] == "1"
        assert password not in seen["inituser"]
        kept = house.var / "admin-password.txt"
        assert kept.read_text().strip() == password
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    def test_a_broken_one_leaves_nothing(self, house, monkeypatch):
        self.ready(house)

        def fail(*_, **__):
            raise KeyboardInterrupt

        monkeypatch.setattr(processes, "run", fail)
        with pytest.raises(KeyboardInterrupt):
            firstrun.create(house, {"DEMO": "0"})
        assert not house.var.exists()
        assert not house.var_new.exists()
        assert not (house.etc.parent / "inituser").exists()

    def test_what_a_killed_one_left_is_cleared(self, house, monkeypatch):
        self.ready(house)
        (house.var_new / "filestorage").mkdir(parents=True)
        (house.var_new / "filestorage" / "Data.fs").write_text("half")

        def make(*_, **__):
            data = house.var_new / "filestorage" / "Data.fs"
            assert not data.exists()
            data.write_text("FS30")

        monkeypatch.setattr(processes, "run", make)
        firstrun.create(house, {"ZHINAN_ADMIN_PASSWORD": "given"})
        assert house.data.read_text() == "FS30"
        assert (house.var / "admin-password.txt").read_text() == "given\n"

    @pytest.mark.parametrize("value", ["yes", "2", "O"])
    def test_demo_is_one_or_zero(self, value):
        with pytest.raises(Refusal):
            firstrun.demo({"DEMO": value})

    def test_demo_is_the_default(self):
        assert firstrun.demo({}) == "1"
        assert firstrun.demo({"DEMO": ""}) == "1"
        assert firstrun.demo({"DEMO": "0"}) == "0"

    def test_the_password_is_salted_as_zope_reads_it(self):
        one, two = firstrun.hashed("密码"), firstrun.hashed("密码")
        assert one != two
        raw = base64.b64decode(one[len("{SSHA}") :])
        assert hashlib.sha1("密码".encode() + raw[20:]).digest() == raw[:20]


class TestServing:
    @pytest.mark.parametrize("value", ["", "0", "65536", "8080a", "-1", "８０８０"])
    def test_refuses_what_is_no_port(self, value):
        with pytest.raises(Refusal):
            serving.port_of(value)

    def test_a_busy_port_is_refused_with_another_one(self):
        with socket.socket() as taken:
            taken.bind((serving.HOST, 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(Refusal, match=f"{port} .*PORT="):
                serving.need_port(port)
        serving.need_port(port)

    def test_a_database_in_use_is_refused(self, house):
        lock = Path(f"{house.data}.lock")
        lock.parent.mkdir(parents=True)
        serving.need_data_free(house)
        lock.write_text(" 1\n")
        serving.need_data_free(house)
        with lock.open("r+") as handle:
            flock(handle, LOCK_EX)
            with pytest.raises(Refusal):
                serving.need_data_free(house)

    def test_the_port_stands_in_the_configuration(self, house):
        house.etc.mkdir(parents=True)
        (house.etc / "wsgi.ini").write_text("fast-listen = 127.0.0.1:8080\n")
        made = serving.configuration(house, 8123)
        assert made.read_text() == "fast-listen = 127.0.0.1:8123\n"

    def test_a_server_that_ends_says_why(self, house):
        house.bin.mkdir()
        house.etc.mkdir(parents=True)
        (house.etc / "wsgi.ini").write_text("")
        (house.bin / "runwsgi").write_text("#!/bin/sh\necho no database\nexit 1\n")
        (house.bin / "runwsgi").chmod(0o755)
        with pytest.raises(Refusal, match="no database"):
            serving.serve(house, 8123, lambda address: None)


class TestDebian:
    def test_names_what_is_missing_in_one_line(self, monkeypatch):
        monkeypatch.setattr(debian.shutil, "which", lambda name: "/usr/bin/" + name)
        monkeypatch.setattr(debian, "missing", lambda packages: ["a", "b"])
        monkeypatch.setattr(debian, "privilege", lambda: None)
        with pytest.raises(Refusal, match="apt-get install a b"):
            debian.ensure(ROOT, debian.FOR_TESTS)

    def test_installs_only_what_is_missing(self, monkeypatch):
        ran = []
        monkeypatch.setattr(debian.shutil, "which", lambda name: "/usr/bin/" + name)
        monkeypatch.setattr(debian, "missing", lambda packages: ["a"])
        monkeypatch.setattr(debian, "privilege", lambda: ["sudo", "-n"])
        monkeypatch.setattr(processes, "run", lambda w, c, **_: ran.append(c))
        debian.ensure(ROOT, ("a", "b"))
        assert [command[-1] for command in ran] == ["update", "a"]
        assert all(command[:2] == ["sudo", "-n"] for command in ran)

    def test_elsewhere_asks_for_programs(self, monkeypatch):
        monkeypatch.setattr(debian.shutil, "which", lambda name: None)
        with pytest.raises(Refusal, match="chromium chromedriver pdftotext"):
            debian.ensure(ROOT, debian.FOR_TESTS, debian.PROGRAMS)


class TestSaying:
    def test_every_message_is_chinese_before_english(self):
        for key, message in say.MESSAGES.items():
            assert "\n" not in message, key
            assert any("\u4e00" <= letter <= "\u9fff" for letter in message), key

    def test_every_message_that_is_named_exists(self):
        named = set()
        for path in (ROOT / "tools" / "bootstrap").glob("*.py"):
            words = path.read_text("utf-8").replace("'", '"').split('"')
            named |= {w for w in words if w in say.MESSAGES}
        unused = set(say.MESSAGES) - named - {"no_python_at_all"}
        assert not unused

    def test_a_failing_tool_is_quoted_in_one_line(self):
        uv = "Resolved\nerror: No solution found\n  cause: because\n"
        assert say.last_line(uv) == "error: No solution found"
        assert say.last_line("one\ntwo\n\n") == "two"
        assert say.last_line("") == ""

    def test_a_failed_command_becomes_a_refusal(self, tmp_path):
        command = [sys.executable, "-c", "print('why'); raise SystemExit(3)"]
        with pytest.raises(Refusal, match="why"):
            processes.run("tool", command, cwd=tmp_path)

    def test_children_do_not_inherit_what_misleads_them(self, monkeypatch):
        monkeypatch.setenv("PYTHONPATH", "tools")
        monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")
        env = processes.environment({"MORE": "1"})
        assert "PYTHONPATH" not in env
        assert "VIRTUAL_ENV" not in env
        assert env["MORE"] == "1"


class TestCommands:
    def test_the_makefile_and_the_bootstrap_name_the_same(self):
        makefile = (ROOT / "Makefile").read_text("utf-8")
        for name in commands.COMMANDS:
            assert f"$(BOOTSTRAP) {name}\n" in makefile

    def test_an_unknown_command_is_a_mistake(self, capsys):
        assert commands.main(["nonsense"]) == 2

    def test_cleaning_leaves_the_data(self, house):
        house.data.parent.mkdir(parents=True)
        house.data.write_text("FS30")
        house.bin.mkdir()
        checks.clean(house)
        assert house.data.exists()
        assert not house.bin.exists()

    def test_a_python_that_cannot_run_is_passed_over(self, tmp_path):
        broken_shim(tmp_path / "python3")
        told = subprocess.run(
            ["/bin/sh", "tools/any_python.sh", "-c", "print('ran')"],
            cwd=ROOT,
            env={"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.stdout == "ran\n"
