/* SPDX-License-Identifier: MIT */
/*
 * Selftests of the line discipline, on a terminal of their own without echo, so
 * that nothing appears on the console.
 *
 * Linux: tools/testing/selftests/tty. Differs: the functions, not a pty.
 */
#include "kernel/drivers/tty_internal.h"
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

const struct kselftest tty_tests[] = {
	{ "canonical mode: lines and editing", tty_editing },
	{ "end of file", tty_end_of_file },
	{ "signals and flow control", tty_signals },
	{ "raw mode, and back", tty_raw },
	{ "a full buffer", tty_full },
	{ NULL, NULL },
};
