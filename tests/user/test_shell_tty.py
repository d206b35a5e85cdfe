# SPDX-License-Identifier: MIT
"""The shell at a terminal: editing, history, completion, signals, job control.

Runs build/user/sh under qemu-riscv64 in a pseudo-terminal; see run-sh-tests.py.
"""
import os
import pathlib
import shutil

import pexpect
import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
SHELL = pathlib.Path(os.environ.get("QUIRE_USER", TOP / "build/user")) / "sh"
QEMU = shutil.which("qemu-riscv64")

pytestmark = pytest.mark.skipif(not QEMU or not SHELL.exists(),
                                reason="needs qemu-riscv64 and build/user/sh")
PROMPT = r"quire:/[^ ]*[#$] "
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"


@pytest.fixture(name="sh")
def shell(tmp_path):
    """An interactive shell in an empty folder, at its first prompt."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "TERM": "linux"}
    child = pexpect.spawn(QEMU, [str(SHELL)], cwd=str(tmp_path), env=env, timeout=20,
                          encoding="utf-8", dimensions=(24, 200))
    child.expect(PROMPT)
    yield child
    child.close(force=True)


def enter(sh, keys, expected):
    """Type keys and Enter, wait for the expected line and the next prompt."""
    sh.send(keys + "\r")
    sh.expect(r"\n" + expected + r"\r\n")
    sh.expect(PROMPT)


def test_echo_and_status(sh):
    enter(sh, "echo $((6 * 7))", "42")
    enter(sh, "false; echo $?", "1")


def test_editing(sh):
    enter(sh, "echo abd" + LEFT + "c", "abcd")
    enter(sh, "cho x\x01e", "x")                    # Ctrl-A
    enter(sh, "echo one two\x17three", "one three")    # Ctrl-W
    enter(sh, "garbage\x15echo clean", "clean")        # Ctrl-U
    enter(sh, "echo keep lose" + LEFT * 5 + "\x0b", "keep")    # Ctrl-K
    enter(sh, "echo wrongg\x7f\x7f!", "wron!")
    enter(sh, "echo xy" + "\x1b[H" + RIGHT * 5 + "\x1b[3~" + "\x1b[F" + "z", "yz")


def test_long_line(sh):
    enter(sh, "echo " + "a" * 400 + "\x01" + RIGHT * 5 + "\x0bshort", "short")
    enter(sh, "x=" + "b" * 500 + "; echo ${#x}", "500")


def test_history(sh):
    enter(sh, "echo first", "first")
    enter(sh, "echo second", "second")
    enter(sh, UP + UP, "first")
    enter(sh, UP + UP + DOWN, "first")
    enter(sh, "echo unfini" + UP + DOWN + "shed", "unfinished")
    sh.send("history\r")
    sh.expect(r"1  echo first\r\n")
    sh.expect(PROMPT)


def test_completion(sh, tmp_path):
    (tmp_path / "alpha-file").touch()
    (tmp_path / "alpine").touch()
    (tmp_path / "subdir").mkdir()
    (tmp_path / "subdir" / "inner").touch()
    enter(sh, "echo alpha\t", "alpha-file ?")
    enter(sh, "echo sub\ti\t", "subdir/inner ?")
    enter(sh, "echo al\tine", "alpine")
    sh.send("echo al\t\t")
    sh.expect("alpha-file *alpine")
    sh.send("\x03")
    sh.expect(PROMPT)
    enter(sh, "histo\t | head -n 1", ".*echo alpha.*")


def test_ctrl_c_at_prompt(sh):
    sh.send("echo not run\x03")
    sh.expect(r"\^C\r\n")
    sh.expect(PROMPT)
    enter(sh, "echo fine", "fine")


def test_ctrl_c_stops_command(sh):
    sh.send("sleep 60; echo no\r")
    sh.expect(r"\r\n")
    sh.expect(pexpect.TIMEOUT, timeout=0.5)
    sh.send("\x03")
    sh.expect(PROMPT)
    enter(sh, "echo $?", "130")
    sh.send("sleep 60\r")
    sh.expect(pexpect.TIMEOUT, timeout=0.5)
    sh.send("\x03")
    sh.expect(PROMPT)
    sh.expect(pexpect.TIMEOUT, timeout=0.3)
    assert sh.buffer == ""      # one prompt, not two
    enter(sh, "echo $?", "130")
    sh.send("while true; do sleep 0.05; done\r")
    sh.expect(pexpect.TIMEOUT, timeout=0.5)
    sh.send("\x03")
    sh.expect(PROMPT)
    sh.send("while true; do :; done\r")
    sh.expect(pexpect.TIMEOUT, timeout=0.5)
    sh.send("\x03")
    sh.expect(PROMPT)


def test_continuation_lines(sh):
    sh.send("for i in 1 2; do\r")
    sh.expect("> ")
    sh.send("echo i$i\r")
    sh.expect("> ")
    enter(sh, "done", "i1\r\ni2")
    sh.send("cat <<EOF\r")
    sh.expect("> ")
    sh.send("body\r")
    sh.expect("> ")
    enter(sh, "EOF", "body")


def test_errors_do_not_end_the_shell(sh):
    enter(sh, "if )", ".*syntax error.*")
    enter(sh, "echo $((1 / 0))", ".*division by zero.*")
    enter(sh, "nosuchprogram", ".*not found")
    enter(sh, "echo still here", "still here")


def test_background_job(sh):
    sh.send("sleep 0.3 &\r")
    sh.expect(r"\[1\] \d+\r\n")
    sh.expect(PROMPT)
    enter(sh, "jobs", r"\[1\]\+  Running +sleep 0.3 &")
    sh.expect(pexpect.TIMEOUT, timeout=0.8)
    sh.send("\r")
    sh.expect(r"\[1\]\+  Done +sleep 0.3")
    sh.expect(PROMPT)


def test_stop_and_resume(sh):
    sh.send("cat | cat\r")
    sh.expect(pexpect.TIMEOUT, timeout=0.7)
    sh.send("\x1a")
    sh.expect(r"\[1\]\+  Stopped +cat \| cat\r\n")
    sh.expect(PROMPT)
    sh.send("fg\r")
    sh.expect(r"cat \| cat\r\n")
    sh.send("through\r")
    sh.expect("through\r\nthrough\r\n")
    sh.send("\x1a")
    sh.expect("Stopped")
    sh.expect(PROMPT)
    enter(sh, "jobs", r"\[1\]\+  Stopped +cat \| cat")
    enter(sh, "kill %1; sleep 0.3; jobs", r"\[1\]\+  Terminated +cat \| cat")


def test_bg(sh):
    sh.send("sleep 0.6\r")
    sh.expect(pexpect.TIMEOUT, timeout=0.3)
    sh.send("\x1a")
    sh.expect("Stopped")
    sh.expect(PROMPT)
    enter(sh, "bg", r"\[1\]\+  Running +sleep 0.6 &")
    enter(sh, "wait; echo waited", "waited")


def test_end_of_file_and_exit(sh):
    sh.send("\x04")
    sh.expect("exit")
    sh.expect(pexpect.EOF)
    sh.wait()
    assert sh.exitstatus == 0


def test_exit_status(sh):
    sh.send("exit 7\r")
    sh.expect(pexpect.EOF)
    sh.wait()
    assert sh.exitstatus == 7
