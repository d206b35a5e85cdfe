/* SPDX-License-Identifier: MIT */
/*
 * What namespace.c (one tree of mounts) and mnt_namespace.c (many trees) share.
 *
 * Linux: fs/mount.h.
 */
#pragma once
#include "kernel/fs/fs.h"
#include "kernel/lock/rwsem.h"
#include "kernel/nsproxy.h"

struct mnt_namespace {
	struct ns_common ns;
	struct vfsmount *root;			/* its mnt_parent is itself */
	struct list_head list;			/* (namespace_sem, mount_lock) vfsmount.mnt_list */
	long seq;				/* later ones have a higher number */
};

extern struct rw_semaphore namespace_sem;

/* All: => namespace_sem held for write. */
/* clone_mnt() - a mount of root, of the same file system; in no tree yet. NULL: no memory. */
struct vfsmount *clone_mnt(const struct vfsmount *old, struct dentry *root);
/*
 * mnt_ns_loop() - is inode the file of a mount namespace that must not be mounted in ns? One holds
 * only later ones, or two could hold each other, and all their mounts, for ever.
 */
bool mnt_ns_loop(const struct inode *inode, const struct mnt_namespace *ns);
/* attach_mnt() - onto *path, in its namespace. attach_root() - as the top of a tree. */
void attach_mnt(struct vfsmount *mnt, const struct path *path);
void attach_root(struct vfsmount *mnt, struct mnt_namespace *ns);
/* detach_mnt() - out of its tree; *covered is what it was on, its counts now the caller's. */
void detach_mnt(struct vfsmount *mnt, struct path *covered);
/*
 * copy_mounts_below() - `top` shows the tree of `from` at `below`: mount there what is mounted
 * below it. Leaves copies in mnt_copy. 0 or -ENOMEM, with some of it mounted.
 */
int __must_check copy_mounts_below(struct vfsmount *from, struct dentry *below,
				   struct vfsmount *top);
/* init_mnt_ns_init() - the first namespace, of the first root. => boot. */
void init_mnt_ns_init(struct vfsmount *root);
