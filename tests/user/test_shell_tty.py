# SPDX-License-Identifier: MIT
"""The shell at a terminal: editing, history, completion, signals, job control.

Runs build/user/sh under qemu-riscv64 in a pseudo-terminal; see test_sh_scripts.py.
"""
import os
import pathlib
import shutil
import time

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


def start(sh, line):
    """Type a line whose program prints "up" first: it is in the foreground by then."""
    sh.send(line + "\r")
    sh.expect(r"\nup\r\n")


def test_ctrl_c_stops_command(sh):
    start(sh, "sh -c 'echo up; exec sleep 600'; echo no")
    sh.send("\x03")
    sh.expect(PROMPT)
    enter(sh, "echo $?", "130")
    start(sh, "sh -c 'echo up; exec sleep 600'")
    sh.send("\x03")
    sh.expect(PROMPT)
    sh.expect(pexpect.TIMEOUT, timeout=0.3)
    assert sh.buffer == ""      # one prompt, not two
    enter(sh, "echo $?", "130")
    start(sh, "while true; do sh -c 'echo up; exec sleep 600'; done")
    sh.send("\x03")
    sh.expect(PROMPT)
    start(sh, "echo up; while true; do :; done")
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


def wait_for_news(sh, news):
    """The shell tells what became of its jobs before a prompt: before the next or a later one."""
    end = time.monotonic() + 60
    while sh.expect([news, PROMPT]):
        assert time.monotonic() < end
        sh.send("\r")
    sh.expect(PROMPT)


def test_background_job(sh, tmp_path):
    os.mkfifo(tmp_path / "gate")
    sh.send("cat gate &\r")
    sh.expect(r"\[1\] \d+\r\n")
    sh.expect(PROMPT)
    enter(sh, "jobs", r"\[1\]\+  Running +cat gate &")
    sh.send(": >gate\r")
    sh.expect(r"gate\r\n")
    wait_for_news(sh, r"\[1\]\+  Done +cat gate\r\n")


def test_stop_and_resume(sh):
    start(sh, "echo up; cat | cat")
    sh.send("one\r")
    sh.expect("one\r\none\r\n")
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
    sh.send("kill %1\r")
    wait_for_news(sh, r"\[1\]\+  Terminated +cat \| cat\r\n")


def test_bg(sh, tmp_path):
    os.mkfifo(tmp_path / "gate")
    start(sh, "sh -c 'echo up; exec cat gate'")
    sh.send("\x1a")
    sh.expect("Stopped")
    sh.expect(PROMPT)
    enter(sh, "bg", r"\[1\]\+  Running +sh -c .*cat gate' &")
    enter(sh, ": >gate; wait; echo waited", "waited")


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
