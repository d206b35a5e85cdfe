# SPDX-License-Identifier: MIT
"""Symbols of the user program that runs: they follow it from stop to stop. And ub.

Where a program and its libraries lie is read from the VMAs of its mm; without an MMU, where
everything is one block, from mm->start_code. The file of the host with the same name is looked
for beside the kernel (build/.../user), in what --add put in, and in the cross compiler's library
folder.
"""
import glob
import os
import struct
import subprocess

import gdb

from quire import elf, kernel, machine, pages, tasks, vma
from quire.command import command
from quire.machine import Advice, PAGE_SHIFT

PIE_BASE = 0x2aaaaaa000         # where execve puts a static-PIE program (with an MMU)
FIND_TEST = os.path.join(os.path.dirname(__file__), "..", "find-test")
LIBRARIES = ("/usr/riscv64-linux-gnu/lib",)

folders = []                    # more places to look in: q-userdir
_loaded = {}                    # {host file: bias} of what gdb knows now
_seen = None                    # what the last look was at


def search_path():
    return folders + [os.path.join(os.path.dirname(kernel.path()), "user")] + \
        list(LIBRARIES)


def host_file(path):
    """The host's file for a path of the machine, or None."""
    name = os.path.basename(path)
    for place in search_path():
        candidate = place if os.path.basename(place) == name else os.path.join(place, name)
        if os.path.isfile(candidate) and elf.is_elf(candidate):
            return os.path.realpath(candidate)
    return None


def _mapped_files(mm):
    """{path: (file, start, offset)} of the lowest mapping of each file."""
    found = {}
    for area in vma.vmas(mm):
        if int(area["vm_file"]):
            found.setdefault(kernel.file_path(area["vm_file"]), (
                area["vm_file"], int(area["vm_start"]), int(area["vm_pgoff"]) << PAGE_SHIFT))
    return found


def _first_page(file):
    """The first page of a file of the machine, from the page cache; None: it is not there."""
    index, entry = next(kernel.xa_entries(file["f_mapping"]["i_pages"]), (1, 0))
    if index or entry & 1:
        return None
    pfn = pages.pfn_of(kernel.pointer_to("struct page", entry).dereference())
    with machine.physical_view():
        return machine.read(pfn << PAGE_SHIFT, machine.PAGE_SIZE)


def _is_another(file, host):
    """Is a file of the machine certainly not the host's of that name? (Debian has an ls too.)"""
    page = _first_page(file)
    if page is None:
        return False
    try:
        return elf.shape(page) != elf.shape(elf.load(host).data)
    except (ValueError, struct.error):
        return True


def _wanted(mm):
    """{host file: bias} of everything that an mm runs."""
    wanted = {}
    for path, (file, start, offset) in _mapped_files(mm).items():
        host = host_file(path)
        if host and not _is_another(file, host):
            wanted[host] = elf.load(host).bias_for(start, offset)
    if not wanted and int(mm["exe_file"]) and int(mm["start_code"]):
        host = host_file(kernel.file_path(mm["exe_file"]))
        if host and not _is_another(mm["exe_file"], host):
            wanted[host] = int(mm["start_code"]) - elf.load(host).text_start()
    return wanted


def _show_place(fresh):
    """gdb has announced the stop before it knew these symbols: say again where it is."""
    place = gdb.newest_frame().find_sal().symtab
    if place is not None and os.path.realpath(place.objfile.filename) in fresh:
        gdb.execute("frame")


def _exchange(wanted, task, show):
    for path in [p for p in _loaded if _loaded[p] != wanted.get(p)]:
        elf.remove_symbols(path)
        del _loaded[path]
    fresh = [p for p in wanted if p not in _loaded]
    for path in fresh:
        elf.add_symbols(path, wanted[path])
        _loaded[path] = wanted[path]
    if fresh:
        gdb.write("[user symbols: %s (pid %d): %s]\n"
                  % (tasks.comm(task), int(task["pid"]),
                     ", ".join("%s at %#x" % (os.path.basename(p), wanted[p]) for p in fresh)))
        if show:
            _show_place(fresh)


def _state(task, mm):
    """Changes when the process, its program or its mappings do."""
    return (int(task["pid"]), tasks.comm(task), int(mm), int(mm["map_count"]),
            int(mm["start_code"]), int(mm["exe_file"]))


def _forget_dropped():
    """gdb drops all symbols when a kernel's are loaded (q-symbols, q-reset): those are to come
    again."""
    global _seen
    known = {os.path.realpath(o.filename) for o in gdb.objfiles() if o.filename}
    for path in [p for p in _loaded if p not in known]:
        del _loaded[path]
        _seen = None


def follow(show=True):
    """Make gdb know the program of the selected hart's task. Cheap when nothing has changed.

    => show: gdb has announced the stop already, without these symbols.
    """
    global _seen
    _forget_dropped()
    with machine.kernel_view(kernel.has_mmu()):
        task = tasks.current()
        if task is None or not int(task["mm"]):
            return
        state = _state(task, task["mm"])
        if state != _seen:
            _seen = state
            _exchange(_wanted(task["mm"]), task, show)


def forget():
    """A new machine: no program is known in it."""
    global _seen
    for path in _loaded:
        elf.remove_symbols(path)
    _loaded.clear()
    _seen = None


def on_stop(_event):
    try:
        if kernel.loaded() and (machine.mmu_on() or not kernel.has_mmu()):
            follow()
    except machine.NothingYet:
        pass
    except (gdb.error, Advice, OSError, ValueError) as error:
        gdb.write("[no user symbols: %s]\n" % " ".join(str(error).split()))


# ---- ub ----------------------------------------------------------------------------------------

class UserBreakpoint(gdb.Breakpoint):
    """A breakpoint at an address of one program: others have other code there."""

    def __init__(self, program, function, address):
        self.program = program
        self.function = function
        super().__init__("*%#x" % address)

    def stop(self):
        """Is it the right program? (Its name is cut to 15 bytes by the kernel.)

        Its symbols come here, before gdb says where it has stopped: with those of the program
        before, it would name a line of that one.
        """
        with machine.kernel_view(kernel.has_mmu()):
            task = tasks.current()
            right = task is not None and tasks.comm(task) == self.program[:15] and \
                not _is_another(task["mm"]["exe_file"], host_file(self.program))
        if right:
            follow(False)
        return right


def programs():
    """Names of the programs that can be found on the host."""
    found = set()
    for place in search_path()[:-len(LIBRARIES)]:
        files = [place] if os.path.isfile(place) else glob.glob(os.path.join(place, "*"))
        found.update(os.path.basename(f) for f in files if os.path.isfile(f) and elf.is_elf(f))
    return sorted(found)


def _function_of_test(name):
    """A user test's function, from its name as for `make gdb TEST=cow/pipe`."""
    found = subprocess.run([FIND_TEST, name], capture_output=True, text=True, check=False)
    if found.returncode:
        raise Advice(found.stderr)
    return found.stdout.strip().split("\t")[2]


def address_of(program, function):
    """Where a function of a program will be when it runs, before it does."""
    host = host_file(program)
    if host is None:
        raise Advice("no program %s with symbols; there are: %s"
                     % (program, " ".join(programs())))
    file = elf.load(host)
    function = _function_of_test(function) if "/" in function else function
    value = file.function(function)
    if value is None:
        like = sorted(n for n in file.functions() if function in n and ":" not in n)[:8]
        raise Advice("%s has no function %s%s" % (program, function,
                                                  "; perhaps " + " ".join(like) if like else ""))
    if not kernel.has_mmu():
        raise Advice("without an MMU a program may lie anywhere: stop in start_thread "
                     "(break start_thread), then `break %s`" % function)
    return value - file.lowest() + PIE_BASE if file.movable else value


@command("ub", complete=programs, kernel_memory=False)
def ub(program, function="main"):
    """ub PROGRAM [FUNCTION]: stop in a function (default main) of this user program only.

    Works before the program runs. All programs lie at the same addresses: in others the
    breakpoint is passed over. Symbols come by themselves at the stop. A user test has a name too:
    `ub usertests cow/pipe`.
    """
    address = address_of(program, function)
    # What gdb says of a new breakpoint names the line of the program whose symbols it has now.
    gdb.execute("python import quire.userprog; quire.userprog.UserBreakpoint(%r, %r, %d)"
                % (program, function, address), to_string=True)
    gdb.write("Breakpoint %d at %#x: %s in %s, and in no other program\n"
              % (gdb.breakpoints()[-1].number, address, function, program))


@command("q-userdir", complete=gdb.COMPLETE_FILENAME, kernel_memory=False)
def q_userdir(*paths):
    """q-userdir [PATH]...: look for user programs with symbols in these folders or files too."""
    global _seen
    for path in paths:
        if not os.path.exists(path):
            raise Advice("there is no %s" % path)
        folders.insert(0, os.path.abspath(path))
    _seen = None
    gdb.write("\n".join(search_path()) + "\n")


gdb.events.stop.connect(on_stop)
