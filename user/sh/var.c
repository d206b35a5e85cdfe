/* SPDX-License-Identifier: MIT */
/*
 * user/sh/var.c: variables, functions, and the environment made from them.
 *
 * One sorted list each: a shell has a few dozen variables, and `set` prints them
 * in order. The libc's own environment follows PATH only, because that is what
 * the search for programs looks at.
 *
 * Linux: none (POSIX sh 2.5). Differs: -
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

struct var {
	struct var *next;
	char *name;
	char *value;		/* NULL: exported or read-only, but not set */
	int exported, readonly;
};

struct named_function {
	struct named_function *next;
	char *name;
	struct function f;
};

static struct var *vars;
static struct named_function *functions;

int is_name(const char *s, size_t n)
{
	if (n == 0 || isdigit(*s))
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (!isalnum(s[i]) && s[i] != '_')
			return 0;
	}
	return 1;
}

size_t assignment_name(const char *text)
{
	size_t n = strcspn(text, "=");

	return text[n] == '=' && is_name(text, n) ? n : 0;
}

/* Where name is, or would be inserted. */
static struct var **slot(const char *name)
{
	struct var **p = &vars;

	while (*p && strcmp((*p)->name, name) < 0)
		p = &(*p)->next;
	return p;
}

static struct var *find(const char *name)
{
	struct var *v = *slot(name);

	return v && strcmp(v->name, name) == 0 ? v : NULL;
}

static struct var *find_or_add(const char *name)
{
	struct var **p = slot(name), *v = *p;

	if (v && strcmp(v->name, name) == 0)
		return v;
	v = xmalloc(sizeof(*v));
	*v = (struct var){ .next = *p, .name = xstrdup(name) };
	*p = v;
	return v;
}

const char *var_get(const char *name)
{
	struct var *v = find(name);

	return v ? v->value : NULL;
}

int var_set(const char *name, const char *value)
{
	struct var *v = find_or_add(name);
	char *copy;

	if (v->readonly) {
		complain("%s: is read-only", name);
		return -1;
	}
	copy = xstrdup(value);
	free(v->value);
	v->value = copy;
	if (strcmp(name, "PATH") == 0)
		setenv(name, value, 1);
	return 0;
}

void var_put(const char *assignment)
{
	size_t n = assignment_name(assignment);

	if (var_set(tmp_strndup(assignment, n), assignment + n + 1) < 0)
		shell_fail(2);
}

void var_export(const char *name)
{
	find_or_add(name)->exported = 1;
}

int var_readonly(const char *name)
{
	find_or_add(name)->readonly = 1;
	return 0;
}

int var_unset(const char *name)
{
	struct var **p = slot(name), *v = *p;

	if (!v || strcmp(v->name, name) != 0)
		return 0;
	if (v->readonly) {
		complain("%s: is read-only", name);
		return -1;
	}
	*p = v->next;
	free(v->name);
	free(v->value);
	free(v);
	return 0;
}

/* Print a value so that the shell can read it back. */
static void print_quoted(const char *s)
{
	out_bytes("'", 1);
	for (; *s; s++) {
		if (*s == '\'')
			outf("'\\''");
		else
			out_bytes(s, 1);
	}
	out_bytes("'", 1);
}

void vars_print(int exported_only)
{
	for (struct var *v = vars; v; v = v->next) {
		if (exported_only ? !v->exported : !v->value)
			continue;
		outf("%s%s", exported_only ? "export " : "", v->name);
		if (v->value) {
			outf("=");
			print_quoted(v->value);
		}
		outf("\n");
	}
}

/* Is there an assignment to name in extra? It then hides the variable. */
static int hidden(char **extra, const char *name)
{
	size_t n = strlen(name);

	for (; extra && *extra; extra++) {
		if (strncmp(*extra, name, n) == 0 && (*extra)[n] == '=')
			return 1;
	}
	return 0;
}

char **make_environment(char **extra)
{
	size_t nr = 0;
	char **envp;

	for (char **e = extra; e && *e; e++)
		nr++;
	for (struct var *v = vars; v; v = v->next)
		nr += v->exported && v->value;
	envp = tmp_alloc((nr + 1) * sizeof(*envp));
	nr = 0;
	for (struct var *v = vars; v; v = v->next) {
		if (v->exported && v->value && !hidden(extra, v->name))
			envp[nr++] = tmp_printf("%s=%s", v->name, v->value);
	}
	for (; extra && *extra; extra++)
		envp[nr++] = *extra;
	return envp;
}

void vars_init(char **envp)
{
	char *cwd;

	for (; envp && *envp; envp++) {
		size_t n = assignment_name(*envp);
		char *name;

		if (!n)
			continue;
		name = tmp_strndup(*envp, n);
		var_set(name, *envp + n + 1);
		var_export(name);
	}
	if (!var_get("PATH"))
		var_set("PATH", "/bin:/sbin");
	var_set("IFS", " \t\n");
	var_set("OPTIND", "1");
	var_set("PPID", tmp_printf("%d", getppid()));
	cwd = getcwd(NULL, 0);
	if (cwd)
		var_set("PWD", cwd);
	free(cwd);
}

struct function *function_get(const char *name)
{
	for (struct named_function *f = functions; f; f = f->next) {
		if (strcmp(f->name, name) == 0)
			return &f->f;
	}
	return NULL;
}

void function_unset(const char *name)
{
	for (struct named_function **p = &functions; *p; p = &(*p)->next) {
		struct named_function *f = *p;

		if (strcmp(f->name, name) != 0)
			continue;
		*p = f->next;
		arena_put(f->f.arena);
		free(f->name);
		free(f);
		return;
	}
}

void function_set(const char *name, struct node *body, struct arena *arena)
{
	struct named_function *f = xmalloc(sizeof(*f));

	arena_get(arena);
	function_unset(name);
	*f = (struct named_function){ functions, xstrdup(name), { body, arena } };
	functions = f;
}

void each_function(const char *prefix, void (*f)(const char *name))
{
	for (struct named_function *n = functions; n; n = n->next) {
		if (strncmp(n->name, prefix, strlen(prefix)) == 0)
			f(n->name);
	}
}
