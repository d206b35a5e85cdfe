/* SPDX-License-Identifier: MIT */
/*
 * user/sh/sh.h: the shell's parts and what they promise each other.
 *
 * A line travels through the files in this order:
 *
 *	input.c		bytes from a terminal, a file or a string
 *	lexer.c word.c	bytes -> tokens; where a word ends
 *	parser*.c	tokens -> a tree of struct node
 *	exec.c		walks the tree: loops, conditions, functions, builtins
 *	expand.c param.c field.c arith.c   words -> arguments: $x, $(...), *, ...
 *	redir.c		< > 2>&1: from text to a list of descriptor changes
 *	pipeline.c launch.c   processes: vfork() + execve(), pipes, fork() for subshells
 *	capture.c	$(...): the output of a command as text
 *	jobs.c trap.c	waiting, job control, signals
 *	builtin*.c	commands that run inside the shell
 *	edit.c history.c complete.c   typing
 *
 * Rule of the house: a program is always started with vfork() and execve(), on
 * a plan made beforehand (struct launch). fork() is used only where a copy of
 * the shell itself must run: ( ... ), and compound commands in pipelines,
 * in $(...) and before &. So the shell works on a kernel without an MMU, where
 * fork() cannot exist; only those few forms fail there, and say why.
 *
 * Linux: none (dash, bash). Differs: a subset of POSIX sh; no aliases.
 */
#pragma once

#include <setjmp.h>
#include <stddef.h>
#include <sys/cdefs.h>
#include <sys/types.h>

/* ---- Memory: arena.c ---- */

/* A pile of memory that is thrown away as a whole. Counted: functions keep theirs. */
struct arena;

struct arena *arena_new(void);
void arena_get(struct arena *a);
void arena_put(struct arena *a);
/* Zeroed memory; never fails: without memory the shell says so and exits. */
void *arena_alloc(struct arena *a, size_t size);
char *arena_strndup(struct arena *a, const char *s, size_t n);

/* The arena of the command that runs now; released when the command is done. */
void *tmp_alloc(size_t size);
char *tmp_strdup(const char *s);
char *tmp_strndup(const char *s, size_t n);
char *tmp_printf(const char *fmt, ...) __printf_like(1, 2);
struct tmp_mark { void *block; size_t used; };
struct tmp_mark tmp_mark(void);
void tmp_release(struct tmp_mark mark);

/* malloc() and friends for what lives long; they exit instead of returning NULL. */
void *xmalloc(size_t size);
void *xrealloc(void *ptr, size_t size);
char *xstrdup(const char *s);

/* A string that grows. */
struct strbuf {
	char *s;
	size_t n, size;
};
void strbuf_add(struct strbuf *b, const char *s, size_t n);
void strbuf_addc(struct strbuf *b, char c);

/* ---- Input: input.c ---- */

/* Text being read. buf holds everything since the current command began. */
struct source {
	const char *name;	/* for messages */
	int line;
	char *buf;
	size_t pos, len, size;
	int fd;			/* -1: a string, complete from the start */
	int interactive;	/* ask with prompts */
	int continued;		/* within a command: the prompt is PS2 */
	int whole_lines;	/* fd is the shell's alone: read ahead */
	int ended;		/* nothing more comes, for the current command */
	int at_end;		/* run_source() has met the end */
	char ahead[512];
	size_t ahead_pos, ahead_len;
};

void source_string(struct source *src, const char *name, const char *text, size_t len);
void source_fd(struct source *src, const char *name, int fd);
void source_done(struct source *src);
/* The next character, -1 at the end; peekc() leaves it there. */
int peekc(struct source *src);
int nextc(struct source *src);
/* Forget what has been parsed. */
void source_begin_command(struct source *src);

/* ---- Parsing: lexer.c, word.c, parser.c, parser_compound.c ---- */

enum token_kind {
	T_EOF, T_NEWLINE, T_WORD, T_IO_NUMBER,
	T_SEMI, T_AMP, T_PIPE, T_AND, T_OR, T_DSEMI, T_LPAREN, T_RPAREN,
	/* redirections, in the order of enum redir_kind */
	T_LESS, T_GREAT, T_DGREAT, T_LESSGREAT, T_LESSAND, T_GREATAND, T_DLESS, T_DLESSDASH,
	T_CLOBBER,
	T_ERROR,
};

struct word {
	struct word *next;
	char *text;		/* as written, quotes and all */
};

enum redir_kind {
	R_READ, R_WRITE, R_APPEND, R_READWRITE, R_DUP_IN, R_DUP_OUT, R_HEREDOC, R_HEREDOC_DASH,
};

struct redir {
	struct redir *next;
	enum redir_kind kind;
	int fd;			/* the descriptor that changes */
	char *target;		/* file name, descriptor or end word, as written */
	char *body;		/* of a here-document */
	struct redir *next_pending;	/* here-documents of this line */
	int literal;		/* its end word was quoted: no expansion in the body */
};

enum node_kind {
	N_SIMPLE,	/* assigns, words */
	N_PIPE,		/* body, chained by next */
	N_AND, N_OR, N_SEQ,	/* left, right */
	N_NOT, N_BG, N_SUBSHELL, N_GROUP,	/* body */
	N_IF,		/* cond, body, other (or NULL) */
	N_WHILE, N_UNTIL,	/* cond, body */
	N_FOR,		/* name, words (if has_words), body */
	N_CASE,		/* name (a word), items */
	N_FUNCTION,	/* name, body */
};

struct case_item {
	struct case_item *next;
	struct word *patterns;
	struct node *body;	/* may be NULL */
};

struct node {
	enum node_kind kind;
	int line;
	struct node *next;
	struct redir *redirs;
	struct word *assigns, *words;
	struct node *left, *right;
	struct node *cond, *body, *other;
	char *name;
	int has_words;		/* for x in ...; not: for x */
	struct case_item *items;
	char *text;		/* as written, for job messages */
};

struct parser {
	struct source *src;
	struct arena *arena;
	enum token_kind kind;	/* the token that is looked at */
	char *text;		/* of a word or number */
	int have;		/* kind and text are valid */
	size_t start, end;	/* where the token stands in src->buf */
	size_t prev_end;	/* where the one before it ended */
	struct redir *pending;	/* here-documents whose body is still to come */
	struct redir **pending_tail;
	int failed;		/* a message has been printed */
};

/* Look at the next token without taking it; take it. */
enum token_kind peek_token(struct parser *p);
void take_token(struct parser *p);
/* Print "name: line N: what" once for each failed parse. */
void syntax_error(struct parser *p, const char *fmt, ...) __printf_like(2, 3);

/*
 * word.c: move p->src behind one construct whose first character comes next.
 * => -1 (with a message) if the text ends inside it.
 */
int skip_word(struct parser *p);
int skip_single(struct parser *p);
int skip_double(struct parser *p);
int skip_backquote(struct parser *p);
int skip_dollar(struct parser *p, int in_double);

/*
 * parse_command() - read one complete command: up to a newline at top level.
 *
 * => 1 and *out set (NULL for an empty line); 0 at the end; -1 on a syntax error.
 */
int parse_command(struct source *src, struct arena *arena, struct node **out);
/* A list up to `)`, `}`, `fi` ...; NULL if empty or failed. */
struct node *parse_list(struct parser *p);
struct node *parse_compound(struct parser *p);
struct node *parse_function(struct parser *p, char *name);
int parse_redirs(struct parser *p, struct redir ***tail);
struct node *new_node(struct parser *p, enum node_kind kind);
/* Is the next token this reserved word? Does it end a list? */
int at_word(struct parser *p, const char *word);
int at_list_end(struct parser *p);
int expect_word(struct parser *p, const char *word);
void skip_newlines(struct parser *p);

/* ---- State: main.c, var.c ---- */

enum flow { FLOW_NONE, FLOW_BREAK, FLOW_CONTINUE, FLOW_RETURN, FLOW_INTERRUPT };

struct params {
	int nr;
	char **v;		/* v[0] .. v[nr - 1] are $1 ... */
};

/* The shell's state, one for the process. */
struct shell {
	const char *name;	/* $0 */
	pid_t pid;		/* $$: of the main shell, also in subshells */
	pid_t last_bg;		/* $! */
	int status;		/* $? */
	struct params params;
	int interactive;
	int job_control;
	int subshell;		/* this process is a fork()ed copy */
	int opt_e, opt_u, opt_x, opt_f, opt_n;
	enum flow flow;		/* set: unwind to whoever handles it */
	int flow_count;		/* loops left to break or continue */
	int loop_depth, call_depth;
	int errexit_off;	/* >0: a failing command is a condition's answer */
	volatile int interrupted;	/* Ctrl-C at an interactive shell */
	int tty;		/* the terminal, with job control; above 10 */
	struct arena *arena;	/* of the command that runs */
	jmp_buf *on_error;	/* where shell_fail() goes in an interactive shell */
};
extern struct shell sh;

/* Print a message and give up the command; a script ends with this status. */
void shell_error(int status, const char *fmt, ...) __noreturn __printf_like(2, 3);
void shell_fail(int status) __noreturn;
/* Only the message. Safe after vfork(). */
void complain(const char *fmt, ...) __printf_like(1, 2);
/* Run the EXIT trap and leave. */
void shell_exit(int status) __noreturn;
/* Parse and run everything src gives; returns the last status. */
int run_source(struct source *src);
int run_string(const char *name, const char *text);

void vars_init(char **envp);
const char *var_get(const char *name);
/* => 0, or -1 (with a message) if the variable is read-only. */
int var_set(const char *name, const char *value);
/* The same for "NAME=VALUE", but an error ends the command. */
void var_put(const char *assignment);
void var_export(const char *name);
int var_readonly(const char *name);
int var_unset(const char *name);
void vars_print(int exported_only);
int is_name(const char *s, size_t n);
/* Does text begin with NAME=? Returns the length of NAME, or 0. */
size_t assignment_name(const char *text);
/* The environment for a program: exported variables and NAME=VALUE in extra. */
char **make_environment(char **extra);

struct function {
	struct node *body;
	struct arena *arena;
};
void function_set(const char *name, struct node *body, struct arena *arena);
struct function *function_get(const char *name);
void function_unset(const char *name);
/* Call f with each name of a function or a builtin that begins with prefix. */
void each_function(const char *prefix, void (*f)(const char *name));
void each_builtin(const char *prefix, void (*f)(const char *name));

/* ---- Expansion: expand.c, param.c, field.c, arith.c, capture.c ---- */

/* How a character of expanded text came to be: decides splitting and globbing. */
enum mark { M_LITERAL, M_QUOTED, M_SPLIT, M_BREAK, M_EMPTY };

/* Text with a mark for each character. M_BREAK ends a field; M_EMPTY is no character. */
struct marked {
	char *text;
	unsigned char *mark;
	size_t n, size;
};
void marked_add(struct marked *m, const char *s, size_t n, enum mark mark);

#define X_DQUOTE	1	/* inside "..." */
#define X_HEREDOC	2	/* in a here-document: " is an ordinary character */
#define X_ASSIGN	4	/* ~ also after : */
#define X_QUOTES	8	/* remove quotes and do nothing else */

void expand_text(struct marked *out, const char *s, size_t n, int flags);
/* ${...} and $x; in points behind the $, and is moved behind the expression. */
void expand_param(struct marked *out, const char *s, size_t n, int flags);
const char *param_value(const char *name, size_t len);
/* All into tmp memory. */
struct args {
	char **v;		/* NULL-terminated; v[-1] is spare */
	int nr, room;
};
void args_add(struct args *a, char *arg);
char **expand_words(struct word *list, int *argc);
char *expand_string(const char *text, int flags);
char *expand_pattern(const char *text);
/* Cut at IFS and match file names: appends the fields to args. */
void split_fields(const struct marked *m, struct args *args);
char *marked_string(const struct marked *m);
char *marked_pattern(const struct marked *m);
long arith(const char *text);
char *capture(const char *text, size_t n);

/* ---- Running: exec.c, redir.c, pipeline.c, launch.c ---- */

int exec_node(struct node *n);
/* Call a function with arguments; returns its status. */
int call_function(struct function *f, int argc, char **argv);

/* One change of a descriptor, decided and expanded: only system calls remain. */
struct fd_change {
	struct fd_change *next;
	int fd;
	enum { FD_OPEN, FD_DUP, FD_CLOSE } what;
	const char *path;
	int flags;
	int from;		/* FD_DUP */
	int from_is_ours;	/* a here-document: close it when done */
	int saved;		/* what fd was before: for builtins */
};
/* => 0, or -1 with a message. The list is in tmp memory. */
int plan_redirs(struct redir *redirs, struct fd_change **out);
/* Carry it out. Safe after vfork(). => NULL, or the change that failed (errno set). */
struct fd_change *apply_changes(struct fd_change *list);
/* The same inside the shell, with a way back. => 0, or -1 with a message. */
int apply_saving(struct fd_change *list);
void restore_fds(struct fd_change *list);
/* The changes stay: close what restore_fds() would need. */
void forget_saved(struct fd_change *list);
void close_plan(struct fd_change *list);
void redir_failed(const struct fd_change *c);

struct job;

/* Everything a new process needs, decided before it exists. */
struct launch {
	const char *path;	/* of the program */
	char **argv;		/* argv[-1] is spare, for a script without #! */
	char **envp;
	struct fd_change *redirs;
	int in, out;		/* become 0 and 1; -1: leave alone */
	int other_end;		/* a pipe end that only the next process may hold, or -1 */
	struct job *job;	/* the process joins its group */
	int background;
};
/* vfork() and execve(). => the process id, or -1 (errno set). */
pid_t launch_program(struct launch *l);
/* fork(): => 0 in the copy, the process id in the shell, -1 (with a message). */
pid_t launch_subshell(struct launch *l, const char *what);
/* Become the program: what launch_program() does in its child. */
void exec_program(struct launch *l) __noreturn;
/* => 0 and *path set, or the status to fail with: 126 or 127. */
int find_program(const char *name, const char **path);
void tell_no_program(const char *name, const char *path, int status);

/* What a simple command turns out to be, all words expanded. */
struct command {
	int argc;
	char **argv;		/* argv[-1] is spare */
	char **assigns;		/* NAME=VALUE, NULL-terminated */
	struct fd_change *redirs;
	struct function *function;
	const struct builtin *builtin;
};
/* => 0, or -1 with a message (a redirection that could not be planned). */
int prepare_command(struct node *n, struct command *cmd);
/* Run a function or a builtin in this process. */
int run_internal(struct command *cmd);

/*
 * start_pipeline() - start every stage of a pipeline, or a single command.
 *
 * => out: where the last stage writes, or -1.
 * => returns the job, or NULL if nothing could be started (status is set).
 */
struct job *start_pipeline(struct node *first, int out, int background);
/* The same for one program, already prepared. */
struct job *start_command(struct command *cmd, const char *text);
int run_pipeline(struct node *n);
void run_background(struct node *n);

/* ---- Builtins ---- */

#define B_SPECIAL	1	/* assignments before it stay */
#define B_PURE		2	/* only prints: may run in place of a process */

struct builtin {
	const char *name;
	int (*func)(int argc, char **argv);
	int flags;
};
const struct builtin *builtin_get(const char *name);

/* Where builtins print: collected, then written to descriptor 1 by flush_out(). */
void outf(const char *fmt, ...) __printf_like(1, 2);
void out_bytes(const char *s, size_t n);
int flush_out(void);
/* Run a pure builtin; what it prints is returned in tmp memory. */
char *builtin_output(const struct builtin *b, int argc, char **argv, size_t *n, int *status);

int do_bg(int argc, char **argv);
int do_break(int argc, char **argv);
int do_cd(int argc, char **argv);
int do_colon(int argc, char **argv);
int do_dot(int argc, char **argv);
int do_echo(int argc, char **argv);
int do_eval(int argc, char **argv);
int do_exec(int argc, char **argv);
int do_exit(int argc, char **argv);
int do_export(int argc, char **argv);
int do_false(int argc, char **argv);
int do_fg(int argc, char **argv);
int do_help(int argc, char **argv);
int do_history(int argc, char **argv);
int do_jobs(int argc, char **argv);
int do_kill(int argc, char **argv);
int do_printf(int argc, char **argv);
int do_pwd(int argc, char **argv);
int do_read(int argc, char **argv);
int do_readonly(int argc, char **argv);
int do_return(int argc, char **argv);
int do_set(int argc, char **argv);
int do_shift(int argc, char **argv);
int do_test(int argc, char **argv);
int do_trap(int argc, char **argv);
int do_type(int argc, char **argv);
int do_ulimit(int argc, char **argv);
int do_umask(int argc, char **argv);
int do_unset(int argc, char **argv);
int do_wait(int argc, char **argv);
void params_set(int nr, char **v);

/* ---- Jobs and signals: jobs.c, trap.c ---- */

enum proc_state { P_RUNNING, P_STOPPED, P_DONE };

struct proc {
	pid_t pid;
	enum proc_state state;
	int status;		/* as wait() gave it */
};

struct job {
	struct job *next;
	int id;			/* for %1; 0: the foreground job */
	pid_t pgid;		/* 0: no group of its own yet */
	int nr;
	struct proc *procs;
	char *text;
	int background;
	int notified;		/* its last change has been shown */
};

struct job *job_new(const char *text);
void job_add(struct job *j, pid_t pid);
/* A stage that needed no process, or could not have one: it is done already. */
void job_add_done(struct job *j, int status);
void job_free(struct job *j);
enum proc_state job_state(const struct job *j);
int job_status(const struct job *j);
struct job *job_find(const char *spec);
struct job *job_find_pid(pid_t pid);
struct job *job_first(void);
/* Put it in the table, as a background or stopped job. */
void job_keep(struct job *j);
/* Wait until it ends or stops, with the terminal; returns the status. Frees it if done. */
int job_foreground(struct job *j, int resume);
void job_resume_background(struct job *j);
/* Wait for any child to change. => 0 if there was one, -1 if there are none. */
int wait_change(int block);
/* Print changes of background jobs and forget those that ended. */
void jobs_notify(void);
void jobs_forget(void);
void job_print(const struct job *j);
int status_of(int wait_status);
void jobs_init(void);
void terminal_take_back(void);

void signals_init(void);
/* In a new process: undo what the shell changed for itself. Safe after vfork(). */
void signals_child(int background);
void traps_run(void);
void trap_exit_run(void);
void traps_reset(void);
int signal_number(const char *name);

/* ---- Typing: edit.c, history.c, complete.c ---- */

/* Read a line from the terminal. => the length with its newline, 0 at the end, -1: Ctrl-C. */
ssize_t edit_line(const char *prompt, struct strbuf *line);
void history_add(const char *line);
/* Entry n counted from the oldest, NULL if there is none. */
const char *history_get(int n);
int history_count(void);
/*
 * complete() - what could be typed at the end of line[0..n).
 *
 * => *start: where the word begins. Returns the matches in tmp memory, sorted.
 */
char **complete(const char *line, size_t n, size_t *start, int *nr);
