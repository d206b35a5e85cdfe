/* SPDX-License-Identifier: MIT */
/*
 * filelab STATE - disks that fail, files that get shorter, races, costs.
 *
 * See pagecache.h for how a state is told to the grader.
 *
 * Linux: none.
 */
#include <pthread.h>
#include <signal.h>

#include "labs/07-pagecache/user/pagecache.h"

/* ---- write-errors: a block of page 2 cannot be written ---- */

static int told(int err)
{
	return err < 0 ? errno : 0;
}

static int state_badwrite(void)
{
	int fd = must_open(DATA, O_RDWR), other = must_open(DATA, O_RDWR), direct, err;
	char *p = map(fd, 0, 8, MAP_SHARED);
	static char sector[512] __attribute__((aligned(512)));

	tell(getpid(), p);
	for (int i = 1; i <= 3; i++)
		p[i * PAGE] = 'e';
	err = told(msync(p, 8 * PAGE, MS_SYNC));
	printf("msync %d\n", err);
	err = told(fsync(other));
	printf("other %d\n", err);
	err = told(fsync(fd));
	printf("again %d\n", err);
	at("told");
	direct = must_open(DATA, O_RDWR | O_DIRECT);
	err = told(pwrite(direct, sector, sizeof(sector), 2 * PAGE));
	printf("direct %d\n", err);
	p[2 * PAGE] = 'f';			/* the page is not locked for ever */
	at("end");
	return 0;
}

/* ---- read-errors: a block of page 6 cannot be read ---- */

#define BAD_ROUNDS 40

/* Also waits for what is being read ahead: then nobody works with any page of the file. */
static void read_neighbours(int fd, const char *p)
{
	char c;

	for (int i = 0; i < PAGES; i++)
		if (i != 6 && (pread(fd, &c, 1, i * PAGE) != 1 ||
			       (unsigned char)c != byte(i * PAGE) || p[i * PAGE] != c)) {
			printf("page %d, which can be read, is not right\n", i);
			exit(1);
		}
}

static int state_badread(void)
{
	int fd = must_open(DATA, O_RDONLY);
	char *p = map(fd, 0, PAGES, MAP_PRIVATE), c = 0;

	tell(getpid(), p);
	must(p[0] == (char)byte(0), "page 0");
	for (int round = 0; round < BAD_ROUNDS; round++) {
		must(pread(fd, &c, 1, 6 * PAGE) == -1 && errno == EIO, "EIO from read(2)");
		if (round == 0) {
			read_neighbours(fd, p);
			at("first");
		}
		EXPECT(SIGBUS, fault_read(p + 6 * PAGE).sig);
		EXPECT(SIGBUS, fault_write(p + 6 * PAGE).sig);
		if (round == 0)
			at("begin");
	}
	read_neighbours(fd, p);
	at("end");
	return 0;
}

/* ---- noroom: the disk is full; a store into a hole has nowhere to go ---- */

static int state_noroom(void)
{
	int fd = must_open("/mnt/holes", O_RDWR | O_CREAT), big = must_open("/mnt/big", O_RDWR |
									    O_CREAT);
	static char buf[64 * 1024];
	char *p;

	must(ftruncate(fd, 4 * PAGE) == 0, "ftruncate");
	p = map(fd, 0, 4, MAP_SHARED);
	tell(getpid(), p);
	while (write(big, buf, sizeof(buf)) > 0)
		;
	EXPECT(0, p[PAGE]);
	EXPECT(SIGBUS, fault_write(p + PAGE).sig);		/* present, read-only */
	at("first");
	EXPECT(SIGBUS, fault_write(p + 2 * PAGE).sig);		/* not present */
	at("second");
	EXPECT(SIGBUS, fault_write(p + PAGE).sig);
	EXPECT(SIGBUS, fault_write(p + 2 * PAGE).sig);
	unlink("/mnt/big");
	close(big);
	p[PAGE] = p[2 * PAGE] = 'r';
	must(fsync(fd) == 0, "fsync");
	at("end");
	return 0;
}

/* ---- truncate: under three mappings ---- */

static unsigned long shared_peer(int n)
{
	mine = map(must_open(DATA, O_RDWR), 3, 7, MAP_SHARED);
	touch(mine, 7);
	return (unsigned long)mine;
}

static unsigned long private_peer(int n)
{
	if (n == 0) {
		mine = map(must_open(DATA, O_RDWR), 2, 8, MAP_PRIVATE);
		touch(mine, 8);
		mine[1 * PAGE] = 'k';		/* page 3 of the file: stays */
		mine[2 * PAGE + 50] = 'l';	/* page 4, before the new end: stays */
		mine[4 * PAGE] = 'g';		/* page 6: goes */
		return (unsigned long)mine;
	}
	return mine[PAGE] == 'k' && mine[2 * PAGE + 50] == 'l' &&
	       fault_read(mine + 4 * PAGE).sig == SIGBUS;
}

/* A hole is no end: it takes the file's pages (of tmpfs), and no private copies. */
static void hole_under_copy(void)
{
	int fd = must_open("/tmp/hole", O_RDWR | O_CREAT);
	char *p;

	must(ftruncate(fd, 4 * PAGE) == 0, "ftruncate");
	p = map(fd, 0, 4, MAP_PRIVATE);
	p[PAGE] = 'p';
	must(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4 * PAGE) == 0,
	     "fallocate");
	must(p[PAGE] == 'p', "the private copy over a hole that was punched");
	unlink("/tmp/hole");
	close(fd);
}

static int state_truncate(void)
{
	int fd = must_open(DATA, O_RDWR);
	struct peer b = start(shared_peer), c = start(private_peer);
	char *p = map(fd, 0, 10, MAP_SHARED), x;

	touch(p, 10);
	p[7 * PAGE] = 'd';			/* dirty, and never written */
	p[2 * PAGE] = 'd';
	tell(getpid(), p);
	tell(b.pid, (void *)ask(&b, 0));
	tell(c.pid, (void *)ask(&c, 0));
	at("touched");
	must(ftruncate(fd, 4 * PAGE + 100) == 0, "ftruncate");
	at("cut");
	EXPECT(0, fault_write(p + 4 * PAGE + 4000).sig);
	EXPECT(SIGBUS, fault_read(p + 5 * PAGE).sig);
	EXPECT(SIGBUS, fault_write(p + 7 * PAGE).sig);
	must(ask(&c, 1), "private: pages 3 and 4 kept, SIGBUS in page 6");
	must(pread(fd, &x, 1, 4 * PAGE + 100) == 0, "nothing to read behind the end");
	must(ftruncate(fd, 10 * PAGE) == 0, "ftruncate");
	must(p[7 * PAGE] == 0 && pread(fd, &x, 1, 7 * PAGE) == 1 && x == 0,
	     "zeros where the file was cut and grown again");
	at("grown");
	hole_under_copy();
	return 0;
}

/* ---- tail: the page with the new end ---- */

static int state_tail(void)
{
	int fd = must_open(DATA, O_RDWR);
	char *p = map(fd, 0, PAGES, MAP_SHARED);
	static char buf[PAGE];

	touch(p, PAGES);
	tell(getpid(), p);
	at("touched");
	must(ftruncate(fd, 4 * PAGE + 100) == 0, "ftruncate");
	touch(p, 5);
	at("cut");
	must(fsync(fd) == 0, "fsync");
	at("synced");
	must(ftruncate(fd, 6 * PAGE) == 0, "ftruncate");
	must(pread(fd, buf, PAGE, 4 * PAGE) == PAGE, "pread");
	for (int i = 0; i < PAGE; i++)
		must((unsigned char)buf[i] == (i < 100 ? byte(4 * PAGE + i) : 0),
		     "zeros in the rest of the page when the file grows");
	at("grown");				/* from now on the disk is very slow */
	p[0] = p[PAGE] = 's';
	start_writing(fd, 0);
	start_writing(fd, 1);
	at("under");
	must(ftruncate(fd, PAGE + 100) == 0, "ftruncate");
	at("short");
	return 0;
}

/* ---- nomem: the n-th allocation fails, at cold pages ---- */

/* The page is dirty again: when there is memory nothing has happened. */
static void sync_without_memory(int fd, char *p)
{
	int disk = must_open("/dev/vda", O_RDONLY), other = must_open("/mnt/many", O_RDWR);

	++*p;
	must(posix_fadvise(disk, 0, 0, POSIX_FADV_DONTNEED) == 0, "posix_fadvise");
	close(disk);
	at("full");
	must(fsync(fd) == 0 || errno == ENOMEM, "fsync without memory: 0 or ENOMEM");
	at("tried");
	must(fsync(other) == 0, "fsync when there is memory again");
	close(other);
}

static int state_nomem(void)
{
	int fd = must_open("/mnt/many", O_RDWR);
	char *shared = map(fd, 0, 96, MAP_SHARED), *private = map(fd, 0, 96, MAP_PRIVATE);
	static char buf[PAGE];
	ssize_t n;

	must(madvise(shared, 96 * PAGE, MADV_RANDOM) == 0, "madvise");
	must(madvise(private, 96 * PAGE, MADV_RANDOM) == 0, "madvise");
	must(posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM) == 0, "fadvise");
	tell(getpid(), shared);
	buf[0] = shared[95 * PAGE] = private[94 * PAGE] = 1;
	for (int i = 0; i < 24; i++) {
		int page = i * 3;

		at("before");
		n = pread(fd, buf, PAGE, page * PAGE);
		must(n == PAGE || (n < 0 && errno == ENOMEM), "a page, or ENOMEM");
		private[(page + 1) * PAGE] = 'n';
		shared[(page + 2) * PAGE] = 'n';
		at("after");
		must(pread(fd, buf, PAGE, page * PAGE) == PAGE && (unsigned char)buf[9] ==
		     byte(page * PAGE + 9), "the page at the second try");
	}
	must(fsync(fd) == 0, "fsync");
	for (int i = 0; i < 4; i++)
		sync_without_memory(fd, shared + 95 * PAGE);
	at("end");
	return 0;
}

/* ---- race: the file is cut and grown while others use it; page k holds k + 1 or zeros ---- */

#define RACE_PAGES 8
static char *race_map;
static int race_fd;
static volatile int race_over;

static void *race_reader(void *unused)
{
	char c;

	for (unsigned int i = 0; !race_over; i++) {
		int k = i * 5 % RACE_PAGES;

		if (pread(race_fd, &c, 1, k * PAGE + 77) == 1 && c != 0 && c != k + 1)
			return "read(2) gives what is not in the file";
	}
	return NULL;
}

static void *race_mapper(void *unused)
{
	for (unsigned int i = 0; !race_over; i++) {
		int k = i * 3 % RACE_PAGES;
		char *p = race_map + k * PAGE + 77, c;
		struct fault f = fault_read(p);

		if (f.sig && f.sig != SIGBUS)
			return "a signal other than SIGBUS";
		if (pread(race_fd, &c, 1, k * PAGE + 78) == 1 && c != 0 && c != k + 1)
			return "read(2) gives what is not in the file";
	}
	return NULL;
}

/* First: page after page is cut off while a fault waits for it; the grader has a slow disk. */
static enum { CUT_REST, CUT_GO, CUT_TOUCHING } cut_state;
static volatile int cut_page;

static int cut_is(int state)
{
	return __atomic_load_n(&cut_state, __ATOMIC_SEQ_CST) == (unsigned int)state;
}

static void cut_becomes(int state)
{
	__atomic_store_n(&cut_state, state, __ATOMIC_SEQ_CST);
}

static void *cut_toucher(void *map)
{
	while (!race_over) {
		if (cut_is(CUT_GO)) {
			cut_becomes(CUT_TOUCHING);
			fault_read((char *)map + cut_page * PAGE);
			cut_becomes(CUT_REST);
		}
		nap(1);
	}
	return NULL;
}

static void cut_while_reading(void)
{
	int fd = must_open(DATA, O_RDWR);
	char *p = map(fd, 0, PAGES, MAP_SHARED);
	pthread_t toucher;

	must(madvise(p, PAGES * PAGE, MADV_RANDOM) == 0, "madvise");
	must(pthread_create(&toucher, NULL, cut_toucher, p) == 0, "pthread_create");
	for (cut_page = PAGES - 1; cut_page > 0; cut_page--) {
		cut_becomes(CUT_GO);
		while (cut_is(CUT_GO))
			nap(1);
		nap(20);
		must(ftruncate(fd, cut_page * PAGE) == 0, "ftruncate");
		while (!cut_is(CUT_REST))
			nap(1);
		must(fault_read(p + cut_page * PAGE).sig == SIGBUS,
		     "SIGBUS in a page that was cut off while a fault read it");
	}
	race_over = 1;
	pthread_join(toucher, NULL);
	race_over = 0;
}

static int state_race(void)
{
	pthread_t reader, mapper;
	void *bad[2];
	static char page[PAGE];

	at("begin");
	cut_while_reading();
	at("cut");

	race_fd = must_open("/mnt/race", O_RDWR | O_CREAT);
	race_map = map(race_fd, 0, RACE_PAGES, MAP_SHARED);
	tell(getpid(), race_map);
	must(pthread_create(&reader, NULL, race_reader, NULL) == 0, "pthread_create");
	must(pthread_create(&mapper, NULL, race_mapper, NULL) == 0, "pthread_create");
	for (int i = 0; i < 300; i++) {
		for (int k = 0; k < RACE_PAGES; k++) {
			memset(page, k + 1, PAGE);
			must(pwrite(race_fd, page, PAGE, k * PAGE) == PAGE, "pwrite");
		}
		must(ftruncate(race_fd, (i % 3) * PAGE) == 0, "ftruncate");
		if (i % 8 == 0)
			must(fsync(race_fd) == 0, "fsync");
	}
	race_over = 1;
	pthread_join(reader, &bad[0]);
	pthread_join(mapper, &bad[1]);
	for (int i = 0; i < 2; i++)
		if (bad[i]) {
			puts(bad[i]);
			return 1;
		}
	at("end");
	return 0;
}

/* ---- tlb: a thread on another hart stores all the time, write-back goes on beside it ---- */

static volatile unsigned long *counter;

static void *count_up(void *unused)
{
	while (!race_over)
		++*counter;
	return NULL;
}

/* The other thread has stored after this moment. */
static void wait_for_stores(void)
{
	unsigned long seen = *counter;

	while (*counter - seen < 100)
		;
}

static int state_tlb(void)
{
	int fd = must_open(DATA, O_RDWR);
	char *p = map(fd, 0, 8, MAP_SHARED);
	pthread_t thread;

	tell(getpid(), p);
	counter = (unsigned long *)p;
	must(pthread_create(&thread, NULL, count_up, NULL) == 0, "pthread_create");
	for (int i = 0; i < 20; i++) {
		wait_for_stores();
		must(msync(p, PAGE, MS_SYNC) == 0, "msync");
	}
	wait_for_stores();
	race_over = 1;
	pthread_join(thread, NULL);
	at("end");
	return 0;
}

/* ---- cost: in instructions ---- */

#define MANY 512		/* pages of the file */

static int state_cost(void)
{
	int fd = must_open("/mnt/many", O_RDWR);
	char *p = map(fd, 0, MANY, MAP_SHARED);
	static char buf[PAGE];
	unsigned long begin;

	touch(p, MANY);
	must(fsync(fd) == 0, "fsync");
	begin = now();
	for (int i = 0; i < 2 * MANY; i++)
		must(pread(fd, buf, PAGE, i % MANY * PAGE) == PAGE, "pread");
	printf("cost read %lu\n", (now() - begin) / (2 * MANY));
	begin = now();
	for (int i = 0; i < MANY; i++)
		p[i * PAGE] = 'c';
	printf("cost first-store %lu\n", (now() - begin) / MANY);
	begin = now();
	for (int i = 0; i < MANY * 32; i++)
		p[i % MANY * PAGE] = i;
	printf("cost next-stores %lu\n", (now() - begin) / (MANY * 32));
	return 0;
}

static const struct file_state states[] = {
	{ "badwrite", state_badwrite, 0 },
	{ "badread", state_badread, MS_RDONLY },
	{ "noroom", state_noroom, 0 },
	{ "truncate", state_truncate, 0 },
	{ "tail", state_tail, 0 },
	{ "nomem", state_nomem, 0 },
	{ "race", state_race, 0 },
	{ "tlb", state_tlb, 0 },
	{ "cost", state_cost, 0 },
};

int main(int argc, char **argv)
{
	return run_on_disk(states, ARRAY_LEN(states), argc == 2 ? argv[1] : NULL);
}
