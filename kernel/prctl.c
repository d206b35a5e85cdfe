/* SPDX-License-Identifier: MIT */
/*
 * prctl(2): small properties of a process.
 *
 * Linux: kernel/sys.c. Differs: only the options below; EINVAL for all others.
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
#define PR_SET_NAME		15
#define PR_GET_NAME		16
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
		return 1;
	case PR_SET_DUMPABLE:
		return a2 > 1 ? -EINVAL : 0;
	case PR_CAPBSET_READ:
		return a2 > CAP_LAST_CAP ? -EINVAL : 1;
	case PR_CAPBSET_DROP:
		return a2 > CAP_LAST_CAP ? -EINVAL : 0;
	case PR_GET_SECUREBITS:
	case PR_SET_SECUREBITS:
	case PR_SET_TIMERSLACK:
	case PR_GET_THP_DISABLE:
	case PR_SET_THP_DISABLE:	/* there are no transparent huge pages to disable */
	case PR_CAP_AMBIENT:
		return 0;
	case PR_GET_TIMERSLACK:
		return DEFAULT_SLACK_NSEC;
	case PR_SET_CHILD_SUBREAPER:
		current->signal->is_child_subreaper = a2;
		return 0;
	case PR_GET_CHILD_SUBREAPER:
		return put_user((int)current->signal->is_child_subreaper, (int __user *)a2);
	case PR_SET_NO_NEW_PRIVS:
		return a2 != 1 || a3 || a4 || a5 ? -EINVAL : 0;
	case PR_GET_NO_NEW_PRIVS:
		return a2 || a3 || a4 || a5 ? -EINVAL : 0;
	}
	return -EINVAL;
}
