/* SPDX-License-Identifier: MIT */
/*
 * Memory before the buddy allocator.
 *
 * Two arrays of ranges: "memory" is all RAM the device tree names, "reserved"
 * is what somebody already uses (the kernel image, the device tree, the
 * initrd, early page tables, the struct page array). What is in the first and
 * not in the second is free. Allocation is a search for a hole from the top
 * down: low addresses stay free for those who need them, and the early page
 * tables do not end up in the middle of what will be large buddy blocks.
 *
 * Invariants: each array is sorted by base; ranges do not overlap; neighbours
 * that touch and have the same node are one range.
 * Locks: none. One hart, interrupts off, until memblock_free_all(); after that
 * the arrays are only read.
 *
 * Linux: mm/memblock.c, memblock_add_range(), memblock_alloc_internal().
 * Differs: fixed arrays; no mirror, hotplug or flags; "no-map" memory is
 * removed instead of marked.
 */
#include "mm/memblock.h"
#include <asm/page.h>
#include "kernel/printk.h"
#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/kernel.h"
#include "lib/string.h"

struct memblock_type memblock_memory = { .name = "memory" };
struct memblock_type memblock_reserved = { .name = "reserved" };

static phys_addr_t region_end(const struct memblock_region *r)
{
	return r->base + r->size;
}

/* A range that leaves the address space is cut; an empty one has nothing to say. */
static phys_addr_t clamp_size(phys_addr_t base, phys_addr_t size)
{
	return min(size, ~(phys_addr_t)0 - base);
}

/* Make room at index i. => false: the array is full. */
static bool open_slot(struct memblock_type *type, int i)
{
	VM_BUG_ON(i < 0 || i > type->cnt);
	if (type->cnt == ARRAY_SIZE(type->regions)) {
		pr_warn("memblock: too many %s ranges, one is lost\n", type->name);
		return false;
	}
	memmove(&type->regions[i + 1], &type->regions[i],
		(type->cnt - i) * sizeof(type->regions[0]));
	type->cnt++;
	return true;
}

static void close_slot(struct memblock_type *type, int i)
{
	VM_BUG_ON(i < 0 || i >= type->cnt);
	type->cnt--;
	memmove(&type->regions[i], &type->regions[i + 1],
		(type->cnt - i) * sizeof(type->regions[0]));
}

/* Join neighbours that touch and belong to the same node. */
static void merge_regions(struct memblock_type *type)
{
	int i = 0;

	while (i + 1 < type->cnt) {
		struct memblock_region *r = &type->regions[i], *next = r + 1;

		BUG_ON(region_end(r) > next->base);
		if (region_end(r) == next->base && r->nid == next->nid) {
			r->size += next->size;
			close_slot(type, i + 1);
		} else {
			i++;
		}
	}
}

/*
 * Put [base, base + size) into an array; what is there already stays as it is,
 * so that only the missing pieces are inserted.
 */
static int add_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size, int nid)
{
	phys_addr_t end = base + clamp_size(base, size);
	int i, err = 0;

	for (i = 0; i < type->cnt && base < end; i++) {
		struct memblock_region *r = &type->regions[i];
		phys_addr_t piece_end = min(end, r->base);

		if (region_end(r) <= base)
			continue;
		if (base < piece_end) {
			if (!open_slot(type, i)) {
				err = -ENOSPC;
				break;
			}
			type->regions[i++] = (struct memblock_region){
				.base = base, .size = piece_end - base, .nid = nid };
		}
		base = max(base, region_end(&type->regions[i]));
	}
	if (!err && base < end) {
		if (open_slot(type, i))
			type->regions[i] = (struct memblock_region){
				.base = base, .size = end - base, .nid = nid };
		else
			err = -ENOSPC;
	}
	merge_regions(type);
	return err;
}

/* Cut [base, base + size) out of an array. */
static int remove_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = base + clamp_size(base, size);
	int i = 0;

	while (i < type->cnt) {
		struct memblock_region *r = &type->regions[i], old = *r;

		if (region_end(r) <= base || end <= r->base) {
			i++;
		} else if (base <= r->base && region_end(r) <= end) {
			close_slot(type, i);
		} else if (r->base < base && end < region_end(r)) {
			if (!open_slot(type, i))
				return -ENOSPC;
			type->regions[i].size = base - old.base;
			type->regions[i + 1].base = end;
			type->regions[i + 1].size = region_end(&old) - end;
			return 0;
		} else if (r->base < base) {
			r->size = base - r->base;
			i++;
		} else {
			r->base = end;
			r->size = region_end(&old) - end;
			i++;
		}
	}
	return 0;
}

int memblock_add_node(phys_addr_t base, phys_addr_t size, int nid)
{
	return add_range(&memblock_memory, base, size, nid);
}

int memblock_reserve(phys_addr_t base, phys_addr_t size)
{
	return add_range(&memblock_reserved, base, size, 0);
}

int memblock_remove(phys_addr_t base, phys_addr_t size)
{
	return remove_range(&memblock_memory, base, size);
}

/* The highest free place in [low, high) of one memory range; 0 if there is none. */
static phys_addr_t find_in_range(phys_addr_t low, phys_addr_t high, phys_addr_t size,
				 phys_addr_t align)
{
	int i = memblock_reserved.cnt;

	while (low < high && high - low >= size) {
		phys_addr_t base = ALIGN_DOWN(high - size, align);

		/* The last reserved range that starts below the candidate's end. */
		while (i > 0 && memblock_reserved.regions[i - 1].base >= base + size)
			i--;
		if (base < low)
			break;
		if (i == 0 || region_end(&memblock_reserved.regions[i - 1]) <= base)
			return base;
		high = memblock_reserved.regions[i - 1].base;
	}
	return 0;
}

phys_addr_t memblock_phys_alloc(size_t size, size_t align)
{
	int i;

	BUG_ON(!size || !is_power_of_2(align));
	for (i = memblock_memory.cnt - 1; i >= 0; i--) {
		struct memblock_region *r = &memblock_memory.regions[i];
		phys_addr_t pa = find_in_range(r->base, region_end(r), size, align);

		/* Address 0 means failure: no board we know has RAM there. */
		if (pa && !memblock_reserve(pa, size))
			return pa;
	}
	return 0;
}

void *memblock_alloc(size_t size, size_t align)
{
	phys_addr_t pa = memblock_phys_alloc(size, align);

	if (!pa)
		panic("memblock: no room for %lu bytes at boot", size);
	return memset(__va(pa), 0, size);
}

void memblock_enforce_memory_limit(phys_addr_t limit)
{
	phys_addr_t seen = 0;
	int i;

	for (i = 0; i < memblock_memory.cnt; i++) {
		struct memblock_region *r = &memblock_memory.regions[i];

		if (seen + r->size > limit) {
			r->size = limit - seen;
			memblock_memory.cnt = r->size ? i + 1 : i;
			return;
		}
		seen += r->size;
	}
}

phys_addr_t memblock_start_of_DRAM(void)
{
	return memblock_memory.cnt ? memblock_memory.regions[0].base : 0;
}

phys_addr_t memblock_end_of_DRAM(void)
{
	return memblock_memory.cnt ?
		region_end(&memblock_memory.regions[memblock_memory.cnt - 1]) : 0;
}

phys_addr_t memblock_phys_mem_size(void)
{
	phys_addr_t sum = 0;
	int i;

	for (i = 0; i < memblock_memory.cnt; i++)
		sum += memblock_memory.regions[i].size;
	return sum;
}

bool memblock_is_reserved(phys_addr_t addr)
{
	int i;

	for (i = 0; i < memblock_reserved.cnt; i++) {
		const struct memblock_region *r = &memblock_reserved.regions[i];

		if (r->base <= addr && addr < region_end(r))
			return true;
	}
	return false;
}
