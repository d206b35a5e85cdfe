/* SPDX-License-Identifier: MIT */
/*
 * Events of poll(2) and epoll(7). Source: poll(2).
 *
 * Linux: include/uapi/asm-generic/poll.h.
 */
#pragma once
#define POLLIN		0x0001
#define POLLPRI		0x0002
#define POLLOUT		0x0004
#define POLLERR		0x0008
#define POLLHUP		0x0010
#define POLLNVAL	0x0020
#define POLLRDNORM	0x0040
#define POLLRDBAND	0x0080
#define POLLWRNORM	0x0100
#define POLLWRBAND	0x0200
#define POLLRDHUP	0x2000
/* What a file without ->poll() always is. */
#define DEFAULT_POLLMASK (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)
