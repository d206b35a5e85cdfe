/* SPDX-License-Identifier: MIT */
/*
 * edgelab STATE - what must come out right when two things happen at the same time, or too much
 * of one: a store under writeback, a copy during truncate, more dirty pages than there may be, a
 * page whose place on the disk cannot be found.
 *
 * See pagecache.h for how a state is told to the grader.
 *
 * Linux: none.
 */
#include <signal.h>

#include "labs/07-pagecache/user/pagecache.h"

/* ---- again: stored to after it was written, and while it is written ---- */

static int state_again(void)
{
	int fd = must_open(DATA, O_RDWR);
	char *p = map(fd, 0, 8, MAP_SHARED);

	tell(getpid(), p);
	touch(p, 8);
	p[0] = p[PAGE] = p[5 * PAGE] = 'a';
	must(msync(p, 8 * PAGE, MS_SYNC) == 0, "msync");
	p[0] = p[5 * PAGE] = 'b';
	must(msync(p, 8 * PAGE, MS_SYNC) == 0, "msync");
	at("synced");				/* from now on the disk is very slow */
	p[2 * PAGE] = p[3 * PAGE] = 'c';
	start_writing(fd, 2);
	start_writing(fd, 3);
	must(pwrite(fd, "d", 1, 3 * PAGE) == 1, "pwrite");
	at("under");
	must(fsync(fd) == 0, "fsync");
	at("end");
	return 0;
}

/* ---- late: a private copy is being made of a page that is cut off ---- */

#define REGION	(2UL << 20)		/* what one table of PTEs maps */

/* Where no page table is yet: the grader holds the fault where it asks for one. */
static unsigned long late_peer(int n)
{
	int fd;

	if (n == 0) {
		pin(1);
		fd = must_open(DATA, O_RDWR);
		mine = mmap(NULL, 2 * REGION, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		must(mine != MAP_FAILED, "mmap");
		mine = (char *)(((unsigned long)mine + REGION - 1) & -REGION);
		must(mmap(mine, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd,
			  0) == mine, "mmap");
		return (unsigned long)mine;
	}
	return n == 1 ? fault_write(mine + 7 * PAGE).sig : fault_read(mine + 7 * PAGE).sig;
}

static int state_late(void)
{
	volatile unsigned long *word = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = must_open(DATA, O_RDWR), sig, cut;
	struct peer b = start(late_peer);
	char *p = map(fd, 0, 8, MAP_SHARED);

	pin(0);
	touch(p, 8);
	*word = 0;
	tell(getpid(), p);
	tell(b.pid, (void *)ask(&b, 0));
	tell(getpid(), (void *)word);
	at("begin");
	begin_ask(&b, 1);
	while (getenv("LABRUN") && !*word)
		;				/* the grader sets it when the store is held */
	cut = ftruncate(fd, 4 * PAGE);
	*word = 2;
	must(cut == 0, "ftruncate");
	sig = (int)end_ask(&b);
	must(sig == 0 || sig == SIGBUS, "the store: done before the cut, or SIGBUS");
	at("cut");
	must(ask(&b, 2) == SIGBUS, "SIGBUS in a private mapping behind the new end");
	at("end");
	return 0;
}

/* ---- limit: who stores through a mapping is held back like who calls write(2) ---- */

static int state_limit(void)
{
	char *p = map(must_open("/mnt/many", O_RDWR), 0, 256, MAP_SHARED);

	must(madvise(p, 256 * PAGE, MADV_RANDOM) == 0, "madvise");
	write_file("/proc/sys/vm/dirty_background_bytes", "32768\n");
	write_file("/proc/sys/vm/dirty_bytes", "65536\n");
	tell(getpid(), p);
	for (int i = 0; i < 128; i++)		/* not present */
		p[i * PAGE] = 'n';
	at("stored");
	must(msync(p, 256 * PAGE, MS_SYNC) == 0, "msync");
	touch(p + 128 * PAGE, 128);
	for (int i = 128; i < 256; i++)		/* present, read-only */
		p[i * PAGE] = 'r';
	at("again");
	return 0;
}

/* ---- lost: the block that tells where page 13 is holds nonsense for a while ---- */

static int told(int err)
{
	return err < 0 ? errno : 0;
}

/* What the disk holds besides files is read again. */
static void forget_metadata(void)
{
	int disk = must_open("/dev/vda", O_RDONLY);

	must(posix_fadvise(disk, 0, 0, POSIX_FADV_DONTNEED) == 0, "posix_fadvise");
	close(disk);
}

/* The same page, while it cannot be found and when it can. */
static void read_late(int fd, int wrong)
{
	char c;
	ssize_t n = pread(fd, &c, 1, 14 * PAGE);

	must(wrong ? n == -1 && errno == EIO : n == 1 && (unsigned char)c == byte(14 * PAGE),
	     wrong ? "EIO for page 14" : "page 14 when its place is known again");
}

static int state_lost(void)
{
	int fd = must_open(DATA, O_RDWR), other = must_open(DATA, O_RDWR), err;
	char *p = map(fd, 0, PAGES, MAP_SHARED);

	must(madvise(p, PAGES * PAGE, MADV_RANDOM) == 0, "madvise");
	must(posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM) == 0, "posix_fadvise");
	tell(getpid(), p);
	p[13 * PAGE] = 'l';
	must(fsync(fd) == 0, "fsync");
	for (int i = 1; i < 12; i += 2)
		p[i * PAGE] = 'l';
	p[13 * PAGE] = 'm';
	at("stored");
	forget_metadata();
	read_late(fd, 1);
	err = told(fsync(fd));
	printf("first %d\n", err);
	at("failed");
	err = told(fsync(other));
	printf("other %d\n", err);
	err = told(fsync(fd));
	printf("second %d\n", err);
	at("told");
	forget_metadata();
	read_late(fd, 0);
	p[13 * PAGE] = 'n';
	must(fsync(fd) == 0, "fsync of a page whose place is known again");
	munmap(p, PAGES * PAGE);
	close(fd);
	close(other);
	must(umount("/mnt") == 0, "umount when nobody uses the file any more");
	at("end");
	return 0;
}

static const struct file_state states[] = {
	{ "again", state_again, 0 },
	{ "late", state_late, 0 },
	{ "limit", state_limit, 0 },
	{ "lost", state_lost, 0 },
};

int main(int argc, char **argv)
{
	return run_on_disk(states, ARRAY_LEN(states), argc == 2 ? argv[1] : NULL);
}
