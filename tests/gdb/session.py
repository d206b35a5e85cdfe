# SPDX-License-Identifier: MIT
"""A gdb that stays open, driven through pipes: send a command, get its output."""
import os
import queue
import re
import shutil
import signal
import struct
import subprocess
import threading

import pexpect
import pytest

from machine import Machine, PATIENCE, TOP, build_folder   # tests/qemu, by conftest.py

DEBUGGERS = [path for path in map(shutil.which, ("gdb-multiarch", "riscv64-unknown-elf-gdb"))
             if path]
MARK = "<<%d>>"


def kernel_file(flavour):
    """The kernel of a flavour as machine.BUILDS names them: "nommu" is debug-nommu."""
    if flavour.split("-")[0] not in ("debug", "release"):
        flavour = "debug-" + flavour
    return build_folder() / flavour / "quire.elf"


def segments(elf):
    """The program headers of an ELF file's bytes: (type, flags, offset, address, _, size, ...)."""
    return [struct.unpack_from("<2I6Q", elf, 64 + 56 * i) for i in range(elf[56])]


class Gdb:
    """gdb with the project's settings. g(COMMAND) runs a command and returns what it printed."""

    def __init__(self, debugger=None, flavour="debug", kernel=True, extra=()):
        args = [debugger or DEBUGGERS[0], "-nx", "-q", "-x", str(TOP / "tools/gdb/quire.gdb")]
        if kernel:
            args += ["-ex", "q-symbols %s" % kernel_file(flavour)]
        self.child = subprocess.Popen(args + list(extra), cwd=TOP, text=True, errors="replace",
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, start_new_session=True, bufsize=1,
                                      env=dict(os.environ, LC_ALL="C", COLUMNS="500"))
        self.lines = queue.Queue()
        self.serial = 0
        self.log = []
        self.while_waiting = lambda: None
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.greeting = self("set width 0")

    def _read(self):
        for line in self.child.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def send(self, command):
        """Give a command without waiting for its end; finish() does that."""
        self.serial += 1
        self.log.append("(gdb) " + command)
        self.child.stdin.write("%s\necho %s\\n\n" % (command, MARK % self.serial))
        self.child.stdin.flush()

    def finish(self, timeout=PATIENCE):
        """The output of what was sent."""
        text, mark = "", MARK % self.serial
        while True:
            line = self._line(timeout)
            if line.strip() == mark:
                return text
            text += line

    def _line(self, timeout):
        """The next line of output, with its end."""
        for _ in range(timeout * 10):
            try:
                line = self.lines.get(timeout=0.1)
            except queue.Empty:
                self.while_waiting()
                continue
            if line is None:
                pytest.fail("gdb has ended:\n" + self.tail(), pytrace=False)
            line = line.replace("(gdb) ", "")
            self.log.append(line.rstrip())
            return line
        return pytest.fail("gdb gave nothing in %d s:\n%s" % (timeout, self.tail()),
                           pytrace=False)

    def __call__(self, command, timeout=PATIENCE):
        self.send(command)
        return self.finish(timeout)

    def run(self, *commands):
        """Several commands; the output of the last."""
        for command in commands[:-1]:
            self(command)
        return self(commands[-1])

    def value(self, expression):
        """The number that an expression has."""
        text = self('printf "%%lu\\n", (unsigned long)(%s)' % expression)
        found = re.search(r"^(\d+)$", text, re.M)
        assert found, "no value of %s: %s" % (expression, text)
        return int(found[1])

    def interrupt(self):
        """Stop the machine, as Ctrl-C does. => after send("continue")."""
        mark, text = MARK % self.serial, ""
        while "Continuing." not in text and mark not in text:
            text += self._line(PATIENCE)
        if mark in text:
            return text         # a breakpoint was faster
        self.child.send_signal(signal.SIGINT)
        return text + self.finish()

    def connect(self, socket):
        return self("target remote %s" % socket)

    def fresh(self):
        """No breakpoints, no selected leftovers."""
        self("delete")
        self("see-traps on")

    def tail(self):
        return "\n".join(self.log)[-6000:]

    def end(self):
        self.child.stdin.close()
        try:
            self.child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()




class Session:
    """A machine .m and a debugger .g on it, stopped at the first instruction."""

    def __init__(self, folder, debugger=None, **options):
        self.m = Machine(folder, gdb_server=True, **options)
        socket = self.m.expect(r"target remote ([^\s']+gdb\.sock)")[1].decode()
        self.g = Gdb(debugger, options.get("flavour", "debug"))
        self.hello = self.g.connect(socket)
        self.waiting = None
        self.g.while_waiting = self.drain

    def drain(self):
        """Take what the console prints: a machine whose console is full stands still."""
        try:
            while True:
                self.m.child.buffer += self.m.child.read_nonblocking(4096, timeout=0)
        except (pexpect.TIMEOUT, pexpect.EOF):
            pass

    def end(self):
        self.m.kill()
        self.g.end()

    def reset(self):
        """Back to the first instruction, without breakpoints."""
        self.g.fresh()
        self.g("q-reset")

    def boot(self):
        """Run until the shell waits; the machine is stopped then."""
        self.g.fresh()
        self.g.send("continue")
        self.m.wait_prompt()
        self.g.interrupt()

    def begin(self, line):
        """Let the machine go on, with a line for the shell; returns gdb's report of the stop."""
        self.g.send("continue")
        self.type(line)
        return self.g.finish()

    def type(self, line):
        """Give the shell a line whose output finish() returns."""
        self.m.serial += 1
        self.waiting = self.m.serial
        self.m.send('echo "<""%d:"; %s; echo "<""%d="$?">"\n' % (self.waiting, line, self.waiting))

    def finish(self):
        """Run on without breakpoints until the line's end; its output. Stopped again then."""
        self.g.fresh()
        if not self.waiting:
            return ""
        self.g.send("continue")
        self.m.expect(r"<%d:\r*\n" % self.waiting)
        self.m.expect(r"<%d=(\d+)>\r*\n" % self.waiting)
        output = self.m.child.before.decode(errors="replace").replace("\r", "")
        self.waiting = None
        self.m.wait_prompt()
        self.g.interrupt()
        return output


def table(text, heading):
    """The rows (lists of words) below a heading line that has all these words."""
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if all(word in line.split() for word in heading.split()):
            return [row.split() for row in lines[i + 1:]]
    pytest.fail("no table with %s in:\n%s" % (heading, text), pytrace=False)
    return []


COMMANDS = ["q-ps", "q-vma", "q-vma 1", "q-walk $pc", "q-buddy", "q-buddy 0", "q-slab",
            "q-slab task_struct", "q-page $pc", "q-page 0x80300", "q-rmap $pc", "q-lru",
            "q-lru inactive_anon 3", "q-swap", "q-swap 0", "q-trap", "q-dmesg", "q-locks", "q-help"]


def no_traceback(output):
    assert "Traceback" not in output and "Python Exception" not in output, output
    assert "Error)" not in output, output


def try_all(g):
    """Every command answers, in words of its own."""
    for command in COMMANDS:
        output = g(command)
        no_traceback(output)
        assert output.strip(), command
        assert "do not fit" not in output, "%s: %s" % (command, output)
