/* SPDX-License-Identifier: MIT */
/*
 * Namespaces: what a process sees of the system's names. A task has an nsproxy with its UTS and
 * mount namespaces and the PID namespace its children will be in; its own PID namespace is
 * task->pid_ns and never changes. The other kinds have one instance each, to look at.
 *
 *	unshare(2)  a new namespace for the caller		clone(2)  for the child
 *	setns(2)    somebody else's, by a file of /proc/PID/ns
 *
 * Linux: include/linux/nsproxy.h, ns_common.h. Differs: one user, group of control groups,
 * network, IPC and time namespace (CLONE_NEW* for those: EINVAL).
 */
#pragma once
#include <asm/atomic.h>
#include "kernel/pid_types.h"
#include "kernel/sched.h"
#include "kernel/uapi/sched.h"

struct ns_common;

/* One kind of namespace. */
struct ns_operations {
	const char *name;			/* in /proc/PID/ns */
	unsigned int type;			/* CLONE_NEW* */
	void (*free)(struct ns_common *ns);	/* the last user has gone; may sleep */
};

struct ns_common {
	atomic_t count;
	unsigned int inum;			/* what tells it from others of its kind */
	const struct ns_operations *ops;
};

#define UTS_LEN	65

struct uts_namespace {
	struct ns_common ns;
	char nodename[UTS_LEN], domainname[UTS_LEN];
};

struct inode;
struct mnt_namespace;

/* Shared by tasks that have never been told apart; never changed once somebody sees it. */
struct nsproxy {
	atomic_t count;
	struct uts_namespace *uts_ns;
	struct mnt_namespace *mnt_ns;
	struct pid_namespace *pid_ns_for_children;
};

extern struct nsproxy init_nsproxy;
extern struct uts_namespace init_uts_ns;
extern const struct ns_operations uts_ns_ops, pid_ns_ops, mnt_ns_ops, user_ns_ops;

/* ns_init() - count 1, a number of its own. */
void ns_init(struct ns_common *ns, const struct ns_operations *ops);
static inline void ns_get(struct ns_common *ns) { atomic_inc(&ns->count); }
/* ns_put() - may sleep if it is the last, unless it is a PID namespace. */
void ns_put(struct ns_common *ns);

static inline struct uts_namespace *current_uts_ns(void)
{
	return current->nsproxy->uts_ns;
}

/* copy_namespaces() - for a child: shared, or new ones as the flags say. 0 or -errno. */
int __must_check copy_namespaces(u64 flags, struct task_struct *p);
/* exit_namespaces() - a task gives its nsproxy up. => may sleep. */
void exit_namespaces(struct task_struct *t);
/*
 * task_ns_get() - the namespace called `name` in /proc/PID/ns, counted; NULL: no such name, or
 * the task has none any more. ns_name() - the names, in order; NULL at the end.
 */
struct ns_common *task_ns_get(struct task_struct *t, const char *name);
const char *ns_name(unsigned int i);
/* user_ns_common() - the one user namespace. */
struct ns_common *user_ns_common(void);

/* kernel/fs/nsfs.c: namespaces as files. */
void nsfs_init(void);
/* ns_get_path() - a path that stands for ns; its count goes with it, also on failure. */
int __must_check ns_get_path(struct ns_common *ns, struct path *path);
/* ns_of_file(), ns_of_inode() - the namespace that a file stands for, or NULL. */
struct ns_common *ns_of_file(const struct file *f);
struct ns_common *ns_of_inode(const struct inode *inode);

/* kernel/fs/mnt_namespace.c */
extern struct mnt_namespace *init_mnt_ns;
struct ns_common *mnt_ns_common(struct mnt_namespace *ns);
struct mnt_namespace *to_mnt_ns(struct ns_common *ns);
/* copy_mnt_ns() - a copy of the caller's mounts; fs's root and pwd move into it. 0, -ENOMEM. */
int __must_check copy_mnt_ns(struct mnt_namespace *old, struct fs_struct *fs,
			     struct mnt_namespace **copy);
/* mnt_ns_enter() - root and pwd become ns's root. => current->fs is not shared. */
void mnt_ns_enter(struct mnt_namespace *ns);
