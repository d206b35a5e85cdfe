/* SPDX-License-Identifier: MIT */
/* The real-time clock of QEMU's virt machine. */
#pragma once
#include "lib/types.h"

/* rtc_read_ns() - ns since 1970; 0 if there is no clock. */
u64 rtc_read_ns(void);
