/* SPDX-License-Identifier: MIT */
/*
 * sysfuzz's table: each system call, how often it is made, and the kinds of its arguments (the
 * letters are make_arg()'s). Numbers that are not here are called with anything at all.
 *
 * Linux: the idea of trinity's and syzkaller's call descriptions. Differs: a letter an argument.
 */
#include <sys/syscall.h>

#include "user/tests/sysfuzz.h"

#define C(name, weight, args) { SYS_##name, weight, args }

const struct fuzz_call fuzz_calls[] = {
	/* files */
	C(getcwd, 2, "bn"), C(eventfd2, 2, "io"), C(epoll_create1, 1, "o"),
	C(epoll_ctl, 6, "fifY"), C(epoll_pwait, 3, "fbitq8"), C(epoll_pwait2, 1, "fbitq8"),
	C(dup, 4, "f"), C(dup3, 6, "ffo"), C(fcntl, 10, "fFY"), C(ioctl, 6, "fIY"),
	C(flock, 3, "fi"), C(mknodat, 2, "dwmi"), C(mkdirat, 3, "dwm"), C(unlinkat, 5, "dwW"),
	C(symlinkat, 2, "wdw"), C(linkat, 3, "dwdwW"), C(renameat2, 5, "dwdwi"),
	C(statfs, 2, "pb"), C(fstatfs, 2, "fb"), C(truncate, 3, "wO"), C(ftruncate, 4, "fO"),
	C(fallocate, 5, "fiOO"), C(faccessat, 3, "dpi"), C(faccessat2, 2, "dpiW"),
	C(chdir, 2, "w"), C(fchdir, 2, "f"), C(fchmod, 2, "fm"), C(fchmodat, 2, "dwm"),
	C(fchmodat2, 1, "dwmW"), C(fchownat, 2, "dwiiW"), C(fchown, 2, "fii"),
	C(openat, 16, "dpom"), C(openat2, 2, "dpyn"), C(close, 8, "f"), C(close_range, 1, "ffi"),
	C(pipe2, 5, "bo"), C(getdents64, 5, "fbn"), C(lseek, 6, "fOi"), C(read, 14, "fbn"),
	C(write, 14, "fbn"), C(readv, 5, "fvc"), C(writev, 5, "fvc"), C(pread64, 5, "fbnO"),
	C(pwrite64, 5, "fbnO"), C(preadv, 3, "fvcO"), C(pwritev, 3, "fvcO"),
	C(preadv2, 2, "fvcO0i"), C(pwritev2, 2, "fvcO0i"), C(sendfile, 5, "ffYn"),
	C(copy_file_range, 4, "fYfYni"), C(splice, 6, "fYfYni"), C(tee, 3, "ffni"),
	C(vmsplice, 4, "fvci"), C(pselect6, 4, "iYYYtY"), C(ppoll, 5, "Yitq8"),
	C(readlinkat, 3, "dpbn"), C(newfstatat, 5, "dpbW"), C(fstat, 5, "fb"),
	C(statx, 3, "dpWib"), C(sync, 1, ""), C(syncfs, 1, "f"), C(fsync, 2, "f"),
	C(fdatasync, 2, "f"), C(sync_file_range, 1, "fOOi"), C(utimensat, 2, "dwYW"),
	C(umask, 1, "m"), C(fadvise64, 3, "fOOi"), C(readahead, 3, "fOn"),
	C(memfd_create, 3, "wi"), C(mount, 2, "wwSBY"), C(umount2, 2, "wi"),
	C(pivot_root, 1, "ww"), C(chroot, 1, "w"), C(setns, 2, "fi"), C(unshare, 2, "G"),
	C(fsopen, 1, "Si"), C(open_tree, 1, "dpi"), C(inotify_init1, 1, "o"),
	C(setxattr, 1, "wwbni"), C(fgetxattr, 1, "fwbn"), C(llistxattr, 1, "pbn"),
	/* memory */
	C(brk, 3, "x"), C(mmap, 24, "alPMfO"), C(munmap, 12, "al"), C(mremap, 10, "alLia"),
	C(mprotect, 12, "alP"), C(madvise, 14, "alA"), C(mincore, 4, "alb"), C(msync, 4, "ali"),
	C(mlock, 4, "al"), C(munlock, 4, "al"), C(mlock2, 3, "ali"), C(mlockall, 1, "i"),
	C(munlockall, 2, ""), C(remap_file_pages, 2, "alP0M"), C(swapon, 1, "wi"),
	C(swapoff, 1, "w"), C(get_mempolicy, 2, "bbnai"), C(set_mempolicy, 1, "iYn"),
	C(mbind, 2, "aliYni"), C(move_pages, 1, "knYYbi"), C(migrate_pages, 1, "knYY"),
	C(process_vm_readv, 2, "kvcvc0"), C(process_vm_writev, 1, "kvcvc0"),
	C(process_madvise, 1, "fvcA0"), C(process_mrelease, 1, "fi"), C(membarrier, 2, "iii"),
	C(userfaultfd, 1, "o"), C(mseal, 1, "al0"), C(cachestat, 1, "fYbi"),
	C(shmget, 1, "ini"), C(shmat, 1, "iai"), C(shmctl, 1, "iib"), C(shmdt, 1, "a"),
	C(memfd_secret, 1, "i"), C(pkey_alloc, 1, "ii"), C(pkey_mprotect, 1, "alPi"),
	/* processes */
	C(set_tid_address, 1, "b"), C(execve, 2, "EYY"), C(execveat, 1, "dEYYW"),
	C(wait4, 4, "kibb"), C(waitid, 3, "ikbib"), C(getrusage, 2, "ib"), C(getpid, 2, ""),
	C(getppid, 1, ""), C(gettid, 1, ""), C(setpgid, 2, "kk"), C(getpgid, 1, "k"),
	C(getsid, 1, "k"), C(setsid, 1, ""), C(setuid, 1, "i"), C(setresuid, 1, "iii"),
	C(getresuid, 1, "bbb"), C(getgroups, 1, "ib"), C(setgroups, 1, "ib"),
	C(capget, 1, "YY"), C(capset, 1, "YY"), C(prlimit64, 4, "krYb"), C(getrlimit, 1, "rb"),
	C(setrlimit, 2, "rY"), C(prctl, 6, "iYYii"), C(sched_yield, 2, ""),
	C(sched_setaffinity, 2, "knY"), C(sched_getaffinity, 2, "knb"),
	C(sched_getscheduler, 1, "k"), C(sched_setscheduler, 1, "kiY"),
	C(sched_getparam, 1, "kb"), C(sched_setparam, 1, "kY"), C(sched_getattr, 1, "kbni"),
	C(sched_setattr, 1, "kYi"), C(sched_get_priority_max, 1, "i"),
	C(sched_rr_get_interval, 1, "kb"), C(getpriority, 1, "ik"), C(setpriority, 1, "iki"),
	C(ioprio_get, 1, "ik"), C(ioprio_set, 1, "iki"), C(getcpu, 1, "bb0"), C(uname, 1, "b"),
	C(sysinfo, 1, "b"), C(sethostname, 1, "bn"), C(setdomainname, 1, "bn"),
	C(syslog, 1, "ibn"), C(set_robust_list, 2, "bn"), C(get_robust_list, 1, "kbb"),
	C(restart_syscall, 1, ""), C(getrandom, 2, "bni"), C(personality, 1, "i"),
	C(pidfd_open, 2, "ki"), C(pidfd_send_signal, 2, "fsYi"), C(pidfd_getfd, 1, "ffi"),
	C(rseq, 1, "bnii"), C(kcmp, 1, "kkiff"), C(socket, 2, "iii"), C(socketpair, 2, "iiib"),
	C(connect, 1, "fYn"), C(bind, 1, "fYn"), C(sendto, 1, "fbniYn"),
	C(recvfrom, 1, "fbnibb"), C(sendmsg, 1, "fYi"), C(recvmsg, 1, "fYi"),
	C(shutdown, 1, "fi"), C(getsockopt, 1, "fiibb"), C(ptrace, 1, "ikaa"),
	/* signals, futexes, time */
	C(kill, 4, "ks"), C(tkill, 3, "ks"), C(tgkill, 3, "kks"), C(rt_sigqueueinfo, 2, "ksY"),
	C(rt_tgsigqueueinfo, 1, "kksY"), C(rt_sigaction, 5, "sZb8"),
	C(rt_sigprocmask, 5, "iqb8"), C(rt_sigpending, 1, "b8"), C(rt_sigsuspend, 1, "q8"),
	C(rt_sigtimedwait, 3, "qbt8"), C(sigaltstack, 2, "Yb"), C(rt_sigreturn, 1, ""),
	C(futex, 12, "uUitux"), C(futex_waitv, 1, "YiitC"), C(signalfd4, 2, "fq8o"),
	C(nanosleep, 2, "tb"), C(clock_nanosleep, 2, "Citb"), C(clock_gettime, 2, "Cb"),
	C(clock_settime, 1, "Cx"), C(clock_getres, 1, "Cb"), C(gettimeofday, 1, "bb"),
	C(settimeofday, 1, "xx"), C(adjtimex, 1, "x"), C(times, 1, "b"), C(getitimer, 1, "ib"),
	C(setitimer, 2, "iYb"), C(timer_create, 3, "CYb"), C(timer_settime, 4, "iiYb"),
	C(timer_gettime, 2, "ib"), C(timer_getoverrun, 1, "i"), C(timer_delete, 2, "i"),
	C(timerfd_create, 2, "Co"), C(timerfd_settime, 3, "fiYb"), C(timerfd_gettime, 1, "fb"),
	C(riscv_hwprobe, 1, "YnnYi"), C(riscv_flush_icache, 1, "aai"),
};

const unsigned int nr_fuzz_calls = ARRAY_LEN(fuzz_calls);
