# SPDX-License-Identifier: MIT
"""Trusted trees to build submissions, alternatives and mutants in.

One base tree is copied from the project and built once. Each worker has a copy of it with what
was built; the files of a submission are laid over, make compiles what has changed, and afterwards
the originals come back. So only one or two files are compiled for a grade.
"""
import contextlib
import fcntl
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import threading
import time

from . import children, files
from .runner import build_commands

MAKE_SECONDS = 1800
MAKE_OUTPUT = 1 << 20           # bytes: a source can be written to be complained of without end
# What each compiler may use, since a source can be written to eat a machine: seconds of processor
# time, KiB of a file, KiB of memory.
LIMITS = "ulimit -t 300 -f 262144 -v 4194304 -c 0; exec \"$@\""
OUTPUT = r"/.*/cc\w{6}\.s"      # the compiler's output, which the assembler reads


_owned = {}                     # folders of workers -> their locks, held until we end


class BuildFailed(Exception):
    """make failed; the text is the first errors."""


def make(tree, targets, jobs=2):
    """Run make in a tree of ours; what it has said. BuildFailed with the errors, also when it takes
    too long."""
    env = {k: v for k, v in os.environ.items()
           if k in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "CROSS_COMPILE")}
    command = ["bash", "-c", LIMITS, "limits", "make", "-s", "-j%d" % jobs, *targets]
    child = children.start(command, how=signal.SIGTERM, cwd=tree, env=env,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT)
    try:
        out = what_it_says(child)
    finally:
        drainer = threading.Thread(target=drain, args=(child.stdout.fileno(),), daemon=True)
        drainer.start()
        children.stop(child)
        status = children.end(child)
        drainer.join()
        child.stdout.close()
    if status:
        raise BuildFailed(first_errors(out))
    return out


def drain(pipe):
    """Read to the end: make tells of what was ended, and waits for a reader, before it removes what
    is half written."""
    while os.read(pipe, 65536):
        pass


def what_it_says(child):
    """All that make prints, or as much as anybody needs: who says more is ended by the caller."""
    out, end = bytearray(), time.monotonic() + MAKE_SECONDS
    while len(out) < MAKE_OUTPUT:
        if not select.select([child.stdout], [], [], max(0, end - time.monotonic()))[0]:
            raise BuildFailed("the compiler did not end in %d s" % MAKE_SECONDS)
        data = os.read(child.stdout.fileno(), 65536)
        if not data:
            child.wait()
            break
        out += data
    return out.decode(errors="replace")


def first_errors(out):
    """What compiler, assembler and linker say is wrong; not the lines of a source that they show,
    nor what they say of a file that is not in the tree: a source may have made them read it."""
    lines = [line for line in out.splitlines() if not about_others(line)]
    errors = [line for line in lines
              if re.search(r"[eE]rror: |undefined reference|multiple definition", line) and
              not re.match(r" *\d* \|", line)]
    text = "; ".join((errors or lines[-3:])[:3])
    return text[:800] or "make failed"


def about_others(line):
    """Is this line of a compiler about a file outside of the tree? Its own output is none."""
    file = re.match(r"(\S+?):\d+[:,]", line)
    return file is not None and not re.fullmatch(OUTPUT, file[1]) and \
        (file[1].startswith("/") or ".." in file[1].split("/"))


def build(tree, lab, tests=None, jobs=2):
    return "".join([make(tree, targets, jobs) for targets in build_commands(lab, tests)])


class Workspace:
    """A folder with a base tree and copies of it; kept from run to run, safe to throw away."""

    def __init__(self, top, folder=None):
        self.top = pathlib.Path(top)
        default = os.environ.get("QUIRE_LAB_CACHE") or self.top / "build" / "labs" / "grade"
        self.folder = pathlib.Path(folder or default).resolve()
        self.base = self.folder / "base"

    def prepare(self, lab, jobs=2):
        """Bring the base tree up to date with the project, and build what the lab needs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._synchronize()
            build(self.base, lab, jobs=jobs)
        return self

    def _synchronize(self):
        names = [n for n in files.project_files(self.top)
                 if not n.startswith(("labs/", ".git/", "docs/", ".github/"))]
        names += [str(p.relative_to(self.top)) for p in self.top.glob("labs/*/user/*.[ch]")]
        for name in names:
            source, dest = self.top / name, self.base / name
            if not same(source, dest):
                with contextlib.suppress(FileNotFoundError):
                    dest.unlink()
                files.copy(source, dest)
                os.utime(dest, follow_symlinks=False)   # newer than what was built before
        (self.base / ".quire-grade").touch()        # warnings are no errors here (Makefile)
        wanted = set(names)
        for old in files.project_files(self.base):
            if old not in wanted:
                (self.base / old).unlink()

    def forget(self, worker):
        """The worker's copy is made anew next time."""
        shutil.rmtree(self._own(worker), ignore_errors=True)

    def _own(self, worker):
        """The folder of a worker, which is this process's alone until it ends: else two graders
        would build their submissions into one tree."""
        tree = self.folder / ("tree%s" % worker)
        if tree not in _owned:
            self.folder.mkdir(parents=True, exist_ok=True)
            _owned[tree] = open(str(tree) + ".lock", "w", encoding="ascii")
            try:
                fcntl.flock(_owned[tree], fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("labs: another grader uses %s; waiting for its end (--worker NAME takes "
                      "another tree)" % tree, file=sys.stderr, flush=True)
                fcntl.flock(_owned[tree], fcntl.LOCK_EX)
        return tree

    def tree(self, worker=0):
        """A copy of the base tree for one worker, made or brought up to date."""
        tree = self._own(worker)
        tree.mkdir(exist_ok=True)
        with open(self.folder / "lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)            # nobody builds in the base meanwhile
            subprocess.run(["cp", "-a", "-u", "--reflink=auto", "--no-target-directory",
                            str(self.base), str(tree)], check=True)
        for variant in (tree / "build").glob("*/initramfs.cpio"):
            if variant.is_symlink():
                variant.unlink()
                variant.symlink_to("../user/initramfs.cpio")
        return Tree(self.base, tree)


class Tree:
    """A worker's tree. overlay() or patch() it, build, test; original() undoes."""

    def __init__(self, base, path):
        self.base, self.path = base, path
        self.changed = set()
        self.original(everything=True)

    def original(self, everything=False):
        names = files.project_files(self.path) if everything else sorted(self.changed)
        for name in names:
            ours, theirs = self.base / name, self.path / name
            if not ours.exists():
                theirs.unlink()
            elif not same(ours, theirs):
                write(theirs, ours.read_bytes())
        self.changed.clear()

    def overlay(self, files):
        """{name: bytes} in place of the tree's own."""
        self.original()
        for name, data in files.items():
            self.changed.add(name)
            write(self.path / name, data)

    def patch(self, patch):
        """Apply a patch file (a/ and b/ prefixes); BuildFailed if it does not fit."""
        self.original()
        names = re.findall(r"^\+\+\+ b/(\S+)", patch.read_text(encoding="utf-8"), re.M)
        self.changed.update(names)
        done = subprocess.run(["patch", "-p1", "--no-backup-if-mismatch", "-s", "-f", "-i",
                               str(patch.resolve())], cwd=self.path, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode or not names:
            raise BuildFailed("%s does not apply: %s" % (patch.name, done.stdout.strip()[:300]))

    def build(self, lab, tests=None, jobs=2):
        """Build what tests need; what the compilers have said."""
        return build(self.path, lab, tests, jobs)

    def check_headers(self, names):
        """After a build: what did the submitted files read? Only sources of this tree and the
        compiler's own headers, and the assembler nothing beside them. Raises BuildFailed."""
        for name in names:
            for deps in self.path.glob("build/*/" + re.sub(r"\.[cS]$", ".d", name)):
                read = {pathlib.PurePath(name).name, *prerequisites(deps)}
                bad = [word for word in read if word.startswith("/") and
                       not re.match(r"/.*/lib/(gcc|clang)", word) or ".." in word.split("/")]
                own = [word for word in prerequisites(deps.with_suffix(".as.d"))
                       if word not in read]
                # The compiler's output: one name, that nobody knows beforehand.
                output = [word for word in own if re.fullmatch(OUTPUT, word)]
                bad += [word for word in own if word not in output[:1]]
                if bad:
                    raise BuildFailed("%s reads %s, which is not a header of the kernel" %
                                      (name, bad[0]))


def prerequisites(deps):
    """The files that a rule written by the compiler or the assembler names."""
    text = deps.read_text(errors="replace").replace("\\\n", " ")
    return sorted({word.rstrip(":") for line in text.splitlines()
                   for word in line.partition(": ")[2].split()})


def same(a, b):
    return b.exists() and a.stat().st_size == b.stat().st_size and \
        a.read_bytes() == b.read_bytes()


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    path.write_bytes(data)
