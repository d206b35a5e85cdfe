/* SPDX-License-Identifier: MIT */
/*
 * What a program sees of its own memory:  memory MIB
 *
 * Takes MIB MiB with malloc, touches a quarter of the pages, then all, and prints after
 * each step, in KiB: what it did, VmSize, VmRSS, largest RSS (getrusage), VmSwap. Every
 * page gets its own number, which is read again at the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define PAGE 4096UL

static long status_value(const char *name)
{
	char line[256];
	long value = -1;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, name, strlen(name)))
			sscanf(line + strlen(name) + 1, "%ld", &value);
	}
	if (f)
		fclose(f);
	return value;
}

static void report(const char *step)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	printf("%s %ld %ld %ld %ld\n", step, status_value("VmSize"), status_value("VmRSS"),
	       use.ru_maxrss, status_value("VmSwap"));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	size_t bytes = (argc > 1 ? strtoul(argv[1], NULL, 10) : 400) << 20, i;
	char *block;

	report("start");
	block = malloc(bytes);
	if (!block) {
		puts("no memory");
		return 1;
	}
	report("malloc");
	for (i = 0; i < bytes / 4; i += PAGE)
		*(size_t *)(block + i) = i;
	report("quarter");
	for (; i < bytes - 8; i += PAGE)
		*(size_t *)(block + i) = i;
	report("all");
	for (i = 0; i < bytes - 8; i += PAGE) {
		if (*(size_t *)(block + i) != i) {
			printf("page %zu is wrong\n", i / PAGE);
			return 1;
		}
	}
	free(block);
	report("free");
	return 0;
}
