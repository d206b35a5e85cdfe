/* SPDX-License-Identifier: MIT */
/*
 * Who a process is: always root, with all capabilities. Calls that would
 * become somebody else succeed only if they change nothing, so that no program
 * believes that it has given up a right.
 *
 * Linux: kernel/sys.c, kernel/capability.c. Differs: one user.
 */
#include <asm/uaccess.h>
#include "kernel/proc_syscalls.h"
#include "kernel/pid.h"
#include "lib/errno.h"
#include "lib/string.h"

#define CAP_VERSION_1	0x19980330
#define CAP_VERSION_2	0x20071026
#define CAP_VERSION_3	0x20080522
#define CAP_LAST_CAP	40

long sys_getuid(void)
{
	return 0;
}

long sys_setuid(long uid)
{
	return (u32)uid ? -EPERM : 0;
}

static bool keeps_root(long id)
{
	return (u32)id == 0 || (u32)id == (u32)-1;
}

long sys_setreuid(long ruid, long euid)
{
	return keeps_root(ruid) && keeps_root(euid) ? 0 : -EPERM;
}

long sys_setresuid(long ruid, long euid, long suid)
{
	return keeps_root(ruid) && keeps_root(euid) && keeps_root(suid) ? 0 : -EPERM;
}

/* setfsuid() and setfsgid() have no way to fail: they tell the old value. */
long sys_setfsuid(long uid)
{
	return 0;
}

long sys_getresuid(u32 __user *ruid, u32 __user *euid, u32 __user *suid)
{
	if (put_user(0u, ruid) || put_user(0u, euid) || put_user(0u, suid))
		return -EFAULT;
	return 0;
}

/* The list of supplementary groups is { 0 }. */
long sys_getgroups(long size, u32 __user *list)
{
	if ((int)size < 0)
		return -EINVAL;
	if ((int)size && put_user(0u, list))
		return -EFAULT;
	return 1;
}

long sys_setgroups(long size, const u32 __user *list)
{
	u32 gid;

	if ((int)size < 0 || (int)size > 65536)
		return -EINVAL;
	for (int i = 0; i < (int)size; i++) {
		if (get_user(gid, list + i))
			return -EFAULT;
		if (gid)
			return -EPERM;
	}
	return 0;
}

struct cap_header { u32 version; int pid; };
struct cap_data { u32 effective, permitted, inheritable; };

/* Number of cap_data elements of a version; 0 for an unknown one (and ours is written back). */
static int cap_elements(struct cap_header __user *header, struct cap_header *h, int *err)
{
	*err = copy_from_user(h, header, sizeof(*h)) ? -EFAULT : 0;
	if (*err)
		return 0;
	if (h->version == CAP_VERSION_1)
		return 1;
	if (h->version == CAP_VERSION_2 || h->version == CAP_VERSION_3)
		return 2;
	*err = put_user((u32)CAP_VERSION_3, &header->version) ? -EFAULT : -EINVAL;
	return 0;
}

long sys_capget(void __user *header, void __user *udata)
{
	struct cap_data data[2] = {
		{ ~0u, ~0u, 0 },
		{ (1u << (CAP_LAST_CAP - 31)) - 1, (1u << (CAP_LAST_CAP - 31)) - 1, 0 },
	};
	struct cap_header h;
	int err, n = cap_elements(header, &h, &err);
	struct task_struct *t;

	if (err)
		return err == -EINVAL && !udata ? 0 : err;
	if (h.pid < 0)
		return -EINVAL;
	if (h.pid) {
		t = find_get_task(h.pid);
		if (!t)
			return -ESRCH;
		put_task_struct(t);
	}
	return udata && copy_to_user(udata, data, n * sizeof(data[0])) ? -EFAULT : 0;
}

/* Nothing is kept: dropping a capability is accepted, since nothing checks one. */
long sys_capset(void __user *header, const void __user *udata)
{
	struct cap_data data[2];
	struct cap_header h;
	int err, n = cap_elements(header, &h, &err);

	if (err)
		return err;
	if (h.pid && h.pid != current->vpid)
		return -EPERM;
	return copy_from_user(data, udata, n * sizeof(data[0])) ? -EFAULT : 0;
}
