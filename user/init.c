/* SPDX-License-Identifier: MIT */
/*
 * user/init.c: the first program, process 1.
 *
 * It mounts the kernel's filesystems, opens the console, starts the shell on it
 * and then does the one thing only process 1 can do: wait for every process
 * whose parent is gone. If the shell ends, another one is started.
 *
 * What it takes from the environment (the kernel puts there what stands on its
 * command line as NAME=VALUE):
 *	QUIRE_RUN=HEX	run this line, two hex digits a byte, then power off; the
 *			line's status goes to /proc/sys/kernel/quire_exit_status
 *	QUIRE_SWAP=A,B	swap areas to turn on
 *	QUIRE_ROOT=DISK	all that happens on this disk (init_root.c), and the shell is its
 *			bash if it has one
 *
 * Programs are started with vfork() and execve(): that works without an MMU,
 * and with one it copies no page table.
 *
 * Linux: none (sysvinit, busybox init). Differs: no inittab, one console.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/init.h"

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))
#define DISK_PATH	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define STATUS_FILE	"/proc/sys/kernel/quire_exit_status"

static const struct {
	const char *type, *dir;
} mounts[] = {
	{ "devtmpfs", "/dev" },		/* first: the console is in there */
	{ "proc", "/proc" },
	{ "sysfs", "/sys" },
	{ "tmpfs", "/tmp" },
};

static char shell[] = "/bin/sh", bash[] = "/bin/bash";
static bool on_disk, no_disk;		/* the root is a disk; it should be, and is not */

void complain(const char *what, const char *name)
{
	fprintf(stderr, "init: cannot %s %s: %s\n", what, name, strerror(errno));
}

static void mount_one(const char *type, const char *dir)
{
	mkdir(dir, 0755);
	/* Not in this kernel, or mounted before us: both are fine. */
	if (mount(type, dir, type, 0, NULL) < 0 && errno != ENODEV && errno != EBUSY)
		complain("mount", dir);
}

/* What bash's <(command) and scripts count on; no kernel makes them. */
static void link_descriptors(void)
{
	static const char *const links[][2] = {
		{ "/proc/self/fd", "/dev/fd" },
		{ "/proc/self/fd/0", "/dev/stdin" },
		{ "/proc/self/fd/1", "/dev/stdout" },
		{ "/proc/self/fd/2", "/dev/stderr" },
	};

	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		if (symlink(links[i][0], links[i][1]) < 0 && errno != EEXIST)
			complain("make", links[i][1]);
	}
}

/* The kernel's file systems; on a disk also those that its programs keep their state in. */
static void mount_all(void)
{
	const char *dirs[ARRAY_LEN(mounts) + 1] = { NULL };
	int switched;

	for (size_t i = 0; i < ARRAY_LEN(mounts); i++) {
		mount_one(mounts[i].type, mounts[i].dir);
		dirs[i] = mounts[i].dir;
	}
	switched = switch_root(dirs);
	on_disk = switched > 0;
	no_disk = switched < 0;
	if (on_disk) {
		mount_one("tmpfs", "/run");
		mount_one("tmpfs", "/dev/shm");
		link_descriptors();
	}
}

static char *find_shell(void)
{
	return on_disk && access(bash, X_OK) == 0 ? bash : shell;
}

/* Make the console descriptors 0, 1 and 2. Without one, keep what there is. */
static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	if (fd < 0)
		return;
	for (int i = 0; i < 3; i++) {
		if (fd != i)
			dup2(fd, i);
	}
	if (fd > 2)
		close(fd);
}

static void set_environment(void)
{
	const char *home = access("/root", X_OK) == 0 ? "/root" : "/";

	setenv("PATH", on_disk ? DISK_PATH : "/bin:/sbin", 1);
	setenv("HOME", home, 1);
	setenv("TERM", "linux", 0);
	setenv("USER", "root", 0);
	if (chdir(home) < 0)
		complain("enter", home);
}

static void turn_on_swap(void)
{
	char *list = getenv("QUIRE_SWAP");
	char *name;

	if (!list)
		return;
	list = strdup(list);
	while ((name = strsep(&list, ", ")) != NULL) {
		if (*name && swapon(name, 0) < 0)
			complain("swap on", name);
	}
	unsetenv("QUIRE_SWAP");
}

/*
 * Start argv[0] as leader of a session of its own with the console as its
 * controlling terminal: that is what makes Ctrl-C and job control work.
 *
 * => between vfork() and execve() only system calls: the child runs in our memory.
 * => returns the process id, or -1.
 */
static pid_t start(char *const argv[])
{
	pid_t pid = vfork();

	if (pid == 0) {
		setsid();
		ioctl(STDIN_FILENO, TIOCSCTTY, 1);
		execve(argv[0], argv, environ);
		_exit(127);
	}
	if (pid < 0)
		complain("start", argv[0]);
	return pid;
}

/* Wait until this child ends, burying everybody else who does. Returns its status. */
static int wait_for(pid_t child)
{
	int status;
	pid_t pid;

	do {
		pid = wait(&status);
	} while (pid != child && (pid > 0 || errno == EINTR));
	return pid == child ? status : -1;
}

static int hex_digit(char c)
{
	return isdigit(c) ? c - '0' : tolower(c) - 'a' + 10;
}

/* Two hex digits a byte; returns NULL if the text is anything else. */
static char *decode_hex(const char *hex)
{
	size_t len = strlen(hex);
	char *line = malloc(len / 2 + 1);

	if (!line || len % 2 || strspn(hex, "0123456789abcdefABCDEF") != len) {
		free(line);
		return NULL;
	}
	for (size_t i = 0; i < len / 2; i++)
		line[i] = hex_digit(hex[2 * i]) * 16 + hex_digit(hex[2 * i + 1]);
	line[len / 2] = 0;
	return line;
}

/* Leave the status where the kernel picks it up when it powers the machine off. */
static void report_status(int status)
{
	int fd = open(STATUS_FILE, O_WRONLY);

	if (fd < 0)
		return;
	dprintf(fd, "%d\n", status);
	close(fd);
}

static void power_off(int sig)
{
	sync();
	if (on_disk)
		mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL);
	if (reboot(sig == SIGTERM ? LINUX_REBOOT_CMD_RESTART : LINUX_REBOOT_CMD_POWER_OFF) < 0)
		complain("power off", "the machine");
}

/* Its halt, poweroff and reboot send init these signals. Our own programs do without. */
static void obey_busybox(void)
{
	signal(SIGUSR1, power_off);
	signal(SIGUSR2, power_off);
	signal(SIGTERM, power_off);
}

static volatile sig_atomic_t going_down;

/* SIGPWR, from poweroff and reboot: they are about to end everybody. */
static void note_going_down(int sig)
{
	going_down = 1;
}

/* A new shell would only be in their way. If the machine is still on after 10 s, it is wanted. */
static void let_go_down(void)
{
	for (int i = 0; going_down && i < 10; i++)
		sleep(1);
	going_down = 0;
}

/* Run one line, as scripts on the host ask for, and turn the machine off. */
static void run_line(const char *hex)
{
	char *line = decode_hex(hex);
	char *argv[] = { find_shell(), "-c", line, NULL };
	int status = 127 << 8;
	pid_t pid;

	unsetenv("QUIRE_RUN");
	if (!line) {
		fprintf(stderr, "init: QUIRE_RUN is not a row of hex digit pairs\n");
	} else if (no_disk) {
		status = 125 << 8;	/* the line was meant for another system */
	} else {
		pid = start(argv);
		if (pid > 0)
			status = wait_for(pid);
	}
	report_status(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	power_off(SIGUSR2);
}

static void tell_end(int status)
{
	if (WIFSIGNALED(status))
		fprintf(stderr, "init: the shell was killed (%s), starting another\n",
			strsignal(WTERMSIG(status)));
	else
		fprintf(stderr, "init: the shell exited with status %d, starting another\n",
			WEXITSTATUS(status));
}

/* The message of the day: what to try, and how to leave. */
static void show_motd(void)
{
	char text[512];
	int fd = open("/etc/motd", O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text));

	if (n > 0)
		write(1, text, n);
	if (fd >= 0)
		close(fd);
}

int main(void)
{
	char *argv[] = { NULL, NULL };
	const char *run;

	mount_all();
	open_console();
	argv[0] = find_shell();
	set_environment();
	turn_on_swap();
	if (on_disk)
		obey_busybox();
	signal(SIGPWR, note_going_down);
	run = getenv("QUIRE_RUN");
	if (run)
		run_line(run);
	show_motd();
	for (;;) {
		pid_t shell = start(argv);
		int status = shell > 0 ? wait_for(shell) : 127 << 8;

		let_go_down();
		tell_end(status);
		/* A shell that cannot even start must not fill the console. */
		if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
			sleep(1);
	}
}
