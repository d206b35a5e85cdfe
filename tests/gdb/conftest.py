# SPDX-License-Identifier: MIT
"""Scripted debuggers: a machine and a gdb that stay for a whole file of tests.

The machine is that of tests/qemu. A file's tests share one boot; each begins by undoing what the
one before left (no breakpoints), and asks for the state it needs. Rules as in tests/qemu: wait
for events, a folder and sockets of one's own, nothing ended by name.
"""
import fcntl
import os
import pathlib
import subprocess
import sys

import pytest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(TOP / "tests/qemu"), str(TOP / "tests/gdb")]

import machine as machine_module  # noqa: E402
import session  # noqa: E402

_built = set()


def build(flavour):
    """Build a flavour, once a worker; workers take turns (the lock is that of tests/qemu)."""
    folder = machine_module.build_folder()
    if flavour in _built:
        return
    os.makedirs(folder, exist_ok=True)
    with open(folder / ".pytest-lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(["make", "-s", "-j2", *machine_module.BUILDS[flavour]], cwd=TOP,
                              text=True, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
    if done.returncode:
        pytest.fail("make failed:\n%s" % done.stdout[-3000:], pytrace=False)
    _built.add(flavour)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test's report holds what gdb and the machine said last."""
    report = (yield).get_result()
    if report.when == "call" and report.failed:
        for value in item.funcargs.values():
            if isinstance(value, session.Session):
                report.sections.append(("gdb", value.g.tail()))
                report.sections.append(("console", value.m.console()[-4000:]))


@pytest.fixture(scope="session")
def start(tmp_path_factory):
    """start(...) gives a Session: a machine at its first instruction, a gdb connected to it."""
    started = []

    def make(debugger=None, **options):
        if not session.DEBUGGERS:
            pytest.skip("NO GDB: install gdb-multiarch")
        build(options.get("flavour", "debug"))
        s = session.Session(tmp_path_factory.mktemp("gdb"), debugger, **options)
        started.append(s)
        return s

    yield make
    for s in started:
        s.end()


@pytest.fixture
def shell(with_shell):
    """A test's turn at the machine that its module has booted, `with_shell`."""
    with_shell.g.fresh()
    yield with_shell
    with_shell.finish()
