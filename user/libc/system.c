/* SPDX-License-Identifier: MIT */
/*
 * user/libc/system.c: calls about the machine as a whole: mounts, power, names,
 * limits, randomness, and the auxiliary vector.
 *
 * Linux: section 2 of the manual. Differs: sysconf() knows what it must.
 */
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include "internal.h"

int mount(const char *source, const char *target, const char *type, unsigned long flags,
	  const void *data)
{
	return syscall(__NR_mount, source, target, type, flags, data);
}

int umount2(const char *target, int flags)
{
	return syscall(__NR_umount2, target, flags);
}

int umount(const char *target)
{
	return umount2(target, 0);
}

int pivot_root(const char *new_root, const char *put_old)
{
	return syscall(__NR_pivot_root, new_root, put_old);
}

void sync(void)
{
	syscall(__NR_sync);
}

int reboot(unsigned int cmd)
{
	return syscall(__NR_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, cmd, NULL);
}

int klogctl(int action, char *buf, int size)
{
	return syscall(__NR_syslog, action, buf, size);
}

int uname(struct utsname *name)
{
	return syscall(__NR_uname, name);
}

int gethostname(char *name, size_t size)
{
	struct utsname uts;

	if (uname(&uts) < 0)
		return -1;
	if (strlcpy(name, uts.nodename, size) >= size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return 0;
}

int sethostname(const char *name, size_t size)
{
	return syscall(__NR_sethostname, name, size);
}

int sysinfo(struct sysinfo *info)
{
	return syscall(__NR_sysinfo, info);
}

int prctl(int option, ...)
{
	long arg[4];
	va_list ap;

	va_start(ap, option);
	for (int i = 0; i < 4; i++)
		arg[i] = va_arg(ap, long);
	va_end(ap);
	return syscall(__NR_prctl, option, arg[0], arg[1], arg[2], arg[3]);
}

ssize_t getrandom(void *buf, size_t n, unsigned int flags)
{
	return syscall(__NR_getrandom, buf, n, flags);
}

int getentropy(void *buf, size_t n)
{
	return getrandom(buf, n, 0) == (ssize_t)n ? 0 : -1;
}

int getrusage(int who, struct rusage *usage)
{
	return syscall(__NR_getrusage, who, usage);
}

int prlimit(pid_t pid, int resource, const struct rlimit *new, struct rlimit *old)
{
	return syscall(__NR_prlimit64, pid, resource, new, old);
}

int getrlimit(int resource, struct rlimit *lim)
{
	return prlimit(0, resource, NULL, lim);
}

int setrlimit(int resource, const struct rlimit *lim)
{
	return prlimit(0, resource, lim, NULL);
}

int getpriority(int which, id_t who)
{
	/* The kernel answers 20 - nice, because a negative answer is an error. */
	long result = syscall(__NR_getpriority, which, who);

	return result < 0 ? -1 : 20 - result;
}

int setpriority(int which, id_t who, int prio)
{
	return syscall(__NR_setpriority, which, who, prio);
}

int nice(int inc)
{
	int prio = getpriority(PRIO_PROCESS, 0) + inc;

	return setpriority(PRIO_PROCESS, 0, prio) < 0 ? -1 : prio;
}

unsigned long getauxval(unsigned long type)
{
	for (size_t *a = __auxv; a[0] != AT_NULL; a += 2) {
		if (a[0] == type)
			return a[1];
	}
	errno = ENOENT;
	return 0;
}

int getpagesize(void)
{
	return 4096;
}

int get_nprocs(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

int get_nprocs_conf(void)
{
	return get_nprocs();
}

static long pages(int free)
{
	struct sysinfo info;

	if (sysinfo(&info) < 0)
		return -1;
	return (free ? info.freeram : info.totalram) * info.mem_unit / getpagesize();
}

long sysconf(int name)
{
	struct rlimit lim;

	switch (name) {
	case _SC_CLK_TCK:
		return 100;
	case _SC_PAGESIZE:
		return getpagesize();
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN:
		return get_nprocs();
	case _SC_OPEN_MAX:
		return getrlimit(RLIMIT_NOFILE, &lim) == 0 ? (long)lim.rlim_cur : -1;
	case _SC_PHYS_PAGES:
		return pages(0);
	case _SC_AVPHYS_PAGES:
		return pages(1);
	}
	errno = EINVAL;
	return -1;
}
