/* SPDX-License-Identifier: MIT */
/*
 * System calls about processes: fork.c, exec.c, exit.c, wait4.c, pgrp.c,
 * cred.c, prctl.c, rlimit.c, sched_syscalls.c, sys.c, reboot.c, random.c.
 * Contracts: the man pages of the same names, section 2.
 *
 * Linux: include/linux/syscalls.h.
 */
#pragma once
#include "kernel/uapi/resource.h"
#include "lib/types.h"

/* fork.c, exec.c, exit.c, wait4.c */
long sys_clone(unsigned long flags, unsigned long newsp, int *parent_tid, unsigned long tls,
	       int *child_tid);
long sys_clone3(const void *uargs, unsigned long size);
long sys_set_tid_address(int *tidptr);
long sys_execve(const char *filename, const char *const *argv, const char *const *envp);
long sys_exit(long error_code);
long sys_exit_group(long error_code);
long sys_wait4(long pid, int *status, long options, struct rusage *ru);
long sys_waitid(long which, long id, void *info, long options, struct rusage *ru);
long sys_getrusage(long who, struct rusage *ru);
/* pgrp.c */
long sys_getpid(void);
long sys_getppid(void);
long sys_gettid(void);
long sys_setpgid(long pid, long pgid);
long sys_getpgid(long pid);
long sys_getsid(long pid);
long sys_setsid(void);
/* cred.c */
long sys_getuid(void);			/* geteuid, getgid, getegid: the same 0 */
long sys_setuid(long uid);		/* setgid, setfsuid, setfsgid */
long sys_setreuid(long ruid, long euid);
long sys_setresuid(long ruid, long euid, long suid);
long sys_setfsuid(long uid);
long sys_getresuid(u32 *ruid, u32 *euid, u32 *suid);
long sys_getgroups(long size, u32 *list);
long sys_setgroups(long size, const u32 *list);
long sys_capget(void *header, void *data);
long sys_capset(void *header, const void *data);
/* rlimit.c */
long sys_prlimit64(long pid, long resource, const struct rlimit *new, struct rlimit *old);
long sys_getrlimit(long resource, struct rlimit *rlim);
long sys_setrlimit(long resource, const struct rlimit *rlim);
/* prctl.c */
long sys_prctl(long option, unsigned long a2, unsigned long a3, unsigned long a4, unsigned long a5);
/* sched_syscalls.c */
long sys_sched_yield(void);
long sys_sched_setaffinity(long pid, unsigned long len, const unsigned long *mask);
long sys_sched_getaffinity(long pid, unsigned long len, unsigned long *mask);
long sys_sched_getscheduler(long pid);
long sys_sched_setscheduler(long pid, long policy, const int *param);
long sys_sched_getparam(long pid, int *param);
long sys_sched_setparam(long pid, const int *param);
long sys_sched_get_priority_max(long policy);
long sys_sched_get_priority_min(long policy);
long sys_sched_rr_get_interval(long pid, void *ts);
long sys_getpriority(long which, long who);
long sys_setpriority(long which, long who, long prio);
long sys_sched_getattr(long pid, void *attr, unsigned long size, unsigned long flags);
long sys_sched_setattr(long pid, void *attr, unsigned long flags);
long sys_ioprio_get(long which, long who);
long sys_ioprio_set(long which, long who, long ioprio);
long sys_getcpu(u32 *cpu, u32 *node, void *unused);
/* sys.c */
long sys_uname(void *buf);
long sys_sysinfo(void *info);
long sys_sethostname(const char *name, long len);
long sys_setdomainname(const char *name, long len);
long sys_syslog(long type, char *buf, long len);
long sys_set_robust_list(void *head, unsigned long len);
long sys_get_robust_list(long pid, void **head, unsigned long *len);
long sys_restart_syscall(void);
long sys_personality(unsigned long persona);
long sys_membarrier(long cmd, unsigned long flags, long cpu);
long sys_getrandom(char *buf, unsigned long count, unsigned long flags);
/* reboot.c */
long sys_reboot(long magic1, long magic2, long cmd, void *arg);
/* quire_exit_status - what QEMU exits with at power-off (/proc/sys/kernel/quire_exit_status). */
extern int quire_exit_status;

/* pidfd.c */
long sys_pidfd_open(long pid, unsigned long flags);
long sys_pidfd_send_signal(long fd, long sig, const void *info, unsigned long flags);
long sys_pidfd_getfd(long pidfd, long target, unsigned long flags);
/* nsproxy.c */
long sys_unshare(unsigned long flags);
long sys_setns(long fd, long nstype);
