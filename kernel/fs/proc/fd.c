/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/fd: a link for each open file, which leads to the file itself.
 *
 * Locks: those of fget_task() and next_fd_task().
 *
 * Linux: fs/proc/fd.c. Differs: no fdinfo.
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

static int proc_fd_iterate(struct file *dir, struct dir_context *ctx)
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
		if (!dir_emit(ctx, name, n, proc_ino(dir->f_inode->i_ino, PROC_INO_FD + fd),
			      DT_LNK))
			return 0;
		ctx->pos++;
	}
	return 0;
}

const struct inode_operations proc_fd_iops = { .lookup = proc_fd_lookup };
const struct file_operations proc_fd_fops = {
	.iterate = proc_fd_iterate, .llseek = generic_file_llseek,
};
