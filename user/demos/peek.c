/* SPDX-License-Identifier: MIT */
/*
 * peek - can one process write into another one's memory?
 *
 * The parent puts a word into memory of its own and starts a second program, which is told the
 * address and writes there. With an MMU that address means something else (here: nothing) in the
 * other process: it dies of SIGSEGV. Without one, an address is the memory itself, and the
 * victim's word is changed. Which of the two it was is seen by the result, not asked for.
 *
 * Only vfork and exec are used, so that it runs without an MMU.
 *
 * Linux: Documentation/admin-guide/mm/nommu-mmap.rst. Differs: nothing.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/util.h"

#define REGION (256 * 1024)

static const char before[] = "belongs to the victim";
static const char after[] = "changed by a stranger";

/* The second program: write to the address and come back alive, or not. */
static int intrude(const char *address)
{
	volatile char *target = (char *)strtoul(address, NULL, 16);

	for (unsigned int i = 0; i < sizeof(after); i++)
		target[i] = after[i];
	return 0;
}

static int start_intruder(char *self, void *target)
{
	char address[32];
	char *const args[] = { self, "--at", address, NULL };
	int status;
	pid_t pid;

	sprintf(address, "%lx", (unsigned long)target);
	pid = vfork();
	if (pid < 0)
		die("vfork");
	if (!pid) {
		execv("/proc/self/exe", args);
		execvp(self, args);
		_exit(127);
	}
	printf("process %d is told to write to %s\n", pid, address);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	return status;
}

int main(int argc, char **argv)
{
	char *region, *secret;
	int status, changed;

	prog_init(argc, argv, "peek\nTry to write into another process's memory.");
	if (argc == 3 && !strcmp(argv[1], "--at"))
		return intrude(argv[2]);
	/*
	 * In the middle of a region that only this process has mapped: a static variable would
	 * stand at the same address in both, and the intruder would hit its own.
	 */
	region = mmap(NULL, REGION, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (region == MAP_FAILED)
		die("mmap");
	secret = region + REGION / 2;
	strcpy(secret, before);
	printf("process %d holds at %p: \"%s\"\n", getpid(), (void *)secret, secret);
	fflush(stdout);
	status = start_intruder(argv[0], secret);
	changed = strcmp(secret, before) != 0;
	printf("process %d now holds:   \"%s\"\n", getpid(), secret);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV && !changed) {
		puts("peek: with MMU: the intruder died of SIGSEGV, the victim is untouched");
		puts("  each process has page tables of its own: that address is not mapped there");
		return 0;
	}
	if (WIFEXITED(status) && !WEXITSTATUS(status) && changed) {
		puts("peek: NOMMU: the intruder has overwritten the victim's memory");
		puts("  without translation every process sees, and can write, all of memory");
		return 0;
	}
	printf("peek: neither: wait status 0x%x, memory %s\n", status,
	       changed ? "changed" : "unchanged");
	return 1;
}
