/* SPDX-License-Identifier: MIT */
/*
 * Descriptor tables: from the small number a program has to its struct file.
 *
 * A table starts with 64 places inside files_struct and grows by doubling, up
 * to RLIMIT_NOFILE. A descriptor is first reserved (its bit in open_fds), then
 * filled (fd_install), so that what can fail is done before others see it.
 *
 * A program with one thread pays no atomic operation for fdget(): nobody else
 * can change its table. Others take files->lock and count the file.
 *
 * The way of a number:
 *
 *	get_unused_fd_flags()   bit set in open_fds, fd[n] still NULL
 *	fd_install()            fd[n] = file, the reference is the table's
 *	close_fd()              fd[n] = NULL, bit clear, then ->flush() and fput()
 *
 * Between the first two steps the number is taken but reads as EBADF; dup3(2) to
 * it is EBUSY, as it would be closed by the one who opens it now.
 *
 * next_fd is a hint that makes "the lowest free number", which POSIX demands of
 * open(2), cheap: nothing below it is free.
 *
 * Ask yourself: thread A is inside read(5, ...), thread B closes 5 and opens
 * another file, which becomes 5. Which file does A read from, and why does it
 * still exist?
 *
 * Locks: files->lock. Only a task of the process changes the table; readers from
 * outside (/proc) take the lock. Files are put after the lock is dropped.
 *
 * Linux: fs/file.c. Differs: a lock instead of RCU for shared tables.
 */
#include "kernel/fork.h"
#include "kernel/fs/fs_syscalls.h"
#include "kernel/fs/internal.h"
#include "lib/string.h"
#include "mm/slab.h"

#define NR_OPEN_DEFAULT	64

static struct kmem_cache *files_cache;

struct files_struct init_files = {
	.refcount = ATOMIC_INIT(1),
	.lock = SPIN_LOCK_INIT(RANK_FILES, "files->lock"),
	.max_fds = NR_OPEN_DEFAULT,
	.fd = init_files.fd_init,
	.open_fds = init_files.open_init,
	.close_on_exec = init_files.cloexec_init,
};

/* Caches for the tables of processes; init_files is static. */
void file_init(void)
{
	files_cache = kmem_cache_create("files_cache", sizeof(struct files_struct), 8, SLAB_PANIC,
					NULL);
}

/* ---- finding ---- */

/* Nobody else can change or free it while we look: the short way is safe. */
static inline bool table_is_ours(const struct files_struct *files)
{
	return atomic_read(&files->refcount) == 1;
}

/* With the lock, for tables that others use too. */
static struct file *files_get(struct files_struct *files, unsigned int fd)
{
	struct file *f = NULL;

	spin_lock(&files->lock);
	if (fd < files->max_fds)
		f = files->fd[fd];
	if (f)
		get_file(f);
	spin_unlock(&files->lock);
	return f;
}

/* O_PATH files as well: for calls that work on the name behind a descriptor. */
struct file *fget_raw(unsigned int fd)
{
	return files_get(current->files, fd);
}

/* For calls that read, write or control: an O_PATH file is no file to them. */
struct file *fget(unsigned int fd)
{
	struct file *f = fget_raw(fd);

	if (f && unlikely(f->f_mode & FMODE_PATH)) {
		fput(f);
		return NULL;
	}
	return f;
}

/* Guards task->files against exit_files(), for those who look from outside. */
static DEFINE_SPINLOCK(task_files_lock, RANK_FILES);

/* A count on another task's table, so that it survives that task's exit; see exit_files(). */
static struct files_struct *get_task_files(struct task_struct *t)
{
	struct files_struct *files;

	spin_lock(&task_files_lock);
	files = t->files;
	if (files)
		atomic_inc(&files->refcount);
	spin_unlock(&task_files_lock);
	return files;
}

static void put_files_struct(struct files_struct *files);

/* The table may lose its last user while we look: put_files_struct() then closes for it. */
struct file *fget_task(struct task_struct *t, unsigned int fd)
{
	struct files_struct *files = get_task_files(t);
	struct file *f;

	if (!files)
		return NULL;
	f = files_get(files, fd);
	put_files_struct(files);
	return f;
}

/* *fd moves on to the next open number, itself included. */
bool next_fd_task(struct task_struct *t, unsigned int *fd)
{
	struct files_struct *files = get_task_files(t);
	unsigned int n = *fd;
	bool found = false;

	if (!files)
		return false;
	spin_lock(&files->lock);
	for (; n < files->max_fds && !found; n++) {
		found = files->fd[n] != NULL;
		if (found)
			*fd = n;
	}
	spin_unlock(&files->lock);
	put_files_struct(files);
	return found;
}

unsigned int task_fd_size(struct task_struct *t)
{
	struct files_struct *files = get_task_files(t);
	unsigned int size;

	if (!files)
		return 0;
	size = READ_ONCE(files->max_fds);
	put_files_struct(files);
	return size;
}

/* ---- growing ---- */

/* The first 64 places are part of files_struct. */
static void free_table(struct files_struct *files, struct file **fd)
{
	if (fd != files->fd_init)
		kfree(fd);
}

/*
 * One block holds the three arrays. => files->lock held; dropped and taken again,
 * so the caller looks again. 0, -EMFILE, -ENOMEM.
 */
static int expand_files(struct files_struct *files, unsigned int nr) __requires(&files->lock)
{
	unsigned int max = roundup_pow_of_two(max(nr + 1, 2U * NR_OPEN_DEFAULT));
	struct file **fd, **old;
	unsigned long *open, *cloexec;

	if (nr >= NR_OPEN_MAX)
		return -EMFILE;
	spin_unlock(&files->lock);
	fd = kzalloc(max * sizeof(*fd) + max / 8 * 2, GFP_KERNEL);
	spin_lock(&files->lock);
	if (!fd)
		return -ENOMEM;
	if (files->max_fds >= max) {		/* another thread was faster */
		kfree(fd);
		return 0;
	}
	open = (unsigned long *)(fd + max);
	cloexec = open + max / 64;
	memcpy(fd, files->fd, files->max_fds * sizeof(*fd));
	memcpy(open, files->open_fds, files->max_fds / 8);
	memcpy(cloexec, files->close_on_exec, files->max_fds / 8);
	old = files->fd;
	files->fd = fd;
	files->open_fds = open;
	files->close_on_exec = cloexec;
	files->max_fds = max;
	free_table(files, old);
	return 0;
}

/* => files->lock. The first free number from start on; max_fds if there is none. */
static unsigned int find_free_fd(const struct files_struct *files, unsigned int start)
{
	unsigned int word = start / 64, nr_words = files->max_fds / 64;
	unsigned long used;

	for (; word < nr_words; word++) {
		used = files->open_fds[word];
		if (word == start / 64)
			used |= (1UL << start % 64) - 1;
		if (~used)
			return word * 64 + ffz(used);
	}
	return files->max_fds;
}

/* The search starts at next_fd, below which nothing is free. */
int alloc_fd(unsigned int start, unsigned int flags)
{
	struct files_struct *files = current->files;
	unsigned long limit = current->signal->rlim[RLIMIT_NOFILE].rlim_cur;
	unsigned int fd;
	int err;

	spin_lock(&files->lock);
	for (;;) {
		fd = find_free_fd(files, max(start, files->next_fd));
		err = -EMFILE;
		if (fd >= limit)
			break;
		if (fd >= files->max_fds || start >= files->max_fds) {
			err = expand_files(files, max(fd, start));
			if (err)
				break;
			continue;
		}
		__set_bit(fd, files->open_fds);
		__clear_bit(fd, files->close_on_exec);
		if (flags & O_CLOEXEC)
			__set_bit(fd, files->close_on_exec);
		if (start <= files->next_fd)
			files->next_fd = fd + 1;
		err = (int)fd;
		break;
	}
	spin_unlock(&files->lock);
	return err;
}

/* Reserve the lowest number, as open(2) must return. */
int get_unused_fd_flags(unsigned int flags)
{
	return alloc_fd(0, flags);
}

/* => files->lock. */
static void __put_unused_fd(struct files_struct *files, unsigned int fd)
{
	__clear_bit(fd, files->open_fds);
	__clear_bit(fd, files->close_on_exec);
	if (fd < files->next_fd)
		files->next_fd = fd;
}

/* What was reserved is not needed: the open failed. */
void put_unused_fd(unsigned int fd)
{
	spin_lock(&current->files->lock);
	__put_unused_fd(current->files, fd);
	spin_unlock(&current->files->lock);
}

/* Nothing can fail any more; the reference on f becomes the table's. */
void fd_install(unsigned int fd, struct file *f)
{
	struct files_struct *files = current->files;

	spin_lock(&files->lock);
	VM_BUG_ON(files->fd[fd] || !test_bit(fd, files->open_fds));
	files->fd[fd] = f;
	spin_unlock(&files->lock);
}

/* ---- closing ---- */

/*
 * ->flush() may report an error (of delayed writing) to close(2); the file goes anyway. So do the
 * process's record locks on it, though it may have the file open elsewhere: POSIX wants that. An
 * O_PATH file is none to lock.
 */
static int filp_close(struct file *f, struct files_struct *owner)
{
	int err = 0;

	if (!(f->f_mode & FMODE_PATH))
		locks_remove(f->f_inode, owner);
	if (f->f_op && f->f_op->flush)
		err = f->f_op->flush(f);
	fput(f);
	return err;
}

/* => files->lock. The file that was there, now the caller's; NULL: none. */
static struct file *take_fd(struct files_struct *files, unsigned int fd)
{
	struct file *f = fd < files->max_fds ? files->fd[fd] : NULL;

	if (f) {
		files->fd[fd] = NULL;
		__put_unused_fd(files, fd);
	}
	return f;
}

/* The number is free for others before ->flush() and ->release() run. */
int close_fd(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *f;

	spin_lock(&files->lock);
	f = take_fd(files, fd);
	spin_unlock(&files->lock);
	return f ? filp_close(f, files) : -EBADF;
}

/* close(2). */
long sys_close(long fd)
{
	int err = close_fd((unsigned int)fd);

	/* The descriptor is gone in any case: the call must not be restarted. */
	return err == -ERESTARTSYS ? -EINTR : err;
}

/* Close all of `which`, or all that are open if NULL. */
static void close_files(struct files_struct *files, const unsigned long *which)
{
	for (unsigned int word = 0; word < files->max_fds / 64; word++) {
		unsigned long set = which ? which[word] : files->open_fds[word];

		for (; set; set &= set - 1) {
			struct file *f;

			spin_lock(&files->lock);
			f = take_fd(files, word * 64 + __ffs(set));
			spin_unlock(&files->lock);
			if (f)
				filp_close(f, files);
			cond_resched();
		}
	}
}

/* execve has unshared the table before. */
void do_close_on_exec(struct files_struct *files)
{
	close_files(files, files->close_on_exec);
}

/* close_range(2): from first to last, both included, however large last is. */
long sys_close_range(unsigned long first, unsigned long last, long flags)
{
	struct files_struct *files;
	unsigned int lo = (unsigned int)first, hi = (unsigned int)last;
	int err;

	if ((flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) || lo > hi)
		return -EINVAL;
	if (flags & CLOSE_RANGE_UNSHARE) {
		err = unshare_files();
		if (err)
			return err;
	}
	files = current->files;
	for (unsigned int fd = lo; fd <= hi && fd < READ_ONCE(files->max_fds); fd++) {
		if (flags & CLOSE_RANGE_CLOEXEC) {
			spin_lock(&files->lock);
			if (files->fd[fd])
				__set_bit(fd, files->close_on_exec);
			spin_unlock(&files->lock);
		} else {
			(void)close_fd(fd);
		}
	}
	return 0;
}

/* As dup3(2): f's reference goes into the table, what was there is closed. */
int replace_fd(unsigned int fd, struct file *f, unsigned int flags)
{
	struct files_struct *files = current->files;
	struct file *old;
	int err = 0;

	spin_lock(&files->lock);
	while (!err && fd >= files->max_fds)
		err = expand_files(files, fd);
	if (!err && !files->fd[fd] && test_bit(fd, files->open_fds))
		err = -EBUSY;		/* reserved by an open(2) on its way */
	if (err) {
		spin_unlock(&files->lock);
		return err;
	}
	old = files->fd[fd];
	files->fd[fd] = f;
	__set_bit(fd, files->open_fds);
	if (flags & O_CLOEXEC)
		__set_bit(fd, files->close_on_exec);
	else
		__clear_bit(fd, files->close_on_exec);
	spin_unlock(&files->lock);
	if (old)
		filp_close(old, files);
	return 0;
}

/* F_GETFD. */
bool get_close_on_exec(unsigned int fd)
{
	struct files_struct *files = current->files;
	bool set;

	spin_lock(&files->lock);
	set = fd < files->max_fds && test_bit(fd, files->close_on_exec);
	spin_unlock(&files->lock);
	return set;
}

/* F_SETFD and FIOCLEX. */
void set_close_on_exec(unsigned int fd, bool on)
{
	struct files_struct *files = current->files;

	spin_lock(&files->lock);
	if (fd < files->max_fds && files->fd[fd]) {
		__clear_bit(fd, files->close_on_exec);
		if (on)
			__set_bit(fd, files->close_on_exec);
	}
	spin_unlock(&files->lock);
}

/* ---- life of a table ---- */

/* An empty table of 64 places. */
static struct files_struct *alloc_files(void)
{
	struct files_struct *files = kmem_cache_zalloc(files_cache, GFP_KERNEL);

	if (!files)
		return NULL;
	atomic_set(&files->refcount, 1);
	spin_lock_init(&files->lock, RANK_FILES, "files->lock");
	files->max_fds = NR_OPEN_DEFAULT;
	files->fd = files->fd_init;
	files->open_fds = files->open_init;
	files->close_on_exec = files->cloexec_init;
	return files;
}

/* The last user closes everything, in order of number. */
static void put_files_struct(struct files_struct *files)
{
	if (!files || !atomic_dec_and_test(&files->refcount))
		return;
	close_files(files, NULL);
	free_table(files, files->fd);
	kmem_cache_free(files_cache, files);
}

/*
 * => both locks held where needed: dst is new. Numbers that are reserved but empty are not
 * copied.
 */
static void copy_table(struct files_struct *dst, const struct files_struct *src)
{
	for (unsigned int word = 0; word < src->max_fds / 64; word++) {
		unsigned long set = src->open_fds[word];

		dst->close_on_exec[word] = src->close_on_exec[word];
		for (; set; set &= set - 1) {
			unsigned int fd = word * 64 + __ffs(set);
			struct file *f = src->fd[fd];

			if (!f)
				continue;
			dst->fd[fd] = get_file(f);
			__set_bit(fd, dst->open_fds);
		}
	}
	/* Not the other's: numbers that are reserved there are free here. */
	dst->next_fd = 0;
}

/*
 * A copy with the size of the original, which another thread may be growing: so look
 * again after each allocation.
 */
static int dup_files(struct files_struct *old, struct files_struct **result)
{
	struct files_struct *new = alloc_files();
	int err = 0;

	if (!new)
		return -ENOMEM;
	spin_lock(&old->lock);
	while (new->max_fds < old->max_fds) {
		unsigned int max = old->max_fds;

		spin_unlock(&old->lock);
		spin_lock(&new->lock);
		err = expand_files(new, max - 1);
		spin_unlock(&new->lock);
		if (err) {
			put_files_struct(new);
			return err;
		}
		spin_lock(&old->lock);
	}
	copy_table(new, old);
	spin_unlock(&old->lock);
	*result = new;
	return 0;
}

/*
 * For a new task: CLONE_FILES shares the table, else it is copied; files are shared
 * in any case.
 */
int copy_files(u64 clone_flags, struct task_struct *t)
{
	struct files_struct *old = current->files;

	if (!old)
		return 0;
	if (clone_flags & CLONE_FILES) {
		atomic_inc(&old->refcount);
		t->files = old;
		return 0;
	}
	return dup_files(old, &t->files);
}

/* Under the lock, so that get_task_files() finds either a live table or none. */
void exit_files(struct task_struct *t)
{
	struct files_struct *files;

	spin_lock(&task_files_lock);
	files = t->files;
	t->files = NULL;
	spin_unlock(&task_files_lock);
	put_files_struct(files);
}

/* unshare(CLONE_FILES), execve and close_range(CLOSE_RANGE_UNSHARE). */
int unshare_files(void)
{
	struct files_struct *old = current->files, *new;
	int err;

	if (table_is_ours(old))
		return 0;
	err = dup_files(old, &new);
	if (err)
		return err;
	spin_lock(&task_files_lock);
	current->files = new;
	spin_unlock(&task_files_lock);
	put_files_struct(old);
	return 0;
}
