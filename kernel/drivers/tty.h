/* SPDX-License-Identifier: MIT */
/*
 * The terminal: what the UART driver calls, and what signal and exit code need.
 *
 * Linux: include/linux/tty.h, tty_flip.h. Differs: one terminal, the console.
 */
#pragma once
#include "lib/types.h"

struct tty_struct;
struct signal_struct;

/*
 * tty_insert_char() - one received byte: line editing, echo, signals. Interrupt context, irqs
 * off.
 */
void tty_insert_char(unsigned char c);
/*
 * disassociate_ctty() - a session leader ends or calls setsid: SIGHUP, SIGCONT to the
 * foreground. May sleep.
 */
void disassociate_ctty(void);
/* tty_devnum() - device number of a process's terminal, 0 if it has none (for /proc/PID/stat). */
dev_t tty_devnum(const struct signal_struct *sig);
/* tty_pgrp() - the foreground process group, -1 if none (tpgid in /proc/PID/stat). */
struct pid_namespace;
pid_t tty_pgrp(const struct signal_struct *sig, const struct pid_namespace *ns);
