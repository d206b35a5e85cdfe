# SPDX-License-Identifier: MIT
"""q-lru: the lists by which reclaim chooses."""
from quire import kernel, pages
from quire.command import command, count, table
from quire.machine import Advice, NothingYet

LISTS = ("inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable")
SHOWN = 20


def _number(name):
    """The index of a list in lruvec.lists."""
    return kernel.enum_value("LRU_" + name.upper())


def _vectors():
    nodes = kernel.variable("node_data")
    for nid in range(int(kernel.variable("nr_online_nodes"))):
        yield nid, nodes[nid]["lruvec"]


def _rows():
    for nid, vector in _vectors():
        for name in LISTS:
            nr = int(vector["nr"][_number(name)])
            yield nid, name, nr, nr * 4


def _list_row(page):
    flags = pages.flag_names(int(page["flags"]))
    seen = "referenced" if "referenced" in flags else "-"
    return ("%#x" % pages.pfn_of(page), pages.refcount(page), pages.mapcount(page), seen,
            "dirty" if "dirty" in flags else "-", pages.owner(page, flags))


@command("q-lru", lambda: list(LISTS))
def q_lru(name=None, nr=None):
    """q-lru [LIST [N]]: the LRU lists: pages on each, or the first N pages of one (default 20).

    LIST is inactive_anon, active_anon, inactive_file, active_file or unevictable. New pages come
    to the front; reclaim takes from the back of the inactive lists, so the first shown are the
    last to go.
    """
    if not int(kernel.variable("nr_online_nodes")):
        raise NothingYet("No LRU lists yet: they come with the struct pages. Try\n"
                         "    break mm_core_init\n    continue")
    if name is None:
        table(("NODE", "LIST", "PAGES", "KiB"), list(_rows()))
        return
    if name not in LISTS:
        raise Advice("no list %s: there are %s" % (name, ", ".join(LISTS)))
    limit = count(nr, "a number of pages") if nr else SHOWN
    rows, total = [], 0
    for _nid, vector in _vectors():
        total += int(vector["nr"][_number(name)])
        for page in kernel.list_entries(vector["lists"][_number(name)], "struct page", "lru"):
            if len(rows) >= limit:
                break
            rows.append(_list_row(page))
    table((">PFN", "REFS", "MAPS", "SEEN", "DIRTY", "OWNER"), rows,
          "%d of %d pages on %s" % (len(rows), total, name))
