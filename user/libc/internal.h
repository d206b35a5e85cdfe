/* SPDX-License-Identifier: MIT */
/*
 * user/libc/internal.h: what the files of the library share and programs never see.
 *
 * A thread is its struct __tcb. The register tp points just past it, where the
 * thread's __thread variables begin (the RISC-V ABI's "variant I"):
 *
 *	[ padding | struct __tcb | __thread variables ... ]
 *	                         ^ tp
 *
 * Names that begin with two underscores are the library's own, so that a
 * program may use any other name.
 *
 * Linux: none (glibc: nptl/descr.h and friends). Differs: far less of it.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>
#include <sys/syscall.h>
#include <unistd.h>

struct __tcb {
	int err;		/* errno */
	int tid;		/* the kernel clears it and wakes its futex at exit */
	int detached;		/* nobody joins: the thread unmaps its own memory */
	void *(*func)(void *);	/* set by pthread_create(), read by the new thread */
	void *arg;
	void *result;		/* set by the thread, read after it is gone */
	void *map;		/* stack and TLS, one mapping; NULL for main */
	size_t map_size;
};

static inline struct __tcb *__self(void)
{
	struct __tcb *tp;

	__asm__("mv %0, tp" : "=r"(tp));
	return tp - 1;
}

/* The program's __thread variables: initial bytes and sizes; set once at start. */
struct __tls_image {
	const void *init;
	size_t init_size;	/* bytes to copy; the rest of size is zero */
	size_t size;
	size_t align;
};
extern struct __tls_image __tls;

extern size_t *__auxv;

/* A raw system call: the result or -errno; errno itself is left alone. */
long __syscall(long nr, ...);

/* Bytes a thread's TCB and __thread variables need, alignment included. */
size_t __tls_bytes(void);
/* Lay them out in mem, which is zeroed and of that size. Returns the TCB. */
struct __tcb *__tls_setup(void *mem);

/* The first C function, called by crt0.S with the initial stack pointer. */
void __libc_start(size_t *sp) __noreturn;
int main(int argc, char **argv, char **envp);

/* A small lock for the library's own use: 0 free, 1 taken, 2 taken with waiters. */
void __lock(int *lock);
void __unlock(int *lock);
long __futex_wait(int *addr, int value, const void *timeout, int op);
long __futex_wake(int *addr, int nr);

/* Flush every stream; called by exit(). */
void __stdio_exit(void);

/* asm: munmap(map, size), then exit(0) without a stack to stand on. */
void __unmap_exit(void *map, size_t size) __noreturn;
/* asm: clone(2) with a function to call in the child. Returns a tid or -errno. */
long __clone(int (*func)(void *), void *stack, unsigned long flags, void *arg, int *ptid,
	     void *tls, int *ctid);

/* Look file up in PATH: 0 and buf (PATH_MAX bytes) filled in, or an errno value. */
int __find_program(const char *file, char *buf);
