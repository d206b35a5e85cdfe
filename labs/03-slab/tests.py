# SPDX-License-Identifier: MIT
"""Tests of lab 03-slab: see tools/labs/README.md for the format."""
from quirelab import Fail, Test, expect
from quirelab.memory import PAGE_OFFSET, RAM_BASE

CACHE = "vm_area_struct"


class Slab:
    """One slab as its struct page has it."""

    def __init__(self, mem, address):
        self.address = address
        self.base = PAGE_OFFSET - RAM_BASE + (mem.pfn_of_page(address) << 12)
        for name in ("cache", "freelist", "inuse", "objects", "frozen"):
            setattr(self, name, mem.member(address, "struct slab." + name))


def cache_named(mem, name):
    for s in mem.list(mem.symbol("slab_caches"), "struct kmem_cache.list"):
        text = mem.kread(mem.member(s, "struct kmem_cache.name"), 40).split(b"\0")[0].decode()
        if text == name:
            return s
    raise Fail("a cache %r" % name, "none")


def node(mem, s):
    """The only node's part of a cache."""
    return s + mem.offset("struct kmem_cache.node")


def chain(mem, s, head, most):
    """The free objects of a list whose links lie in the objects."""
    offset, found = mem.member(s, "struct kmem_cache.offset"), []
    while head:
        found.append(head)
        if len(found) > most:
            raise Fail("a freelist of at most %d objects" % most, "one without end")
        head = mem.value(head + offset)
    return found


def inside(mem, s, slab, objects):
    """Each object lies in the slab at a multiple of the size, none twice."""
    size = mem.member(s, "struct kmem_cache.size")
    for o in objects:
        if not 0 <= o - slab.base < slab.objects * size or (o - slab.base) % size:
            raise Fail("free objects of the slab at %#x" % slab.base, "%#x on its list" % o)
    expect("objects that stand twice on a freelist", 0, len(objects) - len(set(objects)))


def look(mem, s, harts=8):
    """All free objects of a cache; every slab that has some is checked on the way."""
    free = []
    most = mem.member(node(mem, s), "struct kmem_cache_node.total_objects")
    partial = mem.list(node(mem, s) + mem.offset("struct kmem_cache_node.partial"),
                       "struct slab.list")
    expect("nr_partial of %s" % CACHE, len(partial),
           mem.member(node(mem, s), "struct kmem_cache_node.nr_partial"))
    for address in partial:
        slab = Slab(mem, address)
        expect("slab's cache", hex(s), hex(slab.cache))
        expect("frozen, of a slab on the partial list", 0, slab.frozen)
        objects = chain(mem, s, slab.freelist, slab.objects)
        if not objects:
            raise Fail("a slab on the partial list to have free objects", "a full one")
        expect("inuse + free objects of a slab", slab.objects, slab.inuse + len(objects))
        inside(mem, s, slab, objects)
        free += objects
    step = mem.constant("sizeof(struct kmem_cache_cpu)")
    for hart in range(harts):
        cpu = s + mem.offset("struct kmem_cache.cpu") + hart * step
        address = mem.member(cpu, "struct kmem_cache_cpu.slab")
        mine = chain(mem, s, mem.member(cpu, "struct kmem_cache_cpu.freelist"), most)
        if not address:
            expect("free objects of a hart without a slab", 0, len(mine))
            continue
        slab = Slab(mem, address)
        expect("frozen, of a hart's slab", 1, slab.frozen)
        mine += chain(mem, s, slab.freelist, slab.objects)
        inside(mem, s, slab, mine)
        free += mine
    expect("objects that are free twice", 0, len(free) - len(set(free)))
    return free


def in_use(mem, s, free):
    return mem.member(node(mem, s), "struct kmem_cache_node.total_objects") - len(free)


def vmas_of(mem, pid):
    """The process's VMAs, by its own tree."""
    back = mem.offset("struct vm_area_struct.vm_rb")
    todo, found = [mem.value(mem.mm(mem.tasks()[pid]) + mem.offset("struct mm_struct.mm_rb"))], []
    while todo:
        node = todo.pop()
        if node:
            found.append(node - back)
            todo += [mem.value(node + mem.offset("struct rb_node.rb_left")),
                     mem.value(node + mem.offset("struct rb_node.rb_right"))]
        if len(found) > 1 << 16:
            raise Fail("a tree of VMAs", "one without end")
    return found


def state(m, where, go_on=None, also=None):
    """At a mark: (free objects, used ones, slabs, VMAs of the process). Then it goes on. also(mem)
    is for what else is to be looked at: after the last mark the machine may be gone at once."""
    pid = int(m.wait("at " + where).split()[2])
    with m.stopped() as mem:
        s = cache_named(mem, CACHE)
        free = look(mem, s)
        vmas = vmas_of(mem, pid)
        both = set(free) & set(vmas)
        if both:
            raise Fail("no VMA in use on a freelist", "%d of them, as %#x" % (len(both),
                                                                            min(both)))
        slabs = mem.member(node(mem, s), "struct kmem_cache_node.nr_slabs")
        result = len(free), in_use(mem, s, free), slabs, len(vmas)
        if also:
            also(mem)
    (go_on or m.go)()
    return result


def objects_exact(m, at_the_end=None):
    _, used, _, vmas = state(m, "before")
    _, used_with, _, vmas_with = state(m, "with")
    expect("objects more in use, for %d VMAs more" % (vmas_with - vmas), vmas_with - vmas,
           used_with - used)
    _, used_holes, _, vmas_holes = state(m, "holes")
    expect("objects in use after two of three went", used_with - (vmas_with - vmas_holes),
           used_holes)
    state(m, "freed")
    state(m, "after", also=at_the_end)


def objects_exact_debug(m):
    objects_exact(m, lambda mem: expect("reports of the debug checks (tainted)", 0,
                                        mem.variable("tainted")))


def no_list_lock(mem):
    """Pages go to the buddy, which has a lock of its own: no cache's may be held meanwhile."""
    for s in mem.list(mem.symbol("slab_caches"), "struct kmem_cache.list"):
        if mem.member(node(mem, s), "struct kmem_cache_node.list_lock.locked"):
            raise Fail("no list_lock held when pages are freed (__free_pages)", "one is")


def freed_unlocked(m, calls):
    """The program goes on; the next calls of __free_pages() are looked at."""
    for i in range(calls):
        no_list_lock(m.run_to("__free_pages", go=None if i else ""))
    m.run_on()


def slabs_returned(m):
    _, _, slabs, _ = state(m, "before")
    _, _, slabs_with, _ = state(m, "with")
    if slabs_with < slabs + 10:
        raise Fail("more slabs for 1200 objects", "%d before, %d with" % (slabs, slabs_with))
    state(m, "holes")
    _, _, slabs_freed, _ = state(m, "freed")
    if slabs_freed > slabs + 10:
        raise Fail("slabs that are empty to go back with their last object, but a few: %d" % slabs,
                   slabs_freed)
    _, _, slabs_after, _ = state(m, "after")
    if slabs_after > slabs + 4:
        raise Fail("empty slabs to go back: %d or a few more" % slabs, slabs_after)
    state(m, "again", lambda: freed_unlocked(m, 6))         # with their last objects
    state(m, "dropping", lambda: freed_unlocked(m, 2))      # by shrinking


def harts_agree(m):
    m.wait("at churned")
    with m.stopped() as mem:
        s = cache_named(mem, CACHE)
        free = look(mem, s)
        vmas = sum(len(vmas_of(mem, pid)) for pid, t in mem.tasks().items() if mem.mm(t))
        # Somebody may be in the middle of a call: a few objects.
        if not 0 <= in_use(mem, s, free) - vmas <= 8:
            raise Fail("%d objects in use, one for each VMA" % vmas, in_use(mem, s, free))
    m.go()


def interrupts_off(m):
    """A hart's freelist never changes while an interrupt could come, which may allocate as well.
    The program takes and gives back one object after the other: pop, push, pop ..."""
    m.wait("at ready")
    with m.stopped() as mem:
        s = cache_named(mem, CACHE)
    freelist = s + mem.offset("struct kmem_cache.cpu") + mem.offset(
        "struct kmem_cache_cpu.freelist")
    for i in range(FREELIST_CHANGES):
        m.run_to_write(freelist, go=None if i else "")
        now = m.registers(m.hart)
        if now["mstatus"] & SIE:
            raise Fail("interrupts off where the hart's freelist is changed",
                       "on, at pc %#x (gdb: info symbol)" % now["pc"])
    m.run_on()


FREELIST_CHANGES, SIE = 60, 2
OFF = "slub_debug=-"
TESTS = [
    Test("exact", 16, "each VMA is one object; free and used objects add up; nothing in use is on "
         "a freelist", run="slablab vmas", check=objects_exact, append=OFF, gdb="slab_alloc_slow"),
    Test("exact-debug", 10, "the same under slub_debug=FZP, where every object goes the slow way; "
         "the checks find nothing to report", run="slablab vmas", check=objects_exact_debug,
         append="slub_debug=FZP", gdb="put_object"),
    Test("returned", 14, "slabs that have become empty go back to the page allocator",
         run="slablab returned", check=slabs_returned, append=OFF, gdb="free_empty_on_node"),
    Test("harts", 12, "four harts take and give back at once: no object is lost or given twice",
         run="slablab harts", check=harts_agree, append=OFF, smp=4, gdb="slab_free_slow"),
    Test("interrupts", 6, "a hart's freelist changes only with interrupts off",
         run="slablab pairs", check=interrupts_off, append=OFF, gdb="slab_free"),
    Test("sizes", 6, "kmalloc of every size gives memory of its own, zeroed if asked",
         selftest="slab_sizes", append=OFF, gdb="slab_alloc"),
    Test("constructed", 6, "the constructor runs once for each object, and objects keep its state",
         selftest="slab_ctor", append=OFF, gdb="init_objects"),
    Test("shrink", 6, "kmem_cache_shrink() gives back what is empty, on all harts",
         selftest="slab_shrinks", append=OFF, smp=4, gdb="slub_flush_this_cpu"),
    Test("no-memory", 6, "an allocation that fails returns NULL, and loses nothing; a slab that "
         "came out smaller holds fewer objects", selftest="slab_injected", append=OFF,
         gdb="new_slab"),
    Test("parallel", 6, "the same objects from four harts, and from interrupts",
         selftest="slab_parallel", append=OFF, smp=4, gdb="slab_free"),
    Test("slob", 4, "with slab_allocator=slob the slow paths hand all to the other allocator",
         selftest="slab_sizes", append="slab_allocator=slob", gdb="slab_alloc_slow"),
    Test("cost", 8, "to take and give back without locks: a budget, and few slow paths, counted",
         run="slablab cost", append=OFF,
         budget={"pipe": 9500, "slow-per-1000": 30}, gdb="slab_alloc"),
]
