/* SPDX-License-Identifier: MIT */
/*
 * prctl(2): small properties of a process. All is root's, so what would bind another user is
 * kept, inherited and told, without further effect.
 *
 * Linux: kernel/sys.c. Differs: only the options below; EINVAL for all others. Timers have no
 * slack; "dumpable" is the thread's, not the memory's.
 */
#include <asm/uaccess.h>
#include "kernel/proc_syscalls.h"
#include "kernel/sched.h"
#include "lib/errno.h"
#include "lib/string.h"

#define PR_SET_PDEATHSIG	1
#define PR_GET_PDEATHSIG	2
#define PR_GET_DUMPABLE		3
#define PR_SET_DUMPABLE		4
#define PR_GET_KEEPCAPS		7
#define PR_SET_KEEPCAPS		8
#define PR_SET_NAME		15
#define PR_GET_NAME		16
#define PR_GET_SECCOMP		21
#define PR_CAPBSET_READ		23
#define PR_CAPBSET_DROP		24
#define PR_GET_SECUREBITS	27
#define PR_SET_SECUREBITS	28
#define PR_SET_TIMERSLACK	29
#define PR_GET_TIMERSLACK	30
#define PR_SET_CHILD_SUBREAPER	36
#define PR_GET_CHILD_SUBREAPER	37
#define PR_SET_NO_NEW_PRIVS	38
#define PR_GET_NO_NEW_PRIVS	39
#define PR_SET_THP_DISABLE	41
#define PR_GET_THP_DISABLE	42
#define PR_CAP_AMBIENT		47
#define CAP_LAST_CAP		40
#define DEFAULT_SLACK_NSEC	50000

static long set_name(const char __user *uname)
{
	char name[TASK_COMM_LEN] = "";
	long n = strncpy_from_user(name, uname, sizeof(name) - 1);

	if (n < 0)
		return n;
	set_task_comm(current, name);
	return 0;
}

static long get_name(char __user *uname)
{
	char name[TASK_COMM_LEN];

	get_task_comm(name, current);
	return copy_to_user(uname, name, sizeof(name)) ? -EFAULT : 0;
}

/* on: 0 or 1, else -EINVAL. */
static long set_flag(u16 flag, unsigned long on)
{
	if (on > 1)
		return -EINVAL;
	current->prctl = on ? current->prctl | flag : current->prctl & ~flag;
	return 0;
}

long sys_prctl(long uoption, unsigned long a2, unsigned long a3, unsigned long a4, unsigned long a5)
{
	switch ((int)uoption) {
	case PR_SET_PDEATHSIG:
		if (a2 > _NSIG)
			return -EINVAL;
		current->group_leader->pdeath_signal = (int)a2;
		return 0;
	case PR_GET_PDEATHSIG:
		return put_user(current->group_leader->pdeath_signal, (int __user *)a2);
	case PR_SET_NAME:
		return set_name((const char __user *)a2);
	case PR_GET_NAME:
		return get_name((char __user *)a2);
	case PR_GET_DUMPABLE:
		return !(current->prctl & PRCTL_NOT_DUMPABLE);
	case PR_SET_DUMPABLE:
		return set_flag(PRCTL_NOT_DUMPABLE, a2 ^ 1);
	case PR_GET_KEEPCAPS:
		return !!(current->prctl & PRCTL_KEEPCAPS);
	case PR_SET_KEEPCAPS:
		return set_flag(PRCTL_KEEPCAPS, a2);
	case PR_CAPBSET_READ:
		return a2 > CAP_LAST_CAP ? -EINVAL : 1;
	case PR_CAPBSET_DROP:
		return a2 > CAP_LAST_CAP ? -EINVAL : 0;
	case PR_GET_SECUREBITS:
	case PR_SET_SECUREBITS:
	case PR_SET_TIMERSLACK:
	case PR_GET_SECCOMP:
	case PR_CAP_AMBIENT:
		return 0;
	case PR_GET_THP_DISABLE:	/* there are no transparent huge pages to disable */
		return a2 || a3 || a4 || a5 ? -EINVAL : !!(current->prctl & PRCTL_THP_DISABLE);
	case PR_SET_THP_DISABLE:
		return a3 || a4 || a5 ? -EINVAL : set_flag(PRCTL_THP_DISABLE, !!a2);
	case PR_GET_TIMERSLACK:
		return DEFAULT_SLACK_NSEC;
	case PR_SET_CHILD_SUBREAPER:
		current->signal->is_child_subreaper = a2;
		return 0;
	case PR_GET_CHILD_SUBREAPER:
		return put_user((int)current->signal->is_child_subreaper, (int __user *)a2);
	case PR_SET_NO_NEW_PRIVS:
		return a2 != 1 || a3 || a4 || a5 ? -EINVAL : set_flag(PRCTL_NO_NEW_PRIVS, 1);
	case PR_GET_NO_NEW_PRIVS:
		return a2 || a3 || a4 || a5 ? -EINVAL : current->prctl & PRCTL_NO_NEW_PRIVS;
	}
	return -EINVAL;
}
