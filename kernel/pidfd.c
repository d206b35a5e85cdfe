/* SPDX-License-Identifier: MIT */
/*
 * pidfd: a process as a file. It stays that process's, whoever gets its number later.
 *
 * The file counts the signal_struct, which outlives every thread, and finds the leader through
 * it: an execve() by another thread changes who that is.
 *
 * Locks: tasklist_lock from finding the leader to using it.
 *
 * Linux: fs/pidfs.c, kernel/pid.c (pidfd_open, pidfd_getfd), kernel/signal.c. Differs: processes
 * only, no PIDFD_THREAD.
 */
#include <asm/uaccess.h>
#include "kernel/fs/internal.h"
#include "kernel/fs/poll.h"
#include "kernel/pid.h"
#include "kernel/pid_namespace.h"
#include "kernel/pidfd.h"
#include "kernel/proc_syscalls.h"
#include "kernel/signal.h"
#include "lib/errno.h"

struct task_struct *process_leader(const struct signal_struct *sig)
{
	struct task_struct *t = list_first_entry_or_null(&sig->thread_head, struct task_struct,
							 thread_node);

	return t ? t->group_leader : NULL;
}

/* Readable from the moment that wait4() could tell. */
static unsigned int pidfd_poll(struct file *f, struct poll_table *pt)
{
	struct signal_struct *sig = f->private_data;
	unsigned int mask = 0;
	struct task_struct *t;

	poll_wait(f, &sig->wait_pidfd, pt);
	spin_lock_irq(&tasklist_lock);
	t = process_leader(sig);
	if (!t)
		mask = POLLIN | POLLRDNORM | POLLHUP;
	else if (process_dead(t))
		mask = POLLIN | POLLRDNORM;
	spin_unlock_irq(&tasklist_lock);
	return mask;
}

static void pidfd_release(struct inode *inode, struct file *f)
{
	put_signal(f->private_data);
}

static const struct file_operations pidfd_fops = {
	.poll = pidfd_poll, .release = pidfd_release,
};

int pidfd_create(struct signal_struct *sig, unsigned int flags, struct file **f)
{
	atomic_inc(&sig->refcount);
	*f = alloc_file_pseudo("anon_inode:[pidfd]", O_RDWR | (flags & O_NONBLOCK), &pidfd_fops,
			       sig);
	if (*f)
		return 0;
	put_signal(sig);
	return -ENFILE;
}

struct task_struct *pidfd_get_task(const struct file *f)
{
	struct signal_struct *sig = f->private_data;
	struct task_struct *t;

	if (f->f_op != &pidfd_fops)
		return NULL;
	spin_lock_irq(&tasklist_lock);
	t = process_leader(sig);
	if (t)
		get_task_struct(t);
	spin_unlock_irq(&tasklist_lock);
	return t;
}

/* The process behind a descriptor, counted. 0, -EBADF, -ESRCH (it has been reaped). */
int pidfd_lookup(unsigned int fd, struct task_struct **t)
{
	struct file *f = fget(fd);
	bool is_pidfd;

	if (!f)
		return -EBADF;
	is_pidfd = f->f_op == &pidfd_fops;
	*t = pidfd_get_task(f);
	fput(f);
	if (!is_pidfd)
		return -EBADF;
	return *t ? 0 : -ESRCH;
}

/* ---- CLONE_PIDFD ---- */

/* All that can fail is done before the child is seen by anybody. */
int pidfd_prepare(struct signal_struct *sig, int __user *where, struct pidfd_reserved *r)
{
	int err = pidfd_create(sig, 0, &r->file);

	if (err)
		return err;
	r->fd = get_unused_fd_flags(O_CLOEXEC);
	err = r->fd < 0 ? r->fd : put_user(r->fd, where) ? -EFAULT : 0;
	if (!err)
		return 0;
	if (r->fd >= 0)
		put_unused_fd(r->fd);
	fput(r->file);
	return err;
}

/* fd_install() cannot fail, and after it the number may be used by any thread at once. */
void pidfd_finish(struct pidfd_reserved *r, int err)
{
	if (r->fd < 0)
		return;
	if (!err) {
		fd_install(r->fd, r->file);
		return;
	}
	put_unused_fd(r->fd);
	fput(r->file);
}

/* ---- system calls ---- */

/* The process of that number, counted. 0, -ESRCH, -ENOENT (a thread that is not the leader). */
static int find_leader(pid_t pid, struct task_struct **t)
{
	int err = 0;

	spin_lock_irq(&tasklist_lock);
	*t = find_task_by_pid(pid);
	if (!*t)
		err = -ESRCH;
	else if (!thread_group_leader(*t))
		err = -ENOENT;
	else
		get_task_struct(*t);
	spin_unlock_irq(&tasklist_lock);
	return err;
}

long sys_pidfd_open(long pid, unsigned long flags)
{
	struct task_struct *t;
	struct file *f;
	int fd, err;

	if ((unsigned int)flags & ~O_NONBLOCK || (pid_t)pid <= 0)
		return -EINVAL;
	err = find_leader((pid_t)pid, &t);
	if (err)
		return err;
	err = pidfd_create(t->signal, (unsigned int)flags, &f);
	put_task_struct(t);
	if (err)
		return err;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		fput(f);
	else
		fd_install(fd, f);
	return fd;
}

/* What the receiver is told: as kill(2), or what the caller made up. 0 or -errno. */
static int signal_info(struct kernel_siginfo *info, int sig, const void __user *uinfo,
		       const struct task_struct *t)
{
	int err;

	*info = (struct kernel_siginfo){ .si_signo = sig, .pid = current->tgid };
	if (!uinfo)
		return 0;
	err = copy_siginfo_from_user(info, uinfo);
	if (err)
		return err;
	if (info->si_signo != sig)
		return -EINVAL;
	/* A program may not pretend that the kernel or kill() sent it. */
	if ((info->si_code >= 0 || info->si_code == SI_TKILL) && t->signal != current->signal)
		return -EPERM;
	return 0;
}

/* A signal may be sent through the directory /proc/PID, too: killall(1) opens nothing else. */
static int signal_target(unsigned int fd, struct task_struct **t)
{
	struct file *f = fget(fd);

	*t = f ? proc_pid_dir_task(f) : NULL;
	if (f)
		fput(f);
	return *t ? 0 : pidfd_lookup(fd, t);
}

long sys_pidfd_send_signal(long fd, long usig, const void __user *uinfo, unsigned long flags)
{
	struct kernel_siginfo info;
	struct task_struct *t, *leader;
	int sig = (int)usig, err;

	if ((unsigned int)flags || sig < 0 || sig > _NSIG)
		return -EINVAL;
	err = signal_target((unsigned int)fd, &t);
	if (err)
		return err;
	err = signal_info(&info, sig, uinfo, t);
	if (!err && !task_pid_nr_ns(t, current->pid_ns))
		err = -EINVAL;		/* outside of our namespace */
	if (!err) {
		spin_lock_irq(&tasklist_lock);
		leader = process_leader(t->signal);
		err = leader ? send_sig_info(sig, &info, leader, true) : -ESRCH;
		spin_unlock_irq(&tasklist_lock);
	}
	put_task_struct(t);
	return err;
}

/* The same open file as another process's descriptor: everybody is root here. */
long sys_pidfd_getfd(long pidfd, long target, unsigned long flags)
{
	struct task_struct *t;
	struct file *f;
	int fd, err;

	if ((unsigned int)flags)
		return -EINVAL;
	err = pidfd_lookup((unsigned int)pidfd, &t);
	if (err)
		return err;
	f = fget_task(t, (unsigned int)target);
	put_task_struct(t);
	if (!f)
		return -EBADF;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		fput(f);
	else
		fd_install(fd, f);
	return fd;
}
