/* SPDX-License-Identifier: MIT */
/*
 * Inodes: their life, the table of those that have a number on a disk, times.
 *
 * An inode lives while i_count > 0. The last iput() writes it if it is dirty
 * and still has a name, lets the file system free what it must (evict), and
 * frees the memory. Names that are in use or cached (dentries) hold a count, so
 * there is no separate cache of inodes.
 *
 * Invariant: i_count goes from 0 to 1 never, and 1 to 0 only under
 * inode_hash_lock; then I_FREEING is set. So what iget_locked() finds in the table is
 * alive or being evicted; and an inode is read from the disk again only when the
 * one before it has written all it had, and has given back its number if it was to.
 *
 * Locks: inode_hash_lock: table, s_inodes of all file systems.
 *
 * Linux: fs/inode.c. Differs: no LRU of unused inodes: the dentries' serves.
 */
#include <asm/barrier.h>
#include "kernel/fs/internal.h"
#include "lib/hash.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "mm/writeback.h"

#define INODE_HASH_BITS	9
static struct hlist_head inode_hashtable[1 << INODE_HASH_BITS];
static DEFINE_SPINLOCK(inode_hash_lock, RANK_INODE_HASH);
static DECLARE_WAIT_QUEUE_HEAD(inode_new_wait);		/* I_NEW to go, or an inode evicted */
static u64 evictions;			/* (inode_hash_lock) inodes with a number that went */
static struct kmem_cache *inode_cache;
static atomic_long_t nr_inodes;

/* For file systems that need nothing beside struct inode. */
void inode_init(void)
{
	inode_cache = kmem_cache_create("inode_cache", sizeof(struct inode), 8,
					SLAB_RECLAIM_ACCOUNT | SLAB_PANIC, NULL);
}

unsigned long get_nr_inodes(void)
{
	return atomic_long_read(&nr_inodes);
}

/*
 * The time of the last tick: reading the clock for each read(2) would cost more
 * than the rest of the book-keeping. Two harts may both refresh it: to the same.
 */
u64 current_time_ns(void)
{
	static u64 coarse, coarse_tick = ~0UL;
	unsigned long now = jiffies;

	if (unlikely(READ_ONCE(coarse_tick) != now)) {
		WRITE_ONCE(coarse, ktime_get_real());
		smp_store_release(&coarse_tick, now);
	}
	return READ_ONCE(coarse);
}

/* Numbers for inodes that have none on a disk; never reused. */
u64 get_next_ino(void)
{
	static u64 last = 1;

	return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

/* Memory and the parts every inode has; in no list yet. */
static struct inode *alloc_inode(struct super_block *sb)
{
	struct inode *inode = sb->s_op->alloc_inode ? sb->s_op->alloc_inode(sb) :
			      kmem_cache_zalloc(inode_cache, GFP_KERNEL);

	if (!inode)
		return NULL;
	atomic_long_inc(&nr_inodes);
	inode->i_sb = sb;
	atomic_set(&inode->i_count, 1);
	init_rwsem(&inode->i_rwsem, RANK_INODE, "i_rwsem");
	address_space_init(&inode->i_data, inode, NULL);
	inode->i_mapping = &inode->i_data;
	INIT_LIST_HEAD(&inode->i_io_list);
	INIT_HLIST_NODE(&inode->i_hash);
	return inode;
}

/* To the cache it came from. */
static void free_inode(struct inode *inode)
{
	atomic_long_dec(&nr_inodes);
	if (inode->i_sb->s_op->free_inode)
		inode->i_sb->s_op->free_inode(inode);
	else
		kmem_cache_free(inode_cache, inode);
}

/*
 * For memory file systems and for files just created: in the file system's list, not
 * in the table.
 */
struct inode *new_inode(struct super_block *sb)
{
	struct inode *inode = alloc_inode(sb);

	if (!inode)
		return NULL;
	spin_lock(&inode_hash_lock);
	list_add(&inode->i_sb_list, &sb->s_inodes);
	spin_unlock(&inode_hash_lock);
	return inode;
}

/* ---- inodes by number ---- */

/* Numbers repeat between file systems, so both are hashed. */
static struct hlist_head *inode_bucket(struct super_block *sb, u64 ino)
{
	return &inode_hashtable[hash_64(hash_combine((unsigned long)sb, ino), INODE_HASH_BITS)];
}

/* => inode_hash_lock. */
static struct inode *find_inode(struct super_block *sb, u64 ino)
{
	struct inode *inode;

	hlist_for_each_entry(inode, inode_bucket(sb, ino), i_hash) {
		if (inode->i_ino == ino && inode->i_sb == sb)
			return inode;
	}
	return NULL;
}

/*
 * => inode_hash_lock. The same as find_inode(), counted; one that is being evicted is
 * waited for. May drop the lock and take it again.
 */
static struct inode *find_inode_get(struct super_block *sb, u64 ino)
	__requires(&inode_hash_lock)
{
	struct inode *inode;

	while ((inode = find_inode(sb, ino)) && !atomic_inc_not_zero(&inode->i_count)) {
		u64 before = evictions;

		spin_unlock(&inode_hash_lock);
		wait_event(inode_new_wait, READ_ONCE(evictions) != before);
		spin_lock(&inode_hash_lock);
	}
	return inode;
}

/*
 * Who finds I_NEW set must fill the inode; others wait until it is cleared, and then
 * check that it was filled well.
 */
int iget_locked(struct super_block *sb, u64 ino, struct inode **result)
{
	struct inode *inode, *fresh = NULL;

	spin_lock(&inode_hash_lock);
	inode = find_inode_get(sb, ino);
	if (!inode) {
		spin_unlock(&inode_hash_lock);
		fresh = alloc_inode(sb);
		if (!fresh)
			return -ENOMEM;
		spin_lock(&inode_hash_lock);
		inode = find_inode_get(sb, ino);
	}
	if (inode) {
		spin_unlock(&inode_hash_lock);
		if (fresh)
			free_inode(fresh);
		wait_event(inode_new_wait, !(READ_ONCE(inode->i_state) & I_NEW));
	} else {
		inode = fresh;
		inode->i_ino = ino;
		inode->i_state = I_NEW;
		hlist_add_head(&inode->i_hash, inode_bucket(sb, ino));
		list_add(&inode->i_sb_list, &sb->s_inodes);
		spin_unlock(&inode_hash_lock);
	}
	*result = inode;
	return 0;
}

/* Filled, or found to be bad: whoever waited looks at it now. */
void unlock_new_inode(struct inode *inode)
{
	__atomic_fetch_and(&inode->i_state, ~I_NEW, __ATOMIC_SEQ_CST);
	wake_up_all(&inode_new_wait);
}

/* ---- the end ---- */

/* The end: nobody has a reference, no mapping exists, no write is under way. */
static void evict(struct inode *inode)
{
	inode_io_list_del(inode);
	if (inode->i_sb->s_op->evict_inode)
		inode->i_sb->s_op->evict_inode(inode);
	else
		truncate_inode_pages_range(&inode->i_data, 0, -1);
	BUG_ON(inode->i_data.nrpages);
	VM_BUG_ON(!list_empty(&inode->i_data.i_mmap) || !xa_empty(&inode->i_data.i_pages));
	if (!hlist_unhashed(&inode->i_hash)) {
		spin_lock(&inode_hash_lock);
		hlist_del_init(&inode->i_hash);
		evictions++;
		spin_unlock(&inode_hash_lock);
		wake_up_all(&inode_new_wait);
	}
	free_inode(inode);
}

/*
 * A dirty inode is written before its last count goes, and then it all starts over:
 * meanwhile somebody may have found it in the table.
 */
void iput(struct inode *inode)
{
	if (!inode)
		return;
	while (!dec_unless_last(&inode->i_count)) {
		bool dirty;

		spin_lock(&inode_hash_lock);
		dirty = (inode->i_state & I_DIRTY) && inode->i_nlink;
		if (!dirty && atomic_dec_and_test(&inode->i_count)) {
			list_del(&inode->i_sb_list);
			spin_unlock(&inode_hash_lock);
			evict(inode);
			return;
		}
		spin_unlock(&inode_hash_lock);
		if (!dirty)
			return;
		/* Still in the table meanwhile: nobody reads an old copy from the disk. */
		inode_write_now(inode);
	}
}

/* The inode we are at is held, so its place in the list stays while the lock is dropped. */
void sb_for_each_inode(struct super_block *sb, bool (*want)(struct inode *inode),
		       void (*fn)(struct inode *inode, void *arg), void *arg)
{
	struct inode *inode, *prev = NULL;

	spin_lock(&inode_hash_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list) {
		if (!want(inode))
			continue;
		ihold(inode);
		spin_unlock(&inode_hash_lock);
		iput(prev);
		prev = inode;
		fn(inode, arg);
		spin_lock(&inode_hash_lock);
	}
	spin_unlock(&inode_hash_lock);
	iput(prev);
}

static bool has_pages(struct inode *inode)
{
	return READ_ONCE(inode->i_data.nrpages);
}

static void invalidate_inode_pages(struct inode *inode, void *arg)
{
	invalidate_mapping_pages(&inode->i_data, 0, ULONG_MAX);
}

void sb_invalidate_pages(struct super_block *sb)
{
	sb_for_each_inode(sb, has_pages, invalidate_inode_pages, NULL);
}

/* => nobody begins to write meanwhile: s_readonly_remount is set, and open looks at it again. */
bool sb_has_writers(struct super_block *sb)
{
	struct inode *inode;
	bool found = false;

	spin_lock(&inode_hash_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list) {
		found = atomic_read(&inode->i_writecount) > 0 || !inode->i_nlink;
		if (found)
			break;
	}
	spin_unlock(&inode_hash_lock);
	return found;
}

/* ---- times ---- */

/* As mount option relatime: only if it was older than the last change, or than a day. */
void file_accessed(struct file *file)
{
	struct inode *inode = file->f_inode;
	u64 atime = inode->i_atime, now;

	if (likely(atime > inode->i_mtime && atime > inode->i_ctime)) {
		now = current_time_ns();
		if (likely(now - atime < 86400 * NSEC_PER_SEC))
			return;
	}
	if ((file->f_flags & O_NOATIME) || mnt_want_write(file->f_path.mnt))
		return;
	inode->i_atime = current_time_ns();
	mark_inode_dirty(inode);
}

/* Called for each write: within one tick the time is the same, and nothing is done. */
void file_update_time(struct file *file)
{
	struct inode *inode = file->f_inode;
	u64 now = current_time_ns();

	if (inode->i_mtime == now && inode->i_ctime == now)
		return;
	inode->i_mtime = inode->i_ctime = now;
	mark_inode_dirty(inode);
}

/* ---- kinds ---- */

/* The operations of these are the same in every file system. */
void init_special_inode(struct inode *inode, umode_t mode, dev_t rdev)
{
	inode->i_mode = mode;
	if (S_ISCHR(mode) || S_ISBLK(mode))
		inode->i_rdev = rdev;
	if (S_ISCHR(mode))
		inode->i_fop = &def_chr_fops;
	else if (S_ISBLK(mode))
		inode->i_fop = &def_blk_fops;
	else if (S_ISFIFO(mode))
		inode->i_fop = &fifo_fops;
}

/* What a file system does with the attributes it accepts. => i_rwsem for writing. */
void setattr_copy(struct inode *inode, const struct iattr *attr)
{
	if (attr->valid & ATTR_UID)
		inode->i_uid = attr->uid;
	if (attr->valid & ATTR_GID)
		inode->i_gid = attr->gid;
	if (attr->valid & ATTR_MODE)
		inode->i_mode = (inode->i_mode & S_IFMT) | (attr->mode & 07777);
	if (attr->valid & ATTR_ATIME)
		inode->i_atime = attr->atime;
	if (attr->valid & ATTR_MTIME)
		inode->i_mtime = attr->mtime;
	inode->i_ctime = attr->valid & ATTR_CTIME ? attr->ctime : current_time_ns();
	mark_inode_dirty(inode);
}
