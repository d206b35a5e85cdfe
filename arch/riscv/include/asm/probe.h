/* SPDX-License-Identifier: MIT */
/*
 * For the selftests: does the hardware refuse what the page tables forbid?
 *
 * Linux: drivers/misc/lkdtm/perms.c.
 */
#pragma once

/* probe_write() - write a byte of kernel memory back to itself: 0, or -EFAULT if that faults. */
int probe_write(void *addr);
/* probe_exec_data() - execute a "ret" that lies in .data: 0, or -EFAULT if that faults. */
int probe_exec_data(void);
