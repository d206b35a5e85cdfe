# SPDX-License-Identifier: MIT
"""q-slab: the caches of the slab allocator, and the slabs of one of them."""
from quire import kernel, machine
from quire.command import command, table
from quire.machine import Advice, NothingYet, PAGE_SIZE


def caches():
    return kernel.list_entries(kernel.variable("slab_caches"), "struct kmem_cache", "list")


def names():
    with machine.kernel_view(kernel.has_mmu()):
        return [kernel.text(cache["name"]) for cache in caches()]


def _nodes(cache):
    for nid in range(int(kernel.variable("nr_online_nodes"))):
        yield cache["node"][nid]


def _partial(node):
    return kernel.list_entries(node["partial"], "struct slab", "list")


def _row(cache):
    """The figures of /proc/slabinfo: objects that a hart holds ready count as in use."""
    total = sum(kernel.counter(node["total_objects"]) for node in _nodes(cache))
    slabs = sum(kernel.counter(node["nr_slabs"]) for node in _nodes(cache))
    free = sum(int(slab["objects"]) - int(slab["inuse"])
               for node in _nodes(cache) for slab in _partial(node))
    order, size = int(cache["order"]), int(cache["size"])
    return (kernel.text(cache["name"]), total - min(free, total), total, size,
            (PAGE_SIZE << order) // size, 1 << order, slabs,
            sum(int(node["nr_partial"]) for node in _nodes(cache)), "%#x" % int(cache.address))


def _free_length(cache, first, limit=1 << 16):
    """How many objects hang on a free list."""
    offset, nr = int(cache["offset"]), 0
    unsigned_long = "unsigned long"
    while first and nr < limit:
        nr += 1
        first = int(kernel.pointer_to(unsigned_long, first + offset).dereference())
    return nr


def _state(slab, cpu_slabs):
    if int(slab.address) in cpu_slabs:
        return "current of hart %d" % cpu_slabs[int(slab.address)]
    return "partial" if int(slab["inuse"]) else "empty"


def _harts(cache):
    """{address of a slab: hart that works with it}, and rows of the harts' lists."""
    current, rows = {}, []
    per_cpu = cache["cpu"]
    for cpu in range(per_cpu.type.range()[1] + 1):
        slab, first = per_cpu[cpu]["slab"], int(per_cpu[cpu]["freelist"])
        if int(slab):
            current[int(slab)] = cpu
            rows.append((cpu, "%#x" % int(slab), "%#x" % first, _free_length(cache, first)))
    return current, rows


def _show_one(cache):
    current, rows = _harts(cache)
    slabs = [slab for node in _nodes(cache) for slab in _partial(node)]
    slabs += [kernel.pointer_to("struct slab", address).dereference() for address in current]
    if slabs:
        table(("SLAB", "STATE", "IN USE", "OBJECTS", "FREE LIST"),
              [("%#x" % int(s.address), _state(s, current), int(s["inuse"]), int(s["objects"]),
                "%#x" % int(s["freelist"])) for s in slabs])
    if rows:
        table(("HART", "SLAB", "FIRST FREE", "READY"), rows)
    full = sum(kernel.counter(node["nr_slabs"]) for node in _nodes(cache)) - len(slabs)
    machine.gdb.write("full slabs, which are on no list: %d\n" % full)


@command("q-slab", names)
def q_slab(name=None):
    """q-slab [CACHE]: every cache as in /proc/slabinfo, or the slabs and free lists of one.

    A slab is a block of pages cut into objects. It is current (one hart takes its objects without
    a lock), partial, empty or full; full ones are on no list.
    """
    found = list(caches())
    if not found:
        raise NothingYet("No caches yet: kmem_cache_init() makes the first. Try\n"
                         "    break vma_cache_init\n    continue")
    if name is None:
        table(("NAME", "ACTIVE", "OBJECTS", "SIZE", "PER SLAB", "PAGES", "SLABS", "PARTIAL",
               "CACHE"), [_row(cache) for cache in found])
        return
    for cache in found:
        if kernel.text(cache["name"]) == name:
            table(("NAME", "ACTIVE", "OBJECTS", "SIZE", "PER SLAB", "PAGES", "SLABS", "PARTIAL",
                   "CACHE"), [_row(cache)])
            _show_one(cache)
            return
    raise Advice("no cache %s; q-slab lists them" % name)
