/* SPDX-License-Identifier: MIT */
/*
 * The line discipline: what happens to a character between the keyboard and the
 * program that reads it.
 *
 * Canonical mode: characters wait in the ring between `canon` and `head`, where
 * they can still be erased; the end of the line moves `canon` up to `head`, and
 * only then can they be read. Raw mode: everything up to `head` can be read.
 *
 * Echo goes the way of all output: newline becomes CR NL, control characters
 * are shown as ^X.
 *
 * Locks: tty->lock is held by all callers, some of them in the interrupt.
 *
 * Linux: drivers/tty/n_tty.c. Differs: echo is written at once, not queued; no
 * parity, no flow control of the line itself.
 */
#include "kernel/drivers/tty_internal.h"
#include "kernel/drivers/uart.h"
#include "kernel/printk.h"
#include "lib/ctype.h"
#include "lib/string.h"

#define IDX(pos)	((pos) & (N_TTY_BUF - 1))

/* ---- output ---- */

/* At most two bytes for one; the column is counted for erasing. */
static unsigned int opost_one(struct tty_struct *tty, unsigned char c, char *out)
{
	unsigned int n = 0;

	if (tty_flag(tty, c_oflag, OPOST)) {
		if (c == '\n' && tty_flag(tty, c_oflag, ONLCR)) {
			out[n++] = '\r';
			tty->column = 0;
		} else if (c == '\r' && tty_flag(tty, c_oflag, OCRNL)) {
			c = '\n';
		}
	}
	switch (c) {
	case '\r':
		tty->column = 0;
		break;
	case '\t':
		tty->column = (tty->column | 7) + 1;
		break;
	case '\b':
		if (tty->column)
			tty->column--;
		break;
	default:
		/* Bytes inside a UTF-8 character take no column of their own. */
		if (c >= ' ' && c != 0x7f && (c & 0xc0) != 0x80)
			tty->column++;
	}
	out[n++] = (char)c;
	return n;
}

/* For write(2); echo goes character by character. */
unsigned int n_tty_opost(struct tty_struct *tty, const unsigned char *s, unsigned int n, char *out)
{
	unsigned int len = 0;

	while (n--)
		len += opost_one(tty, *s++, out + len);
	return len;
}

/* ---- echo ---- */

/* Straight to the console: we may be in the interrupt. */
static void echo_raw(struct tty_struct *tty, unsigned char c)
{
	char out[2];

	uart_write(out, opost_one(tty, c, out));
}

/* ^A to ^Z and ^?; a tab is shown as itself. */
static bool shown_as_caret(const struct tty_struct *tty, unsigned char c)
{
	return tty_flag(tty, c_lflag, ECHOCTL) && (c < ' ' || c == 0x7f) && c != '\t';
}

/* As the user should see it. */
static void echo_char(struct tty_struct *tty, unsigned char c)
{
	if (!tty_flag(tty, c_lflag, ECHO))
		return;
	if (c != '\n' && shown_as_caret(tty, c)) {
		echo_raw(tty, '^');
		c ^= 0100;
	}
	echo_raw(tty, c);
}

/* Columns on the screen from where the line starts up to position `end` of the ring. */
static unsigned int typed_columns(const struct tty_struct *tty, unsigned int end)
{
	unsigned int col = tty->line_column;

	for (unsigned int i = tty->canon; i != end; i++) {
		unsigned char c = tty->buf[IDX(i)];

		if (c == '\t')
			col = (col | 7) + 1;
		else if (shown_as_caret(tty, c))
			col += 2;
		else if (c >= ' ' && (c & 0xc0) != 0x80)
			col++;
	}
	return col;
}

/* ---- editing ---- */

/*
 * With UTF-8 all bytes of the last character. What it took on the screen is found by
 * comparing columns, so that tabs and ^X come out right.
 */
static void erase_last(struct tty_struct *tty)
{
	unsigned int before = typed_columns(tty, tty->head), after;

	do {
		tty->head--;
	} while (tty->head != tty->canon && tty_flag(tty, c_iflag, IUTF8) &&
		 (tty->buf[IDX(tty->head)] & 0xc0) == 0x80);
	after = typed_columns(tty, tty->head);
	if (!tty_flag(tty, c_lflag, ECHO))
		return;
	for (; before > after; before--) {
		echo_raw(tty, '\b');
		echo_raw(tty, ' ');
		echo_raw(tty, '\b');
	}
}

/* With ECHOKE the line disappears, else a new one is started. */
static void erase_line(struct tty_struct *tty)
{
	if (!tty_flag(tty, c_lflag, ECHOKE) || !tty_flag(tty, c_lflag, ECHOE)) {
		tty->head = tty->canon;
		echo_char(tty, tty->termios.c_cc[VKILL]);
		if (tty_flag(tty, c_lflag, ECHOK))
			echo_raw(tty, '\n');
		return;
	}
	while (tty->head != tty->canon)
		erase_last(tty);
}

/* Blanks before it, then letters, digits and underscores. */
static void erase_word(struct tty_struct *tty)
{
	bool seen = false;

	while (tty->head != tty->canon) {
		unsigned char c = tty->buf[IDX(tty->head - 1)];
		bool word = isalnum(c) || c == '_' || c >= 0x80;

		if (seen && !word)
			break;
		seen |= word;
		erase_last(tty);
	}
}

/* ^R: after other output has torn the line. */
static void reprint_line(struct tty_struct *tty)
{
	echo_char(tty, tty->termios.c_cc[VREPRINT]);
	echo_raw(tty, '\n');
	tty->line_column = tty->column;
	for (unsigned int i = tty->canon; i != tty->head; i++)
		echo_char(tty, tty->buf[IDX(i)]);
}

/* Half a line too: what a signal interrupts is not meant any more. */
void n_tty_flush(struct tty_struct *tty)
{
	tty->tail = tty->canon = tty->head;
	memset(tty->ends, 0, sizeof(tty->ends));
}

/* Append; the last place is kept for what ends a line. */
static bool put_char(struct tty_struct *tty, unsigned char c, bool end)
{
	unsigned int used = tty->head - tty->tail;

	if (used >= N_TTY_BUF - (end ? 0 : 1))
		return false;
	if (tty->head == tty->canon && !end)
		tty->line_column = tty->column;
	tty->buf[IDX(tty->head)] = c;
	__clear_bit(IDX(tty->head), tty->ends);
	if (end)
		__set_bit(IDX(tty->head), tty->ends);
	tty->head++;
	return true;
}

/* From here on a reader may take it. The ring always has room for this one. */
static void end_line(struct tty_struct *tty, unsigned char c)
{
	if (put_char(tty, c, true))
		tty->canon = tty->head;
}

/* ---- receiving ---- */

/* Character 0 switches a function off. */
static inline bool is_cc(const struct tty_struct *tty, unsigned char c, int which)
{
	return c && c == tty->termios.c_cc[which];
}

/* Which signal, if it is one of the three. */
static int signal_of(const struct tty_struct *tty, unsigned char c)
{
	if (!tty_flag(tty, c_lflag, ISIG))
		return 0;
	if (is_cc(tty, c, VINTR))
		return SIGINT;
	if (is_cc(tty, c, VQUIT))
		return SIGQUIT;
	return is_cc(tty, c, VSUSP) ? SIGTSTP : 0;
}

/* true: the character was one of the editing characters. */
static bool receive_edit(struct tty_struct *tty, unsigned char c)
{
	bool ext = tty_flag(tty, c_lflag, IEXTEN);

	/* Terminals disagree which of the two their key sends: both erase. */
	if (is_cc(tty, c, VERASE) || (c == '\b' && tty->termios.c_cc[VERASE] == 0x7f)) {
		if (tty->head != tty->canon)
			erase_last(tty);
	} else if (is_cc(tty, c, VKILL)) {
		erase_line(tty);
	} else if (ext && is_cc(tty, c, VWERASE)) {
		erase_word(tty);
	} else if (ext && is_cc(tty, c, VREPRINT)) {
		reprint_line(tty);
	} else if (ext && is_cc(tty, c, VLNEXT)) {
		tty->lnext = true;
	} else {
		return false;
	}
	return true;
}

/* Everything but the line's end stays editable. */
static void receive_canon(struct tty_struct *tty, unsigned char c)
{
	if (receive_edit(tty, c))
		return;
	if (is_cc(tty, c, VEOF)) {
		end_line(tty, 0);
	} else if (c == '\n') {
		if (tty_flag(tty, c_lflag, ECHO | ECHONL))
			echo_raw(tty, '\n');
		end_line(tty, c);
	} else if (is_cc(tty, c, VEOL) || is_cc(tty, c, VEOL2)) {
		echo_char(tty, c);
		end_line(tty, c);
	} else if (put_char(tty, c, false)) {
		echo_char(tty, c);
	} else {
		echo_raw(tty, '\a');		/* the line is too long */
	}
}

/* Raw: readable at once. A full ring drops it. */
static void receive_plain(struct tty_struct *tty, unsigned char c)
{
	if (put_char(tty, c, false))
		echo_char(tty, c);
}

/* ^S and ^Q. */
static bool receive_flow(struct tty_struct *tty, unsigned char c)
{
	if (!tty_flag(tty, c_iflag, IXON))
		return false;
	if (is_cc(tty, c, VSTOP))
		tty->stopped = true;
	else if (is_cc(tty, c, VSTART))
		tty->stopped = false;
	else
		return false;
	return true;
}

/* Order as in termios(3): input translation, flow control, signals, then editing. */
int n_tty_receive(struct tty_struct *tty, unsigned char c)
{
	int sig;

	if (tty_flag(tty, c_iflag, ISTRIP))
		c &= 0x7f;
	if (tty->lnext) {
		tty->lnext = false;
		receive_plain(tty, c);
		return 0;
	}
	if (c == '\r') {
		if (tty_flag(tty, c_iflag, IGNCR))
			return 0;
		if (tty_flag(tty, c_iflag, ICRNL))
			c = '\n';
	} else if (c == '\n' && tty_flag(tty, c_iflag, INLCR)) {
		c = '\r';
	}
	if (receive_flow(tty, c))
		return 0;
	tty->stopped = false;
	sig = signal_of(tty, c);
	if (sig) {
		if (!tty_flag(tty, c_lflag, NOFLSH))
			n_tty_flush(tty);
		echo_char(tty, c);
		return sig;
	}
	if (tty_flag(tty, c_lflag, ICANON))
		receive_canon(tty, c);
	else
		receive_plain(tty, c);
	return 0;
}

/* ---- reading ---- */

/* Where readable characters end. */
static inline unsigned int readable_end(const struct tty_struct *tty)
{
	return tty_flag(tty, c_lflag, ICANON) ? tty->canon : tty->head;
}

/* For FIONREAD. */
unsigned int n_tty_available(const struct tty_struct *tty)
{
	unsigned int n = readable_end(tty) - tty->tail;

	/* An end of file is no byte. */
	for (unsigned int i = tty->tail; i != readable_end(tty); i++)
		n -= !tty->buf[IDX(i)] && test_bit(IDX(i), tty->ends);
	return n;
}

/* VMIN counts only while no timer runs (VTIME). */
bool n_tty_input_ready(const struct tty_struct *tty)
{
	unsigned int n = readable_end(tty) - tty->tail, min = 1;

	if (!tty_flag(tty, c_lflag, ICANON) && !tty->termios.c_cc[VTIME] &&
	    tty->termios.c_cc[VMIN])
		min = tty->termios.c_cc[VMIN];
	return n >= min;
}

/* One call never returns bytes of two lines. */
unsigned int n_tty_take(struct tty_struct *tty, unsigned char *to, unsigned int n, bool *end)
{
	bool canon = tty_flag(tty, c_lflag, ICANON);
	unsigned int done = 0;

	*end = false;
	while (done < n && tty->tail != readable_end(tty) && !*end) {
		unsigned char c = tty->buf[IDX(tty->tail)];
		bool ends = __test_and_clear_bit(IDX(tty->tail), tty->ends);

		tty->tail++;
		if (!(ends && !c))
			to[done++] = c;
		*end = canon && ends;
	}
	/* The buffer is full with the line: an end of file right behind it belongs to it. */
	if (canon && done == n && !*end && tty->tail != tty->canon &&
	    !tty->buf[IDX(tty->tail)] && test_bit(IDX(tty->tail), tty->ends)) {
		__clear_bit(IDX(tty->tail), tty->ends);
		tty->tail++;
		*end = true;
	}
	return done;
}

/* From canonical to raw and back nothing that was typed is lost. */
void n_tty_set_mode(struct tty_struct *tty, const struct ktermios *old)
{
	if ((old->c_lflag ^ tty->termios.c_lflag) & ICANON) {
		/* A half-typed line is a line now, or just bytes. */
		tty->canon = tty->head;
		if (tty->head != tty->tail && tty_flag(tty, c_lflag, ICANON))
			__set_bit(IDX(tty->head - 1), tty->ends);
		tty->line_column = tty->column;
	}
	if (!tty_flag(tty, c_iflag, IXON))
		tty->stopped = false;
}
