/* SPDX-License-Identifier: MIT */
/*
 * errno.h - error numbers: Linux's generic table, part of the user ABI.
 *
 * Kernel functions return them negated. The block from 512 on never reaches a program:
 * the signal code turns those into a restarted call or EINTR.
 *
 * Linux: include/uapi/asm-generic/errno-base.h, errno.h, include/linux/errno.h.
 * Differs: only the numbers Quire can produce or pass on.
 */
#pragma once

#if __STDC_HOSTED__
#include <errno.h>
#else
#define EPERM		1	/* not permitted */
#define ENOENT		2	/* no such file or directory */
#define ESRCH		3	/* no such process */
#define EINTR		4	/* interrupted by a signal */
#define EIO		5	/* the device failed */
#define ENXIO		6	/* no such device or address */
#define E2BIG		7	/* argument list too long */
#define ENOEXEC		8	/* not a program we can run */
#define EBADF		9	/* bad file descriptor */
#define ECHILD		10	/* no children to wait for */
#define EAGAIN		11	/* try again; would block */
#define ENOMEM		12	/* out of memory */
#define EACCES		13	/* permission denied */
#define EFAULT		14	/* bad user address */
#define ENOTBLK		15	/* not a block device */
#define EBUSY		16	/* in use */
#define EEXIST		17	/* exists already */
#define EXDEV		18	/* across file systems */
#define ENODEV		19	/* no such device */
#define ENOTDIR		20	/* not a directory */
#define EISDIR		21	/* is a directory */
#define EINVAL		22	/* invalid argument */
#define ENFILE		23	/* too many open files in the system */
#define EMFILE		24	/* too many open files in the process */
#define ENOTTY		25	/* not a terminal; no such ioctl */
#define ETXTBSY		26	/* program file is busy */
#define EFBIG		27	/* file too large */
#define ENOSPC		28	/* no space left on device */
#define ESPIPE		29	/* cannot seek */
#define EROFS		30	/* read-only file system */
#define EMLINK		31	/* too many links */
#define EPIPE		32	/* nobody reads the pipe */
#define EDOM		33	/* outside the domain of a function */
#define ERANGE		34	/* result does not fit */
#define EDEADLK		35	/* would deadlock */
#define ENAMETOOLONG	36	/* file name too long */
#define ENOLCK		37	/* no record locks available */
#define ENOSYS		38	/* no such system call */
#define ENOTEMPTY	39	/* directory not empty */
#define ELOOP		40	/* too many symbolic links */
#define EWOULDBLOCK	EAGAIN
#define ENOMSG		42
#define EIDRM		43
#define ENODATA		61	/* no such attribute */
#define ETIME		62	/* timer expired */
#define EPROTO		71
#define EBADMSG		74
#define EOVERFLOW	75	/* value too large for its type */
#define ELIBBAD		80	/* the dynamic linker is not a valid ELF file */
#define EILSEQ		84	/* illegal byte sequence */
#define EUSERS		87
#define ENOTSOCK	88
#define EDESTADDRREQ	89
#define EMSGSIZE	90
#define EPROTOTYPE	91
#define ENOPROTOOPT	92
#define EPROTONOSUPPORT	93
#define ESOCKTNOSUPPORT	94
#define EOPNOTSUPP	95	/* operation not supported */
#define ENOTSUP		EOPNOTSUPP
#define EPFNOSUPPORT	96
#define EAFNOSUPPORT	97
#define EADDRINUSE	98
#define EADDRNOTAVAIL	99
#define ENETDOWN	100
#define ENETUNREACH	101
#define ENOBUFS		105
#define EISCONN		106
#define ENOTCONN	107
#define ETIMEDOUT	110	/* timed out */
#define ECONNREFUSED	111
#define EALREADY	114
#define EINPROGRESS	115
#define ESTALE		116
#define EUCLEAN		117	/* on-disk structure is damaged */
#define EDQUOT		122
#define ECANCELED	125
#define EOWNERDEAD	130	/* the owner of a robust mutex died */
#define ENOTRECOVERABLE	131
#define EHWPOISON	133	/* the page has a hardware error */
#endif

#define ERESTARTSYS		512	/* restart if the handler has SA_RESTART, else EINTR */
#define ERESTARTNOINTR		513	/* always restart */
#define ERESTARTNOHAND		514	/* restart if there is no handler, else EINTR */
#define ENOIOCTLCMD		515	/* this driver does not know the ioctl: ENOTTY */
#define ERESTART_RESTARTBLOCK	516	/* restart with what is left of the time */

#define MAX_ERRNO		4095	/* a syscall result in [-4095, -1] is an error */
