/* SPDX-License-Identifier: MIT */
/*
 * Pages of tmpfs and of shared anonymous memory: the page cache is all there is.
 *
 * There is no disk behind these files, so their folios are PG_swapbacked and
 * always dirty, and reclaim moves them to swap (mm/shmem_swap.c). A slot of
 * i_pages holds a folio, or a value entry (the swap entry), or nothing: a hole,
 * which reads as zeros and takes no memory.
 *
 * Invariant: i_blocks counts pages, in the page cache or in swap; so does
 * used_blocks of the file system, and the charge for overcommit (VM_NORESERVE
 * inodes: page by page; others: the whole size when they are made).
 *
 * Locks: i_rwsem for size changes; the folio lock; i_pages_lock for i_pages and
 * `swapped`; sbinfo->lock for the limits.
 *
 * Linux: mm/shmem.c. Differs: split in pages, swap and names.
 */
#include "kernel/fs/fs.h"
#include "lib/string.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/shmem.h"
#include "mm/slab.h"
#include "mm/vmstat.h"

#define BLOCKS_PER_PAGE	(PAGE_SIZE / 512)

/* ---- accounting ---- */

/* Room in the file system and in the commit limit, for pages about to be made. */
static int shmem_charge(struct inode *inode, long pages)
{
	struct shmem_sb_info *sbi = inode->i_sb->s_fs_info;
	int err = 0;

	VM_BUG_ON(pages <= 0);
	if ((SHMEM_I(inode)->flags & VM_NORESERVE) && vm_enough_memory(current->mm, pages))
		return -ENOSPC;
	spin_lock(&sbi->lock);
	if (sbi->max_blocks && sbi->used_blocks + pages > sbi->max_blocks) {
		err = -ENOSPC;
	} else {
		sbi->used_blocks += pages;
		inode->i_blocks += pages * BLOCKS_PER_PAGE;
	}
	spin_unlock(&sbi->lock);
	if (err && (SHMEM_I(inode)->flags & VM_NORESERVE))
		vm_unacct_memory(pages);
	return err;
}

/* Truncated, punched, or never made. */
void shmem_free_pages(struct inode *inode, long pages)
{
	struct shmem_sb_info *sbi = inode->i_sb->s_fs_info;

	if (SHMEM_I(inode)->flags & VM_NORESERVE)
		vm_unacct_memory(pages);
	spin_lock(&sbi->lock);
	VM_BUG_ON(sbi->used_blocks < (unsigned long)pages);
	VM_BUG_ON(inode->i_blocks < (unsigned long)pages * BLOCKS_PER_PAGE);
	sbi->used_blocks -= pages;
	inode->i_blocks -= pages * BLOCKS_PER_PAGE;
	spin_unlock(&sbi->lock);
}

/* ---- one page ---- */

/* A new folio at index, locked. -EEXIST: somebody was faster. */
static int shmem_alloc_page(struct inode *inode, pgoff_t index, enum sgp_type sgp,
			    struct folio **folio)
{
	struct address_space *mapping = inode->i_mapping;
	gfp_t gfp = mapping->gfp_mask;
	struct folio *f;
	int err;

	VM_BUG_ON(sgp == SGP_READ);
	err = shmem_charge(inode, 1);
	if (err)
		return err;
	f = filemap_alloc_folio(sgp == SGP_WRITE ? gfp : gfp | __GFP_ZERO);
	if (!f) {
		err = -ENOMEM;
		goto err_uncharge;
	}
	f->flags |= 1UL << PG_swapbacked | 1UL << PG_dirty;
	if (sgp != SGP_WRITE)
		f->flags |= 1UL << PG_uptodate;
	err = filemap_add_folio(mapping, f, index, gfp);
	if (err)
		goto err_put;
	mod_node_page_state(page_pgdat(&f->page), NR_SHMEM, 1);
	*folio = f;
	return 0;

err_put:
	f->flags &= ~(1UL << PG_swapbacked | 1UL << PG_dirty | 1UL << PG_uptodate);
	folio_put(f);
err_uncharge:
	shmem_free_pages(inode, 1);
	return err;
}

/*
 * The heart of tmpfs: look, and by what is there wait, swap in, make, or say "hole".
 * Every race ends in looking again.
 */
int shmem_get_page(struct inode *inode, pgoff_t index, struct folio **folio, enum sgp_type sgp,
		   bool *major)
{
	struct address_space *mapping = inode->i_mapping;
	struct folio *f;
	int err;

	VM_BUG_ON(!shmem_mapping(mapping));
	do {
		spin_lock(&mapping->i_pages_lock);
		f = xa_load(&mapping->i_pages, index);
		if (likely(f && !xa_is_value(f)))
			folio_get(f);
		spin_unlock(&mapping->i_pages_lock);
		if (CONFIG_MMU && xa_is_value(f)) {
			if (major)
				*major = true;
			err = shmem_swapin(inode, index, f, folio);
		} else if (f) {
			folio_lock(f);
			if (likely(f->mapping == mapping)) {
				*folio = f;
				return 0;
			}
			folio_unlock(f);
			folio_put(f);
			err = -EAGAIN;
		} else if (sgp == SGP_READ) {
			*folio = NULL;
			return 0;
		} else {
			err = shmem_alloc_page(inode, index, sgp, folio);
		}
	} while (err == -EAGAIN || err == -EEXIST);
	return err;
}

/* For callers outside tmpfs. */
int shmem_get_folio(struct inode *inode, pgoff_t index, bool create, struct folio **f)
{
	return shmem_get_page(inode, index, f, create ? SGP_CACHE : SGP_READ, NULL);
}

/* A new page is not zeroed here: write_end knows which part is not overwritten. */
static int shmem_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
			     unsigned int len, struct folio **f)
{
	return shmem_get_page(mapping->host, pos >> PAGE_SHIFT, f, SGP_WRITE, NULL);
}

/* A page that is new gets zeros around what was copied; only then may others see it. */
static int shmem_write_end(struct file *file, loff_t pos, unsigned int len, unsigned int copied,
			   struct folio *f)
{
	struct inode *inode = f->mapping->host;

	VM_BUG_ON(!folio_test(f, PG_locked) || !folio_test(f, PG_swapbacked));
	VM_BUG_ON(copied > len || offset_in_page(pos) + len > PAGE_SIZE);
	if (unlikely(!folio_test(f, PG_uptodate))) {
		unsigned int from = offset_in_page(pos), to = from + copied;

		memset(folio_address(f), 0, from);
		memset(folio_address(f) + to, 0, PAGE_SIZE - to);
		folio_set(f, PG_uptodate);
	}
	if (copied && pos + copied > inode->i_size)
		WRITE_ONCE(inode->i_size, pos + copied);
	if (!folio_test(f, PG_dirty))
		folio_set(f, PG_dirty);
	if (~f->flags & (1UL << PG_referenced | 1UL << PG_active))
		folio_mark_accessed(f);
	folio_unlock(f);
	folio_put(f);
	return copied;
}

/* Without an MMU there is no swap: the page stays. */
static int shmem_writepage(struct folio *f, struct writeback_control *wbc)
{
	if (CONFIG_MMU)
		return shmem_writeout(f);
	folio_mark_dirty(f);
	folio_unlock(f);
	return 0;
}

const struct address_space_operations shmem_aops = {
	.writepage = shmem_writepage,
	.write_begin = shmem_write_begin,
	.write_end = shmem_write_end,
	.dirty_folio = noop_dirty_folio,
};

/* ---- files ---- */

/* Faults come to shmem_fault() (mm/shmem_swap.c). */
static int shmem_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &shmem_vm_ops;
	file_accessed(file);
	return 0;
}

/* There is no disk to be behind. */
static int shmem_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	return 0;
}

/* Whole pages go, mapped or not; parts of pages are zeroed. */
static int shmem_punch_hole(struct inode *inode, loff_t off, loff_t len)
{
	loff_t first = ALIGN(off, PAGE_SIZE), end = ALIGN_DOWN(off + len, PAGE_SIZE);

	VM_BUG_ON(!rwsem_is_locked(&inode->i_rwsem) || len <= 0);
	if (end > first)
		unmap_mapping_range(inode->i_mapping, first, end - first, false);
	truncate_inode_pages_range(inode->i_mapping, off, off + len - 1);
	return 0;
}

/*
 * Pages are really made, so that later writes cannot fail. On failure those behind
 * the old end go again.
 */
static long shmem_fallocate(struct file *file, int mode, loff_t off, loff_t len)
{
	struct inode *inode = file->f_inode;
	pgoff_t index, end = PFN_UP(off + len);
	struct folio *f;
	int err = 0;

	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
		return -EOPNOTSUPP;
	down_write(&inode->i_rwsem);
	if (mode & FALLOC_FL_PUNCH_HOLE) {
		err = shmem_punch_hole(inode, off, len);
		goto out;
	}
	if (!(mode & FALLOC_FL_KEEP_SIZE))
		err = inode_newsize_ok(inode, off + len);
	for (index = off >> PAGE_SHIFT; index < end && !err; index++) {
		err = signal_pending(current) ? -EINTR :
		      shmem_get_page(inode, index, &f, SGP_CACHE, NULL);
		if (err)
			break;
		folio_unlock(f);
		folio_put(f);
		cond_resched();
	}
	if (!err && !(mode & FALLOC_FL_KEEP_SIZE) && off + len > inode->i_size)
		WRITE_ONCE(inode->i_size, off + len);
	if (err && PFN_UP(inode->i_size) < end)
		truncate_inode_pages_range(inode->i_mapping, ALIGN(inode->i_size, PAGE_SIZE), -1);
out:
	inode->i_mtime = inode->i_ctime = current_time_ns();
	up_write(&inode->i_rwsem);
	return err;
}

const struct file_operations shmem_file_operations = {
	.llseek = generic_file_llseek,
	.read_iter = generic_file_read_iter,
	.write_iter = generic_file_write_iter,
	.mmap = shmem_mmap,
	.fsync = shmem_fsync,
	.fallocate = shmem_fallocate,
};

/* ---- inodes ---- */

static struct kmem_cache *shmem_inode_cache;

/* The tmpfs part is around struct inode. */
struct inode *shmem_alloc_inode(struct super_block *sb)
{
	struct shmem_inode_info *info = kmem_cache_zalloc(shmem_inode_cache, GFP_KERNEL);

	if (!info)
		return NULL;
	INIT_LIST_HEAD(&info->swaplist);
	return &info->vfs_inode;
}

/* All pages are gone since shmem_evict_inode(). */
void shmem_free_inode(struct inode *inode)
{
	kfree(SHMEM_I(inode)->link);
	kmem_cache_free(shmem_inode_cache, SHMEM_I(inode));
}

/* Last reference: pages in memory and in swap, charge, inode count. */
void shmem_evict_inode(struct inode *inode)
{
	struct shmem_inode_info *info = SHMEM_I(inode);
	struct shmem_sb_info *sbi = inode->i_sb->s_fs_info;

	truncate_inode_pages_range(inode->i_mapping, 0, -1);
	if (CONFIG_MMU)
		shmem_swap_forget(info);
	VM_BUG_ON(inode->i_mapping->nrpages || sbi->used_inodes == 0);
	VM_BUG_ON(info->swapped || inode->i_blocks);
	if (info->charged)
		vm_unacct_memory(info->charged);
	spin_lock(&sbi->lock);
	sbi->used_inodes--;
	spin_unlock(&sbi->lock);
}

/* Operations by type. */
static void shmem_set_ops(struct inode *inode, dev_t rdev)
{
	switch (inode->i_mode & S_IFMT) {
	case S_IFREG:
		inode->i_op = &shmem_file_iops;
		inode->i_fop = &shmem_file_operations;
		inode->i_mapping->a_ops = &shmem_aops;
		break;
	case S_IFDIR:
		inode->i_op = &shmem_dir_iops;
		inode->i_fop = &shmem_dir_fops;
		inode->i_nlink = 2;
		break;
	case S_IFLNK:
		inode->i_op = &shmem_link_iops;
		break;
	default:
		inode->i_op = &shmem_special_iops;
		init_special_inode(inode, inode->i_mode, rdev);
	}
}

/* A limit reached and no memory are the same to the caller. */
struct inode *shmem_new_inode(struct super_block *sb, umode_t mode, dev_t rdev,
			      unsigned long flags)
{
	struct shmem_sb_info *sbi = sb->s_fs_info;
	struct inode *inode;
	bool full;

	spin_lock(&sbi->lock);
	full = sbi->max_inodes && sbi->used_inodes >= sbi->max_inodes;
	if (!full)
		sbi->used_inodes++;
	spin_unlock(&sbi->lock);
	if (full)
		return NULL;
	inode = new_inode(sb);
	if (!inode) {
		spin_lock(&sbi->lock);
		sbi->used_inodes--;
		spin_unlock(&sbi->lock);
		return NULL;
	}
	inode->i_mode = mode;
	inode->i_ino = get_next_ino();
	inode->i_nlink = 1;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time_ns();
	SHMEM_I(inode)->flags = flags;
	shmem_set_ops(inode, rdev);
	return inode;
}

/* ---- shared anonymous memory ---- */

static struct vfsmount *shm_mnt;

static struct file_system_type shm_fs_type = { .name = "tmpfs", .fill_super = shmem_fill_super };

/*
 * The internal mount holds memfds and shared anonymous memory; it has no limits of
 * its own.
 */
void shmem_init(void)
{
	shmem_inode_cache = kmem_cache_create("shmem_inode_cache", sizeof(struct shmem_inode_info),
					      8, SLAB_RECLAIM_ACCOUNT | SLAB_PANIC, NULL);
	shm_mnt = kern_mount(&shm_fs_type, "size=0,nr_inodes=0");
	BUG_ON(!shm_mnt);
}

/* The file has no name from the start, and goes with its last reference or mapping. */
int shmem_file_setup(const char *name, loff_t size, unsigned long vm_flags, struct file **file)
{
	long pages = PFN_UP(size);
	struct inode *inode;
	struct file *f;

	if (size < 0 || size > shm_mnt->mnt_sb->s_maxbytes)
		return -EINVAL;
	if (!(vm_flags & VM_NORESERVE) && vm_enough_memory(current->mm, pages))
		return -ENOMEM;
	inode = shmem_new_inode(shm_mnt->mnt_sb, S_IFREG | 0777, 0, vm_flags & VM_NORESERVE);
	if (!inode)
		goto err_unacct;
	if (!(vm_flags & VM_NORESERVE))
		SHMEM_I(inode)->charged = pages;
	inode->i_nlink = 0;
	inode->i_size = size;
	f = alloc_file_inode(shm_mnt, inode, name, O_RDWR, &shmem_file_operations);
	if (!f) {
		iput(inode);
		return -ENOMEM;
	}
	*file = f;
	return 0;

err_unacct:
	if (!(vm_flags & VM_NORESERVE))
		vm_unacct_memory(pages);
	return -ENOMEM;
}

/* The file's name is what /proc/PID/maps shows. */
int shmem_zero_setup(struct vm_area_struct *vma)
{
	struct file *file;
	int err = shmem_file_setup("dev/zero", vma->vm_end - vma->vm_start, vma->vm_flags, &file);

	if (err)
		return err;
	if (vma->vm_file)
		fput(vma->vm_file);
	vma->vm_file = file;
	vma->vm_ops = &shmem_vm_ops;
	return 0;
}
