/* SPDX-License-Identifier: MIT */
/*
 * sys/ioctl.h: ioctl() and the requests Quire's terminals and disks answer.
 */
#pragma once

#include <termios.h>

#define TCGETS		0x5401
#define TCSETS		0x5402
#define TCSETSW		0x5403
#define TCSETSF		0x5404
#define TCSBRK		0x5409
#define TCFLSH		0x540b
#define TIOCEXCL	0x540c
#define TIOCSCTTY	0x540e
#define TIOCGPGRP	0x540f
#define TIOCSPGRP	0x5410
#define TIOCGWINSZ	0x5413
#define TIOCSWINSZ	0x5414
#define FIONREAD	0x541b
#define TIOCNOTTY	0x5422
#define TIOCGSID	0x5429
#define BLKGETSIZE	0x1260
#define BLKSSZGET	0x1268
#define BLKGETSIZE64	0x80081272UL

int ioctl(int fd, unsigned long request, ...);
