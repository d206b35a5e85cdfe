/* SPDX-License-Identifier: MIT */
/*
 * sys/uio.h: reading and writing several pieces at once.
 */
#pragma once

#include <sys/types.h>

struct iovec {
	void *iov_base;
	size_t iov_len;
};

ssize_t readv(int fd, const struct iovec *iov, int nr);
ssize_t writev(int fd, const struct iovec *iov, int nr);
