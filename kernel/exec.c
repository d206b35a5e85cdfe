/* SPDX-License-Identifier: MIT */
/*
 * execve(): a process becomes another program.
 *
 *   find the file; "#!" names another one; gather the strings;
 *   load_elf_binary() -> begin_new_exec(): from here on there is no way back;
 *   map the segments, build the stack, set the registers.
 *
 * Linux: fs/exec.c, fs/binfmt_script.c. Differs: scripts are handled here, ELF
 * is the only format.
 */
#include <asm/mmu_context.h>
#include <asm/processor.h>
#include <asm/uaccess.h>
#include "kernel/binfmt.h"
#include "kernel/exit.h"
#include "kernel/fork.h"
#include "kernel/fs/internal.h"
#include "kernel/pid.h"
#include "kernel/pid_namespace.h"
#include "kernel/proc_syscalls.h"
#include "kernel/signal.h"
#include "kernel/time_syscalls.h"
#include "lib/ctype.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "mm/vma.h"

int open_exec(const char *name, struct file **file)
{
	struct path path;
	umode_t mode;
	int err = filename_lookup(AT_FDCWD, name, LOOKUP_FOLLOW, &path);

	if (err)
		return err;
	mode = path.dentry->d_inode->i_mode;
	/*
	 * Root too needs one x bit, and only files can be programs. Seen before it is opened: a
	 * FIFO would wait for a writer, a device might do something.
	 */
	err = -EACCES;
	if (S_ISREG(mode) && mode & 0111 && !path_noexec(&path))
		err = dentry_open(&path, O_RDONLY, file);
	path_put(&path);
	return err;
}

/*
 * ---- other threads ----
 *
 * The new program starts as the only thread of its process, whichever thread
 * called execve. All others are killed; the caller waits until they are gone and
 * then, if it was not the leader, takes the leader's place: the pid must stay.
 */

/* Wait until only we and perhaps the zombie leader are left. 0 or -EAGAIN (we are being killed). */
static int wait_for_other_threads(struct task_struct *me)
{
	struct signal_struct *sig = me->signal;
	int left = thread_group_leader(me) ? 1 : 2;

	for (;;) {
		bool done;

		set_current_state(TASK_UNINTERRUPTIBLE);
		spin_lock_irq(&tasklist_lock);
		done = sig->nr_threads <= left &&
		       (left == 1 || me->group_leader->exit_state == EXIT_ZOMBIE);
		spin_unlock_irq(&tasklist_lock);
		if (done)
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* We are not the leader: take its pid and its place in the family. => tasklist_lock held. */
static void become_leader(struct task_struct *me, struct task_struct *leader)
{
	struct task_struct *child;

	exchange_pids(me, leader);
	if (me->pid_ns->child_reaper == leader)
		me->pid_ns->child_reaper = me;
	if (init_pid1 == leader)
		init_pid1 = me;
	list_replace_init(&leader->tasks, &me->tasks);
	list_replace_init(&leader->sibling, &me->sibling);
	list_splice_init(&leader->children, &me->children);
	list_for_each_entry(child, &me->children, sibling)
		child->real_parent = child->parent = me;
	me->group_leader = me;
	me->real_parent = me->parent = leader->real_parent;
	me->exit_signal = SIGCHLD;
	me->start_time = leader->start_time;
	me->pdeath_signal = leader->pdeath_signal;
	/* It is one of our threads now, dead, under our old number: release_task() takes it. */
	leader->group_leader = me;
	leader->exit_signal = -1;
	leader->exit_state = EXIT_DEAD;
}

/* All other threads of the process are gone afterwards: 0, or -EAGAIN (we are being killed). */
static int de_thread(struct task_struct *me)
{
	struct signal_struct *sig = me->signal;
	struct task_struct *leader = me->group_leader;
	int err = 0;

	if (thread_group_empty(me))		/* then we are the leader */
		return 0;
	spin_lock_irq(&tasklist_lock);
	spin_lock(&me->sighand->siglock);
	if (sig->group_exit || sig->group_exec_task) {
		err = -EAGAIN;		/* another thread exits or execs: we are about to die */
	} else {
		sig->group_exec_task = me;
		zap_other_threads(me);
		/* A stop is under way: what is left of it is that we stop, and tell the parent. */
		sig->group_stop_count = me->jobctl_stop;
	}
	spin_unlock(&me->sighand->siglock);
	spin_unlock_irq(&tasklist_lock);
	if (err)
		return err;
	err = wait_for_other_threads(me);
	spin_lock_irq(&tasklist_lock);
	sig->group_exec_task = NULL;		/* from now on exit_group() means us too */
	if (me != leader)
		become_leader(me, leader);
	spin_unlock_irq(&tasklist_lock);
	if (me != leader)
		release_task(leader);
	return err;
}

/* Handlers are addresses of the old program: back to default; ignored stays ignored. */
static void flush_signal_handlers(struct task_struct *me)
{
	spin_lock_irq(&me->sighand->siglock);
	for (int i = 0; i < _NSIG; i++) {
		struct k_sigaction *ka = &me->sighand->action[i];

		if (ka->sa_handler != SIG_IGN)
			ka->sa_handler = SIG_DFL;
		ka->sa_flags = 0;
		sigemptyset(&ka->sa_mask);
	}
	spin_unlock_irq(&me->sighand->siglock);
	me->sas_ss_sp = me->sas_ss_size = 0;
	me->sas_ss_flags = SS_DISABLE;
}

/* ---- the new address space ---- */

/*
 * get_task_mm() looks under tasklist_lock, so it sees the old mm or the new one;
 * and the timer interrupt must not find a satp that is neither.
 */
void exec_mmap(struct mm_struct *mm)
{
	struct task_struct *me = current;
	struct mm_struct *old = me->mm, *active = me->active_mm;

	if (old) {
		update_hiwater(old);
		if (me->signal->maxrss < old->hiwater_rss)
			me->signal->maxrss = old->hiwater_rss;
		mm_release(me, old);	/* a vfork parent goes on now */
	}
	spin_lock_irq(&tasklist_lock);
	me->mm = me->active_mm = mm;
	switch_mm(active, mm);
	spin_unlock_irq(&tasklist_lock);
	if (old)
		mmput(old);
	else
		mmdrop(active);
}

/* The name in ps: the last part of the path as it was given. */
static void set_comm_from(const char *filename)
{
	const char *base = strrchr(filename, '/');

	set_task_comm(current, base ? base + 1 : filename);
}

int begin_new_exec(struct linux_binprm *bprm)
{
	struct task_struct *me = current;
	int err = de_thread(me);

	/* What can fail comes first: after exec_mmap() there is no program to return to. */
	if (!err)
		err = unshare_files();
	if (!err)
		err = unshare_sighand();
	if (err)
		return err;
	mm_set_exe_file(bprm->mm, bprm->file);
	exec_mmap(bprm->mm);
	bprm->mm = NULL;		/* current's now: free_bprm() leaves it alone */
	me->flags &= ~(PF_FORKNOEXEC | PF_KTHREAD);
	me->prctl &= PRCTL_OVER_EXEC;
	posix_timers_exit(me->signal);	/* but setitimer()'s go on: alarm() before exec is usual */
	flush_signal_handlers(me);
	me->exit_signal = SIGCHLD;
	me->robust_list = NULL;		/* an address in the old memory, as all the others here */
	do_close_on_exec(me->files);
	set_comm_from(bprm->filename);
	return 0;
}

/* ---- scripts ---- */

/* "#!interp arg": cut in place. 0, or -ENOEXEC. arg may become NULL. */
static int parse_shebang(char *buf, char **interp, char **arg)
{
	char *p = buf + 2, *end;

	buf[BINPRM_BUF_SIZE - 1] = '\0';
	end = p + strcspn(p, "\n");
	while (end > p && isspace(end[-1]))
		end--;
	*end = '\0';
	while (*p == ' ' || *p == '\t')
		p++;
	if (!*p)
		return -ENOEXEC;
	*interp = p;
	p += strcspn(p, " \t");
	*arg = NULL;
	if (!*p)
		return 0;
	*p++ = '\0';
	while (*p == ' ' || *p == '\t')
		p++;
	if (*p)
		*arg = p;
	return 0;
}

/* Put a string in front of the script arguments gathered so far. */
static int push_script_arg(struct linux_binprm *bprm, const char *s)
{
	char *copy = kstrdup(s, GFP_KERNEL);

	if (!copy)
		return -ENOMEM;
	for (int i = bprm->nr_script_args; i > 0; i--)
		bprm->script_args[i] = bprm->script_args[i - 1];
	bprm->script_args[0] = copy;
	bprm->nr_script_args++;
	return 0;
}

/* The file is a script: argv becomes interp [arg] script ..., and interp is opened in its place. */
static int follow_script(struct linux_binprm *bprm, const char *script)
{
	struct file *f;
	char *interp, *arg;
	int err = parse_shebang(bprm->buf, &interp, &arg);

	/* A later round has the script's name as argv[0] already: it was pushed as interp. */
	if (!err && !bprm->nr_script_args)
		err = push_script_arg(bprm, script);
	if (!err && arg)
		err = push_script_arg(bprm, arg);
	if (!err)
		err = push_script_arg(bprm, interp);
	if (!err)
		err = open_exec(interp, &f);
	if (err)
		return err;
	fput(bprm->file);		/* the script: its text is read by the interpreter */
	bprm->file = f;
	return 0;
}

/* The first bytes of the file that is to be loaded; a shorter file is filled up with zeros. */
static int read_head(struct linux_binprm *bprm)
{
	loff_t pos = 0;
	ssize_t n;

	memset(bprm->buf, 0, sizeof(bprm->buf));
	n = kernel_read(bprm->file, bprm->buf, sizeof(bprm->buf), &pos);
	return n < 0 ? (int)n : 0;
}

/* Follow "#!" lines until there is a program. 0, -ELOOP, or what opening gave. */
static int resolve_scripts(struct linux_binprm *bprm)
{
	for (int depth = 0; ; depth++) {
		int err = read_head(bprm);

		if (err)
			return err;
		if (bprm->buf[0] != '#' || bprm->buf[1] != '!')
			return 0;
		if (depth == MAX_SCRIPT_DEPTH)
			return -ELOOP;
		err = follow_script(bprm, bprm->filename);
		if (err)
			return err;
	}
}

/* ---- execve ---- */

/* All strings while the old program's memory is still there. 0, -E2BIG, -EFAULT, -ENOMEM. */
static int gather_strings(struct linux_binprm *bprm, const struct arg_source *argv,
			  const struct arg_source *envp)
{
	struct arg_pages *args;
	int err = args_alloc(&bprm->args);

	if (err)
		return err;
	args = bprm->args;
	/* A script's argv[0] gives way to the interpreter's name and the script's path. */
	for (int i = 0; !err && i < bprm->nr_script_args; i++) {
		err = args_add_kernel(args, bprm->script_args[i]);
		args->argc++;
	}
	if (!err)
		err = args_add_vector(args, argv, bprm->nr_script_args ? 1 : 0, &args->argc);
	if (!err && !args->argc) {		/* Linux too gives a program at least argv[0] */
		err = args_add_kernel(args, "");
		args->argc = 1;
	}
	args->args_end = args->used;
	if (!err)
		err = args_add_vector(args, envp, 0, &args->envc);
	args->envs_end = args->used;
	if (!err)
		err = args_add_kernel(args, bprm->filename);
	return err;
}

/* What is left of it, after success as after failure. */
static void free_bprm(struct linux_binprm *bprm)
{
	for (int i = 0; i < bprm->nr_script_args; i++)
		kfree(bprm->script_args[i]);
	args_free(bprm->args);
	if (bprm->mm)
		mmput(bprm->mm);
	if (bprm->file)
		fput(bprm->file);
	kfree(bprm);
}

/* Up to load_elf_binary() the old program is untouched, and any error is just returned. */
static int exec_common(const char *filename, const struct arg_source *argv,
		       const struct arg_source *envp)
{
	struct linux_binprm *bprm = kzalloc(sizeof(*bprm), GFP_KERNEL);
	int err;

	if (!bprm)
		return -ENOMEM;
	bprm->filename = filename;
	err = open_exec(filename, &bprm->file);
	if (!err)
		err = resolve_scripts(bprm);
	if (!err)
		err = gather_strings(bprm, argv, envp);
	if (!err)
		err = deny_write_access(bprm->file->f_inode);
	if (!err) {
		bprm->mm = mm_alloc();
		err = bprm->mm ? load_elf_binary(bprm) : -ENOMEM;
		/* A loaded program denies by itself. */
		allow_write_access(bprm->file->f_inode);
	}
	free_bprm(bprm);
	return err;
}

int do_execve(const char *filename, const char __user *const __user *argv,
	      const char __user *const __user *envp)
{
	struct arg_source a = { .vec = argv }, e = { .vec = envp };

	return exec_common(filename, &a, &e);
}

int kernel_execve(const char *filename, const char *const *argv, const char *const *envp)
{
	struct arg_source a = { .vec = argv, .kernel = true }, e = { .vec = envp, .kernel = true };

	return exec_common(filename, &a, &e);
}

long sys_execve(const char __user *ufilename, const char __user *const __user *argv,
		const char __user *const __user *envp)
{
	char *name = kmalloc(PATH_MAX, GFP_KERNEL);
	long n;

	if (!name)
		return -ENOMEM;
	n = strncpy_from_user(name, ufilename, PATH_MAX);
	if (n >= PATH_MAX)		/* no end in sight */
		n = -ENAMETOOLONG;
	else if (n == 0)
		n = -ENOENT;
	if (n > 0)
		n = do_execve(name, argv, envp);
	kfree(name);
	return n;
}
