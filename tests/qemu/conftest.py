# SPDX-License-Identifier: MIT
"""Scripted boots: the fixtures of tests/qemu.

A test asks for `boot` (an interactive machine with a shell) or `quire` (one line through
`run-qemu.sh --run`). Rules they keep: wait for events, never for time; every machine has a folder
of its own for disks and sockets; each is ended with its whole process group, by number. So tests
run in parallel (`-n 2`), and a failure report holds the console.
"""
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
import machine as machine_module  # noqa: E402  (after the path is set)
from machine import BUILDS, TOP, Machine, build_folder, command_line  # noqa: E402

_built = set()


def build(flavour):
    """Build a flavour, once a worker. Workers take turns, so that none sees half a build."""
    if flavour in _built:
        return
    flags = BUILDS[flavour]
    os.makedirs(build_folder(), exist_ok=True)
    with open(build_folder() / ".pytest-lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(["make", "-s", "-j2", *flags], cwd=TOP, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        pytest.fail("make %s failed:\n%s" % (" ".join(flags), done.stdout[-3000:]), pytrace=False)
    _built.add(flavour)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Put the consoles of a failed test's machines into its report."""
    report = (yield).get_result()
    if report.when == "call" and report.failed:
        for m in getattr(item, "machines", []):
            report.sections.append(("console of %s" % m.describe(), m.console()[-8000:]))


@pytest.fixture
def boot(request, tmp_path):
    """boot(...) starts a machine and waits for its prompt; see machine.Machine for the options."""
    started = request.node.machines = []

    def start(wait=True, **options):
        build(options.get("flavour", "debug"))
        folder = tmp_path / ("machine%d" % len(started))
        folder.mkdir()
        m = Machine(folder, **options)
        started.append(m)
        if wait:
            m.wait_prompt()
        return m

    yield start
    for m in started:
        m.kill()


class Result:
    """What `run-qemu.sh --run` gave: .out (text), .status, .err."""

    def __init__(self, done):
        self.out, self.err, self.status = done.stdout, done.stderr, done.returncode

    def __repr__(self):
        return "status %d\n--- out\n%s\n--- err\n%s" % (self.status, self.out[-4000:],
                                                        self.err[-6000:])


@pytest.fixture
def quire(tmp_path):
    """quire(LINE, ...) runs one shell line in a machine of its own and gives a Result."""

    def run(line, timeout=120, **options):
        build(options.get("flavour", "debug"))
        folder = tmp_path / "run"
        folder.mkdir(exist_ok=True)
        args = command_line(timeout=timeout, **options) + ["--run", line]
        child = subprocess.Popen(args, cwd=TOP, env=machine_module.environment(folder),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True, errors="replace",
                                 start_new_session=True)
        try:
            out, err = child.communicate(timeout=timeout + 60)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            out, err = child.communicate()
            pytest.fail("no end after %d s\n%s\n%s" % (timeout + 60, out[-4000:], err[-4000:]))
        return Result(subprocess.CompletedProcess(args, child.returncode, out, err))

    return run


@pytest.fixture(scope="session")
def busybox():
    """The path of Debian's riscv64 busybox, fetched once; skips loudly where it cannot be had."""
    path = pathlib.Path(os.environ.get("QUIRE_BUSYBOX", TOP / "build/cache/busybox"))
    if not path.exists():
        done = subprocess.run([TOP / "tools/fetch-deb", "busybox-static", "usr/bin/busybox", path],
                              text=True, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if done.returncode:
            pytest.skip("NO BUSYBOX: %s" % done.stdout.strip())
    return path


@pytest.fixture(scope="session")
def debian():
    """Debian's riscv64 image for root="debian", made once; skips loudly where it cannot be had."""
    image = build_folder() / "debian.img"
    done = subprocess.run([TOP / "tools/mkdebian", "-o", image], cwd=TOP, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        pytest.skip("NO DEBIAN: %s" % done.stdout.strip())
    return image


@pytest.fixture(scope="session")
def cross_compile(tmp_path_factory):
    """cross_compile(NAME, *FLAGS): tests/qemu/programs/NAME.c as a riscv64 Linux program."""
    folder = tmp_path_factory.mktemp("programs")

    def compile_one(name, *flags):
        program = folder / (name + ("-static" if "-static" in flags else ""))
        source = TOP / "tests/qemu/programs" / (name + ".c")
        done = subprocess.run(["riscv64-linux-gnu-gcc", "-O2", "-pthread", "-o", program, source,
                               *flags], text=True, check=False, stderr=subprocess.PIPE)
        assert done.returncode == 0, done.stderr
        return program

    if not shutil.which("riscv64-linux-gnu-gcc"):
        pytest.skip("NO CROSS COMPILER with a C library: riscv64-linux-gnu-gcc")
    return compile_one
