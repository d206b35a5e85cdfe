# SPDX-License-Identifier: MIT
"""The shell and the terminal: what a user types."""
import re

import pytest

LINES = [
    ("echo a b  c", "a b c\n"),
    ("echo 'a  b' \"c  d\"", "a  b c  d\n"),
    ("echo \"it's\"", "it's\n"),
    ("echo a\\ \\ b", "a  b\n"),
    ("X=5; echo $X \"$X\" '$X'", "5 5 $X\n"),
    ("echo one | cat", "one\n"),
    ("echo one | cat | cat | cat", "one\n"),
    ("true && echo yes", "yes\n"),
    ("false && echo no; echo after", "after\n"),
    ("false || echo other", "other\n"),
    ("false; echo $?", "1\n"),
    ("true; echo $?", "0\n"),
    ("echo hi >/tmp/x; cat /tmp/x", "hi\n"),
    ("echo a >/tmp/y; echo b >>/tmp/y; cat </tmp/y", "a\nb\n"),
    ("ls /no/such 2>/dev/null || echo failed", "failed\n"),
    ("cd /tmp; pwd", "/tmp\n"),
    ("mkdir -p /tmp/d; echo x >/tmp/d/f; ls /tmp/d; rm /tmp/d/f", "f\n"),
    ("sh -c 'echo inner; exit 7'; echo $?", "inner\n7\n"),
    ("echo 'echo in script $1' >/tmp/s.sh; sh /tmp/s.sh arg", "in script arg\n"),
    ("seq 1 3", "1\n2\n3\n"),
    ("sh -c \"echo '# no comment' # a comment\"", "# no comment\n"),
]


@pytest.mark.parametrize("flavour", ["debug", "nommu"])
def test_lines(boot, flavour):
    m = boot(flavour=flavour, smp=2)
    wrong = []
    for line, want in LINES:
        got, _ = m.run(line)
        if got != want:
            wrong.append("%s\n  want %r\n  got  %r" % (line, want, got))
    assert not wrong, "\n".join(wrong)


def test_a_child_that_crashes_is_reported(boot):
    m = boot(smp=1)
    out, status = m.run("sh -c 'kill -SEGV $$'")
    assert status == 139 and "egmentation" in out, (out, status)


def test_background_and_kill(boot):
    m = boot(smp=2)
    out = m.ok("sleep 1000 & echo started")
    assert "started" in out
    pid = [w for w in m.ok("ps").splitlines() if "sleep" in w][0].split()[0]
    m.ok("kill %s" % pid)
    for _ in range(50):
        if "sleep" not in m.ok("ps"):
            break
    else:
        pytest.fail("sleep is still there")


def test_ctrl_c_ends_the_program_not_the_shell(boot):
    m = boot(smp=2)
    m.start("cat")
    m.send("one line\n")
    m.expect("one line\r*\n.*one line\r*\n")
    m.send("\x03")
    m.wait_prompt()
    assert m.ok("echo alive") == "alive\n"


def test_ctrl_d_ends_input(boot):
    m = boot(smp=1)
    m.start("cat")
    m.send("text\n")
    m.expect("text\r*\n.*text\r*\n")
    m.send("\x04")
    m.wait_prompt()
    assert m.run("echo $?")[0] in ("0\n",)


def test_ctrl_z_and_fg(boot):
    m = boot(smp=1)
    m.start("cat")
    m.send("\x1a")
    m.wait_prompt()
    assert re.search(r" T .* cat$", m.ok("ps"), re.M)
    m.send("fg\n")
    m.expect("exec cat")
    m.send("one line\n")                          # it is in the foreground when it has read this
    m.expect("one line\r*\n.*one line\r*\n")
    m.send("\x03")
    m.wait_prompt()
    assert "cat" not in m.ok("ps")


def test_line_editing_and_history(boot):
    m = boot(smp=1)
    m.send("echo abX\x7fc\n")                      # backspace
    m.expect("abc\r*\n")
    m.wait_prompt()
    m.send("echo first\n")
    m.expect("first\r*\n.*first\r*\n|first\r*\nfirst\r*\n")
    m.wait_prompt()
    m.send("\x1b[A\n")                             # arrow up: the same line again
    m.expect("first\r*\n")
    m.wait_prompt()
    m.send("echo gone\x15echo kept\n")             # Ctrl-U kills the line
    m.expect("\nkept\r*\n")
    m.wait_prompt()


def test_exit_of_the_shell_gives_a_new_one(boot):
    """init starts the shell again; orphans are reaped."""
    m = boot(smp=1)
    m.send("exit\n")
    m.wait_prompt()
    assert m.ok("echo again") == "again\n"
    assert m.cat("/proc/1/comm") == "init\n"


def test_tools(boot):
    m = boot(smp=2)
    m.ok("mkdir /tmp/t")
    m.ok("cp /etc/passwd /tmp/t/p; mv /tmp/t/p /tmp/t/q; cat /tmp/t/q")
    assert "q" in m.ok("ls -l /tmp/t")
    m.ok("mount -t tmpfs none /mnt; echo x >/mnt/f; umount /mnt")
    assert m.run("cat /mnt/f")[1] != 0
    assert "vm.swappiness" in m.ok("sysctl vm.swappiness")
    assert "Mem:" in m.ok("free")
    assert "free" in m.ok("vmstat")
    assert "PID" in m.ok("ps").upper()
    assert "[stack]" in m.ok("pmap 1").replace("[ stack ]", "[stack]")
    assert "init" in m.ok("top -b -n 1 || top -n 1")
    assert "Quire" in m.ok("dmesg")
    m.ok("sync")
    assert m.ok("grep -E '^Umask|^CapInh' /proc/1/status").split()[::2] == ["Umask:", "CapInh:"]
    out, status = m.run("grep -E '^(Umask|CapInh)' /proc/1/status")     # not known, so not guessed
    assert status == 2 and "groups" in out
