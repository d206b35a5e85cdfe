# SPDX-License-Identifier: MIT
"""The labs' grader under attack and under accident: what a source may read, what a kernel may
print, what stays behind when a grader is ended, what a mistyped command does."""
import csv
import fcntl
import gzip
import io
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tarfile
import time
import xml.dom.minidom
import zipfile
import zlib

import pytest
from machine import TOP
from test_labs import BEGIN, LAB, boots, grade, lab, sources, tool, zipped

from quirelab import cfunc, files, limit, machine, memory, report, runner, submission, workspace

# Half a minute passes before the grader ends it; a loop that works is over in half a second.
SLEEP = "\tfor (;;)\n\t\tasm volatile(\"wfi\");\n"


# ---- what the project is ----

def test_the_top_level_is_known():
    assert not (TOP / ".git").exists() or all(
        name.split("/")[0] in files.TOP_LEVEL for name in
        subprocess.run(["git", "ls-files"], cwd=TOP, check=True, text=True,
                       stdout=subprocess.PIPE).stdout.splitlines())


@pytest.mark.parametrize("git", [True, False])
def test_what_lies_beside_the_project_is_not_handed_out(tmp_path, git):
    for name in ("mm/a.c", "mm/b b.c", "term/x.zip", "handed-in/bob.zip", "out.csv", "build/o"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    if git:
        subprocess.run(["git", "init", "-q", tmp_path], check=True)
    assert files.project_files(tmp_path) == ["mm/a.c", "mm/b b.c"]


def test_a_release_inside_the_project_holds_nothing_of_itself(tmp_path):
    for name in files.project_files(TOP):
        files.copy(TOP / name, tmp_path / name)
    done = subprocess.run(["tools/labs/release", "--lab", LAB, "--out", "term"], cwd=tmp_path,
                          check=False, text=True, timeout=600, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    names = zipfile.ZipFile(tmp_path / "term/06-cow-gradescope.zip").namelist()
    assert not [name for name in names if name.startswith("quire/term")]


# ---- what a source may read ----

@pytest.mark.parametrize("text", [
    'const char *a = "/*";\n#include "/etc/passwd"\nconst char *b = "*/";',
    '#line 1 "/etc/passwd"', '# 1 "/etc/passwd" 3', 'const char *a = R"(\n)";',
    "char a = '\"'; /* \" */\n#include \"/etc/passwd\"\n/* \" */"])
def test_a_text_that_hides_what_it_reads_is_refused(text):
    source = (TOP / "mm/fault.c").read_text() + text + "\n"
    with pytest.raises(submission.Refused):
        submission.check_source("mm/fault.c", source.encode(), ["do_wp_page"])


@pytest.mark.parametrize("before, after", [
    ("", "#\0include \"/etc/passwd\"\n"), ("\ufeff#include \"/etc/passwd\"\n", ""),
    ("", "#inc\\ \t\nlude \"/etc/passwd\"\n"), ("", "#inc\\\r\nlude \"/etc/passwd\"\n"),
    ("", "#if __has_include(<a/*b>)\n#endif\n#include \"/etc/passwd\"\n/* */\n")],
    ids=["zero", "byte-order", "blanks", "crlf", "header-name"])
def test_a_text_is_read_as_the_compiler_reads_it(before, after):
    source = before + (TOP / "mm/fault.c").read_text() + after
    with pytest.raises(submission.Refused):
        submission.check_source("mm/fault.c", source.encode(), ["do_wp_page"])


@pytest.mark.parametrize("before, after", [
    ("", 'const char *a = "R", *b = "or uR" "x";\n'), ("\ufeff", ""), ("", "/* ß */\n")],
    ids=["R", "byte-order", "umlaut"])
def test_a_text_that_hides_nothing_is_taken(before, after):
    source = before + (TOP / "mm/fault.c").read_text() + after
    for text in (source, source.replace("\n", "\r\n")):
        submission.check_source("mm/fault.c", text.encode(), ["do_wp_page"])


def test_a_function_is_found_in_other_styles():
    """A brace on the line of the parameters, a blank before them."""
    text = (TOP / "mm/fault.c").read_text()
    other = text.replace("struct vm_fault *vmf)\n{", "struct vm_fault *vmf) {")
    other = other.replace("do_wp_page(struct", "do_wp_page (struct")
    assert other.count(" {") > text.count(" {")
    submission.check_source("mm/fault.c", other.encode(), lab().functions["mm/fault.c"])
    for name in lab().functions["mm/fault.c"]:
        assert cfunc.body(other, name) == cfunc.body(text, name)


@pytest.mark.parametrize("before, after", [
    ("a\n", ""), ("\n", ""), ("\nvoid do_wp_page() ", ""), ("do_wp_page(", ""), ("", "/* ")],
    ids=["lines", "empty", "heads", "calls", "comments"])
def test_no_text_is_slow_to_look_at(before, after):
    """These took minutes, and hours at the size that a source may have."""
    source = before * (1 << 16) + "\n" + (TOP / "mm/fault.c").read_text() + after * (1 << 16)
    begin = time.process_time()
    submission.check_source("mm/fault.c", source.encode(), lab().functions["mm/fault.c"])
    assert time.process_time() - begin < 10


def test_errors_tell_nothing_of_files_outside_of_the_tree():
    said = ["/etc/passwd:1:5: error: expected ';' before 'secret'", "make: *** Error 1",
            "../base/mm/fault.c:7: Error: unrecognized opcode `secret'",
            "mm/fault.c:9:1: error: ours"]
    assert workspace.first_errors("\n".join(said)) == said[3]
    assert workspace.first_errors("\n".join(said[:3])) == "make: *** Error 1"
    assert workspace.first_errors("\n".join(said[:1])) == "make failed"
    for asm in ("arch/riscv/head.S:7: Error: unrecognized opcode `moov a0,a1'",
                "/tmp/ccdbK6p2.s:99: Error: symbol `x' is already defined"):
        assert workspace.first_errors("\n".join([asm, "make: a", "make: b", "make: c"])) == asm


def test_a_compiler_that_complains_without_end_is_ended(tmp_path):
    """Of a source that includes itself twice gcc said 1 GB, all of which was kept."""
    (tmp_path / "Makefile").write_text(
        "all: a.o\n"
        "a.o:\n\t@echo half >$@; echo 'a.c:1:1: error: first'; exec yes 'a.c:2:1: error: more'\n"
        "fine:\n\t@echo all is well\n")
    with pytest.raises(workspace.BuildFailed, match="^a.c:1:1: error: first; a.c:2:1: error: more"):
        workspace.make(tmp_path, ["all"])
    assert not (tmp_path / "a.o").exists()
    workspace.make(tmp_path, ["fine"])


# ---- the trusted trees ----

def project(tmp_path, monkeypatch):
    """A project of one file, and its workspace."""
    (tmp_path / "top/mm").mkdir(parents=True)
    (tmp_path / "top/mm/a.c").write_text("old")
    monkeypatch.setattr(workspace, "build", lambda *args, **options: None)
    return workspace.Workspace(tmp_path / "top", tmp_path / "work")


def test_a_project_that_is_older_than_what_was_built_is_built(tmp_path, monkeypatch):
    """An archive was unpacked over it: make would take what was built of the old one."""
    space = project(tmp_path, monkeypatch)
    tree = space.prepare(None).tree()
    built = time.time_ns()
    for text, when in (("new", 1), ("one", 2)):
        (tmp_path / "top/mm/a.c").write_text(text)
        os.utime(tmp_path / "top/mm/a.c", (when, when))
        space.prepare(None)
        tree = space.tree()
        for folder in (space.base, tree.path):
            assert (folder / "mm/a.c").read_text() == text
            assert (folder / "mm/a.c").stat().st_mtime_ns >= built - 10**9
        before = (space.base / "mm/a.c").stat().st_mtime_ns
        assert (space.prepare(None).base / "mm/a.c").stat().st_mtime_ns == before


def test_nobody_builds_in_the_base_while_it_is_copied(tmp_path, monkeypatch):
    space, run, refused = project(tmp_path, monkeypatch).prepare(None), subprocess.run, []

    def copying(command, **options):
        with open(space.folder / "lock", "w", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                refused.append(command[0])
        return run(command, **options)
    monkeypatch.setattr(subprocess, "run", copying)
    space.tree()
    assert refused == ["cp"]


@pytest.mark.parametrize("c, s, bad", [
    ("mm/a.c mm/a.h /usr/lib/gcc-cross/x/include/stddef.h", "a.c mm/a.h /tmp/ccAbc123.s", ""),
    ("mm/a.c /etc/passwd", "", "/etc/passwd"),
    ("mm/a.c ../base/mm/a.c", "", "../base/mm/a.c"),
    ("mm/a.c", "a.c Makefile /tmp/ccAbc123.s", "Makefile"),
    ("mm/a.c", "a.c /tmp/ccAbc123.s /tmp/ccAbc124.s", "/tmp/ccAbc124.s"),
    ("mm/a.c", "a.c /etc/passwd", "/etc/passwd")])
def test_what_was_read_is_seen_after_the_build(tmp_path, c, s, bad):
    folder = tmp_path / "build/debug/mm"
    folder.mkdir(parents=True)
    (folder / "a.d").write_text("build/debug/mm/a.o: %s\n" % c.replace(" ", " \\\n "))
    (folder / "a.as.d").write_text("build/debug/mm/a.o: %s\n" % s)
    tree = workspace.Tree(tmp_path, tmp_path)
    if not bad:
        return tree.check_headers(["mm/a.c"])
    with pytest.raises(workspace.BuildFailed, match="reads %s," % bad):
        tree.check_headers(["mm/a.c"])
    return None


@boots
def test_a_warning_costs_nothing(tmp_path):
    """The student's compiler may not have had it; what is a mistake to all remains one."""
    result = grade(tmp_path, "\tint unused;\n\tlong n = 0;\n\n\tn == n;\n")
    assert result["score"] == 11 and result["message"] == "", result
    result = grade(tmp_path, "\tnot_declared();\n")
    assert result["score"] == 0 and "implicit declaration" in result["message"]


@boots
@pytest.mark.parametrize("text", [
    '.inc" "bin \\"Makefile\\"', '.macro m a\\n.inc\\\\a \\"Makefile\\"\\n.endm\\nm bin',
    '.in" "clude \\"/dev/null\\"'], ids=["joined", "macro", "include"])
def test_the_assembler_reads_no_files(tmp_path, text):
    result = grade(tmp_path, '\tasm(".pushsection .rodata\\n%s\\n.popsection");\n' % text)
    assert result["score"] == 0 and ", which is not a header of the kernel" in result["message"]


# ---- archives ----

def test_broken_archives_are_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", sources())
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle:middle + 64] = bytes(64)
    path.write_bytes(data)
    with pytest.raises(submission.Refused, match="broken zip"):
        submission.read(path, lab())
    path.write_bytes(gzip.compress(b"")[:-1])
    with pytest.raises(submission.Refused, match="neither a zip"):
        submission.read(path, lab())


def test_a_tar_with_a_header_of_gigabytes_is_refused(tmp_path):
    """tarfile reads extended headers whole; a few MiB of gzip hold many GiB of them."""
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 1 << 33
    squeeze = zlib.compressobj(9, wbits=31)
    with open(tmp_path / "a.tar.gz", "wb") as f:
        f.write(squeeze.compress(info.tobuf()))
        for _ in range(100):
            f.write(squeeze.compress(bytes(1 << 20)))
        f.write(squeeze.flush())
    with pytest.raises(submission.Refused, match="larger than"):
        submission.read(tmp_path / "a.tar.gz", lab())


def test_a_tar_with_a_header_that_is_slow_to_search_is_refused(tmp_path):
    """Of 80,000 digits some versions of tarfile make 7 s, of ten times that 100 times as much."""
    size = 80000
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, size
    (tmp_path / "a.tar").write_bytes(info.tobuf() + b"1" * size + bytes(-size % 512) +
                                     tarfile.TarInfo("y").tobuf() + bytes(1024))
    with pytest.raises(submission.Refused, match="headers of 80000 bytes"):
        submission.read(tmp_path / "a.tar", lab())


def test_an_archive_that_wants_more_memory_than_there_is_is_refused(tmp_path, monkeypatch):
    def no_memory(*_args, **_options):
        raise MemoryError
    monkeypatch.setattr(zipfile.ZipExtFile, "read", no_memory)
    with pytest.raises(submission.Refused, match="broken zip"):
        submission.read(zipped(tmp_path / "a.zip", sources()), lab())


def test_every_kind_of_tar_is_read(tmp_path):
    for mode in ("w", "w:gz", "w:bz2", "w:xz"):
        with tarfile.open(tmp_path / "a.tar", mode) as t:
            for name, data in sources().items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                t.addfile(info, io.BytesIO(data))
        assert submission.read(tmp_path / "a.tar", lab()) == sources()


# ---- what a kernel prints ----

def sealed(number, text, key=b"k", nonce="n"):
    seal = machine.hmac.new(key, b"%s %d %s" % (nonce.encode(), number, text), "sha256")
    return b"@%d %s #%s" % (number, text, seal.hexdigest()[:32].encode())


def test_a_sealed_line_is_found_behind_anything():
    for before in (b"", b"[    0.1] printk ", b"@7 x @8 ", b"@9 " * 200000):
        for text in (b"", b"at forked 7", b"@7 @7 #" + bytes(32)):
            assert machine.unsealed(before + sealed(7, text) + b"\r", 7, b"k", "n") == \
                text.decode()
    line = sealed(7, b"ok")
    assert machine.unsealed(line, 8, b"k", "n") is None
    assert machine.unsealed(line.replace(b"ok", b"no"), 7, b"k", "n") is None
    assert machine.unsealed(line[:-1], 7, b"k", "n") is None


def test_a_console_that_looks_like_seals_costs_little():
    """A search from each "@" to the end of a line of 1 MiB took hours."""
    begin = time.process_time()
    flood = b"@1 " * 340000
    for line in (flood, flood + b" #" + b"0" * 32):
        assert machine.unsealed(line, 1, b"k", "n") is None
    assert time.process_time() - begin < 5


def test_a_name_that_is_there_twice_is_nobodys(tmp_path):
    """A static variable with the name of one of ours; a symbol whose name looks like a line."""
    evil = '\\"x\\nffffffff80000000 D real\\"'
    (tmp_path / "a.c").write_text('int real, other; static int hidden;\n'
                                  'void f(void);\nvoid f(void) { hidden++; }\n'
                                  'asm(".globl %s\\n%s:\\n");\n' % (evil, evil))
    (tmp_path / "b.c").write_text("static int hidden;\nvoid g(void);\nvoid g(void) {hidden++;}\n")
    gcc = shutil.which("riscv64-linux-gnu-gcc") or shutil.which("riscv64-unknown-elf-gcc")
    if not gcc:
        pytest.skip("NO CROSS COMPILER")
    subprocess.run([gcc, "-w", "-r", "-nostdlib", "-o", "ab.o", "a.c", "b.c"], cwd=tmp_path,
                   check=True)
    mem = memory.Memory.__new__(memory.Memory)
    mem.sym = memory.symbols(tmp_path / "ab.o")
    mem.symbol("other")
    for name in ("real", "hidden"):
        with pytest.raises(runner.Fail, match="more than one"):
            mem.symbol(name)


@boots
def test_the_limit_is_there_when_a_tree_was_made_anew(tmp_path):
    """selfgrade makes its tree anew for each lab."""
    (tmp_path / "tools/labs/host").mkdir(parents=True)
    files.copy(TOP / "tools/labs/host/insn_limit.c", tmp_path / "tools/labs/host/insn_limit.c")
    first = limit.available(tmp_path)
    if not first:
        pytest.skip("NO PLUGINS: no C compiler for this machine, or a QEMU without them")
    os.unlink(first)
    assert os.path.exists(limit.available(tmp_path))


def test_no_control_characters_in_a_report():
    assert runner.printable("panic: \x1b[2J\r\nok 1 ß") == "panic:  [2J  ok 1 ß"


def test_a_last_line_of_a_megabyte_is_cut():
    assert len(runner.sayable("panic: " + "x" * (1 << 20))) < 2000
    assert runner.sayable("panic: \x1bx") == "panic:  x"


def test_the_message_says_how_machines_ended():
    results = [runner.Result("t%d" % i, 0, 1, got=got, ended=ended) for i, (got, ended) in
               enumerate([("panic: x", True), ("7", False), ("panic: x", True), ("off", True)])]
    assert report.endings(results) == "panic: x (2 tests); off (1 test)"


# ---- the end of a grader ----

def processes(word):
    """{pid: command line} of those that were started with this word in an argument."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if word in line and int(folder.name) != os.getpid():
            found[int(folder.name)] = line
    return found


def wait_until(condition, what):
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("for 300 s not: " + what)


def sleeping(tmp_path, name="s.zip"):
    text = (TOP / "mm/fault.c").read_text().replace(BEGIN, BEGIN + SLEEP)
    return zipped(tmp_path / name, sources(mm__fault=text.encode()))


@boots
@pytest.mark.parametrize("command, number", [
    ("grade", signal.SIGTERM), ("grade", signal.SIGINT), ("grade", signal.SIGHUP),
    ("grade", signal.SIGKILL), ("grade-batch", signal.SIGTERM), ("grade-batch", signal.SIGKILL)],
    ids=lambda x: x if isinstance(x, str) else x.name)
def test_nothing_outlives_a_grader(tmp_path, command, number):
    """It is ended while two machines run: they go, and so do all its folders."""
    temp = tmp_path / "temp"
    temp.mkdir()
    (tmp_path / "in").mkdir()
    sleeping(tmp_path, "in/a.zip")
    args = ["--submission", tmp_path / "in/a.zip", "--test", "share", "--test", "copy"]
    if command == "grade-batch":
        args = [tmp_path / "in", "--csv", tmp_path / "out.csv", "-j", "1"]
    child = subprocess.Popen([TOP / "tools/labs" / command, "--lab", LAB, *args],
                             env=dict(os.environ, TMPDIR=str(temp)), stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        mine = "logfile=%s" % temp
        wait_until(lambda: len(processes(mine)) >= 2 or child.poll() is not None, "two machines")
        assert child.poll() is None, "it ended by itself"
        lines = "".join(processes(mine).values())
        ram = {word.partition("mem-path=")[2].rpartition("/")[0] for word in lines.split("\0")
               if "mem-path=" in word}
        assert ram
        child.send_signal(number)
        child.wait()
        wait_until(lambda: not processes(mine), "the machines end")
        wait_until(lambda: not list(temp.iterdir()), "the temporary folder is empty")
        wait_until(lambda: not any(map(os.path.exists, ram)), "the machines' RAM is given back")
    finally:
        child.kill()
        child.wait()
        for pid in processes("logfile=%s" % temp):
            os.kill(pid, signal.SIGKILL)


@boots
def test_two_graders_do_not_share_a_tree(tmp_path):
    """The second one waits, and says so."""
    folder = pathlib.Path(os.environ.get("QUIRE_LAB_CACHE", TOP / "build/labs/grade"))
    folder.mkdir(parents=True, exist_ok=True)
    z = zipped(tmp_path / "s.zip", sources(mm__mm_dup=(
        (TOP / "mm/mm_dup.c").read_text() + "#error two\n").encode()))
    with open(folder / "treetwo.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        child = subprocess.Popen([TOP / "tools/labs/grade", "--lab", LAB, "--submission", z,
                                  "--worker", "two"], text=True, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert "another grader uses" in child.stderr.readline()
        fcntl.flock(lock, fcntl.LOCK_UN)
        out = child.communicate(timeout=900)[0]
    assert child.returncode == 0 and "error: #error two" in out
    shutil.rmtree(folder / "treetwo")


# ---- what an instructor types ----

@pytest.mark.parametrize("words, said", [
    ("grade", "which lab?"), ("grade --lab nope", "there are: 01-nommu"),
    ("grade --lab 06-cow", "--submission FILE"),
    ("grade --lab 06-cow --submission no.zip", "no submission no.zip"),
    ("grade --lab 06-cow --submission {top} --test no", "has no test no"),
    ("grade --lab 06-cow --submission {top} -j 0", "from 1 on"),
    ("grade --lab 06-cow --submission {top} --json /no/such", "cannot write /no/such"),
    ("grade --lab 06-cow --submission {top} --json --tap", "only one format"),
    ("grade --lab 06-cow --submission {top} --worker ../x", "--worker wants a name"),
    ("grade --bogus", "--help explains"), ("grade-batch", "--help explains"),
    ("grade-batch no --lab 06-cow --csv {tmp}/o.csv", "no folder no"),
    ("grade-batch {tmp} --lab 06-cow --csv {tmp}/o.csv", "no submissions in"),
    ("grade-batch {tmp} --lab 06-cow --csv /no/such", "cannot write /no/such"),
    ("grade-batch {tmp} --lab 06-cow --csv {tmp}/o.csv --resume", "--json-dir"),
    ("release --lab 06-cow", "--out"), ("release --lab 06-cow --out {top}/README.md", "README.md"),
    ("lab", "which lab?"), ("lab --lab 06-cow --dest {top}", "exists already"),
    ("hint", "which lab?"),
    ("handin --lab 06-cow", "not a starter tree"), ("disk tail", "which lab?"),
    ("selfgrade --lab nope", "there are: 01-nommu"), ("selfgrade --reruns 0", "from 1 on"),
    ("selfgrade --lab 06-cow --only mutants/nope", "--only mutants/nope: there is none"),
    ("save-patch --lab 06-cow x -m y", "mutants/NAME or alternatives/NAME")])
def test_a_mistake_is_answered_with_one_line(tmp_path, words, said):
    done = tool(*words.format(top=TOP, tmp=tmp_path).split())
    assert done.returncode == 2 and said in done.stderr, done
    assert done.stderr.startswith("labs: ") and len(done.stderr.splitlines()) == 1
    assert not done.stdout


def test_a_format_that_is_printed_stands_alone(tmp_path):
    z = zipped(tmp_path / "s.zip", {})
    args = ("grade", "--lab", LAB, "--submission", z)
    github = {"GITHUB_OUTPUT": str(tmp_path / "github")}
    assert json.loads(tool(*args, "--json", **github).stdout)["message"].startswith("refused")
    assert json.loads(tool(*args, "--gradescope").stdout)["score"] == 0
    assert xml.dom.minidom.parseString(tool(*args, "--junit").stdout).documentElement
    tap = tool(*args, "--tap").stdout
    assert tap.startswith("TAP version 13\n1..%d\nnot ok 1" % len(lab().tests)), tap
    assert not (tmp_path / "github").exists()
    done = tool(*args, "--classroom", **github)
    assert done.returncode == 0 and "refused" in done.stdout
    assert (tmp_path / "github").read_text().startswith("result=eyJ")


def test_a_terminal_that_has_no_sign_for_a_name(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as t:
        info = tarfile.TarInfo("ß")
        info.type, info.linkname = tarfile.SYMTYPE, "x"
        t.addfile(info)
    done = tool("grade", "--lab", LAB, "--submission", tmp_path / "a.tar",
                PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and r"not a plain file: '\xdf'" in done.stdout, done


def test_a_pipe_that_is_closed_is_no_error():
    done = subprocess.run("set -o pipefail; %s/tools/labs/hint --lab %s | true" % (TOP, LAB),
                          shell=True, executable="/bin/bash", check=False,
                          stderr=subprocess.PIPE)
    assert done.stderr == b"" and done.returncode == 0


# ---- a class ----

def batch(tmp_path, *args):
    done = tool("grade-batch", tmp_path / "in", "--lab", LAB, "--csv", tmp_path / "out.csv", *args)
    rows = {}
    if (tmp_path / "out.csv").exists():
        with (tmp_path / "out.csv").open() as f:
            rows = {r["student"]: r for r in csv.DictReader(f)}
    return done, rows


@boots
def test_a_class_is_graded_in_more_than_one_run(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/cat.rar").write_text("Rar!")
    for name in ("ann", "bob"):
        zipped(tmp_path / ("in/%s.zip" % name), {"mm/fault.c": b""})
    keep = ("--json-dir", tmp_path / "kept")
    done, rows = batch(tmp_path, *keep)
    assert done.returncode == 0 and set(rows) == {"ann", "bob"}, done
    assert "left out, neither an archive nor a folder: cat.rar" in done.stdout
    (tmp_path / "kept/bob.json").write_text("{")                # the power failed
    zipped(tmp_path / "in/cyd.zip", {})
    done, rows = batch(tmp_path, *keep, "--resume")
    assert "1 of 3 are graded already" in done.stdout and "\nann" not in done.stdout, done
    assert set(rows) == {"ann", "bob", "cyd"} and "missing" in rows["bob"]["message"]
    os.utime(tmp_path / "in/ann.zip")                           # handed in once more
    assert "2 of 3 are graded already" in batch(tmp_path, *keep, "--resume")[0].stdout
    (tmp_path / "in/ann").mkdir()
    done, _ = batch(tmp_path)
    assert done.returncode == 2 and "two submissions of one student: ann, ann.zip" in done.stderr


@boots
def test_students_have_any_name(tmp_path):
    """Also the bytes of another encoding, as an archive of files leaves them, and what a
    spreadsheet would take for a formula."""
    names = {b"J\xf6rg.zip": r"J\udcf6rg", b"BOB.ZIP": "BOB", b"=1+1.zip": "'=1+1",
             b'a, "b".zip': 'a, "b"', b"new\nline.tgz": "new\nline"}
    (tmp_path / "in").mkdir()
    for name in names:
        with open(os.fsencode(tmp_path / "in") + b"/" + name, "wb") as f, \
                zipfile.ZipFile(f, "w") as z:
            z.writestr("x", "y")
    done, rows = batch(tmp_path, "--json-dir", tmp_path / "kept")
    assert done.returncode == 0 and set(rows) == set(names.values()), done
    assert all("missing: mm/fault.c" in row["message"] for row in rows.values())


@boots
def test_a_submission_that_is_replaced_is_graded_again(tmp_path):
    """It came while the one before was being graded, or has kept an old time: the result is newer
    than both."""
    (tmp_path / "in").mkdir()
    path = zipped(tmp_path / "in/ann.zip", {"mm/fault.c": b""})
    os.utime(path, (1000, 1000))
    keep = ("--json-dir", tmp_path / "kept")
    assert "missing" in batch(tmp_path, *keep)[1]["ann"]["message"]
    assert "1 of 1 are graded already" in batch(tmp_path, *keep, "--resume")[0].stdout
    path.write_bytes(b"PK\3\4 and nothing")
    for when in (2000, 500):
        os.utime(path, (when, when))
        done, rows = batch(tmp_path, *keep, "--resume")
        assert "0 of 1 are graded already" in done.stdout
        assert "neither a zip" in rows["ann"]["message"]


def test_what_a_machine_did_not_send_is_a_row(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("ann", "bob", "cyd"):
        zipped(tmp_path / ("in/%s.zip" % name), {})
    tool("grade", "--lab", LAB, "--submission", tmp_path / "in/ann.zip", "--json",
         tmp_path / "in/ann.json")
    (tmp_path / "in/cyd.json").write_text('{"score": ')
    done, rows = batch(tmp_path, "--collect")
    assert done.returncode == 1 and "2 WITHOUT A GRADE" in done.stdout, done
    assert rows["ann"]["score"] == "0" and rows["bob"]["score"] == rows["cyd"]["score"] == ""
    assert "missing" in rows["bob"]["message"] and "not that of a grade" in rows["cyd"]["message"]
