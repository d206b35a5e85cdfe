/* SPDX-License-Identifier: MIT */
/*
 * nsproxy: which namespaces a task is in; unshare(2) and setns(2); the UTS namespace.
 *
 * An nsproxy is never changed while others may look: a task that enters another namespace gets
 * a new nsproxy. Others look at it under tasklist_lock (task_ns_get), where it is exchanged.
 *
 * Linux: kernel/nsproxy.c, kernel/utsname.c, kernel/fork.c (unshare). Differs: see nsproxy.h.
 */
#include "kernel/nsproxy.h"
#include "kernel/fork.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/fs_syscalls.h"
#include "kernel/pid_namespace.h"
#include "kernel/pidfd.h"
#include "kernel/proc_syscalls.h"
#include "kernel/version.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/slab.h"

#define NAMESPACES_WE_HAVE	(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWPID)
#define UNSHARE_FLAGS		(NAMESPACES_WE_HAVE | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM)

/* ---- kinds ---- */

static void free_uts_ns(struct ns_common *ns)
{
	kfree(container_of(ns, struct uts_namespace, ns));
}

const struct ns_operations uts_ns_ops = {
	.name = "uts", .type = CLONE_NEWUTS, .free = free_uts_ns,
};
const struct ns_operations user_ns_ops = { .name = "user", .type = CLONE_NEWUSER };
static const struct ns_operations ipc_ns_ops = { .name = "ipc", .type = CLONE_NEWIPC };
static const struct ns_operations net_ns_ops = { .name = "net", .type = CLONE_NEWNET };
static const struct ns_operations cgroup_ns_ops = { .name = "cgroup", .type = CLONE_NEWCGROUP };
static const struct ns_operations time_ns_ops = { .name = "time", .type = 0x80 };

/* The only ones of their kinds; the numbers are those of Linux's first ones. */
static struct ns_common single_ns[] = {
	{ ATOMIC_INIT(1), 0xeffffffd, &user_ns_ops }, { ATOMIC_INIT(1), 0xefffffff, &ipc_ns_ops },
	{ ATOMIC_INIT(1), 0xeffffff9, &net_ns_ops }, { ATOMIC_INIT(1), 0xeffffffb, &cgroup_ns_ops },
	{ ATOMIC_INIT(1), 0xeffffffa, &time_ns_ops },
};

struct uts_namespace init_uts_ns = {
	.ns = { ATOMIC_INIT(1), 0xeffffffe, &uts_ns_ops },
	.nodename = UTS_NODENAME, .domainname = "(none)",
};

/* The mount namespace comes with mount_root(). */
struct nsproxy init_nsproxy = {
	.count = ATOMIC_INIT(1), .uts_ns = &init_uts_ns, .pid_ns_for_children = &init_pid_ns,
};

struct ns_common *user_ns_common(void)
{
	return &single_ns[0];
}

/* Numbers count up and are not used again: a number in a struct pid_numbers may be an old one. */
void ns_init(struct ns_common *ns, const struct ns_operations *ops)
{
	static atomic_t last = ATOMIC_INIT(0);

	atomic_set(&ns->count, 1);
	ns->inum = 0xf0000000 + (unsigned int)atomic_add_return(1, &last) - 1;
	ns->ops = ops;
}

void ns_put(struct ns_common *ns)
{
	if (atomic_dec_and_test(&ns->count))
		ns->ops->free(ns);
}

static int copy_uts_ns(const struct uts_namespace *old, struct uts_namespace **copy)
{
	struct uts_namespace *ns = kzalloc(sizeof(*ns), GFP_KERNEL);

	if (!ns)
		return -ENOMEM;
	memcpy(ns->nodename, old->nodename, UTS_LEN);
	memcpy(ns->domainname, old->domainname, UTS_LEN);
	ns_init(&ns->ns, &uts_ns_ops);
	*copy = ns;
	return 0;
}

/* ---- the set of a task ---- */

static void put_nsproxy(struct nsproxy *p)
{
	if (p == &init_nsproxy || !p || !atomic_dec_and_test(&p->count))
		return;
	ns_put(&p->uts_ns->ns);
	if (p->mnt_ns)
		ns_put(mnt_ns_common(p->mnt_ns));
	put_pid_ns(p->pid_ns_for_children);
	kfree(p);
}

/* A copy that counts what it has. NULL: no memory. */
static struct nsproxy *dup_nsproxy(const struct nsproxy *old)
{
	struct nsproxy *p = kmemdup(old, sizeof(*old), GFP_KERNEL);

	if (!p)
		return NULL;
	atomic_set(&p->count, 1);
	ns_get(&p->uts_ns->ns);
	if (p->mnt_ns)
		ns_get(mnt_ns_common(p->mnt_ns));
	get_pid_ns(p->pid_ns_for_children);
	return p;
}

/* Those that flags name become new ones. fs moves along into a new mount namespace. */
static int create_new_namespaces(u64 flags, struct fs_struct *fs, struct nsproxy **result)
{
	struct nsproxy *old = current->nsproxy, *p = dup_nsproxy(old);
	int err = 0;

	if (!p)
		return -ENOMEM;
	if (flags & CLONE_NEWUTS) {
		err = copy_uts_ns(old->uts_ns, &p->uts_ns);
		if (!err)
			ns_put(&old->uts_ns->ns);	/* the copy's count, not old's own */
	}
	if (!err && flags & CLONE_NEWPID) {
		err = create_pid_ns(current->pid_ns, &p->pid_ns_for_children);
		if (!err)
			put_pid_ns(old->pid_ns_for_children);
	}
	if (!err && flags & CLONE_NEWNS) {
		err = copy_mnt_ns(old->mnt_ns, fs, &p->mnt_ns);
		if (!err)
			ns_put(mnt_ns_common(old->mnt_ns));
	}
	if (err) {
		put_nsproxy(p);
		return err;
	}
	*result = p;
	return 0;
}

int copy_namespaces(u64 flags, struct task_struct *p)
{
	if (!(flags & NAMESPACES_WE_HAVE)) {
		if (p->flags & PF_KTHREAD)
			p->nsproxy = &init_nsproxy;
		if (p->nsproxy != &init_nsproxy)
			atomic_inc(&p->nsproxy->count);
		return 0;
	}
	/* Two tasks with one root directory cannot be in two mount namespaces. */
	if ((flags & (CLONE_NEWNS | CLONE_FS)) == (CLONE_NEWNS | CLONE_FS))
		return -EINVAL;
	return create_new_namespaces(flags, p->fs, &p->nsproxy);
}

static void switch_nsproxy(struct task_struct *t, struct nsproxy *new)
{
	struct nsproxy *old;

	spin_lock_irq(&tasklist_lock);
	old = t->nsproxy;
	t->nsproxy = new;
	spin_unlock_irq(&tasklist_lock);
	put_nsproxy(old);
}

/* The first one is not counted and never goes: whoever looks may go on looking. */
void exit_namespaces(struct task_struct *t)
{
	if (likely(t->nsproxy == &init_nsproxy))
		return;
	switch_nsproxy(t, NULL);
}

/* ---- /proc/PID/ns ---- */

static const char *const names[] = {
	"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time", "time_for_children",
	"user", "uts",
};

const char *ns_name(unsigned int i)
{
	return i < ARRAY_SIZE(names) ? names[i] : NULL;
}

/* => tasklist_lock held. */
static struct ns_common *find_ns(struct task_struct *t, const char *name)
{
	if (!strcmp(name, "pid"))
		return t->exit_state == EXIT_DEAD ? NULL : &t->pid_ns->ns;
	if (!t->nsproxy)
		return NULL;
	if (!strcmp(name, "pid_for_children"))
		return &t->nsproxy->pid_ns_for_children->ns;
	if (!strcmp(name, "uts"))
		return &t->nsproxy->uts_ns->ns;
	if (!strcmp(name, "mnt"))
		return t->nsproxy->mnt_ns ? mnt_ns_common(t->nsproxy->mnt_ns) : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(single_ns); i++) {
		const char *own = single_ns[i].ops->name;

		if (!strncmp(own, name, strlen(own)))	/* time_for_children too */
			return &single_ns[i];
	}
	return NULL;
}

struct ns_common *task_ns_get(struct task_struct *t, const char *name)
{
	struct ns_common *ns;

	spin_lock_irq(&tasklist_lock);
	ns = find_ns(t, name);
	if (ns)
		ns_get(ns);
	spin_unlock_irq(&tasklist_lock);
	return ns;
}

/* ---- unshare(2), setns(2) ---- */

/* The parts that are not namespaces. A thread among others cannot leave their memory or signals. */
static int unshare_parts(u64 flags)
{
	int err = 0;

	if (flags & (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM) && !thread_group_empty(current))
		return -EINVAL;
	if (flags & (CLONE_FS | CLONE_NEWNS))
		err = unshare_fs();
	if (!err && flags & CLONE_FILES)
		err = unshare_files();
	return err;
}

long sys_unshare(unsigned long uflags)
{
	u64 flags = uflags;
	struct nsproxy *new;
	int err;

	if (flags & ~(u64)(UNSHARE_FLAGS | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM))
		return -EINVAL;
	/* Children of one thread in a namespace, of another not: /proc/PID would lie. */
	if (flags & CLONE_NEWPID && current->nsproxy->pid_ns_for_children != current->pid_ns)
		return -EINVAL;
	err = unshare_parts(flags);
	if (err || !(flags & NAMESPACES_WE_HAVE))
		return err;
	err = create_new_namespaces(flags, current->fs, &new);
	if (!err)
		switch_nsproxy(current, new);
	return err;
}

/* Put ns into p, which nobody else sees. 0 or -EINVAL. */
static int install_ns(struct nsproxy *p, struct ns_common *ns)
{
	struct pid_namespace *pid_ns = container_of(ns, struct pid_namespace, ns);

	ns_get(ns);
	if (ns->ops == &uts_ns_ops) {
		ns_put(&p->uts_ns->ns);
		p->uts_ns = container_of(ns, struct uts_namespace, ns);
		return 0;
	}
	if (ns->ops == &mnt_ns_ops && fs_is_private(current->fs)) {
		ns_put(mnt_ns_common(p->mnt_ns));
		p->mnt_ns = to_mnt_ns(ns);
		return 0;
	}
	/* Only inwards: who is in a namespace stays visible to those above. */
	if (ns->ops == &pid_ns_ops && pid_ns_contains(current->pid_ns, pid_ns)) {
		put_pid_ns(p->pid_ns_for_children);
		p->pid_ns_for_children = pid_ns;
		if (pid_ns == &init_pid_ns)
			ns_put(ns);		/* its count is not kept */
		return 0;
	}
	ns_put(ns);
	/* The one there is, which we are in; but its user namespace nobody may enter again. */
	return ns->ops->free || ns->ops == &user_ns_ops ? -EINVAL : 0;
}

static int enter_ns(struct ns_common *ns)
{
	struct nsproxy *new = dup_nsproxy(current->nsproxy);
	int err;

	if (!new)
		return -ENOMEM;
	err = install_ns(new, ns);
	if (err) {
		put_nsproxy(new);
		return err;
	}
	switch_nsproxy(current, new);
	if (ns->ops == &mnt_ns_ops)
		mnt_ns_enter(to_mnt_ns(ns));
	return 0;
}

/* All that flags name, of another process. */
static int enter_namespaces_of(struct task_struct *t, unsigned int flags)
{
	static const char *const order[] = { "user", "uts", "ipc", "net", "cgroup", "pid", "mnt" };
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(order) && !err; i++) {
		struct ns_common *ns = task_ns_get(t, order[i]);

		if (!ns)
			return -ESRCH;
		if (flags & ns->ops->type)
			err = enter_ns(ns);
		ns_put(ns);
	}
	return err;
}

long sys_setns(long fd, long unstype)
{
	unsigned int nstype = (unsigned int)unstype;
	struct file *f = fget((unsigned int)fd);
	struct task_struct *t;
	struct ns_common *ns;
	int err = -EINVAL;

	if (!f)
		return -EBADF;
	ns = ns_of_file(f);
	t = ns ? NULL : pidfd_get_task(f);
	if (ns && (!nstype || nstype == ns->ops->type))
		err = enter_ns(ns);
	else if (t && nstype && !(nstype & ~(NAMESPACES_WE_HAVE | CLONE_NEWIPC | CLONE_NEWNET |
					     CLONE_NEWCGROUP | CLONE_NEWUSER | 0x80)))
		err = enter_namespaces_of(t, nstype);
	if (t)
		put_task_struct(t);
	fput(f);
	return err;
}
