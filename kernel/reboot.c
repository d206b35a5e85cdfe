/* SPDX-License-Identifier: MIT */
/*
 * reboot(2): the machine stops or starts again.
 *
 * Linux: kernel/reboot.c. Differs: a status for the power-off, written to
 * /proc/sys/kernel/quire_exit_status before, becomes QEMU's exit status.
 */
#include <asm/sbi.h>
#include <asm/smp.h>
#include "kernel/fs/fs.h"
#include "kernel/printk.h"
#include "kernel/proc_syscalls.h"

#define MAGIC1		0xfee1dead
#define MAGIC2		672274793
#define MAGIC2A		85072278
#define MAGIC2B		369367448
#define MAGIC2C		537993216
#define CMD_RESTART	0x01234567
#define CMD_HALT	0xcdef0123
#define CMD_CAD_ON	0x89abcdef
#define CMD_CAD_OFF	0
#define CMD_POWER_OFF	0x4321fedc

int quire_exit_status;

long sys_reboot(long magic1, long umagic2, long cmd, void __user *arg)
{
	u32 magic2 = (u32)umagic2;

	if ((u32)magic1 != MAGIC1 ||
	    (magic2 != MAGIC2 && magic2 != MAGIC2A && magic2 != MAGIC2B && magic2 != MAGIC2C))
		return -EINVAL;
	switch ((u32)cmd) {
	case CMD_RESTART:
		pr_info("reboot: Restarting system\n");
		smp_stop_others();
		machine_restart();
	case CMD_HALT:
	case CMD_POWER_OFF:
		pr_info("reboot: Power down\n");
		smp_stop_others();
		machine_power_off(quire_exit_status);
	case CMD_CAD_ON:
	case CMD_CAD_OFF:
		return 0;		/* there is no Ctrl-Alt-Del */
	}
	return -EINVAL;
}
