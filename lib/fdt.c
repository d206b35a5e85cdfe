/* SPDX-License-Identifier: MIT */
/*
 * fdt.c - reader for flattened device trees.
 *
 * A blob is a header, a list of reserved ranges, a *structure block* of 32-bit tokens
 * (BEGIN_NODE name, PROP length name-offset value, END_NODE, NOP, END) and a *strings
 * block* with the property names. All numbers are big-endian.
 *
 * Everything that reads the structure block goes through next_token(), which is the only
 * place that trusts an offset, after checking it. Runs before the MMU is on: no tables of
 * pointers, no switch large enough to become one, nothing written but the caller's memory.
 *
 * Invariants and locks: see fdt.h.
 *
 * Linux: scripts/dtc/libfdt/fdt.c, fdt_ro.c. Differs: see fdt.h.
 * Spec: Devicetree Specification 0.4, chapter 5.
 */
#include "lib/byteorder.h"
#include "lib/fdt.h"
#include "lib/string.h"

#define FDT_MAGIC	0xd00dfeedU
#define FDT_VERSION	17U

#define FDT_BEGIN_NODE	1U
#define FDT_END_NODE	2U
#define FDT_PROP	3U
#define FDT_NOP		4U
#define FDT_END		9U

/* One token of the structure block, decoded and checked by next_token(). */
struct token {
	u32 tag;
	u32 next;		/* offset of the token behind it */
	const char *name;	/* of a node or property */
	const u8 *value;	/* of a property */
	u32 len;
};

/* Offsets of the fields in the header. */
enum {
	HDR_MAGIC = 0, HDR_TOTALSIZE = 4, HDR_OFF_STRUCT = 8, HDR_OFF_STRINGS = 12,
	HDR_OFF_RSVMAP = 16, HDR_VERSION = 20, HDR_LAST_COMP = 24, HDR_BOOT_CPUID = 28,
	HDR_SIZE_STRINGS = 32, HDR_SIZE_STRUCT = 36,
};

/* Does a block of @size bytes at @off lie in the blob, behind the header? */
static bool block_inside(const struct fdt *fdt, u32 off, u32 size)
{
	return off >= FDT_HEADER_SIZE && off <= fdt->totalsize && size <= fdt->totalsize - off;
}

/* Fill in the handle from the header and check that its blocks lie inside. */
static int read_header(struct fdt *fdt, const void *blob, size_t max_size)
{
	const u8 *h = blob;

	if (!h || max_size < FDT_HEADER_SIZE || get_unaligned_be32(h + HDR_MAGIC) != FDT_MAGIC)
		return -EINVAL;
	fdt->blob = h;
	fdt->totalsize = get_unaligned_be32(h + HDR_TOTALSIZE);
	fdt->off_struct = get_unaligned_be32(h + HDR_OFF_STRUCT);
	fdt->size_struct = get_unaligned_be32(h + HDR_SIZE_STRUCT);
	fdt->off_strings = get_unaligned_be32(h + HDR_OFF_STRINGS);
	fdt->size_strings = get_unaligned_be32(h + HDR_SIZE_STRINGS);
	fdt->off_rsvmap = get_unaligned_be32(h + HDR_OFF_RSVMAP);
	fdt->boot_cpuid = get_unaligned_be32(h + HDR_BOOT_CPUID);
	if (get_unaligned_be32(h + HDR_VERSION) < FDT_VERSION ||
	    get_unaligned_be32(h + HDR_LAST_COMP) > FDT_VERSION)
		return -EINVAL;
	/* Node offsets are ints, and lengths are returned as ints. */
	if (fdt->totalsize > max_size || fdt->totalsize > INT_MAX)
		return -EINVAL;
	if (!block_inside(fdt, fdt->off_struct, fdt->size_struct) ||
	    !block_inside(fdt, fdt->off_strings, fdt->size_strings) ||
	    !block_inside(fdt, fdt->off_rsvmap, 0))
		return -EINVAL;
	return 0;
}

/* The length of the string at @s if it ends within @max bytes, else -EINVAL. */
static int string_inside(const u8 *s, u32 max)
{
	u32 len;

	for (len = 0; len < max; len++)
		if (!s[len])
			return (int)len;
	return -EINVAL;
}

/* A property: its length and name are offsets from the blob, checked here. */
/*
 * After the token: length, offset of the name in the strings block, then the value itself.
 * The name is checked here too, so that a caller may use it as a string.
 */
static int decode_prop(const struct fdt *fdt, u32 off, struct token *tok)
{
	const u8 *p = fdt->blob + fdt->off_struct + off;
	u32 room = fdt->size_struct - off, nameoff;

	if (room < 12)
		return -EINVAL;
	tok->len = get_unaligned_be32(p + 4);
	nameoff = get_unaligned_be32(p + 8);
	if (tok->len > room - 12 || nameoff >= fdt->size_strings)
		return -EINVAL;
	tok->name = (const char *)fdt->blob + fdt->off_strings + nameoff;
	if (string_inside((const u8 *)tok->name, fdt->size_strings - nameoff) < 0)
		return -EINVAL;
	tok->value = p + 12;
	tok->next = ALIGN(off + 12 + tok->len, 4U);
	return 0;
}

/* Decode the token at @off of the structure block. 0 or -EINVAL. */
static int next_token(const struct fdt *fdt, u32 off, struct token *tok)
{
	const u8 *p = fdt->blob + fdt->off_struct + off;
	int len;

	if (off % 4 || off > fdt->size_struct || fdt->size_struct - off < 4)
		return -EINVAL;
	tok->tag = get_unaligned_be32(p);
	tok->next = off + 4;
	if (tok->tag == FDT_PROP)
		return decode_prop(fdt, off, tok);
	if (tok->tag == FDT_BEGIN_NODE) {
		len = string_inside(p + 4, fdt->size_struct - off - 4);
		if (len < 0)
			return -EINVAL;
		tok->name = (const char *)p + 4;
		tok->next = ALIGN(off + 4 + (u32)len + 1, 4U);
		return 0;
	}
	if (tok->tag == FDT_END_NODE || tok->tag == FDT_NOP || tok->tag == FDT_END)
		return 0;
	return -EINVAL;
}

/* Is the whole structure block one well-formed tree? */
/*
 * One pass over all tokens with a depth counter. It is linear in the size of the blob, and
 * the only place that has to know what a whole tree looks like: one root, balanced ends,
 * properties before subnodes, FDT_END at depth 0. The accessors below rely on it for
 * termination, and on next_token() for safety.
 */
static int check_structure(const struct fdt *fdt)
{
	struct token tok;
	bool subnode_seen = false;
	int depth = 0;
	u32 off;

	for (off = 0; !next_token(fdt, off, &tok); off = tok.next) {
		if (tok.tag == FDT_END)
			return depth == 0 && off > 0 ? 0 : -EINVAL;
		if (tok.tag == FDT_BEGIN_NODE) {
			/* There is one root, and it is the first thing. */
			if (depth == FDT_MAX_DEPTH || (depth == 0 && off > 0))
				return -EINVAL;
			depth++;
			subnode_seen = false;
		} else if (tok.tag == FDT_END_NODE) {
			if (depth-- == 0)
				return -EINVAL;
			subnode_seen = true;
		} else if (tok.tag == FDT_PROP && (depth == 0 || subnode_seen)) {
			/* Properties come before subnodes; fdt_next_prop counts on it. */
			return -EINVAL;
		}
	}
	return -EINVAL;
}

/* The handle is thrown away: this is for callers that only want to know how much to map. */
int fdt_check_header(const void *blob, size_t max_size)
{
	struct fdt fdt;
	int err = read_header(&fdt, blob, max_size);

	return err ? err : (int)fdt.totalsize;
}

int fdt_init(struct fdt *fdt, const void *blob, size_t max_size)
{
	int err = read_header(fdt, blob, max_size);

	return err ? err : check_structure(fdt);
}

/* Decode @node, which must be the offset of a BEGIN_NODE. */
static int node_token(const struct fdt *fdt, int node, struct token *tok)
{
	if (node < 0 || next_token(fdt, (u32)node, tok) || tok->tag != FDT_BEGIN_NODE)
		return -EINVAL;
	return 0;
}

/*
 * Scan tokens from behind @node's name. Each END_NODE passed is a level up, the BEGIN_NODE
 * that ends the search a level down: so the new node's depth is known without parents.
 */
int fdt_next_node(const struct fdt *fdt, int node, int *depth)
{
	struct token tok;
	u32 off = 0;

	if (node >= 0) {
		if (node_token(fdt, node, &tok))
			return -EINVAL;
		off = tok.next;
	}
	for (; !next_token(fdt, off, &tok); off = tok.next) {
		if (tok.tag == FDT_END)
			return -ENOENT;
		if (tok.tag == FDT_END_NODE && depth)
			(*depth)--;
		if (tok.tag != FDT_BEGIN_NODE)
			continue;
		if (depth)
			(*depth)++;
		return (int)off;
	}
	return -EINVAL;
}

/* The next node in the text is the first child if it is one deeper, else there is none. */
int fdt_first_subnode(const struct fdt *fdt, int parent)
{
	int depth = 0;
	int node = parent < 0 ? -EINVAL : fdt_next_node(fdt, parent, &depth);

	return node >= 0 && depth != 1 ? -ENOENT : node;
}

/* Pass over all that is deeper; depth 0 is a sibling, below 0 the parent has ended. */
int fdt_next_subnode(const struct fdt *fdt, int node)
{
	int depth = 0;

	if (node < 0)
		return -EINVAL;
	do {
		node = fdt_next_node(fdt, node, &depth);
	} while (node >= 0 && depth > 0);
	return node >= 0 && depth < 0 ? -ENOENT : node;
}

/*
 * The text has no links upwards. Walk it from the start and remember the last node of each
 * depth: when @node comes by, the one above it is its parent. O(blob), for boot only.
 */
int fdt_parent_offset(const struct fdt *fdt, int node)
{
	int parents[FDT_MAX_DEPTH + 1];
	int depth = -1, pos;

	pos = -1;
	while ((pos = fdt_next_node(fdt, pos, &depth)) >= 0) {
		if (depth < 0 || depth > FDT_MAX_DEPTH)
			return -EINVAL;
		parents[depth] = pos;
		if (pos == node)
			return depth ? parents[depth - 1] : -ENOENT;
	}
	return -EINVAL;
}

const char *fdt_get_name(const struct fdt *fdt, int node)
{
	struct token tok;

	return node_token(fdt, node, &tok) ? NULL : tok.name;
}

/* Compare a node's name with @len bytes of @want; a name without @ stands for any unit. */
static bool name_matches(const char *name, const char *want, size_t len)
{
	if (!name || strncmp(name, want, len) != 0)
		return false;
	if (name[len] == '\0')
		return true;
	return name[len] == '@' && !memchr(want, '@', len);
}

bool fdt_name_eq(const struct fdt *fdt, int node, const char *name)
{
	return name_matches(fdt_get_name(fdt, node), name, strlen(name));
}

/*
 * One component at a time among the children of what was found so far. A component that is
 * not there leaves node < 0, which ends the loop as the result.
 */
int fdt_path_offset(const struct fdt *fdt, const char *path)
{
	int node = fdt_next_node(fdt, -1, NULL);
	size_t len;

	if (*path != '/')
		return -EINVAL;
	for (;;) {
		while (*path == '/')
			path++;
		if (!*path || node < 0)
			return node;
		len = strcspn(path, "/");
		node = fdt_first_subnode(fdt, node);
		while (node >= 0 && !name_matches(fdt_get_name(fdt, node), path, len))
			node = fdt_next_subnode(fdt, node);
		path += len;
	}
}

/*
 * *pos is the offset of the token to look at next. 0 can be no such offset, since a node's
 * name is before it: so it stands for the start. The first token that is neither a property
 * nor a NOP is a subnode or the end of this node.
 */
const void *fdt_next_prop(const struct fdt *fdt, int node, int *pos, const char **name,
			  int *lenp)
{
	struct token tok;
	u32 off = (u32)*pos;

	if (!off) {
		if (node_token(fdt, node, &tok))
			return NULL;
		off = tok.next;
	}
	while (!next_token(fdt, off, &tok) && (tok.tag == FDT_PROP || tok.tag == FDT_NOP)) {
		off = tok.next;
		if (tok.tag == FDT_NOP)
			continue;
		*pos = (int)off;
		if (name)
			*name = tok.name;
		if (lenp)
			*lenp = (int)tok.len;
		return tok.value;
	}
	return NULL;
}

/* A linear search: nodes have a dozen properties, and this runs at boot only. */
const void *fdt_getprop(const struct fdt *fdt, int node, const char *name, int *lenp)
{
	const char *found;
	const void *value;
	int pos = 0;

	while ((value = fdt_next_prop(fdt, node, &pos, &found, lenp)))
		if (strcmp(found, name) == 0)
			return value;
	return NULL;
}

const char *fdt_getprop_string(const struct fdt *fdt, int node, const char *name)
{
	int len;
	const char *value = fdt_getprop(fdt, node, name, &len);

	return value && len > 0 && !value[len - 1] ? value : NULL;
}

/* A number of 0 to 2 cells at @p. */
static u64 read_cells(const u8 *p, u32 cells)
{
	if (!cells)
		return 0;
	return cells == 1 ? get_unaligned_be32(p) : get_unaligned_be64(p);
}

int fdt_getprop_u32(const struct fdt *fdt, int node, const char *name, u32 *val)
{
	int len;
	const void *value = fdt_getprop(fdt, node, name, &len);

	if (!value)
		return -ENOENT;
	if (len != 4)
		return -EINVAL;
	*val = get_unaligned_be32(value);
	return 0;
}

int fdt_getprop_u64(const struct fdt *fdt, int node, const char *name, u64 *val)
{
	int len;
	const void *value = fdt_getprop(fdt, node, name, &len);

	if (!value)
		return -ENOENT;
	if (len != 4 && len != 8)
		return -EINVAL;
	*val = read_cells(value, (u32)len / 4);
	return 0;
}

/*
 * The list is strings with their NULs, end to end, from the most special to the most
 * general. A last one without NUL would run out of the property: the list is invalid.
 */
bool fdt_is_compatible(const struct fdt *fdt, int node, const char *compat)
{
	int len, one;
	const u8 *list = fdt_getprop(fdt, node, "compatible", &len);

	while (list && len > 0) {
		one = string_inside(list, (u32)len);
		if (one < 0)
			return false;
		if (strcmp((const char *)list, compat) == 0)
			return true;
		list += one + 1;
		len -= one + 1;
	}
	return false;
}

/* @start itself is not looked at, so that a loop can pass the last hit back in. */
int fdt_find_compatible(const struct fdt *fdt, int start, const char *compat)
{
	int node = start;

	do {
		node = fdt_next_node(fdt, node, NULL);
	} while (node >= 0 && !fdt_is_compatible(fdt, node, compat));
	return node;
}

int fdt_node_by_phandle(const struct fdt *fdt, u32 phandle)
{
	u32 found;
	int node;

	fdt_for_each_node(node, fdt) {
		if (!fdt_getprop_u32(fdt, node, "phandle", &found) && found == phandle)
			return node;
	}
	return node;
}

/* "disabled", "reserved" and "fail" all mean: leave it alone. Firmware marks its own so. */
bool fdt_is_available(const struct fdt *fdt, int node)
{
	const char *status = fdt_getprop_string(fdt, node, "status");

	return !status || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

/* A cell count of the parent: @val keeps its default if the property is not there. */
static int cell_count(const struct fdt *fdt, int parent, const char *name, u32 *val)
{
	int err = fdt_getprop_u32(fdt, parent, name, val);

	if (err && err != -ENOENT)
		return err;
	return *val > 2 ? -EINVAL : 0;
}

/*
 * The cell counts are the *parent's*, which is what everybody gets wrong at first: a node's
 * own #address-cells speak about its children.
 */
int fdt_get_reg(const struct fdt *fdt, int node, int index, u64 *addr, u64 *size)
{
	u32 addr_cells = 2, size_cells = 1;	/* the specification's defaults */
	int len, entry, parent;
	const u8 *reg = fdt_getprop(fdt, node, "reg", &len);

	if (!reg || index < 0)
		return -ENOENT;
	parent = fdt_parent_offset(fdt, node);
	if (parent < 0 || cell_count(fdt, parent, "#address-cells", &addr_cells) ||
	    cell_count(fdt, parent, "#size-cells", &size_cells))
		return -EINVAL;
	entry = (int)(addr_cells + size_cells) * 4;
	if (!entry || len % entry)
		return -EINVAL;
	if (index >= len / entry)
		return -ENOENT;
	reg += (size_t)index * (size_t)entry;
	if (addr)
		*addr = read_cells(reg, addr_cells);
	if (size)
		*size = read_cells(reg + addr_cells * 4, size_cells);
	return 0;
}

/* The list has no length of its own: it ends with zeros or, if broken, with the blob. */
int fdt_get_mem_rsv(const struct fdt *fdt, int index, u64 *addr, u64 *size)
{
	u64 room = (fdt->totalsize - fdt->off_rsvmap) / 16;
	const u8 *p;

	if (index < 0 || (u64)index >= room)
		return -ENOENT;
	p = fdt->blob + fdt->off_rsvmap + (size_t)index * 16;
	*addr = get_unaligned_be64(p);
	*size = get_unaligned_be64(p + 8);
	/* An entry of two zeros ends the list. */
	return *addr || *size ? 0 : -ENOENT;
}
