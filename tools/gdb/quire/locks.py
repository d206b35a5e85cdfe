# SPDX-License-Identifier: MIT
"""q-locks: which task holds which locks. Debug builds keep that record (kernel/lock/rank.c)."""
from quire import kernel, tasks
from quire.command import command, count, table
from quire.machine import NothingYet


def _rank_names():
    return {value: name[5:].lower() for value, name in kernel.enum_names("enum lock_rank").items()
            if name.startswith("RANK_")}


def _held(task, names):
    held = task["held"]
    for i in range(int(task["lock_depth"])):
        lock = held[i]
        yield (int(task["pid"]), tasks.comm(task), int(task["cpu"]), kernel.text(lock["name"]),
               names.get(int(lock["rank"]), "?"), "%#x" % int(lock["lock"]),
               kernel.place(int(lock["ip"])))


@command("q-locks")
def q_locks(pid=None):
    """q-locks [PID]: every lock that is held: by whom, its rank, where it was taken.

    In the order taken, which is that of the ranks in kernel/lock/rank.h. Release builds keep no
    record.
    """
    if not kernel.has_variable("lock_rank_acquire"):
        raise NothingYet("This kernel keeps no record of its locks: it is not a debug build")
    names = _rank_names()
    who = tasks.everyone()
    if pid:
        who = [tasks.find(count(pid, "a process number; q-ps lists them", 0))]
    rows = [row for task in who for row in _held(task, names)]
    if not rows:
        raise NothingYet("No lock is held%s" % (" by process %s" % pid if pid else ""))
    table(("PID", "NAME", "CPU", "LOCK", "RANK", ">AT", "TAKEN IN"), rows)
