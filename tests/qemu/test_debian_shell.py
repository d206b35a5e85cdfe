# SPDX-License-Identifier: MIT
"""Debian's bash at the terminal: job control as a user types it, scripts, full-screen programs.

One machine serves all tests; each ends at a prompt without jobs.
"""
import re

import pytest

import conftest
from test_debian import ANSI, Debian

pytestmark = pytest.mark.xdist_group("debian_shell")

CTRL_C, CTRL_D, CTRL_Z, CTRL_BACKSLASH = "\x03", "\x04", "\x1a", "\x1c"

# Waits for a signal that it tells of; $1 is what it exits with.
TRAPPER = r"""#!/bin/bash
trap 'echo "caught INT"; exit $1' INT
trap 'echo "caught CONT"' CONT
trap 'echo "bye $1"' EXIT
echo trapper is ready
while :; do sleep 0.05; done
"""

SCRIPT = r"""#!/bin/bash
set -euo pipefail
f() { local n=$1; ((n < 2)) && { echo 1; return; }; echo $((n * $(f $((n - 1))))); }
f 8
coproc up { tr -u a-z A-Z 2>/dev/null || sed -u 's/.*/\U&/'; }
echo shout >&"${up[1]}"; read -r -u "${up[0]}" word; echo "$word"
exec {up[1]}>&-
declare -A by=([one]=1 [two]=2); list=(); mapfile -t list < <(printf '%s\n' "${!by[@]}" | sort)
echo "${list[*]} ${#list[@]} ${by[two]}"
diff <(seq 3) <(seq 1 3) && echo same
case $(uname -s) in L*x) echo linux ;; *) echo other ;; esac
false | true || echo "pipefail ${PIPESTATUS[*]}"
(trap 'echo left' EXIT; exit 3) || echo "status $?"
sleep 100 & first=$!; (sleep 0.05; exit 9) & wait -n $first $! || echo "first to end: $?"
kill -TERM $first; wait $first || echo "status $?"
trap 'echo "alarm"' USR1; (sleep 0.1; kill -USR1 $$) & wait $! || true
while read -r a b; do echo "$b $a"; done <<<"x y"
printf '%s|' {a..c}{1..2}; echo
tac <<END | { read -r line; echo "last is $line"; }
first
second
END
exec 7>/tmp/seven; echo kept >&7; exec 7>&-; cat /tmp/seven; rm /tmp/seven
seq 3000 | split -l 1000 --filter='wc -l' | paste -sd+ | sed 's/+$//' | sed 's/^/sum of /'
timeout -s KILL 0.1 sleep 9 || echo "status $?"
ulimit -n 20; for i in {10..25}; do eval "exec $i</dev/null" 2>/dev/null || break; done; echo "$i"
"""
SCRIPT_OUTPUT = """40320
SHOUT
one two 2 2
same
linux
pipefail 1 0
left
status 3
first to end: 9
status 143
alarm
y x
a1|a2|b1|b2|c1|c2|
last is second
kept
sum of 1000+1000+1000
status 137
20
"""


@pytest.fixture(scope="module")
def bash(debian, tmp_path_factory):
    conftest.build("debug")
    folder = tmp_path_factory.mktemp("bash")
    scripts = []
    for name, text in (("trapper", TRAPPER), ("longer", SCRIPT)):
        scripts.append(folder / name)
        scripts[-1].write_text(text)
        scripts[-1].chmod(0o755)
    machine = Debian(folder, root="debian", mem="128M", smp=2, swap="0", adds=scripts,
                     append="loglevel=4")
    machine.wait_prompt()
    yield machine
    machine.kill()


def states(m, word):
    """STAT of the processes whose command line holds the word, in the order of their numbers."""
    rows = m.lines("ps -e -o stat=,args= | grep -- '%s' | grep -v grep" % word)
    return [row.split()[0] for row in rows]


def wait_asleep(m, word):
    """Until such a process sleeps: in the middle of execve() it has no command line yet."""
    m.ok("until ps -e -o stat=,args= | grep -v grep | grep -q '^S.*%s'; do :; done" % word)


def no_jobs(m):
    assert m.ok("jobs") == ""


# ---- Jobs ----------------------------------------------------------------------------------------

def test_stop_and_go_on(bash):
    """^Z stops, bg goes on behind, fg in front, ^C ends: each seen by jobs and by ps."""
    m = bash
    m.start("sleep 1000")
    m.send(CTRL_Z)
    m.expect(r"\[1\]\+ +Stopped +sh -c")
    m.wait_prompt()
    assert m.ok("echo $?") == "0\n" and states(m, "sleep 1000") == ["T"]
    m.send("bg\n")
    m.expect(r"\[1\]\+ sh -c .* &\r*\n")
    m.wait_prompt()
    assert m.ok("jobs").startswith("[1]+  Running")
    wait_asleep(m, "sleep 1000")
    assert states(m, "sleep 1000") == ["S"]
    # bash tells the line of the job first, then gives it the terminal: a ^C between is for bash.
    m.ok("(until ps -e -o stat=,args= | grep -q '^S+ *sleep 1000$'; do :; done; echo in front) & "
         "disown")
    m.send("fg\n")
    m.expect("in front")
    m.send(CTRL_C)
    m.wait_prompt()
    assert not m.run("pgrep sleep")[0]
    no_jobs(m)


def test_status_of_what_was_ended(bash):
    """130 after ^C, 131 after ^\\, 148 after ^Z: told by $? of the next line."""
    m = bash
    for key, status in ((CTRL_C, 130), (CTRL_BACKSLASH, 131), (CTRL_Z, 148)):
        m.start("sleep 1001")
        m.send(key)
        m.wait_prompt()
        m.send("echo status=$?\n")
        m.expect(r"[\r\n]status=(\d+)\r*\n")
        assert int(m.child.match[1]) == status
        m.wait_prompt()
    # wait(1) does not wait for a job that bash takes for stopped: it may not know of the end yet.
    m.ok("kill -9 %1; while kill -0 %1 2>/dev/null; do :; done")
    no_jobs(m)


def test_a_pipeline_is_one_job(bash):
    """All its processes stop and go on together; what is typed goes through when it is in front."""
    m = bash
    m.send("(echo '<''on>'; exec cat) | sed -u 's/^/got-/'\n")
    m.expect("got-<on>")
    m.send("one\n")
    m.expect("got-one")
    m.send(CTRL_Z)
    m.expect("Stopped")
    m.wait_prompt()
    pids = [line.split() for line in m.lines("jobs -l")]
    assert len(pids) == 2 and pids[0][2] == "Stopped"
    rows = m.lines("ps -o pid=,pgid=,stat= -p %s,%s" % (pids[0][1], pids[1][0]))
    assert [row.split()[1:] for row in rows] == [[pids[0][1], "T"]] * 2, rows
    m.send("fg %1\n")
    m.expect(r"sed -u.*\r*\n")
    m.send("two\n")
    m.expect("got-two")
    m.send(CTRL_D)
    m.wait_prompt()
    no_jobs(m)


def test_kill_and_wait(bash):
    m = bash
    m.ok("sleep 1002 & sleep 1003 | cat & set -- $(jobs -p)")
    assert len(m.lines("jobs")) == 2
    wait_asleep(m, "sleep 1003")
    assert m.run("kill -STOP %2; while ! jobs %2 | grep -q Stopped; do :; done; jobs %2")[0] \
        .splitlines()[-1].startswith("[2]+  Stopped")
    assert states(m, "sleep 1003") == ["T"]
    wait_asleep(m, "sleep 1002")
    m.ok("kill -CONT %2; kill %1; wait %1; test $? = 143")
    m.ok("kill %sleep; wait; true")
    no_jobs(m)
    assert m.ok("(exit 7) & wait $!; echo $?").endswith("7\n")
    m.ok("sh -c 'exit 3' & sleep 1004 & wait -n; test $? = 3 && kill %%; wait; true")
    assert m.run("wait 4999999")[1] == 127
    # bash does not tell of a job that has ended before it begins to wait(1).
    m.send("sleep 0.05 & while kill -0 $! 2>/dev/null; do :; done\n")
    m.expect(r"Done +sleep 0\.05")
    m.wait_prompt()
    no_jobs(m)


def test_traps(bash):
    m = bash
    m.send("trapper 5\n")
    m.expect("trapper is ready")
    m.send(CTRL_Z)
    m.expect("Stopped")
    m.wait_prompt()
    m.send("fg\n")
    m.expect("caught CONT")
    m.send(CTRL_C)
    m.expect("caught INT")
    m.expect("bye 5")
    m.wait_prompt()
    assert m.ok("trap 'echo got USR1' USR1; kill -USR1 $$; trap - USR1") == "got USR1\n"
    assert m.ok("bash -c 'trap \"\" TERM; kill $$; echo alive'") == "alive\n"
    no_jobs(m)


def test_the_terminal_is_not_for_jobs_behind(bash):
    """SIGTTIN for who reads, SIGTTOU for who writes under `stty tostop`."""
    m = bash
    m.ok("cat & while ! jobs %% | grep -q Stopped; do :; done")
    assert states(m, "^T.* cat") == ["T"]
    m.send("fg\n")
    m.expect(r"cat\r*\n")
    m.send("typed\n")
    m.expect(r"typed\r*\n.*typed\r*\n")
    m.send(CTRL_D)
    m.wait_prompt()
    m.ok("stty tostop; echo not-yet & while ! jobs %% | grep -q Stopped; do :; done")
    m.ok("stty -tostop")
    m.send("fg\n")
    m.expect(r"[\r\n]not-yet\r*\n")
    m.wait_prompt()
    no_jobs(m)


def test_a_shell_in_a_shell(bash):
    """It has jobs of its own, can be suspended, and leaves the terminal as it was."""
    m = bash
    outer = m.ok("echo $$; stty -g").split()
    m.send("bash\n")
    m.wait_prompt()
    inner = m.ok("echo $$").strip()
    assert inner != outer[0]
    m.ok("sleep 1005 & jobs %% | grep -q Running")
    m.send("suspend\n")
    m.expect("Stopped")
    m.wait_prompt()
    assert m.ok("echo $$").strip() == outer[0] and "bash" in m.ok("jobs")
    m.send("fg\n")
    m.wait_prompt()
    m.ok("kill %sleep; wait; true")
    m.send(CTRL_D)
    m.wait_prompt()
    assert m.ok("echo $$; stty -g").split() == outer
    no_jobs(m)


def test_orphans_that_are_stopped(bash):
    """A stopped job of a shell that ends gets SIGHUP and SIGCONT: nobody could wake it."""
    m = bash
    m.send("bash\n")
    m.wait_prompt()
    m.start("sleep 1006")
    m.send(CTRL_Z)
    m.expect("Stopped")
    m.wait_prompt()
    m.send("exit\n")
    m.expect("There are stopped jobs")
    m.wait_prompt()
    m.send("exit\n")
    m.wait_prompt()
    m.ok("while pgrep -f 'sleep 100[6]'; do sleep 0.05; done", timeout=30)
    no_jobs(m)


# ---- Lines ---------------------------------------------------------------------------------------

def test_editing(bash):
    """Completion, search in the history, keys that move: readline needs the terminal raw."""
    m = bash
    m.send("echo /etc/pass\t\n")
    m.expect(r"[\r\n]/etc/passwd\r*\n")
    m.wait_prompt()
    m.send("echo unique-words\n")
    m.expect(r"[\r\n]unique-words\r*\n")
    m.wait_prompt()
    m.send("\x12unique\r")                        # ^R: search backwards
    m.expect(r"[\r\n]unique-words\r*\n")
    m.wait_prompt()
    m.send("ho end\x1b[Hec\n")                    # Home: to the beginning
    m.expect(r"[\r\n]end\r*\n")
    m.wait_prompt()
    # A ^C that readline meets while it draws takes effect when the next key is read.
    m.send("this is not run" + CTRL_C)
    m.expect(r"\^C")
    m.send("\n")
    assert m.ok("echo and this is") == "and this is\n"
    m.send("read -s -p 'secret: ' x; echo \"<$x>\"\n")
    m.expect(r"[\r\n]secret: $")                  # the prompt, not the line that was typed
    m.send("hidden\n")
    m.expect(r"<hidden>\r*\n")
    assert "hidden" not in m.child.before.decode()
    m.wait_prompt()


def test_longer_script(bash):
    with bash.nothing_lost(pages=64, objects=64):
        assert bash.ok("longer 2>/dev/null") == SCRIPT_OUTPUT


# ---- Programs that take the whole screen ---------------------------------------------------------

def picture(m):
    """The rows of a picture of top that is all new, as words."""
    rows = {}
    m.expect("PID USER")
    while True:
        m.expect(r"\n")
        row = ANSI.sub("", m.child.before.decode(errors="replace").replace("\x0f", "")).split()
        if row[:1] and row[0].isdigit():
            if row[0] in rows:                    # the next picture
                return list(rows.values())
            rows[row[0]] = row


def test_top_takes_keys(bash):
    """M sorts by memory, P by time, 1 shows each hart; q leaves."""
    m = bash
    m.ok("bash -c 'while :; do :; done' & busy=$!")
    m.send("top -d 0.3\n")
    m.expect(r"%Cpu\(s\):")
    m.expect("PID USER")
    m.send("1")
    m.expect(r"%Cpu0 +:")
    m.expect(r"%Cpu1 +:")
    for key, column in (("M", 9), ("P", 8)):
        m.send(key)                               # keys that come together are one to top
        m.expect("top - .*top - ")
        m.send("h")                               # what is drawn after the help is all new
        m.expect("Help for Interactive Commands")
        m.send("\x1b")
        rows = picture(m)
        values = [float(row[column]) for row in rows]
        assert len(values) > 5 and values == sorted(values, reverse=True), (key, rows)
    # Who spins has a hart. What comes right after the help is the share of a few milliseconds.
    m.expect(r"R +(1\d\d|[5-9]\d)\.\d +\d+\.\d +\S+ bash")
    m.send(CTRL_Z)
    m.expect("Stopped")
    m.wait_prompt()
    m.send("fg\n")
    m.expect("PID USER")
    m.send("q")
    m.wait_prompt()
    m.ok("kill $busy; wait; true")
    no_jobs(m)


def test_less(bash):
    """less reads a pipe and, for its keys, the terminal."""
    m = bash
    m.send("seq -f 'line %g' 500 | less\n")
    m.expect("line 1\r*\n")
    m.send("G")
    m.expect("line 500")
    m.send("?line 77$\n")
    m.expect("line 77\x1b?")
    m.send("q")
    m.wait_prompt()
    assert m.ok("echo back") == "back\n"
