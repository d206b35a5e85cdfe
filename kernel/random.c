/* SPDX-License-Identifier: MIT */
/*
 * The kernel's random numbers: one generator, stirred by the clock.
 *
 * Locks: a spinlock of its own (RANK_DEVICE, irq-safe).
 *
 * Linux: drivers/char/random.c. Differs: statistical quality only.
 */
#include <asm/timex.h>
#include <asm/uaccess.h>
#include "kernel/proc_syscalls.h"
#include "kernel/random.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "lib/string.h"

#define GRND_NONBLOCK	1
#define GRND_RANDOM	2
#define GRND_INSECURE	4

static u64 pool = 0x9e3779b97f4a7c15;
static DEFINE_SPINLOCK(random_lock, RANK_DEVICE);

/* The finalizer of splitmix64: each input bit changes half of the output bits. */
static u64 mix(u64 x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9;
	x ^= x >> 27;
	x *= 0x94d049bb133111eb;
	return x ^ x >> 31;
}

void add_random_seed(const void *seed, size_t n)
{
	const u8 *p = seed;
	unsigned long flags;

	spin_lock_irqsave(&random_lock, flags);
	while (n--)
		pool = mix(pool ^ *p++);
	spin_unlock_irqrestore(&random_lock, flags);
}

u64 get_random_u64(void)
{
	unsigned long flags;
	u64 x;

	spin_lock_irqsave(&random_lock, flags);
	pool += 0x9e3779b97f4a7c15;
	x = mix(pool ^ get_cycles());
	spin_unlock_irqrestore(&random_lock, flags);
	return x;
}

void get_random_bytes(void *buf, size_t n)
{
	u8 *p = buf;

	while (n) {
		u64 x = get_random_u64();
		size_t len = n < sizeof(x) ? n : sizeof(x);

		memcpy(p, &x, len);
		p += len;
		n -= len;
	}
}

long sys_getrandom(char __user *ubuf, unsigned long count, unsigned long flags)
{
	char buf[256];
	size_t done = 0;

	if ((u32)flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	count = min(count, (unsigned long)INT_MAX);
	while (done < count) {
		size_t n = min(count - done, sizeof(buf));

		get_random_bytes(buf, n);
		if (copy_to_user(ubuf + done, buf, n))
			return done ? (long)done : -EFAULT;
		done += n;
		if (signal_pending(current))
			break;
	}
	return done;
}
