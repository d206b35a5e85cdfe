/* SPDX-License-Identifier: MIT */
/*
 * The VMAs of an address space: a red-black tree of ranges that never overlap.
 *
 * Each node also knows the hole below it (vm_gap) and the largest hole of its
 * subtree (rb_subtree_gap), so that mmap() finds a free place in one descent,
 * however many mappings there are:
 *
 *	     [0x5000,0x6000) gap 0x1000 subtree 0x2000
 *	    /                                        \
 *	[0x1000,0x4000) gap 0x1000      [0x8000,0x9000) gap 0x2000
 *
 * Neighbours that agree in everything are merged into one and a change to a part
 * of a VMA splits it; so /proc/PID/maps shows the fewest lines that are true.
 *
 * Invariants: vm_start < vm_end, page aligned, no overlap; gaps are exact;
 * map_count is the number of nodes; no two neighbours that could merge were made
 * by the same kind of call (mremap and races over anon_vma leave exceptions).
 *
 * Locks: mmap_lock, write to change, read to look. The range of a VMA is also
 * looked at from the pages it maps (rmap), hence vma_lock_rmap() around changes.
 *
 * Linux: mm/vma.c, mm/mmap.c. Differs: an augmented rbtree as before Linux 6.1,
 * not a maple tree; no linked list; one hint instead of a per-task VMA cache.
 */
#include "kernel/fs/fs.h"
#include "mm/filemap.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "mm/vma.h"

static struct kmem_cache *vm_area_cachep;

void vma_cache_init(void)
{
	vm_area_cachep = kmem_cache_create("vm_area_struct", sizeof(struct vm_area_struct), 0,
					   SLAB_PANIC, NULL);
}

/* ---- life ---- */

struct vm_area_struct *vm_area_alloc(struct mm_struct *mm)
{
	struct vm_area_struct *vma = kmem_cache_zalloc(vm_area_cachep, GFP_KERNEL);

	if (!vma)
		return NULL;
	vma->vm_mm = mm;
	INIT_LIST_HEAD(&vma->anon_vma_node);
	INIT_LIST_HEAD(&vma->i_mmap_node);
	return vma;
}

struct vm_area_struct *vm_area_dup(const struct vm_area_struct *orig)
{
	struct vm_area_struct *vma = kmem_cache_alloc(vm_area_cachep, GFP_KERNEL);

	if (!vma)
		return NULL;
	*vma = *orig;
	vma->anon_vma = NULL;
	INIT_LIST_HEAD(&vma->anon_vma_node);
	INIT_LIST_HEAD(&vma->i_mmap_node);
	if (vma->vm_file)
		get_file(vma->vm_file);
	if (vma->vm_ops && vma->vm_ops->open)
		vma->vm_ops->open(vma);
	return vma;
}

void vm_area_free(struct vm_area_struct *vma)
{
	VM_BUG_ON(vma->anon_vma || !list_empty(&vma->i_mmap_node));
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	if (vma->vm_file)
		fput(vma->vm_file);
	kmem_cache_free(vm_area_cachep, vma);
}

/* ---- looking ---- */

static struct vm_area_struct *vma_of(struct rb_node *node)
{
	return rb_entry_safe(node, struct vm_area_struct, vm_rb);
}

struct vm_area_struct *vma_first(struct mm_struct *mm) { return vma_of(rb_first(&mm->mm_rb)); }
struct vm_area_struct *vma_next(struct vm_area_struct *vma) { return vma_of(rb_next(&vma->vm_rb)); }
struct vm_area_struct *vma_prev(struct vm_area_struct *vma) { return vma_of(rb_prev(&vma->vm_rb)); }

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = READ_ONCE(mm->vma_cache), *best = NULL;
	struct rb_node *node;

	if (vma && vma->vm_start <= addr && addr < vma->vm_end)
		return vma;
	for (node = mm->mm_rb.rb_node; node;) {
		vma = rb_entry(node, struct vm_area_struct, vm_rb);
		if (addr >= vma->vm_end) {
			node = node->rb_right;
			continue;
		}
		best = vma;
		if (addr >= vma->vm_start)
			break;
		node = node->rb_left;
	}
	/*
	 * Readers race to set the hint; every value they write is a VMA that stays until they
	 * leave.
	 */
	if (best)
		WRITE_ONCE(mm->vma_cache, best);
	return best;
}

struct vm_area_struct *find_vma_prev(struct mm_struct *mm, unsigned long addr,
				     struct vm_area_struct **prev)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	*prev = vma ? vma_prev(vma) : vma_of(rb_last(&mm->mm_rb));
	return vma;
}

unsigned long vm_start_gap(const struct vm_area_struct *vma)
{
	unsigned long guard = sysctl_stack_guard_gap << PAGE_SHIFT;

	if (!(vma->vm_flags & VM_GROWSDOWN))
		return vma->vm_start;
	return vma->vm_start > guard ? vma->vm_start - guard : 0;
}

/* ---- the tree ---- */

static unsigned long subtree_gap(const struct rb_node *node)
{
	return node ? rb_entry(node, struct vm_area_struct, vm_rb)->rb_subtree_gap : 0;
}

static bool vma_augment(struct rb_node *node)
{
	struct vm_area_struct *vma = rb_entry(node, struct vm_area_struct, vm_rb);
	unsigned long gap = max3(vma->vm_gap, subtree_gap(node->rb_left),
				 subtree_gap(node->rb_right));

	if (gap == vma->rb_subtree_gap)
		return false;
	vma->rb_subtree_gap = gap;
	return true;
}

static unsigned long gap_below(const struct vm_area_struct *vma, const struct vm_area_struct *prev)
{
	unsigned long start = vm_start_gap(vma), end = prev ? prev->vm_end : 0;

	return start > end ? start - end : 0;
}

static void vma_update_gap(struct vm_area_struct *vma, const struct vm_area_struct *prev)
{
	unsigned long gap = gap_below(vma, prev);

	if (gap == vma->vm_gap)
		return;
	vma->vm_gap = gap;
	rb_augment_propagate(&vma->vm_rb, vma_augment);
}

/* Hang vma, whose neighbours are known, at *link. */
static void vma_link_at(struct mm_struct *mm, struct vm_area_struct *vma,
			struct rb_node *parent, struct rb_node **link)
{
	rb_link_node(&vma->vm_rb, parent, link);
	vma->rb_subtree_gap = 0;
	rb_insert_augmented(&vma->vm_rb, &mm->mm_rb, vma_augment);
	mm->map_count++;
}

void vma_insert(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct rb_node **link = &mm->mm_rb.rb_node, *parent = NULL;
	struct vm_area_struct *prev = NULL, *next = NULL;

	while (*link) {
		struct vm_area_struct *here = rb_entry(*link, struct vm_area_struct, vm_rb);

		parent = *link;
		if (vma->vm_start < here->vm_start) {
			next = here;
			link = &parent->rb_left;
		} else {
			prev = here;
			link = &parent->rb_right;
		}
	}
	VM_BUG_ON(prev && prev->vm_end > vma->vm_start);
	VM_BUG_ON(next && next->vm_start < vma->vm_end);
	vma->vm_gap = gap_below(vma, prev);
	vma_link_at(mm, vma, parent, link);
	if (next)
		vma_update_gap(next, vma);
}

void vma_append(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct rb_node **link = &mm->mm_rb.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = &parent->rb_right;
	}
	VM_BUG_ON(parent && vma_of(parent)->vm_end > vma->vm_start);
	vma->vm_gap = gap_below(vma, vma_of(parent));
	vma_link_at(mm, vma, parent, link);
}

void vma_erase(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *next = vma_next(vma), *prev = vma_prev(vma);

	rb_erase_augmented(&vma->vm_rb, &mm->mm_rb, vma_augment);
	mm->map_count--;
	if (mm->vma_cache == vma)
		mm->vma_cache = NULL;
	if (next)
		vma_update_gap(next, prev);
}

/* ---- the reverse directions: file -> vmas, page -> vmas ---- */

void vma_link_file(struct vm_area_struct *vma)
{
	struct address_space *mapping;

	if (!vma->vm_file)
		return;
	mapping = vma->vm_file->f_mapping;
	if ((vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == (VM_SHARED | VM_MAYWRITE))
		atomic_inc(&mapping->i_mmap_writable);
	spin_lock(&mapping->i_mmap_lock);
	list_add_tail(&vma->i_mmap_node, &mapping->i_mmap);
	spin_unlock(&mapping->i_mmap_lock);
}

void vma_unlink_file(struct vm_area_struct *vma)
{
	struct address_space *mapping;

	if (!vma->vm_file || list_empty(&vma->i_mmap_node))
		return;
	mapping = vma->vm_file->f_mapping;
	if ((vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == (VM_SHARED | VM_MAYWRITE))
		atomic_dec(&mapping->i_mmap_writable);
	spin_lock(&mapping->i_mmap_lock);
	list_del_init(&vma->i_mmap_node);
	spin_unlock(&mapping->i_mmap_lock);
}

__no_lock_check void vma_lock_rmap(struct vm_area_struct *vma)
{
	if (vma->vm_file)
		spin_lock(&vma->vm_file->f_mapping->i_mmap_lock);
	if (vma->anon_vma)	/* same rank: always after the file's */
		spin_lock_nested(&vma->anon_vma->lock);
}

__no_lock_check void vma_unlock_rmap(struct vm_area_struct *vma)
{
	if (vma->anon_vma)
		spin_unlock(&vma->anon_vma->lock);
	if (vma->vm_file)
		spin_unlock(&vma->vm_file->f_mapping->i_mmap_lock);
}

/* ---- moving bounds ---- */

void vma_adjust(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	bool start_moved = start != vma->vm_start, end_moved = end != vma->vm_end;
	struct vm_area_struct *next;

	VM_BUG_ON(start >= end || offset_in_page(start | end));
	vma_lock_rmap(vma);
	vma->vm_pgoff += (long)(start - vma->vm_start) >> PAGE_SHIFT;
	vma->vm_start = start;
	vma->vm_end = end;
	vma_unlock_rmap(vma);
	if (start_moved)
		vma_update_gap(vma, vma_prev(vma));
	next = end_moved ? vma_next(vma) : NULL;
	if (next)
		vma_update_gap(next, vma);
}

int split_vma(struct vm_area_struct *vma, unsigned long addr, bool keep_upper)
{
	struct vm_area_struct *new;

	VM_BUG_ON(addr <= vma->vm_start || addr >= vma->vm_end);
	if (vma->vm_mm->map_count >= sysctl_max_map_count)
		return -ENOMEM;
	new = vm_area_dup(vma);
	if (!new)
		return -ENOMEM;
	if (keep_upper) {
		new->vm_end = addr;
	} else {
		new->vm_pgoff += (addr - vma->vm_start) >> PAGE_SHIFT;
		new->vm_start = addr;
	}
	/* The new half can be found from its pages before the old one lets go of them. */
	anon_vma_clone(new, vma);
	vma_link_file(new);
	if (keep_upper)
		vma_adjust(vma, addr, vma->vm_end);
	else
		vma_adjust(vma, vma->vm_start, addr);
	vma_insert(vma->vm_mm, new);
	return 0;
}

/* ---- merging ---- */

static bool anon_vmas_agree(const struct anon_vma *a, const struct anon_vma *b)
{
	return a == b || !a || !b;
}

static bool vma_agrees(const struct vm_area_struct *vma, const struct vma_attrs *a)
{
	return vma->vm_flags == a->vm_flags && vma->vm_file == a->file &&
	       mpol_equal(vma->vm_policy, a->policy) &&
	       anon_vmas_agree(vma->anon_vma, a->anon_vma) && !(a->vm_flags & VM_SPECIAL) &&
	       !(vma->vm_ops && vma->vm_ops->close);
}

/* Could `a` be appended to prev; could it be put in front of next? */
static bool can_merge_after(const struct vm_area_struct *prev, const struct vma_attrs *a)
{
	return prev && prev->vm_end == a->start && vma_agrees(prev, a) &&
	       prev->vm_pgoff + vma_pages(prev) == a->pgoff;
}

static bool can_merge_before(const struct vm_area_struct *next, const struct vma_attrs *a)
{
	return next && next->vm_start == a->end && vma_agrees(next, a) &&
	       a->pgoff + ((a->end - a->start) >> PAGE_SHIFT) == next->vm_pgoff;
}

/* keep takes over the range, and the family, of its neighbour gone (and a hole between them). */
static void vma_absorb(struct vm_area_struct *keep, struct vm_area_struct *gone)
{
	if (!keep->anon_vma && gone->anon_vma)
		anon_vma_clone(keep, gone);
	vma_erase(keep->vm_mm, gone);
	vma_adjust(keep, min(keep->vm_start, gone->vm_start), max(keep->vm_end, gone->vm_end));
	unlink_anon_vma(gone);
	vma_unlink_file(gone);
	vm_area_free(gone);
}

struct vm_area_struct *vma_merge_new(struct mm_struct *mm, const struct vma_attrs *a)
{
	struct vm_area_struct *prev, *next = find_vma_prev(mm, a->start, &prev);
	bool after, before;

	if (a->vm_flags & VM_SPECIAL)
		return NULL;
	VM_BUG_ON(next && next->vm_start < a->end);
	after = can_merge_after(prev, a);
	before = can_merge_before(next, a);
	if (after && before && anon_vmas_agree(prev->anon_vma, next->anon_vma)) {
		vma_absorb(prev, next);
		return prev;
	}
	if (after) {
		vma_adjust(prev, prev->vm_start, a->end);
		return prev;
	}
	if (!before)
		return NULL;
	vma_adjust(next, a->start, next->vm_end);
	return next;
}

static struct vma_attrs attrs_of(const struct vm_area_struct *vma)
{
	return (struct vma_attrs){
		.start = vma->vm_start, .end = vma->vm_end, .vm_flags = vma->vm_flags,
		.pgoff = vma->vm_pgoff, .file = vma->vm_file, .anon_vma = vma->anon_vma,
		.policy = vma->vm_policy,
	};
}

/* Most pairs of neighbours differ in this already, and need not be looked at closely. */
static bool may_agree(const struct vm_area_struct *low, const struct vm_area_struct *high)
{
	return low && high && low->vm_flags == high->vm_flags && low->vm_end == high->vm_start;
}

struct vm_area_struct *vma_merge(struct vm_area_struct *vma)
{
	struct vm_area_struct *next = vma_next(vma), *prev = vma_prev(vma);
	struct vma_attrs a;

	if (!may_agree(vma, next) && !may_agree(prev, vma))
		return vma;
	a = attrs_of(vma);
	if (can_merge_before(next, &a) && !(vma->vm_ops && vma->vm_ops->close)) {
		vma_absorb(vma, next);
		a = attrs_of(vma);
	}
	if (!can_merge_after(prev, &a) || (vma->vm_ops && vma->vm_ops->close))
		return vma;
	vma_absorb(prev, vma);
	return prev;
}

int vma_set_flags(struct vm_area_struct **vmap, unsigned long start, unsigned long end,
		  unsigned long vm_flags)
{
	struct vm_area_struct *vma = *vmap;
	int err = 0;

	if (start > vma->vm_start)
		err = split_vma(vma, start, true);
	if (!err && end < vma->vm_end)
		err = split_vma(vma, end, false);
	if (!err) {
		vma->vm_flags = vm_flags;
		vma->vm_page_prot = vm_get_page_prot(vm_flags);
	}
	/* After a failed second split this joins again what the first one cut. */
	*vmap = vma_merge(vma);
	return err;
}

/* The family of `near`, if the two could be one VMA but for their permissions. */
static struct anon_vma *reusable_anon_vma(const struct vm_area_struct *low,
					  const struct vm_area_struct *high,
					  const struct vm_area_struct *near)
{
	if (low->vm_end != high->vm_start || low->vm_file != high->vm_file ||
	    ((low->vm_flags ^ high->vm_flags) & ~VM_ACCESS_FLAGS) ||
	    low->vm_pgoff + vma_pages(low) != high->vm_pgoff)
		return NULL;
	return READ_ONCE(near->anon_vma);
}

struct anon_vma *vma_mergeable_anon_vma(struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = vma_prev(vma), *next = vma_next(vma);
	struct anon_vma *av = NULL;

	if (next)
		av = reusable_anon_vma(vma, next, next);
	if (!av && prev)
		av = reusable_anon_vma(prev, vma, prev);
	return av;
}

/* ---- holes ---- */

/* Does the hole below vma, cut to [low,high), take len bytes? Then *addr is its highest place. */
static bool gap_suits(struct vm_area_struct *vma, unsigned long len, unsigned long low,
		      unsigned long high, unsigned long *addr)
{
	unsigned long end = min(vm_start_gap(vma), high);
	unsigned long start = max(vm_start_gap(vma) - vma->vm_gap, low);

	if (end < start || end - start < len)
		return false;
	*addr = end - len;
	return true;
}

/* The next subtree to the left that has not been seen, after everything at and below node was. */
static struct rb_node *climb_left(struct rb_node *node)
{
	struct rb_node *parent = rb_parent(node);

	while (parent && parent->rb_left == node) {
		node = parent;
		parent = rb_parent(node);
	}
	return parent;
}

int find_gap_topdown(struct mm_struct *mm, unsigned long len, unsigned long low,
		     unsigned long high, unsigned long *addr)
{
	struct rb_node *node = mm->mm_rb.rb_node;
	struct vm_area_struct *last = vma_of(rb_last(&mm->mm_rb));
	unsigned long top = max(last ? last->vm_end : 0, low);
	bool from_right = false;	/* node was reached from its right child, which is done */

	if (high >= top && high - top >= len) {
		*addr = high - len;
		return 0;
	}
	while (node) {
		struct vm_area_struct *vma = rb_entry(node, struct vm_area_struct, vm_rb);

		/*
		 * Holes of the right subtree lie above vm_end; none below high is worth a look
		 * there.
		 */
		if (!from_right && subtree_gap(node->rb_right) >= len && vma->vm_end < high) {
			node = node->rb_right;
			continue;
		}
		if (vma->vm_gap >= len && gap_suits(vma, len, low, high, addr))
			return 0;
		from_right = false;
		if (subtree_gap(node->rb_left) >= len && vma->vm_start > low) {
			node = node->rb_left;
			continue;
		}
		node = climb_left(node);
		from_right = true;
	}
	return -ENOMEM;
}

/* ---- checking ---- */

void mm_check_vmas(struct mm_struct *mm)
{
	struct vm_area_struct *vma, *prev = NULL;
	unsigned long total = 0;
	int count = 0;

	BUG_ON(rb_validate(&mm->mm_rb) < 0);
	for_each_vma(mm, vma) {
		struct rb_node *n = &vma->vm_rb;

		BUG_ON(vma->vm_mm != mm || vma->vm_start >= vma->vm_end);
		BUG_ON(prev && prev->vm_end > vma->vm_start);
		BUG_ON(vma->vm_gap != gap_below(vma, prev));
		BUG_ON(vma->rb_subtree_gap !=
		       max3(vma->vm_gap, subtree_gap(n->rb_left), subtree_gap(n->rb_right)));
		total += vma_pages(vma);
		count++;
		prev = vma;
	}
	BUG_ON(count != mm->map_count || total != mm->total_vm);
}
