/* SPDX-License-Identifier: MIT */
/*
 * Fault injection: make the n-th allocation of a task fail, to prove that
 * every allocation site survives it. Counted in the page allocator and in the
 * slab allocator; set by selftests.
 *
 * Linux: mm/failslab.c, mm/fail_page_alloc.c, Documentation/fault-injection.
 * Differs: one counter for both; no probabilities.
 */
#pragma once
#include "kernel/sched.h"
#include "mm/gfp.h"

/* should_fail_alloc() - true if this very allocation is to fail. CONFIG_FAIL_ALLOC only. */
static inline bool should_fail_alloc(gfp_t gfp)
{
	if (!CONFIG_FAIL_ALLOC || likely(!current->fail_nth) || (gfp & __GFP_NOFAIL))
		return false;
	return --current->fail_nth == 0;
}
