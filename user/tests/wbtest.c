/* SPDX-License-Identifier: MIT */
/*
 * wbtest - what tests/qemu/test_writeback.py cannot do with the shell alone.
 *
 *	wbtest fill FILE MIB write|mmap SEED	a pattern that depends on offset and seed
 *	wbtest fsync FILE			dirties a page of FILE through two descriptors; says
 *						what each fsync gives, the second time too
 *	wbtest bus FILE				what a mapping shows at and behind the end
 *	wbtest same FILE			mapping and read/write see the same bytes
 *	wbtest range FILE			fadvise, sync_file_range, O_DSYNC, msync
 *	wbtest torn FILE			a write from memory of which a part is not there
 *
 * Linux: runs there as well.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "user/util.h"

#define PAGE	4096UL

/* The same in the test, which compares on the host. */
static unsigned long pattern(unsigned long offset, unsigned long seed)
{
	return (offset + 1) * 0x9e3779b97f4a7c15UL ^ seed;
}

static void fill_words(unsigned long *words, unsigned long offset, size_t bytes,
		       unsigned long seed)
{
	for (size_t i = 0; i < bytes / 8; i++)
		words[i] = pattern(offset + i * 8, seed);
}

static int must_open(const char *name, int flags)
{
	int fd = open(name, flags, 0644);

	if (fd < 0)
		die(name);
	return fd;
}

static int fill(const char *name, unsigned long bytes, const char *how, unsigned long seed)
{
	int fd = must_open(name, O_RDWR | O_CREAT);
	static unsigned long buf[8192];
	unsigned long *map;

	if (!strcmp(how, "mmap")) {
		(void)!ftruncate(fd, bytes);	/* a disk has its size */
		map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (map == MAP_FAILED)
			die("mmap");
		fill_words(map, 0, bytes, seed);
		return 0;
	}
	for (unsigned long at = 0; at < bytes; at += sizeof(buf)) {
		fill_words(buf, at, sizeof(buf), seed);
		if (write_all(fd, (char *)buf, sizeof(buf)) < 0)
			die("write");
	}
	return 0;
}

static void say_fsync(const char *name, int fd)
{
	printf("%s %d\n", name, fsync(fd) < 0 ? errno : 0);
}

/* Two files are open when the write fails: each is told once. One opened later is not. */
static int fsync_errors(const char *name)
{
	int a = must_open(name, O_RDWR), b = must_open(name, O_RDWR), c;
	char page[PAGE];

	memset(page, 'x', sizeof(page));
	if (pwrite(a, page, sizeof(page), 0) < 0)
		die("pwrite");
	say_fsync("a", a);
	say_fsync("a", a);
	say_fsync("b", b);
	say_fsync("b", b);
	c = must_open(name, O_RDWR);
	say_fsync("c", c);
	return 0;
}

static volatile sig_atomic_t bus_count;
static char *volatile bus_page;

/* Whatever it was that is not there: now it is. */
static void on_bus(int sig)
{
	bus_count++;
	mmap(bus_page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS,
	     -1, 0);
}

static int expect(int ok, const char *what)
{
	printf("%s - %s\n", ok ? "ok" : "not ok", what);
	return !ok;
}

static int end_of_file(const char *name)
{
	int fd = must_open(name, O_RDWR | O_CREAT | O_TRUNC), bad = 0;
	volatile char *map;
	char c = 'q';

	(void)!ftruncate(fd, 3 * PAGE);
	map = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		die("mmap");
	memset((char *)map, 'm', 3 * PAGE);
	signal(SIGBUS, on_bus);
	(void)!ftruncate(fd, PAGE + 100);
	bad |= expect(map[PAGE + 99] == 'm', "the last byte is there");
	bad |= expect(map[PAGE + 100] == 0 && map[2 * PAGE - 1] == 0, "zeros behind it");
	bus_page = (char *)map + 2 * PAGE;
	map[2 * PAGE] = 1;
	bad |= expect(bus_count == 1, "SIGBUS behind the last page");
	map[PAGE + 200] = 'x';		/* behind the end, in the last page: not in the file */
	(void)!msync((char *)map + PAGE, PAGE, MS_SYNC);
	(void)!ftruncate(fd, 2 * PAGE);
	bad |= expect(pread(fd, &c, 1, PAGE + 200) == 1 && c == 0, "what was there is no data");
	return bad;
}

static int same_bytes(const char *name)
{
	int fd = must_open(name, O_RDWR | O_CREAT | O_TRUNC), bad = 0;
	char *map, buf[16] = "";

	(void)!ftruncate(fd, 2 * PAGE);
	map = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		die("mmap");
	strcpy(map + PAGE - 3, "mapped");
	bad |= expect(pread(fd, buf, 7, PAGE - 3) == 7 && !strcmp(buf, "mapped"), "read sees it");
	(void)!pwrite(fd, "written", 8, 100);
	bad |= expect(!strcmp(map + 100, "written"), "the mapping sees it");
	bad |= expect(!msync(map, 2 * PAGE, MS_SYNC), "msync");
	strcpy(map, "after msync");
	bad |= expect(pread(fd, buf, 12, 0) == 12 && !strcmp(buf, "after msync"), "and again");
	return bad;
}

static int ranges(const char *name)
{
	int fd = must_open(name, O_RDWR | O_CREAT | O_TRUNC), bad = 0, sync_fd;
	char page[PAGE] = "data";

	for (int i = 0; i < 64; i++)
		(void)!write(fd, page, sizeof(page));
	bad |= expect(!syscall(SYS_sync_file_range, fd, 0L, 0L, 7L), "sync_file_range");
	bad |= expect(syscall(SYS_sync_file_range, fd, 0L, 0L, 8L) < 0 && errno == EINVAL,
		      "sync_file_range with wrong flags");
	bad |= expect(!syscall(SYS_fadvise64, fd, 0L, 0L, 4L), "DONTNEED");
	bad |= expect(!syscall(SYS_readahead, fd, 0L, 64 * PAGE), "readahead");
	sync_fd = must_open(name, O_WRONLY | O_DSYNC);
	bad |= expect(pwrite(sync_fd, "dsync", 5, 0) == 5, "O_DSYNC");
	return bad;
}

/* It ends where the memory does, also in the middle of a block that is new; none at all: EFAULT. */
static int torn_writes(const char *name)
{
	char *gone = mmap(NULL, 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct iovec v[3] = { { "hello", 5 }, { gone, 2 * PAGE }, { "there", 5 } };
	int fd = must_open(name, O_RDWR | O_CREAT | O_TRUNC), bad = 0;
	char buf[8];

	bad |= expect(writev(fd, v, 3) == 5, "what is there is written");
	bad |= expect(pread(fd, buf, sizeof(buf), 0) == 5 && !memcmp(buf, "hello", 5), "and read");
	bad |= expect(writev(fd, v + 1, 2) < 0 && errno == EFAULT, "nothing is there");
	bad |= expect(lseek(fd, 0, SEEK_END) == 5, "so nothing is written");
	return bad;
}

int main(int argc, char **argv)
{
	prog_init(argc, argv, "wbtest fill FILE MIB write|mmap SEED\n"
		"   wbtest fsync|bus|same|range|torn FILE\nParts of the test of write-back.");
	if (argc == 6 && !strcmp(argv[1], "fill"))
		return fill(argv[2], strtoul(argv[3], NULL, 0) << 20, argv[4],
			    strtoul(argv[5], NULL, 0));
	if (argc != 3)
		usage("wrong arguments");
	if (!strcmp(argv[1], "fsync"))
		return fsync_errors(argv[2]);
	if (!strcmp(argv[1], "bus"))
		return end_of_file(argv[2]);
	if (!strcmp(argv[1], "same"))
		return same_bytes(argv[2]);
	if (!strcmp(argv[1], "range"))
		return ranges(argv[2]);
	if (!strcmp(argv[1], "torn"))
		return torn_writes(argv[2]);
	usage("unknown part");
}
