/* SPDX-License-Identifier: MIT */
/*
 * The terminal as a file: /dev/console, /dev/ttyS0 and /dev/tty are one device.
 *
 * Received characters come from the UART's interrupt, go through the line
 * discipline at once, and wake readers; a ^C becomes a signal to the foreground
 * process group there and then, so it works whatever the programs are doing.
 *
 *	UART interrupt -> tty_insert_char() -> n_tty_receive() -> ring, echo, or a signal
 *	                                    -> wakes tty_read()
 *	tty_write() -> n_tty_opost() -> uart_write()
 *
 * Reading in canonical mode waits for a whole line (or ^D, which is an end of line
 * without a character: with nothing before it the read returns 0, the end of the
 * file). In raw mode VMIN and VTIME say what to wait for.
 *
 * A signal that comes while a read waits ends it with ERESTARTSYS: after a handler
 * with SA_RESTART it is begun again, and nothing typed is lost meanwhile.
 *
 * Locks: read_mutex and write_mutex keep calls apart; tty->lock (irq-safe) guards
 * the state. Nothing is copied to or from user memory under tty->lock.
 *
 * Linux: drivers/tty/tty_io.c, tty_ioctl.c. Differs: one terminal, no drivers
 * behind an interface.
 */
#include <asm/uaccess.h>
#include "kernel/drivers/tty_internal.h"
#include "kernel/drivers/uart.h"
#include "kernel/fs/poll.h"
#include "kernel/printk.h"
#include "kernel/signal.h"
#include "lib/errno.h"
#include "lib/string.h"

#define TTY_CHUNK	128

static struct tty_struct console_tty = {
	.lock = SPIN_LOCK_INIT(RANK_LDISC, "tty->lock"),
	.termios = {
		.c_iflag = ICRNL | IXON,
		.c_oflag = OPOST | ONLCR,
		.c_cflag = B38400 | CS8 | CREAD | HUPCL,
		.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
		.c_cc = {
			[VINTR] = 3, [VQUIT] = 28, [VERASE] = 127, [VKILL] = 21, [VEOF] = 4,
			[VMIN] = 1, [VSTART] = 17, [VSTOP] = 19, [VSUSP] = 26, [VREPRINT] = 18,
			[VDISCARD] = 15, [VWERASE] = 23, [VLNEXT] = 22,
		},
	},
	.winsize = { .ws_row = 24, .ws_col = 80 },
	.read_mutex = MUTEX_INIT(console_tty.read_mutex, RANK_TTY),
	.write_mutex = MUTEX_INIT(console_tty.write_mutex, RANK_TTY),
	.read_wait = WAIT_QUEUE_HEAD_INIT(console_tty.read_wait),
	.write_wait = WAIT_QUEUE_HEAD_INIT(console_tty.write_wait),
};

/* All three devices are the one terminal. */
static inline struct tty_struct *file_tty(const struct file *f)
{
	return f->private_data;
}

/* Signals are sent after the lock is dropped: tasklist_lock comes before it. */
void tty_insert_char(unsigned char c)
{
	struct tty_struct *tty = &console_tty;
	unsigned long flags;
	bool ready, was_stopped;
	pid_t pgrp;
	int sig;

	spin_lock_irqsave(&tty->lock, flags);
	was_stopped = tty->stopped;
	sig = n_tty_receive(tty, c);
	pgrp = tty->pgrp;
	/* In raw mode a reader may have asked for less than VMIN: he looks himself. */
	ready = n_tty_input_ready(tty) || !(tty->termios.c_lflag & ICANON);
	was_stopped &= !tty->stopped;
	spin_unlock_irqrestore(&tty->lock, flags);
	if (ready)
		wake_up_poll(&tty->read_wait, POLLIN | POLLRDNORM);
	if (was_stopped)
		wake_up(&tty->write_wait);
	if (sig && pgrp > 0) {
		struct kernel_siginfo info = { .si_signo = sig, .si_code = SI_KERNEL };

		(void)kill_pgrp(pgrp, sig, &info);
	}
}

/* ---- read ---- */

/* Would a read return at once? */
static bool tty_ready(struct tty_struct *tty)
{
	unsigned long flags;
	bool ready;

	spin_lock_irqsave(&tty->lock, flags);
	ready = n_tty_input_ready(tty);
	spin_unlock_irqrestore(&tty->lock, flags);
	return ready;
}

/* For FIONREAD and VMIN. */
static unsigned int tty_typed(struct tty_struct *tty)
{
	unsigned long flags;
	unsigned int n;

	spin_lock_irqsave(&tty->lock, flags);
	n = n_tty_available(tty);
	spin_unlock_irqrestore(&tty->lock, flags);
	return n;
}

/*
 * Raw mode's four ways, by VMIN and VTIME (in 0.1 s): wait for VMIN bytes; for a
 * byte or the time; for a byte and then a pause of that time; or not at all.
 */
static int tty_wait_raw(struct tty_struct *tty, unsigned int want)
{
	unsigned int min = min_t(unsigned int, tty->termios.c_cc[VMIN], want);
	u64 tenth = NSEC_PER_SEC / 10, vtime = tty->termios.c_cc[VTIME], deadline = 0;
	unsigned int have, had = 0;
	DEFINE_WAIT(wait);
	int err = 0;

	if (!min && vtime)
		deadline = ktime_get() + vtime * tenth;
	for (;;) {
		prepare_to_wait(&tty->read_wait, &wait, TASK_INTERRUPTIBLE);
		have = tty_typed(tty);
		if (have >= max(min, 1U) || (!min && !vtime))
			break;
		if (min && vtime && have != had) {
			had = have;
			deadline = ktime_get() + vtime * tenth;
		}
		if (deadline && ktime_get() >= deadline)
			break;
		if (signal_pending(current)) {
			err = have ? 0 : -ERESTARTSYS;
			break;
		}
		if (deadline)
			(void)hrtimer_sleep_until(deadline);
		else
			schedule();
	}
	finish_wait(&tty->read_wait, &wait);
	return err;
}

/* Nothing to wait for without O_NONBLOCK returns at once. */
static int tty_wait_input(struct tty_struct *tty, size_t want, bool nonblock)
{
	bool canon = READ_ONCE(tty->termios.c_lflag) & ICANON;

	if (canon ? tty_ready(tty) : tty_typed(tty) > 0 && nonblock)
		return 0;
	if (nonblock)
		return -EAGAIN;
	if (!canon)
		return tty_wait_raw(tty, (unsigned int)min_t(size_t, want, 255));
	/* The mode may change while we wait; a raw reader's rule then holds as well. */
	return wait_event_interruptible(tty->read_wait, tty_ready(tty));
}

/* => read_mutex. *end: a line's end was passed. 0 without that: there was nothing left to take. */
static ssize_t tty_copy_input(struct tty_struct *tty, struct iov_iter *to, bool *end)
{
	unsigned char chunk[TTY_CHUNK];
	unsigned long flags;
	unsigned int n;
	ssize_t done = 0;

	do {
		spin_lock_irqsave(&tty->lock, flags);
		n = n_tty_take(tty, chunk, min_t(size_t, to->count, TTY_CHUNK), end);
		spin_unlock_irqrestore(&tty->lock, flags);
		if (copy_to_iter(chunk, n, to) != n)
			return done ? done : -EFAULT;
		done += n;
	} while (!*end && n == TTY_CHUNK && to->count);
	return done;
}

/* Only a raw reader with VMIN 0 may come back with nothing: his time is up. */
static bool tty_must_have(const struct tty_struct *tty)
{
	return (READ_ONCE(tty->termios.c_lflag) & ICANON) || tty->termios.c_cc[VMIN];
}

/* Who would not wait for the terminal does not wait for another caller either. */
static int tty_lock_for(struct mutex *mutex, bool nonblock)
{
	if (nonblock)
		return mutex_trylock(mutex) ? 0 : -EAGAIN;
	return mutex_lock_interruptible(mutex) ? -ERESTARTSYS : 0;
}

/* A background process is stopped here before it can take the foreground's input. */
static ssize_t tty_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct tty_struct *tty = file_tty(iocb->ki_filp);
	bool nonblock = iocb->ki_flags & IOCB_NONBLOCK, end;
	ssize_t ret;

	if (!to->count)
		return 0;
	ret = tty_check_change(tty, SIGTTIN);
	if (!ret)
		ret = tty_lock_for(&tty->read_mutex, nonblock);
	if (ret)
		return ret;
	/* A ^C may take back what we have waited for: wait again, for that or for the signal. */
	do {
		end = true;
		ret = tty_wait_input(tty, to->count, nonblock);
		if (!ret)
			ret = tty_copy_input(tty, to, &end);
	} while (!ret && !end && tty_must_have(tty));
	mutex_unlock(&tty->read_mutex);
	return ret;
}

/* ---- write ---- */

/* Small pieces: each can be interrupted, and echo comes between them. */
static ssize_t tty_write_chunks(struct tty_struct *tty, struct iov_iter *from, bool nonblock)
{
	unsigned char in[TTY_CHUNK];
	char out[TTY_CHUNK * 2];
	unsigned long flags;
	ssize_t done = 0;
	size_t n, len;

	while (from->count) {
		if (nonblock && READ_ONCE(tty->stopped))
			return done ? done : -EAGAIN;
		if (wait_event_interruptible(tty->write_wait, !READ_ONCE(tty->stopped)))
			return done ? done : -ERESTARTSYS;
		n = copy_from_iter(in, min_t(size_t, from->count, TTY_CHUNK), from);
		if (!n)
			return done ? done : -EFAULT;
		spin_lock_irqsave(&tty->lock, flags);
		len = n_tty_opost(tty, in, n, out);
		spin_unlock_irqrestore(&tty->lock, flags);
		uart_write(out, len);
		done += n;
		if (signal_pending(current) && from->count)
			return done;
		cond_resched();
	}
	return done;
}

/* Only with TOSTOP are background writers stopped. */
static ssize_t tty_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct tty_struct *tty = file_tty(iocb->ki_filp);
	bool nonblock = iocb->ki_flags & IOCB_NONBLOCK;
	ssize_t ret = 0;

	if (READ_ONCE(tty->termios.c_lflag) & TOSTOP)
		ret = tty_check_change(tty, SIGTTOU);
	if (!ret)
		ret = tty_lock_for(&tty->write_mutex, nonblock);
	if (ret)
		return ret;
	ret = tty_write_chunks(tty, from, nonblock);
	mutex_unlock(&tty->write_mutex);
	return ret;
}

/* Writable always: output is not queued. */
static unsigned int tty_poll(struct file *f, struct poll_table *pt)
{
	struct tty_struct *tty = file_tty(f);
	unsigned int mask = POLLOUT | POLLWRNORM;

	poll_wait(f, &tty->read_wait, pt);
	if (tty_ready(tty))
		mask |= POLLIN | POLLRDNORM;
	return mask;
}

/* ---- ioctl ---- */

/* From the background this stops the process, unless it ignores SIGTTOU. */
static int tty_set_termios(struct tty_struct *tty, unsigned long arg, bool flush)
{
	struct ktermios new, old;
	unsigned long flags;
	int err = tty_check_change(tty, SIGTTOU);

	if (err)
		return err;
	if (copy_from_user(&new, (void __user *)arg, sizeof(new)))
		return -EFAULT;
	spin_lock_irqsave(&tty->lock, flags);
	if (flush)
		n_tty_flush(tty);
	old = tty->termios;
	tty->termios = new;
	n_tty_set_mode(tty, &old);
	spin_unlock_irqrestore(&tty->lock, flags);
	wake_up(&tty->read_wait);
	wake_up(&tty->write_wait);
	return 0;
}

/* A copy of one moment. */
static int tty_get_termios(struct tty_struct *tty, unsigned long arg)
{
	struct ktermios t;
	unsigned long flags;

	spin_lock_irqsave(&tty->lock, flags);
	t = tty->termios;
	spin_unlock_irqrestore(&tty->lock, flags);
	return copy_to_user((void __user *)arg, &t, sizeof(t)) ? -EFAULT : 0;
}

/* Programs redraw at SIGWINCH. */
static int tty_set_winsize(struct tty_struct *tty, unsigned long arg)
{
	struct kernel_siginfo info = { .si_signo = SIGWINCH, .si_code = SI_KERNEL };
	struct winsize ws;
	unsigned long flags;
	bool changed;
	pid_t pgrp;

	if (copy_from_user(&ws, (void __user *)arg, sizeof(ws)))
		return -EFAULT;
	spin_lock_irqsave(&tty->lock, flags);
	changed = memcmp(&ws, &tty->winsize, sizeof(ws));
	tty->winsize = ws;
	pgrp = tty->pgrp;
	spin_unlock_irqrestore(&tty->lock, flags);
	if (changed && pgrp > 0)
		(void)kill_pgrp(pgrp, SIGWINCH, &info);
	return 0;
}

/* Output has always been written already. */
static int tty_flush_queues(struct tty_struct *tty, unsigned long which)
{
	unsigned long flags;
	int err = tty_check_change(tty, SIGTTOU);

	if (err)
		return err;
	if (which > TCIOFLUSH)
		return -EINVAL;
	if (which != TCOFLUSH) {
		spin_lock_irqsave(&tty->lock, flags);
		n_tty_flush(tty);
		spin_unlock_irqrestore(&tty->lock, flags);
	}
	return 0;
}

/* Modes and queues here, sessions in tty_jobctrl.c. */
static long tty_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	struct tty_struct *tty = file_tty(f);

	switch (cmd) {
	case TCGETS:
		return tty_get_termios(tty, arg);
	case TCSETS:
	case TCSETSW:			/* output is never queued: all has been sent */
	case TCSETSF:
		return tty_set_termios(tty, arg, cmd == TCSETSF);
	case TCFLSH:
		return tty_flush_queues(tty, arg);
	case TCSBRK:
	case TCSBRKP:
	case TCXONC:
		return tty_check_change(tty, SIGTTOU);
	case TIOCGWINSZ:
		return copy_to_user((void __user *)arg, &tty->winsize, sizeof(tty->winsize)) ?
		       -EFAULT : 0;
	case TIOCSWINSZ:
		return tty_set_winsize(tty, arg);
	case TIOCINQ:
		return put_user((int)tty_typed(tty), (int __user *)arg);
	case TIOCOUTQ:
	case TIOCGETD:
		return put_user(0, (int __user *)arg);
	default:
		return tty_jobctrl_ioctl(tty, cmd, arg);
	}
}

/* ---- the three devices ---- */

/* No position: lseek(2) is ESPIPE. */
static int tty_open(struct inode *inode, struct file *f)
{
	f->private_data = &console_tty;
	f->f_mode &= ~(FMODE_LSEEK | FMODE_PREAD);
	/* The console is for messages: opening it does not make it anybody's terminal. */
	if (!(f->f_flags & O_NOCTTY) && inode->i_rdev == TTY_DEV)
		tty_open_ctty(&console_tty);
	return 0;
}

/* /dev/tty: the terminal of whoever opens it. */
static int current_tty_open(struct inode *inode, struct file *f)
{
	if (!current->signal->tty)
		return -ENXIO;
	return tty_open(inode, f);
}

static const struct file_operations tty_fops = {
	.open = tty_open,
	.read_iter = tty_read,
	.write_iter = tty_write,
	.poll = tty_poll,
	.ioctl = tty_ioctl,
};
static const struct file_operations current_tty_fops = {
	.open = current_tty_open,
	.read_iter = tty_read,
	.write_iter = tty_write,
	.poll = tty_poll,
	.ioctl = tty_ioctl,
};

/* After the UART: the first write goes there. */
void tty_init(void)
{
	if (register_chrdev(MKDEV(5, 0), "tty", 0666, &current_tty_fops) ||
	    register_chrdev(MKDEV(5, 1), "console", 0600, &tty_fops) ||
	    register_chrdev(TTY_DEV, "ttyS0", 0620, &tty_fops))
		panic("tty: no memory");
}
