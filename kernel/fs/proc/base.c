/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID and /proc/PID/task/TID: directories that appear and vanish with
 * their process.
 *
 * Nothing is cached: a dentry here is good only while its task has not been
 * reaped (d_revalidate), and each inode holds a reference to the task_struct,
 * so that an open file can say ESRCH instead of showing another process that
 * got the same number.
 *
 * Three stages of dying are seen from here. An exiting task has no memory and no
 * files any more: maps is empty, fd/ too. A zombie is the same for as long as its
 * parent does not wait. Once it is reaped (EXIT_DEAD), names below it are gone
 * (ENOENT) and what was open before says ESRCH. Any of that may happen between two
 * lines of a function below; what keeps it harmless is that the task_struct, its
 * signal_struct and its sighand live as long as our reference.
 *
 * Locks: tasklist_lock to find tasks and threads; it is never held while an entry
 * is emitted.
 *
 * Linux: fs/proc/base.c. Differs: files are of the process that had the number when
 * they were looked up, also after an execve() by another of its threads.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/pid.h"
#include "kernel/pidfd.h"
#include "kernel/pid_namespace.h"
#include "lib/kstrtox.h"
#include "lib/string.h"
#include "lib/vsprintf.h"
#include "mm/mm.h"

/* One name in a process directory. Exactly one of show, iop and fop says what is behind it. */
struct pid_entry {
	const char *name;
	umode_t mode;
	int (*show)(struct seq_file *m, void *v);
	int (*write)(struct task_struct *t, char *text);	/* 0 or -errno */
	const struct inode_operations *iop;	/* directories and links */
	const struct file_operations *fop;	/* files that are not text */
};

static const struct inode_operations proc_exe_iops, proc_cwd_iops, proc_root_link_iops,
	proc_task_iops, proc_text_iops, proc_pid_dir_iops, proc_tid_dir_iops;
static const struct file_operations proc_task_fops, proc_text_fops, proc_pid_dir_fops;

#define COMMON_ENTRIES							\
	{ "status", S_IFREG | 0444, .show = proc_pid_status },		\
	{ "statm", S_IFREG | 0444, .show = proc_pid_statm },		\
	{ "maps", S_IFREG | 0444, .show = proc_pid_maps },		\
	{ "smaps", S_IFREG | 0444, .show = proc_pid_smaps },		\
	{ "smaps_rollup", S_IFREG | 0444, .show = proc_pid_smaps_rollup }, \
	{ "pagemap", S_IFREG | 0400, .fop = &proc_pagemap_fops },	\
	{ "limits", S_IFREG | 0444, .show = proc_pid_limits },		\
	{ "cmdline", S_IFREG | 0444, .show = proc_pid_cmdline },	\
	{ "environ", S_IFREG | 0400, .show = proc_pid_environ },	\
	{ "auxv", S_IFREG | 0400, .show = proc_pid_auxv },		\
	{ "comm", S_IFREG | 0644, .show = proc_pid_comm, .write = proc_comm_write }, \
	{ "oom_score", S_IFREG | 0444, .show = proc_pid_oom_score },	\
	{ "oom_score_adj", S_IFREG | 0644, .show = proc_pid_oom_score_adj, \
	  .write = proc_oom_score_adj_write },				\
	{ "schedstat", S_IFREG | 0444, .show = proc_pid_schedstat },	\
	{ "stack", S_IFREG | 0400, .show = proc_pid_stack },		\
	{ "syscall", S_IFREG | 0400, .show = proc_pid_syscall },	\
	{ "personality", S_IFREG | 0400, .show = proc_pid_personality }, \
	{ "numa_maps", S_IFREG | 0444, .show = proc_pid_numa_maps },	\
	{ "wchan", S_IFREG | 0444, .show = proc_pid_wchan },		\
	{ "mounts", S_IFREG | 0444, .show = proc_mounts_show },		\
	{ "mountinfo", S_IFREG | 0444, .show = proc_mountinfo_show },	\
	{ "exe", S_IFLNK | 0777, .iop = &proc_exe_iops },		\
	{ "cwd", S_IFLNK | 0777, .iop = &proc_cwd_iops },		\
	{ "root", S_IFLNK | 0777, .iop = &proc_root_link_iops },	\
	{ "fd", S_IFDIR | 0500, .iop = &proc_fd_iops, .fop = &proc_fd_fops }, \
	{ "fdinfo", S_IFDIR | 0555, .iop = &proc_fdinfo_iops, .fop = &proc_fdinfo_fops }, \
	{ "ns", S_IFDIR | 0511, .iop = &proc_ns_iops, .fop = &proc_ns_fops }

static const struct pid_entry tgid_entries[] = {
	COMMON_ENTRIES,
	{ "stat", S_IFREG | 0444, .show = proc_pid_stat },
	{ "io", S_IFREG | 0400, .show = proc_pid_io },
	{ "task", S_IFDIR | 0555, .iop = &proc_task_iops, .fop = &proc_task_fops },
};
static const struct pid_entry tid_entries[] = {
	COMMON_ENTRIES,
	{ "stat", S_IFREG | 0444, .show = proc_tid_stat },
	{ "children", S_IFREG | 0444, .show = proc_tid_children },
	{ "io", S_IFREG | 0400, .show = proc_tid_io },
};

/* ---- inodes of a task ---- */

/* 0 sends the walk back to ->lookup(), which may find a new process of that number. */
static int revalidate(struct dentry *d)
{
	return d->d_inode && !proc_task_alive(proc_task(d->d_inode));
}

static const struct dentry_operations proc_task_dentry_ops = { .d_revalidate = revalidate };

int proc_add_task_inode(struct dentry *dentry, struct task_struct *t,
			const struct proc_task_kind *kind)
{
	struct inode *inode = new_inode(dentry->d_sb);

	if (!inode)
		return -ENOMEM;
	inode->i_mode = kind->mode;
	inode->i_ino = kind->ino;
	inode->i_nlink = S_ISDIR(kind->mode) ? 2 : 1;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time_ns();
	inode->i_op = kind->iop;
	inode->i_fop = kind->fop;
	inode->i_size = kind->size;
	get_task_struct(t);
	container_of(inode, struct proc_inode, vfs_inode)->task = t;
	dentry->d_op = &proc_task_dentry_ops;
	dentry->d_flags |= DCACHE_NOCACHE;
	d_add(dentry, inode);
	return 0;
}

/* The number of /proc/PID or of /proc/PID/task/TID. */
static u64 pid_ino(u64 space, pid_t pid)
{
	return space | (u64)pid << PROC_INO_SHIFT;
}

static int name_to_pid(const struct dentry *dentry, pid_t *pid)
{
	char name[12];

	/* "01" and "+1" are numbers, but not the names that readdir shows. */
	if (dentry->d_len >= (int)sizeof(name) || dentry->d_name[0] < '1' ||
	    dentry->d_name[0] > '9')
		return -ENOENT;
	memcpy(name, dentry->d_name, dentry->d_len);
	name[dentry->d_len] = '\0';
	return kstrtoint(name, 10, pid) ? -ENOENT : 0;
}

/* ---- numbers in /proc ---- */

int proc_pid_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task_struct *t;
	pid_t pid;
	int err = name_to_pid(dentry, &pid);

	if (err)
		return err;
	t = find_get_task_in(pid, proc_pid_ns(dir->i_sb));
	if (!t)
		return -ENOENT;
	err = -ENOENT;
	if (!proc_task_alive(t))
		err = proc_add_task_inode(dentry, t, &(struct proc_task_kind){
			S_IFDIR | 0555, pid_ino(PROC_INO_PROCESS, pid),
			&proc_pid_dir_iops, &proc_pid_dir_fops, 0 });
	put_task_struct(t);
	return err;
}

/*
 * The position of process PID is base + PID. So a listing that is read in pieces misses nobody
 * who was there all the time, whoever comes and goes meanwhile.
 */
int proc_pid_iterate(struct file *f, struct dir_context *ctx, loff_t base)
{
	pid_t pid = ctx->pos - base;
	struct task_struct *t;
	char name[12];

	while ((t = next_tgid(&pid, proc_pid_ns(f->f_inode->i_sb)))) {
		int n = scnprintf(name, sizeof(name), "%d", pid);

		put_task_struct(t);
		ctx->pos = base + pid;
		if (!dir_emit(ctx, name, n, pid_ino(PROC_INO_PROCESS, pid), DT_DIR))
			return 0;
		ctx->pos = base + ++pid;
	}
	return 0;
}

/* ---- inside a process directory ---- */

struct pid_table { const struct pid_entry *entries; size_t n; };

/* Which table a directory shows is told by its operations, the only thing that differs. */
static struct pid_table table_of(const struct inode *dir)
{
	if (dir->i_op == &proc_tid_dir_iops)
		return (struct pid_table){ tid_entries, ARRAY_SIZE(tid_entries) };
	return (struct pid_table){ tgid_entries, ARRAY_SIZE(tgid_entries) };
}

static const struct pid_entry *find_entry(const struct inode *dir, const char *name, size_t len)
{
	struct pid_table table = table_of(dir);

	for (size_t i = 0; i < table.n; i++) {
		if (strlen(table.entries[i].name) == len &&
		    !strncmp(table.entries[i].name, name, len))
			return &table.entries[i];
	}
	return NULL;
}

static int proc_pid_dir_lookup(struct inode *dir, struct dentry *dentry)
{
	const struct pid_entry *e = find_entry(dir, dentry->d_name, dentry->d_len);
	struct task_struct *t = proc_task(dir);

	if (!e || proc_task_alive(t))
		return -ENOENT;
	return proc_add_task_inode(dentry, t, &(struct proc_task_kind){
		e->mode, proc_ino(dir->i_ino, PROC_INO_ENTRY + (e - table_of(dir).entries)),
		e->iop ? e->iop : &proc_text_iops,
		e->fop ? e->fop : S_ISREG(e->mode) ? &proc_text_fops : NULL, 0 });
}

static int proc_pid_dir_iterate(struct file *f, struct dir_context *ctx)
{
	struct pid_table table = table_of(f->f_inode);

	if (proc_task_alive(proc_task(f->f_inode)))
		return -ENOENT;
	if (!dir_emit_dots(f, ctx))
		return 0;
	for (size_t i = ctx->pos - 2; i < table.n; i++) {
		const struct pid_entry *e = &table.entries[i];

		if (!dir_emit(ctx, e->name, strlen(e->name),
			      proc_ino(f->f_inode->i_ino, PROC_INO_ENTRY + i),
			      mode_to_dtype(e->mode)))
			return 0;
		ctx->pos++;
	}
	return 0;
}

/* ---- text files ---- */

/* The file's own dentry has the name, its parent says which table. Both live as long as f. */
static const struct pid_entry *entry_of_file(const struct file *f)
{
	const struct dentry *d = f->f_path.dentry;

	return find_entry(d->d_parent->d_inode, d->d_name, d->d_len);
}

static int proc_text_open(struct inode *inode, struct file *f)
{
	const struct pid_entry *e = entry_of_file(f);
	int err = proc_task_alive(proc_task(inode));

	if (err || !e || !e->show)
		return err ? err : -EACCES;
	return single_open(f, e->show, proc_task(inode));
}

/* Every read asks anew: the task may have been reaped since the text was made. */
static ssize_t proc_text_read(struct kiocb *iocb, struct iov_iter *to)
{
	int err = proc_task_alive(proc_task(iocb->ki_filp->f_inode));

	return err ? err : seq_read_iter(iocb, to);
}

static ssize_t proc_text_write(struct kiocb *iocb, struct iov_iter *from)
{
	const struct pid_entry *e = entry_of_file(iocb->ki_filp);
	struct task_struct *t = proc_task(iocb->ki_filp->f_inode);
	char text[64];		/* what is longer is cut: a name or a number */
	size_t count = from->count, n = min(count, sizeof(text) - 1);
	int err;

	if (!e || !e->write)
		return -EINVAL;
	if (proc_task_alive(t))
		return -ESRCH;
	if (copy_from_iter(text, n, from) != n)
		return -EFAULT;
	text[n] = '\0';
	err = e->write(t, text);
	return err ? err : (ssize_t)count;
}

/* ---- task/ ---- */

static int proc_task_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task_struct *p = proc_task(dir), *t;
	pid_t tid;
	int err = name_to_pid(dentry, &tid);

	if (err)
		return err;
	t = find_get_task_in(tid, proc_pid_ns(dir->i_sb));
	if (!t)
		return -ENOENT;
	err = -ENOENT;			/* unless it is one of ours */
	if (t->tgid == p->tgid && !proc_task_alive(t))
		err = proc_add_task_inode(dentry, t, &(struct proc_task_kind){
			S_IFDIR | 0555, pid_ino(PROC_INO_THREAD, tid),
			&proc_tid_dir_iops, &proc_pid_dir_fops, 0 });
	put_task_struct(t);
	return err;
}

/* The smallest thread id of p's process from tid on, 0 if there is none. */
static pid_t next_tid(struct task_struct *p, pid_t tid, const struct pid_namespace *ns)
{
	struct task_struct *t;
	pid_t nr, best = 0;

	spin_lock_irq(&tasklist_lock);
	for_each_thread(p, t) {
		nr = task_pid_nr_ns(t, ns);
		if (nr >= tid && (!best || nr < best))
			best = nr;
	}
	spin_unlock_irq(&tasklist_lock);
	return best;
}

/* Position 2 + TID: threads that come and go do not disturb a listing. */
static int proc_task_iterate(struct file *f, struct dir_context *ctx)
{
	struct task_struct *p = proc_task(f->f_inode);
	char name[12];
	pid_t tid;

	if (proc_task_alive(p))
		return -ENOENT;
	if (!dir_emit_dots(f, ctx))
		return 0;
	for (tid = ctx->pos - 2; (tid = next_tid(p, tid, proc_pid_ns(f->f_inode->i_sb))); tid++) {
		int n = scnprintf(name, sizeof(name), "%d", tid);

		ctx->pos = 2 + tid;
		if (!dir_emit(ctx, name, n, pid_ino(PROC_INO_THREAD, tid), DT_DIR))
			return 0;
		ctx->pos++;
	}
	return 0;
}

/* ---- exe, cwd, root ---- */

/*
 * These links do not hold a name: following one jumps to the very file, even if it
 * has been removed or lies outside of the reader's root. What readlink(2) shows is
 * only d_path()'s idea of where that is.
 */

/* The program is mapped, so its file is there as long as the memory is. */
static int follow_exe(struct dentry *dentry, struct path *path)
{
	struct mm_struct *mm = get_task_mm(proc_task(dentry->d_inode));
	int err = -ENOENT;

	if (!mm)
		return err;
	mmap_read_lock(mm);
	if (mm->exe_file) {
		*path = mm->exe_file->f_path;
		path_get(path);
		err = 0;
	}
	mmap_read_unlock(mm);
	mmput(mm);
	return err;
}

static int follow_cwd(struct dentry *dentry, struct path *path)
{
	return get_task_fs_path(proc_task(dentry->d_inode), false, path);
}

static int follow_root(struct dentry *dentry, struct path *path)
{
	return get_task_fs_path(proc_task(dentry->d_inode), true, path);
}

static const struct inode_operations proc_exe_iops = { .follow = follow_exe };
static const struct inode_operations proc_cwd_iops = { .follow = follow_cwd };
static const struct inode_operations proc_root_link_iops = { .follow = follow_root };
static const struct inode_operations proc_text_iops = { .setattr = kernfs_setattr };
static const struct inode_operations proc_pid_dir_iops = { .lookup = proc_pid_dir_lookup };
static const struct inode_operations proc_tid_dir_iops = { .lookup = proc_pid_dir_lookup };
static const struct inode_operations proc_task_iops = { .lookup = proc_task_lookup };
static const struct file_operations proc_pid_dir_fops = {
	.iterate = proc_pid_dir_iterate, .llseek = generic_file_llseek,
};
static const struct file_operations proc_task_fops = {
	.iterate = proc_task_iterate, .llseek = generic_file_llseek,
};
static const struct file_operations proc_text_fops = {
	.open = proc_text_open, .read_iter = proc_text_read, .write_iter = proc_text_write,
	.llseek = no_seek_end_llseek, .release = single_release,
};

/*
 * For pidfd_send_signal(): the directory of a process, not of a thread, stands for it. It is as
 * good as a pidfd: the inode keeps its task, so the signal cannot reach another process that got
 * the number since.
 */
struct task_struct *proc_pid_dir_task(const struct file *f)
{
	struct task_struct *t;

	if (f->f_op != &proc_pid_dir_fops || f->f_inode->i_op != &proc_pid_dir_iops)
		return NULL;
	t = proc_task(f->f_inode);
	get_task_struct(t);
	return t;
}
