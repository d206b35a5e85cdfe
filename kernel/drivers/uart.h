/* SPDX-License-Identifier: MIT */
/*
 * The serial line: output for the terminal and the kernel log.
 *
 * Linux: include/linux/serial_8250.h.
 */
#pragma once
#include "lib/types.h"

/* uart_write() - n bytes, as they are. Any context; waits for the line (no sleep). */
void uart_write(const char *s, size_t n);
