# SPDX-License-Identifier: MIT
"""The ways into the debugger, each as a user takes it: --gdb, --gdb-rr, make gdb, an editor."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pexpect
import pytest

from machine import PATIENCE, TOP, build_folder
from session import DEBUGGERS, segments

pytestmark = [pytest.mark.xdist_group("gdb-ways"),
              pytest.mark.skipif(not DEBUGGERS, reason="NO GDB: install gdb-multiarch")]
PROMPT = r"\(gdb\) $"


def processes(folder):
    """Ids of the processes that were started with TMPDIR=folder, and still run."""
    mark, found = b"\0TMPDIR=%s\0" % os.fsencode(folder), []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if mark in b"\0" + (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:         # it has gone, or is not ours
            continue
    return found


def end_all(folder):
    """Nothing that a test has started stays, however the test went."""
    for pid in processes(folder):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


@pytest.fixture
def terminal(start, tmp_path):
    """terminal(COMMAND...) runs a command on a terminal of its own, until gdb asks."""
    del start           # only that the kernel is built first
    running = []

    def run(*command):
        env = dict(os.environ, TMPDIR=str(tmp_path), LC_ALL="C", TERM="dumb", COLUMNS="200")
        child = pexpect.spawn(command[0], list(command[1:]), cwd=str(TOP), env=env,
                              timeout=PATIENCE, encoding="utf-8", codec_errors="replace",
                              dimensions=(50, 300))
        child.delaybeforesend = None
        running.append(child)
        return child

    yield run
    for child in running:
        child.close(force=True)
    end_all(tmp_path)


@pytest.fixture(autouse=True)
def built(start):
    """A kernel to debug."""
    from conftest import build
    build("debug")
    return start


def whole_line(child, pattern):
    """Wait for a line that begins so, to its end: a terminal may give it in pieces."""
    child.expect(pattern + r"[^\r\n]*\r*\n")
    return child.match[0]


def ask(child, command):
    child.sendline(command)
    child.expect(PROMPT)
    return child.before.replace("\r", "")


@pytest.fixture
def own_build(built, tmp_path, monkeypatch):
    """BUILD is a folder of its own: other sessions of this tree would empty its console.log."""
    folder = tmp_path / "build"
    folder.mkdir()
    for name in ("debug", "user"):
        (folder / name).symlink_to((build_folder() / name).resolve())
    monkeypatch.setenv("BUILD", str(folder))


def test_one_terminal(own_build, terminal):
    """--gdb: stopped at the first instruction; Ctrl-C stops the machine and ends nothing."""
    gdb = terminal("./run-qemu.sh", "--no-build", "--gdb", "--smp", "1")
    gdb.expect(PROMPT)
    assert "tail -f" in gdb.before and "0x0000000000001000" in gdb.before
    assert "start_kernel () at" in ask(gdb, "break start_kernel") + ask(gdb, "c")
    gdb.sendline("delete")
    gdb.expect(PROMPT)
    gdb.sendline("c")
    log = build_folder() / "console.log"
    gdb.expect("Continuing")
    deadline = time.monotonic() + PATIENCE
    while "quire:/root#" not in log.read_text(errors="replace"):
        assert gdb.isalive() and time.monotonic() < deadline, log.read_text(errors="replace")
        time.sleep(0.1)
    gdb.sendintr()
    gdb.expect(PROMPT)
    assert "SIGINT" in gdb.before
    assert "kswapd0" in ask(gdb, "q-ps")
    assert "Quire runs in QEMU" in ask(gdb, "run")
    gdb.sendline("kill")
    gdb.expect(PROMPT)
    gdb.sendline("quit")
    gdb.expect(pexpect.EOF)


def test_time_travel(terminal):
    """--gdb-rr: a run is recorded, then replayed; execution goes back, to the fault's cause."""
    if not shutil.which("qemu-img"):
        pytest.skip("NO QEMU-IMG: install qemu-utils")
    gdb = terminal("./run-qemu.sh", "--no-build", "--gdb-rr", "--run", "lazy 1")
    gdb.expect(PROMPT)
    assert "all numbers are as claimed" in gdb.before and "Replaying" in gdb.before
    ask(gdb, "ub lazy touch_pages")
    assert "touch_pages (" in ask(gdb, "c")
    ask(gdb, "delete")
    ask(gdb, "tbreak handle_mm_fault")
    assert "handle_mm_fault (" in ask(gdb, "c")
    assert "cannot be reset" in ask(gdb, "q-reset")
    ask(gdb, "reverse-stepi")
    assert "mm_user_fault" in ask(gdb, "bt 1")
    ask(gdb, "tbreak start_kernel")
    assert "start_kernel () at" in ask(gdb, "reverse-continue")
    ask(gdb, "tbreak handle_mm_fault")
    assert "handle_mm_fault (" in ask(gdb, "c")
    # QEMU 7.2 cannot go on past the place from which it went back; q-again can.
    assert "q-again" in ask(gdb, "help q-again")
    ask(gdb, "q-again")
    ask(gdb, "ub lazy touch_pages")
    assert "touch_pages (" in ask(gdb, "c")
    ask(gdb, "delete")
    ask(gdb, "tbreak handle_mm_fault")
    ask(gdb, "c")
    first, second = ask(gdb, "stepi"), ask(gdb, "stepi")
    assert "handle_mm_fault" in ask(gdb, "bt 1") and first != second
    gdb.sendline("kill")
    gdb.expect(PROMPT)


def test_again_after_the_end(terminal):
    """The machine has powered off, or was killed: q-again starts another; breakpoints stay."""
    gdb = terminal("./run-qemu.sh", "--no-build", "--gdb", "--smp", "1", "--run", "true")
    gdb.expect(PROMPT)
    ask(gdb, "break start_kernel")
    assert "start_kernel () at" in ask(gdb, "c")
    assert "q-again" in ask(gdb, "c")           # to the end
    ask(gdb, "q-again")
    assert "start_kernel () at" in ask(gdb, "c")
    gdb.sendline("kill")
    gdb.expect(PROMPT)


def test_again_after_make(terminal, tmp_path):
    """The kernel was built anew meanwhile: q-again reads the new symbols (gdb's own way to do it
    is a crash), and breakpoints move with them."""
    kernel = tmp_path / "a b" / "quire.elf"
    kernel.parent.mkdir()
    shutil.copy(build_folder() / "debug/quire.elf", kernel)
    gdb = terminal("./run-qemu.sh", "--kernel", str(kernel), "--gdb", "--smp", "1")
    gdb.expect(PROMPT)
    ask(gdb, "break start_kernel")
    assert "start_kernel () at" in ask(gdb, "c")
    os.utime(kernel, (time.time() + 60, time.time() + 60))
    assert "another kernel" not in ask(gdb, "q-again")
    assert "start_kernel () at" in ask(gdb, "c")
    elf = bytearray(kernel.read_bytes())
    code = next(s for s in segments(elf) if s[0] == 1 and s[1] & 1)
    elf[code[2] + code[5] - 8] ^= 1
    kernel.unlink()             # as ld does: QEMU has the old file
    kernel.write_bytes(elf)
    os.utime(kernel, (time.time() + 120, time.time() + 120))
    assert "another kernel" in ask(gdb, "q-reset")
    assert "another kernel" not in ask(gdb, "q-again")
    gdb.sendline("kill")
    gdb.expect(PROMPT)


def test_the_machine_goes_with_its_debugger(terminal, tmp_path):
    """A gdb that is killed, or whose terminal is closed, leaves no QEMU behind."""
    gdb = terminal("./run-qemu.sh", "--no-build", "--gdb", "--smp", "1")
    gdb.expect(PROMPT)
    names = {pid: pathlib.Path("/proc/%d/comm" % pid).read_text() for pid in processes(tmp_path)}
    assert any(name.startswith("qemu") for name in names.values()), names
    for pid, name in names.items():
        if name.startswith(("gdb", "riscv")):
            os.kill(pid, signal.SIGKILL)
    gdb.expect(pexpect.EOF)
    deadline = time.monotonic() + PATIENCE
    while processes(tmp_path):
        assert time.monotonic() < deadline, "still there: %s" % processes(tmp_path)


def test_a_second_gdb_gets_advice(terminal):
    """--gdb-server: the printed line connects; typed twice it says who is there, and waits not."""
    server = terminal("./run-qemu.sh", "--no-build", "--gdb-server", "--smp", "1")
    whole_line(server, r"cd [^\r\n]* && [^\r\n]*target remote ([^\s']+gdb\.sock)")
    line, socket = "cd / && " + server.match[0].strip(), server.match[1]
    first = terminal("/bin/sh", "-c", line)
    first.expect(PROMPT)
    assert "0x0000000000001000" in first.before
    second = terminal("/bin/sh", "-c", line)
    second.expect(PROMPT)
    assert "another gdb is connected" in second.before
    assert "another gdb is connected" in ask(second, "target remote " + socket)
    ask(first, "detach")
    assert "another gdb" not in ask(second, "target remote " + socket)
    second.sendline("kill")
    second.expect(PROMPT)


@pytest.mark.parametrize("options", [("--smp", "2"), ("--swap", "64M"), ("--icount",)])
def test_time_travel_says_what_it_cannot(options):
    done = subprocess.run([TOP / "run-qemu.sh", "--no-build", "--gdb-rr", *options], text=True,
                          check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 2 and "--gdb-rr" in done.stdout and "leave" in done.stdout


def test_make_gdb(terminal):
    gdb = terminal("make", "-s", "gdb", "TEST=cow/pipe")
    gdb.expect(PROMPT)
    assert re.search(r"from_pipe \(\) at user/tests/cowtest\.c:\d+", gdb.before), gdb.before
    assert "run_in_child" in ask(gdb, "bt")
    assert "0x0000000000001000" in ask(gdb, "q-reset")
    assert re.search(r"from_pipe \(\) at user/tests/cowtest\.c:\d+", ask(gdb, "c"))
    gdb.sendline("kill")
    gdb.expect(PROMPT)


def test_names_of_user_tests():
    def find(name):
        return subprocess.run([TOP / "tools/gdb/find-test", name], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    want = "usertests\tusertests cowtest.storm\tcowtest.c:storm\n"
    assert find("cow/storm").stdout == find("cowtest/storm").stdout == want
    assert find("cowtest.storm").stdout == want
    assert find("cow/pipe").returncode == 0
    for name, want in (("cow/nix", "no test cow/nix in suite cow"), ("cow", "cow is a suite"),
                       ("storm", "several suites: cow/storm procfs/storm"),
                       ("o'x", "suites: badargs commit cow")):
        unknown = find(name)
        assert unknown.returncode == 1 and want in unknown.stdout, unknown.stdout
        assert "storm" in unknown.stdout or name == "o'x"


def test_make_gdb_takes_any_name():
    """The name reaches find-test whole, whatever the shell would make of it."""
    done = subprocess.run(["make", "-s", "gdb", "TEST=o'x $(pwd)"], cwd=TOP, text=True,
                          check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode and "no user test o'x" in done.stdout and "syntax" not in done.stdout


def test_one_way_at_a_time():
    done = subprocess.run([TOP / "run-qemu.sh", "--no-build", "--gdb", "--gdb-server"], text=True,
                          check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 2 and "choose one" in done.stdout


def mi(command):
    """A setup command as VS Code's C++ extension hands it to gdb."""
    if command.startswith("-"):
        return command
    return '-interpreter-exec console "%s"' % command.replace('"', '\\"')


def mi_run(gdb, commands):
    """What VS Code sends before the program runs."""
    for number, command in enumerate(commands):
        gdb.sendline("%d%s" % (number, mi(command)))
        whole_line(gdb, r"%d\^(done|running|connected|error)" % number)
        assert gdb.match[1] != "error", gdb.match[0]


def launch_of(number):
    """A configuration of launch.json, its variables replaced."""
    text = (TOP / ".vscode/launch.json").read_text()
    values = {"workspaceFolder": str(TOP)}
    values.update(("input:" + i["id"], i["default"]) for i in json.loads(text)["inputs"])
    for name, value in values.items():
        text = text.replace("${%s}" % name, value)
    assert "${" not in text
    launch = json.loads(text)["configurations"][number]
    commands = [c["text"] for c in launch["setupCommands"] + launch["customLaunchSetupCommands"]]
    return launch, commands


def editors_gdb(launch, tmp_path):
    """gdb as the extension starts it: in the folder of "program"; "cwd" is not used with
    commands of one's own (MIEngine: RunInTerminalTransport, GetInitializeCommands)."""
    return pexpect.spawn(DEBUGGERS[0], ["-nx", "-q", "-i=mi"], timeout=PATIENCE,
                         cwd=os.path.dirname(launch["program"]), encoding="utf-8", echo=False,
                         env=dict(os.environ, TMPDIR=str(tmp_path), LC_ALL="C"),
                         dimensions=(50, 2000))


def test_editor_at_a_test(tmp_path):
    """The second configuration, with the test that it offers."""
    launch, commands = launch_of(1)
    gdb = editors_gdb(launch, tmp_path)
    try:
        mi_run(gdb, commands)
        gdb.sendline("90-exec-continue")
        whole_line(gdb, r'\*stopped,reason="breakpoint-hit"')
        gdb.sendline("91-stack-info-frame")
        frame = whole_line(gdb, r'91\^done')
        assert "from_pipe" in frame and "cowtest.c" in frame, frame
    finally:
        gdb.close(force=True)
        end_all(tmp_path)


def test_editor(tmp_path):
    """F5 in VS Code: the very commands of .vscode/launch.json, over gdb's machine interface."""
    launch, commands = launch_of(0)
    tasks = json.loads((TOP / ".vscode/tasks.json").read_text())["tasks"]
    assert launch["preLaunchTask"] in [task["label"] for task in tasks]
    assert launch["launchCompleteCommand"] == "exec-continue"
    gdb = editors_gdb(launch, tmp_path)
    try:
        mi_run(gdb, commands)
        gdb.sendline("90-exec-continue")
        stop = whole_line(gdb, r'\*stopped,reason="breakpoint-hit"')
        assert 'func="start_kernel"' in stop and "kernel/main.c" in stop, stop
        gdb.sendline("91-break-insert do_anonymous_page")
        gdb.expect(r"91\^done")
        gdb.sendline("92-exec-continue")
        whole_line(gdb, r'\*stopped,reason="breakpoint-hit"')
        gdb.sendline("93-stack-list-variables --all-values")
        assert 'name="vmf"' in whole_line(gdb, r'93\^done,variables=\[')
        gdb.sendline('94-interpreter-exec console "kill"')
        gdb.expect(r"94\^done")
    finally:
        gdb.close(force=True)
        end_all(tmp_path)
