/* SPDX-License-Identifier: MIT */
/*
 * What the files of kernel/fs/proc share.
 *
 * Linux: fs/proc/internal.h.
 */
#pragma once
#include "kernel/fs/fs.h"
#include "kernel/fs/kernfs.h"
#include "lib/errno.h"

/* Every inode of /proc. i_private is the kernfs_node of a fixed one. */
struct proc_inode {
	struct inode vfs_inode;
	struct task_struct *task;	/* below /proc/PID: counted; else NULL */
};

/* proc_symlink() - a link to what make_target() writes at each use. 0 or -ENOMEM. */
int proc_symlink(const char *path,
		 int (*make_target)(struct super_block *sb, char *buf, size_t n));
/* proc_pid_ns() - the namespace whose processes this mount of proc shows. */
static inline struct pid_namespace *proc_pid_ns(const struct super_block *sb)
{
	return sb->s_fs_info;
}
/* proc_create_data() - a file with operations of its own, whose node has data. */
int proc_create_data(const char *path, umode_t mode, const struct inode_operations *iop,
		     const struct file_operations *fop, const void *data);

/* ---- process directories (base.c) ---- */
/* proc_pid_lookup(), proc_pid_iterate() - numbers in /proc itself. */
int proc_pid_lookup(struct inode *dir, struct dentry *dentry);
int proc_pid_iterate(struct file *f, struct dir_context *ctx, loff_t base);

/*
 * Inode numbers below /proc/PID are computed, not handed out: a directory that is
 * looked up again must not look like another one to find(1). Each process and each
 * thread has 2^22 of them, for itself, its files, and its descriptors, twice.
 */
#define PROC_INO_SHIFT		22
#define PROC_INO_PROCESS	(1UL << 40)
#define PROC_INO_THREAD		(2UL << 40)
#define PROC_INO_ENTRY		1UL		/* + place in the table */
#define PROC_INO_NS		512UL		/* + place in /proc/PID/ns */
#define PROC_INO_FD		1024UL		/* + descriptor, less than 2^20 */
#define PROC_INO_FDINFO		(2UL << 20)	/* the same */
/* proc_ino() - number nr of the process or thread that ino belongs to. */
static inline u64 proc_ino(u64 ino, unsigned long nr)
{
	return ino >> PROC_INO_SHIFT << PROC_INO_SHIFT | nr;
}

static inline struct task_struct *proc_task(const struct inode *inode)
{
	return container_of(inode, struct proc_inode, vfs_inode)->task;
}
/* proc_task_alive() - -ESRCH once it has been reaped. */
static inline int proc_task_alive(const struct task_struct *t)
{
	return READ_ONCE(t->exit_state) == EXIT_DEAD ? -ESRCH : 0;
}

/* What a name below /proc/PID is. */
struct proc_task_kind {
	umode_t mode;
	u64 ino;
	const struct inode_operations *iop;
	const struct file_operations *fop;
	loff_t size;			/* 64 for descriptors, as Linux says; else 0 */
};
/* proc_add_task_inode() - finish a lookup; the inode counts a reference to t. 0, -ENOMEM. */
int __must_check proc_add_task_inode(struct dentry *dentry, struct task_struct *t,
				     const struct proc_task_kind *kind);

/* namespaces.c */
extern const struct inode_operations proc_ns_iops;
extern const struct file_operations proc_ns_fops;
/* fd.c */
extern const struct inode_operations proc_fd_iops;
extern const struct file_operations proc_fd_fops;
extern const struct inode_operations proc_fdinfo_iops;
extern const struct file_operations proc_fdinfo_fops;

/* Show functions of files in /proc/PID; m->private is the task. */
int proc_pid_stat(struct seq_file *m, void *v);
int proc_tid_stat(struct seq_file *m, void *v);
int proc_pid_statm(struct seq_file *m, void *v);
int proc_pid_status(struct seq_file *m, void *v);
int proc_pid_maps(struct seq_file *m, void *v);
int proc_pid_smaps(struct seq_file *m, void *v);
int proc_pid_smaps_rollup(struct seq_file *m, void *v);
int proc_pid_limits(struct seq_file *m, void *v);
int proc_pid_cmdline(struct seq_file *m, void *v);
int proc_pid_environ(struct seq_file *m, void *v);
int proc_pid_auxv(struct seq_file *m, void *v);
int proc_pid_comm(struct seq_file *m, void *v);
int proc_pid_oom_score(struct seq_file *m, void *v);
int proc_pid_oom_score_adj(struct seq_file *m, void *v);
int proc_pid_io(struct seq_file *m, void *v);
int proc_tid_io(struct seq_file *m, void *v);
int proc_pid_numa_maps(struct seq_file *m, void *v);
int proc_pid_schedstat(struct seq_file *m, void *v);
int proc_pid_stack(struct seq_file *m, void *v);
int proc_pid_syscall(struct seq_file *m, void *v);
int proc_pid_personality(struct seq_file *m, void *v);
int proc_tid_children(struct seq_file *m, void *v);
int proc_pid_oom_adj(struct seq_file *m, void *v);
int proc_pid_wchan(struct seq_file *m, void *v);
int proc_mounts_show(struct seq_file *m, void *v);
int proc_mountinfo_show(struct seq_file *m, void *v);
int proc_oom_score_adj_write(struct task_struct *t, char *text);	/* text may be changed */
int proc_comm_write(struct task_struct *t, char *text);
extern const struct file_operations proc_pagemap_fops;
/* vma_name() - what /proc/PID/maps shows for a mapping without a file, or NULL. */
const char *vma_name(struct vm_area_struct *vma);

/* The 17 figures of a disk, as in /proc/diskstats and /sys/block/X/stat (devices.c). */
struct block_device;
#define DISK_STATS	17
void disk_stats(struct block_device *b, unsigned long stats[DISK_STATS]);

/* Registration of the fixed files, one function a source file. => boot, may sleep. */
void proc_meminfo_init(void);
void proc_zoneinfo_init(void);
void proc_mm_init(void);
void proc_stat_init(void);
void proc_irqs_init(void);
void proc_iomem_init(void);
void proc_misc_init(void);
void proc_devices_init(void);
void proc_sysctl_init(void);
