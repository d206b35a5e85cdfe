/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/fd: a link for each open file, which leads to the file itself.
 * /proc/PID/fdinfo: a text for each, with its position and flags.
 *
 * Locks: those of fget_task() and next_fd_task().
 *
 * Linux: fs/proc/fd.c. Differs: fdinfo has the four common lines only.
 */
#include "kernel/fs/internal.h"
#include "kernel/fs/proc/internal.h"
#include "lib/kstrtox.h"
#include "lib/string.h"
#include "lib/vsprintf.h"

static int follow_fd(struct dentry *dentry, struct path *path)
{
	struct file *f;
	int fd;

	if (kstrtoint(dentry->d_name, 10, &fd) || fd < 0)
		return -ENOENT;
	f = fget_task(proc_task(dentry->d_inode), fd);
	if (!f)
		return -ENOENT;
	*path = f->f_path;
	path_get(path);
	fput(f);
	return 0;
}

static const struct inode_operations proc_fd_link_iops = { .follow = follow_fd };

static int proc_fd_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task_struct *t = proc_task(dir);
	struct file *f;
	umode_t mode;
	int fd;

	if (kstrtoint(dentry->d_name, 10, &fd) || fd < 0)
		return -ENOENT;
	f = fget_task(t, fd);
	if (!f)
		return -ENOENT;
	mode = S_IFLNK | (f->f_mode & FMODE_READ ? 0500 : 0) | (f->f_mode & FMODE_WRITE ? 0300 : 0);
	fput(f);
	return proc_add_task_inode(dentry, t, &(struct proc_task_kind){
		mode, proc_ino(dir->i_ino, PROC_INO_FD + fd), &proc_fd_link_iops, NULL, 64 });
}

/* The descriptors of fd/ and fdinfo/: numbers from first_ino on. */
static int iterate_fds(struct file *dir, struct dir_context *ctx, unsigned long first_ino,
		       unsigned int type)
{
	struct task_struct *t = proc_task(dir->f_inode);
	unsigned int fd;
	char name[12];

	if (proc_task_alive(t))
		return -ENOENT;
	if (!dir_emit_dots(dir, ctx))
		return 0;
	for (fd = ctx->pos - 2; next_fd_task(t, &fd); fd++) {
		int n = scnprintf(name, sizeof(name), "%u", fd);

		ctx->pos = fd + 2;
		if (!dir_emit(ctx, name, n, proc_ino(dir->f_inode->i_ino, first_ino + fd), type))
			return 0;
		ctx->pos++;
	}
	return 0;
}

static int proc_fd_iterate(struct file *dir, struct dir_context *ctx)
{
	return iterate_fds(dir, ctx, PROC_INO_FD, DT_LNK);
}

/* ---- fdinfo ---- */

/* The name of the file is the descriptor. -ENOENT once it has been closed. */
static int fdinfo_show(struct seq_file *m, void *v)
{
	struct file *f;
	int fd;

	if (kstrtoint(m->file->f_path.dentry->d_name, 10, &fd))
		return -ENOENT;
	f = fget_task(m->private, fd);
	if (!f)
		return -ENOENT;
	seq_printf(m, "pos:\t%ld\nflags:\t0%o\nmnt_id:\t%d\nino:\t%lu\n", f->f_pos, f->f_flags,
		   f->f_path.mnt ? f->f_path.mnt->mnt_id : 0, f->f_inode->i_ino);
	fput(f);
	return 0;
}

static int fdinfo_open(struct inode *inode, struct file *f)
{
	return single_open(f, fdinfo_show, proc_task(inode));
}

static const struct inode_operations fdinfo_file_iops = { .setattr = kernfs_setattr };
static const struct file_operations fdinfo_file_fops = {
	.open = fdinfo_open, .read_iter = seq_read_iter, .llseek = no_seek_end_llseek,
	.release = single_release,
};

static int proc_fdinfo_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task_struct *t = proc_task(dir);
	struct file *f;
	int fd;

	if (kstrtoint(dentry->d_name, 10, &fd) || fd < 0)
		return -ENOENT;
	f = fget_task(t, fd);
	if (!f)
		return -ENOENT;
	fput(f);
	return proc_add_task_inode(dentry, t, &(struct proc_task_kind){
		S_IFREG | 0400, proc_ino(dir->i_ino, PROC_INO_FDINFO + fd), &fdinfo_file_iops,
		&fdinfo_file_fops, 0 });
}

static int proc_fdinfo_iterate(struct file *dir, struct dir_context *ctx)
{
	return iterate_fds(dir, ctx, PROC_INO_FDINFO, DT_REG);
}

const struct inode_operations proc_fdinfo_iops = { .lookup = proc_fdinfo_lookup };
const struct file_operations proc_fdinfo_fops = {
	.iterate = proc_fdinfo_iterate, .llseek = generic_file_llseek,
};
const struct inode_operations proc_fd_iops = { .lookup = proc_fd_lookup };
const struct file_operations proc_fd_fops = {
	.iterate = proc_fd_iterate, .llseek = generic_file_llseek,
};
