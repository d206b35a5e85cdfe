/* SPDX-License-Identifier: MIT */
/*
 * Start-up: the kernel command line and the order of initialization.
 *
 * Linux: include/linux/init.h. Differs: no initcall sections: main.c lists the calls.
 */
#pragma once
#include "lib/compiler.h"
#include "lib/types.h"

extern char boot_command_line[4096];
/*
 * cmdline_get() - copy the value of "name=value" in the kernel command line; false if absent.
 * A "name" alone has the value "".
 */
bool cmdline_get(const char *name, char *buf, size_t n);
bool cmdline_has(const char *name);
/* cmdline_next() - the next word from *p, without its quotes; false at the end. */
bool cmdline_next(const char **p, char *word, size_t n);
extern phys_addr_t initrd_start, initrd_end;	/* physical; 0 if none */
extern const void *initial_boot_params;		/* device tree, kernel address */
void start_kernel(void) __noreturn;	/* kernel/main.c, called by head.S with the MMU on */
/* parse_early_params() - "quiet", "loglevel=": setup_arch() calls it as soon as it has the line. */
void parse_early_params(void);
void setup_arch(void);				/* arch: device tree, memblock, paging_init */
void paging_init(void);
void trap_init(void);
void irqchip_init(void);
void uart_init(void);
/* free_initmem() - memory used only during boot goes to the buddy. */
void free_initmem(void);
/* populate_rootfs() - unpack initramfs and initrd into the root tmpfs. Bad archive: a message. */
void populate_rootfs(void);
bool root_is_disk(void);		/* does root= name a disk? Then no archive is unpacked */
/* prepare_namespace() - the disk root= names becomes the root file system. Panics if it cannot. */
void prepare_namespace(void);
/* selftests_run() - "selftest" on the command line; number of failures. tests/kernel. */
int selftests_run(const char *filter);
