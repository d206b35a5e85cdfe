/* SPDX-License-Identifier: MIT */
/* Linux: include/linux/sysrq.h. */
#pragma once

/* sysrq_init() - make /proc/sysrq-trigger. => boot, proc_init() has run. */
void sysrq_init(void);
