/* SPDX-License-Identifier: MIT */
/*
 * The terminal's state, shared by tty.c (files, ioctls), tty_jobctrl.c (sessions)
 * and n_tty.c (line discipline).
 *
 * Linux: include/linux/tty.h, drivers/tty/n_tty.c struct n_tty_data.
 */
#pragma once
#include "kernel/drivers/tty.h"
#include "kernel/fs/fs.h"
#include "kernel/uapi/termios.h"

#define N_TTY_BUF	4096
#define TTY_DEV		MKDEV(4, 64)	/* ttyS0 */

/* (L) lock, taken in the receive interrupt too */
struct tty_struct {
	spinlock_t lock;
	struct ktermios termios;	/* (L) */
	struct winsize winsize;		/* (L) */
	pid_t pgrp, session;		/* (L) foreground group and session; 0: none */
	struct mutex read_mutex;	/* one reader at a time */
	struct mutex write_mutex;	/* output of one write stays together */
	struct wait_queue_head read_wait, write_wait;
	bool stopped;			/* (L) ^S */
	bool lnext;			/* (L) ^V: the next character is just a character */
	unsigned int column;		/* (L) of the cursor, for tabs and erasing */
	unsigned int line_column;	/* (L) where the line being typed starts */
	/* Input: positions count up for ever; the ring index is their low 12 bits. */
	unsigned int head;		/* (L) next to be written */
	unsigned int canon;		/* (L) end of the last complete line */
	unsigned int tail;		/* (L) next to be read */
	unsigned char buf[N_TTY_BUF];	/* (L) */
	/* (L) this character ends a line; 0 there: end of file */
	unsigned long ends[N_TTY_BUF / 64];
};

/* The ring keeps room for the character that ends a line. */
#define tty_flag(tty, which, bit) ((tty)->termios.which & (bit))

/* n_tty_receive() - one character; the signal it means, or 0. => tty->lock. */
int n_tty_receive(struct tty_struct *tty, unsigned char c);
/* n_tty_flush() - forget what was typed. => tty->lock. */
void n_tty_flush(struct tty_struct *tty);
/* n_tty_available() - bytes a read would get now. => tty->lock. */
unsigned int n_tty_available(const struct tty_struct *tty);
/*
 * n_tty_input_ready() - would a read not wait? a complete line, an end of file, or enough. =>
 * tty->lock.
 */
bool n_tty_input_ready(const struct tty_struct *tty);
/*
 * n_tty_take() - up to n bytes of one line (raw: of all); *end: a line or file end was passed.
 * => tty->lock.
 */
unsigned int n_tty_take(struct tty_struct *tty, unsigned char *to, unsigned int n, bool *end);
/*
 * n_tty_opost() - n bytes through output processing into out (2n, tabs 8n); the result's
 * length. => tty->lock.
 */
unsigned int n_tty_opost(struct tty_struct *tty, const unsigned char *s, unsigned int n, char *out);
/* n_tty_set_mode() - the mode changed from old: what was typed stays readable. => tty->lock. */
void n_tty_set_mode(struct tty_struct *tty, const struct ktermios *old);

/*
 * tty_check_change() - a background process stops before it reads or changes the terminal. 0
 * or -errno.
 */
int __must_check tty_check_change(struct tty_struct *tty, int sig);
long tty_jobctrl_ioctl(struct tty_struct *tty, unsigned int cmd, unsigned long arg);
/* tty_open_ctty() - an opening session leader without a terminal gets this one. */
void tty_open_ctty(struct tty_struct *tty);
