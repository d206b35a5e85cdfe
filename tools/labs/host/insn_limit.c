/* SPDX-License-Identifier: MIT */
/*
 * insn_limit - a plugin of QEMU: counts the instructions that the harts execute, and ends QEMU
 * when they are too many.
 *
 *	-plugin insn_limit.so,limit=NUMBER,counts=FILE
 *
 * FILE (HARTS * 64 bytes, zeroes) is mapped: the count of hart N is the 64-bit number at N * 64,
 * so the grader sees from outside whether a machine still does anything. Over the limit, QEMU
 * ends with LIMIT_STATUS. Blocks are counted as they begin; a trap in the middle of one makes the
 * count a few instructions too high.
 *
 * It has its own declarations of QEMU's plugin interface, since distributions do not ship that
 * header. They are the same from 4.2 on; only the number of the version must suit
 * (quirelab/limit.py finds out).
 *
 * Linux: none (perf counts instructions there).
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HARTS 64		/* more share a count */
#define SLOT 64			/* bytes: one line of the cache for each hart */
#define LIMIT_STATUS 121
#define LOOK_EVERY (1u << 20)	/* instructions of a hart between two looks at the sum */

struct qemu_plugin_tb;
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
					   void (*cb)(uint64_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  void (*cb)(unsigned int hart, void *data),
					  int registers, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);

__attribute__((visibility("default"))) int qemu_plugin_version = PLUGIN_VERSION;

static volatile uint64_t *counts;
static uint64_t limit = UINT64_MAX;

static void look(void)
{
	uint64_t sum = 0;

	for (int i = 0; i < HARTS; i++)
		sum += counts[i * SLOT / sizeof(*counts)];
	if (sum > limit)
		_exit(LIMIT_STATUS);
}

/* A block of instructions begins; data is their number. */
static void executes(unsigned int hart, void *data)
{
	volatile uint64_t *count = &counts[hart % HARTS * SLOT / sizeof(*counts)];
	uint64_t before = *count, after = before + (uintptr_t)data;

	*count = after;
	if (before / LOOK_EVERY != after / LOOK_EVERY)
		look();
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, executes, 0,
					     (void *)(uintptr_t)qemu_plugin_tb_n_insns(tb));
}

static int map_counts(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	void *map;

	if (fd < 0)
		return -1;
	map = mmap(NULL, HARTS * SLOT, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return -1;
	counts = map;
	return 0;
}

__attribute__((visibility("default"))) int
qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "limit=", 6))
			limit = strtoull(argv[i] + 6, NULL, 10);
		else if (strncmp(argv[i], "counts=", 7) || map_counts(argv[i] + 7))
			return -1;
	}
	if (!counts)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
