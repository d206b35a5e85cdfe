/* SPDX-License-Identifier: MIT */
/*
 * cachelab STATE - a file is read, mapped, written and synced.
 *
 * See pagecache.h for how a state is told to the grader.
 *
 * Linux: none.
 */
#include <sys/resource.h>

#include "labs/07-pagecache/user/pagecache.h"

/* ---- read: the same file twice, and a longer one page by page ---- */

static void read_all(int fd)
{
	static char buf[10000];		/* pages in pieces that do not fit */
	unsigned long pos = 0;
	ssize_t n;

	must(lseek(fd, 0, SEEK_SET) == 0, "lseek");
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n; i++, pos++)
			if ((unsigned char)buf[i] != byte(pos)) {
				printf("byte %lu of the file is %#x, read gives %#x\n", pos,
				       byte(pos), (unsigned char)buf[i]);
				exit(1);
			}
	must(n == 0 && pos == (unsigned long)PAGES * PAGE, "read to the end");
}

static void read_by_pages(int fd, int from, int pages)
{
	static char buf[PAGE];

	for (int i = from; i < from + pages; i++)
		must(pread(fd, buf, PAGE, i * PAGE) == PAGE, "pread");
}

static int state_read(void)
{
	int fd = must_open(DATA, O_RDONLY);

	at("begin");
	read_all(fd);
	at("cold");
	read_all(fd);
	at("warm");
	read_by_pages(must_open("/mnt/many", O_RDONLY), 0, 512);
	at("ahead");
	return 0;
}

/* ---- frames: two processes, two mappings, one cache ---- */

static unsigned long frames_peer(int n)
{
	if (n == 0) {
		mine = map(must_open(DATA, O_RDONLY), 4, 8, MAP_PRIVATE);
		touch(mine, 8);
		return (unsigned long)mine;
	}
	return (unsigned char)mine[n];
}

static int state_frames(void)
{
	int fd = must_open(DATA, O_RDWR);
	struct peer b = start(frames_peer);
	char *p = map(fd, 0, PAGES, MAP_SHARED), c = 0;

	tell(getpid(), p);
	tell(b.pid, (void *)ask(&b, 0));
	touch(p, PAGES);
	read_all(fd);
	read_all(fd);
	at("mapped");
	/* write(2) is seen in both mappings, a store by read(2) and in the other one. */
	must(pwrite(fd, "W", 1, 5 * PAGE) == 1, "pwrite");
	p[6 * PAGE] = 'S';
	must(p[5 * PAGE] == 'W', "write(2) seen through the mapping");
	must(ask(&b, PAGE) == 'W', "write(2) seen through the other mapping");
	must(ask(&b, 2 * PAGE) == 'S', "a store seen through the other mapping");
	must(pread(fd, &c, 1, 6 * PAGE) == 1 && c == 'S', "a store seen by read(2)");
	at("wrote");
	/* Taken away, and wanted again at once. */
	must(madvise(p + 12 * PAGE, 4 * PAGE, MADV_PAGEOUT) == 0, "madvise");
	read_by_pages(fd, 12, 4);
	at("back");
	return 0;
}

/* ---- offset: a mapping that begins inside the file, each page by a fault of its own ---- */

static void must_be_major(long before, long expected, const char *what)
{
	struct rusage now;

	getrusage(RUSAGE_SELF, &now);
	if (now.ru_majflt - before != expected) {
		printf("%s: expected %ld major faults, got %ld\n", what, expected,
		       now.ru_majflt - before);
		exit(1);
	}
}

static int state_offset(void)
{
	int fd = must_open(DATA, O_RDWR);
	char *p = map(fd, 5, 8, MAP_SHARED), *again = map(fd, 5, 8, MAP_SHARED);
	struct rusage before;

	must(madvise(p, 8 * PAGE, MADV_RANDOM) == 0, "madvise");
	must(madvise(again, 8 * PAGE, MADV_RANDOM) == 0, "madvise");
	getrusage(RUSAGE_SELF, &before);
	tell(getpid(), p);
	touch(p, 4);
	for (int i = 4; i < 8; i++)		/* the first access is a store */
		p[i * PAGE + 1] = 'o';
	must_be_major(before.ru_majflt, 8, "8 pages, each from the disk");
	for (int i = 4; i < 8; i++)		/* with nothing mapped around */
		again[i * PAGE + 1] = 'o';
	must_be_major(before.ru_majflt, 8, "the same pages in another mapping");
	munmap(again, 8 * PAGE);
	at("mapped");
	return 0;
}

/* ---- private: stores that are nobody else's business ---- */

static int state_private(void)
{
	int fd = must_open(DATA, O_RDWR);
	char *p = map(fd, 0, 8, MAP_PRIVATE), *shared = map(fd, 0, 8, MAP_SHARED);

	tell(getpid(), p);
	tell(getpid(), shared);
	p[7] = 'P';				/* cold: nothing is cached yet */
	touch(shared, 8);
	for (int i = 1; i < 8; i++)
		p[i * PAGE + 7] = 'P';		/* cached, but not mapped here */
	at("stored");
	must(msync(p, 8 * PAGE, MS_SYNC) == 0 && fsync(fd) == 0, "msync and fsync");
	sync();
	at("synced");
	return 0;
}

/* ---- track: when is a page dirty? ---- */

static int state_track(void)
{
	int fd = must_open(DATA, O_RDWR);
	char *p = map(fd, 0, 8, MAP_SHARED);

	must(madvise(p, 8 * PAGE, MADV_RANDOM) == 0, "madvise");
	tell(getpid(), p);
	touch(p, 4);
	at("read");
	p[0] = 'a';				/* present, read-only */
	p[PAGE] = 'a';
	p[5 * PAGE] = 'a';			/* not present */
	at("stored");
	must(msync(p, 8 * PAGE, MS_SYNC) == 0, "msync");
	at("synced");
	p[0] = 'b';
	p[5 * PAGE] = 'b';
	at("again");
	must(msync(p, 8 * PAGE, MS_SYNC) == 0, "msync");
	at("end");
	return 0;
}

/* ---- all: each mapping of a page counts ---- */

static unsigned long all_peer(int n)
{
	if (n == 0)
		mine = map(must_open(DATA, O_RDWR), 2, 4, MAP_SHARED);
	for (int i = 0; i < 4; i++)
		mine[i * PAGE + n] = 'A' + n;
	return (unsigned long)mine;
}

static int state_all(void)
{
	int fd = must_open(DATA, O_RDWR);
	struct peer b = start(all_peer), c = start(all_peer);
	char *p = map(fd, 0, 8, MAP_SHARED);

	tell(getpid(), p);
	tell(b.pid, (void *)ask(&b, 0));
	tell(c.pid, (void *)ask(&c, 0));
	for (int i = 2; i < 6; i++)
		p[i * PAGE + 10] = 'p';
	at("stored");
	must(fsync(fd) == 0, "fsync");
	at("synced");
	ask(&b, 1);
	ask(&c, 2);
	must(fsync(fd) == 0, "fsync");
	at("end");
	return 0;
}

/* ---- msync: a part of a mapping that begins inside the file ---- */

static int state_msync(void)
{
	int fd = must_open(DATA, O_RDWR);
	char *p = map(fd, 2, 12, MAP_SHARED);
	static const int stored[] = { 1, 2, 3, 8 };

	tell(getpid(), p);
	touch(p, 12);
	for (int i = 0; i < 4; i++)
		memset(p + stored[i] * PAGE, 'm', PAGE);
	at("stored");
	must(msync(p + PAGE, PAGE, MS_SYNC) == 0, "msync");
	must(msync(p + 2 * PAGE, 2 * PAGE, MS_SYNC) == 0, "msync");
	at("synced");
	munmap(p, 12 * PAGE);
	close(fd);
	must(umount("/mnt") == 0, "umount when nobody uses the file any more");
	at("end");
	return 0;
}

/* ---- fsync: all ways to write, then the whole file; at last everything ---- */

static int state_fsync(void)
{
	int fd = must_open(DATA, O_RDWR), made;
	char *p = map(fd, 0, PAGES, MAP_SHARED), big[3 * PAGE];

	tell(getpid(), p);
	memset(big, 'w', sizeof(big));
	must(pwrite(fd, big, 1000, 5000) == 1000, "pwrite");
	p[10 * PAGE + 99] = 'x';
	must(pwrite(fd, big, sizeof(big), (PAGES - 1) * PAGE + 7) == sizeof(big), "pwrite");
	must(fsync(fd) == 0, "fsync");
	at("synced");
	made = must_open("/mnt/made", O_RDWR | O_CREAT);
	must(pwrite(made, big, sizeof(big), 2 * PAGE + 1) == sizeof(big), "pwrite");
	p[11 * PAGE] = 'y';
	sync();
	at("end");
	return 0;
}

static const struct file_state states[] = {
	{ "read", state_read, MS_RDONLY },
	{ "frames", state_frames, 0 },
	{ "offset", state_offset, 0 },
	{ "private", state_private, 0 },
	{ "track", state_track, 0 },
	{ "all", state_all, 0 },
	{ "msync", state_msync, 0 },
	{ "fsync", state_fsync, 0 },
};

int main(int argc, char **argv)
{
	return run_on_disk(states, ARRAY_LEN(states), argc == 2 ? argv[1] : NULL);
}
