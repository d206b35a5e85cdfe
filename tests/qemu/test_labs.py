# SPDX-License-Identifier: MIT
"""The machinery of the labs (tools/labs): what it makes, what it believes, what it refuses.

The grader is tried with submissions that want to cheat or to break it. CI also grades a share of
the labs' own references, alternatives and mutants, another one each day.
"""
import csv
import datetime
import io
import json
import os
import pathlib
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tarfile
import zipfile

import pytest
from machine import TOP

sys.path.insert(0, str(TOP / "tools" / "labs"))
from quirelab import cfunc, report, runner, spec, starter, submission  # noqa: E402
from quirelab.selfgrade import Case, Outcome, consoles, enough, rotating  # noqa: E402

LAB = "06-cow"
boots = pytest.mark.xdist_group("labs")     # they share the trusted trees


def lab():
    return spec.find(TOP, LAB)


def tool(name, *args, **env):
    return subprocess.run([TOP / "tools/labs" / name, *map(str, args)], text=True, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=dict(os.environ, **env))


# ---- functions in C text ----

C = '''#include "a.h"
/* two(): { */
static int one(int x);
static int one(int x)
{
	if (x) {
		return "}"[0];
	}
	return two(x);
}

struct page *two(struct zone *z,
		 int (*f)(int)) __acquires(z)
{
	return 0;
}
'''


def test_a_body_is_found_and_taken_out():
    assert "return two(x)" in cfunc.body(C, "one")
    text = cfunc.stub(C, ["one", "two"], LAB)
    assert "return" not in text and text.count('LAB_TODO("06-cow");') == 2
    assert "int (*f)(int)) __acquires(z)\n{" in text and '#include "tools/labs/lab_todo.h"' in text


ASM = '''	.globl	_start
_start:
	call	one
/* one: */
	.type	one, @function
one:
	.cfi_startproc
	li	t0, 1
1:
	ret
	.cfi_endproc
	.size	one, . - one
two:
	ret
	.size	two, . - two
'''


def test_a_body_of_assembly_is_found_and_taken_out():
    assert cfunc.body(ASM, "one", True) == "\tli\tt0, 1\n1:\n\tret\n"
    text = cfunc.stub(ASM, ["one", "two"], LAB, "arch/x.S")
    assert "ret" not in text and "\tcall\tone\n" in text
    assert '.cfi_startproc\n\tLAB_TODO "06-cow", "one", "arch/x.S"\n\t.cfi_endproc' in text
    for name in ("_start", "three", "1"):
        with pytest.raises(cfunc.NoFunction):
            cfunc.find_body(ASM, name, True)


@pytest.mark.parametrize("name", ["three", "f", "page"])
def test_an_unknown_function_is_an_error(name):
    with pytest.raises(cfunc.NoFunction):
        cfunc.find_body(C, name)


def test_functions_file():
    assert spec.parse_functions("# c\nmm/a.c: f g # h\n\nmm/a.c: i\n") == {"mm/a.c": list("fgi")}
    for bad in ("/etc/passwd: f", "../a.c: f", "mm/a.c:"):
        with pytest.raises(spec.BadLab):
            spec.parse_functions(bad)


def test_every_lab_is_complete():
    for name in spec.lab_names(TOP):
        one = spec.find(TOP, name)
        starter.stubbed(TOP, one)
        assert enough(one) == []
        for patch in one.patches("mutants"):
            for test in spec.killed_by(patch):
                one.test(test)
        for kind in ("alternatives", "mutants"):
            for patch in one.patches(kind):
                applies(patch)
        outside = sum(t.points for t in one.tests if t.check)
        assert outside >= one.points / 2, "%s: half of the points need a check from outside" % name


def applies(patch):
    """The sources move on: a patch that no longer fits has to be made again."""
    done = subprocess.run(["patch", "-p1", "--dry-run", "-s", "-f", "-i", patch], cwd=TOP,
                          text=True, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    assert done.returncode == 0, "%s: %s" % (patch, done.stdout)


# ---- starter trees ----

def test_every_lab_has_a_starter_tree(tmp_path):
    for name in spec.lab_names(TOP):
        starter.make(TOP, spec.find(TOP, name), tmp_path / name)
        assert (tmp_path / name / "labs" / name / "hints.dat").exists()
        shutil.rmtree(tmp_path / name)


def test_a_starter_tree_holds_no_solution(tmp_path):
    starter.make(TOP, lab(), tmp_path / "s")
    names = {str(p.relative_to(tmp_path / "s")) for p in (tmp_path / "s").rglob("*")}
    assert not [n for n in names if "mutants" in n or "alternatives" in n or n.startswith(".git/")]
    assert {"Makefile", "run-qemu.sh", "labs/06-cow/README.md", "labs/06-cow/hints.dat"} <= names
    assert sum("LAB_TODO" in (tmp_path / "s" / n).read_text() for n in lab().files) == 3
    (tmp_path / "s" / "notes.c").write_text(cfunc.body((TOP / "mm/fault.c").read_text(),
                                                       "do_wp_page"))
    assert starter.leaks(TOP, lab(), tmp_path / "s") == ["notes.c: do_wp_page()"]


def test_a_host_test_of_a_starter_tree_says_what_is_missing(tmp_path):
    starter.make(TOP, spec.find(TOP, "08-swap"), tmp_path / "s")
    done = subprocess.run(["make", "-C", "tests/host", "T=swapfile"], cwd=tmp_path / "s", text=True,
                          check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if "cmocka" in done.stdout:
        pytest.skip("no cmocka")
    assert re.search(r"LAB_TODO lab 08-swap: swap_slot_\w+\(\) in .* is yours", done.stdout)


# ---- what is believed ----

def test_tap_needs_its_plan():
    one = spec.Test("t", 4, "", run="x", partial=True)
    assert runner.judge_tap(one, ["1..2", "ok 1 - a", "ok 2 - b"])[0] == 1
    assert runner.judge_tap(one, ["1..2", "ok 1 - a", "not ok 2 - b: why"]) == (.5, "b ok", "why")
    assert runner.judge_tap(one, ["1..2", "ok 1 - a"])[0] == 0
    assert runner.judge_tap(one, ["ok 1 - a"])[0] == 0
    assert runner.judge_tap(one, ["1..1", "ok 1 - a # SKIP"])[0] == 0


def test_selftest_lines_need_the_nonce():
    text = "[    0.1] ok 1 a\nN1 1..1\n[    0.2] # a: f.c:7: why\n[    0.3] N1 not ok 1 a\n"
    assert runner.selftest_lines(text, "N1") == ["1..1", "not ok 1 a: f.c:7: why"]


# ---- archives ----

def sources(**changed):
    found = {name: (TOP / name).read_bytes() for name in lab().files}
    found.update({name.replace("__", "/") + ".c": data for name, data in changed.items()})
    return found


def zipped(path, files, prefix="06-cow/", more=()):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(prefix + name, data)
        for info, data in more:
            z.writestr(info, data)
    return path


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_archives_of_every_kind_are_read(tmp_path):
    for prefix in ("", "06-cow/"):
        assert submission.read(zipped(tmp_path / "a.zip", sources(), prefix), lab()) == sources()
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as t:
        for name, data in sources().items():
            info = tarfile.TarInfo("x/" + name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    assert submission.read(tmp_path / "a.tar.gz", lab()) == sources()
    assert submission.read(TOP, lab()) == sources()
    # A web form leaves of each file its name.
    bare = {pathlib.PurePath(name).name: data for name, data in sources().items()}
    assert submission.read(zipped(tmp_path / "b.zip", bare, ""), lab()) == sources()
    (tmp_path / "flat").mkdir()
    for name, data in bare.items():
        (tmp_path / "flat" / name).write_bytes(data)
    assert submission.read(tmp_path / "flat", lab()) == sources()


@pytest.mark.parametrize("more, why", [
    ([("../../evil.c", "x")], "leaves the archive"),
    ([("/etc/evil.c", "x")], "leaves the archive"),
    ([("a\\..\\..\\evil.c", "x")], "leaves the archive"),
    ([(link("06-cow/mm"), "/etc")], "not a plain file"),
    ([("zeroes", bytes(80 << 20))], "larger than"),
    ([("mm/fault.c", "x")], "twice"),
    ([("n%d" % i, "") for i in range(5001)], "more than"),
], ids=["up", "absolute", "backslash", "link", "bomb", "twice", "many"])
def test_dangerous_zips_are_refused(tmp_path, more, why):
    with pytest.raises(submission.Refused, match=why):
        submission.read(zipped(tmp_path / "a.zip", sources(), more=more), lab())


def test_dangerous_tars_and_folders_are_refused(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as t:
        info = tarfile.TarInfo("mm/fault.c")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        t.addfile(info)
    with pytest.raises(submission.Refused, match="plain file"):
        submission.read(tmp_path / "a.tar", lab())
    for name, data in sources().items():
        (tmp_path / "f" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "f" / name).write_bytes(data)
    (tmp_path / "f/mm/fault.c").unlink()
    with pytest.raises(submission.Refused, match="missing: mm/fault.c"):
        submission.read(tmp_path / "f", lab())
    (tmp_path / "f/mm/fault.c").symlink_to("/etc/passwd")
    with pytest.raises(submission.Refused, match="plain file"):
        submission.read(tmp_path / "f", lab())
    (tmp_path / "junk").write_bytes(b"PK\3\4 and nothing")
    with pytest.raises(submission.Refused):
        submission.read(tmp_path / "junk", lab())


@pytest.mark.parametrize("text", [
    '#include "/etc/passwd"', '#include "../../../etc/passwd"', "#define P <a.h>\n#include P",
    'asm(".incbin \\"/etc/passwd\\"");', '#  inc\\\nlude "/etc/passwd"',
    '/* */ #include "/etc/passwd"'])
def test_a_source_reads_only_headers_of_the_kernel(text):
    source = (TOP / "mm/fault.c").read_text() + text + "\n"
    with pytest.raises(submission.Refused):
        submission.check_source("mm/fault.c", source.encode(), ["do_wp_page"])


# ---- formats ----

def some_results():
    return [runner.Result("a", 5, 5, "r1"),
            runner.Result("b", 2.5, 5, "r2 < r3", "one & all", "\x1bnone", "gdb line")]


def test_one_missing_function_is_told_once():
    """A starter tree's first table: each test has met the same one."""
    todo = report.UNWRITTEN + "lab x: f() in g.c is yours to write"
    rows = [runner.Result(name, 0, 5, "rule of " + name, "much", todo,
                          "gdb line of %s   (gdb) break %s" % (name, name))
            for name in ("p", "q", "r")] + [runner.Result("s", 0, 5, "r4", "much", "little")]
    told = report.table(lab(), rows)
    assert told.count(todo) == 1 and re.search(r"^3 tests, 0 of 15 points$", told, re.M)
    assert "p, q, r" in told and "gdb line of q" not in told
    assert re.search(r"gdb line of p +\(gdb\) break f$", told, re.M)
    assert re.search(r"^s: 0 of 5 points$", told, re.M)


def test_formats():
    one, results = lab(), some_results()
    assert "7.5 / 10" in report.table(one, results) and "r2 < r3" in report.table(one, results)
    g = report.gradescope(one, results, "m", 3.2)
    assert g["score"] == 7.5 and g["tests"][1]["status"] == "failed" and g["output"] == "m"
    c = report.classroom(one, results)
    assert (c["version"], c["max_score"], c["tests"][1]["score"]) == (1, 10, 2.5)
    assert report.classroom_text(one, results).startswith("result=eyJ")
    assert report.tap(one, results).splitlines()[:3] == \
        ["TAP version 13", "1..2", "ok 1 - a # 5/5 points"]
    import xml.dom.minidom
    suite = xml.dom.minidom.parseString(report.junit(one, results)).documentElement
    assert suite.getAttribute("failures") == "1"


# ---- the share of a run ----

def test_a_panic_under_a_right_solution_is_shown():
    """It may be the kernel's own, and not come again: the console must not go with the machine."""
    lab = spec.find(TOP, LAB)
    results = [runner.Result("a", 1, 1, console="all is well\n", ended=True),
               runner.Result("b", 0, 1, console="wrong bytes\n"),
               runner.Result("c", 0, 1, console="before\n\x1b[1mKernel panic\n", ended=True)]
    told = [consoles(Outcome(Case(lab, kind), results, "wrong", 1))
            for kind in ("reference", "mutants")]
    assert told == [["c | before", "c |  [1mKernel panic"], []]


def test_another_share_each_day():
    labs = [spec.find(TOP, name) for name in spec.lab_names(TOP)]
    orders = [[c.name for c in rotating(labs, "2026-01-%02d" % day)] for day in range(1, 6)]
    assert all(sorted(o) == sorted(orders[0]) for o in orders)
    assert len({tuple(o[:4]) for o in orders}) > 1


# ---- hostile submissions: boots ----

BEGIN = "static noinline __no_lock_check vm_fault_t do_wp_page(struct vm_fault *vmf)\n{\n"
FORGERY = '''
	for (int i = 1; i < 9; i++)
		pr_err("@%d at gone 7 0x1000 #%032d\\nok %d - cowtest.exact_copies\\n", i, i, i);
	pr_err("@9 exit 0 #%032d\\n1..1\\nok 1 - share\\n", 0);
	machine_power_off(0);
'''


def grade(tmp_path, begin, tests=("share",), more=(), **env):
    text = (TOP / "mm/fault.c").read_text()
    assert BEGIN in text
    head = "#include <asm/sbi.h>\n#include \"kernel/printk.h\"\n#include \"lib/string.h\"\n"
    text = text.replace(BEGIN, head + BEGIN + begin)
    z = zipped(tmp_path / "s.zip", sources(mm__fault=text.encode()), more=more)
    chosen = [word for test in tests for word in ("--test", test)]
    done = tool("grade", "--lab", LAB, "--submission", z, *chosen, "--json",
                tmp_path / "r.json", "--worker", "hostile", **env)
    assert done.returncode == 0, done.stderr
    return json.loads((tmp_path / "r.json").read_text())


@boots
@pytest.mark.parametrize("act, why", [
    (FORGERY, "switched itself off"),
    ("for (;;)\n\tcount_vm_event(PGFAULT);\n", "ran away: 2000 million instructions"),
    ("local_irq_disable();\nfor (;;)\n\tbarrier();\n", "ran away: 2000 million instructions"),
    ("asm volatile(\"csrw sie, zero\\n1: wfi\\n\\tj 1b\");\n", "sleeps for ever"),
    ("for (;;)\n\tpr_err(\"0123456789012345678901234567890123456789\\n\");\n",
     "printed more"),
    ("panic(\"enough\");\n", "panic: enough"),
    ("machine_power_off(0);\n", "off before the test had ended; the console's last line: "),
], ids=["forges", "loops", "irqs-off", "sleeps", "floods", "panics", "off"])
def test_hostile_submissions_lose_what_they_spoil(tmp_path, act, why):
    """They strike in one of two tests: the other one still gives its points."""
    result = grade(tmp_path, "\tif (!strcmp(current->comm, \"cowlab\")) {\n%s\t}\n" % act,
                   tests=("share", "behaviour"), QUIRE_LAB_INSTRUCTIONS="2000000000")
    share, behaviour = result["tests"]
    assert (share["score"], behaviour["score"]) == (0, behaviour["max_score"]), result
    assert why in share["got"], share["got"]


@boots
def test_without_a_count_of_instructions_processor_time_is_the_guard(tmp_path):
    result = grade(tmp_path, "\tfor (;;)\n\t\tbarrier();\n", HOSTCC="no-such-compiler",
                   QUIRE_LAB_CPU_SECONDS="4")
    assert result["tests"][0]["instructions"] is None
    assert "ran away: 4 s of processor time" in result["tests"][0]["got"]


@boots
@pytest.mark.parametrize("begin", ["\tsyntax error;\n",
                                   "\tstatic char big[1UL << 40];\n\tbig[0] = 1;\n"],
                         ids=["syntax", "large"])
def test_what_does_not_build_gets_nothing(tmp_path, begin):
    result = grade(tmp_path, begin)
    assert result["score"] == 0 and "it does not build: " in result["message"], result


@boots
def test_what_is_right_gets_its_points_and_nothing_of_the_student_is_run(tmp_path):
    evil = [("06-cow/Makefile", "$(shell touch %s/evil)\nall: ; false\n" % tmp_path),
            ("06-cow/run-qemu.sh", "#!/bin/sh\ntouch %s/evil\n" % tmp_path),
            ("06-cow/labs/06-cow/tests.py", "raise SystemExit(open('%s/evil', 'w'))" % tmp_path),
            ("06-cow/tools/labs/grade", "boom"), ("06-cow/mm/mm.h", "#error boom")]
    result = grade(tmp_path, "", more=evil)
    assert result["score"] == 11 and result["message"] == ""
    assert not (tmp_path / "evil").exists()


@boots
def test_a_class_is_graded(tmp_path):
    (tmp_path / "in").mkdir()
    broken = (TOP / "mm/mm_dup.c").read_text().replace("flush_tlb_mm(oldmm);", "flush_tlb_mm(;")
    zipped(tmp_path / "in/bob.zip", sources(mm__mm_dup=broken.encode()))
    zipped(tmp_path / "in/eve.zip", {"mm/fault.c": b""})
    done = tool("grade-batch", tmp_path / "in", "--lab", LAB, "-j", "2", "--csv",
                tmp_path / "out.csv")
    assert done.returncode == 0, done.stderr
    rows = {r["student"]: r for r in csv.DictReader((tmp_path / "out.csv").open())}
    assert rows["bob"]["score"] == "0" and "does not build" in rows["bob"]["message"]
    assert "missing" in rows["eve"]["message"]


# Machines for GNU parallel: sshd on the pipe of a ProxyCommand, with keys and a folder of its own.
SSHD = """
HostKey {0}/host
AuthorizedKeysFile {0}/key.pub
StrictModes no
UsePAM no
PidFile none
ForceCommand cd {0}/{1} && echo {1} >>{0}/used && export {2} && eval "$SSH_ORIGINAL_COMMAND"
"""
SSH = """
Host m1 m2
  IdentityFile {0}/key
  IdentitiesOnly yes
  UserKnownHostsFile {0}/known
  StrictHostKeyChecking accept-new
  LogLevel ERROR
  ProxyCommand {1} -i -f {0}/%n.conf
"""


def two_machines(folder, environment):
    """The file for ssh -F: hosts m1 and m2, in each this project as ~/quire."""
    sshd = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    for needed in (sshd, *map(shutil.which, ("ssh", "parallel", "rsync"))):
        if not needed:
            pytest.skip("NO SSH: install openssh-server, openssh-client, parallel, rsync")
    if os.geteuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)
    for key in ("host", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key],
                       check=True)
    for name in ("m1", "m2"):
        (folder / name / "quire").mkdir(parents=True)
        (folder / name / "quire/tools").symlink_to(TOP / "tools")
        (folder / (name + ".conf")).write_text(SSHD.format(folder, name, environment))
    (folder / "ssh.conf").write_text(SSH.format(folder, sshd))
    return folder / "ssh.conf"


def batch_line(text, name):
    """The line for GNU parallel as `grade-batch --help` has it, as words."""
    line = re.search(r"^ +(parallel (?:.*\\\n)*.*)$", text, re.M)[1]
    return shlex.split(line.replace("\\\n", " ").replace("DIR", name))


@boots
def test_a_class_is_graded_on_many_machines(tmp_path):
    """The very line of grade-batch's help, with two machines; then --collect."""
    cache = os.environ.get("QUIRE_LAB_CACHE", TOP / "build/labs/grade")
    config = two_machines(tmp_path, "QUIRE_LAB_CACHE=%s" % cache)
    (tmp_path / "hosts").write_text("1/m1\n1/m2\n")
    (tmp_path / "in").mkdir()
    for name in ("ann", "bob"):
        zipped(tmp_path / ("in/%s.zip" % name), {"mm/fault.c": b""})
    words = batch_line(tool("grade-batch", "--help").stdout, "in")
    zips = ["in/ann.zip", "in/bob.zip"]
    done = subprocess.run(words[:-1] + zips, cwd=tmp_path, text=True, check=False,
                          env=dict(os.environ, HOME=str(tmp_path),
                                   PARALLEL_SSH="ssh -F %s" % config),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    assert set((tmp_path / "used").read_text().split()) == {"m1", "m2"}
    done = tool("grade-batch", tmp_path / "in", "--lab", LAB, "--collect", "--csv",
                tmp_path / "out.csv")
    assert done.returncode == 0, done.stderr
    rows = {r["student"]: r for r in csv.DictReader((tmp_path / "out.csv").open())}
    assert set(rows) == {"ann", "bob"} and all("missing" in r["message"] for r in rows.values())


@boots
def test_a_starter_tree_works_as_the_handout_says(tmp_path):
    """In a fresh folder: build without a warning, boot to the stub, hint, hand in, grade."""
    done = tool("release", "--lab", LAB, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    tree = tmp_path / LAB
    assert (tree / ".github/workflows/classroom.yml").exists()
    names = zipfile.ZipFile(tmp_path / "06-cow-gradescope.zip").namelist()
    assert {"setup.sh", "run_autograder", "quire/Makefile"} <= set(names)
    # What the trusted tree has built is newer than these sources: only the stubs are compiled.
    base = TOP / "build/labs/grade/base/build"
    if base.exists():
        shutil.copytree(base, tree / "build", symlinks=True)
    env = {k: v for k, v in os.environ.items() if k != "MAKEFLAGS"}

    def run(*command):
        done = subprocess.run(command, cwd=tree, text=True, check=False, env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout
    code, out = run("make", "-j2")
    assert code == 0 and "warning" not in out, out
    code, out = run("./run-qemu.sh", "--no-build", "--run", "true")
    assert code != 0 and "LAB_TODO lab 06-cow: do_wp_page() in mm/fault.c is yours" in out
    for told in ("hint 1 of 3", "hint 2 of 3", "hint 3 of 3", "all hints again"):
        code, out = run("make", "hint", "TASK=1")
        assert code == 0 and told in out
        assert max(len(line) for line in out.splitlines()) <= 100
    code, out = run("make", "handin")
    assert code == 0 and "not written yet: dup_mm()" in out
    assert json.loads(zipfile.ZipFile(tree / "06-cow.zip").read("06-cow/handin.json"))["hints"]
    code, out = run("make", "grade", "TEST=share tlb")
    assert code == 0 and re.search(r"total +0 / 17", out), out
    assert "not written yet: lab 06-cow" in out and "run-qemu.sh --gdb" in out


@boots
def test_graders_are_graded():
    """A share of `make selfgrade`, another one each day. QUIRE_LAB_SEED picks one again."""
    seed = os.environ.get("QUIRE_LAB_SEED", datetime.date.today().isoformat())
    done = tool("selfgrade", "--seconds", "120", "--seed", seed)
    print(done.stdout)
    assert done.returncode == 0, "seed %s\n%s%s" % (seed, done.stdout, done.stderr)
