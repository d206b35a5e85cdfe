/* SPDX-License-Identifier: MIT */
/*
 * setjmp.h: leaving several functions at once.
 */
#pragma once

/* ra, sp, s0-s11, fs0-fs11. */
typedef unsigned long jmp_buf[26];

int setjmp(jmp_buf env) __attribute__((returns_twice));
void longjmp(jmp_buf env, int value) __attribute__((noreturn));

#define _setjmp(env)		setjmp(env)
#define _longjmp(env, value)	longjmp(env, value)
