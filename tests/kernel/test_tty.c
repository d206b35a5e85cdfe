/* SPDX-License-Identifier: MIT */
/*
 * Selftests of the line discipline, on a terminal of their own without echo, so
 * that nothing appears on the console.
 *
 * Linux: tools/testing/selftests/tty. Differs: the functions, not a pty.
 */
#include <asm/barrier.h>
#include "kernel/drivers/tty_internal.h"
#include "kernel/kthread.h"
#include "kernel/sched.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "tests/kernel/selftest.h"

static struct tty_struct *make_tty(unsigned int lflag)
{
	struct tty_struct *tty = kzalloc(sizeof(*tty), GFP_KERNEL);
	static const unsigned char cc[] = {
		[VINTR] = 3, [VQUIT] = 28, [VERASE] = 127, [VKILL] = 21, [VEOF] = 4, [VMIN] = 1,
		[VSTART] = 17, [VSTOP] = 19, [VSUSP] = 26, [VREPRINT] = 18, [VWERASE] = 23,
		[VLNEXT] = 22,
	};

	if (!tty)
		return NULL;
	spin_lock_init(&tty->lock, RANK_LDISC, "test tty");
	memcpy(tty->termios.c_cc, cc, sizeof(cc));
	tty->termios.c_iflag = ICRNL | IXON;
	tty->termios.c_lflag = lflag;
	return tty;
}

/* Type a string; the signals it caused, ORed. */
static unsigned long type(struct tty_struct *tty, const char *s)
{
	unsigned long signals = 0;

	for (; *s; s++) {
		int sig = n_tty_receive(tty, (unsigned char)*s);

		if (sig)
			signals |= sigmask(sig);
	}
	return signals;
}

/* One read: is it this text? */
static bool reads(struct tty_struct *tty, const char *want)
{
	unsigned char buf[64];
	bool end;
	unsigned int n = n_tty_take(tty, buf, sizeof(buf), &end);

	return n == strlen(want) && !memcmp(buf, want, n);
}

static int tty_editing(struct kselftest_ctx *ctx)
{
	struct tty_struct *tty = make_tty(ICANON | IEXTEN | ISIG);

	if (!EXPECT_TRUE(ctx, tty))
		return 0;
	EXPECT_EQ(ctx, type(tty, "abx\177c"), 0UL);
	EXPECT_TRUE(ctx, !n_tty_input_ready(tty));
	EXPECT_EQ(ctx, type(tty, "\r"), 0UL);
	EXPECT_TRUE(ctx, n_tty_input_ready(tty) && reads(tty, "abc\n"));
	(void)type(tty, "\177\177lost\025kept one  \027two\bx\n");
	EXPECT_TRUE(ctx, reads(tty, "kept twx\n"));
	(void)type(tty, "first\nsecond\n\026\003\n");
	EXPECT_EQ(ctx, n_tty_available(tty), 15U);
	EXPECT_TRUE(ctx, reads(tty, "first\n") && reads(tty, "second\n") && reads(tty, "\003\n"));
	EXPECT_TRUE(ctx, !n_tty_input_ready(tty) && reads(tty, ""));
	kfree(tty);
	return 0;
}

static int tty_end_of_file(struct kselftest_ctx *ctx)
{
	struct tty_struct *tty = make_tty(ICANON);
	unsigned char buf[4];
	bool end;

	if (!EXPECT_TRUE(ctx, tty))
		return 0;
	/* Behind text it ends the line without a character; alone it is the end of the file. */
	(void)type(tty, "half\004\004");
	EXPECT_TRUE(ctx, n_tty_input_ready(tty) && reads(tty, "half"));
	EXPECT_TRUE(ctx, n_tty_input_ready(tty));
	EXPECT_EQ(ctx, n_tty_available(tty), 0U);
	EXPECT_TRUE(ctx, reads(tty, "") && !n_tty_input_ready(tty));
	/* A read of exactly the text takes the ^D behind it along. */
	(void)type(tty, "four\004");
	EXPECT_EQ(ctx, n_tty_take(tty, buf, 4, &end), 4U);
	EXPECT_TRUE(ctx, end && !n_tty_input_ready(tty));
	kfree(tty);
	return 0;
}

static int tty_signals(struct kselftest_ctx *ctx)
{
	struct tty_struct *tty = make_tty(ICANON | ISIG);

	if (!EXPECT_TRUE(ctx, tty))
		return 0;
	EXPECT_EQ(ctx, type(tty, "gone\003"), sigmask(SIGINT));
	EXPECT_EQ(ctx, type(tty, "\034\032"), sigmask(SIGQUIT) | sigmask(SIGTSTP));
	EXPECT_EQ(ctx, type(tty, "new\n"), 0UL);
	EXPECT_TRUE(ctx, reads(tty, "new\n"));
	tty->termios.c_lflag = 0;
	EXPECT_EQ(ctx, type(tty, "\003"), 0UL);
	EXPECT_TRUE(ctx, reads(tty, "\003"));
	EXPECT_EQ(ctx, type(tty, "\023"), 0UL);
	EXPECT_TRUE(ctx, tty->stopped);
	EXPECT_EQ(ctx, type(tty, "\021"), 0UL);
	EXPECT_TRUE(ctx, !tty->stopped && reads(tty, ""));
	kfree(tty);
	return 0;
}

static int tty_raw(struct kselftest_ctx *ctx)
{
	struct tty_struct *tty = make_tty(0);
	struct ktermios old;

	if (!EXPECT_TRUE(ctx, tty))
		return 0;
	tty->termios.c_cc[VMIN] = 3;
	(void)type(tty, "ab");
	EXPECT_TRUE(ctx, !n_tty_input_ready(tty));
	(void)type(tty, "c");
	EXPECT_TRUE(ctx, n_tty_input_ready(tty) && reads(tty, "abc"));
	/* From raw to canonical: what was typed is a line. */
	(void)type(tty, "xy");
	old = tty->termios;
	tty->termios.c_lflag = ICANON;
	n_tty_set_mode(tty, &old);
	EXPECT_TRUE(ctx, n_tty_input_ready(tty) && reads(tty, "xy"));
	kfree(tty);
	return 0;
}

/* Nobody reads: the ring fills, the rest is dropped, and the line can still be ended. */
static int tty_full(struct kselftest_ctx *ctx)
{
	struct tty_struct *tty = make_tty(ICANON);
	unsigned int total = 0, n;
	unsigned char buf[64];
	bool end = false;

	if (!EXPECT_TRUE(ctx, tty))
		return 0;
	tty->head = tty->canon = tty->tail = ~0U - 100;	/* positions wrap around on the way */
	tty->termios.c_iflag = 0;
	for (int i = 0; i < 2 * N_TTY_BUF; i++) {
		if (tty->head - tty->tail < N_TTY_BUF - 1)
			(void)type(tty, "z");
	}
	(void)type(tty, "\n");
	EXPECT_EQ(ctx, n_tty_available(tty), (unsigned int)N_TTY_BUF);
	while (!end && (n = n_tty_take(tty, buf, sizeof(buf), &end)))
		total += n;
	EXPECT_EQ(ctx, total, (unsigned int)N_TTY_BUF);
	EXPECT_EQ(ctx, buf[63], '\n');
	kfree(tty);
	return 0;
}

struct typist {
	struct tty_struct *tty;
	struct completion done;
};

/* What an interrupt types; the signals go nowhere. */
static void type_and_wake(struct tty_struct *tty, const char *s)
{
	unsigned long flags;

	spin_lock_irqsave(&tty->lock, flags);
	(void)type(tty, s);
	spin_unlock_irqrestore(&tty->lock, flags);
	wake_up(&tty->read_wait);
}

/* Lines that are taken back by a ^C at once, now and then under the reader's hands. */
static int type_and_take_back(void *data)
{
	struct typist *t = data;

	(void)set_cpus_allowed(current, 1UL << __fls(cpu_online_mask));
	for (int i = 0; i < 20000; i++) {
		type_and_wake(t->tty, "gone\n");
		for (int spin = 0; spin < i % 64; spin++)
			cpu_relax();
		type_and_wake(t->tty, "\003");
	}
	type_and_wake(t->tty, "end\n");
	complete(&t->done);
	return 0;
}

/* A reader that is left with nothing is told so, or waits: 0 would be the end of the file. */
static int tty_taken_back(struct kselftest_ctx *ctx)
{
	struct typist t = { .tty = make_tty(ICANON | ISIG) };
	cpumask_t old = current->cpus_mask;
	int err, empty = 0;
	char buf[16] = "";
	struct file *f;
	loff_t pos = 0;
	ssize_t n = 0;

	err = do_filp_open(-100, "/dev/console", O_RDWR | O_NOCTTY | O_NONBLOCK, 0, &f);
	if (!EXPECT_EQ(ctx, err, 0) || !EXPECT_TRUE(ctx, t.tty))
		return err;
	mutex_init(&t.tty->read_mutex, RANK_TTY, "test tty");
	init_waitqueue_head(&t.tty->read_wait);
	init_completion(&t.done);
	f->private_data = t.tty;
	EXPECT_EQ(ctx, set_cpus_allowed(current, 1), 0);
	if (EXPECT_TRUE(ctx, kthread_run(type_and_take_back, &t, "typist"))) {
		while ((n >= 0 || n == -EAGAIN) && buf[0] != 'e') {
			n = kernel_read(f, buf, sizeof(buf), &pos);
			empty += !n;
			cond_resched();
		}
		EXPECT_EQ(ctx, n, 4L);
		EXPECT_EQ(ctx, empty, 0);
		wait_for_completion(&t.done);
	}
	EXPECT_EQ(ctx, set_cpus_allowed(current, old), 0);
	fput(f);
	kfree(t.tty);
	return 0;
}

const struct kselftest tty_tests[] = {
	{ "canonical mode: lines and editing", tty_editing },
	{ "end of file", tty_end_of_file },
	{ "signals and flow control", tty_signals },
	{ "raw mode, and back", tty_raw },
	{ "a full buffer", tty_full },
	{ "a line that ^C takes from under the reader", tty_taken_back },
	{ NULL, NULL },
};
