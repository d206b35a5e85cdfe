# SPDX-License-Identifier: MIT
"""One machine under test: QEMU, its console with sealed lines, its memory, its control socket.

How QEMU is called is run-qemu.sh's business: it prints its commands (--dry-run), we run them in a
folder of our own, with RAM in a file that we can read and a control socket (QMP).
"""
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import re
import secrets
import select
import shlex
import shutil
import signal
import socket
import subprocess
import time

from . import children, limit, report
from .gdbstub import Stub
from .memory import Layout, Memory
from .spec import Fail

OUTPUT_LIMIT = 1 << 20
# A machine in which nothing happens any more: so many looks in a row, a second or more apart, at
# which it has executed no more than idle harts do.
QUIET_LOOKS, IDLE_INSTRUCTIONS = 30, 2_000_000
FLAVOURS = {"debug": [], "release": ["RELEASE=1"], "nommu": ["MMU=0"],
            "nommu-release": ["MMU=0", "RELEASE=1"]}
_OPTIONS = {"release": "--release", "nommu": "--nommu"}
SEALED_LINE = 1100              # the longest that labrun prints
SEAL = r" #[0-9a-f]{32}"        # its end


class Ended(Fail):
    """The machine ended before the test did: panic, power-off, flood, out of time."""


def megabytes(text):
    """64M, 1G -> bytes."""
    return int(text[:-1]) << {"K": 10, "M": 20, "G": 30}[text[-1].upper()]


def make_disk(disk, path):
    """A fresh disk at path: of a size ("8M"), or what a function makes of it. The name that QEMU
    is to open: the function may return another, such as "blkdebug:CONFIG:PATH"."""
    if callable(disk):
        return disk(path) or path
    with open(path, "wb") as f:
        f.truncate(megabytes(disk))
    return path


def ram_folder(size):
    """Where to put the file with the machine's RAM: in memory, if there is room for some machines
    more beside it. A container gives /dev/shm 64 MiB, and QEMU would die at the first byte above;
    None then: where temporary files go."""
    with contextlib.suppress(OSError):
        if shutil.disk_usage("/dev/shm").free >= 8 * size:
            return "/dev/shm"
    return None


def unsealed(line, number, key, nonce):
    """The text of a line of the console, if the program's line of this number ends it: what a
    kernel may have printed before it on the same line does not matter. Else None."""
    line = line.rstrip(b"\r")[-SEALED_LINE:]
    if not re.fullmatch(SEAL.encode(), line[-34:]):
        return None
    for m in re.finditer(rb"@%d " % number, line):
        text = line[m.end():-34]
        seal = hmac.new(key, b"%s %d %s" % (nonce.encode(), number, text), hashlib.sha256)
        if hmac.compare_digest(seal.hexdigest()[:32], line[-32:].decode()):
            return text.decode(errors="replace")
    return None


class Machine:
    """Use as a context manager. Everything it makes is in a folder that goes with it."""

    def __init__(self, tree, test, folder=None):
        self.tree, self.test = pathlib.Path(tree), test
        self.own_folder = folder is None
        self.hart = 0
        self.folder = pathlib.Path(folder or children.folder())
        self.ram_dir = children.folder(parent=ram_folder(megabytes(test.mem)))
        self.key, self.nonce = secrets.token_bytes(32), secrets.token_hex(16)
        self.console = bytearray()
        self.scanned = 0            # of the console
        self.lines = []             # sealed lines, checked
        self.exit_status = None     # of the program, sealed
        self.child = self.qmp = self.mem = self.stub = None
        self.why = ""               # why it ended before its time
        self.counter = limit.Counter(self.tree, self.folder)
        self.quiet = 0              # looks in a row at which nothing happened
        self.looked = (0, 0, 0)     # _still_running(): when, instructions and console then

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exc):
        self.close()

    # ---- starting ----

    def _command(self):
        t = self.test
        words = ["--dry-run", "--no-build", "-m", t.mem, "--smp", str(t.smp), "--swap", t.swap]
        words += [_OPTIONS[w] for w in t.flavour.split("-") if w in _OPTIONS]
        if t.icount:
            words.append("--icount")
        for i, disk in enumerate(t.disks):
            words += ["--disk", str(make_disk(disk, self.disk(i)))]
        append = t.append
        if t.selftest:
            append += " selftest=%s selftest_nonce=%s quiet panic=-1" % (t.selftest, self.nonce)
        elif not t.run and "panic=" not in append:
            append += " panic=-1"       # run-qemu.sh says so for --run
        if append:
            words += ["--append", append.strip()]
        if t.run:
            words += self._programs() + ["--run", "labrun " + t.run]
        done = subprocess.run([str(self.tree / "run-qemu.sh"), *words], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=dict(os.environ, TMPDIR=str(self.folder)))
        return [shlex.split(line) for line in done.stdout.splitlines()]

    def _programs(self):
        key = self.folder / "labkey"
        key.write_text("%s %s\n" % (self.key.hex(), self.nonce), encoding="ascii")
        built = self.tree / "build" / "user" / "labs"
        words = ["--add", "%s:/etc/labkey" % key, "--add", str(built / "labrun")]
        for name in dict.fromkeys([self.test.run.split()[0], *self.test.add]):
            if (built / name).exists():
                words += ["--add", str(built / name)]
        return words

    def _start(self):
        *before, qemu = self._command()
        (self.folder / "quire").mkdir()
        for command in before:
            subprocess.run(command, cwd=self.tree, check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE)
        if self.test.swap_errors:
            qemu = self._with_swap_errors(qemu)
        ram = os.path.join(self.ram_dir, "ram")
        at = qemu.index("-machine") + 1
        qemu[at] += ",memory-backend=ram"
        qemu += ["-object", "memory-backend-file,id=ram,size=%s,share=on,mem-path=%s" %
                 (self.test.mem, ram), "-qmp", "unix:%s,server=on,wait=off" % self._socket()]
        qemu += ["-gdb", "unix:%s,server=on,wait=off" % (self.folder / "gdb")]
        if self.test.halted:
            qemu.append("-S")
        qemu += self.counter.words(self._instruction_limit())
        self.started = time.monotonic()
        limits = "ulimit -t %d -c 0; exec \"$@\"" % self._cpu_seconds()
        self.child = children.start(["bash", "-c", limits, "limits", *qemu], cwd=self.tree,
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT)

    def _with_swap_errors(self, qemu):
        """QEMU's command with a filter (blkdebug) that fails some sectors of the swap disk."""
        kind, every, first, last = self.test.swap_errors
        rule = ('[inject-error]\nevent = "%s_aio"\niotype = "%s"\nerrno = "5"\nsector = "%d"\n'
                'once = "off"\n')
        conf = self.folder / "errors.conf"
        slots = range(first, min(last + 1, megabytes(self.test.swap) // 4096), every)
        conf.write_text("\n".join(rule % (kind, kind, slot * 8) for slot in slots))
        return [word.replace("file=%s" % self.swap_image(), "file=blkdebug:%s:%s" %
                             (conf, self.swap_image())) for word in qemu]

    def _socket(self):
        return str(self.folder / "qmp")

    def _cpu_seconds(self):
        return int(os.environ.get("QUIRE_LAB_CPU_SECONDS", self.test.cpu_seconds))

    def _instruction_limit(self):
        return int(os.environ.get("QUIRE_LAB_INSTRUCTIONS", self.test.instructions))

    def executed(self):
        """Instructions that all harts have executed, without idle time; None if not counted."""
        return self.counter.executed()

    # ---- the console ----

    def _read(self, seconds):
        """Take what the machine has printed; False when it has ended."""
        out = self.child.stdout
        if not select.select([out], [], [], seconds)[0]:
            return True
        data = os.read(out.fileno(), 65536)
        self.console += data
        if len(self.console) > OUTPUT_LIMIT:
            self.why = "it printed more than %d KiB" % (OUTPUT_LIMIT >> 10)
            self.kill()
            return False
        self._scan()
        return bool(data)

    def _scan(self):
        """Take the sealed lines out of what has come since."""
        end = self.console.rfind(b"\n") + 1
        for line in self.console[self.scanned:end].split(b"\n"):
            text = unsealed(line, len(self.lines) + 1, self.key, self.nonce)
            if text is None:
                continue
            self.lines.append(text)
            done = re.fullmatch(r"exit (\d+)", text)
            if done:
                self.exit_status = int(done[1])
        self.scanned = max(self.scanned, end)

    def _goes_on(self):
        """Read for up to a second. False when the machine has ended, or had to be ended since it
        did nothing any more."""
        if time.monotonic() > self.started + self.test.wall_seconds:
            self.why = "it had not ended after %d s" % self.test.wall_seconds
        elif self.quiet >= QUIET_LOOKS:
            self.why = "it sleeps for ever: for %d s no hart had anything to do" % self.quiet
        if self.why:
            self.kill()
            return False
        printed, before = len(self.console), self.executed()
        going = self._read(1)
        busy = before is None or self.executed() - before > IDLE_INSTRUCTIONS
        self.quiet = 0 if busy or len(self.console) > printed else self.quiet + 1
        return going

    def _wait_for(self, ready, what):
        while not ready():
            if not self._goes_on() and not ready():
                raise self.ended(what)

    def wait(self, text):
        """Wait for a sealed line of the program that contains text; return it. A line that
        begins with "at " is a mark: if another mark comes, the program is not where it must be."""
        found = []

        def ready():
            found[:] = [line for line in self.lines[self.seen:]
                        if text in line or line.startswith("at ")][:1]
            return found or self.exit_status is not None
        self._wait_for(ready, "the line %r" % text)
        if not found or text not in found[0]:
            raise Fail("the program to say %r" % text, found[0] if found else
                       "it ended: " + self.last_line())
        self.seen = self.lines.index(found[0], self.seen) + 1
        return found[0]

    seen = 0

    def wait_until(self, condition, what):
        """Wait for something that shows in the memory while the machine runs, and looks at it."""
        self._wait_for(condition, what)

    def wait_console(self, pattern):
        """Wait until the console has printed something that matches; only to know when to look:
        what a kernel prints proves nothing."""
        found = []

        def ready():
            found[:] = [m for m in [re.search(pattern, self.text())] if m]
            return found
        self._wait_for(ready, "%r on the console" % pattern)
        return found[0]

    def last_line(self):
        said = [line for line in self.lines if line and not line.startswith("exit ")]
        return "%s (exit status %s)" % (said[-1] if said else "without a word", self.exit_status)

    def go(self, text=""):
        """Send a line to the program: it waits for it after its mark."""
        with contextlib.suppress(BrokenPipeError):
            self.child.stdin.write(text.encode() + b"\n")
            self.child.stdin.flush()

    def finish(self):
        """Wait for the program's end (sealed), or for the end of a selftest run."""
        if self.test.run:
            self._wait_for(lambda: self.exit_status is not None, "the test to end")
        else:
            while self._goes_on():
                pass
        self._scan()

    # ---- how it ended ----

    def text(self):
        return bytes(self.console).decode(errors="replace").replace("\r", "")

    def ended(self, waiting_for):
        """An error that says what became of the machine."""
        return Ended(waiting_for, self.describe_end())

    def describe_end(self):
        text = self.text()
        todo = re.search(r"LAB_TODO (lab [^\n]*)", text)
        if todo:
            return report.UNWRITTEN + todo[1]
        panic = re.search(r"Kernel panic - not syncing: ([^\n]*)", text)
        if panic:
            return "panic: " + panic[1]
        return self._why_it_ended() + self._last_words()

    def _why_it_ended(self):
        if self.why:
            return self.why
        status = self.child.wait()
        if status == limit.STATUS:
            return "it ran away: %d million instructions executed" % (
                self._instruction_limit() // 1000000)
        if status in (-signal.SIGXCPU, -signal.SIGKILL):
            return "it ran away: %d s of processor time used" % self._cpu_seconds()
        if "Power down" in self.text() or status in (0, 1):
            return "the machine switched itself off before the test had ended"
        return "QEMU ended with status %d" % status

    def _last_words(self):
        """What the console tells of the cause: the kernel's first complaint, or its last line."""
        text = "\n".join(re.split(r"@\d+ ", line)[0] if re.fullmatch(SEAL, line[-34:]) else line
                         for line in self.text().split("\n"))
        complaint = re.search(r"\b(?:BUG|Oops)\b[^\n]*|This hart has no [^\n]*", text)
        if complaint:
            return "; the console says: " + complaint[0][:120]
        lines = re.findall(r"\S[^\n]*", re.sub(r"[^\n -~]", "", text))
        return "; the console's last line: " + lines[-1][:120] if lines else ""

    def power_status(self):
        """QEMU's exit status once it has ended by itself."""
        return self.child.wait()

    # ---- looking inside ----

    def disk(self, n):
        """The host's path of the n-th disk of the test."""
        return self.folder / ("disk%d.img" % n)

    def swap_image(self):
        """The host's path of the swap disk. Slot n is its page n."""
        return self.folder / "quire" / "swap.img"

    def disk_counts(self, n=0):
        """What the n-th disk was asked so far, as QEMU counts: {"rd_operations", "rd_bytes",
        "wr_operations", "wr_bytes", "flush_operations", ...}."""
        return self._ask("query-blockstats")[n]["stats"]

    def _ask(self, command, **arguments):
        """A command to QEMU itself; its answer."""
        try:
            return self._converse(command, arguments)
        except OSError:
            if self.child.poll() is None:
                self.why = self.why or "QEMU does not answer"
                self.kill()
            raise self.ended("an answer from QEMU") from None

    def _converse(self, command, arguments):
        if self.qmp is None:
            self.qmp = socket.socket(socket.AF_UNIX)
            self.qmp.settimeout(60)
            self._connect()
            self.qmp_file = self.qmp.makefile("rb")
            json.loads(self.qmp_file.readline())
            self._ask("qmp_capabilities")
        message = {"execute": command}
        if arguments:
            message["arguments"] = arguments
        self.qmp.sendall(json.dumps(message).encode() + b"\n")
        while True:
            line = self.qmp_file.readline()
            if not line:
                raise self.ended("an answer from QEMU")
            answer = json.loads(line)
            if "error" in answer:
                raise Fail("QEMU to obey %s" % command, answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]

    def _connect(self):
        """QEMU may not have come so far yet as to make its socket."""
        for _ in range(1200):
            with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
                return self.qmp.connect(self._socket())
            if self.child.poll() is not None:
                break
            time.sleep(0.05)
        raise self.ended("QEMU to start")

    def monitor(self, line):
        """A command of QEMU's human monitor; its answer as text."""
        return self._ask("human-monitor-command", **{"command-line": line})

    @contextlib.contextmanager
    def stopped(self):
        """Stop all harts; gives the Memory. They go on afterwards."""
        self._ask("stop")
        try:
            yield self.memory()
        finally:
            with contextlib.suppress(OSError, Fail):
                self._ask("cont")

    def run_to(self, function, go=None):
        """Of a test with halted=True: run until a hart is about to enter a function of the kernel
        (by its link address: with an MMU it must be on). Everything stands still then; gives the
        Memory, and self.hart is the one that is there. With go, the program gets that line."""
        return self._run_until(go, "the machine to reach %s()" % function, lambda: self.stub.run_to(
            self.memory().symbol(function), self._still_running))

    def run_to_write(self, va, go=None):
        """The same until a hart has written to the 8 bytes at a kernel address."""
        return self._run_until(go, "a write to %#x" % va, lambda: self.stub.run_to_write(
            va, self._still_running))

    def _run_until(self, go, what, run):
        try:
            if self.stub is None:
                self._ask("stop")
                self._connect_stub()
            if go is not None:
                self.go(go)
            self.quiet = 0
            self.hart = run()
        except OSError:
            while self._read(1):
                self._still_running()
            raise self.ended(what) from None
        return self.memory()

    def _connect_stub(self):
        """QEMU may still be starting."""
        while self.stub is None:
            self._still_running()
            with contextlib.suppress(OSError):
                self.stub = Stub(str(self.folder / "gdb"))

    def _still_running(self):
        """For a wait on something else than the console: Ended if the machine is not to go on."""
        if time.monotonic() > self.started + self.test.wall_seconds:
            self.why = "it did nothing more for %d s" % self.test.wall_seconds
            self.kill()
        elif self.quiet >= QUIET_LOOKS:
            self.why = "it sleeps for ever: for %d s no hart had anything to do" % self.quiet
            self.kill()
        elif self._read(0) and self.child.poll() is None:
            self._note_idle()
            return
        raise self.ended("the machine to go on")

    def _note_idle(self):
        """Once a second: has any hart done something?"""
        when, executed, printed = self.looked
        if time.monotonic() < when + 1:
            return
        self.looked = time.monotonic(), self.executed() or 0, len(self.console)
        busy = self.executed() is None or self.looked[1] - executed > IDLE_INSTRUCTIONS
        self.quiet = 0 if busy or self.looked[2] > printed else self.quiet + 1

    def hold(self, function, until, go=""):
        """Make a race come out in one certain way: let the program go on from its mark, keep the
        first hart that comes to a function there, let the others run until until() is true, then
        all. until() may read the memory, which changes meanwhile."""
        self.run_to(function, go)
        try:
            self.stub.run_all_but(self.hart, self.test.smp)
            while not until():
                self._still_running()
                time.sleep(0.01)
            self.stub.interrupt()
            self.run_on()
        except OSError:
            raise self.ended("the harts that were not held to come to an end") from None

    def run_on(self):
        """All harts run on: after run_to(), or in place of it."""
        if self.stub is None:
            self._ask("cont")
        else:
            self.stub.detach()
            self.stub = None

    def memory(self):
        """The machine's memory; works after its end as well, until close()."""
        if self.mem is None:
            layout = Layout(self.tree, FLAVOURS[self.test.flavour]).load()
            self.mem = Memory(os.path.join(self.ram_dir, "ram"), megabytes(self.test.mem),
                              self.tree / "build" / self.flavour_dir() / "quire.elf", layout,
                              "nommu" not in self.test.flavour)
            self.mem.deadline = time.monotonic() + self.test.wall_seconds
        return self.mem

    def flavour_dir(self):
        return {"nommu": "debug-nommu", "nommu-release": "release-nommu"}.get(self.test.flavour,
                                                                             self.test.flavour)

    def registers(self, hart=0):
        """{name: value} of a hart: pc, satp, sp, a0 ... while stopped."""
        text = self.monitor("info registers -a")
        parts = re.split(r"^CPU#\d+\s*$", text, flags=re.M)[1:]
        part = parts[hart] if parts else text
        found = re.findall(r"\b([a-z]\w*(?:/\w+)?)\s+([0-9a-f]{16})\b", part)
        return {name.split("/")[-1]: int(value, 16) for name, value in found}

    def satp_root(self, hart=0):
        """Physical address of the table that satp of a hart names; 0 if the MMU is off."""
        satp = self.registers(hart)["satp"]
        return (satp & (1 << 44) - 1) * 4096 if satp >> 60 == 8 else 0

    def instructions(self):
        """Instructions since the start, to the nearest 100; idle time counts too. With icount."""
        text = self.monitor("xp /1gx 0x200bff8")
        return int(text.split(":")[1].strip(), 16) * 100

    # ---- the end ----

    def power_cut(self):
        """The power fails: QEMU is killed. The disks stay as they are, for the check to look at;
        what the program would have said after that does not count."""
        self.kill()
        self.child.wait()
        self.exit_status = 0

    def kill(self):
        children.kill(self.child)

    def close(self):
        if self.child is not None:
            children.end(self.child)
            self.child.stdin.close()
            self.child.stdout.close()
        if self.stub is not None:
            self.stub.close()
        if self.qmp is not None:
            self.qmp_file.close()
            self.qmp.close()
        if self.mem is not None:
            self.mem.close()
        children.remove(self.ram_dir)
        if self.own_folder:
            children.remove(self.folder)
