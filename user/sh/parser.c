/* SPDX-License-Identifier: MIT */
/*
 * user/sh/parser.c: tokens to a tree: lists, pipelines, simple commands.
 *
 * Recursive descent over the grammar of POSIX sh 2.10, one function a rule:
 *
 *	list      and_or ((";" | "&" | newline) and_or)*
 *	and_or    pipeline (("&&" | "||") pipeline)*
 *	pipeline  ["!"] command ("|" command)*
 *	command   simple | compound redirection* | name "()" compound
 *	simple    (NAME=value | redirection)* (word | redirection)*
 *
 * Compound commands are in parser_compound.c. A function that meets an error
 * prints it, sets p->failed and returns NULL; the callers just give up.
 *
 * Linux: none (POSIX sh). Differs: -
 */
#include <stdlib.h>
#include <string.h>
#include "sh.h"

struct node *new_node(struct parser *p, enum node_kind kind)
{
	struct node *n = arena_alloc(p->arena, sizeof(*n));

	n->kind = kind;
	n->line = p->src->line;
	return n;
}

int at_word(struct parser *p, const char *word)
{
	return peek_token(p) == T_WORD && strcmp(p->text, word) == 0;
}

int expect_word(struct parser *p, const char *word)
{
	if (!at_word(p, word)) {
		syntax_error(p, "`%s' expected", word);
		return -1;
	}
	take_token(p);
	return 0;
}

void skip_newlines(struct parser *p)
{
	while (peek_token(p) == T_NEWLINE)
		take_token(p);
}

int at_list_end(struct parser *p)
{
	static const char *const ends[] = { "then", "else", "elif", "fi", "do", "done",
					    "esac", "}", NULL };
	enum token_kind kind = peek_token(p);

	if (kind == T_EOF || kind == T_ERROR || kind == T_RPAREN || kind == T_DSEMI)
		return 1;
	for (int i = 0; ends[i]; i++) {
		if (at_word(p, ends[i]))
			return 1;
	}
	return 0;
}

static void unexpected(struct parser *p)
{
	if (peek_token(p) == T_EOF)
		syntax_error(p, "unexpected end of input");
	else if (p->text)
		syntax_error(p, "unexpected `%s'", p->text);
	else
		syntax_error(p, "unexpected `%.*s'", (int)(p->end - p->start),
			     p->src->buf[p->start] == '\n' ? "newline"
							   : p->src->buf + p->start);
}

static struct word *new_word(struct parser *p)
{
	struct word *w = arena_alloc(p->arena, sizeof(*w));

	w->text = p->text;
	take_token(p);
	return w;
}

/* Remember that this here-document's body follows on the next line. */
static void await_body(struct parser *p, struct redir *r)
{
	if (!p->pending)
		p->pending_tail = &p->pending;
	*p->pending_tail = r;
	p->pending_tail = &r->next_pending;
}

/* One redirection: the number, if any, has not been taken yet. */
static struct redir *parse_redir(struct parser *p)
{
	struct redir *r = arena_alloc(p->arena, sizeof(*r));
	enum token_kind kind;

	r->fd = -1;
	if (peek_token(p) == T_IO_NUMBER) {
		r->fd = atoi(p->text);
		take_token(p);
	}
	kind = peek_token(p);
	r->kind = kind == T_CLOBBER ? R_WRITE : (enum redir_kind)(kind - T_LESS);
	if (r->fd < 0) {
		int output = r->kind == R_WRITE || r->kind == R_APPEND || r->kind == R_DUP_OUT;

		r->fd = output ? 1 : 0;
	}
	take_token(p);
	if (peek_token(p) != T_WORD) {
		syntax_error(p, "a redirection needs a file name");
		return NULL;
	}
	r->target = p->text;
	if (r->kind == R_HEREDOC || r->kind == R_HEREDOC_DASH)
		await_body(p, r);
	take_token(p);
	return r;
}

static int at_redir(struct parser *p)
{
	enum token_kind kind = peek_token(p);

	return kind == T_IO_NUMBER || (kind >= T_LESS && kind <= T_CLOBBER);
}

int parse_redirs(struct parser *p, struct redir ***tail)
{
	while (at_redir(p)) {
		struct redir *r = parse_redir(p);

		if (!r)
			return -1;
		**tail = r;
		*tail = &r->next;
	}
	return 0;
}

/* A word has just been taken and "(" follows: that is a function. */
static struct node *function_or_error(struct parser *p, struct node *n)
{
	struct word *w = n->words;

	if (!w || w->next || n->assigns || n->redirs || !is_name(w->text, strlen(w->text))) {
		unexpected(p);
		return NULL;
	}
	return parse_function(p, w->text);
}

static struct node *parse_simple(struct parser *p)
{
	struct node *n = new_node(p, N_SIMPLE);
	struct word **assign_tail = &n->assigns, **word_tail = &n->words;
	struct redir **redir_tail = &n->redirs;

	for (;;) {
		enum token_kind kind = peek_token(p);

		if (kind == T_WORD && !n->words && assignment_name(p->text)) {
			*assign_tail = new_word(p);
			assign_tail = &(*assign_tail)->next;
		} else if (kind == T_WORD) {
			*word_tail = new_word(p);
			word_tail = &(*word_tail)->next;
		} else if (at_redir(p)) {
			if (parse_redirs(p, &redir_tail) < 0)
				return NULL;
		} else if (kind == T_LPAREN) {
			return function_or_error(p, n);
		} else {
			break;
		}
	}
	if (p->failed)
		return NULL;
	if (!n->words && !n->assigns && !n->redirs) {
		unexpected(p);
		return NULL;
	}
	return n;
}

static struct node *parse_one(struct parser *p)
{
	struct redir **tail;
	struct node *n;

	if (at_list_end(p)) {
		unexpected(p);
		return NULL;
	}
	n = parse_compound(p);
	if (!n)
		return p->failed ? NULL : parse_simple(p);
	tail = &n->redirs;
	return parse_redirs(p, &tail) < 0 ? NULL : n;
}

/* The source from where a token began to where the last one taken ended. */
static char *text_since(struct parser *p, size_t start)
{
	return arena_strndup(p->arena, p->src->buf + start, p->prev_end - start);
}

static struct node *parse_pipeline(struct parser *p)
{
	struct node *pipe, *n, **tail;
	size_t start;
	int invert;

	invert = at_word(p, "!");
	if (invert)
		take_token(p);
	peek_token(p);
	start = p->start;
	n = parse_one(p);
	if (!n)
		return NULL;
	pipe = new_node(p, N_PIPE);
	pipe->body = n;
	for (tail = &n->next; peek_token(p) == T_PIPE; tail = &(*tail)->next) {
		take_token(p);
		skip_newlines(p);
		*tail = parse_one(p);
		if (!*tail)
			return NULL;
	}
	/* A compound command alone needs no pipeline around it. */
	peek_token(p);
	pipe->text = text_since(p, start);
	if (!n->next && n->kind != N_SIMPLE && n->kind != N_SUBSHELL)
		pipe = n;
	if (!invert)
		return pipe;
	n = new_node(p, N_NOT);
	n->body = pipe;
	return n;
}

static struct node *parse_and_or(struct parser *p)
{
	struct node *left, *n;
	size_t start;

	peek_token(p);
	start = p->start;
	left = parse_pipeline(p);
	while (left && (peek_token(p) == T_AND || peek_token(p) == T_OR)) {
		n = new_node(p, peek_token(p) == T_AND ? N_AND : N_OR);
		take_token(p);
		skip_newlines(p);
		n->left = left;
		n->right = parse_pipeline(p);
		left = n->right ? n : NULL;
	}
	if (!left)
		return NULL;
	peek_token(p);
	if (!left->text)
		left->text = text_since(p, start);
	return left;
}

/*
 * A list. At top level it ends with its line: a shell must run a line before it
 * reads the next.
 */
static struct node *parse_items(struct parser *p, int top)
{
	struct node *list = NULL, **tail = &list;

	while (!at_list_end(p)) {
		struct node *item = parse_and_or(p), *n;
		enum token_kind sep;

		if (!item)
			return NULL;
		sep = peek_token(p);
		if (sep == T_AMP) {
			n = new_node(p, N_BG);
			n->body = item;
			n->text = item->text;
			item = n;
		}
		if (*tail) {
			n = new_node(p, N_SEQ);
			n->left = *tail;
			n->right = item;
			*tail = n;
			tail = &n->right;
		} else {
			*tail = item;
		}
		if (sep == T_NEWLINE && top)
			break;
		if (sep != T_SEMI && sep != T_AMP && sep != T_NEWLINE)
			break;
		take_token(p);
		if (top && peek_token(p) == T_NEWLINE)
			break;
		if (!top)
			skip_newlines(p);
	}
	return list;
}

struct node *parse_list(struct parser *p)
{
	skip_newlines(p);
	return parse_items(p, 0);
}

int parse_command(struct source *src, struct arena *arena, struct node **out)
{
	struct parser p = { .src = src, .arena = arena };

	source_begin_command(src);
	*out = NULL;
	if (peek_token(&p) == T_EOF)
		return 0;
	if (peek_token(&p) != T_NEWLINE)
		*out = parse_items(&p, 1);
	if (!p.failed && peek_token(&p) != T_NEWLINE && peek_token(&p) != T_EOF)
		unexpected(&p);
	if (p.pending)
		syntax_error(&p, "here-document without a body");
	return p.failed ? -1 : 1;
}
