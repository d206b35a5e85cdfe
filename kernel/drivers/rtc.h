/* SPDX-License-Identifier: MIT */
/*
 * The real-time clock of QEMU's virt machine (Google's "goldfish" RTC).
 *
 * Linux: drivers/rtc/rtc-goldfish.c. Differs: read once at boot, no alarms.
 */
#pragma once
#include "lib/types.h"

/* rtc_read_ns() - ns since 1970; 0 if there is no clock. */
u64 rtc_read_ns(void);
