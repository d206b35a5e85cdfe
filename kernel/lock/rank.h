/* SPDX-License-Identifier: MIT */
/*
 * The lock order, as text and as run-time check: a task or hart may only take
 * a lock of a HIGHER rank than all it holds. Same rank twice is an error
 * unless the second is taken by a *_nested call (parent before child
 * directory, lower mm address first at fork, two run queues by hart number).
 *
 * Debug builds (CONFIG_LOCK_RANK) keep the stack of held locks in the task and
 * panic with both names and call sites.
 *
 * Linux: lockdep; the tree at the top of mm/rmap.c. Differs: a fixed order.
 */
#pragma once

enum lock_rank {
	/* ---- these may sleep ---- */
	RANK_FILE_POS,		/* file->f_pos_lock: read and write at the file's position */
	RANK_SEQ,		/* seq_file: the text of one open /proc file */
	RANK_SB,		/* mount table; super_block: mount, umount, sync */
	RANK_RENAME,		/* renames between directories of one file system */
	RANK_DIR,		/* inode->i_rwsem of a directory (parent, then child nested) */
	RANK_INODE,		/* inode->i_rwsem of a file: write, truncate */
	RANK_TTY,		/* tty->lock: termios and line editing */
	RANK_PIPE,		/* pipe->mutex */
	RANK_PROC,		/* sysctl and other /proc writes */
	RANK_SWAPON,		/* swapon/swapoff one at a time */
	RANK_EPOLL,		/* all epoll sets; events are stored under it */
	RANK_MMAP_LOCK,		/* mm->mmap_lock (fork: parent, then child nested) */
	RANK_EXT2_MAP,		/* map_sem of an ext2 inode: which block is where */
	RANK_EXT2_ALLOC,	/* ext2's bitmaps of free blocks and inodes */
	RANK_OOM,		/* oom_lock */
	RANK_SLAB_MUTEX,	/* list of caches */
	/* ---- spinlocks: no sleeping below this line ---- */
	RANK_SPIN,
	RANK_FILES,		/* files_struct, fs_struct */
	RANK_MOUNT,		/* mount tree */
	RANK_DCACHE,		/* dentry hash, names, children */
	RANK_INODE_HASH,	/* inode tables, i_lock, sb lists */
	RANK_RMAP,		/* anon_vma->lock, mapping->i_mmap_lock */
	RANK_PTL,		/* mm->page_table_lock (fork, mremap: nested) */
	RANK_MMLIST,		/* mmlist_lock */
	RANK_SWAP,		/* swap_info->lock: slot counts */
	RANK_I_PAGES,		/* mapping->i_pages_lock */
	RANK_DIRTY,		/* list of inodes with dirty pages */
	RANK_LRU,		/* lruvec->lru_lock */
	RANK_VMALLOC,		/* vmap areas */
	RANK_FUTEX,		/* futex hash bucket (nested by address) */
	RANK_TASKLIST,		/* tasklist_lock: families, pid table; irq-safe (tty: ^C) */
	RANK_SIGHAND,		/* sighand->siglock; irq-safe */
	RANK_TIMER,		/* hrtimer base; irq-safe */
	RANK_BLK,		/* block device queue; irq-safe */
	RANK_LDISC,		/* tty input and line editing; irq-safe */
	RANK_WAITQ,		/* wait_queue_head->lock; irq-safe */
	RANK_EPOLL_READY,	/* ready list, waiters of an epoll set; irq-safe */
	RANK_PI,		/* task->pi_lock: wakeups of one task; irq-safe */
	RANK_RQ,		/* run queue (two: nested by hart); irq-safe */
	RANK_SLAB,		/* kmem_cache node lists; irq-safe */
	RANK_ZONE,		/* zone->lock; irq-safe */
	RANK_CONSOLE,		/* printk: the log and who writes it out; irq-safe */
	RANK_DEVICE,		/* UART and other small devices, last of all; irq-safe */
	NR_LOCK_RANKS
};
