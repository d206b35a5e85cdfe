# SPDX-License-Identifier: MIT
"""Commands that steer: k, out, see-traps; and the answers to `run` and a second connection."""
import contextlib
import os
import re
import time

import gdb

from quire import kernel, machine, symbols, tasks, trap, userprog
from quire.command import command
from quire.machine import Advice, MASK

RESET_VECTOR = 0x1000       # QEMU's virt machine
RESET_TRIES = 200
TAKEN_TRIES = 20
# Commands that let the machine run, or end it, and gdb's short forms of them.
RUNS = re.compile(r"\s*(c|fg|cont\w*|s|step\w*|n|next\w*|si|ni|u|unt\w*|adv\w*|j|jump|fin\w*|r|run"
                  r"|start\w*|r[scn]i?|reverse-\w+|out|q-again|q-reset|kill|detach)(\s|$)")


@command("k", whole_line=True, complete=gdb.COMPLETE_SYMBOL)
def k(line):
    """k COMMAND: run a gdb command with kernel memory visible, in user mode too.

    While a program runs in user mode the debugger sees, as the program does, no kernel page:
    `k print init_task.comm` does. Prefer `k print` to `print` in scripts.
    """
    if not line.strip():
        raise Advice("usage: k COMMAND, such as `k print jiffies`")
    if RUNS.match(line):
        raise Advice("`%s` lets the machine run: without k, or the program would go on with the "
                     "kernel's privilege" % line.strip())
    gdb.execute(line)


@command("see-traps", complete=lambda: ["on", "off"], kernel_memory=False)
def see_traps(switch=None):
    """see-traps [on|off]: does stepping go into the kernel (on, the default) or over it?

    On: stepi on an ecall, or on a load that faults, stops in handle_exception. Off: stepping
    plants a breakpoint at the next instruction of the program, as for a program under Linux, and
    what the kernel does in between is not seen. Keep it on to step over sret or a write to satp.
    """
    if switch not in (None, "on", "off"):
        raise Advice("see-traps is on or off")
    if switch:
        gdb.execute("set osabi %s" % ("none" if switch == "on" else "GNU/Linux"), to_string=True)
    now = "none" in gdb.execute("show osabi", to_string=True).split("(currently")[0]
    gdb.write("stepping goes %s the kernel\n" % ("into" if now else "over"))


class _Return(gdb.Breakpoint):
    """Where a trap returns to, once, in the task that trapped."""

    def __init__(self, address, task):
        super().__init__("*%#x" % address, internal=True, temporary=True)
        self.silent = True
        self.trapped = task
        self.reached = False

    def stop(self):
        found = tasks.current() if self.trapped is not None else None
        self.reached = self.trapped is None or found is not None and int(found) == self.trapped
        return self.reached


def _in_entry(pc):
    """Is pc where the frame is not complete yet, so that only the CSRs know?"""
    start = kernel.label("handle_exception")
    return start <= pc < kernel.label("entry_text_end")


def _supervisor_return():
    """(address, task) of the way back from a trap into the kernel."""
    with machine.kernel_view(kernel.has_mmu()):
        task = tasks.current()
        if task is None or not int(task["mm"]):
            raise Advice("no user program waits for this kernel code to end; use finish")
        if _in_entry(machine.reg("pc")):
            ecall = machine.reg("scause") in (8, 9)
            return machine.reg("sepc") + (4 if ecall else 0), int(task)
        return int(trap.frame_of(task)["epc"]), int(task)


@command("out", kernel_memory=False)
def out():
    """out: run until the kernel returns to the program (from OpenSBI: to the kernel).

    Stops at the instruction after the ecall, or at the one that faulted, in the same task. A
    program that is killed or gets a signal never comes there: stop with Ctrl-C.
    """
    machine.need_machine()
    mode = machine.reg("priv")
    if mode == machine.USER:
        raise Advice("this is the program already; `out` leaves the kernel")
    if mode == machine.MACHINE:
        if not machine.reg("mepc"):
            raise Advice("no trap has led here: this is the start of the firmware; `break "
                         "start_kernel` and `continue` lead to the kernel")
        ecall = machine.reg("mcause") in (8, 9, 11)
        where = (machine.reg("mepc") + (4 if ecall else 0)) & MASK, None
    else:
        where = _supervisor_return()
    point = _Return(*where)
    gdb.execute("continue")
    if point.reached:
        gdb.execute("frame")
    elif point.is_valid():
        point.delete()


def _forget_stop(thread):
    """gdb takes a hart for stopped where it was before the reset: one step of it ends that."""
    thread.switch()
    gdb.execute("set $satp = 0", to_string=True)        # QEMU 7.2 leaves it as it was
    gdb.execute("stepi", to_string=True)                # an auipc, harmless
    gdb.execute("set $pc = %#x" % RESET_VECTOR, to_string=True)


@command("q-reset", kernel_memory=False)
def q_reset():
    """q-reset: boot the machine again, from the first instruction; breakpoints stay.

    `monitor system_reset`, and what gdb has to forget. Which hart boots is a lottery, as ever.
    """
    machine.need_machine()
    if "rr=replay" in os.environ.get("QUIRE_TARGET", ""):
        raise Advice("a record cannot be reset: q-again replays it from the first instruction, "
                     "reverse-continue goes back there")
    first = machine.harts()[0]
    first.switch()
    gdb.execute("set $pc = 0", to_string=True)          # so that the reset can be seen
    gdb.execute("monitor system_reset", to_string=True)
    for _ in range(RESET_TRIES):
        gdb.execute("maintenance flush register-cache", to_string=True)
        if machine.reg("pc") == RESET_VECTOR:
            break
        time.sleep(0.05)        # QEMU resets when its main loop comes to it
    gdb.execute("set scheduler-locking on", to_string=True)
    for thread in reversed(machine.harts()):
        _forget_stop(thread)
    gdb.execute("set scheduler-locking replay", to_string=True)
    symbols.look_again()
    gdb.execute("frame")


@command("q-again", kernel_memory=False)
def q_again():
    """q-again: start the machine anew, also after its end; breakpoints stay.

    With --gdb-rr: replay the recorded run from its first instruction. QEMU 7.2 cannot go further
    forward than to the place from which it last went back; it waits there until Ctrl-C.
    """
    target = os.environ.get("QUIRE_TARGET")
    if not target:
        raise Advice("gdb has not started this machine itself (./run-qemu.sh --gdb does); start "
                     "it again where you did, then connect again")
    if gdb.selected_inferior().pid:
        try:
            gdb.execute("kill", to_string=True)
        except gdb.error:
            pass                # it was gone already
    userprog.forget()
    gdb.execute(target)


_leaving = []           # not empty: gdb itself ends


def _on_exit(_event):
    if os.environ.get("QUIRE_TARGET") and not _leaving:
        gdb.write("[the machine has ended: q-again starts it anew]\n")


gdb.events.exited.connect(_on_exit)
if hasattr(gdb.events, "gdb_exiting"):      # since gdb 12
    gdb.events.gdb_exiting.connect(_leaving.append)


# ---- Mistakes that are easily made -------------------------------------------------------------

@command("q-no-run", kernel_memory=False)
def q_no_run():
    """q-no-run: what `run`, `start` and `attach` answer here."""
    raise gdb.GdbError("Quire runs in QEMU, not under gdb: `continue` lets it go on, "
                       "`q-reset` boots it again, `q-again` too, after its end")


def _wanted_socket():
    """The socket named by the `target remote` that is being run: typed, or an option of gdb."""
    places = [gdb.execute("show commands", to_string=True)]
    with contextlib.suppress(OSError), open("/proc/self/cmdline", encoding="utf-8") as f:
        places.append(f.read().replace("\0", "\n"))
    for place in places:
        found = re.findall(r"target (?:extended-)?remote (/\S+|\S+\.sock)", place)
        if found:
            return os.path.realpath(found[-1])
    return None


def _is_taken(path):
    """Is somebody connected to a unix socket? The second to come would wait without a word."""
    with contextlib.suppress(OSError), open("/proc/net/unix", encoding="utf-8") as f:
        return any(words[5] == "03" and words[7:] == [path]
                   for words in (line.split() for line in f) if len(words) > 7)
    return False


@command("q-connect-check", kernel_memory=False)
def q_connect_check():
    """q-connect-check: what `target` does first: no second machine, symbols of today's kernel."""
    if gdb.selected_inferior().pid and gdb.selected_thread() is not None:
        raise gdb.GdbError("gdb is connected to a machine already: `detach` lets it run on without "
                           "gdb, `kill` ends it; then connect again")
    path = _wanted_socket()
    for _ in range(TAKEN_TRIES):        # QEMU may not have seen yet that the other has gone
        if not _is_taken(path):
            break
        time.sleep(0.1)
    else:
        raise gdb.GdbError("another gdb is connected to this machine, and it takes only one: quit "
                           "that one, or `detach` there")
    userprog.forget()
    symbols.before_connection()
