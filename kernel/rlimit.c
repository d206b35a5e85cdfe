/* SPDX-License-Identifier: MIT */
/*
 * Resource limits. Stored here; enforced where the resource is taken: memory
 * in mm/, open files in kernel/fs/file.c, the size of files in kernel/fs/attr.c
 * and mm/filemap.c, processor time in itimer.c, queued signals in signal.c.
 *
 * Linux: kernel/sys.c. Differs: nobody but root is here, so NPROC refuses nothing
 * (fork(2): root is exempt); CORE has nothing to limit; RSS (as on Linux),
 * LOCKS, MSGQUEUE, NICE, RTPRIO and RTTIME are kept, without effect.
 */
#include <asm/uaccess.h>
#include "kernel/pid.h"
#include "kernel/proc_syscalls.h"
#include "lib/errno.h"

#define NR_OPEN_MAX	1048576

static int check_limit(unsigned int resource, const struct rlimit *new)
{
	if (new->rlim_cur > new->rlim_max)
		return -EINVAL;
	if (resource == RLIMIT_NOFILE && new->rlim_max > NR_OPEN_MAX)
		return -EPERM;
	return 0;
}

long sys_prlimit64(long pid, long uresource, const struct rlimit __user *unew,
		   struct rlimit __user *uold)
{
	unsigned int resource = (unsigned int)uresource;
	struct rlimit new, old;
	struct task_struct *t;
	int err = 0;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	if (unew && copy_from_user(&new, unew, sizeof(new)))
		return -EFAULT;
	if (unew)
		err = check_limit(resource, &new);
	if (err)
		return err;
	spin_lock_irq(&tasklist_lock);
	t = (pid_t)pid ? find_task_by_pid((pid_t)pid) : current;
	if (t) {
		old = t->signal->rlim[resource];
		if (unew)
			t->signal->rlim[resource] = new;
		if (resource == RLIMIT_CPU)
			t->signal->cpu_timers = true;
	}
	spin_unlock_irq(&tasklist_lock);
	if (!t)
		return -ESRCH;
	return uold && copy_to_user(uold, &old, sizeof(old)) ? -EFAULT : 0;
}

long sys_getrlimit(long resource, struct rlimit __user *rlim)
{
	return rlim ? sys_prlimit64(0, resource, NULL, rlim) : -EFAULT;
}

long sys_setrlimit(long resource, const struct rlimit __user *rlim)
{
	return rlim ? sys_prlimit64(0, resource, rlim, NULL) : -EFAULT;
}
