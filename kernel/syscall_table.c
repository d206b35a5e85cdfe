/* SPDX-License-Identifier: MIT */
/*
 * The system-call table: number to function. What is not named here answers
 * ENOSYS and leaves one rate-limited line in the log.
 *
 * Linux: arch/riscv/kernel/syscall_table.c.
 */
#include <asm/sys_riscv.h>
#include "kernel/fs/fs_syscalls.h"
#include "kernel/futex.h"
#include "kernel/printk.h"
#include "kernel/proc_syscalls.h"
#include "kernel/sched.h"
#include "kernel/signal_syscalls.h"
#include "kernel/syscalls.h"
#include "kernel/time_syscalls.h"
#include "mm/mm_syscalls.h"
#include "mm/swap.h"

long sys_ni_syscall(void)
{
	unsigned long nr = current_pt_regs()->a7;

	pr_warn_ratelimited("%s[%d]: unknown system call %lu (%s)\n", current->comm, current->pid,
			    nr, lacking_syscall_name(nr));
	return -ENOSYS;
}

/* Calls that programs only probe for: they expect ENOSYS, it is not worth a line. */
static long sys_not_here(void)
{
	return -ENOSYS;
}

/* void * in between: the functions have different parameters, each fits in six registers. */
#define CALL_AS(nr, fn)	[__NR_##nr] = (syscall_fn_t)(void *)(fn)
#define CALL(name)	CALL_AS(name, sys_##name)

#pragma GCC diagnostic ignored "-Woverride-init"
const syscall_fn_t sys_call_table[NR_syscalls] = {
	[0 ... NR_syscalls - 1] = (syscall_fn_t)(void *)sys_ni_syscall,
	/* files */
	CALL(getcwd), CALL(eventfd2), CALL(epoll_create1), CALL(epoll_ctl),
	CALL(epoll_pwait), CALL(epoll_pwait2), CALL(dup), CALL(dup3), CALL(fcntl),
	CALL(ioctl), CALL(flock), CALL(mknodat), CALL(mkdirat), CALL(unlinkat),
	CALL(symlinkat), CALL(linkat), CALL(renameat2), CALL(umount2), CALL(mount),
	CALL(pivot_root), CALL(statfs), CALL(fstatfs), CALL(truncate), CALL(ftruncate),
	CALL(fallocate), CALL(faccessat), CALL(faccessat2), CALL(chdir), CALL(fchdir),
	CALL(chroot), CALL(fchmod), CALL(fchmodat), CALL(fchmodat2), CALL(fchownat),
	CALL(fchown), CALL(openat), CALL(close), CALL(close_range), CALL(vhangup),
	CALL(pipe2), CALL(getdents64), CALL(lseek), CALL(read), CALL(write), CALL(readv),
	CALL(writev), CALL(pread64), CALL(pwrite64), CALL(preadv), CALL(pwritev),
	CALL(preadv2), CALL(pwritev2), CALL(sendfile), CALL(copy_file_range),
	CALL(pselect6), CALL(ppoll), CALL(readlinkat), CALL(newfstatat), CALL(fstat),
	CALL(statx), CALL(sync), CALL(syncfs), CALL(sync_file_range), CALL(fsync),
	CALL(fdatasync), CALL(utimensat), CALL(umask), CALL(fadvise64), CALL(readahead),
	CALL(memfd_create), CALL(getxattr), CALL(lgetxattr), CALL(fgetxattr),
	CALL(listxattr), CALL(llistxattr), CALL(flistxattr),
	CALL_AS(setxattr, sys_getxattr), CALL_AS(lsetxattr, sys_lgetxattr),
	CALL_AS(fsetxattr, sys_fgetxattr), CALL_AS(removexattr, sys_getxattr),
	CALL_AS(lremovexattr, sys_lgetxattr), CALL_AS(fremovexattr, sys_fgetxattr),
	/* sockets */
	CALL(socket), CALL_AS(socketpair, sys_socket), CALL_AS(bind, sys_on_socket),
	CALL_AS(listen, sys_on_socket), CALL_AS(accept, sys_on_socket),
	CALL_AS(accept4, sys_on_socket), CALL_AS(connect, sys_on_socket),
	CALL_AS(getsockname, sys_on_socket), CALL_AS(getpeername, sys_on_socket),
	CALL_AS(sendto, sys_on_socket), CALL_AS(recvfrom, sys_on_socket),
	CALL_AS(setsockopt, sys_on_socket), CALL_AS(getsockopt, sys_on_socket),
	CALL_AS(shutdown, sys_on_socket), CALL_AS(sendmsg, sys_on_socket),
	CALL_AS(recvmsg, sys_on_socket),
	/* memory */
	CALL(brk), CALL(mmap), CALL(munmap), CALL(mremap), CALL(mprotect), CALL(madvise),
	CALL(mincore), CALL(msync), CALL(mlock), CALL(munlock), CALL(mlockall),
	CALL(munlockall), CALL(mlock2),
	CALL(swapon), CALL(swapoff), CALL(get_mempolicy), CALL(set_mempolicy), CALL(mbind),
	CALL(migrate_pages), CALL(move_pages),
	/* processes */
	CALL(clone), CALL(clone3), CALL(set_tid_address), CALL(execve), CALL(exit),
	CALL(exit_group), CALL(wait4), CALL(waitid), CALL(getrusage), CALL(getpid),
	CALL(getppid), CALL(gettid), CALL(setpgid), CALL(getpgid), CALL(getsid),
	CALL(setsid), CALL(getuid), CALL(setuid), CALL(setreuid), CALL(setresuid),
	CALL(setfsuid), CALL(getresuid), CALL(getgroups), CALL(setgroups), CALL(capget),
	CALL(capset), CALL(prlimit64), CALL(getrlimit), CALL(setrlimit), CALL(prctl),
	CALL(sched_yield), CALL(sched_setaffinity), CALL(sched_getaffinity),
	CALL(sched_getscheduler), CALL(sched_setscheduler), CALL(sched_getparam),
	CALL(sched_setparam), CALL(sched_get_priority_max), CALL(sched_get_priority_min),
	CALL(sched_rr_get_interval), CALL(getpriority), CALL(setpriority), CALL(getcpu),
	CALL(uname), CALL(sysinfo), CALL(sethostname), CALL(setdomainname), CALL(syslog),
	CALL(set_robust_list), CALL(get_robust_list), CALL(restart_syscall),
	CALL(getrandom), CALL(reboot), CALL(unshare), CALL(setns), CALL(personality),
	CALL(membarrier),
	CALL(sched_getattr), CALL(sched_setattr), CALL(ioprio_get), CALL(ioprio_set),
	CALL(pidfd_open), CALL(pidfd_send_signal), CALL(pidfd_getfd),
	CALL_AS(geteuid, sys_getuid), CALL_AS(getgid, sys_getuid), CALL_AS(getegid, sys_getuid),
	CALL_AS(setgid, sys_setuid), CALL_AS(setregid, sys_setreuid),
	CALL_AS(setresgid, sys_setresuid), CALL_AS(getresgid, sys_getresuid),
	CALL_AS(setfsgid, sys_setfsuid),
	/* signals, futexes, time */
	CALL(kill), CALL(tkill), CALL(tgkill), CALL(rt_sigqueueinfo),
	CALL(rt_tgsigqueueinfo), CALL(rt_sigaction), CALL(rt_sigprocmask),
	CALL(rt_sigpending), CALL(rt_sigsuspend), CALL(rt_sigtimedwait), CALL(sigaltstack),
	CALL(rt_sigreturn),
	CALL(futex),
	CALL(nanosleep), CALL(clock_nanosleep), CALL(clock_gettime), CALL(clock_settime),
	CALL(clock_getres), CALL(gettimeofday), CALL(settimeofday), CALL(times),
	CALL(getitimer), CALL(setitimer), CALL(timer_create), CALL(timer_settime),
	CALL(timer_gettime), CALL(timer_getoverrun), CALL(timer_delete), CALL(timerfd_create),
	CALL(timerfd_settime), CALL(timerfd_gettime),
	/* of this architecture */
	CALL(riscv_hwprobe), CALL(riscv_flush_icache),
	/* probed for: by pmap, by mount, by lsblk, by xz */
	CALL_AS(shmget, sys_not_here), CALL_AS(fsopen, sys_not_here),
	CALL_AS(open_tree, sys_not_here), CALL_AS(name_to_handle_at, sys_not_here),
	CALL_AS(landlock_create_ruleset, sys_not_here),
	CALL_AS(rseq, sys_not_here),
};
