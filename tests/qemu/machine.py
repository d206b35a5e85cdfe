# SPDX-License-Identifier: MIT
"""One Quire machine in QEMU, driven through its console."""
import contextlib
import os
import pathlib
import re
import signal

import pexpect
import pytest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
BUILDS = {
    "debug": [],
    "release": ["RELEASE=1"],
    "nommu": ["MMU=0"],
    "nommu-release": ["MMU=0", "RELEASE=1"],
    "llvm": ["LLVM=1"],
    "llvm-release": ["LLVM=1", "RELEASE=1"],
    "llvm-nommu": ["LLVM=1", "MMU=0"],
}
FLAVOUR_OPTIONS = {"release": "--release", "nommu": "--nommu", "llvm": "--llvm"}
KERNEL_LINE = r"\[ *\d+\.\d{6}\] [^\r\n]*[\r\n]+"
# What the kernel says behind the prompt, before anybody has looked, does not hide it.
PROMPT = r"(?:^|[\r\n])[^\r\n]{0,60}[#$] (?:\x1b\[[0-9;?]*[A-Za-z])*(?:%s)*$" % KERNEL_LINE

# The machine that runs the tests may be slow or busy: limits are for hangs, not for speed.
PATIENCE = int(os.environ.get("QUIRE_TEST_PATIENCE", "90"))


def environment(folder, boot_seconds=PATIENCE):
    return dict(os.environ, TMPDIR=str(folder), QUIRE_BOOT_SECONDS=str(boot_seconds), LC_ALL="C")


def build_folder():
    """Where the kernels are: BUILD as for make."""
    return TOP / os.environ.get("BUILD", "build")


def command_line(flavour="debug", mem=None, smp=None, swap=None, append=None, adds=(), disks=(),
                 initrd=None, root=None, icount=False, timeout=None, verbose=False, cpu=None,
                 dtb=None, gdb_server=False, trace=None, trace_events=None):
    """The run-qemu.sh command of a machine."""
    args = [str(TOP / "run-qemu.sh"), "--no-build"]
    args += [FLAVOUR_OPTIONS[word] for word in flavour.split("-") if word in FLAVOUR_OPTIONS]
    for option, value in (("-m", mem), ("--smp", smp), ("--swap", swap), ("--append", append),
                          ("--initrd", initrd), ("--root", root), ("--timeout", timeout),
                          ("--cpu", cpu), ("--dtb", dtb), ("--trace", trace),
                          ("--trace-events", trace_events)):
        if value is not None:
            args += [option, str(value)]
    for option, values in (("--add", adds), ("--disk", disks)):
        for value in values:
            args += [option, str(value)]
    args += ["--icount"] * icount + ["--verbose"] * verbose
    return args + ["--gdb-server"] * gdb_server


def table(text):
    """The numbers of 'Name: 12 kB' or 'name 12' lines, by name."""
    found = {}
    for line in text.splitlines():
        m = re.match(r"\s*([\w()]+):?\s+(-?\d+)", line)
        if m:
            found[m[1]] = int(m[2])
    return found


class Machine:
    """A running machine. Options are those of command_line()."""

    def __init__(self, folder, boot_seconds=PATIENCE, **options):
        self.folder, self.options = folder, options
        self.serial = 0
        self.log_path = folder / "console.txt"
        self.log = open(self.log_path, "wb")
        args = command_line(**options)
        self.child = pexpect.spawn(args[0], args[1:], cwd=str(TOP),
                                   env=environment(folder, boot_seconds),
                                   timeout=PATIENCE, logfile=None, dimensions=(50, 500))
        self.child.logfile_read = self.log
        self.child.delaybeforesend = None

    def describe(self):
        return "machine (%s)" % ", ".join("%s=%s" % o for o in self.options.items())

    def console(self):
        self.log.flush()
        return self.log_path.read_bytes().decode(errors="replace").replace("\r", "")

    def gdb_socket(self):
        """The socket at which a machine started with gdb_server waits for its debugger."""
        return self.expect(r"target remote (\S+gdb\.sock)")[1].decode()

    # ---- Waiting ----------------------------------------------------------------------------

    def expect(self, pattern, timeout=PATIENCE):
        """Wait for a pattern on the console; return the match."""
        try:
            self.child.expect(pattern, timeout=timeout)
        except (pexpect.TIMEOUT, pexpect.EOF) as e:
            what = "ended" if isinstance(e, pexpect.EOF) else "gave nothing in %d s" % timeout
            pytest.fail("waiting for %r: the machine %s; last: %r" %
                        (pattern, what, self.console()[-300:]), pytrace=False)
        return self.child.match

    def wait_prompt(self):
        self.expect(PROMPT)

    def wait_exit(self, timeout=PATIENCE):
        """Wait until the machine is off; return the exit status of run-qemu.sh."""
        self.expect(pexpect.EOF, timeout)
        self.child.close()
        return self.child.exitstatus

    # ---- Talking to the shell ---------------------------------------------------------------

    def send(self, text):
        self.child.send(text)

    def run(self, command, timeout=PATIENCE):
        """Run a shell command; return (output, status). Marks keep the echo out of the output."""
        self.serial += 1
        joint = " " if command.rstrip().endswith("&") else "; "
        self.send('echo "<""%d:"; %s%secho "<""%d="$?">"\n' %
                  (self.serial, command, joint, self.serial))
        self.expect(r"<%d:\r*\n" % self.serial, timeout)
        self.expect(r"<%d=(\d+)>\r*\n" % self.serial, timeout)
        output = self.child.before.decode(errors="replace").replace("\r", "")
        status = int(self.child.match[1])
        self.wait_prompt()
        return output, status

    def start(self, command):
        """Start a program that goes on to read the terminal: its input may be sent afterwards."""
        self.serial += 1
        # The program's own process tells: it is in the foreground by then, so ^Z and ^C reach it.
        self.send("sh -c 'echo \"<\"\"%d:\"; exec %s'\n" % (self.serial, command))
        self.expect(r"<%d:\r*\n" % self.serial)

    def ok(self, command, timeout=PATIENCE):
        """Run a command that must succeed; return its output."""
        output, status = self.run(command, timeout)
        assert status == 0, "%s: status %d\n%s" % (command, status, output)
        return output

    def cat(self, path):
        """What is in a file, without what the kernel said on the console meanwhile."""
        return re.sub(KERNEL_LINE, "", self.ok("cat " + path))

    def monitor(self, command):
        """Give QEMU's monitor a command that says nothing if it succeeds."""
        self.send("\x01c")
        self.expect(r"\(qemu\) ")
        self.send(command + "\n")
        self.expect(r"\r\n(.*)\(qemu\) ")
        assert not self.child.match[1], self.child.match[1]
        self.send("\x01c\n")
        self.wait_prompt()

    # ---- Looking at memory ------------------------------------------------------------------

    def meminfo(self):
        """/proc/meminfo, in KiB."""
        return table(self.cat("/proc/meminfo"))

    def vmstat(self):
        return table(self.cat("/proc/vmstat"))

    def slab_totals(self):
        """{cache: objects in use} of /proc/slabinfo."""
        return {line.split()[0]: int(line.split()[1])
                for line in self.cat("/proc/slabinfo").splitlines()
                if not line.startswith(("slabinfo", "#"))}

    def empty_swap(self):
        """Bring back what is on the swap disks. Under pressure the shell and files lose pages to
        them; how many is chance. swapoff ends when the last slot is free: one that belongs to
        nobody shows. Where it has no room for all, slots stay in use."""
        for line in self.cat("/proc/swaps").splitlines()[1:]:
            name, _, _, used = line.split()[:4]
            if int(used):
                self.run("swapoff %s && swapon %s" % (name, name), timeout=300)

    def usage(self):
        """What a leak would change: pages not free, slots of swap in use, slab objects in use."""
        self.empty_swap()
        # /proc/slabinfo counts a slab that a hart works with as full: that would be the noise.
        self.ok("echo 2 >/proc/sys/vm/drop_caches")
        m = self.meminfo()
        return {"pages": (m["MemTotal"] - m["MemFree"]) // 4,
                "slots": (m.get("SwapTotal", 0) - m.get("SwapFree", 0)) // 4,
                "objects": sum(self.slab_totals().values())}

    @contextlib.contextmanager
    def nothing_lost(self, pages=16, objects=24, tries=40):
        """What the block uses must come back.

        The few pages and objects of tolerance are caches that a first use fills. Memory of a
        process that has just died may take a moment: the state is looked at until it is right.
        """
        for _ in range(tries):
            before = self.usage()
            if not before["slots"]:
                break
        else:
            pytest.fail("swap cannot be emptied: %s" % before, pytrace=False)
        yield
        for _ in range(tries):
            after = self.usage()
            if after["pages"] <= before["pages"] + pages and \
                    after["objects"] <= before["objects"] + objects and \
                    after["slots"] <= before["slots"]:
                return
        who = self.run("ps; df; ls -lR /tmp; cat /proc/swaps /proc/meminfo")[0]
        pytest.fail("lost: before %s, after %s\n%s" % (before, after, who), pytrace=False)

    def warm_up(self, line, tries=20):
        """Run a line until it uses no more memory than the time before: each hart keeps some
        stacks, pages and objects, and which hart does what is chance. A leak does not end."""
        for _ in range(tries):
            before = self.usage()
            self.ok(line)
            if self.usage()["pages"] <= before["pages"]:
                return

    # ---- The end ----------------------------------------------------------------------------

    def kill(self):
        """End the machine's own process group, whatever state it is in."""
        if self.child.isalive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.child.pid, signal.SIGTERM)
            with contextlib.suppress(pexpect.TIMEOUT, pexpect.EOF):
                self.child.expect(pexpect.EOF, timeout=5)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.child.pid, signal.SIGKILL)
        self.child.close(force=True)
        self.log.close()


def tap(text):
    """Parse TAP or KTAP: return (passed names, failed lines, skipped names, planned or None)."""
    passed, failed, skipped, planned = [], [], [], None
    for line in text.splitlines():
        line = re.sub(r"^\[ *\d+\.\d+\] ", "", line).strip()
        m = re.match(r"1\.\.(\d+)", line)
        if m and planned is None:
            planned = int(m[1])
        m = re.match(r"(not )?ok (\d+)(?: -)? ?(.*)", line)
        if not m:
            continue
        if m[1]:
            failed.append(line)
        elif "# SKIP" in line:
            skipped.append(m[3])
        else:
            passed.append(m[3])
    return passed, failed, skipped, planned
