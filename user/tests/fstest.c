/* SPDX-License-Identifier: MIT */
/*
 * fstest - files as programs see them, on the tmpfs in /tmp or in $FSTEST_DIR: creating,
 * removing while open, renaming, truncating, holes, appending, directories, links, descriptors,
 * and the page cache that read, write and mmap share.
 *
 * Linux: tools/testing/selftests/filesystems. Differs: written from the manual pages.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tests/testlib.h"

static int make_file(const char *name, const char *content)
{
	int fd = OK(open(name, O_RDWR | O_CREAT | O_TRUNC, 0644));

	EXPECT((long)strlen(content), write(fd, content, strlen(content)));
	return fd;
}

static void open_flags(void)
{
	int fd;

	enter_dir();
	EXPECT_ERRNO(ENOENT, open("a", O_RDWR));
	fd = OK(open("a", O_RDWR | O_CREAT | O_EXCL, 0600));
	close(fd);
	EXPECT_ERRNO(EEXIST, open("a", O_RDWR | O_CREAT | O_EXCL, 0600));
	EXPECT_ERRNO(ENOTDIR, open("a/b", O_RDONLY));
	EXPECT_ERRNO(ENOTDIR, open("a", O_RDONLY | O_DIRECTORY));
	EXPECT_ERRNO(EISDIR, open(".", O_RDWR));
	EXPECT_ERRNO(EISDIR, open(".", O_WRONLY));
	fd = OK(open("a", O_RDONLY));
	EXPECT_ERRNO(EBADF, write(fd, "x", 1));
	close(fd);
	fd = OK(open("a", O_WRONLY));
	EXPECT_ERRNO(EBADF, read(fd, NULL, 1));
	close(fd);
	EXPECT_ERRNO(EBADF, close(fd));
	OK(unlink("a"));
	leave_dir();
}

static void long_names(void)
{
	char name[600];
	int fd;

	enter_dir();
	memset(name, 'n', sizeof(name));
	name[255] = 0;
	fd = OK(open(name, O_RDWR | O_CREAT, 0600));
	close(fd);
	OK(unlink(name));
	name[255] = 'n';
	name[256] = 0;
	EXPECT_ERRNO(ENAMETOOLONG, open(name, O_RDWR | O_CREAT, 0600));
	EXPECT_ERRNO(ENOENT, open("", O_RDONLY));
	leave_dir();
}

/* The cache keeps and compares names in words of eight, those up to 39 characters in place. */
static void name_lengths(void)
{
	char name[70];
	struct stat st;

	enter_dir();
	memset(name, 'n', sizeof(name));
	for (int len = 1; len <= 66; name[len++] = 'n') {
		name[len] = 0;
		close(OK(open(name, O_WRONLY | O_CREAT | O_EXCL, 0600)));
		OK(truncate(name, len));
	}
	for (int len = 1; len <= 66; name[len++] = 'n') {
		name[len] = 0;
		OK(stat(name, &st));
		EXPECT(len, st.st_size);
		name[len - 1] = 'm';
		EXPECT_ERRNO(ENOENT, stat(name, &st));
		name[len - 1] = 'n';
		OK(unlink(name));
		EXPECT_ERRNO(ENOENT, stat(name, &st));
	}
	leave_dir();
}

static void read_write_seek(void)
{
	char buf[16];
	int fd;

	enter_dir();
	fd = make_file("f", "0123456789");
	EXPECT(10, lseek(fd, 0, SEEK_CUR));
	EXPECT(3, lseek(fd, 3, SEEK_SET));
	EXPECT(4, read(fd, buf, 4));
	EXPECT(0, memcmp(buf, "3456", 4));
	EXPECT(8, lseek(fd, -2, SEEK_END));
	EXPECT(2, read(fd, buf, 16));
	EXPECT(0, read(fd, buf, 16));
	EXPECT_ERRNO(EINVAL, lseek(fd, -1, SEEK_SET));
	EXPECT_ERRNO(EINVAL, lseek(fd, 0, 99));
	EXPECT(2, pread(fd, buf, 2, 8));
	EXPECT(10, lseek(fd, 0, SEEK_CUR));
	EXPECT_ERRNO(EINVAL, pread(fd, buf, 2, -1));
	OK(unlink("f"));
	leave_dir();
}

static void append(void)
{
	char buf[8];
	int fd, other;

	enter_dir();
	fd = make_file("f", "abc");
	other = OK(open("f", O_WRONLY | O_APPEND));
	EXPECT(2, write(fd, "de", 2));
	EXPECT(1, write(other, "f", 1));
	EXPECT(0, lseek(other, 0, SEEK_SET));
	EXPECT(1, write(other, "g", 1));
	EXPECT(7, pread(fd, buf, 8, 0));
	EXPECT(0, memcmp(buf, "abcdefg", 7));
	OK(unlink("f"));
	leave_dir();
}

static void truncate_file(void)
{
	struct stat st;
	char buf[16];
	int fd;

	enter_dir();
	fd = make_file("f", "0123456789");
	OK(ftruncate(fd, 4));
	OK(ftruncate(fd, 8));
	EXPECT(8, pread(fd, buf, 16, 0));
	/* What was cut off must not come back. */
	EXPECT(0, memcmp(buf, "0123\0\0\0\0", 8));
	OK(truncate("f", 2));
	OK(fstat(fd, &st));
	EXPECT(2, st.st_size);
	EXPECT_ERRNO(EINVAL, ftruncate(fd, -1));
	EXPECT_ERRNO(EISDIR, truncate(".", 0));
	close(fd);
	fd = OK(open("f", O_RDWR | O_TRUNC));
	EXPECT(0, lseek(fd, 0, SEEK_END));
	OK(unlink("f"));
	leave_dir();
}

static void holes(void)
{
	struct stat st;
	char c = 1;
	int fd;

	enter_dir();
	fd = make_file("f", "");
	EXPECT(1, pwrite(fd, "x", 1, 1 << 20));
	OK(fstat(fd, &st));
	EXPECT((1 << 20) + 1, st.st_size);
	/* Only the written page takes room. */
	CHECK(st.st_blocks <= 64);
	EXPECT(1, pread(fd, &c, 1, 12345));
	EXPECT(0, c);
	EXPECT(1, pread(fd, &c, 1, 1 << 20));
	EXPECT('x', c);
	OK(unlink("f"));
	leave_dir();
}

static void unlink_while_open(void)
{
	struct stat st;
	char buf[8];
	int fd;

	enter_dir();
	fd = make_file("f", "still");
	OK(unlink("f"));
	EXPECT_ERRNO(ENOENT, open("f", O_RDONLY));
	OK(fstat(fd, &st));
	EXPECT(0, st.st_nlink);
	EXPECT(5, pread(fd, buf, 8, 0));
	EXPECT(2, pwrite(fd, "!!", 2, 5));
	EXPECT(7, pread(fd, buf, 8, 0));
	EXPECT_ERRNO(ENOENT, unlink("f"));
	EXPECT_ERRNO(EISDIR, unlink("."));
	close(fd);
	leave_dir();
}

static void rename_files(void)
{
	struct stat a, b;

	enter_dir();
	close(make_file("a", "A"));
	close(make_file("b", "BB"));
	OK(stat("a", &a));
	OK(rename("a", "b"));
	OK(stat("b", &b));
	EXPECT((long)a.st_ino, (long)b.st_ino);
	EXPECT(1, b.st_size);
	EXPECT_ERRNO(ENOENT, rename("a", "c"));
	OK(rename("b", "b"));
	OK(mkdir("d", 0755));
	OK(rename("b", "d/b"));
	/* Onto what it lies in: that directory is not empty, by definition. */
	EXPECT_ERRNO(ENOTEMPTY, rename("d/b", "d/../d"));
	EXPECT_ERRNO(EINVAL, rename("d", "d/x"));
	OK(mkdir("e", 0755));
	EXPECT_ERRNO(ENOTDIR, rename("e", "d/b"));
	EXPECT_ERRNO(ENOTEMPTY, rename("e", "d"));
	OK(unlink("d/b"));
	OK(rename("e", "d"));
	EXPECT_ERRNO(ENOENT, rmdir("e"));
	/* NOREPLACE (1) and EXCHANGE (2). */
	close(make_file("x", "x"));
	close(make_file("y", "yy"));
	EXPECT_ERRNO(EEXIST, syscall(SYS_renameat2, AT_FDCWD, "x", AT_FDCWD, "y", 1));
	EXPECT_ERRNO(EINVAL, syscall(SYS_renameat2, AT_FDCWD, "x", AT_FDCWD, "y", 64));
	OK(unlink("x"));
	OK(unlink("y"));
	OK(rmdir("d"));
	leave_dir();
}

static void hard_links(void)
{
	struct stat st;

	enter_dir();
	close(make_file("a", "same"));
	OK(link("a", "b"));
	OK(stat("b", &st));
	EXPECT(2, st.st_nlink);
	EXPECT_ERRNO(EEXIST, link("a", "b"));
	EXPECT_ERRNO(EPERM, link(".", "c"));
	OK(unlink("a"));
	OK(stat("b", &st));
	EXPECT(1, st.st_nlink);
	EXPECT(4, st.st_size);
	OK(unlink("b"));
	leave_dir();
}

static void symlinks(void)
{
	struct stat st;
	char buf[64];
	int fd;

	enter_dir();
	close(make_file("a", "target"));
	OK(symlink("a", "l"));
	EXPECT(1, readlink("l", buf, sizeof(buf)));
	EXPECT('a', buf[0]);
	OK(lstat("l", &st));
	CHECK(S_ISLNK(st.st_mode));
	OK(stat("l", &st));
	CHECK(S_ISREG(st.st_mode) && st.st_size == 6);
	EXPECT_ERRNO(EINVAL, readlink("a", buf, sizeof(buf)));
	EXPECT_ERRNO(ELOOP, open("l", O_RDONLY | O_NOFOLLOW));
	fd = OK(open("l", O_RDONLY));
	close(fd);
	OK(unlink("a"));
	EXPECT_ERRNO(ENOENT, open("l", O_RDONLY));
	OK(symlink("loop2", "loop1"));
	OK(symlink("loop1", "loop2"));
	EXPECT_ERRNO(ELOOP, open("loop1", O_RDONLY));
	OK(mkdir("d", 0755));
	OK(symlink("..", "d/up"));
	EXPECT_ERRNO(EEXIST, mkdir("d/up/d", 0755));
	OK(unlink("d/up"));
	OK(rmdir("d"));
	OK(unlink("loop1"));
	OK(unlink("loop2"));
	OK(unlink("l"));
	leave_dir();
}

static void directories(void)
{
	char cwd[128];
	struct stat st;

	enter_dir();
	OK(mkdir("d", 0755));
	EXPECT_ERRNO(EEXIST, mkdir("d", 0755));
	EXPECT_ERRNO(ENOENT, mkdir("no/d", 0755));
	OK(mkdir("d/e", 0700));
	OK(stat("d", &st));
	CHECK(S_ISDIR(st.st_mode));
	EXPECT(3, st.st_nlink);
	EXPECT_ERRNO(ENOTEMPTY, rmdir("d"));
	OK(chdir("d/e"));
	CHECK(getcwd(cwd, sizeof(cwd)));
	EXPECT(0, strcmp(cwd + strlen(cwd) - 4, "/d/e"));
	EXPECT_ERRNO(ERANGE, syscall(SYS_getcwd, cwd, 3));
	OK(chdir("../.."));
	EXPECT_ERRNO(EINVAL, rmdir("d/e/."));
	OK(rmdir("d/e"));
	OK(rmdir("d/"));
	close(make_file("f", ""));
	EXPECT_ERRNO(ENOTDIR, rmdir("f"));
	EXPECT_ERRNO(ENOTDIR, chdir("f"));
	OK(unlink("f"));
	leave_dir();
}

/* Every way to write a path means the same file, cached or not; a slash demands a directory. */
static void path_forms(void)
{
	static const char *const same[] = {
		"d/e/f", "d//e///f", "./d/./e/./f", "d/../d/e/f", "d/e/../e/f", "d/e/../../d/e/./f",
		"l/f", "l//f", "d/../l/f", "l/../e/f",
	};
	struct stat want, st;

	enter_dir();
	OK(mkdir("d", 0755));
	OK(mkdir("d/e", 0755));
	close(make_file("d/e/f", "x"));
	OK(symlink("d/e", "l"));
	OK(stat("d/e/f", &want));
	for (unsigned int i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		OK(stat(same[i], &st));
		EXPECT(want.st_ino, st.st_ino);
	}
	EXPECT_ERRNO(ENOTDIR, stat("d/e/f/", &st));
	EXPECT_ERRNO(ENOTDIR, stat("d/./e/f/.", &st));
	EXPECT_ERRNO(ENOTDIR, stat("d/e/f/..", &st));
	EXPECT_ERRNO(ENOENT, stat("d/x/f", &st));
	EXPECT_ERRNO(ENOENT, stat("d/e/", &st) ? -1 : stat("d/e/g", &st));
	OK(lstat("l", &st));
	CHECK(S_ISLNK(st.st_mode));
	OK(lstat("l/", &st));
	CHECK(S_ISDIR(st.st_mode));
	OK(unlink("d/../d/e/./f"));
	OK(unlink("l"));
	OK(rmdir("d/e/"));
	OK(rmdir("./d"));
	leave_dir();
}

static int count_entries(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *de;
	int nr = 0;

	CHECK(d);
	while ((de = readdir(d))) {
		CHECK(de->d_ino);
		nr += strcmp(de->d_name, ".") && strcmp(de->d_name, "..");
	}
	closedir(d);
	return nr;
}

static void many_files(void)
{
	char name[32];

	enter_dir();
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "file%d", i);
		close(OK(open(name, O_RDWR | O_CREAT, 0600)));
	}
	EXPECT(1000, count_entries("."));
	for (int i = 0; i < 1000; i += 2) {
		snprintf(name, sizeof(name), "file%d", i);
		OK(unlink(name));
	}
	EXPECT(500, count_entries("."));
	for (int i = 1; i < 1000; i += 2) {
		snprintf(name, sizeof(name), "file%d", i);
		OK(unlink(name));
	}
	EXPECT(0, count_entries("."));
	leave_dir();
}

/* read, write and two mappings of one file see each other at once. */
static void mmap_coherent(void)
{
	char c, *a, *b;
	int fd;

	enter_dir();
	fd = make_file("f", "");
	OK(ftruncate(fd, 4 * page_size));
	a = mmap(NULL, 4 * page_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	b = mmap(NULL, 4 * page_size, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(a != MAP_FAILED && b != MAP_FAILED);
	for (long at = 0; at < 4 * page_size; at += 1000) {
		a[at] = at / 1000 + 1;
		EXPECT(1, pread(fd, &c, 1, at));
		EXPECT(at / 1000 + 1, c);
		EXPECT(at / 1000 + 1, b[at]);
		c = 99;
		EXPECT(1, pwrite(fd, &c, 1, at + 1));
		EXPECT(99, a[at + 1]);
		EXPECT(99, b[at + 1]);
	}
	/* Truncation takes the pages away from the mappings too. */
	OK(ftruncate(fd, page_size));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, a + 2 * page_size, fault_read(a + 2 * page_size));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, b + 2 * page_size, fault_read(b + 2 * page_size));
	OK(unlink("f"));
	/* The mapping keeps the file alive. */
	close(fd);
	EXPECT(1, a[0]);
	leave_dir();
}

static void descriptors(void)
{
	int fd, copy, other;
	char c;

	enter_dir();
	fd = make_file("f", "0123456789");
	copy = OK(dup(fd));
	EXPECT(2, lseek(fd, 2, SEEK_SET));
	/* A duplicate shares the position, a second open does not. */
	EXPECT(1, read(copy, &c, 1));
	EXPECT('2', c);
	other = OK(open("f", O_RDONLY));
	EXPECT(1, read(other, &c, 1));
	EXPECT('0', c);
	EXPECT(100, fcntl(fd, F_DUPFD, 100));
	EXPECT(101, fcntl(fd, F_DUPFD_CLOEXEC, 100));
	EXPECT(FD_CLOEXEC, fcntl(101, F_GETFD));
	EXPECT(O_RDWR, fcntl(fd, F_GETFL) & O_ACCMODE);
	OK(fcntl(fd, F_SETFL, O_APPEND));
	CHECK(fcntl(copy, F_GETFL) & O_APPEND);
	EXPECT(fd, dup2(fd, fd));
	EXPECT_ERRNO(EBADF, dup2(77, 78));
	EXPECT_ERRNO(EINVAL, dup3(fd, fd, 0));
	EXPECT_ERRNO(EBADF, fcntl(77, F_GETFL));
	EXPECT_ERRNO(EINVAL, fcntl(fd, F_DUPFD, 1 << 30));
	OK(unlink("f"));
	leave_dir();
}

static void descriptor_limit(void)
{
	int fd, last = -1, nr = 0;

	while ((fd = open("/dev/null", O_RDONLY)) >= 0 && nr < 100000) {
		last = fd;
		nr++;
	}
	EXPECT(EMFILE, errno);
	CHECK(nr > 200);
	close(last);
	/* Always the lowest free number. */
	close(10);
	EXPECT(10, open("/dev/null", O_RDONLY));
}

static void stat_fields(void)
{
	struct stat st;
	int fd;

	enter_dir();
	fd = make_file("f", "hello");
	OK(fchmod(fd, 0640));
	OK(fstat(fd, &st));
	EXPECT(S_IFREG | 0640, st.st_mode);
	EXPECT(5, st.st_size);
	EXPECT(1, st.st_nlink);
	EXPECT(4096, st.st_blksize);
	CHECK(st.st_ino && st.st_mtime >= st.st_atime - 10);
	OK(stat("/dev/null", &st));
	CHECK(S_ISCHR(st.st_mode));
	EXPECT(0x103, (long)st.st_rdev);
	OK(stat("/proc/self", &st));
	CHECK(S_ISDIR(st.st_mode));
	OK(access("f", R_OK | W_OK));
	EXPECT_ERRNO(ENOENT, access("g", F_OK));
	OK(unlink("f"));
	leave_dir();
}

static void devices(void)
{
	char buf[64];
	int fd = OK(open("/dev/zero", O_RDWR));

	memset(buf, 1, sizeof(buf));
	EXPECT(64, read(fd, buf, 64));
	EXPECT(0, buf[63]);
	close(fd);
	fd = OK(open("/dev/null", O_RDWR));
	EXPECT(64, write(fd, buf, 64));
	EXPECT(0, read(fd, buf, 64));
	close(fd);
}

/* Two processes append to one file: no line is lost or torn. */
static void parallel_append(void)
{
	char line[16];
	pid_t pids[2];
	int fd;

	enter_dir();
	close(make_file("f", ""));
	for (int who = 0; who < 2; who++) {
		pids[who] = fork();
		if (pids[who])
			continue;
		fd = open("f", O_WRONLY | O_APPEND);
		memset(line, 'a' + who, 15);
		line[15] = '\n';
		for (int i = 0; i < 500; i++)
			if (write(fd, line, 16) != 16)
				_exit(1);
		_exit(0);
	}
	EXPECT_EXIT(0, pids[0]);
	EXPECT_EXIT(0, pids[1]);
	fd = OK(open("f", O_RDONLY));
	for (int i = 0; i < 1000; i++) {
		EXPECT(16, read(fd, line, 16));
		EXPECT('\n', line[15]);
		EXPECT(line[0], line[14]);
	}
	EXPECT(0, read(fd, line, 16));
	OK(unlink("f"));
	leave_dir();
}

static const struct subtest tests[] = {
	{ "open_flags", open_flags, T_NOMMU },
	{ "long_names", long_names, T_NOMMU },
	{ "name_lengths", name_lengths, T_NOMMU },
	{ "read_write_seek", read_write_seek, T_NOMMU },
	{ "append", append, T_NOMMU },
	{ "truncate_file", truncate_file, T_NOMMU },
	{ "holes", holes, T_NOMMU },
	{ "unlink_while_open", unlink_while_open, T_NOMMU },
	{ "rename_files", rename_files, T_NOMMU },
	{ "hard_links", hard_links, T_NOMMU },
	{ "symlinks", symlinks, T_NOMMU },
	{ "directories", directories, T_NOMMU },
	{ "path_forms", path_forms, T_NOMMU },
	{ "many_files", many_files, T_NOMMU },
	{ "mmap_coherent", mmap_coherent, 0 },
	{ "descriptors", descriptors, 0 },
	{ "descriptor_limit", descriptor_limit, 0 },
	{ "stat_fields", stat_fields, T_NOMMU },
	{ "devices", devices, T_NOMMU },
	{ "parallel_append", parallel_append, 0 },
};

SUITE(fstest_suite, "fstest", tests);
