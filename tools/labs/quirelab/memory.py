# SPDX-License-Identifier: MIT
"""The guest's memory as the host sees it: what a kernel does, not what it says.

RAM is a file that QEMU shares with us, so reading costs nothing and works even after the machine
is off. Symbols come from the kernel's ELF file, offsets of structures from the trusted headers
through the compiler. The walk of the page tables is our own: it knows the Sv39 format and no
function of the kernel.
"""
import hashlib
import itertools
import json
import mmap
import os
import re
import shlex
import subprocess
import threading
import time
from dataclasses import dataclass

from .spec import Fail

PAGE = 4096
RAM_BASE = 0x80000000
LINK_ADDR, PAGE_OFFSET = 0xffffffff80000000, 0xffffffd600000000
KERNEL_PA = 0x80200000
V, R, W, X, U, G, A, D, SPECIAL = (1 << i for i in range(9))

MAX_LEAVES = 1 << 20            # 4 GiB in small pages: more is a table that leads in circles

# The headers whose structures can be asked for.
HEADERS = ("mm/mm.h", "mm/mmzone.h", "mm/page_internal.h", "mm/vma.h", "mm/rmap.h", "mm/swap.h",
           "mm/slab_internal.h", "mm/filemap.h", "mm/swap_internal.h", "mm/shmem.h",
           "kernel/sched.h", "kernel/rq.h", "kernel/fs/fs.h", "kernel/binfmt.h",
           "arch/riscv/include/asm/early.h")
COMMON = ("struct page.flags", "struct page.lru", "struct page.mapping", "struct page.index",
          "struct page.private", "struct page._mapcount", "struct page._refcount",
          "struct page.order", "struct page.head", "struct mm_struct.pgd",
          "struct task_struct.tasks", "struct task_struct.comm", "struct task_struct.pid",
          "struct task_struct.mm", "struct zone.free_area", "struct zone.nr_free",
          "struct free_area.free_list", "struct free_area.nr_free", "struct zone.pcp",
          "struct mm_struct.mm_rb", "struct mm_struct.rss_stat", "struct pglist_data.lruvec")


class Layout:
    """Offsets and sizes of members and constants of the kernel, asked from the compiler."""

    def __init__(self, tree, flavour_flags=()):
        self.tree = tree
        self.flags = None
        self.make_flags = list(flavour_flags)
        self.known = {}

    def _compile(self, text):
        if self.flags is None:
            out = subprocess.run(["make", "-s", "lab-flags", *self.make_flags], cwd=self.tree,
                                 check=True, stdout=subprocess.PIPE, text=True).stdout
            self.flags = shlex.split(out)
        done = subprocess.run([*self.flags, "-w", "-S", "-xc", "-", "-o", "-"], cwd=self.tree,
                              input=text, text=True, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
        if done.returncode:
            raise KeyError(done.stderr[:500])
        return done.stdout

    def _ask(self, members, constants):
        includes = "".join('#include "%s"\n' % h for h in HEADERS if (self.tree / h).exists())
        lines = []
        for name in members:
            struct, member = name.rsplit(".", 1)
            if "." in struct:                      # struct a.b.c: a path of members
                struct, _, member = name.partition(".")
            lines.append('asm volatile("@@%s %%0 %%1" :: "i"(__builtin_offsetof(%s, %s)), '
                         '"i"(sizeof(((%s *)0)->%s)));' % (name, struct, member, struct, member))
        for name in constants:
            lines.append('asm volatile("@@%s %%0 0" :: "i"((unsigned long)(%s)));' % (name, name))
        out = self._compile("%s\nvoid f(void);\nvoid f(void)\n{\n%s\n}\n" %
                            (includes, "\n".join(lines)))
        for m in re.finditer(r"@@(.+?) (-?\d+) (\d+)$", out, re.M):
            self.known[m[1]] = int(m[2]), int(m[3])

    def _cache_file(self):
        key = hashlib.sha256()
        for header in HEADERS:
            if (self.tree / header).exists():
                key.update((self.tree / header).read_bytes())
        key.update(repr((self.make_flags, COMMON)).encode())
        return self.tree / "build" / "labs" / ("layout-%s.json" % key.hexdigest()[:16])

    def load(self):
        """Ask for the common ones at once, or take them from last time."""
        cache = self._cache_file()
        if cache.exists():
            self.known = {k: tuple(v) for k, v in json.loads(cache.read_text()).items()}
            return self
        self._ask(COMMON, ())
        cache.parent.mkdir(parents=True, exist_ok=True)
        # Other machines are looked at by other threads: for them it is there whole, or not at all.
        new = cache.with_suffix(".%d-%d" % (os.getpid(), threading.get_ident()))
        new.write_text(json.dumps(self.known))
        os.replace(new, cache)
        return self

    def member(self, name):
        """(offset, size) of "struct page.flags"."""
        if name not in self.known:
            self._ask([name], [])
        return self.known[name]

    def offset(self, name):
        return self.member(name)[0]

    def constant(self, name):
        """The value of a constant expression, such as "PG_lru" or "sizeof(struct page)"."""
        if name not in self.known:
            self._ask([], [name])
        return self.known[name][0] & 0xffffffffffffffff


def symbols(elf, nm="riscv64-linux-gnu-nm"):
    """{name: address} of a kernel; of a name that is there twice, None: a student's static variable
    could have the name of one of ours. Any nm reads any ELF symbol table."""
    for tool in (nm, "riscv64-unknown-elf-nm", "riscv64-elf-nm", "llvm-nm", "nm"):
        try:
            out = subprocess.run([tool, str(elf)], check=True, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        except (OSError, subprocess.CalledProcessError):
            continue
        found = {}
        for address, _, name in (f for f in map(str.split, out.splitlines()) if len(f) == 3):
            found[name] = None if name in found else int(address, 16)
        return found
    raise RuntimeError("no nm that reads " + str(elf))


@dataclass
class Pte:
    """A leaf found by a walk: where the entry is, what it says, how much it maps."""
    va: int
    at: int           # physical address of the entry
    value: int
    size: int         # 4096, 2 MiB, 1 GiB

    @property
    def pfn(self):
        return self.value >> 10 & (1 << 44) - 1

    @property
    def pa(self):
        return self.pfn * PAGE + self.va % self.size

    def has(self, bits):
        return self.value & bits == bits

    writable = property(lambda self: bool(self.value & W))
    readable = property(lambda self: bool(self.value & R))
    executable = property(lambda self: bool(self.value & X))
    user = property(lambda self: bool(self.value & U))
    accessed = property(lambda self: bool(self.value & A))
    dirty = property(lambda self: bool(self.value & D))
    special = property(lambda self: bool(self.value & SPECIAL))

    def __str__(self):
        bits = "".join(c if self.value >> i & 1 else "-" for i, c in enumerate("VRWXUGAD"))
        return "%#x -> frame %#x %s" % (self.va, self.pfn, bits)


class Memory:
    """Physical memory, kernel addresses, page tables, struct pages, tasks."""

    def __init__(self, ram_file, ram_size, elf, layout, mmu=True):
        self.file = open(ram_file, "r+b")  # noqa: SIM115  (closed in close)
        self.ram = mmap.mmap(self.file.fileno(), ram_size)
        self.size = ram_size
        self.layout = layout
        self.sym = symbols(elf)
        self.mmu = mmu
        self.deadline = float("inf")    # tables and lists of a kernel may lead in circles

    def close(self):
        self.ram.close()
        self.file.close()

    # ---- physical ----

    def read(self, pa, n):
        """n bytes at a physical address. Outside of RAM is a Fail: some pointer was wrong."""
        at = pa - RAM_BASE
        if at < 0 or at + n > self.size:
            raise Fail("a physical address in RAM", "%#x" % pa)
        if time.monotonic() > self.deadline:
            raise Fail("tables and lists that end", "no end in sight, at %#x" % pa)
        return self.ram[at:at + n]

    def u64p(self, pa):
        return int.from_bytes(self.read(pa, 8), "little")

    def frame(self, pfn):
        """The 4096 bytes of a frame."""
        return self.read(pfn * PAGE, PAGE)

    # ---- kernel addresses ----

    def pa(self, va):
        """Physical address of a kernel address. Image and direct map are arithmetic, the rest
        (vmalloc, vmemmap) is walked in the kernel's own table."""
        if not self.mmu:
            return va
        if va >= LINK_ADDR:
            return va - LINK_ADDR + KERNEL_PA
        if PAGE_OFFSET <= va < PAGE_OFFSET + (64 << 30):
            return va - PAGE_OFFSET + RAM_BASE
        pte = self.walk(self.pa(self.symbol("swapper_pg_dir")), va)
        if pte is None:
            raise Fail("a mapped kernel address", "%#x" % va)
        return pte.pa

    def va(self, pa):
        """The reverse: where the kernel sees a physical address."""
        return pa - RAM_BASE + PAGE_OFFSET if self.mmu else pa

    def kread(self, va, n):
        """n bytes at a kernel address; may cross pages."""
        out = b""
        while n:
            part = min(n, PAGE - va % PAGE)
            out += self.read(self.pa(va), part)
            va, n = va + part, n - part
        return out

    def value(self, va, size=8, signed=False):
        return int.from_bytes(self.kread(va, size), "little", signed=signed)

    def poke(self, va, value, size):
        """Change a kernel variable, within one page: to inject a fault, say."""
        at = self.pa(va) - RAM_BASE
        self.ram[at:at + size] = value.to_bytes(size, "little")

    def fail_nth(self, task, n):
        """Make the n-th allocation of a task from now on fail (debug builds)."""
        self.poke(task + self.offset("struct task_struct.fail_nth"), n, 4)

    def symbol(self, name):
        """Address of a kernel symbol."""
        if name in self.sym and self.sym[name] is None:
            raise Fail("one symbol %s in the kernel" % name, "more than one")
        return self.sym[name]

    def variable(self, name, size=8, signed=False):
        return self.value(self.symbol(name), size, signed)

    def member(self, va, name, signed=False):
        """A member of a structure: member(page, "struct page._refcount")."""
        offset, size = self.layout.member(name)
        return self.value(va + offset, size, signed)

    def bytes_of(self, va, name):
        offset, size = self.layout.member(name)
        return self.kread(va + offset, size)

    def offset(self, name):
        return self.layout.offset(name)

    def constant(self, name):
        return self.layout.constant(name)

    def list(self, head, member=None):
        """The entries of a struct list_head; with member ("struct page.lru") the structures."""
        back = self.layout.offset(member) if member else 0
        nodes, node = [], self.value(head)
        while node != head:
            nodes.append(node - back)
            if len(nodes) > 1 << 20:
                raise Fail("a list that ends", "a cycle at %#x" % node)
            node = self.value(node)
        return nodes

    def tree(self, root, node):
        """The structures of a red-black tree in order: tree(mm + offset("struct mm_struct.mm_rb"),
        "struct vm_area_struct.vm_rb")."""
        back = self.layout.offset(node)
        right, left = (self.layout.offset("struct rb_node." + n) for n in ("rb_right", "rb_left"))
        found, above, at = [], [], self.value(root)
        while above or at:
            if len(found) + len(above) > 1 << 20:
                raise Fail("a tree that ends", "a cycle at %#x" % at)
            if at:
                above.append(at)
                at = self.value(at + left)
            else:
                found.append(above[-1] - back)
                at = self.value(above.pop() + right)
        return found

    # ---- page tables ----

    def walk(self, root, va):
        """The leaf that maps va in the Sv39 table at physical address root, or None. An entry
        with V=0 maps nothing (see entry() for what else it may say)."""
        for level in (2, 1, 0):
            at = root + (va >> 12 + 9 * level & 511) * 8
            value = self.u64p(at)
            if not value & V:
                return None
            if value & (R | W | X):
                size = PAGE << 9 * level
                if (value >> 10) % (size // PAGE):
                    raise Fail("an aligned leaf", "%#x in a level %d table" % (value, level))
                return Pte(va, at, value, size)
            root = (value >> 10 & (1 << 44) - 1) * PAGE
        raise Fail("a leaf in the last level", "a pointer for %#x" % va)

    def entry(self, root, va):
        """The raw 8 bytes of the last-level entry of va (a swap entry, say), or None."""
        for level in (2, 1):
            value = self.u64p(root + (va >> 12 + 9 * level & 511) * 8)
            if not value & V or value & (R | W | X):
                return None
            root = (value >> 10 & (1 << 44) - 1) * PAGE
        return self.u64p(root + (va >> 12 & 511) * 8)

    def leaves(self, root, start=0, end=1 << 38):
        """Every leaf of a table in [start, end), in order of address."""
        found = list(itertools.islice(self._leaves(root, 2, 0, start, end), MAX_LEAVES + 1))
        if len(found) > MAX_LEAVES:
            raise Fail("a page table of a machine of this size", "more than %d leaves" % MAX_LEAVES)
        return found

    def _leaves(self, table, level, base, start, end):
        size = PAGE << 9 * level
        data = self.read(table, PAGE)
        for i in range(512):
            va = base + i * size
            if va >= end or va + size <= start:
                continue
            value = int.from_bytes(data[i * 8:i * 8 + 8], "little")
            if not value & V:
                continue
            if value & (R | W | X):
                yield Pte(va, table + i * 8, value, size)
            elif level:
                next_table = (value >> 10 & (1 << 44) - 1) * PAGE
                yield from self._leaves(next_table, level - 1, va, start, end)
            else:
                raise Fail("a leaf in the last level", "a pointer for %#x" % va)

    def tables(self, root, start=0, end=1 << 38):
        """Physical addresses of all tables below root that serve [start, end), root too."""
        found = [root]
        for level in (2, 1):
            size, todo = PAGE << 9 * level, []
            for table, base in ([(root, 0)] if level == 2 else below):
                for i in range(512):
                    value, va = self.u64p(table + i * 8), base + i * size
                    if value & V and not value & (R | W | X) and start < va + size and va < end:
                        todo.append(((value >> 10 & (1 << 44) - 1) * PAGE, va))
            below = todo
            found += [t for t, _ in todo]
        return found

    # ---- struct page ----

    def page(self, pfn):
        """Kernel address of the struct page of a frame."""
        return self.variable("mem_map_base") + pfn * 64

    def pfn_of_page(self, page):
        return (page - self.variable("mem_map_base")) // 64

    def refcount(self, pfn):
        return self.member(self.page(pfn), "struct page._refcount", signed=True)

    def mapcount(self, pfn):
        """How many PTEs map the frame, as its struct page has it."""
        return self.member(self.page(pfn), "struct page._mapcount", signed=True) + 1

    def page_flag(self, pfn, flag):
        """Is a flag set: page_flag(pfn, "PG_lru")."""
        flags = self.member(self.page(pfn), "struct page.flags")
        return bool(flags >> self.constant(flag) & 1)

    # ---- tasks ----

    def tasks(self):
        """{pid: address of its task_struct} of all processes."""
        found = self.list(self.symbol("task_list"), "struct task_struct.tasks")
        return {self.member(t, "struct task_struct.pid", True): t for t in found}

    def comm(self, task):
        return self.bytes_of(task, "struct task_struct.comm").split(b"\0")[0].decode()

    def find_tasks(self, comm):
        """Tasks of that name, the oldest first."""
        found = self.tasks()
        return [found[pid] for pid in sorted(found) if self.comm(found[pid]) == comm]

    def mm(self, task):
        return self.member(task, "struct task_struct.mm")

    def vmas(self, task):
        """[(start, end, vm_flags)] of a process's address space, in order."""
        root = self.mm(task) + self.offset("struct mm_struct.mm_rb")
        return [tuple(self.member(v, "struct vm_area_struct." + name)
                      for name in ("vm_start", "vm_end", "vm_flags"))
                for v in self.tree(root, "struct vm_area_struct.vm_rb")]

    def root(self, task):
        """Physical address of a process's top page table."""
        return self.pa(self.member(self.mm(task), "struct mm_struct.pgd"))
