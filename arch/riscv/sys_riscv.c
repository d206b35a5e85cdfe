/* SPDX-License-Identifier: MIT */
/*
 * The two system calls that only RISC-V has.
 *
 * Linux: arch/riscv/kernel/{sys_riscv,sys_hwprobe}.c, arch/riscv/mm/cacheflush.c.
 */
#include <asm/barrier.h>
#include <asm/setup.h>
#include <asm/smp.h>
#include <asm/sys_riscv.h>
#include <asm/timex.h>
#include <asm/uaccess.h>
#include "kernel/sched.h"
#include "lib/errno.h"

/* riscv_hwprobe(2) keys and values, as in Documentation/arch/riscv/hwprobe.rst. */
struct riscv_hwprobe {
	s64 key;
	u64 value;
};
#define HWPROBE_KEY_MVENDORID		0
#define HWPROBE_KEY_MARCHID		1
#define HWPROBE_KEY_MIMPID		2
#define HWPROBE_KEY_BASE_BEHAVIOR	3
#define HWPROBE_BASE_BEHAVIOR_IMA	(1 << 0)
#define HWPROBE_KEY_IMA_EXT_0		4
#define HWPROBE_IMA_FD			(1 << 0)
#define HWPROBE_IMA_C			(1 << 1)
#define HWPROBE_IMA_V			(1 << 2)
#define HWPROBE_EXT_ZBA			(1 << 3)
#define HWPROBE_EXT_ZBB			(1 << 4)
#define HWPROBE_EXT_ZBS			(1 << 5)
#define HWPROBE_KEY_CPUPERF_0		5
#define HWPROBE_MISALIGNED_SLOW		2
#define HWPROBE_MISALIGNED_FAST		3
#define HWPROBE_KEY_MISALIGNED_SCALAR	9

static u64 ima_ext_0(void)
{
	u64 value = 0;

	if (riscv_has_ext("f") && riscv_has_ext("d"))
		value |= HWPROBE_IMA_FD;
	if (riscv_has_ext("c"))
		value |= HWPROBE_IMA_C;
	if (riscv_has_ext("zba"))
		value |= HWPROBE_EXT_ZBA;
	if (riscv_has_ext("zbb"))
		value |= HWPROBE_EXT_ZBB;
	if (riscv_has_ext("zbs"))
		value |= HWPROBE_EXT_ZBS;
	return value;
}

/* Ticks for reading a page in words that begin at an odd address, or byte by byte. */
static u64 time_loads(bool words)
{
	const char *p = current->stack, *end = p + PAGE_SIZE - sizeof(u64);	/* any will do */
	u64 start = get_cycles();
	unsigned long value;

	if (words) {
		for (p++; p < end; p += sizeof(u64))
			asm volatile("ld %0, 0(%1)" : "=r"(value) : "r"(p));
	} else {
		for (; p < end; p++)
			asm volatile("lbu %0, 0(%1)" : "=r"(value) : "r"(p));
	}
	return get_cycles() - start;
}

/*
 * Are misaligned accesses worth it? Where firmware emulates them they cost hundreds of
 * instructions; then libc's memcpy() had better not use them. Measured when first asked; the best
 * of a few, as an interrupt may come between.
 */
static u64 misaligned_speed(void)
{
	static u64 answer;
	u64 words = U64_MAX, bytes = U64_MAX;

	if (READ_ONCE(answer))
		return answer;
	for (int i = 0; i < 4; i++) {
		words = min(words, time_loads(true));
		bytes = min(bytes, time_loads(false));
	}
	WRITE_ONCE(answer, words < bytes ? HWPROBE_MISALIGNED_FAST : HWPROBE_MISALIGNED_SLOW);
	return answer;
}

/* An unknown key is no error: its key becomes -1 and its value 0. */
static void probe(struct riscv_hwprobe *pair)
{
	switch (pair->key) {
	case HWPROBE_KEY_MVENDORID:
	case HWPROBE_KEY_MARCHID:
	case HWPROBE_KEY_MIMPID:
		pair->value = 0;
		break;
	case HWPROBE_KEY_BASE_BEHAVIOR:
		pair->value = HWPROBE_BASE_BEHAVIOR_IMA;
		break;
	case HWPROBE_KEY_IMA_EXT_0:
		pair->value = ima_ext_0();
		break;
	case HWPROBE_KEY_CPUPERF_0:
	case HWPROBE_KEY_MISALIGNED_SCALAR:
		pair->value = misaligned_speed();
		break;
	default:
		pair->key = -1;
		pair->value = 0;
	}
}

/* The harts are all alike, so the set only has to name at least one of them. */
static int check_cpus(unsigned long size, const unsigned long __user *cpus)
{
	unsigned long mask;

	if (!size && !cpus)
		return 0;
	if (size < sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, cpus, sizeof(mask)))
		return -EFAULT;
	return mask & cpu_online_mask ? 0 : -EINVAL;
}

long sys_riscv_hwprobe(void __user *upairs, unsigned long count, unsigned long cpusetsize,
		       const unsigned long __user *cpus, unsigned long flags)
{
	struct riscv_hwprobe __user *user = upairs, pair;
	int err;

	if ((unsigned int)flags)
		return -EINVAL;
	err = check_cpus(cpusetsize, cpus);
	for (; !err && count; count--, user++) {
		if (copy_from_user(&pair, user, sizeof(pair)))
			return -EFAULT;
		probe(&pair);
		if (copy_to_user(user, &pair, sizeof(pair)))
			return -EFAULT;
	}
	return err;
}

static void fence_i(void *unused)
{
	asm volatile("fence.i" : : : "memory");
}

long sys_riscv_flush_icache(unsigned long start, unsigned long end, unsigned long flags)
{
	if (flags & ~1UL)		/* bit 0: only this thread's hart; all are as good */
		return -EINVAL;
	mb();
	smp_call_all(fence_i, NULL);
	return 0;
}
