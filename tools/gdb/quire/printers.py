# SPDX-License-Identifier: MIT
"""How gdb prints the kernel's own types: page-table entries, flags, lists, trees."""
import gdb
import gdb.printing

from quire import kernel, walk

SHOWN = 50      # links of a list or tree that are printed


class Entry:
    """pte_t, pmd_t, pgd_t: the value and its bits."""

    def __init__(self, value):
        self.value = int(value[value.type.strip_typedefs().fields()[0].name])

    def to_string(self):
        entry = self.value
        if entry & walk.VALID and not entry & walk.LEAF:
            return "%#x = table at pfn %#x" % (entry, entry >> 10 & walk.PFN_MASK)
        return "%#x = %s" % (entry, walk.describe(entry)) if entry else "0 = none"


class Protection(Entry):
    """pgprot_t: the bits alone."""

    def to_string(self):
        return "%#x = %s" % (self.value, walk.flags(self.value))


class SwapEntry:
    """swp_entry_t: area and slot."""

    def __init__(self, value):
        self.value = int(value["val"])

    def to_string(self):
        if not self.value:
            return "0 = none"
        return "%#x = area %d, slot %d" % (self.value, self.value >> 58,
                                           self.value & (1 << 58) - 1)


class Atomic:
    """atomic_t, atomic_long_t: the number."""

    def __init__(self, value):
        self.value = int(value["counter"])

    def to_string(self):
        return str(self.value)


class List:
    """list_head: how many links, and the first of them."""

    def __init__(self, value):
        self.value = value

    def _links(self):
        end, node = int(self.value.address), self.value["next"]
        while int(node) not in (0, end):
            yield int(node)
            node = node["next"]

    def to_string(self):
        if self.value.address is None:
            return "list_head"
        if not int(self.value["next"]):
            return "list_head, never initialised"
        try:
            links = [link for link, _ in zip(self._links(), range(SHOWN + 1))]
        except gdb.MemoryError:
            return "list_head, broken: a link leads to %#x" % int(self.value["next"])
        if not links:
            return "empty list"
        more = "more than %d" % SHOWN if len(links) > SHOWN else str(len(links))
        return "list of %s: %s%s" % (more, ", ".join("%#x" % a for a in links[:4]),
                                     ", ..." if len(links) > 4 else "")


class Tree:
    """rb_root: how many nodes, how deep."""

    def __init__(self, value):
        self.value = value

    def _measure(self):
        nodes, depth, todo = 0, 0, [(self.value["rb_node"], 1)]
        while todo and nodes < 4096:
            node, level = todo.pop()
            if int(node):
                nodes, depth = nodes + 1, max(depth, level)
                todo += [(node["rb_left"], level + 1), (node["rb_right"], level + 1)]
        return nodes, depth

    def to_string(self):
        nodes, depth = self._measure()
        if not nodes:
            return "empty tree"
        return "tree of %d, depth %d, root %#x" % (nodes, depth, int(self.value["rb_node"]))


class Array:
    """xarray: how many entries, and the first."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        entries = [e for e, _ in zip(kernel.xa_entries(self.value), range(SHOWN + 1))]
        if not entries:
            return "empty xarray"
        nr = "more than %d" % SHOWN if len(entries) > SHOWN else str(len(entries))
        first = ", ".join("[%d] = %s" % (i, "value %#x" % (e >> 1) if e & 1 else "%#x" % e)
                          for i, e in entries[:4])
        return "xarray of %s: %s%s" % (nr, first, ", ..." if len(entries) > 4 else "")


class Gfp:
    """gfp_t: GFP_KERNEL and the like, or the bits."""

    BITS = ("DMA32", "HIGH", "IO", "FS", "ZERO", "DIRECT_RECLAIM", "KSWAPD_RECLAIM", "NOWARN",
            "NORETRY", "NOFAIL", "MEMALLOC", "COMP", "NOMEMALLOC", "MOVABLE", "ACCOUNT")
    SETS = (("GFP_HIGHUSER_MOVABLE", 0x206c), ("GFP_KERNEL", 0x6c), ("GFP_NOFS", 0x64),
            ("GFP_NOIO", 0x60), ("GFP_ATOMIC", 0x42), ("GFP_NOWAIT", 0xc0))

    def __init__(self, value):
        self.value = int(value)

    def to_string(self):
        rest, words = self.value, []
        for name, bits in self.SETS:
            if rest & bits == bits:
                words, rest = [name], rest & ~bits
                break
        words += ["__GFP_" + name for bit, name in enumerate(self.BITS) if rest >> bit & 1]
        return "%#x = %s" % (self.value, "|".join(words) or "none")


class PageStruct:
    """struct page, struct folio: what it is for. (print/r shows the fields.)"""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        from quire import pages         # pages imports much; printers come first
        page = self.value
        if page.type.strip_typedefs().tag == "folio":
            page = page["page"]
        flags = pages.flag_names(int(page["flags"]))
        return "pfn %#x, %s, refs %d, maps %d, flags %s" % (
            pages.pfn_of(page), pages.owner(page, flags), pages.refcount(page),
            pages.mapcount(page), " ".join(flags) or "none")


BY_TAG = {"list_head": List, "rb_root": Tree, "xarray": Array, "page": PageStruct,
          "folio": PageStruct}
BY_NAME = {"pte_t": Entry, "pmd_t": Entry, "pgd_t": Entry, "pgprot_t": Protection,
           "swp_entry_t": SwapEntry, "atomic_t": Atomic, "atomic_long_t": Atomic, "gfp_t": Gfp}


def lookup(value):
    """The printer for a value, by the name of its type."""
    kind = value.type.unqualified()
    while kind.code == gdb.TYPE_CODE_TYPEDEF:
        if kind.name in BY_NAME:
            return BY_NAME[kind.name](value)
        kind = kind.target().unqualified()
    if kind.code == gdb.TYPE_CODE_STRUCT and kind.tag in BY_TAG:
        return BY_TAG[kind.tag](value)
    return None


gdb.pretty_printers.insert(0, lookup)
