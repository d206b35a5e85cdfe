# SPDX-License-Identifier: MIT
"""Tasks: which one runs where, and q-ps."""
import gdb

from quire import kernel, machine
from quire.command import command, table

STOPPED, UNINTERRUPTIBLE, INTERRUPTIBLE = 4, 2, 1     # task_struct.state
ZOMBIE = 0x20                                         # task_struct.exit_state
PF_KTHREAD = 0x00200000


def _running():
    """{address of a task: hart} of what the run queues say runs."""
    queues = kernel.variable("runqueues")
    found = {}
    for cpu in range(queues.type.range()[1] + 1):
        task = int(queues[cpu]["curr"])
        if task:
            found[task] = cpu
    return found


def current():
    """The running task of the selected hart, as struct task_struct *. None: there is none yet.

    In user mode sscratch holds it, in the kernel tp; at the edges of the trap entry the two are
    on their way, so what the run queues know decides.
    """
    with machine.kernel_view(kernel.has_mmu()):
        tp, scratch = machine.reg("tp"), machine.reg("sscratch")
        known = _running()
        in_user = machine.reg("priv") == machine.USER or scratch
        for candidate in ((scratch, tp) if in_user else (tp, scratch)):
            if candidate in known:
                return kernel.pointer_to("struct task_struct", candidate)
        init = kernel.variable("init_task")
        return init.address if int(init.address) in (tp, scratch) else None


def comm(task):
    return kernel.text(task["comm"])


def processes():
    """Every process (thread group leader), init_task left out."""
    return kernel.list_entries(kernel.variable("task_list"), "struct task_struct", "tasks")


def threads(process):
    """The threads of a process, itself included."""
    return kernel.list_entries(process["signal"]["thread_head"], "struct task_struct",
                               "thread_node")


def everyone():
    """Every thread, idle tasks last."""
    for process in processes():
        yield from threads(process)
    queues = kernel.variable("runqueues")
    for cpu in range(queues.type.range()[1] + 1):
        if int(queues[cpu]["idle"]):
            yield queues[cpu]["idle"].dereference()


def find(pid):
    """The thread with this number."""
    for task in everyone():
        if int(task["pid"]) == pid:
            return task
    raise machine.Advice("no process %d; q-ps lists them" % pid)


def pids():
    with machine.kernel_view(kernel.has_mmu()):
        return [str(int(task["pid"])) for task in everyone()]


def mm_of(pid_text):
    """(task, mm) of a process named by number, or of the current one if there is no number."""
    if pid_text is None:
        task = current()
        if task is None:
            raise machine.Advice("no task runs here yet")
        task = task.dereference()
    else:
        try:
            task = find(int(pid_text, 0))
        except ValueError:
            raise machine.Advice("%s is not a process number; q-ps lists them"
                                 % pid_text) from None
    return task, task["mm"]


def owners():
    """{address of an mm: (pid, name)} of all processes."""
    found = {}
    for process in processes():
        for task in threads(process):
            if int(task["mm"]):
                found.setdefault(int(task["mm"]), (int(process["pid"]), comm(task)))
    return found


def state(task):
    """The letter that ps shows."""
    if int(task["exit_state"]):
        return "Z" if int(task["exit_state"]) == ZOMBIE else "X"
    bits = int(task["state"])
    if bits & STOPPED:
        return "T"
    if bits & UNINTERRUPTIBLE:
        return "D"
    return "S" if bits & INTERRUPTIBLE else "R"


def rss(mm):
    """Resident pages of an mm."""
    names = kernel.enum_names_of_counters()
    return sum(kernel.counter(mm["rss_stat"][i]) for i, name in names if name != "MM_SWAPENTS")


def _row(task, running):
    mm, address = task["mm"], int(task.address)
    name = comm(task)
    if int(task["flags"]) & PF_KTHREAD:
        name = "[%s]" % name
    on = "hart %d" % running[address] if address in running else ""
    memory = (int(mm["total_vm"]) * 4, rss(mm) * 4) if int(mm) else (0, 0)
    return (int(task["pid"]), int(task["tgid"]), int(task["real_parent"]["tgid"])
            if int(task["real_parent"]) else 0, state(task), int(task["cpu"])) + memory + \
        (on, name, "%#x" % address)


@command("q-ps")
def q_ps():
    """q-ps: the tasks of the machine, as ps shows them.

    One line a thread; ON names the hart it runs on at this moment. The last
    column is the struct task_struct: p *(struct task_struct *)ADDRESS shows all of it.
    """
    running = _running()
    rows = [_row(task, running) for task in everyone()]
    if not rows:
        raise machine.NothingYet("No tasks yet: the scheduler is not set up. Try again after\n"
                                 "    break kernel_init\n    continue")
    table(("PID", "TGID", "PPID", "S", "CPU", "VSZ KiB", "RSS KiB", "ON", "NAME", "TASK"), rows)


class Current(gdb.Function):
    """$q_current(): the running task of this hart, as struct task_struct *."""

    def __init__(self):
        super().__init__("q_current")

    @machine.function
    def invoke(self):
        task = current()
        return task if task is not None else kernel.pointer_to("struct task_struct", 0)


class Comm(gdb.Function):
    """$q_comm(): the name of the running task, for conditions: if $_streq($q_comm(), "sh")."""

    def __init__(self):
        super().__init__("q_comm")

    @machine.function
    def invoke(self):
        task = current()
        if task is None:
            return ""
        with machine.kernel_view(kernel.has_mmu()):
            return comm(task)


Current()
Comm()
