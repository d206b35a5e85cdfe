# SPDX-License-Identifier: MIT
#
# What the C library is made of. crt-y is linked first into every program, libc-y is an archive:
# a program gets the files it needs.

crt-y := libc/crt0.S
libc-y := $(addprefix libc/,start.c syscall.S setjmp.S errno.c err.c lock.c malloc.c \
	string.c string_mem.c ctype.c strtol.c stdlib.c env.c exit.c getopt.c fnmatch.c \
	stdio.c stdio_buf.c stdio_file.c printf.c printf_core.c scanf.c \
	process.c spawn.c signal.c mman.c file.c path.c dirent.c system.c termios.c sched.c \
	time.c calendar.c pthread.c pthread_sync.c)

# init, the shell and the library's test; the other programs are in progs.mk.
user-progs += init sh libctest
libctest-srcs := tests/libctest.c
sh-srcs := $(addprefix sh/,main.c input.c lexer.c word.c parser.c parser_compound.c arena.c \
	var.c expand.c param.c field.c arith.c exec.c pipeline.c launch.c redir.c capture.c \
	builtins.c builtin_var.c builtin_job.c builtin_text.c builtin_test.c \
	jobs.c trap.c edit.c history.c complete.c)
