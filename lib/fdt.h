/* SPDX-License-Identifier: MIT */
/*
 * fdt.h - reader for the flattened device tree that firmware hands over in a1.
 *
 * The blob is input from outside: nothing in it is trusted. fdt_init() checks the header
 * and walks the whole structure once; after that every accessor still checks each offset
 * it reads from the blob, so that no input makes it read outside totalsize.
 *
 * => Nodes are named by their byte offset in the structure block: an int >= 0. Functions
 *    that return a node return -ENOENT when there is none and -EINVAL for a bad argument.
 * => Nothing is allocated and nothing global is written: it works before the MMU is on, at
 *    any address. Pointers that are returned point into the blob.
 * => Byte order and alignment of the blob do not matter to the caller.
 *
 * No locks: the blob never changes.
 *
 * Linux: scripts/dtc/libfdt, drivers/of/fdt.c. Differs: read-only, version 17 only, a handle
 * with the checked header instead of the bare pointer, -errno; `ranges` is not applied (the
 * buses of QEMU's virt machine map one to one).
 */
#pragma once

#include "lib/errno.h"
#include "lib/kernel.h"

#define FDT_MAX_DEPTH	32	/* deeper trees are refused: no board has them */
#define FDT_HEADER_SIZE	40

struct fdt {
	const u8 *blob;
	u32 totalsize;		/* bytes of the whole blob */
	u32 off_struct, size_struct;
	u32 off_strings, size_strings;
	u32 off_rsvmap;
	u32 boot_cpuid;		/* boot_cpuid_phys: the hart that boots, by the header */
};

/*
 * fdt_check_header() - is there a plausible device tree at @blob?
 *
 * => its total size in bytes, or -EINVAL: bad magic, version, or a block that does not lie
 *    inside totalsize. Reads the first 40 bytes only, and nothing if @max_size is smaller.
 * => @max_size: how many bytes at @blob may be read; totalsize must not exceed it.
 */
int fdt_check_header(const void *blob, size_t max_size) __must_check;

/*
 * fdt_init() - check header and structure completely, and fill in the handle.
 *
 * => 0 or -EINVAL. On 0 every node, name and property of the tree is well-formed.
 */
int fdt_init(struct fdt *fdt, const void *blob, size_t max_size) __must_check;

/*
 * fdt_next_node() - the next node in the order of the text, children before siblings.
 *
 * => start with @node -1: the first is the root. -ENOENT after the last.
 * => *depth (may be NULL) is kept up to date: set it to -1 with @node -1; the root has 0.
 */
int fdt_next_node(const struct fdt *fdt, int node, int *depth);

/* The direct children of @parent, one by one; -ENOENT after the last. */
int fdt_first_subnode(const struct fdt *fdt, int parent);
int fdt_next_subnode(const struct fdt *fdt, int node);
int fdt_parent_offset(const struct fdt *fdt, int node);

#define fdt_for_each_node(node, fdt)					\
	for (node = fdt_next_node(fdt, -1, NULL); node >= 0;		\
	     node = fdt_next_node(fdt, node, NULL))
#define fdt_for_each_subnode(node, fdt, parent)				\
	for (node = fdt_first_subnode(fdt, parent); node >= 0;		\
	     node = fdt_next_subnode(fdt, node))

/* The name with its unit address ("memory@80000000"), "" for the root; NULL: bad @node. */
const char *fdt_get_name(const struct fdt *fdt, int node);

/* True if the name is @name, with or without a unit address behind it. */
bool fdt_name_eq(const struct fdt *fdt, int node, const char *name);

/*
 * fdt_path_offset() - the node at an absolute path: "/", "/chosen", "/cpus/cpu@0".
 *
 * => a component without @ matches the first child of that name with any unit address.
 */
int fdt_path_offset(const struct fdt *fdt, const char *path);

/*
 * fdt_getprop() - the value of a property of @node.
 *
 * => NULL if there is none; *lenp (may be NULL) is its length in bytes, which may be 0.
 */
const void *fdt_getprop(const struct fdt *fdt, int node, const char *name, int *lenp);

/*
 * fdt_next_prop() - walk the properties of @node: start with *pos 0.
 *
 * => the value, or NULL after the last; *name and *lenp (may be NULL) describe it.
 */
const void *fdt_next_prop(const struct fdt *fdt, int node, int *pos, const char **name,
			  int *lenp);

/* The first string of a property; NULL if there is none or it has no NUL at its end. */
const char *fdt_getprop_string(const struct fdt *fdt, int node, const char *name);

/*
 * One cell, or one or two cells as a 64-bit number.
 *
 * => 0 and *val; -ENOENT: no such property; -EINVAL: wrong length. *val is kept on error.
 */
int fdt_getprop_u32(const struct fdt *fdt, int node, const char *name,
		    u32 *val) __must_check;
int fdt_getprop_u64(const struct fdt *fdt, int node, const char *name,
		    u64 *val) __must_check;

/* True if @compat is one of the strings in the node's "compatible". */
bool fdt_is_compatible(const struct fdt *fdt, int node, const char *compat);

/* The first such node after @start (-1: in the whole tree), or -ENOENT. */
int fdt_find_compatible(const struct fdt *fdt, int start, const char *compat);

/* The node whose "phandle" is @phandle, or -ENOENT. */
int fdt_node_by_phandle(const struct fdt *fdt, u32 phandle);

/* False if "status" is there and neither "okay" nor "ok". */
bool fdt_is_available(const struct fdt *fdt, int node);

/*
 * fdt_get_reg() - entry @index of the node's "reg", by the parent's #address-cells and
 * #size-cells (2 and 1 where it does not say).
 *
 * => 0; -ENOENT: no reg or no such entry; -EINVAL: cell counts above 2, or a length that is
 *    no multiple. *size is 0 where #size-cells is 0. Either pointer may be NULL.
 */
int fdt_get_reg(const struct fdt *fdt, int node, int index, u64 *addr,
		u64 *size) __must_check;

/*
 * fdt_get_mem_rsv() - entry @index of the memory reservation block.
 *
 * => 0; -ENOENT at the end of the list (or of the blob).
 */
int fdt_get_mem_rsv(const struct fdt *fdt, int index, u64 *addr, u64 *size) __must_check;
