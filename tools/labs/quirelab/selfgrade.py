# SPDX-License-Identifier: MIT
"""Grade the graders: the reference scores all points, the starter none, each correct alternative
all, and each mutant loses points in the tests that its header names."""
import contextlib
import os
import random
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field

from . import runner, spec, starter
from .workspace import BuildFailed

CONSOLE_LINES = 60
KINDS = ("reference", "starter", "alternatives", "mutants")


@dataclass
class Case:
    """One tree to grade, and what must come out."""
    lab: spec.Lab
    kind: str
    patch: object = None        # of an alternative or a mutant

    @property
    def what(self):
        """reference, or mutants/no-flush."""
        return self.kind if self.patch is None else "%s/%s" % (self.kind, self.patch.stem)

    @property
    def name(self):
        return "%s %s" % (self.lab.name, self.what)

    def tests(self, full=False):
        """A mutant boots only the tests that are named for it."""
        if self.kind != "mutants" or full:
            return self.lab.tests
        return [self.lab.test(name) for name in spec.killed_by(self.patch)]

    def wrong(self, results):
        """Why these results are not as they must be, or ''."""
        if self.kind in ("reference", "alternatives"):
            lost = [r for r in results if not r.passed]
            return "; ".join("%s: expected %s, got %s" % (r.name, r.expected, r.got)
                             for r in lost)
        if self.kind == "starter":
            return ", ".join("%s gives %g points" % (r.name, r.points)
                             for r in results if r.points)
        named = spec.killed_by(self.patch)
        return ", ".join("%s does not see it" % r.name for r in results
                         if r.name in named and r.passed)


@dataclass
class Outcome:
    case: Case
    results: list
    wrong: str
    seconds: float
    notes: list = field(default_factory=list)


def cases(lab, kinds=KINDS):
    found = [Case(lab, kind) for kind in ("reference", "starter") if kind in kinds]
    return found + [Case(lab, kind, patch) for kind in ("alternatives", "mutants")
                    if kind in kinds for patch in lab.patches(kind)]


def enough(lab):
    """What a lab lacks of the least that it must have."""
    short = []
    for kind, least in (("alternatives", 2), ("mutants", 10)):
        if len(lab.patches(kind)) < least:
            short.append("%s: %d %s, at least %d are needed" %
                         (lab.name, len(lab.patches(kind)), kind, least))
    if any(len(levels) != 3 for levels in lab.hints().values()) or not lab.hints():
        short.append("%s: a task without three hints" % lab.name)
    if lab.points != 100:
        short.append("%s: %d points, not 100" % (lab.name, lab.points))
    return short


def rotating(labs, seed):
    """The order in which a CI run looks at all cases: another one each seed, lab after lab."""
    rnd = random.Random(str(seed))
    order = []
    for lab in rnd.sample(labs, len(labs)):
        queue = cases(lab)
        head, rest = queue[:2], queue[2:]
        rnd.shuffle(rest)
        order += head + rest
    return order


def consoles(outcome):
    """What machines said last that ended before the test did, under a right solution: it may be
    the kernel's own fault, and come once in a hundred times."""
    if outcome.case.kind not in ("reference", "alternatives"):
        return []
    return ["%s | %s" % (r.name, runner.printable(line))
            for r in outcome.results if r.ended and not r.passed
            for line in r.console.splitlines()[-CONSOLE_LINES:]]


# Ends with its parent, however that ends.
_BUSY = "import os\nwhile os.getppid() == %d:\n    for _ in range(1000000): pass"


@contextlib.contextmanager
def loaded(number):
    """So many processes keep the host busy meanwhile."""
    busy = [subprocess.Popen([sys.executable, "-c", _BUSY % os.getpid()]) for _ in range(number)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def run_case(tree, top, case, jobs=2, full=False):
    begin = time.monotonic()
    tests = case.tests(full)
    try:
        if case.kind == "starter":
            texts = starter.stubbed(top, case.lab)
            tree.overlay({name: text.encode() for name, text in texts.items()})
        elif case.patch is not None:
            tree.patch(case.patch)
        else:
            tree.original()
        warnings = re.findall(r"^.*warning: .*", tree.build(case.lab, tests, jobs), re.M)
        results = runner.run_tests(tree.path, case.lab, tests, jobs)
        wrong = case.wrong(results) or "; ".join(warnings[:1])
    except (BuildFailed, spec.BadLab) as e:
        results, wrong = [], str(e)
    return Outcome(case, results, wrong, time.monotonic() - begin)
