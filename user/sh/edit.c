/* SPDX-License-Identifier: MIT */
/*
 * user/sh/edit.c: typing a line, with cursor keys, history and completion.
 *
 * While a line is typed the terminal is raw: every key comes at once and nothing
 * is echoed but by us. Before a command runs, the old settings are back. A
 * character at the end of the line is just printed; after any other change the
 * line is drawn anew: \r, prompt, text, ESC[K (erase the rest), and the cursor
 * moved back. A line longer than the screen is wide is shown through a window.
 *
 * Keys: left right home end up down backspace delete tab, Ctrl-A E B F H D U K W
 * L P N C.
 *
 * Linux: none (readline, man 4 console_codes). Differs: -
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include "sh.h"

#define CTRL(c) ((c) & 31)

/* Keys that come as an escape sequence get numbers above all bytes. */
enum key {
	KEY_END_OF_INPUT = -1, KEY_OTHER = 256,
	KEY_UP, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_DELETE,
};

struct edit {
	const char *prompt;
	struct strbuf text;
	size_t pos;		/* cursor, in bytes from the start of text */
	int columns;
	int history;		/* which entry is shown; history_count(): the new line */
	char *unfinished;	/* the new line, while an old one is shown */
	int tabs;		/* Tab was pressed this many times in a row */
};

static void put(const char *s, size_t n)
{
	write(STDERR_FILENO, s, n);
}

static int columns(void)
{
	struct winsize ws;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &ws) < 0 || ws.ws_col < 20)
		return 80;
	return ws.ws_col;
}

static int read_byte(void)
{
	unsigned char c;
	ssize_t n;

	do {
		n = read(STDIN_FILENO, &c, 1);
	} while (n < 0 && errno == EINTR && !sh.interrupted);
	if (n < 0 && sh.interrupted)
		return CTRL('C');
	return n == 1 ? c : KEY_END_OF_INPUT;
}

/* ESC [ A, ESC O H, ESC [ 3 ~ and so on. */
static int read_escape(void)
{
	int c = read_byte(), number;

	if (c != '[' && c != 'O')
		return KEY_OTHER;
	c = read_byte();
	if (c >= '0' && c <= '9') {
		number = c - '0';
		while ((c = read_byte()) >= '0' && c <= ';')
			number = c == ';' ? number : number * 10 + c - '0';
		if (c != '~')
			return KEY_OTHER;
		c = number == 1 || number == 7 ? 'H'
		    : number == 4 || number == 8 ? 'F' : number == 3 ? 'X' : 0;
	}
	switch (c) {
	case 'A': return KEY_UP;
	case 'B': return KEY_DOWN;
	case 'C': return KEY_RIGHT;
	case 'D': return KEY_LEFT;
	case 'H': return KEY_HOME;
	case 'F': return KEY_END;
	case 'X': return KEY_DELETE;
	}
	return KEY_OTHER;
}

static int read_key(void)
{
	int c = read_byte();

	return c == 27 ? read_escape() : c;
}

/* Draw prompt and line; of a long line, the part around the cursor. */
static void redraw(const struct edit *e)
{
	struct strbuf out = { 0 };
	size_t prompt = strlen(e->prompt);
	size_t room = prompt + 10 < (size_t)e->columns ? e->columns - prompt - 1 : 10;
	size_t from = e->pos > room ? e->pos - room : 0;
	size_t n = e->text.n - from < room ? e->text.n - from : room;
	char move[24];

	strbuf_addc(&out, '\r');
	strbuf_add(&out, e->prompt, prompt);
	strbuf_add(&out, e->text.s + from, n);
	strbuf_add(&out, "\033[K", 3);
	if (from + n > e->pos) {
		snprintf(move, sizeof(move), "\033[%zuD", from + n - e->pos);
		strbuf_add(&out, move, strlen(move));
	}
	put(out.s, out.n);
	free(out.s);
}

/* Replace len bytes at pos by other text; the cursor goes behind it. */
static void replace(struct edit *e, size_t pos, size_t len, const char *s, size_t n)
{
	size_t tail = e->text.n - pos - len;

	strbuf_add(&e->text, s, n);	/* only to make it large enough */
	e->text.n -= n;
	memmove(e->text.s + pos + n, e->text.s + pos + len, tail);
	memcpy(e->text.s + pos, s, n);
	e->text.n = pos + n + tail;
	e->text.s[e->text.n] = 0;
	e->pos = pos + n;
}

static void insert(struct edit *e, char c)
{
	size_t prompt = strlen(e->prompt);
	int simple = e->pos == e->text.n && prompt + e->text.n + 2 < (size_t)e->columns;

	replace(e, e->pos, 0, &c, 1);
	if (simple)
		put(&c, 1);
	else
		redraw(e);
}

static void erase(struct edit *e, size_t from, size_t to)
{
	replace(e, from, to - from, "", 0);
	redraw(e);
}

static void show_history(struct edit *e, int entry)
{
	const char *line;

	if (entry < 0 || entry > history_count())
		return;
	if (e->history == history_count()) {
		free(e->unfinished);
		e->unfinished = xstrdup(e->text.s);
	}
	e->history = entry;
	line = entry == history_count() ? e->unfinished : history_get(entry);
	replace(e, 0, e->text.n, line, strlen(line));
	redraw(e);
}

/* The start of the word before the cursor, for Ctrl-W. */
static size_t word_start(const struct edit *e)
{
	size_t i = e->pos;

	while (i && e->text.s[i - 1] == ' ')
		i--;
	while (i && e->text.s[i - 1] != ' ')
		i--;
	return i;
}

static size_t common_prefix(char **v, int nr)
{
	size_t n = strlen(v[0]);

	for (int i = 1; i < nr; i++) {
		size_t k = 0;

		while (k < n && v[i][k] == v[0][k])
			k++;
		n = k;
	}
	return n;
}

/* Show what there is to choose from, in columns. */
static void list_matches(const struct edit *e, char **v, int nr)
{
	struct strbuf out = { 0 };
	size_t width = 0;
	int per_line;

	for (int i = 0; i < nr; i++)
		width = strlen(v[i]) > width ? strlen(v[i]) : width;
	width += 2;
	per_line = e->columns / (int)width > 0 ? e->columns / (int)width : 1;
	for (int i = 0; i < nr; i++) {
		strbuf_add(&out, i % per_line ? "" : "\n", i % per_line ? 0 : 1);
		strbuf_add(&out, v[i], strlen(v[i]));
		for (size_t k = strlen(v[i]); k < width; k++)
			strbuf_addc(&out, ' ');
	}
	strbuf_addc(&out, '\n');
	put(out.s, out.n);
	free(out.s);
}

static void press_tab(struct edit *e)
{
	struct tmp_mark mark = tmp_mark();
	size_t start, common;
	int nr;
	char **v = complete(e->text.s, e->pos, &start, &nr);

	e->tabs++;
	if (nr == 1) {
		size_t n = strlen(v[0]);

		replace(e, start, e->pos - start, v[0], n);
		if (v[0][n - 1] != '/')
			replace(e, e->pos, 0, " ", 1);
	} else if (nr > 1) {
		common = common_prefix(v, nr);
		if (common > e->pos - start)
			replace(e, start, e->pos - start, v[0], common);
		else if (e->tabs > 1)
			list_matches(e, v, nr);
	}
	redraw(e);
	tmp_release(mark);
}

static void move_to(struct edit *e, size_t pos)
{
	e->pos = pos;
	redraw(e);
}

/* Keys that move or take away. => 0 if it is none of them. */
static int editing_key(struct edit *e, int key)
{
	size_t end = e->text.n;

	switch (key) {
	case KEY_LEFT: case CTRL('B'):
		move_to(e, e->pos ? e->pos - 1 : 0);
		return 1;
	case KEY_RIGHT: case CTRL('F'):
		move_to(e, e->pos < end ? e->pos + 1 : end);
		return 1;
	case KEY_HOME: case CTRL('A'):
		move_to(e, 0);
		return 1;
	case KEY_END: case CTRL('E'):
		move_to(e, end);
		return 1;
	case 127: case CTRL('H'):
		if (e->pos)
			erase(e, e->pos - 1, e->pos);
		return 1;
	case KEY_DELETE: case CTRL('D'):
		if (e->pos < end)
			erase(e, e->pos, e->pos + 1);
		return 1;
	case CTRL('U'):
		erase(e, 0, e->pos);
		return 1;
	case CTRL('K'):
		erase(e, e->pos, end);
		return 1;
	case CTRL('W'):
		erase(e, word_start(e), e->pos);
		return 1;
	}
	return 0;
}

static void other_key(struct edit *e, int key)
{
	switch (key) {
	case KEY_UP: case CTRL('P'):
		show_history(e, e->history - 1);
		break;
	case KEY_DOWN: case CTRL('N'):
		show_history(e, e->history + 1);
		break;
	case CTRL('L'):
		put("\033[H\033[2J", 7);
		redraw(e);
		break;
	case '\t':
		press_tab(e);
		break;
	default:
		if (key >= ' ' && key < 256)
			insert(e, key);
	}
}

/* => 1: a line, 0: the end of the input, -1: Ctrl-C. */
static int edit_loop(struct edit *e)
{
	for (;;) {
		int key = read_key();

		if (key == '\r' || key == '\n')
			return 1;
		if (key == CTRL('C')) {
			sh.interrupted = 0;
			put("^C", 2);
			return -1;
		}
		if (key == KEY_END_OF_INPUT || (key == CTRL('D') && e->text.n == 0))
			return 0;
		if (key != '\t')
			e->tabs = 0;
		if (!editing_key(e, key))
			other_key(e, key);
	}
}

/* Without a terminal (sh -i on a file) there is nothing to edit. */
static ssize_t plain_line(const char *prompt, struct strbuf *line)
{
	int c;

	put(prompt, strlen(prompt));
	while ((c = read_byte()) >= 0 && c != '\n' && !sh.interrupted)
		strbuf_addc(line, c);
	if (sh.interrupted) {
		sh.interrupted = 0;
		return -1;
	}
	if (c == '\n')
		strbuf_addc(line, '\n');
	return line->n;
}

ssize_t edit_line(const char *prompt, struct strbuf *line)
{
	struct edit e = { .prompt = prompt, .history = history_count() };
	struct termios old, raw;
	int result;

	sh.interrupted = 0;
	if (tcgetattr(STDIN_FILENO, &old) < 0)
		return plain_line(prompt, line);
	raw = old;
	raw.c_iflag &= ~(ICRNL | INLCR | IXON);
	raw.c_lflag &= ~(ECHO | ICANON | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	e.columns = columns();
	strbuf_add(&e.text, "", 0);
	put(prompt, strlen(prompt));
	result = edit_loop(&e);
	if (result != 0)
		put("\n", 1);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &old);
	free(e.unfinished);
	if (result == 1)
		strbuf_addc(&e.text, '\n');
	*line = e.text;
	return result == 1 ? (ssize_t)e.text.n : result;
}
