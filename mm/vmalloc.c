/* SPDX-License-Identifier: MIT */
/*
 * Kernel virtual memory: a range of kernel addresses (an area), and pages or
 * device registers mapped there.
 *
 * Areas are nodes of a red-black tree in order of address. Each knows the hole
 * in front of it, and the largest hole in its subtree: the first hole that is
 * large enough is found by one descent (first fit keeps the tables few). After
 * each area one page stays unmapped, so that running off the end faults.
 *
 * Before the slab allocator exists, a few static areas serve ioremap().
 *
 * Freeing unmaps, flushes the TLBs of all harts, and only then frees the
 * pages: a stale entry must never see a page's next owner. Mapping flushes
 * too: a hart may remember that there was nothing.
 *
 * Locks: vmap_lock for the tree. Everything below it belongs to the area's
 * owner. vmalloc() and vfree() may sleep.
 *
 * Linux: mm/vmalloc.c, alloc_vmap_area(), __vmalloc_node_range(). Differs: no
 * lazy purging of whole areas, no huge mappings; stacks are in vmap_stack.c.
 */
#include "mm/vmalloc.h"
#include <asm/tlbflush.h>
#include "lib/string.h"
#include "mm/pgtable.h"
#include "mm/slab.h"
#include "mm/vmalloc_internal.h"

#define NR_BOOT_AREAS	16

static DEFINE_SPINLOCK(vmap_lock, RANK_VMALLOC);
static struct rb_root vmap_root;	/* areas by address */
static struct vm_struct boot_areas[NR_BOOT_AREAS];
static struct kmem_cache *area_cache;
static atomic_long_t nr_vmalloc_pages;

/* ---- the tree ---- */

static struct vm_struct *area_of(struct rb_node *node)
{
	return rb_entry_safe(node, struct vm_struct, rb);
}

static unsigned long area_end(const struct vm_struct *area)
{
	return area->addr + area->size;
}

static unsigned long subtree_gap(struct rb_node *node)
{
	return node ? area_of(node)->subtree_gap : 0;
}

/* For the tree library: recompute the largest hole of a subtree. True: it changed. */
static bool update_gap(struct rb_node *node)
{
	struct vm_struct *area = area_of(node);
	unsigned long gap = max3(area->gap, subtree_gap(node->rb_left),
				 subtree_gap(node->rb_right));
	bool changed = gap != area->subtree_gap;

	area->subtree_gap = gap;
	return changed;
}

/* The hole in front of area, after its neighbour has changed. */
static void set_gap(struct vm_struct *area, const struct vm_struct *prev)
{
	area->gap = area->addr - (prev ? area_end(prev) : VMALLOC_START);
}

/* Into the tree, and tell the neighbour above that its hole shrank. */
static void insert_area(struct vm_struct *area)
{
	struct rb_node **link = &vmap_root.rb_node, *parent = NULL;
	struct vm_struct *next;

	lockdep_assert_held(&vmap_lock);
	while (*link) {
		parent = *link;
		link = area->addr < area_of(parent)->addr ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&area->rb, parent, link);
	set_gap(area, area_of(rb_prev(&area->rb)));
	rb_insert_augmented(&area->rb, &vmap_root, update_gap);
	next = area_of(rb_next(&area->rb));
	if (next) {
		VM_BUG_ON(area_end(area) > next->addr);
		set_gap(next, area);
		rb_augment_propagate(&next->rb, update_gap);
	}
}

/* Out of the tree: its space joins the hole in front of the neighbour above. */
static void erase_area(struct vm_struct *area)
{
	struct vm_struct *prev = area_of(rb_prev(&area->rb));
	struct vm_struct *next = area_of(rb_next(&area->rb));

	lockdep_assert_held(&vmap_lock);
	rb_erase_augmented(&area->rb, &vmap_root, update_gap);
	if (next) {
		set_gap(next, prev);
		rb_augment_propagate(&next->rb, update_gap);
	}
}

/*
 * The lowest area with a hole of at least `need` bytes in front of it, or NULL:
 * only the space behind the last one is left.
 */
static struct vm_struct *first_fit(unsigned long need)
{
	struct rb_node *node = vmap_root.rb_node;

	lockdep_assert_held(&vmap_lock);
	if (subtree_gap(node) < need)
		return NULL;
	for (;;) {
		if (subtree_gap(node->rb_left) >= need)
			node = node->rb_left;
		else if (area_of(node)->gap >= need)
			return area_of(node);
		else
			node = node->rb_right;
	}
}

/* Find a place and put the area there. False: the address range is full. */
static bool place_area(struct vm_struct *area, unsigned long align)
{
	/* A hole with room for the worst alignment; the last stretch is checked exactly. */
	struct vm_struct *next = first_fit(area->size + align - PAGE_SIZE), *last;
	unsigned long start = VMALLOC_START;

	if (next) {
		start = next->addr - next->gap;
	} else {
		last = area_of(rb_last(&vmap_root));
		if (last)
			start = area_end(last);
		if (ALIGN(start, align) + area->size > VMALLOC_END)
			return false;
	}
	area->addr = ALIGN(start, align);
	VM_BUG_ON(area->addr < VMALLOC_START || area_end(area) > VMALLOC_END);
	insert_area(area);
	return true;
}

/* A node for the tree: static ones until there is a slab allocator. */
static struct vm_struct *new_area(void)
{
	int i;

	if (area_cache)
		return kmem_cache_zalloc(area_cache, GFP_KERNEL);
	for (i = 0; i < NR_BOOT_AREAS; i++)
		if (!boot_areas[i].size)
			return &boot_areas[i];
	return NULL;
}

static void free_area(struct vm_struct *area)
{
	if (area >= boot_areas && area < boot_areas + NR_BOOT_AREAS)
		memset(area, 0, sizeof(*area));
	else
		kmem_cache_free(area_cache, area);
}

struct vm_struct *get_vm_area(unsigned long size, unsigned long align, const char *kind,
			      const void *caller)
{
	struct vm_struct *area = new_area();
	bool placed;

	VM_BUG_ON(!size || offset_in_page(size) || !is_power_of_2(align));
	if (!area)
		return NULL;
	area->size = size;
	area->kind = kind;
	area->caller = caller;
	spin_lock(&vmap_lock);
	placed = place_area(area, align);
	spin_unlock(&vmap_lock);
	if (placed)
		return area;
	free_area(area);
	return NULL;
}

void free_vm_area(struct vm_struct *area)
{
	spin_lock(&vmap_lock);
	erase_area(area);
	spin_unlock(&vmap_lock);
	free_area(area);
}

struct vm_struct *find_vm_area(unsigned long addr)
{
	struct vm_struct *area = NULL;
	struct rb_node *node;

	spin_lock(&vmap_lock);
	for (node = vmap_root.rb_node; node;) {
		struct vm_struct *a = area_of(node);

		if (addr < a->addr) {
			node = node->rb_left;
		} else if (addr >= area_end(a)) {
			node = node->rb_right;
		} else {
			area = a;
			break;
		}
	}
	spin_unlock(&vmap_lock);
	return area;
}

/* ---- pages in an area ---- */

/* Take the pages out of [addr, addr + nr pages) and free them, after the flush. */
void vm_area_free_pages(struct vm_struct *area, unsigned long nr)
{
	unsigned long i, end = area->addr + nr * PAGE_SIZE;
	LIST_HEAD(pages);

	VM_BUG_ON(nr * PAGE_SIZE > area->size);
	for (i = 0; i < nr; i++) {
		unsigned long pfn = unmap_kernel_page(area->addr + i * PAGE_SIZE);

		if (pfn)
			list_add(&pfn_to_page(pfn)->lru, &pages);
	}
	if (nr)
		flush_tlb_kernel_range(area->addr, end);
	while (!list_empty(&pages)) {
		struct page *page = list_first_entry(&pages, struct page, lru);

		list_del(&page->lru);
		__free_page(page);
	}
	area->nr_pages = 0;
}

int vm_area_alloc_pages(struct vm_struct *area, unsigned long nr, gfp_t gfp)
{
	unsigned long i;

	VM_BUG_ON(nr * PAGE_SIZE > area->size);
	for (i = 0; i < nr; i++) {
		struct page *page = alloc_page(gfp);

		if (!page)
			goto err_free_pages;
		if (map_kernel_page(area->addr + i * PAGE_SIZE, page_to_pfn(page), PAGE_KERNEL)) {
			__free_page(page);
			goto err_free_pages;
		}
	}
	area->nr_pages = nr;
	flush_tlb_kernel_range(area->addr, area->addr + nr * PAGE_SIZE);
	return 0;

err_free_pages:
	vm_area_free_pages(area, i);
	return -ENOMEM;
}

/* vmalloc() and vzalloc(): an area with pages behind it, and one page more without. */
static void *vmalloc_caller(size_t size, gfp_t gfp, const void *caller)
{
	unsigned long nr = PFN_UP(size);
	struct vm_struct *area;

	/* More than there is: no use to take the machine apart first. */
	if (!size || PFN_DOWN(size) > totalram_pages())
		return NULL;
	area = get_vm_area((nr + 1) * PAGE_SIZE, PAGE_SIZE, "vmalloc", caller);
	if (!area)
		return NULL;
	if (vm_area_alloc_pages(area, nr, gfp)) {
		free_vm_area(area);
		return NULL;
	}
	atomic_long_add(nr, &nr_vmalloc_pages);
	return (void *)area->addr;
}

void *vmalloc(size_t size)
{
	return vmalloc_caller(size, GFP_KERNEL, __builtin_return_address(0));
}

void *vzalloc(size_t size)
{
	return vmalloc_caller(size, GFP_KERNEL | __GFP_ZERO, __builtin_return_address(0));
}

void vfree(const void *addr)
{
	struct vm_struct *area;

	if (!addr)
		return;
	might_sleep();
	area = find_vm_area((unsigned long)addr);
	if (WARN_ON(!area || area->addr != (unsigned long)addr))
		return;
	atomic_long_sub(area->nr_pages, &nr_vmalloc_pages);
	vm_area_free_pages(area, area->nr_pages);
	free_vm_area(area);
}

/* ---- device registers ---- */

void *ioremap(phys_addr_t pa, size_t size)
{
	unsigned long offset = offset_in_page(pa);
	unsigned long len = PAGE_ALIGN(size + offset);
	unsigned long align = len >= PMD_SIZE ? PMD_SIZE : PAGE_SIZE;
	struct vm_struct *area;

	/* A broken device tree may name addresses that no page-table entry can hold. */
	if (!size || (pa + size) >> MAX_PHYSADDR_BITS || pa + size < pa)
		return NULL;
	area = get_vm_area(len + PAGE_SIZE, align, "ioremap", __builtin_return_address(0));
	if (!area)
		return NULL;
	area->phys = pa - offset;	/* whole pages: the registers may start inside one */
	if (map_kernel_range(area->addr, pa - offset, len, PAGE_KERNEL)) {
		free_vm_area(area);
		return NULL;
	}
	flush_tlb_kernel_range(area->addr, area->addr + len);
	return (void *)(area->addr + offset);
}

void iounmap(void *va)
{
	struct vm_struct *area = find_vm_area((unsigned long)va);
	unsigned long addr;

	if (WARN_ON(!area))
		return;
	for (addr = area->addr; addr < area_end(area) - PAGE_SIZE; addr += PAGE_SIZE)
		(void)unmap_kernel_page(addr);
	flush_tlb_kernel_range(area->addr, area_end(area));
	free_vm_area(area);
}

/* ---- questions ---- */

bool is_vmalloc_addr(const void *va)
{
	return (unsigned long)va >= VMALLOC_START && (unsigned long)va < VMALLOC_END;
}

struct page *vmalloc_to_page(const void *va)
{
	unsigned long pfn = is_vmalloc_addr(va) ? kernel_page_pfn((unsigned long)va) : 0;

	return pfn && pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;
}

unsigned long vmalloc_nr_pages(void)
{
	return atomic_long_read(&nr_vmalloc_pages);
}

/* The first area at or above addr, copied: fn must not run under the lock. */
static bool copy_area_from(unsigned long addr, struct vm_struct *copy)
{
	struct vm_struct *best = NULL;
	struct rb_node *node;

	spin_lock(&vmap_lock);
	for (node = vmap_root.rb_node; node;) {
		if (area_of(node)->addr >= addr) {
			best = area_of(node);
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	if (best)
		*copy = *best;
	spin_unlock(&vmap_lock);
	return best;
}

void vmallocinfo_for_each(void (*fn)(const struct vmalloc_info *info, void *arg), void *arg)
{
	unsigned long addr = VMALLOC_START;
	struct vm_struct area;

	while (copy_area_from(addr, &area)) {
		fn(&(struct vmalloc_info){ area.addr, area.size, area.nr_pages, area.caller,
					   area.kind }, arg);
		addr = area_end(&area);
	}
}

void vmalloc_init(void)
{
	area_cache = kmem_cache_create("vmap_area", sizeof(struct vm_struct), 0, SLAB_PANIC, NULL);
}
