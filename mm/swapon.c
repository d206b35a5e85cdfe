/* SPDX-License-Identifier: MIT */
/*
 * swapon(2) and swapoff(2): swap areas come and go while the system runs.
 *
 * swapoff in order: no new slots are handed out; every page is brought back, from
 * tmpfs files, from the address spaces on mmlist, and what then is left in the cache
 * alone; when no slot is in use the area is let go. If memory does not suffice, or a
 * page cannot be read, or a signal comes, the area goes on as if nothing had been.
 *
 * Invariant: between the first step and the last, slots of the area only become free;
 * so the search ends as soon as each user was asked once and nobody was missed, and
 * is repeated as long as one was.
 *
 * Locks: swapon_mutex, one change at a time; then those of swapfile.c.
 *
 * Linux: mm/swapfile.c, swapon(), swapoff(), try_to_unuse(). Differs: whole block
 * devices only; what cannot fit into memory is refused before it is tried.
 */
#include "kernel/printk.h"
#include "kernel/signal.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/swap_header.h"
#include "mm/swap_internal.h"
#include "mm/vmalloc.h"
#include "mm/writeback.h"

#define SWAP_FLAG_PREFER	0x8000
#define SWAP_FLAG_PRIO_MASK	0x7fff
#define SWAP_FLAGS_VALID	0x7ffff		/* discard flags are accepted and do nothing */
#define SECTORS_PER_PAGE	(PAGE_SIZE / SECTOR_SIZE)

static DEFINE_MUTEX(swapon_mutex, RANK_SWAPON);
/* (swapon_mutex) The priority given last to an area without a wish; the next gets one less. */
static int least_priority = -1;

/* ---- finding the device ---- */

/* *name: the path as /proc/swaps shows it, to be kfree'd. 0 or -errno. */
static int get_device(const char __user *user, struct block_device **bdev, char **name)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL), *text;
	struct path path;
	int err;

	if (!buf)
		return -ENOMEM;
	err = user_path_at(AT_FDCWD, user, LOOKUP_FOLLOW, &path);
	if (err)
		goto out_buf;
	err = S_ISBLK(path.dentry->d_inode->i_mode) ? inode_bdev(path.dentry->d_inode, bdev) :
						      -EINVAL;
	if (!err) {
		text = d_path(&path, buf, PATH_MAX);
		*name = text ? kstrdup(text, GFP_KERNEL) : NULL;
		err = *name ? 0 : -ENOMEM;
	}
	path_put(&path);
out_buf:
	kfree(buf);
	return err;
}

/* What programs wrote through the page cache comes before, and never after, our own I/O. */
static int flush_page_cache(struct block_device *bdev)
{
	struct address_space *mapping = bdev->inode->i_mapping;
	int err = filemap_write_and_wait_range(mapping, 0, -1);

	truncate_inode_pages_range(mapping, 0, -1);
	return err;
}

/*
 * Not through the page cache: pages of the area must never sit there, where a
 * writeback could put them over what swap wrote.
 */
static int read_first_page(struct block_device *bdev, struct page *page)
{
	struct bio *bio = bio_alloc(bdev, REQ_OP_READ, 0, GFP_KERNEL);
	int err;

	if (!bio)
		return -ENOMEM;
	(void)bio_add_page(bio, page, PAGE_SIZE, 0);
	err = submit_bio_wait(bio);
	bio_put(bio);
	return err;
}

/* ---- on ---- */

/* => swapon_mutex held. */
static struct swap_info *alloc_swap_info(void)
{
	for (int type = 0; type < MAX_SWAPFILES; type++)
		if (!swap_infos[type].used)
			return &swap_infos[type];
	return NULL;
}

/* The slots as the header describes them: 0 or -ENOMEM. */
static int setup_slots(struct swap_info *si, const struct swap_header_info *info)
{
	unsigned long max = (unsigned long)info->last_page + 1;
	void *mem = vzalloc(swap_slots_bytes(max));

	if (!mem)
		return -ENOMEM;
	spin_lock(&si->lock);
	swap_slots_init(&si->slots, mem, max);
	for (u32 i = 0; i < info->nr_badpages; i++)
		(void)!swap_slot_mark_bad(&si->slots, info->badpages[i]);
	si->pages = si->slots.nr_free;
	si->cached_cursor = 0;
	spin_unlock(&si->lock);
	return 0;
}

static int read_header(struct swap_info *si, struct block_device *bdev, const char *name)
{
	struct page *page = alloc_page(GFP_KERNEL);
	const struct swap_header_info *info;
	const char *why;
	int err;

	if (!page)
		return -ENOMEM;
	err = flush_page_cache(bdev);
	if (!err)
		err = read_first_page(bdev, page);
	if (err) {
		pr_err("swapon: cannot read the header of %s (error %d)\n", name, -err);
		goto out;
	}
	err = swap_header_check(page_address(page), bdev->nr_sectors / SECTORS_PER_PAGE, &info,
				&why);
	if (err)
		pr_err("swapon: %s: %s\n", name, why);
	else
		err = setup_slots(si, info);
out:
	__free_page(page);
	return err;
}

/* Slots may be handed out from now on (again). => swapon_mutex held. */
static void enable_area(struct swap_info *si)
{
	struct swap_info *other;

	spin_lock(&swap_lock);
	spin_lock_nested(&si->lock);	/* after swap_lock */
	si->writeok = true;
	atomic_long_add(si->slots.nr_free, &nr_swap_pages);
	atomic_long_add(si->pages, &nr_total_swap_pages);
	spin_unlock(&si->lock);
	list_for_each_entry(other, &swap_active, list)
		if (other->prio < si->prio)
			break;
	list_add_tail(&si->list, &other->list);
	spin_unlock(&swap_lock);
}

/* => swapon_mutex held. Takes over name on success. */
static int swapon_device(struct block_device *bdev, char *name, int flags)
{
	struct swap_info *si = alloc_swap_info();
	int err;

	if (!si)
		return -EPERM;
	if (bdev->holders)
		return -EBUSY;
	if (bdev->read_only)
		return -EROFS;
	err = read_header(si, bdev, name);
	if (err)
		return err;
	bdev->holders++;
	si->used = true;
	si->bdev = bdev;
	si->path = name;
	si->prio = flags & SWAP_FLAG_PREFER ? flags & SWAP_FLAG_PRIO_MASK : --least_priority;
	enable_area(si);
	pr_info("Adding %luk swap on %s.  Priority:%d extents:1 across:%luk\n",
		si->pages << (PAGE_SHIFT - 10), name, si->prio, si->pages << (PAGE_SHIFT - 10));
	return 0;
}

int do_swapon(struct block_device *bdev, const char *name, int flags)
{
	char *copy = kstrdup(name, GFP_KERNEL);
	int err;

	if (!copy)
		return -ENOMEM;
	mutex_lock(&swapon_mutex);
	err = swapon_device(bdev, copy, flags);
	mutex_unlock(&swapon_mutex);
	if (err)
		kfree(copy);
	return err;
}

long sys_swapon(const char __user *path, long flags)
{
	struct block_device *bdev;
	char *name;
	int err;

	if ((int)flags & ~SWAP_FLAGS_VALID)
		return -EINVAL;
	err = get_device(path, &bdev, &name);
	if (err)
		return err;
	err = do_swapon(bdev, name, (int)flags);
	kfree(name);
	return err;
}

/* ---- off: bringing everything back ---- */

/* Read without the lock: only ever asked again and again until it is 0. */
static bool area_in_use(struct swap_info *si)
{
	return READ_ONCE(si->slots.nr_inuse);
}

/*
 * Each mm on the list once. An mm that forks meanwhile puts the child's copy of its
 * entries behind it on the list, so that is still met.
 */
static int unuse_all_mms(unsigned int type)
{
	struct mm_struct *mm, *prev = NULL;
	struct list_head *p;
	int err = 0;

	spin_lock(&mmlist_lock);
	for (p = mmlist.next; p != &mmlist && !err; p = p->next) {
		mm = list_entry(p, struct mm_struct, mmlist);
		if (!get_mm_counter(mm, MM_SWAPENTS) || !mmget_not_zero(mm))
			continue;	/* the last user of a dying mm frees its slots itself */
		spin_unlock(&mmlist_lock);
		/* With our reference it stays on the list, so p can go on from it. */
		if (prev)
			mmput(prev);
		prev = mm;
		err = unuse_mm(mm, type);
		cond_resched();
		spin_lock(&mmlist_lock);
	}
	spin_unlock(&mmlist_lock);
	if (prev)
		mmput(prev);
	return err;
}

/* What is in the cache and has no other user. */
static void unuse_cache(struct swap_info *si)
{
	unsigned long off = 1;

	for (;;) {
		struct folio *f;

		spin_lock(&si->lock);
		off = swap_slot_next_used(&si->slots, off);
		spin_unlock(&si->lock);
		if (!off)
			return;
		f = swap_cache_lookup(swp_entry(si->type, off++));
		if (!f)
			continue;
		folio_lock(f);
		folio_wait_writeback(f);
		(void)folio_free_swap(f);
		folio_unlock(f);
		folio_put(f);
		cond_resched();
	}
}

/* Round after round until no slot is in use: 0, or the first error. */
static int try_to_unuse(struct swap_info *si)
{
	unsigned long before;
	int err;

	while (area_in_use(si)) {
		before = si->slots.nr_inuse;
		swap_write_flush();
		err = shmem_unuse(si->type);
		if (!err)
			err = unuse_all_mms(si->type);
		if (err)
			return err;
		unuse_cache(si);
		if (signal_pending(current))
			return -EINTR;
		/* A page was on its way between two of these places, or a dying mm has it. */
		if (area_in_use(si) && si->slots.nr_inuse == before)
			schedule_timeout_uninterruptible(1);
	}
	return 0;
}

/*
 * Could the pages be in memory at all? Reclaim cannot help where they come from, so
 * free memory, clean file pages and the other areas have to do.
 */
static bool enough_memory(const struct swap_info *si)
{
	return si->slots.nr_inuse <= si_mem_available() + get_nr_swap_pages();
}

/* ---- off ---- */

/* => swapon_mutex held. NULL: it is not in use for swap. */
static struct swap_info *find_area(const struct block_device *bdev)
{
	for (int type = 0; type < MAX_SWAPFILES; type++)
		if (swap_infos[type].used && swap_infos[type].bdev == bdev)
			return &swap_infos[type];
	return NULL;
}

/* No new slots from here on; what is in use stays in use. => swapon_mutex held. */
static void disable_area(struct swap_info *si)
{
	lockdep_assert_held(&swapon_mutex);
	spin_lock(&swap_lock);
	list_del_init(&si->list);
	spin_lock_nested(&si->lock);	/* after swap_lock */
	si->writeok = false;
	atomic_long_sub(si->slots.nr_free, &nr_swap_pages);
	atomic_long_sub(si->pages, &nr_total_swap_pages);
	spin_unlock(&si->lock);
	spin_unlock(&swap_lock);
}

/* The areas behind one that chose its priority itself move up, so that the numbers stay dense. */
static void close_priority_gap(int prio)
{
	struct swap_info *si;

	if (prio >= 0)
		return;
	spin_lock(&swap_lock);
	list_for_each_entry(si, &swap_active, list)
		if (si->prio < prio)
			si->prio++;
	spin_unlock(&swap_lock);
	least_priority++;
}

/*
 * Every slot is free. The structure stays, empty: a fault that read its PTE long ago
 * and comes with a stale entry finds no slot here, and sees that the PTE has changed.
 */
static void release_area(struct swap_info *si)
{
	struct swap_slots slots;
	char *name;

	lockdep_assert_held(&swapon_mutex);
	BUG_ON(si->cache.nrpages || si->wbio);
	spin_lock(&si->lock);
	slots = si->slots;
	si->slots = (struct swap_slots){ 0 };
	spin_unlock(&si->lock);
	vfree(slots.map);
	close_priority_gap(si->prio);
	truncate_inode_pages_range(si->bdev->inode->i_mapping, 0, -1);
	si->bdev->holders--;
	spin_lock(&swap_lock);
	name = si->path;
	si->path = NULL;
	spin_unlock(&swap_lock);
	kfree(name);
	si->bdev = NULL;
	si->used = false;
}

static int swapoff_device(const struct block_device *bdev)
{
	struct swap_info *si = find_area(bdev);
	int err;

	if (!si)
		return -EINVAL;
	/* Would what processes were promised still be there without it? */
	if (vm_enough_memory(current->mm, si->pages))
		return -ENOMEM;
	vm_unacct_memory(si->pages);
	disable_area(si);
	if (enough_memory(si)) {
		/* If memory runs out all the same, this task is the one to give up. */
		current->flags |= PF_OOM_ORIGIN;
		err = try_to_unuse(si);
		current->flags &= ~PF_OOM_ORIGIN;
	} else {
		err = -ENOMEM;
	}
	if (err)
		enable_area(si);
	else
		release_area(si);
	return err;
}

int do_swapoff(const struct block_device *bdev)
{
	int err;

	mutex_lock(&swapon_mutex);
	err = swapoff_device(bdev);
	mutex_unlock(&swapon_mutex);
	return err;
}

long sys_swapoff(const char __user *path)
{
	struct block_device *bdev;
	char *name;
	int err = get_device(path, &bdev, &name);

	if (err)
		return err;
	kfree(name);
	return do_swapoff(bdev);
}
