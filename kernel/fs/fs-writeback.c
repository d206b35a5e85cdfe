/* SPDX-License-Identifier: MIT */
/*
 * Dirty inodes, and the flusher: the thread that writes them.
 *
 * The flusher has three reasons to work:
 *
 *	more pages are dirty than the background threshold	until it is less
 *	every dirty_writeback_centisecs				inodes that have been dirty
 *								for dirty_expire_centisecs
 *	reclaim meets dirty pages (wakeup_flusher(true))	all there is
 *
 * It takes the inodes in the order in which they became dirty, and of each 4 MiB at a time, so
 * that a large file does not keep a small one waiting. It has PF_MEMALLOC: it makes memory
 * free, so it may use the reserves, and it never waits for reclaim, which may wait for it.
 *
 * Invariants: I_DIRTY is set if and only if the inode is in dirty_inodes. While an inode has
 * a dirty page, I_DIRTY or I_SYNC is set: who writes it clears I_DIRTY first, and at the end
 * puts it back into the list if dirty pages are left (others had locked them).
 *
 * Races, and what closes them:
 *  - An inode is marked dirty while it is being written. The page's mark comes first, then
 *    I_DIRTY is looked at; the writer clears I_DIRTY first, then looks for marks. A full
 *    barrier on both sides: one of them sees the other.
 *  - sync(2) while the flusher has taken an inode off the list: I_SYNC says so, and sync waits.
 *  - The last mount goes while the flusher holds an inode: flusher_sb says which file system
 *    it is at; flusher_leave_sb() waits. An inode of a file system without mounts is not taken.
 *  - The last reference goes while the flusher holds one: then the flusher's is the last.
 *
 * Locks: dirty_lock for the list, I_DIRTY, I_SYNC and flusher_sb; nothing is held while writing.
 *
 * Linux: fs/fs-writeback.c, mm/backing-dev.c. Differs: one thread for all devices (Linux: one
 * for each); an inode's pages and its own data have one flag.
 */
#include <asm/barrier.h>
#include "kernel/fs/internal.h"
#include "kernel/kthread.h"
#include "kernel/printk.h"
#include "mm/writeback.h"

#define WRITEBACK_CHUNK	1024		/* pages of one inode before the next has its turn */

static DEFINE_SPINLOCK(dirty_lock, RANK_DIRTY);
static LIST_HEAD(dirty_inodes);			/* inode->i_io_list */
static unsigned long nr_dirty_inodes;
static struct super_block *flusher_sb;		/* whose inode the flusher holds */
static DECLARE_WAIT_QUEUE_HEAD(inode_sync_wait);	/* an I_SYNC or flusher_sb was cleared */

static DECLARE_WAIT_QUEUE_HEAD(flusher_wait);
static unsigned int flush_background, flush_all;	/* requests; the flusher clears them */

/* ---- the list ---- */

static void set_state(struct inode *inode, unsigned int bits)
{
	__atomic_fetch_or(&inode->i_state, bits, __ATOMIC_SEQ_CST);
}

static void clear_state(struct inode *inode, unsigned int bits)
{
	__atomic_fetch_and(&inode->i_state, ~bits, __ATOMIC_SEQ_CST);
}

/* => dirty_lock. */
static void list_dirty(struct inode *inode, unsigned long when)
{
	VM_BUG_ON(inode->i_state & I_DIRTY);
	set_state(inode, I_DIRTY);
	inode->i_dirtied_when = when;
	list_add_tail(&inode->i_io_list, &dirty_inodes);
	nr_dirty_inodes++;
}

/* => dirty_lock. */
static void unlist_dirty(struct inode *inode)
{
	if (!(inode->i_state & I_DIRTY))
		return;
	clear_state(inode, I_DIRTY);
	list_del_init(&inode->i_io_list);
	nr_dirty_inodes--;
}

/*
 * Any context but interrupts. The first test without the lock is what most calls end with;
 * the barrier before it is the one of the first race above.
 */
void mark_inode_dirty(struct inode *inode)
{
	bool first = false;

	if (!inode->i_sb->s_op->write_inode)
		return;
	mb();
	if (READ_ONCE(inode->i_state) & (I_DIRTY | I_FREEING))
		return;
	VM_BUG_ON(!atomic_read(&inode->i_count));
	spin_lock(&dirty_lock);
	if (!(inode->i_state & (I_DIRTY | I_FREEING))) {
		first = !nr_dirty_inodes;
		list_dirty(inode, jiffies);
	}
	spin_unlock(&dirty_lock);
	/* With nothing dirty it sleeps without a time limit. */
	if (first)
		wake_up(&flusher_wait);
}

/* I_FREEING set here keeps it from coming back. */
void inode_io_list_del(struct inode *inode)
{
	spin_lock(&dirty_lock);
	VM_BUG_ON(inode->i_state & I_SYNC);
	set_state(inode, I_FREEING);
	unlist_dirty(inode);
	spin_unlock(&dirty_lock);
}

/* ---- one inode ---- */

/* What the list said of an inode before somebody took it to write it. */
struct inode_sync {
	bool was_dirty;
	unsigned long when;
};

/* From the list into the hands of the caller. false: somebody else writes it. => dirty_lock. */
static bool begin_sync(struct inode *inode, struct inode_sync *is)
{
	if (inode->i_state & I_SYNC)
		return false;
	is->was_dirty = inode->i_state & I_DIRTY;
	is->when = inode->i_dirtied_when;
	unlist_dirty(inode);
	set_state(inode, I_SYNC);
	return true;
}

/* The reverse. Pages may be left that became dirty before: their inode must stay in sight. */
static void end_sync(struct inode *inode, const struct inode_sync *is)
{
	bool left = mapping_marked(inode->i_mapping, PAGECACHE_TAG_DIRTY);

	spin_lock(&dirty_lock);
	clear_state(inode, I_SYNC);
	if (left && !(inode->i_state & (I_DIRTY | I_FREEING)))
		list_dirty(inode, is->when);
	spin_unlock(&dirty_lock);
	wake_up_all(&inode_sync_wait);
}

/* => I_SYNC is ours. Data first, then what says where they are. */
static int write_inode_and_pages(struct inode *inode, struct writeback_control *wbc,
				 const struct inode_sync *is)
{
	bool wait = wbc->sync_mode == WB_SYNC_ALL;
	int err = write_cache_pages(inode->i_mapping, wbc), err2 = 0;

	if (wait)
		filemap_fdatawait_range(inode->i_mapping, 0, -1);
	if (is->was_dirty && inode->i_sb->s_op->write_inode)
		err2 = inode->i_sb->s_op->write_inode(inode, wait);
	return err ? err : err2;
}

static bool try_begin_sync(struct inode *inode, struct inode_sync *is)
{
	bool ok;

	spin_lock(&dirty_lock);
	ok = begin_sync(inode, is);
	spin_unlock(&dirty_lock);
	return ok;
}

/* wait: until everything is on the disk that was dirty or on its way before. */
static int writeback_single_inode(struct inode *inode, bool wait)
{
	struct writeback_control wbc = {
		.sync_mode = wait ? WB_SYNC_ALL : WB_SYNC_NONE,
		.nr_to_write = LONG_MAX, .end = ULONG_MAX,
	};
	struct inode_sync is = { 0 };
	int err;

	if (wait)
		wait_event(inode_sync_wait, try_begin_sync(inode, &is));
	else if (!try_begin_sync(inode, &is))
		return 0;
	err = write_inode_and_pages(inode, &wbc, &is);
	end_sync(inode, &is);
	return err;
}

/* For iput(): the inode must not go while it is dirty. Memory may come free: another try then. */
int inode_write_now(struct inode *inode)
{
	int err = writeback_single_inode(inode, true);

	if (err == -ENOMEM)
		schedule_timeout_uninterruptible(1);
	return err;
}

/* ---- all inodes of a file system ---- */

struct sync_work {
	bool wait;
	int err;		/* the first */
};

/* Under writeback counts as well: the pages are not on the disk yet. */
static bool needs_sync(struct inode *inode)
{
	if (READ_ONCE(inode->i_state) & (I_DIRTY | I_SYNC))
		return true;
	return READ_ONCE(inode->i_data.nrpages) &&
	       mapping_marked(&inode->i_data, PAGECACHE_TAG_WRITEBACK);
}

static void sync_one_inode(struct inode *inode, void *arg)
{
	struct sync_work *work = arg;
	int err = writeback_single_inode(inode, work->wait);

	if (err && !work->err)
		work->err = err;
}

int sync_inodes(struct super_block *sb, bool wait)
{
	struct sync_work work = { .wait = wait };

	if (sb->s_op->write_inode)
		sb_for_each_inode(sb, needs_sync, sync_one_inode, &work);
	return work.err;
}

/* ---- the flusher ---- */

/* One run: which inodes, and when it may stop. */
struct flush_work {
	unsigned long dirtied_before;	/* jiffies: those that became dirty then or earlier */
	bool background;		/* until fewer are dirty than the threshold */
};

/* The first in the list that the run wants, with a reference, and I_SYNC ours. */
static struct inode *take_inode(const struct flush_work *work, struct inode_sync *is)
{
	struct inode *inode, *found = NULL;

	spin_lock(&dirty_lock);
	list_for_each_entry(inode, &dirty_inodes, i_io_list) {
		if (time_after(inode->i_dirtied_when, work->dirtied_before) ||
		    !atomic_read(&inode->i_sb->s_active))
			continue;
		if ((inode->i_state & I_SYNC) || !atomic_inc_not_zero(&inode->i_count))
			continue;
		(void)begin_sync(inode, is);
		flusher_sb = inode->i_sb;
		found = inode;
		break;
	}
	spin_unlock(&dirty_lock);
	return found;
}

/* The last thing that is done with the file system. */
static void put_inode(struct inode *inode)
{
	iput(inode);
	spin_lock(&dirty_lock);
	flusher_sb = NULL;
	spin_unlock(&dirty_lock);
	wake_up_all(&inode_sync_wait);
}

static bool flusher_is_at(const struct super_block *sb)
{
	bool is;

	spin_lock(&dirty_lock);
	is = flusher_sb == sb;
	spin_unlock(&dirty_lock);
	return is;
}

void flusher_leave_sb(struct super_block *sb)
{
	VM_BUG_ON(atomic_read(&sb->s_active));
	wait_event(inode_sync_wait, !flusher_is_at(sb));
}

/* The next inode of the run. => pages written; -1: there is none. */
static long flush_one_inode(const struct flush_work *work)
{
	struct writeback_control wbc = {
		.sync_mode = WB_SYNC_NONE, .nr_to_write = WRITEBACK_CHUNK,
		.end = ULONG_MAX, .range_cyclic = true,
	};
	struct inode_sync is = { 0 };
	struct inode *inode = take_inode(work, &is);

	if (!inode)
		return -1;
	(void)!write_inode_and_pages(inode, &wbc, &is);
	end_sync(inode, &is);
	put_inode(inode);
	return WRITEBACK_CHUNK - wbc.nr_to_write;
}

/*
 * Round after round through the list until the run's end is reached, or a whole round could
 * write nothing (others have the pages locked).
 */
static void flush(const struct flush_work *work)
{
	long wrote, round;

	do {
		unsigned long left = READ_ONCE(nr_dirty_inodes);

		for (round = 0; left; left--) {
			if (work->background && !over_background_thresh())
				return;
			wrote = flush_one_inode(work);
			if (wrote < 0)
				return;
			round += wrote;
			cond_resched();
		}
	} while (round);
}

/* Jiffies until the old inodes are due, 0: now. `last`: when they were last looked for. */
static long time_to_kupdate(unsigned long last)
{
	long interval = (long)READ_ONCE(dirty_writeback_centisecs) * HZ / 100;
	long passed = jiffies - last;

	/* 0 turns it off. With nothing dirty there is nothing to wait for. */
	if (interval <= 0 || !READ_ONCE(nr_dirty_inodes))
		return MAX_SCHEDULE_TIMEOUT;
	return passed < interval ? interval - passed : 0;
}

static bool flusher_requested(void)
{
	return READ_ONCE(flush_background) || READ_ONCE(flush_all);
}

/* Asked again after each wake-up: knobs and the list may have changed. */
static void flusher_sleep(unsigned long last)
{
	DEFINE_WAIT(wait);
	long timeout;

	prepare_to_wait(&flusher_wait, &wait, TASK_INTERRUPTIBLE);
	timeout = time_to_kupdate(last);
	if (!flusher_requested() && timeout)
		schedule_timeout(timeout);
	finish_wait(&flusher_wait, &wait);
}

static void flush_down_to_background(void)
{
	struct flush_work work = { .background = true };

	while (over_background_thresh()) {
		work.dirtied_before = jiffies;
		flush(&work);
		/* All is on its way, or locked: until something changes. */
		if (over_background_thresh())
			writeback_wait(HZ / 20);
	}
}

static int flusher(void *unused)
{
	unsigned long last = jiffies;
	struct flush_work work = { 0 };

	current->flags |= PF_MEMALLOC;
	for (;;) {
		flusher_sleep(last);
		if (__atomic_exchange_n(&flush_all, 0, __ATOMIC_SEQ_CST)) {
			work.dirtied_before = jiffies;
			flush(&work);
		}
		if (__atomic_exchange_n(&flush_background, 0, __ATOMIC_SEQ_CST))
			flush_down_to_background();
		if (!time_to_kupdate(last)) {
			last = jiffies;
			work.dirtied_before = last - (long)dirty_expire_centisecs * HZ / 100;
			flush(&work);
		}
	}
	return 0;
}

void wakeup_flusher(bool all)
{
	unsigned int *request = all ? &flush_all : &flush_background;

	if (READ_ONCE(*request))
		return;
	WRITE_ONCE(*request, 1);
	wake_up(&flusher_wait);
}

void flusher_init(void)
{
	if (!kthread_run(flusher, NULL, "writeback"))
		pr_err("Failed to start the flusher: dirty pages wait for sync\n");
}
