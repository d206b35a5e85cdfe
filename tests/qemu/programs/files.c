/* SPDX-License-Identifier: MIT */
/*
 * Calls on files and descriptors that no shell command makes:  files DIR
 *
 * Prints "ok NAME" or "not ok NAME" a line; the status is the number of failures. The same
 * program prints only "ok" on Linux, on ext2 as on tmpfs.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int failures, checks_failed;

#define CHECK(x) ((x) ? 1 : (checks_failed++, printf("# line %d: %s (errno %d)\n", __LINE__, \
						     #x, errno), 0))
#define FAILS(err, x) CHECK((x) == -1 && errno == (err))

static int new_file(const char *name, const char *content)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0 && write(fd, content, strlen(content)) == (ssize_t)strlen(content));
	return fd;
}

/* ---- Files ---- */

static void vectors(void)
{
	struct iovec v[3] = { { "one ", 4 }, { "", 0 }, { "two", 3 } };
	char a[4] = "", b[8] = "";
	struct iovec r[2] = { { a, 3 }, { b, 7 } };
	int fd = new_file("v", "");

	CHECK(writev(fd, v, 3) == 7 && lseek(fd, 0, SEEK_CUR) == 7);
	CHECK(pwritev(fd, v, 3, 4) == 7 && lseek(fd, 0, SEEK_CUR) == 7);
	CHECK(preadv(fd, r, 2, 0) == 10 && !strcmp(a, "one") && !strcmp(b, " one tw"));
	CHECK(pread(fd, a, 3, 8) == 3 && !strcmp(a, "two"));
	CHECK(pread(fd, a, 3, 11) == 0);
	FAILS(EINVAL, preadv(fd, r, 2, -1));
	CHECK(lseek(fd, 0, SEEK_HOLE) == 11 && lseek(fd, 3, SEEK_DATA) == 3);
	FAILS(ENXIO, lseek(fd, 11, SEEK_DATA));
	close(fd);
}

static void opening(void)
{
	int fd = new_file("o", "text"), other;

	FAILS(EEXIST, open("o", O_CREAT | O_EXCL | O_RDWR, 0600));
	other = open("o", O_WRONLY | O_APPEND);
	CHECK(pwrite(other, "!", 1, 0) == 1 && lseek(fd, 0, SEEK_END) == 5);
	CHECK(!(fcntl(other, F_GETFD) & FD_CLOEXEC));
	close(other);
	other = open("o", O_RDONLY | O_CLOEXEC);
	CHECK(fcntl(other, F_GETFD) & FD_CLOEXEC);
	FAILS(EBADF, write(other, "x", 1));
	close(other);
	symlink("o", "link");
	FAILS(ELOOP, open("link", O_RDONLY | O_NOFOLLOW));
	other = open("link", O_PATH | O_NOFOLLOW);
	CHECK(other >= 0);
	FAILS(EBADF, read(other, &fd, 1));
	close(other);
	FAILS(ENOTDIR, open("o", O_RDONLY | O_DIRECTORY));
	FAILS(EISDIR, open(".", O_WRONLY));
	CHECK(!ftruncate(fd, 100) && lseek(fd, 0, SEEK_END) == 100);
	FAILS(EINVAL, ftruncate(fd, -1));
	close(fd);
	unlink("link");
}

static void rename_and_links(void)
{
	struct stat st;
	int fd = new_file("r1", "first");

	close(new_file("r2", "second"));
	CHECK(!link("r1", "r3") && !fstat(fd, &st) && st.st_nlink == 2);
	FAILS(EEXIST, link("r1", "r2"));
	FAILS(EEXIST, renameat2(AT_FDCWD, "r1", AT_FDCWD, "r2", RENAME_NOREPLACE));
	CHECK(!rename("r1", "r3") && !access("r1", F_OK));	/* one file: nothing happens */
	CHECK(!rename("r1", "r2") && access("r1", F_OK) == -1);
	CHECK(!unlink("r2") && !unlink("r3") && !fstat(fd, &st) && st.st_nlink == 0);
	CHECK(pwrite(fd, "still", 5, 0) == 5);
	close(fd);
	CHECK(!mkdir("rd", 0700) && !mkdir("rd/sub", 0700));
	FAILS(EINVAL, rename("rd", "rd/sub/rd"));
	FAILS(ENOTEMPTY, rmdir("rd"));
	FAILS(EBUSY, rmdir("/proc"));
	CHECK(!rmdir("rd/sub") && !rmdir("rd"));
}

static void allocation(const char *dir)
{
	struct stat st;
	int fd = new_file("a", "begin"), err;

	err = fallocate(fd, 0, 0, 65536) ? errno : 0;
	CHECK(err == 0 || err == EOPNOTSUPP);		/* ext2 cannot */
	if (!err)
		CHECK(!fstat(fd, &st) && st.st_size == 65536 && st.st_blocks >= 128);
	CHECK(!posix_fallocate(fd, 0, 131072) && !fstat(fd, &st) && st.st_size == 131072);
	CHECK(st.st_blocks >= 256);
	CHECK(!ftruncate(fd, 0) && !fstat(fd, &st) && st.st_blocks == 0);
	FAILS(EINVAL, fallocate(fd, 0, 0, 0));
	close(fd);
	fd = open(dir, O_TMPFILE | O_RDWR, 0600);
	CHECK(fd >= 0 || errno == EOPNOTSUPP);
	close(fd);
}

static void looking(void)
{
	struct timespec ts[2] = { { 1000000000, 0 }, { 1100000000, 0 } };
	struct statx sx;
	struct stat st;
	struct dirent *d;
	int seen = 0, fd = new_file("s", "12345");
	DIR *dir;

	CHECK(!futimens(fd, ts) && !fchmod(fd, 0751));
	CHECK(!statx(AT_FDCWD, "s", 0, STATX_BASIC_STATS, &sx) && sx.stx_size == 5);
	CHECK(sx.stx_mode == (S_IFREG | 0751) && sx.stx_mtime.tv_sec == 1100000000);
	CHECK((sx.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS && sx.stx_nlink == 1);
	CHECK(!fstat(fd, &st) && st.st_ino == sx.stx_ino && st.st_atime == 1000000000);
	CHECK(major(st.st_dev) == sx.stx_dev_major && minor(st.st_dev) == sx.stx_dev_minor);
	CHECK(!statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &sx) && sx.stx_size == 5);
	FAILS(ENOENT, statx(AT_FDCWD, "none", 0, STATX_SIZE, &sx));
	close(fd);
	dir = opendir(".");
	while ((d = readdir(dir)))
		seen += !strcmp(d->d_name, "s") && d->d_ino == st.st_ino && d->d_type == DT_REG;
	closedir(dir);
	CHECK(seen == 1);
}

static void locks(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10 };
	int fd = new_file("l", "0123456789"), other = open("l", O_RDWR), status = 0;

	CHECK(!flock(fd, LOCK_EX));
	FAILS(EWOULDBLOCK, flock(other, LOCK_EX | LOCK_NB));
	CHECK(!flock(fd, LOCK_UN) && !flock(other, LOCK_EX | LOCK_NB));
	CHECK(!fcntl(fd, F_SETLK, &lock));
	if (!fork()) {
		lock.l_start = 9;
		lock.l_len = 5;
		_exit(fcntl(other, F_SETLK, &lock) == -1 && (errno == EAGAIN || errno == EACCES) &&
		      !fcntl(other, F_GETLK, &lock) && lock.l_pid == getppid() ? 0 : 1);
	}
	CHECK(wait(&status) > 0 && !status);
	close(other);
	close(fd);
}

static void moving_data(void)
{
	int from = new_file("from", "0123456789abcdef"), to = new_file("to", "");
	char text[32] = "";
	off_t at = 4;
	loff_t in = 2, out = 1;

	CHECK(sendfile(to, from, &at, 6) == 6 && at == 10 && lseek(from, 0, SEEK_CUR) == 16);
	CHECK(pread(to, text, 31, 0) == 6 && !strncmp(text, "456789", 6));
	CHECK(copy_file_range(from, &in, to, &out, 3, 0) == 3 && in == 5 && out == 4);
	CHECK(pread(to, text, 31, 0) == 6 && !strncmp(text, "423489", 6));
	close(from);
	close(to);
}

static void memory_files(void)
{
	int fd = memfd_create("name", MFD_CLOEXEC), null, zero, full, random;
	char *p, buf[16];

	CHECK(fd >= 0 && !ftruncate(fd, 8192));
	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED && pwrite(fd, "shared", 7, 4096) == 7 && !strcmp(p + 4096, "shared"));
	munmap(p, 8192);
	close(fd);
	null = open("/dev/null", O_RDWR);
	zero = open("/dev/zero", O_RDWR);
	full = open("/dev/full", O_RDWR);
	random = open("/dev/urandom", O_RDONLY);
	memset(buf, 1, 16);
	CHECK(write(null, buf, 16) == 16 && read(null, buf, 16) == 0);
	CHECK(read(zero, buf, 16) == 16 && !buf[0] && !buf[15]);
	FAILS(ENOSPC, write(full, buf, 1));
	CHECK(read(full, buf, 16) == 16 && read(random, buf, 16) == 16);
	close(null);
	close(zero);
	close(full);
	close(random);
}

/* ---- Waiting for descriptors ---- */

static void pipes(void)
{
	int p[2], waiting = 0, n = 0;
	char buf[4096] = "";

	signal(SIGPIPE, SIG_IGN);
	CHECK(!pipe2(p, O_NONBLOCK));
	FAILS(EAGAIN, read(p[0], buf, 1));
	while (write(p[1], buf, sizeof(buf)) == sizeof(buf))
		n++;
	CHECK(errno == EAGAIN && n == 16);
	CHECK(!ioctl(p[0], FIONREAD, &waiting) && waiting == 65536);
	CHECK(fcntl(p[1], F_GETPIPE_SZ) == 65536);
	close(p[0]);
	FAILS(EPIPE, write(p[1], buf, 1));
	close(p[1]);
	FAILS(ESPIPE, (CHECK(!pipe(p)), lseek(p[0], 0, SEEK_SET)));
	close(p[1]);
	CHECK(read(p[0], buf, 1) == 0);
	close(p[0]);
	CHECK(!mkfifo("fifo", 0600));
	FAILS(ENXIO, open("fifo", O_WRONLY | O_NONBLOCK));
	p[0] = open("fifo", O_RDONLY | O_NONBLOCK);
	p[1] = open("fifo", O_WRONLY);
	CHECK(p[0] >= 0 && write(p[1], "through", 7) == 7 && read(p[0], buf, 10) == 7);
	close(p[0]);
	close(p[1]);
}

static void poll_and_select(void)
{
	struct pollfd f[3];
	struct timeval tv = { 0, 1000 };
	fd_set set;
	int p[2];

	CHECK(!pipe(p));
	f[0] = (struct pollfd){ p[0], POLLIN, 0 };
	f[1] = (struct pollfd){ p[1], POLLOUT, 0 };
	f[2] = (struct pollfd){ 99, POLLIN, 0 };
	CHECK(poll(f, 3, -1) == 2 && !f[0].revents && f[1].revents == POLLOUT &&
	      f[2].revents == POLLNVAL);
	CHECK(poll(f, 1, 1) == 0);
	FD_ZERO(&set);
	FD_SET(p[0], &set);
	CHECK(select(p[0] + 1, &set, NULL, NULL, &tv) == 0 && !FD_ISSET(p[0], &set));
	CHECK(write(p[1], "x", 1) == 1 && poll(f, 1, -1) == 1 && f[0].revents == POLLIN);
	FD_SET(p[0], &set);
	CHECK(select(p[0] + 1, &set, NULL, NULL, NULL) == 1 && FD_ISSET(p[0], &set));
	close(p[1]);
	CHECK(poll(f, 1, -1) == 1 && f[0].revents == (POLLIN | POLLHUP));
	FD_SET(98, &set);
	FAILS(EBADF, select(99, &set, NULL, NULL, NULL));
	close(p[0]);
}

static void epoll(void)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = 7 }, got[4];
	int ep = epoll_create1(EPOLL_CLOEXEC), p[2];

	CHECK(ep >= 0 && !pipe(p) && !epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e));
	FAILS(EEXIST, epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e));
	FAILS(EPERM, epoll_ctl(ep, EPOLL_CTL_ADD, open(".", O_RDONLY), &e));
	CHECK(epoll_wait(ep, got, 4, 0) == 0);
	CHECK(write(p[1], "x", 1) == 1 && epoll_wait(ep, got, 4, -1) == 1);
	CHECK(got[0].events == EPOLLIN && got[0].data.u64 == 7);
	CHECK(epoll_wait(ep, got, 4, 0) == 1);			/* level: told again */
	e.events = EPOLLIN | EPOLLET;
	CHECK(!epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &e) && epoll_wait(ep, got, 4, 0) == 1);
	CHECK(epoll_wait(ep, got, 4, 0) == 0);			/* edge: told once */
	CHECK(write(p[1], "y", 1) == 1 && epoll_wait(ep, got, 4, 0) == 1);
	e.events = EPOLLIN | EPOLLONESHOT;
	CHECK(!epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &e) && epoll_wait(ep, got, 4, 0) == 1);
	CHECK(write(p[1], "z", 1) == 1 && epoll_wait(ep, got, 4, 0) == 0);
	e.events = EPOLLIN;
	CHECK(!epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &e));
	CHECK(!epoll_ctl(ep, EPOLL_CTL_DEL, p[0], NULL) && epoll_wait(ep, got, 4, 0) == 0);
	close(p[0]);
	close(p[1]);
	close(ep);
}

static void event_files(void)
{
	struct itimerspec soon = { { 0, 0 }, { 0, 2000000 } };
	struct pollfd f;
	uint64_t n = 3;
	int fd = eventfd(4, EFD_NONBLOCK | EFD_SEMAPHORE);

	CHECK(write(fd, &n, 8) == 8 && read(fd, &n, 8) == 8 && n == 1);
	for (int i = 0; i < 6; i++)
		CHECK(read(fd, &n, 8) == 8 && n == 1);
	FAILS(EAGAIN, read(fd, &n, 8));
	FAILS(EINVAL, write(fd, &n, 4));
	close(fd);
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	f = (struct pollfd){ fd, POLLIN, 0 };
	CHECK(!timerfd_settime(fd, 0, &soon, NULL) && poll(&f, 1, -1) == 1);
	CHECK(read(fd, &n, 8) == 8 && n == 1);
	close(fd);
}

static void terminal(void)
{
	struct winsize size = { 11, 22, 0, 0 }, got;
	int fd = open("/dev/tty", O_RDWR), null = open("/dev/null", O_RDWR);
	struct termios t;
	pid_t group;

	FAILS(ENOTTY, tcgetattr(null, &t));
	if (fd >= 0) {
		CHECK(!ioctl(fd, TIOCGWINSZ, &got) && !ioctl(fd, TIOCSWINSZ, &size));
		CHECK(!ioctl(fd, TIOCGWINSZ, &size) && size.ws_row == 11 && size.ws_col == 22);
		CHECK(!ioctl(fd, TIOCSWINSZ, &got) && !tcgetattr(fd, &t) && (t.c_lflag & ISIG));
		group = tcgetpgrp(fd);
		CHECK(group == getpgrp() && tcgetsid(fd) == getsid(0));
		FAILS(ESRCH, tcsetpgrp(fd, 4999999));
	}
	close(fd);
	close(null);
}

#define RUN(name, ...) do { checks_failed = 0; name(__VA_ARGS__); \
		printf("%sok %s\n", checks_failed ? "not " : "", #name); \
		failures += !!checks_failed; } while (0)

int main(int argc, char **argv)
{
	char dir[64];

	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(dir, sizeof(dir), "%s/files.XXXXXX", argc > 1 ? argv[1] : "/tmp");
	if (!mkdtemp(dir) || chdir(dir))
		return 99;
	RUN(vectors);
	RUN(opening);
	RUN(rename_and_links);
	RUN(allocation, dir);
	RUN(looking);
	RUN(locks);
	RUN(moving_data);
	RUN(memory_files);
	RUN(pipes);
	RUN(poll_and_select);
	RUN(epoll);
	RUN(event_files);
	RUN(terminal);
	if (system("rm -r $PWD"))
		failures++;
	return failures;
}
