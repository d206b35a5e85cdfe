# SPDX-License-Identifier: MIT
"""gdb at every kind of stop, from the first instruction to a program's page fault.

One boot serves the tests of the boot itself (each resets the machine), another those with a
shell. The kernel without MMU: test_other_machines.py.
"""
import re
import shutil
import subprocess

import pytest

from session import kernel_file, no_traceback, segments, table, try_all

LINK = 0xffffffff80000000
LOAD = 0x80200000

pytestmark = pytest.mark.xdist_group("gdb-situations")


# ---- The boot ----------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def booting(start):
    return start(smp=2)


@pytest.fixture
def boot(booting):
    booting.reset()
    return booting


def test_first_instruction(boot):
    g = boot.g
    assert g.value("$pc") == 0x1000
    assert g.value("$priv") == 3
    assert "machine mode" in g("q-trap")
    assert "no trap has led here" in g("out")


def test_commands_before_the_kernel(boot):
    try_all(boot.g)
    assert "MMU is off" in boot.g("q-ps")
    assert "physical address = 0x80200000" in boot.g("q-walk 0x80200000")


def test_break_at_the_physical_entry(boot):
    out = boot.g.run("hbreak *%#x" % LOAD, "continue")
    assert re.search(r"_start \(\) at arch/riscv/head\.S:\d+", out), out
    assert boot.g.value("$pc") == LOAD


def test_break_by_name_has_two_places(boot):
    g = boot.g
    assert "(2 locations)" in g("break nommu_stage")
    out = g("continue")
    assert re.search(r"nommu_stage \(hartid=\d, dtb_pa=\d+\)", out), out
    assert g.value("$pc") >> 32 == 0
    assert "_start" in g("bt")


def test_variables_before_the_mmu(boot):
    g = boot.g
    out = g.run("break setup_vm", "continue", "print boot_facts")
    assert re.search(r"dtb_pa = 2\d{9}", out), out
    assert g.value("&boot_facts") >> 32 == 0


def test_commands_in_the_nommu_stage(boot):
    boot.g.run("break setup_vm", "continue")
    try_all(boot.g)


def test_step_over_the_satp_write(boot):
    g = boot.g
    g.run("break mmu_on", "continue")
    at = g.value("$pc")
    assert g.value("$satp") == 0
    g("stepi")
    assert g.value("$pc") == at + 4
    assert g.value("$satp") >> 60 == 8
    g.run("stepi", "stepi", "stepi", "stepi", "stepi")
    assert g.value("$pc") >= LINK
    assert g("bt 1").count("??") == 0


def test_next_over_the_switch(boot):
    """`next` on the call that turns the MMU on ends behind it, at the link address."""
    g = boot.g
    g.run("break relocate_enable_mmu", "continue", "delete", "break head.S:50", "continue")
    assert g.value("$pc") >= LINK
    assert "_start () at arch/riscv/head.S" in g("frame")


def test_physical_symbols_go(boot):
    g = boot.g
    g("break nommu_stage")
    g("continue")
    out = g.run("tbreak start_kernel", "continue")
    assert "symbols at physical addresses dropped" in out, out
    assert "(2 locations)" not in g("break start_kernel")
    assert g.value("&boot_facts") >= LINK


def test_break_in_start_kernel_before_boot(boot):
    out = boot.g.run("break start_kernel", "continue", "bt")
    assert re.search(r"#0 +start_kernel \(\) at kernel/main\.c", out), out
    assert "_start () at arch/riscv/head.S" in out


def test_commands_at_start_kernel(boot):
    boot.g.run("break start_kernel", "continue")
    try_all(boot.g)


def test_commands_when_memory_is_there(boot):
    g = boot.g
    g.run("break kmem_cache_init", "continue")
    try_all(g)
    assert table(g("q-buddy"), "NODE ZONE FREE")[0][1] == "DMA32"


def test_reset_brings_it_all_back(boot):
    g = boot.g
    g.run("break start_kernel", "continue")
    g("q-reset")
    assert g.value("$pc") == 0x1000
    g("break nommu_stage")
    assert "nommu_stage (hartid=" in g("continue")
    assert "start_kernel" in g("continue")


def test_harts_are_threads(boot):
    g = boot.g
    out = g.run("break secondary_start", "continue")
    assert re.search(r"Thread \d hit Breakpoint", out), out
    threads = g("info threads")
    assert len(re.findall(r"\(CPU#\d", threads)) == 2, threads
    assert "start_hart" in g("thread apply all bt 4")


def test_second_hart_at_its_physical_start(boot):
    g = boot.g
    g.run("tbreak start_kernel", "continue")
    assert "(2 locations)" in g.run("q-symbols", "break secondary_start_sbi")
    out = g("continue")
    assert re.search(r"Thread \d hit Breakpoint.*secondary_start_sbi", out), out
    assert g.value("$pc") >> 32 == 0
    try_all(g)          # this hart's MMU is off, the other's is on


def test_one_hart_steps_alone(boot):
    g = boot.g
    g.run("break secondary_start", "continue", "delete", "set scheduler-locking on")
    me = g.value("$_thread")
    g("thread %d" % (3 - me))
    before = g.value("$pc")
    g.run("thread %d" % me, "stepi 20", "thread %d" % (3 - me))
    assert g.value("$pc") == before
    g("set scheduler-locking replay")


def test_stop_in_firmware(boot):
    """In OpenSBI (machine mode) the commands still see the kernel, and out comes back to it."""
    g = boot.g
    g.run("break kernel_init", "continue")
    g.run("delete", "break *(%#x)" % (g.value("$mtvec") & ~3), "continue", "delete")
    assert g.value("$priv") == 3
    try_all(g)
    assert re.search(r"\binit\b", g("q-ps"))
    assert "sbi_ecall" in g("out")
    assert g.value("$priv") == 1


def test_mistakes_get_advice(boot):
    g = boot.g
    for word in ("run", "start", "starti", "attach 1"):
        assert "continue" in g(word) and "q-reset" in g(word)
    for target in ("remote", "extended-remote"):
        assert "connected to a machine already" in g("target %s :1" % target)
    assert g.value("$pc") == 0x1000
    assert "no process 999" in g.run("break kernel_init", "continue", "q-vma 999")
    assert "no cache nix" in g("q-slab nix")
    assert "is not an address" in g("q-walk no_such_name")
    assert "usage: q-walk" in g("q-walk")
    assert "no list nix" in g("q-lru nix")
    assert "orders go from 0" in g("q-buddy 99")
    assert "no Sv39 address" in g("q-walk 0x8000000000000000")
    assert "no program nix" in g("ub nix main")
    assert "has no function nix" in g("ub cow nix")
    assert "no test cow/nix in suite cow" in g("ub usertests cow/nix")
    assert "in no other program" in g("ub usertests cow/pipe")
    for file in ("README.md", "/bin/ls", "build/user/cat"):
        assert "not a kernel" in g("q-symbols " + file)
    assert "init" in g("q-ps")          # the kernel's symbols are as they were


def test_symbols_of_another_kernel(boot, tmp_path):
    """Not those of the kernel in this machine: gdb says so, before it says nonsense."""
    g, right = boot.g, kernel_file("debug")
    elf = bytearray(right.read_bytes())
    code = next(s for s in segments(elf) if s[0] == 1 and s[1] & 1)
    elf[code[2] + code[5] - 8] ^= 1     # near its end
    (tmp_path / "quire.elf").write_bytes(elf)
    assert "runs another kernel than" in g("q-symbols %s" % (tmp_path / "quire.elf"))
    assert "another kernel" not in g("q-symbols %s" % right)
    assert "another kernel" not in boot.hello


# What one types by mistake, and what the answer must hold.
WRONG = (
    ("q-vma xyz", "not a process number"), ("q-vma -1", "no process -1"),
    ("q-walk init_task", "did you mean &init_task"), ("q-walk 1 99999", "no process 99999"),
    ("q-page xyz", "xyz is not a frame number or an address"),
    ("q-page init_task", "did you mean &init_task"), ("q-page 0", "frame numbers go from"),
    ("q-page 0x100000000", "numbers go from 0x80080 to"),
    ("q-rmap 0xfffff", "numbers go from 0x80080"),
    ("q-rmap 0x80200", "no reverse mapping"), ("q-lru active_anon x", "not a number of pages"),
    ("q-lru active_anon -1", "not a number of pages"), ("q-buddy x", "not an order"),
    ("q-buddy -1", "not an order"), ("q-swap 0 x", "not a number of slots"),
    ("q-swap x", "not the number of a swap area"), ("q-dmesg 0", "not a number of lines"),
    ("q-dmesg -1", "not a number of lines"), ("q-locks x", "not a process number"),
    ("q-ps 1", "usage: q-ps"), ("print $q_page(0)", "no frame 0"), ("print $q_page()", "usage"),
    ("print $q_pfn(1)", "no struct page"), ("print $q_comm(1)", "usage: $q_comm()"),
)


def test_wrong_arguments(shell):
    """A mistake is one line of advice: no traceback, and nothing of Python's own words."""
    for command, want in WRONG:
        out = shell.g(command)
        no_traceback(out)
        assert want in out and len(out.splitlines()) == 1, (command, out)
        assert "literal" not in out and "do not fit" not in out, (command, out)


def test_functions_before_there_is_anything(boot):
    """Nothing but advice, and no half sentence."""
    g = boot.g
    assert "MMU is off" in g("print $q_comm()")
    g.run("break start_kernel", "continue")
    assert g("print *$q_page(0x80300)").strip().endswith("makes vmemmap")
    assert "no struct page" in g("print $q_pfn(0)")
    assert "No LRU lists yet" in g("q-lru") and "No LRU lists yet" in g("q-lru active_file")


def test_backtraces_of_kernel_threads_end(boot):
    """Nobody called a kernel thread."""
    boot.g.run("break kernel_init", "continue")
    trace = [line for line in boot.g("bt").splitlines() if not line.startswith("   ")]
    assert re.match(r"#1 +<signal handler called>$", trace[-1]) and len(trace) == 2, trace


def test_help_and_completion(boot):
    g = boot.g
    for line in g("q-help").splitlines():
        assert re.match(r"[\w-]+( [^:]*)?: \S", line), line
    g.run("break kernel_init", "continue")
    assert "q-slab task_struct" in g("complete q-slab task_s")
    assert "q-lru active_file" in g("complete q-lru active_f")
    assert "ub lazy" in g("complete ub la")
    assert "see-traps off" in g("complete see-traps o")


# ---- A shell and programs ----------------------------------------------------------------------

@pytest.fixture(scope="module")
def dynamic(tmp_path_factory):
    """(program, its interpreter and libc) for a dynamic program with debug information."""
    folder, libs = tmp_path_factory.mktemp("dynamic"), "/usr/riscv64-linux-gnu/lib/"
    source, program = folder / "dynprog.c", folder / "dynprog"
    source.write_text("#include <stdio.h>\n#include <stdlib.h>\n"
                      "static int deep(char *p, int n)\n{\n\tp[n * 4096] = n;\n"
                      "\treturn n ? deep(p, n - 1) + 1 : 0;\n}\n"
                      "int main(void)\n{\n\tint answer = deep(malloc(1 << 20), 3);\n"
                      "\tputs(\"dynamic hello\");\n\treturn answer != 3;\n}\n")
    cc = shutil.which("riscv64-linux-gnu-gcc")
    if not cc:
        return None
    subprocess.run([cc, "-g", "-O0", "-o", program, source], check=True)
    subprocess.run([cc, "-g", "-O0", "-static", "-o", folder / "statprog", source], check=True)
    return folder, [libs + "ld-linux-riscv64-lp64d.so.1:/lib/ld-linux-riscv64-lp64d.so.1",
                    libs + "libc.so.6:/lib/libc.so.6"]


@pytest.fixture(scope="module")
def with_shell(start, dynamic):
    adds = []
    if dynamic:
        adds = ["%s/%s" % (dynamic[0], name) for name in
                ("dynprog:/bin/dynprog", "statprog:/bin/statprog", "statprog:/bin/uptime")]
        adds += dynamic[1]
    s = start(smp=1, adds=adds)
    s.boot()
    if dynamic:
        s.g("q-userdir %s" % dynamic[0])
    return s


def at_first_touch(shell):
    """Stopped in lazy, at the function that touches a fresh page."""
    shell.g("ub lazy touch_pages")
    shell.begin("lazy 1")
    return shell.g("delete")


def test_ub_passes_over_other_programs(shell):
    """All programs lie at the same addresses: only cow stops at its main."""
    shell.g("ub cow main")
    out = shell.begin("lazy 1 >/dev/null; cow 1 >/dev/null")
    assert re.search(r"main \(.*\) at user/demos/cow\.c", out), out
    assert "lazy" not in out


def test_user_mode_sees_the_kernel(shell):
    at_first_touch(shell)
    g = shell.g
    assert g.value("$priv") == 0
    assert "Cannot access memory" in g("print init_task.comm")
    assert "swapper/0" in g("k print init_task.comm")
    assert g.value("$priv") == 0
    try_all(g)
    assert "its frame is made by the next trap" in g("q-trap")
    assert g.value("$priv") == 0
    at = g.value("$pc")
    for runs in ("continue", "c", "stepi", "n", "finish", "  until", "q-again"):
        assert "lets the machine run" in g("k " + runs)
    assert g.value("$priv") == 0 and g.value("$pc") == at


def test_backtraces_of_programs_end(shell):
    """At the program's first instruction, not in a place that is none."""
    at_first_touch(shell)
    g = shell.g
    for trace in (g("bt"), g.run("tbreak handle_mm_fault", "continue", "bt")):
        assert re.search(r"_start \(\) at user/libc/crt0\.S:\d+\s*$", trace), trace


def test_backtrace_from_the_fault_handler(shell):
    at_first_touch(shell)
    g = shell.g
    g.run("tbreak handle_mm_fault", "continue")
    trace = g("bt")
    for function in ("handle_mm_fault", "do_page_fault", "signal handler", "touch", "touch_pages",
                     "main"):
        assert re.search(r"#\d+ .*\b%s\b" % function, trace), trace
    assert re.search(r"touch_pages \(start=.*, from=\S*0, to=\S*1", trace), trace
    assert "nr = 1" in g.run("frame function touch_pages", "info locals")
    try_all(g)


STEP_AND_TRACE = """python
import re
seen = good = 0
while %s and seen < 150:
    text = gdb.execute('bt', to_string=True)
    found = re.search(r'touch_pages.* at user/demos/lazy', text)
    good += bool(found)
    if not found: print(text)
    seen += 1
    gdb.execute('stepi', to_string=True)
print('steps', seen, 'good', good)
end"""


def test_every_instruction_of_the_trap_entry_unwinds(shell):
    """From the first instruction of the trap to its sret, the user's frames are there each time."""
    at_first_touch(shell)
    g = shell.g
    g.run("tbreak *handle_exception if $scause == 15", "continue")
    not_yet = "'do_page_fault' not in gdb.execute('info symbol $pc', False, True)"
    way_in = g(STEP_AND_TRACE % not_yet, timeout=300)
    way_out = g.run("finish", STEP_AND_TRACE % "int(gdb.parse_and_eval('$priv'))")
    for trace in (way_in, way_out):
        found = re.search(r"steps (\d+) good (\d+)", trace)
        assert found and found[1] == found[2] and 20 < int(found[1]) < 150, trace
    assert g.value("$priv") == 0


def test_stepi_on_ecall_enters_the_kernel(shell):
    g = shell.g
    g("ub lazy write")
    shell.begin("lazy 1")
    for _ in range(60):
        if "ecall" in g("x/i $pc"):
            break
        g("stepi")
    after = g.value("$pc") + 4
    g("stepi")
    assert "handle_exception" in g("info symbol $pc")
    assert g.value("$priv") == 1 and g.value("$scause") == 8
    assert "ecall from user mode" in g("q-trap")
    assert "the frame is not complete yet" in g("q-trap")
    assert "main (" in g("bt")
    assert "sys_write(0x1" in g.run("tbreak sys_write", "continue", "q-trap")
    g("out")
    assert g.value("$pc") == after and g.value("$priv") == 0


def test_stepi_on_sret_enters_the_program(shell):
    at_first_touch(shell)
    g = shell.g
    g.run("tbreak handle_mm_fault", "continue")
    sret = re.findall(r"^\s*(0x\S+).*\bsret$", g("disassemble handle_exception"), re.M)
    # An interrupt of the kernel leaves by the same sret: the one to the program is meant.
    g.run("break *%s if (long)$sepc > 0" % sret[0], "continue", "delete")
    assert "touch_pages" in g("bt")
    target = g.value("$sepc")
    g("stepi")
    assert g.value("$pc") == target and g.value("$priv") == 0


def test_out_of_a_system_call(shell):
    g = shell.g
    g("ub lazy main")
    shell.begin("lazy 1")
    g.run("delete", "tbreak sys_write", "continue")
    assert "sys_write(0x1" in g("q-trap")
    out = g("out")
    assert "syscall () at user/libc/syscall.S" in out, out
    assert g.value("$priv") == 0
    assert "this is the program already" in g("out")


def test_out_of_a_fault(shell):
    at_first_touch(shell)
    g = shell.g
    g.run("tbreak do_anonymous_page", "continue")
    out = g("out")
    assert re.search(r"touch \(.*at user/demos/demo\.c", out), out


def test_system_call_of_no_number(shell):
    g = shell.g
    g("ub lazy write")
    shell.begin("lazy 1 >/dev/null")
    g.run("delete", "tbreak syscall", "continue")
    for _ in range(20):
        if "ecall" in g("x/i $pc"):
            break
        g("stepi")
    old = g.value("$a7")
    for nr in (9999, -1):
        g.run("set $a7 = %d" % nr, "tbreak sys_ni_syscall", "continue")
        assert "%d: no such number" % (nr % 2**64) in g("q-trap")
        g("out")
        g("set $pc = $pc - 4")
    g("set $a7 = %d" % old)


def test_see_traps_off_steps_over_the_kernel(shell):
    g = shell.g
    g("ub lazy write")
    shell.begin("lazy 1")
    for _ in range(60):
        if "ecall" in g("x/i $pc"):
            break
        g("stepi")
    after = g.value("$pc") + 4
    assert "over the kernel" in g("see-traps off")
    g("stepi")
    assert g.value("$pc") == after and g.value("$priv") == 0
    assert "into the kernel" in g("see-traps on")


def test_pte_watchpoint(shell):
    """The store that fills the page-table entry stops in the fault's own path."""
    at_first_touch(shell)
    g = shell.g
    g.run("tbreak do_anonymous_page", "continue")
    entry = g.value("vmf->pte") or g.value("vmf->pmd")
    assert entry >> 63
    g("watch *(pte_t *)%#x if (*(pte_t *)%#x).pte != 0" % (entry, entry))
    out = g("continue")
    assert re.search(r"New value = 0x\w+ = pfn 0x\w+ VRW-U-AD", out), out
    assert re.search(r"do_anonymous_page|handle_mm_fault", g("bt")), out


def test_symbols_follow_the_program(shell):
    g = shell.g
    for program in ("lazy", "cow", "faults"):
        g("ub %s main" % program)
        out = shell.begin("%s >/dev/null" % program)
        assert re.search(r"main \(.*at user/demos/%s\.c" % program, out), out
        assert "main (" in g("bt")
        shell.finish()


def test_stop_is_announced_with_the_right_symbols(shell):
    """main of two programs lies at one address: gdb names neither ?? nor a line of the other."""
    g = shell.g
    assert "in no other program" in g("ub lazy") and "demos" not in g("ub cow")
    out = shell.begin("lazy 1; cow 1")
    assert re.search(r"Breakpoint \d+, main .* at user/demos/lazy\.c:\d+", out), out
    assert "demos" not in g("ub ls")
    out = g("continue")
    assert re.search(r"Breakpoint \d+, main .* at user/demos/cow\.c:\d+", out), out
    assert "lazy.c" not in out and "??" not in out


def test_condition_on_the_program(shell):
    g = shell.g
    g('break handle_mm_fault if $_streq($q_comm(), "cow")')
    shell.begin("lazy 1 >/dev/null; cow 1 >/dev/null")
    assert '"cow' in g("print $q_current()->comm")


def test_dynamic_program(shell, dynamic):
    if not dynamic:
        pytest.skip("NO CROSS COMPILER FOR LINUX: install gcc-riscv64-linux-gnu")
    g = shell.g
    g("ub dynprog deep")
    out = shell.begin("dynprog")
    assert re.search(r"ld-linux-riscv64-lp64d\.so\.1 at 0x", out), out
    loaded = dict(re.findall(r"(\S+) at (0x\w+)", out))
    maps = {row[-2].split("/")[-1]: row[0] for row in reversed(table(g("q-vma"), "PERM NAME"))
            if len(row) > 6}
    for name in ("dynprog", "libc.so.6", "ld-linux-riscv64-lp64d.so.1"):
        assert int(loaded[name], 16) == int(maps[name].split("-")[0], 16), (loaded, maps)
    g.run("delete", "tbreak handle_mm_fault", "continue")
    assert re.search(r"#\d+ .* deep \(p=.*n=\d\) at .*dynprog\.c", g("bt")), g("bt")
    g("frame function main")
    assert "answer = " in g("info locals")
    out = g.run("break puts", "continue")
    assert "main" in g("bt 2"), out
    assert "dynamic hello" in shell.finish()


def test_static_program_of_glibc(shell, dynamic):
    if not dynamic:
        pytest.skip("NO CROSS COMPILER FOR LINUX: install gcc-riscv64-linux-gnu")
    shell.g("ub statprog deep")
    out = shell.begin("statprog")
    assert re.search(r"deep \(.*\) at .*dynprog\.c:\d", out), out
    assert "main () at" in shell.g("bt")


def test_another_program_of_that_name(shell, dynamic):
    """The machine has a program of which the host has only a namesake: none of its symbols."""
    if not dynamic:
        pytest.skip("NO CROSS COMPILER FOR LINUX: install gcc-riscv64-linux-gnu")
    g = shell.g
    assert "in no other program" in g("ub uptime _start")
    g('break sys_exit_group if $_streq($q_comm(), "uptime")')
    out = shell.begin("uptime")
    assert "sys_exit_group" in out and "user symbols: uptime" not in out, out
    assert "uptime.c" not in g("bt")


def test_physical_memory(shell):
    g = shell.g
    first = g("k x/2gx &_start").split(":")[1].split()
    assert first[0].rjust(18) in g("monitor xp /2gx %#x" % LOAD).replace("\r", "")
    g("maintenance packet Qqemu.PhyMemMode:1")
    assert first[0] in g("x/2gx %#x" % LOAD)
    g("maintenance packet Qqemu.PhyMemMode:0")


def test_stepping_hides_the_timer_unless_asked(shell):
    """Interrupts are held back while stepping; sstep=0x1 lets them in."""
    g = shell.g
    at_first_touch(shell)
    g("maintenance packet Qqemu.sstep=0x1")
    try:
        g("python\nfor _ in range(4000):\n"
          "    gdb.execute('stepi', to_string=True)\n"
          "    cause, pc = (int(gdb.parse_and_eval('(unsigned long)$' + r)) for r in"
          " ('scause', 'pc'))\n"
          "    if cause >> 63 and pc >> 63: break\nend",     # scause may be of an earlier one
          timeout=300)
        assert "timer interrupt" in g("q-trap")
        assert "handle_exception" in g("info symbol $pc")
    finally:
        g("maintenance packet Qqemu.sstep=0x7")


def test_interrupted_program(shell):
    """Ctrl-C while a program computes: in user mode or in the kernel, everything can be asked."""
    g = shell.g
    g.send("continue")
    shell.type("yes >/dev/null & sleep 0.3; kill %1")
    shell.m.expect(r"<%d:" % shell.waiting)
    shell.waiting = None
    out = g.interrupt()
    assert "SIGINT" in out, out
    try_all(g)
    g.send("continue")
    shell.m.wait_prompt()
    g.interrupt()
