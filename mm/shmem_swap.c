/* SPDX-License-Identifier: MIT */
/*
 * Tmpfs pages in mappings and in swap.
 *
 * Going out (shmem_writeout(), from reclaim): the locked folio joins the swap
 * cache, then its slot in i_pages becomes the swap entry, then it is written.
 * Coming back (shmem_swapin()): the folio, found in the swap cache or read,
 * takes its slot again and leaves the swap cache. Whoever holds a stale swap
 * entry finds under i_pages_lock that the slot has changed, and looks again.
 *
 * Invariant: a value entry in i_pages holds one count of its swap slot. While a
 * folio is in i_pages it is not in the swap cache, and its slot is free.
 *
 * Locks: folio lock -> i_pages_lock -> the swap cache's own. swaplist_lock
 * guards the list of inodes that swapoff must look at.
 *
 * Linux: mm/shmem.c, shmem_writeout(), shmem_swapin_folio(), shmem_unuse().
 */
#include "kernel/fs/fs.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/shmem.h"
#include "mm/swap.h"
#include "mm/vmstat.h"

static DEFINE_SPINLOCK(swaplist_lock, RANK_INODE_HASH);
static LIST_HEAD(shmem_swaplist);	/* (swaplist_lock) shmem_inode_info.swaplist */

/*
 * The file has shrunk and truncate passed before this page was made. Only this one goes: a write
 * may be making the file longer again at this moment. => locked; eats lock and reference.
 */
static void shmem_drop_behind_end(struct inode *inode, struct folio *f)
{
	struct address_space *mapping = inode->i_mapping;

	VM_BUG_ON(!folio_test(f, PG_locked));
	while (f->mapping == mapping) {
		unmap_folio(mapping, f);
		spin_lock(&mapping->i_pages_lock);
		/* filemap_map_pages() needs no folio lock. */
		if (likely(!folio_mapped(f)))
			__filemap_remove_folio(f, NULL);
		spin_unlock(&mapping->i_pages_lock);
	}
	shmem_free_pages(inode, 1);
	folio_unlock(f);
	folio_put(f);			/* the cache's */
	folio_put(f);
}

/* As filemap_fault(), but a page that is missing is made, not read. */
static vm_fault_t shmem_fault(struct vm_fault *vmf)
{
	struct inode *inode = vmf->vma->vm_file->f_inode;
	bool major = false;
	struct folio *f;
	int err;

	if (vmf->pgoff >= PFN_UP(READ_ONCE(inode->i_size)))
		return VM_FAULT_SIGBUS;
	err = shmem_get_page(inode, vmf->pgoff, &f, SGP_CACHE, &major);
	if (err)
		return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
	/*
	 * Race: the size shrank meanwhile. It cannot be growing over this very page: a write sets
	 * the size before it lets go of the folio's lock.
	 */
	if (unlikely(vmf->pgoff >= PFN_UP(READ_ONCE(inode->i_size)))) {
		shmem_drop_behind_end(inode, f);
		return VM_FAULT_SIGBUS;
	}
	VM_BUG_ON(!folio_test(f, PG_uptodate) || f->index != vmf->pgoff);
	vmf->page = &f->page;
	return VM_FAULT_LOCKED | (major ? VM_FAULT_MAJOR : 0);
}

const struct vm_operations_struct shmem_vm_ops = {
	.fault = shmem_fault,
	.map_pages = filemap_map_pages,
};

/* ---- out ---- */

/* Before the first page of the inode is in swap: swapoff must not miss it. */
static void shmem_swaplist_add(struct shmem_inode_info *info)
{
	if (!list_empty(&info->swaplist))
		return;
	spin_lock(&swaplist_lock);
	if (list_empty(&info->swaplist))
		list_add_tail(&info->swaplist, &shmem_swaplist);
	spin_unlock(&swaplist_lock);
}

/* The inode is going; truncation has emptied it. */
void shmem_swap_forget(struct shmem_inode_info *info)
{
	VM_BUG_ON(info->swapped);
	spin_lock(&swaplist_lock);
	list_del_init(&info->swaplist);
	spin_unlock(&swaplist_lock);
}

/*
 * The slot of f becomes its swap entry; f belongs to the swap cache alone. false: it has
 * been mapped again, by filemap_map_pages(), which needs this lock and not the folio's.
 */
static bool shmem_replace_by_entry(struct folio *f, swp_entry_t e)
{
	struct address_space *mapping = f->mapping;
	struct shmem_inode_info *info = SHMEM_I(mapping->host);
	struct pglist_data *pgdat = page_pgdat(&f->page);

	VM_BUG_ON(!folio_test(f, PG_swapcache) || swp_swapcount(e) != 1);
	spin_lock(&mapping->i_pages_lock);
	if (unlikely(folio_mapped(f))) {
		spin_unlock(&mapping->i_pages_lock);
		return false;
	}
	VM_BUG_ON(xa_load(&mapping->i_pages, f->index) != f);
	(void)!xa_store(&mapping->i_pages, f->index, xa_mk_value(e.val), 0);
	mapping->nrpages--;
	info->swapped++;
	f->mapping = NULL;
	spin_unlock(&mapping->i_pages_lock);
	mod_node_page_state(pgdat, NR_FILE_PAGES, -1);
	mod_node_page_state(pgdat, NR_SHMEM, -1);
	folio_put(f);			/* the caller has his own reference */
	return true;
}

/*
 * The order matters: in the swap cache first, so that the page can be found at every
 * moment by who looks for it.
 */
int shmem_writeout(struct folio *f)
{
	struct inode *inode = f->mapping->host;
	swp_entry_t e;
	int err;

	VM_BUG_ON(!folio_test(f, PG_locked));
	VM_BUG_ON(!shmem_mapping(f->mapping) || folio_test(f, PG_swapcache));
	VM_BUG_ON(!folio_test(f, PG_uptodate));
	shmem_swaplist_add(SHMEM_I(inode));
	if (!add_to_swap(f)) {
		err = -ENOMEM;
		goto err_dirty;
	}
	e = folio_swap_entry(f);
	err = swap_duplicate(e);
	if (err)
		goto err_cache;
	if (!shmem_replace_by_entry(f, e)) {
		swap_free(e);
		err = -EBUSY;
		goto err_cache;
	}
	folio_set(f, PG_dirty);
	return swap_writepage(f);

err_cache:
	delete_from_swap_cache(f);
err_dirty:
	folio_set(f, PG_dirty);
	folio_unlock(f);
	return err;
}

/* ---- back ---- */

/* => f locked, of the swap cache, uptodate. false: the slot is no longer e. */
static bool shmem_take_back(struct inode *inode, pgoff_t index, void *entry, struct folio *f)
{
	struct address_space *mapping = inode->i_mapping;
	bool ours;

	VM_BUG_ON(!folio_test(f, PG_locked) || f->mapping || folio_mapped(f));
	spin_lock(&mapping->i_pages_lock);
	ours = xa_load(&mapping->i_pages, index) == entry;
	if (ours) {
		VM_BUG_ON(!SHMEM_I(inode)->swapped);
		folio_get(f);
		f->mapping = mapping;
		f->index = index;
		(void)!xa_store(&mapping->i_pages, index, f, 0);
		mapping->nrpages++;
		SHMEM_I(inode)->swapped--;
	}
	spin_unlock(&mapping->i_pages_lock);
	return ours;
}

/* => called again by shmem_get_page() at -EAGAIN. -EIO: the disk failed; the entry stays. */
int shmem_swapin(struct inode *inode, pgoff_t index, void *entry, struct folio **folio)
{
	swp_entry_t e = { xa_to_value(entry) };
	struct folio *f;
	int err;

	VM_BUG_ON(!xa_is_value(entry) || !e.val);
	err = swapin_readahead(e, inode->i_mapping->gfp_mask, &f);
	if (err)
		return err == -ENOENT ? -EAGAIN : err;
	folio_lock(f);
	if (!folio_test(f, PG_swapcache) || folio_swap_entry(f).val != e.val) {
		err = -EAGAIN;
		goto err_unlock;
	}
	if (!folio_test(f, PG_uptodate)) {
		err = -EIO;
		goto err_unlock;
	}
	folio_wait_writeback(f);
	if (!shmem_take_back(inode, index, entry, f)) {
		err = -EAGAIN;
		goto err_unlock;
	}
	mod_node_page_state(page_pgdat(&f->page), NR_FILE_PAGES, 1);
	mod_node_page_state(page_pgdat(&f->page), NR_SHMEM, 1);
	delete_from_swap_cache(f);
	VM_BUG_ON(folio_test(f, PG_swapcache) || !folio_test(f, PG_swapbacked));
	swap_free(e);
	folio_set(f, PG_dirty);
	*folio = f;
	return 0;

err_unlock:
	folio_unlock(f);
	folio_put(f);
	return err;
}

/* Value entries change only under the lock: if it is still the same, it is ours. */
long shmem_free_swap(struct address_space *mapping, pgoff_t index, void *entry)
{
	bool ours;

	spin_lock(&mapping->i_pages_lock);
	ours = xa_load(&mapping->i_pages, index) == entry;
	if (ours) {
		VM_BUG_ON(!SHMEM_I(mapping->host)->swapped);
		xa_erase(&mapping->i_pages, index);
		SHMEM_I(mapping->host)->swapped--;
	}
	spin_unlock(&mapping->i_pages_lock);
	if (ours)
		free_swap_and_cache((swp_entry_t){ xa_to_value(entry) });
	return ours;
}

/* ---- swapoff ---- */

/* The first page of the inode that is in area `type`, at or behind *index. */
static bool shmem_find_swap(struct address_space *mapping, unsigned long *index, unsigned int type)
{
	void *entry;
	bool found = false;

	spin_lock(&mapping->i_pages_lock);
	xa_for_each_start(&mapping->i_pages, *index, entry, *index) {
		if (!xa_is_value(entry))
			continue;
		found = swp_type((swp_entry_t){ xa_to_value(entry) }) == type;
		if (found)
			break;
	}
	spin_unlock(&mapping->i_pages_lock);
	return found;
}

/* Pages that are swapped in meanwhile by others are simply not found. */
static int shmem_unuse_inode(struct inode *inode, unsigned int type)
{
	unsigned long index = 0;
	struct folio *f;
	int err;

	while (shmem_find_swap(inode->i_mapping, &index, type)) {
		err = shmem_get_page(inode, index, &f, SGP_READ, NULL);
		if (err)
			return err;
		if (f) {
			folio_unlock(f);
			folio_put(f);
		}
		index++;
		if (signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/* The inode at the front of the list, with a reference; it goes to the end. */
static struct inode *shmem_next_swapped(void)
{
	struct shmem_inode_info *info;
	struct inode *inode = NULL;

	spin_lock(&swaplist_lock);
	if (!list_empty(&shmem_swaplist)) {
		info = list_first_entry(&shmem_swaplist, struct shmem_inode_info, swaplist);
		list_move_tail(&info->swaplist, &shmem_swaplist);
		/* Being evicted: that frees its swap by itself. */
		if (atomic_inc_not_zero(&info->vfs_inode.i_count))
			inode = &info->vfs_inode;
	}
	spin_unlock(&swaplist_lock);
	return inode;
}

/* Each inode once; new pages cannot go to the area any more. */
int shmem_unuse(unsigned int type)
{
	size_t nr;
	int err = 0;

	spin_lock(&swaplist_lock);
	nr = list_count_nodes(&shmem_swaplist);
	spin_unlock(&swaplist_lock);
	while (nr-- && !err) {
		struct inode *inode = shmem_next_swapped();

		if (!inode)
			continue;
		err = shmem_unuse_inode(inode, type);
		iput(inode);
	}
	return err;
}
