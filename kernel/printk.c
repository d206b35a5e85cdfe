/* SPDX-License-Identifier: MIT */
/*
 * The kernel log.
 *
 * Every message becomes a line "<level>[seconds.micros] text" in a ring of
 * bytes; dmesg reads the ring, and lines below console_loglevel are echoed to
 * the console. A sequence number is the count of bytes ever logged, so a
 * reader that fell behind notices and goes on at the oldest line.
 *
 * Locks: log_lock (RANK_CONSOLE, irq-safe). In a panic the lock is only tried:
 * the holder may be the hart that died.
 *
 * Linux: kernel/printk/printk.c. Differs: one text ring, written out at once
 * by the caller.
 */
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/time.h"
#include "lib/string.h"
#include "lib/vsprintf.h"

#define LOG_SIZE	(64 * 1024)
#define LINE_MAX_LEN	512

static char log_buf[LOG_SIZE];
static u64 log_head;			/* bytes ever written */
static u64 log_tail;			/* sequence of the oldest whole line */
static bool line_open;			/* the last message had no newline */
static bool open_on_console;		/* and it went to the console */
static char console_buf[LINE_MAX_LEN + 64];	/* (log_lock) not yet sent */
static size_t console_len;
static DEFINE_SPINLOCK(log_lock, RANK_CONSOLE);
int console_loglevel = 7;
bool oops_in_progress;

static void log_putc(char c)
{
	if (log_head - log_tail == LOG_SIZE) {		/* full: the oldest line goes as a whole */
		while (log_buf[log_tail++ % LOG_SIZE] != '\n' && log_tail < log_head)
			;
	}
	log_buf[log_head++ % LOG_SIZE] = c;
}

static void log_puts(const char *s)
{
	while (*s)
		log_putc(*s++);
}

static void console_flush(void)
{
	if (console_len)
		console_write(console_buf, console_len);
	console_len = 0;
}

/* What one call prints goes out in one piece: no program's output comes between. */
static void console_add(const char *s, size_t n)
{
	if (console_len + n > sizeof(console_buf))
		console_flush();
	memcpy(console_buf + console_len, s, n);
	console_len += n;
}

/* Skips a KERN_SOH prefix; returns the level, or -1 for a continuation. */
static int parse_level(const char **s)
{
	char c;

	if ((*s)[0] != '\001' || !(*s)[1])
		return 6;
	c = (*s)[1];
	*s += 2;
	return c == 'c' ? -1 : c - '0';
}

static void start_line(int level)
{
	char stamp[40];
	u64 us = timebase_hz ? ktime_get() / NSEC_PER_USEC : 0;

	scnprintf(stamp, sizeof(stamp), "<%d>[%5lu.%06lu] ", level,
		  us / 1000000, us % 1000000);
	log_puts(stamp);
	open_on_console = level < console_loglevel || oops_in_progress;
	if (open_on_console)
		console_add(stamp + 3, strlen(stamp + 3));
}

/* => log_lock held, or oops_in_progress. */
static void log_message(const char *text)
{
	int level = parse_level(&text);

	if (line_open && level >= 0)
		log_putc('\n');
	if (level >= 0 || !line_open) {
		if (line_open && open_on_console)
			console_add("\n", 1);
		line_open = false;
	}
	while (*text) {
		size_t n = strcspn(text, "\n");

		if (!line_open)
			start_line(level < 0 ? 6 : level);
		for (size_t i = 0; i < n; i++)
			log_putc(text[i]);
		if (open_on_console)
			console_add(text, n);
		line_open = text[n] != '\n';
		if (line_open)
			break;
		log_putc('\n');
		if (open_on_console)
			console_add("\n", 1);
		text += n + 1;
	}
	console_flush();
}

int vprintk(const char *fmt, va_list ap)
{
	char line[LINE_MAX_LEN];
	unsigned long flags;
	int n = vscnprintf(line, sizeof(line), fmt, ap);

	if (oops_in_progress) {
		bool got = spin_trylock(&log_lock);

		log_message(line);
		if (got)
			spin_unlock(&log_lock);
		return n;
	}
	spin_lock_irqsave(&log_lock, flags);
	log_message(line);
	spin_unlock_irqrestore(&log_lock, flags);
	return n;
}

int printk(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintk(fmt, ap);
	va_end(ap);
	return n;
}

bool printk_ratelimit(void)
{
	static u64 window;
	static int burst, missed;
	static DEFINE_SPINLOCK(lock, RANK_CONSOLE);
	unsigned long flags;
	bool ok;
	int tell = 0;

	spin_lock_irqsave(&lock, flags);
	if (ktime_get() - window > 5 * NSEC_PER_SEC) {
		window = ktime_get();
		tell = missed;
		burst = missed = 0;
	}
	ok = burst++ < 10;
	if (!ok)
		missed++;
	spin_unlock_irqrestore(&lock, flags);
	if (tell)
		pr_warn("printk: %d messages suppressed\n", tell);
	return ok;
}

size_t log_read(u64 *seq, char *buf, size_t n)
{
	unsigned long flags;
	size_t done = 0;

	spin_lock_irqsave(&log_lock, flags);
	*seq = clamp(*seq, log_tail, log_head);
	while (done < n && *seq < log_head)
		buf[done++] = log_buf[(*seq)++ % LOG_SIZE];
	spin_unlock_irqrestore(&log_lock, flags);
	return done;
}

size_t log_size(void)
{
	return LOG_SIZE;
}
