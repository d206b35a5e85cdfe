# SPDX-License-Identifier: MIT
"""The kernel's data in general: its symbols, its lists and trees, tasks, files.

Every name of a variable, a type or a field is looked up in the debug information of the kernel
that runs. What is not there raises gdb.error, which command.py turns into advice.
"""
import os
import struct

import gdb

from quire import machine

LOAD_PA = 0x80200000     # where OpenSBI starts the kernel
MAX_WALK = 1 << 20      # links followed before a list is taken for broken


# ---- Which kernel ------------------------------------------------------------------------------

KERNELS = set()         # files that the user named as kernels (q-symbols)


def is_kernel(path):
    """Is this ELF file a Quire kernel?"""
    return os.path.basename(path) == "quire.elf" or os.path.realpath(path) in KERNELS


COPIES = {}             # {the file gdb was given instead: the kernel} (symbols.py)


def path():
    """The kernel's file."""
    name = objfile().filename
    return COPIES.get(name, name)


def loaded():
    """Does gdb know a kernel's symbols?"""
    return any(o.filename and is_kernel(o.filename) for o in gdb.objfiles())


def objfile():
    """The symbols of the kernel at its link address (the copy loaded last)."""
    found = [o for o in gdb.objfiles() if o.filename and is_kernel(o.filename)]
    if not found:
        raise machine.Advice("no kernel symbols: q-symbols build/debug/quire.elf loads them")
    return found[-1]


_link_address = {}


def link_address(path):
    """Where a kernel's first instruction is linked: the ELF header's entry."""
    if path not in _link_address:
        with open(path, "rb") as f:
            _link_address[path] = struct.unpack_from("<Q", f.read(32), 24)[0]
    return _link_address[path]


def has_mmu():
    """Was the kernel built with an MMU? Then it is linked in the upper half."""
    return link_address(objfile().filename) >> 63 == 1


# ---- Variables and types -----------------------------------------------------------------------

def variable(name):
    """A global or static variable of the kernel, whatever locals hide it."""
    o = objfile()
    symbol = o.lookup_global_symbol(name) or o.lookup_static_symbol(name)
    if symbol is None:
        raise gdb.error('No symbol "%s" in the kernel' % name)
    return _at_link_address(symbol.value())


def _at_link_address(value):
    """A variable found in the copy of the symbols for the time before the MMU, moved up."""
    address = int(value.address)
    if address >> 63 or not has_mmu():
        return value
    moved = address - LOAD_PA + link_address(objfile().filename)
    return gdb.Value(moved).cast(value.type.pointer()).dereference()


def label(name):
    """The address of a symbol of an assembler file."""
    return int(gdb.parse_and_eval("(unsigned long)&" + name))


def has_variable(name):
    o = objfile()
    return bool(o.lookup_global_symbol(name) or o.lookup_static_symbol(name))


def pointer_to(type_name, address):
    return gdb.Value(address).cast(gdb.lookup_type(type_name).pointer())


def offset_of(type_name, member):
    """Bytes from the start of a struct to a member, which may be in a nameless part of it."""
    for field in gdb.lookup_type(type_name).fields():
        if field.name == member:
            return field.bitpos // 8
        if field.name is None and any(f.name == member for f in field.type.fields()):
            inner = next(f for f in field.type.fields() if f.name == member)
            return (field.bitpos + inner.bitpos) // 8
    raise gdb.error('%s: There is no member named %s' % (type_name, member))


def container(pointer, type_name, member):
    """container_of(): from a pointer to the member to the struct."""
    return pointer_to(type_name, int(pointer) - offset_of(type_name, member)).dereference()


def enum_names(type_name):
    """{value: name} of an enum."""
    return {f.enumval: f.name for f in gdb.lookup_type(type_name).fields()}


def enum_value(name):
    """The value of an enumerator of the kernel."""
    symbol = gdb.lookup_symbol(name)[0] or gdb.lookup_static_symbol(name)
    if symbol is None:
        raise gdb.error('No symbol "%s" in the kernel' % name)
    return int(symbol.value())


def enum_names_of_counters():
    """(index, name) of what an mm counts: MM_FILEPAGES and so on, a nameless enum."""
    names = ("MM_FILEPAGES", "MM_ANONPAGES", "MM_SWAPENTS", "MM_SHMEMPAGES")
    return [(enum_value(name), name) for name in names]


def counter(value):
    """An atomic_t or atomic_long_t, or a plain number."""
    return int(value["counter"] if value.type.strip_typedefs().code == gdb.TYPE_CODE_STRUCT
               else value)


def text(value, limit=256):
    """A string of the kernel; "" where there is none."""
    if value.type.strip_typedefs().code == gdb.TYPE_CODE_PTR and not int(value):
        return ""
    return value.string(errors="replace", length=-1)[:limit]


def place(address):
    """function+0x12 of an address in the kernel's text."""
    symbol = gdb.execute("info symbol %#x" % address, to_string=True).split(" in section")[0]
    return symbol.strip().replace(" + ", "+") if "No symbol" not in symbol else "%#x" % address


# ---- Lists and trees ---------------------------------------------------------------------------

def list_entries(head, type_name, member):
    """The structs on a list_head, in order, each read as a whole."""
    end, node = int(head.address), int(head["next"])
    pointer, offset = gdb.lookup_type(type_name).pointer(), offset_of(type_name, member)
    for _ in range(MAX_WALK):
        if node in (end, 0):
            return
        entry = gdb.Value(node - offset).cast(pointer).dereference()
        entry.fetch_lazy()
        node = int(entry[member]["next"])
        yield entry
    raise machine.Advice("the list at %#x has no end" % end)


def rb_entries(root, type_name, member):
    """The structs of a red-black tree, in order."""
    stack, node = [], root["rb_node"]
    while stack or int(node):
        while int(node):
            stack.append(node)
            node = node["rb_left"]
        node = stack.pop()
        yield container(node, type_name, member)
        node = node["rb_right"]


def _xa_node_entries(node, base):
    node = node.dereference()
    node.fetch_lazy()
    shift, slots = int(node["shift"]), node["slots"]
    for i in range(slots.type.range()[1] + 1):
        entry, index = int(slots[i]), base | i << shift
        if entry and shift:
            yield from _xa_node_entries(pointer_to("struct xa_node", entry), index)
        elif entry:
            yield index, entry


def xa_entries(xarray):
    """(index, entry) of an xarray; entries are plain integers."""
    if int(xarray["xa_head"]):
        yield from _xa_node_entries(xarray["xa_head"], 0)


# ---- Files -------------------------------------------------------------------------------------

def _parent(dentry, mount):
    """One step towards the root, over mount points; None at the root."""
    if int(dentry) == int(mount["mnt_root"]):
        if int(mount["mnt_parent"]) == int(mount):
            return None
        return mount["mnt_mountpoint"]["d_parent"], mount["mnt_parent"], mount["mnt_mountpoint"]
    if int(dentry["d_parent"]) == int(dentry):
        return None
    return dentry["d_parent"], mount, dentry


def file_path(file):
    """The path of a struct file *."""
    dentry, mount, names = file["f_path"]["dentry"], file["f_path"]["mnt"], []
    while len(names) < 64:
        step = _parent(dentry, mount)
        if step is None:
            break
        dentry, mount, named = step
        name = text(named["d_name"])
        names += [name] if name.strip("/") else []      # a mount point may be a root
    return "/" + "/".join(reversed(names)) if names else text(dentry["d_name"]) or "/"
