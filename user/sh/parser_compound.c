/* SPDX-License-Identifier: MIT */
/*
 * user/sh/parser_compound.c: if, while, until, for, case, ( ), { } and functions.
 *
 * Reserved words are words like any other, except where a command may begin:
 * that is where parse_compound() looks for them.
 *
 * Linux: none (POSIX sh 2.9.4). Differs: -
 */
#include <string.h>
#include "sh.h"

/* A list that must not be empty, as after `then`. */
static struct node *body_list(struct parser *p)
{
	struct node *n = parse_list(p);

	if (!n)
		syntax_error(p, "a command is missing%s%s", p->text ? " before " : "",
			     p->text ? p->text : "");
	return n;
}

/* After `if` or `elif`. The matching `fi` is taken by the innermost of them. */
static struct node *parse_if(struct parser *p)
{
	struct node *n = new_node(p, N_IF);

	take_token(p);
	n->cond = body_list(p);
	if (expect_word(p, "then") < 0)
		return NULL;
	n->body = body_list(p);
	if (at_word(p, "elif")) {
		n->other = parse_if(p);
		return n->other ? n : NULL;
	}
	if (at_word(p, "else")) {
		take_token(p);
		n->other = body_list(p);
	}
	return expect_word(p, "fi") < 0 ? NULL : n;
}

/* do list done */
static struct node *parse_do(struct parser *p)
{
	struct node *body;

	skip_newlines(p);
	if (expect_word(p, "do") < 0)
		return NULL;
	body = body_list(p);
	return expect_word(p, "done") < 0 ? NULL : body;
}

static struct node *parse_while(struct parser *p, enum node_kind kind)
{
	struct node *n = new_node(p, kind);

	take_token(p);
	n->cond = body_list(p);
	n->body = parse_do(p);
	return n->body ? n : NULL;
}

/* Take words up to the end of the line or `;`. */
static struct word *parse_words(struct parser *p)
{
	struct word *list = NULL, **tail = &list;

	while (peek_token(p) == T_WORD) {
		*tail = arena_alloc(p->arena, sizeof(**tail));
		(*tail)->text = p->text;
		tail = &(*tail)->next;
		take_token(p);
	}
	return list;
}

static struct node *parse_for(struct parser *p)
{
	struct node *n = new_node(p, N_FOR);

	take_token(p);
	if (peek_token(p) != T_WORD || !is_name(p->text, strlen(p->text))) {
		syntax_error(p, "`for' needs a variable name");
		return NULL;
	}
	n->name = p->text;
	take_token(p);
	skip_newlines(p);
	if (at_word(p, "in")) {
		take_token(p);
		n->has_words = 1;
		n->words = parse_words(p);
	}
	if (peek_token(p) == T_SEMI)
		take_token(p);
	n->body = parse_do(p);
	return n->body ? n : NULL;
}

/* pattern [| pattern]... ) list ;; */
static struct case_item *parse_case_item(struct parser *p)
{
	struct case_item *item = arena_alloc(p->arena, sizeof(*item));
	struct word **tail = &item->patterns;

	if (peek_token(p) == T_LPAREN)
		take_token(p);
	do {
		if (item->patterns)
			take_token(p);		/* the | between two patterns */
		if (peek_token(p) != T_WORD) {
			syntax_error(p, "a pattern is missing in `case'");
			return NULL;
		}
		*tail = arena_alloc(p->arena, sizeof(**tail));
		(*tail)->text = p->text;
		tail = &(*tail)->next;
		take_token(p);
	} while (peek_token(p) == T_PIPE);
	if (peek_token(p) != T_RPAREN) {
		syntax_error(p, "`)' expected after the pattern");
		return NULL;
	}
	take_token(p);
	item->body = parse_list(p);
	if (p->failed)
		return NULL;
	if (peek_token(p) == T_DSEMI)
		take_token(p);
	else if (!at_word(p, "esac"))
		syntax_error(p, "`;;' expected");
	skip_newlines(p);
	return p->failed ? NULL : item;
}

static struct node *parse_case(struct parser *p)
{
	struct node *n = new_node(p, N_CASE);
	struct case_item **tail = &n->items;

	take_token(p);
	if (peek_token(p) != T_WORD) {
		syntax_error(p, "`case' needs a word");
		return NULL;
	}
	n->name = p->text;
	take_token(p);
	skip_newlines(p);
	if (expect_word(p, "in") < 0)
		return NULL;
	skip_newlines(p);
	while (!at_word(p, "esac")) {
		*tail = parse_case_item(p);
		if (!*tail)
			return NULL;
		tail = &(*tail)->next;
	}
	take_token(p);
	return n;
}

static struct node *parse_subshell(struct parser *p)
{
	struct node *n = new_node(p, N_SUBSHELL);

	take_token(p);
	n->body = body_list(p);
	if (!p->failed && peek_token(p) != T_RPAREN)
		syntax_error(p, "`)' expected");
	take_token(p);
	return p->failed ? NULL : n;
}

static struct node *parse_group(struct parser *p)
{
	struct node *n = new_node(p, N_GROUP);

	take_token(p);
	n->body = body_list(p);
	return expect_word(p, "}") < 0 ? NULL : n;
}

/* name has been taken, and "(" comes next. */
struct node *parse_function(struct parser *p, char *name)
{
	struct node *n = new_node(p, N_FUNCTION);
	struct redir **tail;

	n->name = name;
	take_token(p);
	if (peek_token(p) != T_RPAREN) {
		syntax_error(p, "`)' expected in the definition of %s", name);
		return NULL;
	}
	take_token(p);
	skip_newlines(p);
	n->body = parse_compound(p);
	if (!n->body)
		syntax_error(p, "the body of %s must be a compound command", name);
	if (p->failed)
		return NULL;
	tail = &n->body->redirs;
	return parse_redirs(p, &tail) < 0 ? NULL : n;
}

struct node *parse_compound(struct parser *p)
{
	if (peek_token(p) == T_LPAREN)
		return parse_subshell(p);
	if (at_word(p, "{"))
		return parse_group(p);
	if (at_word(p, "if"))
		return parse_if(p);
	if (at_word(p, "while"))
		return parse_while(p, N_WHILE);
	if (at_word(p, "until"))
		return parse_while(p, N_UNTIL);
	if (at_word(p, "for"))
		return parse_for(p);
	if (at_word(p, "case"))
		return parse_case(p);
	return NULL;
}
