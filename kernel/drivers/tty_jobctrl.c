/* SPDX-License-Identifier: MIT */
/*
 * Job control: which session a terminal belongs to, and which of its process
 * groups may use it (the foreground).
 *
 * A session leader without a terminal takes one by opening it or TIOCSCTTY.
 * Processes of a background group that read it, or change its modes, are stopped
 * by SIGTTIN or SIGTTOU. When the leader ends, the foreground gets SIGHUP.
 *
 * Locks: tasklist_lock for signal->{tty,session,pgrp}, then tty->lock for the
 * terminal's own pgrp and session.
 *
 * Linux: drivers/tty/tty_jobctrl.c.
 */
#include <asm/uaccess.h>
#include "kernel/drivers/tty_internal.h"
#include "kernel/fs/fs_syscalls.h"
#include "kernel/pid_namespace.h"
#include "kernel/signal.h"
#include "lib/errno.h"

/* For ps: the TTY column. */
dev_t tty_devnum(const struct signal_struct *sig)
{
	return sig->tty ? TTY_DEV : 0;
}

/* For /proc/PID/stat, field 8. */
pid_t tty_pgrp(const struct signal_struct *sig, const struct pid_namespace *ns)
{
	struct tty_struct *tty = READ_ONCE(sig->tty);
	pid_t pgrp;

	if (!tty)
		return -1;
	spin_lock_irq(&tasklist_lock);
	pgrp = pgrp_nr_ns(READ_ONCE(tty->pgrp), ns);
	spin_unlock_irq(&tasklist_lock);
	return pgrp;
}

/* Would the signal be lost on us? */
static bool ignores(int sig)
{
	return sigismember(&current->blocked, sig) ||
	       current->sighand->action[sig - 1].sa_handler == SIG_IGN;
}

/*
 * 0 for the foreground, for those of other sessions, and for who ignores SIGTTOU. An
 * orphaned group would never be continued, so it gets an error instead of being
 * stopped.
 */
int tty_check_change(struct tty_struct *tty, int sig)
{
	struct kernel_siginfo info = { .si_signo = sig, .si_code = SI_KERNEL };
	pid_t pgrp = current->signal->pgrp;
	unsigned long flags;
	bool orphaned;

	if (current->signal->tty != tty || READ_ONCE(tty->pgrp) <= 0 ||
	    READ_ONCE(tty->pgrp) == pgrp)
		return 0;
	if (ignores(sig))
		return sig == SIGTTIN ? -EIO : 0;
	spin_lock_irqsave(&tasklist_lock, flags);
	orphaned = is_orphaned_pgrp(pgrp, NULL);
	if (!orphaned)
		(void)__kill_pgrp(pgrp, sig, &info);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return orphaned ? -EIO : -ERESTARTSYS;
}

/* ---- getting and losing a terminal ---- */

/* => tasklist_lock. */
static void set_ctty(struct tty_struct *tty)
{
	spin_lock(&tty->lock);
	tty->session = current->signal->session;
	tty->pgrp = current->signal->pgrp;
	spin_unlock(&tty->lock);
	current->signal->tty = tty;
}

/* No process of the session has a terminal any more. => tasklist_lock. */
static void session_clear_tty(pid_t session)
{
	struct task_struct *p;

	for_each_process(p) {
		if (p->signal->session == session)
			p->signal->tty = NULL;
	}
}

/* Only the first open by a leader without a terminal. */
void tty_open_ctty(struct tty_struct *tty)
{
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	if (current->signal->leader && !current->signal->tty && !tty->session)
		set_ctty(tty);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

/* TIOCSCTTY: root may take the terminal from another session by force. */
static int tiocsctty(struct tty_struct *tty, unsigned long force)
{
	struct signal_struct *sig = current->signal;
	unsigned long flags;
	int err = 0;

	spin_lock_irqsave(&tasklist_lock, flags);
	if (sig->leader && tty->session == sig->session && sig->tty == tty) {
		err = 0;			/* it is ours already */
	} else if (!sig->leader || sig->tty) {
		err = -EPERM;
	} else if (tty->session && !force) {
		err = -EPERM;
	} else {
		if (tty->session)
			session_clear_tty(tty->session);
		set_ctty(tty);
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return err;
}

/* A leader takes the terminal from its whole session; any other process only leaves it. */
void disassociate_ctty(void)
{
	struct kernel_siginfo hup = { .si_signo = SIGHUP, .si_code = SI_KERNEL };
	struct kernel_siginfo cont = { .si_signo = SIGCONT, .si_code = SI_KERNEL };
	struct signal_struct *sig = current->signal;
	struct tty_struct *tty;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	tty = sig->tty;
	if (tty && sig->leader && tty->session == sig->session) {
		if (tty->pgrp > 0) {
			(void)__kill_pgrp(tty->pgrp, SIGHUP, &hup);
			(void)__kill_pgrp(tty->pgrp, SIGCONT, &cont);
		}
		spin_lock(&tty->lock);
		tty->session = tty->pgrp = 0;
		spin_unlock(&tty->lock);
		session_clear_tty(sig->session);
	}
	sig->tty = NULL;
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

/* ---- the foreground group ---- */

/* => tasklist_lock. 0, -ESRCH (no such group), -EPERM (of another session). */
static int pgrp_in_session(pid_t pgrp, pid_t session)
{
	struct task_struct *p;
	int err = -ESRCH;

	for_each_process(p) {
		if (p->signal->pgrp != pgrp)
			continue;
		if (p->signal->session == session)
			return 0;
		err = -EPERM;
	}
	return err;
}

/* TIOCSPGRP: the shell moves a job to the foreground. */
static int tiocspgrp(struct tty_struct *tty, unsigned long arg)
{
	struct signal_struct *sig = current->signal;
	unsigned long flags;
	pid_t pgrp;
	int err = tty_check_change(tty, SIGTTOU);

	if (err)
		return err == -EIO ? -ENOTTY : err;
	if (sig->tty != tty || tty->session != sig->session)
		return -ENOTTY;
	if (get_user(pgrp, (pid_t __user *)arg))
		return -EFAULT;
	if (pgrp < 0)
		return -EINVAL;
	spin_lock_irqsave(&tasklist_lock, flags);
	pgrp = pgrp_of_nr(pgrp, current->pid_ns);
	err = pgrp_in_session(pgrp, sig->session);
	if (!err) {
		spin_lock(&tty->lock);
		tty->pgrp = pgrp;
		spin_unlock(&tty->lock);
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return err;
}

/* By the caller's number for it. */
static long put_group(pid_t pgrp, unsigned long arg)
{
	spin_lock_irq(&tasklist_lock);
	pgrp = pgrp_nr_ns(pgrp, current->pid_ns);
	spin_unlock_irq(&tasklist_lock);
	return put_user(pgrp, (pid_t __user *)arg);
}

/* ENOTTY if it is not the caller's terminal. */
long tty_jobctrl_ioctl(struct tty_struct *tty, unsigned int cmd, unsigned long arg)
{
	bool ours = current->signal->tty == tty;

	switch (cmd) {
	case TIOCSCTTY:
		return tiocsctty(tty, arg);
	case TIOCNOTTY:
		if (!ours)
			return -ENOTTY;
		disassociate_ctty();
		return 0;
	case TIOCGPGRP:
		return ours ? put_group(tty->pgrp, arg) : -ENOTTY;
	case TIOCSPGRP:
		return tiocspgrp(tty, arg);
	case TIOCGSID:
		return ours ? put_group(tty->session, arg) : -ENOTTY;
	default:
		return -ENOIOCTLCMD;
	}
}

/* The terminal is always there: nothing to hang up, but programs may ask. */
long sys_vhangup(void)
{
	return 0;
}
