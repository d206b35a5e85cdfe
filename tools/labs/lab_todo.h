/* SPDX-License-Identifier: MIT */
/*
 * What stands in a starter tree where a function of a lab is yet to be written. Only starter
 * trees include it (quirelab/starter.py); the kernel itself knows nothing of labs.
 *
 * Linux: none.
 */
#pragma once
#include "kernel/printk.h"

/* Helpers that only the missing functions call are there already, for the student to use. */
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-variable"

/*
 * LAB_TODO() - ends the run and says which function is missing. Never returns. The firmware prints
 * the first line, so that it is seen however early in the boot it is.
 */
#define LAB_TODO(lab) lab_todo("lab " lab ": ", __func__, "() in " __FILE__ " is yours to write")

/* Not there in the host tests. */
void sbi_console_putchar(int c) __attribute__((weak));

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
	panic("LAB_TODO %s%s%s", lab, function, rest);
}
