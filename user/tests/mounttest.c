/* SPDX-License-Identifier: MIT */
/*
 * mounttest - mounts that somebody works on while they become read-only or go: on a tmpfs of its
 * own, or on the ext2 of $FSTEST_DEV, whose image tests/qemu then checks from outside.
 *
 * The races run for a fixed number of rounds: on one hart they hold trivially.
 *
 * Linux: tools/testing/selftests/mount. Differs: needs root.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tests/testlib.h"

#define NEWNS 0x20000
#define ROUNDS 300
#define RDONLY_MOUNT 1		/* ST_RDONLY of f_flags */

static int new_file(const char *name)
{
	return OK(open(name, O_RDWR | O_CREAT | O_EXCL, 0644));
}

static const char *device;

/* A file system of our own at "m": $FSTEST_DEV, else a tmpfs. */
static void mount_m(void)
{
	device = getenv("FSTEST_DEV");
	OK(syscall(SYS_unshare, NEWNS));
	OK(mkdir("m", 0755));
	OK(mount(device ? device : "none", "m", device ? "ext2" : "tmpfs", 0, NULL));
}

static void unmount_m(void)
{
	OK(umount("m"));
	OK(rmdir("m"));
}

static int remount_m(unsigned long flags)
{
	return mount("none", "m", NULL, MS_REMOUNT | flags, NULL);
}

static void read_only_with_writers(void)
{
	int fd;

	enter_dir();
	mount_m();
	fd = new_file("m/f");
	EXPECT_ERRNO(EBUSY, remount_m(MS_RDONLY));
	EXPECT(1, write(fd, "x", 1));
	OK(unlink("m/f"));
	close(fd);
	OK(remount_m(MS_RDONLY));
	EXPECT_ERRNO(EROFS, open("m/f", O_WRONLY | O_CREAT, 0600));
	OK(remount_m(0));
	unmount_m();
	leave_dir();
}

/* Open for writing and read-only are never true of a file at the same time. */
static void write_a_little(void)
{
	int fd = open("m/f", O_WRONLY | O_CREAT, 0600);
	struct statfs fs;

	if (fd < 0) {
		EXPECT(EROFS, errno);
		sched_yield();
		return;
	}
	EXPECT(1, write(fd, "x", 1));
	OK(fstatfs(fd, &fs));
	if (fs.f_flags & RDONLY_MOUNT)
		FAIL("a file is open for writing, and its file system read-only");
	close(fd);
	if (mkdir("m/d", 0700) && errno != EROFS && errno != EEXIST)
		FAIL("mkdir: %s", strerror(errno));
	if (rmdir("m/d") && errno != EROFS && errno != ENOENT)
		FAIL("rmdir: %s", strerror(errno));
}

static void read_only_under_a_writer(void)
{
	pid_t other;

	enter_dir();
	mount_m();
	other = OK(fork());
	while (!other)
		write_a_little();
	for (int i = 0; i < ROUNDS; i++) {
		if (remount_m(MS_RDONLY))
			EXPECT(EBUSY, errno);
		sched_yield();
		OK(remount_m(0));
	}
	OK(kill(other, SIGKILL));
	EXPECT_KILLED(SIGKILL, other);
	unlink("m/f");
	rmdir("m/d");
	unmount_m();
	leave_dir();
}

static void drop_caches(void)
{
	int fd = OK(open("/proc/sys/vm/drop_caches", O_WRONLY));

	EXPECT(1, write(fd, "2", 1));
	close(fd);
}

/* umount waits for the names, and with them the inodes, that reclaim is about to free. */
static void unmount_under_reclaim(void)
{
	static char buf[65536];
	int fd, go[2];
	pid_t other;

	if (!getenv("FSTEST_DEV"))
		test_skip("needs a disk ($FSTEST_DEV)");
	enter_dir();
	mount_m();
	OK(mkdir("m/d", 0755));
	fd = new_file("m/d/f");
	for (int i = 0; i < 128; i++)
		EXPECT(sizeof(buf), write(fd, buf, sizeof(buf)));
	close(fd);
	OK(pipe(go));
	for (int i = 0; i < 15; i++) {
		OK(umount("m"));
		OK(mount(device, "m", "ext2", 0, NULL));
		fd = OK(open("m/d/f", O_RDONLY));
		while (OK(read(fd, buf, sizeof(buf))) > 0)
			;
		close(fd);
		other = OK(fork());
		if (!other) {
			EXPECT(1, write(go[1], "x", 1));
			drop_caches();
			_exit(0);
		}
		EXPECT(1, read(go[0], buf, 1));
		for (volatile int spin = 0; spin < i * 3000; spin++)
			;
		OK(umount("m"));
		EXPECT_EXIT(0, other);
		OK(mount(device, "m", "ext2", 0, NULL));
	}
	OK(unlink("m/d/f"));
	OK(rmdir("m/d"));
	unmount_m();
	leave_dir();
}

/* A sync(2) that happens to be at the file system is no user: umount ends when it says so. */
static void unmount_beside_sync(void)
{
	pid_t other;

	if (!getenv("FSTEST_DEV"))
		test_skip("needs a disk ($FSTEST_DEV)");
	enter_dir();
	mount_m();
	other = OK(fork());
	while (!other)
		sync();
	for (int i = 0; i < ROUNDS; i++) {
		OK(umount("m"));
		OK(mount(device, "m", "ext2", 0, NULL));
	}
	OK(kill(other, SIGKILL));
	EXPECT_KILLED(SIGKILL, other);
	unmount_m();
	leave_dir();
}

static void mount_on_a_removed_directory(void)
{
	enter_dir();
	OK(syscall(SYS_unshare, NEWNS));
	OK(mkdir("d", 0755));
	OK(chdir("d"));
	OK(rmdir("../d"));
	EXPECT_ERRNO(ENOENT, mount("none", ".", "tmpfs", 0, NULL));
	OK(chdir(test_dir));
	close(new_file("f"));
	OK(mkdir("d", 0755));
	OK(mount("none", "d", "tmpfs", 0, NULL));
	EXPECT_ERRNO(EINVAL, mount("d", "f", NULL, MS_MOVE, NULL));
	OK(umount("d"));
	OK(rmdir("d"));
	OK(unlink("f"));
	leave_dir();
}

/* A child in a mount namespace of its own, until it is killed. */
static pid_t child_with_namespace(void)
{
	pid_t pid;
	int go[2];
	char c;

	OK(pipe(go));
	pid = OK(fork());
	if (!pid) {
		OK(syscall(SYS_unshare, NEWNS));
		EXPECT(1, write(go[1], "x", 1));
		for (;;)
			pause();
	}
	EXPECT(1, read(go[0], &c, 1));
	close(go[0]);
	close(go[1]);
	return pid;
}

/* A namespace that is mounted in itself would hold all its mounts for ever; so would its copy. */
static void namespace_in_itself(void)
{
	char later[40];
	pid_t pid;

	enter_dir();
	OK(syscall(SYS_unshare, NEWNS));
	close(new_file("f"));
	EXPECT_ERRNO(EINVAL, mount("/proc/self/ns/mnt", "f", NULL, MS_BIND, NULL));
	EXPECT_ERRNO(EINVAL, mount("/proc/1/ns/mnt", "f", NULL, MS_BIND, NULL));
	pid = child_with_namespace();
	snprintf(later, sizeof(later), "/proc/%d/ns/mnt", pid);
	OK(mount(later, "f", NULL, MS_BIND, NULL));
	OK(mount("/proc/self/ns/uts", "f", NULL, MS_BIND, NULL));
	OK(kill(pid, SIGKILL));
	EXPECT_KILLED(SIGKILL, pid);
	pid = OK(fork());
	if (!pid) {
		OK(syscall(SYS_unshare, NEWNS));
		EXPECT_ERRNO(EINVAL, umount("f"));	/* the copy has neither */
		_exit(0);
	}
	EXPECT_EXIT(0, pid);
	OK(umount("f"));
	OK(umount("f"));
	OK(unlink("f"));
	leave_dir();
}

static const struct subtest tests[] = {
	{ "read_only_with_writers", read_only_with_writers, T_QUIRE },
	{ "read_only_under_a_writer", read_only_under_a_writer, T_QUIRE },
	{ "unmount_under_reclaim", unmount_under_reclaim, T_QUIRE },
	{ "unmount_beside_sync", unmount_beside_sync, T_QUIRE },
	{ "mount_on_a_removed_directory", mount_on_a_removed_directory, T_QUIRE },
	{ "namespace_in_itself", namespace_in_itself, T_QUIRE },
};

SUITE(mounttest_suite, "mounttest", tests);
