/* SPDX-License-Identifier: MIT */
/*
 * The kernel log: a ring of lines, echoed to the console, read by dmesg.
 *
 * Linux: include/linux/printk.h. Differs: text ring with level and time.
 */
#pragma once
#include "lib/kernel.h"
#include "lib/types.h"

#define KERN_SOH	"\001"
#define KERN_EMERG	KERN_SOH "0"
#define KERN_ALERT	KERN_SOH "1"
#define KERN_CRIT	KERN_SOH "2"
#define KERN_ERR	KERN_SOH "3"
#define KERN_WARNING	KERN_SOH "4"
#define KERN_NOTICE	KERN_SOH "5"
#define KERN_INFO	KERN_SOH "6"
#define KERN_DEBUG	KERN_SOH "7"
#define KERN_CONT	KERN_SOH "c"

int printk(const char *fmt, ...) __printf(1, 2);	/* any context */
int vprintk(const char *fmt, va_list ap);
#define pr_emerg(fmt, ...)	printk(KERN_EMERG fmt, ##__VA_ARGS__)
#define pr_err(fmt, ...)	printk(KERN_ERR fmt, ##__VA_ARGS__)
#define pr_warn(fmt, ...)	printk(KERN_WARNING fmt, ##__VA_ARGS__)
#define pr_notice(fmt, ...)	printk(KERN_NOTICE fmt, ##__VA_ARGS__)
#define pr_info(fmt, ...)	printk(KERN_INFO fmt, ##__VA_ARGS__)
#define pr_debug(fmt, ...)	printk(KERN_DEBUG fmt, ##__VA_ARGS__)
#define pr_cont(fmt, ...)	printk(KERN_CONT fmt, ##__VA_ARGS__)

/* printk_ratelimit() - at most 10 messages in 5 s from callers that ask. */
bool printk_ratelimit(void);
#define pr_warn_ratelimited(fmt, ...) \
	do { if (printk_ratelimit()) pr_warn(fmt, ##__VA_ARGS__); } while (0)
#define pr_info_ratelimited(fmt, ...) \
	do { if (printk_ratelimit()) pr_info(fmt, ##__VA_ARGS__); } while (0)

extern int console_loglevel;	/* levels below this reach the console; "quiet": 4 */
void console_write(const char *s, size_t n);	/* text to the console, CR before LF; any context */
/*
 * log_read() - text of the log from position *seq on, at most n bytes: syslog(2), /dev/kmsg.
 * *seq moves on by what was read, after it was brought into what the ring still holds.
 */
size_t log_read(u64 *seq, char *buf, size_t n);
size_t log_size(void);
/* panic() - prints registers, backtrace, memory state; powers off with status 1 if panic=-1. */
void panic(const char *fmt, ...) __noreturn __printf(1, 2);
extern int panic_timeout;		/* seconds until reboot, < 0: power off at once */
void panic_param(void);			/* reads "panic=" the first time it is called */
void dump_stack(void);
struct pt_regs;
void show_regs(const struct pt_regs *regs);
#define KSYM_NAME_LEN	64		/* bytes of a function's name, its zero byte included */
/*
 * kallsyms_lookup() - the function that holds addr: returns its name, which is written to
 * name[KSYM_NAME_LEN], and *offset, addr's distance from its start; or NULL, if there is none,
 * and nothing is written. Any context.
 */
const char *kallsyms_lookup(unsigned long addr, unsigned long *offset, char *name);
extern bool oops_in_progress;
