# SPDX-License-Identifier: MIT
"""q-trap: why this hart is in the kernel, in words."""
import gdb

from quire import kernel, machine, tasks
from quire.command import command, table

INTERRUPT = 1 << 63
CAUSES = {
    0: "instruction address misaligned", 1: "instruction access fault", 2: "illegal instruction",
    3: "breakpoint", 4: "load address misaligned", 5: "load access fault",
    6: "store address misaligned", 7: "store access fault", 8: "ecall from user mode",
    9: "ecall from supervisor mode", 11: "ecall from machine mode", 12: "instruction page fault",
    13: "load page fault", 15: "store page fault",
}
INTERRUPTS = {1: "software interrupt", 5: "timer interrupt", 9: "external interrupt"}
SPP, SPIE, SIE, SUM = 1 << 8, 1 << 5, 1 << 1, 1 << 18
MPP_SHIFT, MPIE, MIE = 11, 1 << 7, 1 << 3


def cause_name(cause):
    if cause & INTERRUPT:
        return INTERRUPTS.get(cause & ~INTERRUPT, "interrupt %d" % (cause & ~INTERRUPT))
    return CAUSES.get(cause, "cause %d" % cause)


def _on(bit):
    return "on" if bit else "off"


def status_words(status):
    """sstatus, bit by bit."""
    return "SPP %s, SIE %s, SPIE %s, SUM %s" % (
        "supervisor" if status & SPP else "user", _on(status & SIE), _on(status & SPIE),
        _on(status & SUM))


def machine_status_words(status):
    """mstatus, bit by bit."""
    mode = ("user", "supervisor", "?", "machine")[status >> MPP_SHIFT & 3]
    return "MPP %s, MIE %s, MPIE %s" % (mode, _on(status & MIE), _on(status & MPIE))


def _row(where, cause, epc, tval, status):
    if not cause and not epc:
        return where, "-", "no trap yet", "-", "-", status
    return where, "%#x" % cause, cause_name(cause), "%#x" % epc, "%#x" % tval, status


def frame_of(task):
    """The pt_regs at the top of a task's kernel stack: how it came in from user mode."""
    size = gdb.lookup_type("struct pt_regs").sizeof
    top = int(task["thread_info"]["kernel_sp"])
    return kernel.pointer_to("struct pt_regs", top - size)


def syscall_name(nr):
    """The name of a system call's function in the kernel's table."""
    table_of_calls = kernel.variable("sys_call_table")
    if nr > table_of_calls.type.range()[1]:
        return "no such number, arguments "
    return kernel.place(int(table_of_calls[nr]))


def _saving_registers():
    """Has the trap entry, on its way in from user mode, still to fill the frame?"""
    pc, start = machine.reg("pc"), kernel.label("handle_exception")
    if machine.reg("sstatus") & SPP or not start <= pc < kernel.label("entry_text_end"):
        return False
    code = gdb.newest_frame().architecture().disassemble(start, pc)
    return not any(i["asm"].startswith("jal") for i in code[:-1])


def _show_task(task):
    regs = frame_of(task)
    cause = int(regs["cause"])
    table(("FRAME OF", ">CAUSE", "MEANING", ">EPC", ">BADADDR", "STATUS"),
          [_row("%s (pid %d)" % (tasks.comm(task), int(task["pid"])), cause, int(regs["epc"]),
                int(regs["badaddr"]), status_words(int(regs["status"])))])
    if cause == 8:
        args = ", ".join("%#x" % int(regs["a%d" % i] if i else regs["orig_a0"]) for i in range(6))
        gdb.write("system call %d: %s(%s)\n" % (int(regs["a7"]), syscall_name(int(regs["a7"])),
                                               args))
    gdb.write("p *(struct pt_regs *)%#x shows all of it\n" % int(regs))


@command("q-trap", kernel_memory=False)
def q_trap():
    """q-trap: the last trap of this hart (its CSRs) and the frame saved when the task came in.

    The first table is what the hardware says; a second trap inside the kernel overwrites it. The
    second is the struct pt_regs on the kernel stack: how the running task left user mode. For a
    system call it names the function and the arguments. STATUS: SPP is the mode that the trap came
    from, SPIE whether interrupts were on there, SIE whether they are on; sret copies SPIE to SIE
    and sets SPP to user. SUM: the kernel may touch user pages. See also `out`.
    """
    machine.need_machine()
    r, in_user = machine.reg, machine.reg("priv") == machine.USER
    rows = [_row("supervisor", r("scause"), r("sepc"), r("stval"),
                 status_words(r("sstatus")))]
    if r("priv") == machine.MACHINE:
        rows.append(_row("machine", r("mcause"), r("mepc"), r("mtval"),
                         machine_status_words(r("mstatus"))))
    table(("TRAP TO", ">CAUSE", "MEANING", ">EPC", ">TVAL", "STATUS"), rows,
          "hart %d is in %s mode" % (machine.hart(), machine.privilege_name()))
    if kernel.has_mmu() and not machine.mmu_on():
        return
    with machine.kernel_view(kernel.has_mmu()):
        task = tasks.current()
        if task is None or not int(task["mm"]):
            gdb.write("no user program runs here: there is no frame\n")
        elif in_user:
            gdb.write("%s runs in user mode: its frame is made by the next trap\n"
                      % tasks.comm(task))
        elif _saving_registers():
            gdb.write("%s has just come in: handle_exception is saving its registers, the frame "
                      "is not complete yet\n" % tasks.comm(task))
        else:
            _show_task(task)
