/* SPDX-License-Identifier: MIT */
/*
 * The numbers of a task, one for each PID namespace that it is in: its own and all above.
 *
 * Linux: include/linux/pid.h, struct upid. Differs: values without a count, so that a process
 * group's numbers outlive its leader in whoever belongs to it; namespaces nest 3 deep.
 */
#pragma once
#include "lib/types.h"

#define PID_NS_LEVELS	4		/* the first one and three below */

struct pid_numbers {
	struct upid {
		pid_t nr;
		unsigned int ns;	/* inum of the namespace; 0: none at this level */
	} at[PID_NS_LEVELS];
};
