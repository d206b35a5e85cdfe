# SPDX-License-Identifier: MIT
"""Run tests of a lab on a built tree, and judge them."""
import concurrent.futures
import inspect
import re
import subprocess
import time
import traceback
from dataclasses import dataclass

from .machine import FLAVOURS, Ended, Machine
from .spec import Fail

LONGEST = 1500                  # characters of what was got


@dataclass
class Result:
    """What became of one test."""
    name: str
    points: float
    max_points: int
    rule: str = ""
    expected: str = ""
    got: str = ""
    gdb: str = ""
    console: str = ""
    ended: bool = False         # the machine ended before the test did: got says how
    seconds: float = 0
    instructions: int = None    # executed by all harts; None if they were not counted

    @property
    def passed(self):
        return self.points == self.max_points


def tap_lines(lines):
    """({name: (ok, rest)}, number planned or None) of TAP; the first word after the number."""
    found, planned = {}, None
    for line in lines:
        m = re.match(r"1\.\.(\d+)\s*$", line)
        if m and planned is None:
            planned = int(m[1])
        m = re.match(r"(not )?ok \d+(?: -)? ([^\s:]+)(.*)", line)
        if m and m[2] not in found:
            found[m[2]] = (not m[1] and "# SKIP" not in m[3], m[3].lstrip(": ").strip())
    return found, planned


def judge_tap(test, lines):
    """(share of points, expected, got) of a TAP output."""
    found, planned = tap_lines(lines)
    wanted = list(test.only) or list(found)
    if not test.only and (planned is None or planned != len(found) or not found):
        bad = [n for n, (ok, _) in found.items() if not ok]
        return (0, "%s lines of results" % (planned if planned is not None else "a plan and"),
                "%d%s" % (len(found), ", not ok: " + bad[0] if bad else ""))
    bad = [n for n in wanted if not found.get(n, (False, ""))[0]]
    if not bad:
        return 1, "", ""
    share = 1 - len(bad) / len(wanted) if test.partial else 0
    why = found.get(bad[0], (False, "no result"))[1] or "not ok"
    return share, "%s ok" % bad[0], why + (" (and %d more)" % (len(bad) - 1) if bad[1:] else "")


def selftest_lines(text, nonce):
    """The lines of a KTAP output that carry this boot's nonce, and the reasons between them."""
    lines, reason = [], ""
    for line in text.splitlines():
        line = re.sub(r"^\[ *\d+\.\d+\] ", "", line)
        m = re.match(r"# \w+: (\S+: .*)", line)
        if m:
            reason = reason or m[1]
        m = re.match(r"%s (.*)" % nonce, line)
        if m:
            lines.append(m[1] + (": " + reason if m[1].startswith("not ok") else ""))
            reason = ""
    return lines


def check_budget(test, lines):
    """The program's `cost NAME N` lines against the test's budget."""
    costs = dict(re.findall(r"^cost (\S+) (\d+)$", "\n".join(lines), re.M))
    for name, most in (test.budget or {}).items():
        if name not in costs:
            raise Fail("the cost of %s" % name, "none measured")
        if int(costs[name]) > most:
            raise Fail("%s in at most %d instructions" % (name, most), costs[name])


def _judge(test, m):
    """(share, expected, got) of a test whose machine runs."""
    if test.check:
        wants_machine = len(inspect.signature(test.check).parameters) > 0
        answer = test.check(m) if wants_machine else test.check()
        if isinstance(answer, (int, float)) and not isinstance(answer, bool) and answer < 1:
            return answer, "all of it", "%d %%" % round(100 * answer)
    if test.run and m.exit_status is None:
        m.finish()
    if test.selftest:
        m.finish()
        lines = selftest_lines(m.text(), m.nonce)
        share, expected, got = judge_tap(test, lines)
        if share < 1 and not any(line.startswith("not ok") for line in lines):
            return share, expected, m.describe_end()
        return share, expected, got
    if not test.run:
        return 1, "", ""
    if any(re.match(r"1\.\.\d+$", line) for line in m.lines):
        share, expected, got = judge_tap(test, m.lines)
        if share < 1 or test.only:
            return share, expected, got
    if m.exit_status:
        return 0, "%s to exit with 0" % test.run.split()[0], m.last_line()
    check_budget(test, m.lines)
    return 1, "", ""


def run_test(tree, lab, test):
    """Boot a machine for one test. Never raises for what the kernel does."""
    begin = time.monotonic()
    result = Result(test.name, 0, test.points, test.rule, gdb=gdb_line(test))
    try:
        with Machine(tree, test) as m:
            try:
                share, result.expected, result.got = _judge(test, m)
                result.points = round(share * test.points, 2)
            finally:
                result.console = m.text()[-6000:]
                result.instructions = m.executed()
    except Fail as e:
        result.expected, result.got = e.expected, e.got
        result.ended = isinstance(e, Ended)
    except subprocess.CalledProcessError as e:
        result.expected = "the machine to be set up"
        result.got = (e.stderr or "").strip() or str(e)
    except Exception as e:  # a bug in a check, or memory that makes no sense: no points
        where = traceback.extract_tb(e.__traceback__)[-1]
        result.expected = "memory that the check can follow"
        result.got = "%s: %s (%s:%d)" % (type(e).__name__, e, where.name, where.lineno)
    result.expected, result.got = sayable(result.expected), sayable(result.got)
    result.seconds = time.monotonic() - begin
    return result


def printable(text):
    """Without what a terminal or a format would take for more than text."""
    return "".join(c if c.isprintable() else " " for c in text)


def sayable(text):
    """What a report can hold of it: a kernel's last line may be as long as its console."""
    text = printable(text)
    return text if len(text) <= LONGEST else text[:LONGEST] + " ..."


def gdb_line(test):
    """The line that reproduces a test under gdb."""
    words = ["./run-qemu.sh --gdb -m %s --smp %d" % (test.mem, test.smp)]
    words += ["--" + w for w in test.flavour.split("-") if w != "debug"]
    if test.swap != "128M" and "nommu" not in test.flavour:
        words.append("--swap " + test.swap)
    if test.disks:
        words.append('$(tools/labs/disk %s)' % test.name)
    if test.run:
        program = test.run.split()[0]
        words += ["--add build/user/labs/%s" % p for p in
                  ([program] if program.endswith("lab") else []) + list(test.add)]
        words.append("--run '%s'" % test.run)
    append = ("selftest=" + test.selftest if test.selftest else "") + " " + test.append
    if append.strip():
        words.append("--append '%s'" % append.strip())
    line = " ".join(words)
    return line + ("   (gdb) break %s" % test.gdb if test.gdb else "")


def run_tests(tree, lab, tests=None, jobs=2, tell=None):
    """Results in the order of the tests; tell(result) is called as each is known."""
    tests = lab.tests if tests is None else tests
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = {pool.submit(run_test, tree, lab, t): t for t in tests}
        for future in concurrent.futures.as_completed(futures):
            if tell:
                tell(future.result())
    by_name = {f.result().name: f.result() for f in futures}
    return [by_name[t.name] for t in tests]


def build_commands(lab, tests=None):
    """The make commands that tests need."""
    flavours = sorted({t.flavour for t in (lab.tests if tests is None else tests)})
    return [["all", "lab-user"] + FLAVOURS[f] for f in flavours]


def no_build(tests, why):
    """Results of a submission that is refused, or does not build."""
    return [Result(t.name, 0, t.points, t.rule, "a kernel that can be built", why, gdb_line(t))
            for t in tests]
