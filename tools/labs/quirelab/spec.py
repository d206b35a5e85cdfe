# SPDX-License-Identifier: MIT
"""What a lab is: labs/NN-name/ with its functions, tests, hints, alternatives and mutants."""
import importlib.util
import pathlib
import re
import sys
from dataclasses import dataclass, field


class Fail(Exception):
    """A rule does not hold. What was expected, and what the machine has instead."""

    def __init__(self, expected, got):
        super().__init__("expected %s, got %s" % (expected, got))
        self.expected, self.got = str(expected), str(got)


def expect(what, expected, got):
    """Both are shown if they differ: expect("pages shared", 16, n)."""
    if expected != got:
        raise Fail("%s: %s" % (what, expected), got)


class BadLab(Exception):
    """The lab's own files are wrong."""


@dataclass
class Test:
    """One row of the table of points. See tools/labs/README.md for each field."""
    name: str
    points: int
    rule: str
    run: str = ""                # a program and its arguments, run by labrun
    selftest: str = ""           # or: in-kernel selftests of this suite or name
    check: object = None         # function(m): looks at the machine from outside
    only: tuple = ()             # of a selftest or TAP program: these lines count
    partial: bool = False        # points by the share of ok lines
    mem: str = "64M"
    smp: int = 1
    swap: str = "0"
    flavour: str = "debug"       # debug, release, nommu, nommu-release
    icount: bool = None          # default: count instructions unless there is a check or smp > 1
    append: str = ""
    halted: bool = False         # wait before the first instruction: the check uses m.run_to()
    add: tuple = ()              # programs of labs/*/user, by name, beside the one that is run
    disks: tuple = ()            # of fresh disks: "8M", or a function (machine.make_disk)
    swap_errors: tuple = ()      # ("read", every, first, last): slots that fail
    budget: dict = None          # {"name": most instructions} of its lines `cost NAME N`
    gdb: str = ""                # the function to stop at
    instructions: int = 6_000_000_000  # what a machine may execute
    cpu_seconds: int = 120       # of QEMU, where instructions cannot be counted
    wall_seconds: int = 300      # a guard against machines that sleep for ever
    __test__ = False             # pytest: this is not one of yours

    def __post_init__(self):
        if self.icount is None:
            self.icount = self.check is None and self.smp == 1
        if bool(self.run) + bool(self.selftest) > 1 or \
                not (self.run or self.selftest or self.check):
            raise BadLab("test %s: one of run, selftest, check" % self.name)


@dataclass
class Lab:
    """A folder labs/NN-name."""
    path: pathlib.Path
    functions: dict = field(default_factory=dict)   # file -> names
    tests: list = field(default_factory=list)

    @property
    def name(self):
        return self.path.name

    @property
    def points(self):
        return sum(t.points for t in self.tests)

    @property
    def files(self):
        return sorted(self.functions)

    def patches(self, kind):
        """The patches in alternatives/ or mutants/."""
        return sorted((self.path / kind).glob("*.patch"))

    def hints(self):
        """{task: [level 1, 2, 3]} of hints.md."""
        return parse_hints((self.path / "hints.md").read_text(encoding="utf-8"))

    def test(self, name):
        for t in self.tests:
            if t.name == name:
                return t
        raise BadLab("%s has no test %s" % (self.name, name))


def lab_names(top):
    """The labs of a tree, in order."""
    return sorted(p.parent.name for p in (top / "labs").glob("*/functions"))


def find(top, name):
    """Load a lab by name, or by its number or its word alone ("6", "06", "cow")."""
    names = lab_names(top)
    exact = [n for n in names if n == name or name.lstrip("0") == n.split("-")[0].lstrip("0") or
             name == n.partition("-")[2]]
    if len(exact) != 1:
        raise BadLab("no lab %r; there are: %s" % (name, ", ".join(names) or "none"))
    return load(top / "labs" / exact[0])


def load(path):
    lab = Lab(path)
    lab.functions = parse_functions((path / "functions").read_text(encoding="ascii"))
    lab.tests = load_tests(path / "tests.py")
    seen = set()
    for t in lab.tests:
        if t.name in seen or not re.fullmatch(r"[a-z0-9-]+", t.name):
            raise BadLab("%s: bad or second test name %r" % (lab.name, t.name))
        seen.add(t.name)
    return lab


def parse_functions(text):
    """`file: name name ...`, one file a line; more lines of one file add up; # comments."""
    functions = {}
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        file, _, names = line.partition(":")
        path = pathlib.PurePosixPath(file.strip())
        if path.is_absolute() or ".." in path.parts or not names.split():
            raise BadLab("functions: bad line %r" % line)
        functions.setdefault(str(path), []).extend(names.split())
    return functions


def load_tests(path):
    """Run tests.py; it may import quirelab."""
    name = "quirelab_tests_" + re.sub(r"\W", "_", str(path))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    tools = str(pathlib.Path(__file__).resolve().parents[1])
    if tools not in sys.path:
        sys.path.insert(0, tools)
    spec.loader.exec_module(module)
    return list(module.TESTS)


def parse_hints(text):
    """`# task`, then `## 1`, `## 2`, `## 3` with text below each."""
    hints = {}
    for task in re.split(r"^# ", text, flags=re.M)[1:]:
        title, _, rest = task.partition("\n")
        levels = [part.partition("\n")[2].strip()
                  for part in re.split(r"^## ", rest, flags=re.M)[1:]]
        hints[title.strip()] = levels
    return hints


def killed_by(patch):
    """The test that a mutant's header names: a line `Killed-by: NAME` (more than one may stand)."""
    text = patch.read_text(encoding="utf-8")
    names = re.findall(r"^Killed-by: *(\S+)$", text, re.M)
    if not names:
        raise BadLab("%s: no line `Killed-by: TEST`" % patch)
    return names
