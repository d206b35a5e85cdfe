/* SPDX-License-Identifier: MIT */
/*
 * What stands in a starter tree where a function of a lab is yet to be written. Only starter
 * trees include it (quirelab/starter.py); the kernel itself knows nothing of labs.
 *
 * Linux: none.
 */
#pragma once
#ifdef __ASSEMBLER__

/*
 * LAB_TODO lab, function, file - the same where there may be no stack yet: the firmware prints,
 * then switches the machine off, as after a failure.
 */
	.macro LAB_TODO lab, function, file
	lla	t0, 3f
1:
	lbu	a0, 0(t0)
	beqz	a0, 2f
	li	a7, 1			/* the legacy call that prints a character */
	ecall
	addi	t0, t0, 1
	j	1b
2:
	li	a0, 0			/* shutdown */
	li	a1, 1			/* because the system has failed */
	li	a6, 0
	li	a7, 0x53525354		/* System Reset extension */
	ecall
	j	2b
3:
	.ascii	"\r\nLAB_TODO lab "
	.ascii	"\lab"
	.ascii	": "
	.ascii	"\function"
	.ascii	"() in "
	.ascii	"\file"
	.asciz	" is yours to write\r\n"
	.balign	4
	.endm

#else
#include "kernel/printk.h"

/* Helpers that only the missing functions call are there already, for the student to use. */
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-variable"

/*
 * LAB_TODO() - ends the run and says which function is missing. Never returns. The firmware prints
 * the first line, so that it is seen however early in the boot it is.
 */
#define LAB_TODO(lab) lab_todo("lab " lab ": ", __func__, "() in " __FILE__ " is yours to write")

#ifdef __riscv
/* Not there in all builds. */
void sbi_console_putchar(int c) __attribute__((weak));
void machine_power_off(int status) __attribute__((weak));
extern char boot_command_line[] __attribute__((weak));

static inline void lab_todo_puts(const char *s)
{
	while (*s && sbi_console_putchar)
		sbi_console_putchar(*s++);
}

static inline void __attribute__((noreturn)) lab_todo(const char *lab, const char *function,
						       const char *rest)
{
	lab_todo_puts("\r\nLAB_TODO ");
	lab_todo_puts(lab);
	lab_todo_puts(function);
	lab_todo_puts(rest);
	lab_todo_puts("\r\n");
	/* So early that panic() would not know yet what it shall do. */
	if (machine_power_off && boot_command_line && !boot_command_line[0])
		machine_power_off(1);
	panic("LAB_TODO %s%s%s", lab, function, rest);
}
#else
/* A host test has the C library of the host, and mostly no panic(). */
int dprintf(int fd, const char *fmt, ...);
void _exit(int status) __attribute__((noreturn));

static inline void __attribute__((noreturn)) lab_todo(const char *lab, const char *function,
						       const char *rest)
{
	dprintf(2, "LAB_TODO %s%s%s\n", lab, function, rest);
	_exit(1);
}
#endif
#endif
