# SPDX-License-Identifier: MIT
"""Which frames are free: read off the free lists and the harts' stacks, not off the counters."""
from .spec import Fail

HARTS = 8


def zones(mem):
    """Addresses of the zones of node 0 that have memory."""
    size = mem.constant("sizeof(struct zone)")
    for zid in range(mem.constant("MAX_NR_ZONES")):
        zone = mem.symbol("node_data") + zid * size
        if mem.member(zone, "struct zone.managed_pages"):
            yield zone


def free_frames(mem):
    """The set of all free frames (by number). Fail if one is free twice."""
    found, total = set(), 0
    for zone in zones(mem):
        for pfn, order in _blocks(mem, zone):
            found.update(range(pfn, pfn + (1 << order)))
            total += 1 << order
        for pfn in _stacks(mem, zone):
            found.add(pfn)
            total += 1
    if total != len(found):
        raise Fail("each free frame once on the lists", "%d frames twice" % (total - len(found)))
    return found


def _blocks(mem, zone):
    area = zone + mem.offset("struct zone.free_area")
    size = mem.constant("sizeof(struct free_area)")
    for order in range(mem.layout.member("struct zone.free_area")[1] // size):
        for page in mem.list(area + order * size, "struct page.lru"):
            yield mem.pfn_of_page(page), order


def pcps(mem, zone):
    """Address of each hart's struct per_cpu_pages."""
    size = mem.layout.member("struct zone.pcp")[1] // HARTS
    for hart in range(HARTS):
        yield zone + mem.offset("struct zone.pcp") + hart * size


def stack(mem, pcp):
    """The pages on a hart's stack, from the top. lru.next names the page below, or its lru."""
    page = mem.value(pcp + mem.offset("struct per_cpu_pages.head"))
    lru, base = mem.offset("struct page.lru"), mem.variable("mem_map_base")
    for _ in range(mem.value(pcp + mem.offset("struct per_cpu_pages.count"), 4, True)):
        yield page
        page = mem.value(page + lru)
        if (page - base) % 64 == lru:
            page -= lru


def _stacks(mem, zone):
    for pcp in pcps(mem, zone):
        for page in stack(mem, pcp):
            yield mem.pfn_of_page(page)
