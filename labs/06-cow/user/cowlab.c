/* SPDX-License-Identifier: MIT */
/*
 * cowlab STATE - bring processes into a state and wait there while the grader looks at them.
 *
 * At each point it prints a line "at NAME ..." and reads a line from the console.
 *
 * Linux: none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/util.h"

#define PAGES 16

/* Tell the grader where we are, and wait until it has looked. */
static void at(const char *where, const void *address)
{
	char line[16];

	printf("at %s %d %p\n", where, getpid(), address);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		exit(1);
}

static int share(void)
{
	char *p = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	int status;
	pid_t pid;

	for (int i = 0; i < PAGES; i++)
		p[i * 4096] = i + 1;
	pid = fork();
	if (!pid) {
		at("forked", p);
		for (int i = 0; i < PAGES / 2; i++)
			p[i * 4096] = 100 + i;
		at("wrote", p);
		_exit(0);
	}
	if (pid < 0)
		die("fork");
	waitpid(pid, &status, 0);
	at("gone", p);
	return status != 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "share"))
		return share();
	fprintf(stderr, "usage: cowlab share\n");
	return 2;
}
