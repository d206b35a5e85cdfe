/* SPDX-License-Identifier: MIT */
/*
 * sys/reboot.h: stopping the machine.
 */
#pragma once

#include <linux/reboot.h>

#define RB_AUTOBOOT	LINUX_REBOOT_CMD_RESTART
#define RB_HALT_SYSTEM	LINUX_REBOOT_CMD_HALT
#define RB_POWER_OFF	LINUX_REBOOT_CMD_POWER_OFF
#define RB_ENABLE_CAD	LINUX_REBOOT_CMD_CAD_ON
#define RB_DISABLE_CAD	LINUX_REBOOT_CMD_CAD_OFF

/* Returns only on failure (or for the CAD commands). Does not sync(). */
int reboot(unsigned int cmd);
