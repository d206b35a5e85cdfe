/* SPDX-License-Identifier: MIT */
/*
 * Between kernel/time.c (the interrupt) and kernel/hrtimer.c (the queues).
 *
 * Linux: include/linux/hrtimer.h.
 */
#pragma once
#include "kernel/time.h"

/* hrtimers_init() - the queues of all harts. => boot, before the first timer interrupt. */
void hrtimers_init(void);
/* hrtimer_run_queues() - run all timers due at `now` (ns), program the next event. => irqs off. */
void hrtimer_run_queues(u64 now, u64 next_tick);
/* ns_to_cycles() - boot-relative ns to a value of the time CSR. */
u64 ns_to_cycles(u64 ns);
