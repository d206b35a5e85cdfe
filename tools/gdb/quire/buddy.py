# SPDX-License-Identifier: MIT
"""q-buddy: the page allocator, zone by zone and order by order."""
from quire import kernel, pages
from quire.command import command, count, table
from quire.machine import Advice, NothingYet

MAX_SHOWN = 64      # blocks of q-buddy ORDER


def zones():
    """Every zone that manages memory, with its node's number."""
    nodes = kernel.variable("node_data")
    for nid in range(int(kernel.variable("nr_online_nodes"))):
        in_node = nodes[nid]["node_zones"]
        for zid in range(in_node.type.range()[1] + 1):
            if kernel.counter(in_node[zid]["managed_pages"]):
                yield nid, in_node[zid]


def _name(zone):
    return kernel.text(zone["name"])


def _stock(zone):
    """Pages on the lists of the harts."""
    pcp = zone["pcp"]
    return sum(int(pcp[cpu]["count"]) for cpu in range(pcp.type.range()[1] + 1))


def _zone_row(nid, zone):
    areas = zone["free_area"]
    counts = [int(areas[order]["nr_free"]) for order in range(areas.type.range()[1] + 1)]
    stock = _stock(zone)
    free = sum(n << order for order, n in enumerate(counts)) + stock
    return [nid, _name(zone)] + counts + [stock, free, kernel.counter(zone["managed_pages"])]


def _marks(nid, zone):
    marks = [int(zone["_watermark"][i]) for i in range(3)]
    return "node %d %s: watermarks min %d, low %d, high %d pages" % ((nid, _name(zone), *marks))


def _blocks(order):
    """(node, zone, pfn) of each free block of an order."""
    for nid, zone in zones():
        areas = zone["free_area"]
        if not 0 <= order <= areas.type.range()[1]:
            raise Advice("orders go from 0 to %d" % areas.type.range()[1])
        for page in kernel.list_entries(areas[order]["free_list"], "struct page", "lru"):
            pfn = pages.pfn_of(page)
            yield nid, _name(zone), "%#x" % pfn, "%#x" % (pfn ^ 1 << order)


@command("q-buddy")
def q_buddy(order=None):
    """q-buddy [ORDER]: free blocks of 2^ORDER pages, zone by zone, as /proc/buddyinfo.

    PCP are single pages in stock on the harts' own lists: free, but in no block. With ORDER: the
    first pfn of each free block of that order, and the buddy it waits for.
    """
    found = list(zones())
    if not found:
        raise NothingYet("The buddy has no memory yet: memblock hands it over in "
                         "mm_core_init(). Try\n    break kmem_cache_init\n    continue")
    if order is not None:
        rows = list(_blocks(count(order, "an order: they go from 0 to 10", 0)))
        table(("NODE", "ZONE", ">PFN", ">ITS BUDDY"), rows[:MAX_SHOWN],
              "%d free blocks of order %s%s"
              % (len(rows), order, ", the first %d shown" % MAX_SHOWN
                 if len(rows) > MAX_SHOWN else ""))
        return
    orders = found[0][1]["free_area"].type.range()[1] + 1
    table(["NODE", "ZONE"] + [">%d" % i for i in range(orders)] + ["PCP", "FREE", "MANAGED"],
          [_zone_row(nid, zone) for nid, zone in found],
          "\n".join(_marks(nid, zone) for nid, zone in found))
