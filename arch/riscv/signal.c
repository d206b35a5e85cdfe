/* SPDX-License-Identifier: MIT */
/*
 * Signal frames, and the work before a return to user mode.
 *
 * The frame on the user stack has Linux's layout exactly: siginfo, then a
 * ucontext with the registers as user_regs_struct and the FP state, with an end
 * marker after it. The handler's return address points to the vDSO's
 * __vdso_rt_sigreturn; sigreturn puts everything back.
 *
 * The FP part is written only as far as it is used: a program that never touched
 * FP gets zeros, and a frame that returns zeros to such a program changes nothing.
 *
 * Restart of system calls: a call that a signal interrupted ends with a
 * -ERESTART* code. Whether the program sees EINTR or the call is made again
 * (a0 from orig_a0, pc back to the ecall) is decided here.
 *
 * Locks: none held; interrupts on while signals are handled.
 *
 * Linux: arch/riscv/kernel/signal.c, do_work_pending(). Differs: no vector state.
 */
#include <asm/csr.h>
#include <asm/fpu.h>
#include <asm/irqflags.h>
#include <asm/ptrace.h>
#include <asm/uaccess.h>
#include <asm/vdso.h>
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/signal_syscalls.h"
#include "kernel/uapi/unistd.h"
#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm_types.h"

struct user_sigaltstack {
	void __user *ss_sp;
	int ss_flags;
	size_t ss_size;
};

/* struct sigcontext: registers, FP state (528 bytes, the Q format's size), extensions. */
struct user_mcontext {
	unsigned long gregs[32];
	struct fp_state fp;			/* 264 bytes with its padding */
	u8 unused[528 - sizeof(struct fp_state) - 12];
	u32 reserved;
	u32 ext_magic, ext_size;		/* {0, 0}: no extensions follow */
} __aligned(16);

struct user_ucontext {
	unsigned long uc_flags;
	void __user *uc_link;
	struct user_sigaltstack uc_stack;
	sigset_t uc_sigmask;
	u8 unused[1024 / 8 - sizeof(sigset_t)];
	struct user_mcontext uc_mcontext;
};

struct rt_sigframe {
	u8 info[128];
	struct user_ucontext uc;
};

#define GREGS_SIZE	(32 * sizeof(unsigned long))

/* ---- making a frame ---- */

/* Where the frame goes: the alternate stack if asked for and not in use. 0: no room there. */
static unsigned long frame_address(const struct ksignal *ksig, const struct pt_regs *regs)
{
	unsigned long sp = regs->sp, base = current->sas_ss_sp, size = current->sas_ss_size;
	bool on_altstack = sp - base - 1 < size && size;

	if (on_altstack && sp - base < sizeof(struct rt_sigframe))
		return 0;		/* overflow of the alternate stack: a SIGSEGV by default */
	if (ksig->ka.sa_flags & SA_ONSTACK && size && !on_altstack)
		sp = base + size;
	return (sp - sizeof(struct rt_sigframe)) & ~15UL;
}

/* The FP part of the frame, zeros behind it up to the end marker. */
static int put_fp(struct user_mcontext __user *mc)
{
	struct fp_state *fp = &current->thread.fp;

	if (fp_is_initial(current))
		return clear_user(&mc->fp, sizeof(*mc) - offsetof(struct user_mcontext, fp)) ?
		       -EFAULT : 0;
	fp_save(current);
	if (copy_to_user(&mc->fp, fp, sizeof(*fp)) ||
	    clear_user(&mc->unused, sizeof(*mc) - offsetof(struct user_mcontext, unused)))
		return -EFAULT;
	return 0;
}

static int put_ucontext(struct user_ucontext __user *uc, const struct pt_regs *regs)
{
	struct {
		unsigned long flags;
		void *link;
		struct user_sigaltstack stack;
		sigset_t mask;
	} head = {
		.stack = { (void *)current->sas_ss_sp, current->sas_ss_flags,
			   current->sas_ss_size },
		.mask = current->restore_sigmask ? current->saved_sigmask : current->blocked,
	};

	/* The state of the stack is computed, not stored: is the interrupted sp on it? */
	if (!current->sas_ss_size)
		head.stack.ss_flags = SS_DISABLE;
	else if (regs->sp - current->sas_ss_sp - 1 < current->sas_ss_size)
		head.stack.ss_flags |= SS_ONSTACK;
	if (copy_to_user(uc, &head, sizeof(head)) ||
	    clear_user(&uc->unused, sizeof(uc->unused)) ||
	    copy_to_user(&uc->uc_mcontext.gregs, regs, GREGS_SIZE))
		return -EFAULT;
	return put_fp(&uc->uc_mcontext);
}

/* Write the frame and let regs enter the handler. -EFAULT: the stack is no good. */
static int setup_rt_frame(struct ksignal *ksig, struct pt_regs *regs)
{
	unsigned long addr = frame_address(ksig, regs);
	struct rt_sigframe __user *frame = (void *)addr;

	BUILD_BUG_ON(sizeof(struct rt_sigframe) != 1088);
	BUILD_BUG_ON(offsetof(struct user_ucontext, uc_mcontext) != 176);
	if (!addr || !access_ok(frame, sizeof(*frame)) ||
	    copy_siginfo_to_user(&frame->info, &ksig->info) || put_ucontext(&frame->uc, regs))
		return -EFAULT;
	if (current->sas_ss_flags & SS_AUTODISARM) {
		current->sas_ss_sp = current->sas_ss_size = 0;
		current->sas_ss_flags = SS_DISABLE;
	}
	regs->ra = vdso_sigreturn(current->mm);
	regs->sp = addr;
	regs->epc = (unsigned long)ksig->ka.sa_handler;
	regs->a0 = ksig->sig;
	regs->a1 = (unsigned long)&frame->info;
	regs->a2 = (unsigned long)&frame->uc;
	return 0;
}

/* ---- taking it back ---- */

static bool fp_is_zero(const struct fp_state *fp)
{
	u64 any = fp->fcsr;

	for (int i = 0; i < 32; i++)
		any |= fp->f[i];
	return !any;
}

/* Registers from the frame: the program may have put anything there, pt_regs' tail is ours. */
static int restore_mcontext(const struct user_mcontext __user *mc, struct pt_regs *regs)
{
	struct fp_state fp;

	if (copy_from_user(regs, &mc->gregs, GREGS_SIZE) ||
	    copy_from_user(&fp, &mc->fp, sizeof(fp)))
		return -EFAULT;
	regs->cause = ~0UL;		/* a0 is the interrupted program's: nothing to restart */
	if (!fp_is_initial(current) || !fp_is_zero(&fp))
		fp_set_current(&fp);
	return 0;
}

/* Put uc_stack back. What the handler has made invalid is ignored, as Linux does. */
static void restore_altstack(const struct user_ucontext __user *uc)
{
	struct user_sigaltstack ss;

	if (copy_from_user(&ss, &uc->uc_stack, sizeof(ss)))
		return;
	if (ss.ss_flags & SS_DISABLE) {
		current->sas_ss_sp = current->sas_ss_size = 0;
		current->sas_ss_flags = SS_DISABLE;
	} else if (ss.ss_size >= MINSIGSTKSZ) {
		current->sas_ss_sp = (unsigned long)ss.ss_sp;
		current->sas_ss_size = ss.ss_size;
		current->sas_ss_flags = ss.ss_flags & SS_AUTODISARM;
	}
}

long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = current_pt_regs();
	struct rt_sigframe __user *frame = (void *)regs->sp;
	sigset_t mask;

	if (!access_ok(frame, sizeof(*frame)) ||
	    copy_from_user(&mask, &frame->uc.uc_sigmask, sizeof(mask)) ||
	    restore_mcontext(&frame->uc.uc_mcontext, regs)) {
		force_sig_fault(SIGSEGV, SEGV_MAPERR, (unsigned long)frame);
		return 0;
	}
	set_current_blocked(&mask);
	restore_altstack(&frame->uc);
	set_tsk_thread_flag(current, TIF_NOTIFY_RESUME);	/* reload all registers: entry.S */
	return regs->a0;
}

/* ---- system calls that a signal interrupted ---- */

/* Make the call again when the program goes on. */
static void restart_syscall(struct pt_regs *regs)
{
	regs->a0 = regs->orig_a0;
	regs->epc -= 4;
	regs->cause = ~0UL;
}

/* A handler will run. */
static void restart_with_handler(struct pt_regs *regs, const struct ksignal *ksig)
{
	if (regs->cause != EXC_SYSCALL)
		return;
	switch ((long)regs->a0) {
	case -ERESTARTSYS:
		if (ksig->ka.sa_flags & SA_RESTART)
			restart_syscall(regs);
		else
			regs->a0 = -EINTR;
		break;
	case -ERESTARTNOINTR:
		restart_syscall(regs);
		break;
	case -ERESTARTNOHAND:
	case -ERESTART_RESTARTBLOCK:
		regs->a0 = -EINTR;
		break;
	}
}

/* No handler runs after all: the program must not notice anything. */
static void restart_without_handler(struct pt_regs *regs)
{
	long ret = regs->a0;

	if (regs->cause != EXC_SYSCALL)
		return;
	if (ret == -ERESTARTSYS || ret == -ERESTARTNOINTR || ret == -ERESTARTNOHAND) {
		restart_syscall(regs);
	} else if (ret == -ERESTART_RESTARTBLOCK) {
		restart_syscall(regs);
		regs->a7 = __NR_restart_syscall;
	}
}

/* One signal: to its handler, or its default action, which get_signal() does itself. */
static void do_signal(struct pt_regs *regs)
{
	struct ksignal ksig;

	if (get_signal(&ksig)) {
		restart_with_handler(regs, &ksig);
		signal_setup_done(setup_rt_frame(&ksig, regs) != 0, &ksig);
		return;
	}
	restart_without_handler(regs);
	if (current->restore_sigmask) {
		current->restore_sigmask = false;
		set_current_blocked(&current->saved_sigmask);
	}
}

void do_work_pending(struct pt_regs *regs)
{
	unsigned long flags;

	while ((flags = READ_ONCE(current->thread_info.flags)) & TIF_WORK_MASK) {
		local_irq_enable();
		if (flags & 1UL << TIF_NEED_RESCHED)
			schedule();
		if (flags & 1UL << TIF_NOTIFY_RESUME)
			clear_tsk_thread_flag(current, TIF_NOTIFY_RESUME);
		if (flags & 1UL << TIF_SIGPENDING)
			do_signal(regs);
		local_irq_disable();
	}
}
