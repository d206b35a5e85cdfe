/* SPDX-License-Identifier: MIT */
/*
 * sys/select.h: waiting for descriptors named by a bit set.
 */
#pragma once

#include <string.h>
#include <sys/time.h>
#include <sys/types.h>

#define FD_SETSIZE 1024

typedef struct {
	unsigned long __bits[FD_SETSIZE / 64];
} fd_set;

#define FD_ZERO(set)		memset((set), 0, sizeof(fd_set))
#define FD_SET(fd, set)		((set)->__bits[(fd) / 64] |= 1UL << ((fd) % 64))
#define FD_CLR(fd, set)		((set)->__bits[(fd) / 64] &= ~(1UL << ((fd) % 64)))
#define FD_ISSET(fd, set)	(((set)->__bits[(fd) / 64] >> ((fd) % 64)) & 1)

int select(int nr, fd_set *rd, fd_set *wr, fd_set *ex, struct timeval *timeout);
