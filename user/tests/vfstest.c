/* SPDX-License-Identifier: MIT */
/*
 * vfstest - files where several look at them at the same time: epoll sets, locks that outlive a
 * descriptor, names that appear and go under a reader, links made and removed in two directories,
 * a terminal with two readers; and what calls say of the odd cases.
 *
 * The races run for a fixed number of rounds: on one hart they hold trivially.
 *
 * Linux: tools/testing/selftests/filesystems, epoll. Differs: written from the manual pages.
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define ADD 1
#define MOD 3
#define ONESHOT (1U << 30)
#define EDGE (1U << 31)
#define ROUNDS 3000
#define PUNCH_HOLE 2
#define SHARED_FILES 0x400	/* CLONE_FILES */

struct event { unsigned int events, pad; unsigned long data; };

static int new_file(const char *name)
{
	return OK(open(name, O_RDWR | O_CREAT | O_EXCL, 0644));
}

/* A process that runs fn again and again until it is killed. */
static pid_t repeat(void (*fn)(void))
{
	pid_t pid = fork();

	while (!pid)
		fn();
	return OK(pid);
}

static void stop(pid_t pid)
{
	OK(kill(pid, SIGKILL));
	EXPECT_KILLED(SIGKILL, pid);
}

/* ---- epoll ---- */

static int epoll, counter;

static int new_epoll(int fd, unsigned int events)
{
	struct event event = { .events = events };
	int ep = OK(syscall(SYS_epoll_create1, 0));

	OK(syscall(SYS_epoll_ctl, ep, ADD, fd, &event));
	return ep;
}

static int epoll_now(int ep, struct event *event)
{
	return OK(syscall(SYS_epoll_pwait, ep, event, 1, 0, NULL, 8));
}

static int poll_now(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return OK(poll(&p, 1, 0));
}

/* After its one event an item says nothing, not even of a hang-up, until it is asked again. */
static void oneshot_hangup(void)
{
	struct event event = { .events = POLLIN | ONESHOT };
	int fd[2], ep;

	OK(pipe(fd));
	ep = new_epoll(fd[0], POLLIN | ONESHOT);
	EXPECT(1, write(fd[1], "x", 1));
	EXPECT(1, epoll_now(ep, &event));
	EXPECT(POLLIN, event.events);
	close(fd[1]);
	EXPECT(0, epoll_now(ep, &event));
	event.events = ONESHOT;
	OK(syscall(SYS_epoll_ctl, ep, MOD, fd[0], &event));
	EXPECT(1, epoll_now(ep, &event));
	EXPECT(POLLHUP, event.events);
	EXPECT(0, epoll_now(ep, &event));
}

/* The set itself is readable exactly as long as something in it is. */
static void poll_of_a_set(void)
{
	struct event event;
	long value = 1;

	counter = OK(syscall(SYS_eventfd2, 0, 0));
	epoll = new_epoll(counter, POLLIN);
	EXPECT(0, poll_now(epoll));
	EXPECT(8, write(counter, &value, 8));
	EXPECT(1, poll_now(epoll));
	EXPECT(1, poll_now(epoll));
	EXPECT(8, read(counter, &value, 8));
	EXPECT(0, poll_now(epoll));
	EXPECT(8, write(counter, &value, 8));
	EXPECT(1, epoll_now(epoll, &event));
	EXPECT(1, poll_now(epoll));
}

static void collect(void)
{
	struct event event;

	epoll_now(epoll, &event);
}

/* While another process takes what is ready, and puts it back, it is not away. */
static void ready_while_collected(void)
{
	struct event event;
	pid_t other;

	counter = OK(syscall(SYS_eventfd2, 1, 0));
	epoll = new_epoll(counter, POLLIN);
	other = repeat(collect);
	for (int i = 0; i < ROUNDS; i++) {
		EXPECT(1, poll_now(epoll));
		/* No time limit: whoever sleeps here has missed it, and the subtest never ends. */
		EXPECT(1, syscall(SYS_epoll_pwait, epoll, &event, 1, -1, NULL, 8));
	}
	stop(other);
}

/* An event that could not be stored has not been told: it comes again, edge or one shot. */
static void event_not_stored(void)
{
	static const unsigned int modes[] = { EDGE, ONESHOT };
	struct event event;
	int fd[2], ep;

	OK(pipe(fd));
	EXPECT(1, write(fd[1], "x", 1));
	for (unsigned int i = 0; i < ARRAY_LEN(modes); i++) {
		ep = new_epoll(fd[0], POLLIN | modes[i]);
		EXPECT_ERRNO(EFAULT, syscall(SYS_epoll_pwait, ep, -4096, 1, 0, NULL, 8));
		EXPECT(1, epoll_now(ep, &event));
		EXPECT(POLLIN, event.events);
		EXPECT(0, epoll_now(ep, &event));
		close(ep);
	}
}

/* Those that were stored before the bad address count; the others come next. */
static void events_stored_in_part(void)
{
	struct event event = { .events = POLLIN | EDGE }, *last;
	int fd[3][2], ep = OK(syscall(SYS_epoll_create1, 0));

	for (int i = 0; i < 3; i++) {
		OK(pipe(fd[i]));
		EXPECT(1, write(fd[i][1], "x", 1));
		event.data = i;
		OK(syscall(SYS_epoll_ctl, ep, ADD, fd[i][0], &event));
	}
	last = (struct event *)(pages(2) + page_size) - 1;
	OK(munmap(last + 1, page_size));
	EXPECT(1, syscall(SYS_epoll_pwait, ep, last, 3, 0, NULL, 8));
	EXPECT(0, last->data);
	for (int i = 1; i < 3; i++) {
		EXPECT(1, epoll_now(ep, &event));
		EXPECT(i, event.data);
	}
	EXPECT(0, epoll_now(ep, &event));
}

/* ---- locks ---- */

static struct flock whole(int type)
{
	return (struct flock){ .l_type = type, .l_whence = SEEK_SET };
}

/* What a process that has no lock would meet. */
static int other_sees(const char *name)
{
	pid_t pid = fork();

	if (!pid) {
		struct flock l = whole(F_WRLCK);
		int fd = OK(open(name, O_RDWR));

		OK(fcntl(fd, F_GETLK, &l));
		_exit(l.l_type);
	}
	return WEXITSTATUS(child_status(pid));
}

/* A lock for which one thread waits while another closes the descriptor is not to be had. */
static void lock_of_a_closed_file(void)
{
	struct flock lock = whole(F_WRLCK);
	pid_t holder, waiter;
	int fd, go[2];
	char c;

	enter_dir();
	OK(pipe(go));
	close(new_file("f"));
	holder = OK(fork());
	if (!holder) {
		OK(fcntl(OK(open("f", O_RDWR)), F_SETLK, &lock));
		_exit(read(go[0], &c, 1) == 1 ? 0 : 1);
	}
	while (other_sees("f") != F_WRLCK)
		sched_yield();
	fd = OK(open("f", O_RDWR));
	waiter = OK(syscall(SYS_clone, SHARED_FILES | SIGCHLD, 0, 0, 0, 0));
	if (!waiter)
		_exit(fcntl(fd, F_SETLKW, &lock) ? errno : 0);
	wait_until_in(waiter, SYS_fcntl);
	close(fd);
	EXPECT(1, write(go[1], "x", 1));
	EXPECT_EXIT(0, holder);
	EXPECT_EXIT(EBADF, waiter);
	EXPECT(F_UNLCK, other_sees("f"));
	OK(unlink("f"));
	leave_dir();
}

/* A descriptor that is only a name has no locks to give up. */
static void lock_and_path_descriptor(void)
{
	struct flock lock = whole(F_WRLCK);
	int fd;

	enter_dir();
	fd = new_file("f");
	OK(fcntl(fd, F_SETLK, &lock));
	close(OK(open("f", O_PATH)));
	EXPECT(F_WRLCK, other_sees("f"));
	close(OK(open("f", O_RDONLY)));
	EXPECT(F_UNLCK, other_sees("f"));
	OK(unlink("f"));
	leave_dir();
}

/* ---- descriptors ---- */

/* What a thread has reserved for an open(2) that still waits is not taken in a forked process. */
static void lowest_descriptor_after_fork(void)
{
	pid_t opener, child;
	int lowest, reserved;

	enter_dir();
	OK(mkfifo("p", 0600));
	lowest = OK(dup(0));
	close(lowest);
	opener = OK(syscall(SYS_clone, SHARED_FILES | SIGCHLD, 0, 0, 0, 0));
	if (!opener)
		_exit(open("p", O_RDONLY) < 0);
	wait_until_in(opener, SYS_openat);
	/* wait_until_in() has files open, too: which of the first two numbers is it? */
	reserved = dup(0) == lowest ? lowest + 1 : lowest;
	EXPECT(lowest + 2, dup(0));
	child = OK(fork());
	if (!child)
		_exit(dup(0) != reserved);
	EXPECT_EXIT(0, child);
	OK(open("p", O_WRONLY));
	EXPECT_EXIT(0, opener);
	OK(unlink("p"));
	leave_dir();
}

/* ---- FIFOs ---- */

static int poll_fifo(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	OK(poll(&p, 1, 0));
	return p.revents;
}

/* A reader is told that the writers have gone only if one was there since it has opened. */
static void fifo_hangup(void)
{
	int early, late;
	char c;

	enter_dir();
	OK(mkfifo("p", 0600));
	early = OK(open("p", O_RDONLY | O_NONBLOCK));
	EXPECT(0, poll_fifo(early));
	close(OK(open("p", O_WRONLY)));
	late = OK(open("p", O_RDONLY | O_NONBLOCK));
	EXPECT(POLLHUP, poll_fifo(early));
	EXPECT(0, poll_fifo(late));
	EXPECT(0, read(late, &c, 1));
	close(OK(open("p", O_WRONLY)));
	EXPECT(POLLHUP, poll_fifo(late));
	/* With a writer there the wait is over at once, and so it is when he goes. */
	close(late);
	close(early);
	early = OK(open("p", O_RDWR));
	late = OK(open("p", O_RDONLY | O_NONBLOCK));
	close(early);
	EXPECT(POLLHUP, poll_fifo(late));
	OK(unlink("p"));
	leave_dir();
}

/* ---- names that come and go ---- */

static void make_and_remove_link(void)
{
	(void)!symlink(".", "l");
	(void)!unlink("l");
}

/* A link that can be seen can be followed. */
static void link_under_a_walker(void)
{
	pid_t makers[2];
	struct stat st;

	enter_dir();
	for (int i = 0; i < 2; i++)
		makers[i] = repeat(make_and_remove_link);
	for (int i = 0; i < 5 * ROUNDS; i++)
		if (stat("l", &st))
			EXPECT(ENOENT, errno);
	for (int i = 0; i < 2; i++)
		stop(makers[i]);
	unlink("l");
	leave_dir();
}

static void make_and_remove_names(const char *name)
{
	for (int i = 0; i < 5 * ROUNDS; i++) {
		OK(link("f", name));
		OK(unlink(name));
	}
}

/* The number of names is right, though they are in directories with locks of their own. */
static void links_in_two_directories(void)
{
	struct stat st;
	pid_t other;
	int fd;

	enter_dir();
	fd = new_file("f");
	OK(mkdir("a", 0755));
	OK(mkdir("b", 0755));
	other = OK(fork());
	make_and_remove_names(other ? "a/f" : "b/f");
	if (!other)
		_exit(0);
	EXPECT_EXIT(0, other);
	OK(fstat(fd, &st));
	EXPECT(1, st.st_nlink);
	OK(rmdir("a"));
	OK(rmdir("b"));
	OK(unlink("f"));
	leave_dir();
}

/* ---- what calls say ---- */

static void odd_names(void)
{
	enter_dir();
	close(new_file("f"));
	OK(link("f", "g"));
	EXPECT_ERRNO(EISDIR, open("f/", O_RDWR | O_CREAT, 0600));
	EXPECT_ERRNO(EISDIR, open("new/", O_RDWR | O_CREAT, 0600));
	EXPECT_ERRNO(EEXIST, syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "g", 1));
	EXPECT_ERRNO(EEXIST, syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "f", 1));
	OK(rename("f", "g"));
	OK(unlink("f"));
	OK(unlink("g"));
	leave_dir();
}

/* A length behind the end of the source does not reach into the destination. */
static void copy_within_a_file(void)
{
	long in = 0, out = 20;
	char text[31] = "";
	int fd;

	enter_dir();
	fd = new_file("f");
	EXPECT(10, write(fd, "0123456789", 10));
	EXPECT(10, syscall(SYS_copy_file_range, fd, &in, fd, &out, 4096, 0));
	EXPECT(30, pread(fd, text, 30, 0));
	EXPECT(0, memcmp(text + 20, "0123456789", 10));
	in = 0;
	out = 5;
	EXPECT_ERRNO(EINVAL, syscall(SYS_copy_file_range, fd, &in, fd, &out, 4096, 0));
	EXPECT_ERRNO(EOPNOTSUPP, fallocate(fd, PUNCH_HOLE, 0, 4096));
	close(fd);
	OK(unlink("f"));
	leave_dir();
}

static void directory_too_deep(void)
{
	enum { DEPTH = 20, LENGTH = 250 };
	char name[LENGTH + 1], path[4096];

	enter_dir();
	memset(name, 'd', LENGTH);
	name[LENGTH] = 0;
	for (int i = 0; i < DEPTH; i++) {
		OK(mkdir(name, 0755));
		OK(chdir(name));
	}
	EXPECT_ERRNO(ENAMETOOLONG, syscall(SYS_getcwd, path, sizeof(path)));
	EXPECT_ERRNO(ENAMETOOLONG, readlink("/proc/self/cwd", path, sizeof(path)));
	for (int i = 0; i < DEPTH; i++) {
		OK(chdir(".."));
		OK(rmdir(name));
	}
	leave_dir();
}

/* ---- the terminal ---- */

/* A process that has no terminal of its own, so that using one does not stop it. */
static pid_t use_terminal(void (*fn)(int fd), int flags)
{
	pid_t pid = OK(fork());

	if (pid)
		return pid;
	OK(setsid());
	alarm(60);
	fn(OK(open("/dev/ttyS0", O_RDWR | O_NOCTTY | flags)));
	_exit(0);
}

static void read_for_ever(int fd)
{
	char c;

	while (read(fd, &c, 1) >= 0)
		;
}

static void read_at_once(int fd)
{
	char c;

	EXPECT_ERRNO(EAGAIN, read(fd, &c, 1));
}

/* Who asks not to wait does not wait for another reader, either. */
static void terminal_without_waiting(void)
{
	pid_t reader = use_terminal(read_for_ever, 0);

	wait_until_in(reader, SYS_read);
	EXPECT_EXIT(0, use_terminal(read_at_once, O_NONBLOCK));
	stop(reader);
}

static void read_two(int fd)
{
	struct termios old, raw;
	char text[2] = "";

	OK(tcgetattr(fd, &old));
	raw = old;
	raw.c_lflag &= ~(ICANON | ECHO);
	raw.c_cc[VMIN] = 5;
	raw.c_cc[VTIME] = 0;
	OK(tcsetattr(fd, TCSANOW, &raw));
	EXPECT(11, write(fd, "type now: \n", 11));
	EXPECT(2, read(fd, text, 2));
	OK(tcsetattr(fd, TCSANOW, &old));
	EXPECT(0, memcmp(text, "ab", 2));
}

static void write_until_stopped(int fd)
{
	struct termios old, deaf;

	EXPECT(10, write(fd, "stop now:\n", 10));
	while (write(fd, ".", 1) == 1)
		nap(10);
	EXPECT(EAGAIN, errno);
	/* Without ^S and ^Q nothing is stopped. */
	OK(tcgetattr(fd, &old));
	deaf = old;
	deaf.c_iflag &= ~IXON;
	OK(tcsetattr(fd, TCSANOW, &deaf));
	OK(tcsetattr(fd, TCSANOW, &old));
}

/*
 * Typed by tests/qemu/test_fs.py: a read of fewer bytes than VMIN ends with those; and with the
 * output stopped by ^S a write that is not to wait fails at once.
 */
static void terminal_typed(void)
{
	if (!getenv("TYPIST"))
		test_skip("nobody types ($TYPIST)");
	EXPECT_EXIT(0, use_terminal(read_two, 0));
	EXPECT_EXIT(0, use_terminal(write_until_stopped, O_NONBLOCK));
}

static const struct subtest tests[] = {
	{ "oneshot_hangup", oneshot_hangup, T_NOMMU },
	{ "poll_of_a_set", poll_of_a_set, T_NOMMU },
	{ "ready_while_collected", ready_while_collected, 0 },
	{ "event_not_stored", event_not_stored, T_NOMMU },
	{ "events_stored_in_part", events_stored_in_part, 0 },
	{ "lock_of_a_closed_file", lock_of_a_closed_file, 0 },
	{ "lock_and_path_descriptor", lock_and_path_descriptor, 0 },
	{ "lowest_descriptor_after_fork", lowest_descriptor_after_fork, 0 },
	{ "fifo_hangup", fifo_hangup, T_NOMMU },
	{ "link_under_a_walker", link_under_a_walker, 0 },
	{ "links_in_two_directories", links_in_two_directories, 0 },
	{ "odd_names", odd_names, T_NOMMU },
	{ "copy_within_a_file", copy_within_a_file, T_NOMMU },
	{ "directory_too_deep", directory_too_deep, 0 },
	{ "terminal_without_waiting", terminal_without_waiting, T_QUIRE },
	{ "terminal_typed", terminal_typed, T_QUIRE },
};

SUITE(vfstest_suite, "vfstest", tests);
