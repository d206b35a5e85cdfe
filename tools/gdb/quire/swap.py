# SPDX-License-Identifier: MIT
"""q-swap: swap areas, their slots, and the swap cache."""
from quire import kernel, pages
from quire.command import command, count, table
from quire.machine import Advice, NothingYet, read

HAS_CACHE, BAD = 0x40, 0x3f        # a slot's byte: SWAP_HAS_CACHE, SWAP_MAP_BAD
SHOWN = 32


def areas():
    """The swap_info of every area in use."""
    if not kernel.has_variable("swap_infos"):
        raise NothingYet("This kernel was built without an MMU: there is no swap")
    infos = kernel.variable("swap_infos")
    for i in range(infos.type.range()[1] + 1):
        if int(infos[i]["path"]):
            yield infos[i]


def _row(area):
    slots = area["slots"]
    return (int(area["type"]), kernel.text(area["path"]), int(area["pages"]) * 4,
            int(slots["nr_inuse"]) * 4, int(area["prio"]), int(slots["nr_free"]),
            int(area["cache"]["nrpages"]))


def _slot_rows(area):
    """(slot, PTEs that refer to it, cached page) of each slot in use."""
    cached = dict(kernel.xa_entries(area["cache"]["i_pages"]))
    slots = area["slots"]
    for slot, byte in enumerate(read(int(slots["map"]), int(slots["max"]))):
        count = byte & ~HAS_CACHE
        if byte == 0 or count == BAD:
            continue
        folio = cached.get(slot)
        page = kernel.pointer_to("struct page", folio).dereference() if folio else None
        yield slot, count, "%#x" % pages.pfn_of(page) if folio else "-"


@command("q-swap")
def q_swap(area=None, nr=None):
    """q-swap [AREA [N]]: swap areas as in /proc/swaps, or the first N slots in use of one.

    A slot counts the page-table entries that refer to it; with a PFN it is also in the swap
    cache: the frame is still (or again) in memory.
    """
    found = list(areas())
    if not found:
        raise NothingYet("No swap area is in use: `swapon /dev/vda` in the shell, or wait for init")
    if area is None:
        table(("AREA", "FILENAME", "SIZE KiB", "USED KiB", "PRIORITY", "FREE SLOTS", "CACHED"),
              [_row(a) for a in found])
        return
    limit = count(nr, "a number of slots") if nr else SHOWN
    number = count(area, "the number of a swap area; q-swap lists them", 0)
    for a in found:
        if int(a["type"]) == number:
            rows = list(_slot_rows(a))
            table(("SLOT", "COUNT", ">CACHED PFN"), rows[:limit],
                  "%d slots in use%s" % (len(rows), ", the first %d shown" % limit
                                         if len(rows) > limit else ""))
            return
    raise Advice("no swap area %s; q-swap lists them" % area)
