# SPDX-License-Identifier: MIT
"""The world of processes, by Debian's commands: limits that bite, nice values and policies,
locks, job control, PID namespaces; and no call that these programs make is unknown.
"""
import re

import pytest

pytestmark = pytest.mark.xdist_group("debian")

SCRIPT = r"""
echo "== cpu"
(ulimit -t 1; while :; do :; done) 2>/dev/null; echo "hard $?"
(ulimit -St 1; trap 'echo XCPU; exit 3' XCPU; while :; do :; done); echo "soft $?"
prlimit --cpu=7777 -p $$; prlimit -t -p $$ --noheadings -o SOFT,HARD
echo "== sizes"
(ulimit -f 8; exec 2>/dev/null; dd if=/dev/zero of=/tmp/big bs=1k count=100; echo "fsize $?")
stat -c %s /tmp/big
(ulimit -c unlimited; ulimit -c); (ulimit -u 1; true | true; echo "nproc $?")
(ulimit -n 5; exec 9</dev/null) 2>/dev/null || echo "nofile"
echo "== nice"
nice -n 5 bash -c 'nice; ps -o ni= -p $$; nice -n 30 nice'
sleep 100 & P=$!; until ps -o args=,stat= -p $P | grep -q '^sleep 100 *S'; do :; done
busybox renice -n 7 -p $P; ps -o ni=,stat= -p $P; top -b -n1 -p $P | tail -1
chrt -f -p 30 $P; chrt -p $P; ps -o cls=,rtprio= -p $P; top -b -n1 -p $P | tail -1
chrt -o -p 0 $P; chrt -p $P; chrt -b 0 bash -c 'chrt -p $$'; ps -o ni= -p $P; kill $P; wait
echo "== locks"
flock /tmp/lk sleep 100 & while ! pgrep -x sleep >/dev/null; do :; done
lslocks -n -o TYPE,MODE,START,END,PATH; kill $(pgrep -x sleep); wait; lslocks -n
echo "== status"
grep -E '^(Cap|NoNew|Umask)' /proc/self/status
setpriv --no-new-privs bash -c 'setpriv -d | grep -E "uid|no_new|bounding"
grep NoNew /proc/self/status'
umask 077; touch /tmp/um; stat -c %a /tmp/um; umask -S; umask 022
echo "== jobs"
set -m; sleep 50 & kill -STOP %+; while ! jobs | grep -q Stopped; do :; done; ps -o stat= -p $!
kill -CONT %+; while jobs | grep -q Stopped; do :; done; jobs; kill %+; wait $!; echo "wait $?"
set +m
(trap 'echo TERM' TERM; kill -TERM $BASHPID; echo after)
(trap '' TERM; kill -TERM $BASHPID; echo alive; kill -KILL $BASHPID); echo "end $?"
echo "== ns"
unshare --pid --fork --mount-proc bash -c 'echo $$; ls -d /proc/[0-9]*; kill -9 1; kill 1
(sleep 77 &); while ! pgrep -x sleep >/dev/null; do :; done
ps -o ppid= -p $(pgrep -x sleep); kill -9 $(pgrep -x sleep); exit 7'; echo "init $?"
unshare --pid --fork bash -c 'sleep 88 & exit 3'; echo "status $?"; pgrep -x sleep
unshare -u bash -c 'hostname inside; hostname; cat /proc/sys/kernel/hostname'; hostname
unshare -m bash -c 'mount -t tmpfs none /mnt; touch /mnt/x; ls /mnt'; ls /mnt
unshare -p -f --mount-proc sleep 66 & until P=$(pgrep -xf 'sleep 66'); do :; done
nsenter -t $P -p -m bash -c 'ps -o pid=,args= -p 1; [ $(readlink /proc/1/ns/pid) = \
$(readlink /proc/self/ns/pid) ] && echo "same"'; kill -9 $P; wait; echo "out $(cat /proc/$$/comm)"
echo "== unknown"
dmesg | grep -o "unknown system call.*" | sort -u
"""


CAPS = "Cap(Prm|Eff|Bnd):\t000001ffffffffff"
EXPECTED = {
    "cpu": ["hard 137", "XCPU", "soft 3", " *7777 +7777"],
    "sizes": ["fsize 153", "8192", "unlimited", "nproc 0", "nofile"],
    "nice": ["5", " +5", "19", " +7 SN?\\+?", " *\\d+ root +27 +7 .* sleep",
             r"pid \d+'s current scheduling policy: SCHED_FIFO",
             r"pid \d+'s current scheduling priority: 30", " FF +30",
             r" *\d+ root +-31 +7 .* sleep", r"pid \d+'s current scheduling policy: SCHED_OTHER",
             r"pid \d+'s current scheduling priority: 0",
             r"pid \d+'s current scheduling policy: SCHED_BATCH",
             r"pid \d+'s current scheduling priority: 0", " +7"],
    "locks": ["FLOCK WRITE +0 +0 /tmp/lk"],
    "status": ["Umask:\t0022", "CapInh:\t0{16}", CAPS, CAPS, CAPS, "CapAmb:\t0{16}",
               "NoNewPrivs:\t0", "uid: 0", "euid: 0", "no_new_privs: 1",
               "Capability bounding set: chown,.*,checkpoint_restore", "NoNewPrivs:\t1", "600",
               "u=rwx,g=,o="],
    "jobs": ["T", r"\[1\]\+ +Running +sleep 50 &", "wait 143", "TERM", "after", "alive",
             "end 137"],
    "ns": ["1", "/proc/1", " +1", "init 7", "status 3", "inside", "inside", "quire", "x",
           " +1 sleep 66", "same", "out bash"],
    "unknown": [],
}


def test_the_world_of_processes(debian, quire, tmp_path):
    """All lines in their order; what bash says of jobs that were killed is left out."""
    script = tmp_path / "script.sh"
    script.write_text(SCRIPT)
    done = quire("bash /usr/local/bin/script.sh 2>/dev/null", root="debian", smp=2, adds=[script],
                 timeout=900)
    found = re.split(r"^== (\w+)\n", done.out, flags=re.M)
    assert done.status == 0 and found[1::2] == list(EXPECTED), done
    wrong = []
    for name, text in zip(found[1::2], found[2::2]):
        lines = text.splitlines()
        if len(lines) != len(EXPECTED[name]) or not all(map(re.fullmatch, EXPECTED[name], lines)):
            wrong.append("%s: expected %s\ngot %s" % (name, EXPECTED[name], lines))
    assert not wrong, "\n".join(wrong)
