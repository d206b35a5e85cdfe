/* SPDX-License-Identifier: MIT */
/*
 * nstest - namespaces and pidfds. Each test makes what it needs and lets it go: namespaces die
 * with their last process, so free pages show what was forgotten.
 *
 * Linux: tools/testing/selftests/{namespaces,pid_namespace,pidfd}. Differs: needs root.
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define NEWPID 0x20000000
#define NEWUTS 0x04000000
#define NS_GET_PARENT 0xb702
#define NS_GET_NSTYPE 0xb703

/* fork(2) with flags: the child goes on here, too. */
static pid_t fork_with(unsigned long flags)
{
	return OK(syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0));
}

/* In a namespace of its own: run fn and exit with what it returns. */
static void in_namespace(unsigned long flags, int (*fn)(void))
{
	pid_t pid = fork_with(flags);

	if (!pid)
		_exit(fn());
	EXPECT_EXIT(0, pid);
}

static int count_processes(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;
	int nr = 0;

	while (proc && (d = readdir(proc)))
		nr += atoi(d->d_name) > 0;
	if (proc)
		closedir(proc);
	return nr;
}

/* ---- PID namespaces ---- */

static int is_number_one(void)
{
	EXPECT(1, getpid());
	EXPECT(1, syscall(SYS_gettid));
	EXPECT(0, getppid());
	EXPECT(0, getpgid(0));		/* the group is its parent's, not seen from here */
	OK(setsid());
	EXPECT(1, getpgid(0));
	EXPECT_ERRNO(ESRCH, kill(2, 0));
	return 0;
}

static void pid_one(void)
{
	in_namespace(NEWPID, is_number_one);
}

static int children_have_small_numbers(void)
{
	pid_t pid = OK(fork());

	if (!pid) {
		EXPECT(2, getpid());
		EXPECT(1, getppid());
		_exit(7);
	}
	EXPECT(2, pid);
	EXPECT_EXIT(7, pid);
	return 0;
}

static void pid_children(void)
{
	in_namespace(NEWPID, children_have_small_numbers);
}

static int sees_only_itself(void)
{
	char text[400];

	OK(mount("proc", "/proc", "proc", 0, NULL));
	EXPECT(1, count_processes());
	CHECK(readlink("/proc/self", text, sizeof(text)) == 1 && text[0] == '1');
	CHECK(read_file("/proc/1/status", text, sizeof(text)) > 0);
	EXPECT(1, field(text, "NSpid:"));
	return 0;
}

static void pid_proc_mount(void)
{
	int before = count_processes();

	in_namespace(NEWPID | CLONE_NEWNS, sees_only_itself);
	EXPECT(before, count_processes());
}

/* The init cannot be killed from inside, whatever the signal; its children can. */
static int cannot_be_killed(void)
{
	pid_t pid = OK(fork());

	if (!pid) {
		for (int sig = 1; sig <= 64; sig++)
			if (sig != 32 && sig != 33)
				OK(kill(1, sig));
		pause();
	}
	nap(20);
	OK(kill(pid, SIGKILL));
	EXPECT_KILLED(SIGKILL, pid);
	pause();
	return 1;
}

static void pid_init_unkillable(void)
{
	pid_t pid = fork_with(NEWPID);

	if (!pid)
		_exit(cannot_be_killed());
	nap(60);
	EXPECT(0, waitpid(pid, NULL, WNOHANG));
	OK(kill(pid, SIGTERM));		/* no handler: nothing happens */
	nap(5);
	EXPECT(0, waitpid(pid, NULL, WNOHANG));
	OK(kill(pid, SIGKILL));		/* from outside this works */
	EXPECT_KILLED(SIGKILL, pid);
}

/* The end of the init ends all: the pipe has no writer left. */
static void pid_init_ends_all(void)
{
	int fds[2];
	char c;
	pid_t pid;

	OK(pipe(fds));
	pid = fork_with(NEWPID);
	if (!pid) {
		for (int i = 0; i < 6; i++)
			/* Some tell their end by another signal, or not at all. */
			if (!syscall(SYS_clone, i < 3 ? SIGCHLD : i < 5 ? SIGUSR1 : 0, 0, 0, 0,
				     0)) {
				setsid();
				fork();
				for (;;)
					pause();
			}
		signal(SIGUSR1, SIG_IGN);
		nap(10);
		_exit(3);
	}
	OK(close(fds[1]));
	EXPECT_EXIT(3, pid);
	EXPECT(0, read(fds[0], &c, 1));
}

static int adopts(void)
{
	pid_t child = OK(fork());

	if (!child) {
		if (!fork()) {
			while (getppid() != 1)
				nap(1);
			_exit(9);
		}
		_exit(0);
	}
	EXPECT_EXIT(0, child);
	EXPECT_EXIT(9, 3);
	return 0;
}

static void pid_orphans(void)
{
	in_namespace(NEWPID, adopts);
}

static volatile sig_atomic_t sender = -1;
static int listens[2];

static void note_sender(int sig, siginfo_t *info, void *context)
{
	sender = info->si_pid;
}

/* A signal from outside has no sender that could be named. */
static int hears_from_outside(void)
{
	struct sigaction sa = { .sa_sigaction = note_sender, .sa_flags = SA_SIGINFO };

	OK(sigaction(SIGUSR1, &sa, NULL));
	EXPECT(1, write(listens[1], "x", 1));
	while (sender < 0)
		nap(1);
	return sender;
}

/* An init without a handler would not be reached: it tells when it has one. */
static void pid_sender(void)
{
	pid_t pid;
	char c;

	OK(pipe(listens));
	pid = fork_with(NEWPID);
	if (!pid)
		_exit(hears_from_outside());
	EXPECT(1, read(listens[0], &c, 1));
	OK(kill(pid, SIGUSR1));
	EXPECT_EXIT(0, pid);
}

static int nest(int depth)
{
	long pid = syscall(SYS_clone, NEWPID | SIGCHLD, 0, 0, 0, 0);
	int status;

	if (pid < 0)
		return errno == ENOSPC ? depth : -1;
	if (!pid)
		_exit(nest(depth + 1));
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void pid_nested(void)
{
	EXPECT(3, nest(0));
}

/* ---- names ---- */

static int names_itself(void)
{
	struct utsname u;

	OK(syscall(SYS_sethostname, "inside", 6));
	OK(syscall(SYS_setdomainname, "domain", 6));
	OK(uname(&u));
	CHECK(!strcmp(u.nodename, "inside"));
	return 0;
}

static void uts(void)
{
	struct utsname before, after;

	OK(uname(&before));
	in_namespace(NEWUTS, names_itself);
	OK(uname(&after));
	CHECK(!strcmp(before.nodename, after.nodename));
}

/* ---- mounts ---- */

static int mounts_here(void)
{
	OK(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	OK(mkdir("/tmp/ns", 0700));
	OK(mount("x", "/tmp/ns", "tmpfs", 0, NULL));
	OK(close(OK(open("/tmp/ns/file", O_CREAT | O_RDWR, 0600))));
	return 0;
}

static void mounts_are_private(void)
{
	in_namespace(CLONE_NEWNS, mounts_here);
	EXPECT_ERRNO(ENOENT, access("/tmp/ns/file", F_OK));
	OK(rmdir("/tmp/ns"));
}

/* A new root, and the old one cut off below it. */
static int pivots(void)
{
	OK(mkdir("/tmp/newroot", 0700));
	OK(mount("x", "/tmp/newroot", "tmpfs", 0, NULL));
	OK(mkdir("/tmp/newroot/old", 0700));
	OK(mkdir("/tmp/newroot/here", 0700));
	EXPECT_ERRNO(EINVAL, syscall(SYS_pivot_root, "/tmp/newroot/here", "/tmp/newroot/old"));
	OK(syscall(SYS_pivot_root, "/tmp/newroot", "/tmp/newroot/old"));
	OK(chdir("/"));
	OK(access("/here", F_OK));
	OK(access("/old/bin/sh", F_OK));
	OK(umount2("/old", MNT_DETACH));
	EXPECT_ERRNO(ENOENT, access("/old/bin/sh", F_OK));
	return 0;
}

static void pivot_root_works(void)
{
	in_namespace(CLONE_NEWNS, pivots);
	OK(rmdir("/tmp/newroot"));
	OK(access("/bin/sh", F_OK));
}

static int binds_recursively(void)
{
	OK(mkdir("/tmp/rb", 0700));
	OK(mount("x", "/tmp/rb", "tmpfs", 0, NULL));
	OK(mkdir("/tmp/rb/a", 0700));
	OK(mkdir("/tmp/rb/a/m", 0700));
	OK(mkdir("/tmp/rb/b", 0700));
	OK(mount("y", "/tmp/rb/a/m", "tmpfs", 0, NULL));
	OK(mkdir("/tmp/rb/a/m/deep", 0700));
	OK(mount("/tmp/rb/a", "/tmp/rb/b", NULL, MS_BIND | MS_REC, NULL));
	OK(access("/tmp/rb/b/m/deep", F_OK));
	OK(umount2("/tmp/rb/b", MNT_DETACH));
	OK(mount("/tmp/rb/a", "/tmp/rb/b", NULL, MS_BIND, NULL));
	EXPECT_ERRNO(ENOENT, access("/tmp/rb/b/m/deep", F_OK));
	return 0;
}

static void rbind(void)
{
	in_namespace(CLONE_NEWNS, binds_recursively);
	OK(rmdir("/tmp/rb"));
}

/* ---- /proc/PID/ns and setns ---- */

static ino_t ns_inode(const char *pid, const char *name)
{
	char path[60];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%s/ns/%s", pid, name);
	OK(stat(path, &st));
	return st.st_ino;
}

static void ns_links(void)
{
	char text[60];
	ssize_t n = OK(readlink("/proc/self/ns/uts", text, sizeof(text) - 1));

	text[n] = '\0';
	CHECK(!strncmp(text, "uts:[", 5));
	EXPECT(strtoul(text + 5, NULL, 10), ns_inode("self", "uts"));
	EXPECT(ns_inode("1", "uts"), ns_inode("self", "uts"));
}

static void ns_ioctls(void)
{
	int fd = OK(open("/proc/self/ns/pid", O_RDONLY));

	EXPECT(NEWPID, ioctl(fd, NS_GET_NSTYPE));
	EXPECT_ERRNO(EPERM, ioctl(fd, NS_GET_PARENT));
	EXPECT_ERRNO(ENOTTY, ioctl(fd, 0xb7ff));
	OK(close(fd));
}

/* A child in a namespace waits; we enter it, look, and come back. */
static void setns_uts(void)
{
	char path[60];
	struct utsname u;
	pid_t pid = fork_with(NEWUTS);
	int own = OK(open("/proc/self/ns/uts", O_RDONLY)), fd;

	if (!pid) {
		OK(syscall(SYS_sethostname, "elsewhere", 9));
		raise(SIGSTOP);
		_exit(0);
	}
	EXPECT(pid, waitpid(pid, NULL, WUNTRACED));
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	fd = OK(open(path, O_RDONLY));
	EXPECT_ERRNO(EINVAL, syscall(SYS_setns, fd, NEWPID));
	OK(syscall(SYS_setns, fd, NEWUTS));
	OK(uname(&u));
	CHECK(!strcmp(u.nodename, "elsewhere"));
	OK(syscall(SYS_setns, own, 0));
	OK(uname(&u));
	CHECK(strcmp(u.nodename, "elsewhere"));
	OK(close(fd));
	OK(close(own));
	OK(kill(pid, SIGCONT));
	EXPECT_EXIT(0, pid);
}

/* setns() to a PID namespace counts for children. */
static void setns_pid(void)
{
	pid_t pid = fork_with(NEWPID), child;
	int fd;

	if (!pid) {
		pause();
		_exit(0);
	}
	fd = OK(syscall(SYS_pidfd_open, pid, 0));
	OK(syscall(SYS_setns, fd, NEWPID));
	child = OK(fork());
	if (!child)
		_exit(getpid() == 2 && getppid() == 0 ? 0 : 1);
	EXPECT_EXIT(0, child);
	OK(close(fd));
	OK(kill(pid, SIGKILL));
	EXPECT_KILLED(SIGKILL, pid);
	EXPECT_ERRNO(ENOMEM, fork());	/* its init is dead */
}

static void unshare_pid(void)
{
	pid_t pid;

	OK(unshare(NEWPID));
	CHECK(getpid() != 1);
	CHECK(ns_inode("self", "pid") != ns_inode("self", "pid_for_children"));
	EXPECT_ERRNO(EINVAL, unshare(NEWPID));
	pid = OK(fork());
	if (!pid)
		_exit(getpid() == 1 ? 0 : 1);
	EXPECT_EXIT(0, pid);
}

static void refused(void)
{
	EXPECT_ERRNO(EINVAL, unshare(0x10000000));	/* user */
	EXPECT_ERRNO(EINVAL, unshare(0x40000000));	/* net */
	EXPECT_ERRNO(EINVAL, syscall(SYS_clone, NEWPID | CLONE_THREAD | CLONE_VM | CLONE_SIGHAND,
				     0, 0, 0, 0));
	EXPECT_ERRNO(EINVAL, syscall(SYS_clone, CLONE_NEWNS | CLONE_FS | SIGCHLD, 0, 0, 0, 0));
	EXPECT_ERRNO(EBADF, syscall(SYS_setns, 999, 0));
	EXPECT_ERRNO(EINVAL, syscall(SYS_setns, OK(open("/dev/null", O_RDONLY)), 0));
}

/* ---- pidfd ---- */

static void pidfd(void)
{
	pid_t pid = OK(fork());
	struct pollfd p = { .events = POLLIN };
	siginfo_t info;

	if (!pid)
		for (;;)
			pause();
	p.fd = OK(syscall(SYS_pidfd_open, pid, 0));
	EXPECT(0, poll(&p, 1, 0));
	EXPECT_ERRNO(EINVAL, syscall(SYS_pidfd_send_signal, p.fd, 99, NULL, 0));
	OK(syscall(SYS_pidfd_send_signal, p.fd, SIGKILL, NULL, 0));
	EXPECT(1, poll(&p, 1, -1));
	memset(&info, 0, sizeof(info));
	OK(syscall(SYS_waitid, 3, p.fd, &info, WEXITED, NULL));
	EXPECT(pid, info.si_pid);
	EXPECT_ERRNO(ESRCH, syscall(SYS_pidfd_send_signal, p.fd, 0, NULL, 0));
	EXPECT_ERRNO(ESRCH, syscall(SYS_pidfd_open, pid, 0));
	OK(close(p.fd));
}

static void pidfd_getfd(void)
{
	int fds[2], copy, fd;
	pid_t pid;
	char c = 0;

	OK(pipe(fds));
	pid = OK(fork());
	if (!pid) {
		close(fds[0]);
		pause();
	}
	OK(close(fds[1]));
	fd = OK(syscall(SYS_pidfd_open, pid, 0));
	copy = OK(syscall(SYS_pidfd_getfd, fd, fds[1], 0));
	EXPECT(1, write(copy, "x", 1));
	EXPECT(1, read(fds[0], &c, 1));
	EXPECT('x', c);
	EXPECT_ERRNO(EBADF, syscall(SYS_pidfd_getfd, fd, 77, 0));
	OK(kill(pid, SIGKILL));
	EXPECT_KILLED(SIGKILL, pid);
}

static void clone_pidfd(void)
{
	int fd = -1;
	long pid = OK(syscall(SYS_clone, 0x1000 | SIGCHLD, 0, &fd, 0, 0));
	struct pollfd p = { .events = POLLIN };

	if (!pid)
		_exit(5);
	CHECK(fd >= 0);
	p.fd = fd;
	EXPECT(1, poll(&p, 1, -1));
	EXPECT_EXIT(5, pid);
	OK(close(fd));
}

static const struct subtest tests[] = {
	{ "pid_one", pid_one, 0 },
	{ "pid_children", pid_children, 0 },
	{ "pid_proc_mount", pid_proc_mount, 0 },
	{ "pid_init_unkillable", pid_init_unkillable, 0 },
	{ "pid_init_ends_all", pid_init_ends_all, 0 },
	{ "pid_orphans", pid_orphans, 0 },
	{ "pid_sender", pid_sender, 0 },
	{ "pid_nested", pid_nested, 0 },
	{ "uts", uts, 0 },
	{ "mounts_are_private", mounts_are_private, 0 },
	{ "pivot_root", pivot_root_works, 0 },
	{ "rbind", rbind, 0 },
	{ "ns_links", ns_links, T_NOMMU },
	{ "ns_ioctls", ns_ioctls, T_NOMMU },
	{ "setns_uts", setns_uts, 0 },
	{ "setns_pid", setns_pid, 0 },
	{ "unshare_pid", unshare_pid, 0 },
	{ "refused", refused, 0 },
	{ "pidfd", pidfd, 0 },
	{ "pidfd_getfd", pidfd_getfd, 0 },
	{ "clone_pidfd", clone_pidfd, 0 },
};

SUITE(nstest_suite, "nstest", tests);
