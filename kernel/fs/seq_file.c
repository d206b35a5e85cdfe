/* SPDX-License-Identifier: MIT */
/*
 * seq_file: text that is made when a /proc file is read.
 *
 * The whole text is made by one call of show() at the first read, into a buffer
 * that doubles until it is large enough; later reads take pieces of it, and one
 * at offset 0 makes it anew. So a reader sees one moment, whatever its buffer.
 *
 * Locks: a mutex per open file; show() runs with it held and may sleep.
 *
 * Linux: fs/seq_file.c. Differs: no iterator; the text as a whole.
 */
#include "kernel/fs/internal.h"
#include "lib/string.h"
#include "lib/vsprintf.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

#define SEQ_MAX	(16UL << 20)

struct single {
	struct seq_file m;
	struct mutex lock;
	int (*show)(struct seq_file *m, void *v);
	bool made;
};

/* By size, as it was allocated. */
static void seq_free(struct seq_file *m)
{
	if (m->size > KMALLOC_MAX_CACHE_SIZE)
		vfree(m->buf);
	else
		kfree(m->buf);
	m->buf = NULL;
}

/* Large texts (maps of a process with many areas) need not be contiguous. */
static int seq_alloc(struct seq_file *m, size_t size)
{
	m->buf = size > KMALLOC_MAX_CACHE_SIZE ? vmalloc(size) : kmalloc(size, GFP_KERNEL);
	m->size = m->buf ? size : 0;
	return m->buf ? 0 : -ENOMEM;
}

/* count == size means that something did not fit. */
static bool seq_overflow(const struct seq_file *m)
{
	return m->count >= m->size;
}

/* What does not fit is noticed by seq_overflow(), and all is made again. */
void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	size_t room = m->size - m->count;
	va_list args;
	int len;

	if (seq_overflow(m))
		return;
	va_start(args, fmt);
	len = vsnprintf(m->buf + m->count, room, fmt, args);
	va_end(args);
	m->count += min_t(size_t, len, room);
}

/* Bytes as they are: command lines have 0s in them. */
void seq_write(struct seq_file *m, const void *data, size_t n)
{
	if (seq_overflow(m))
		return;
	if (n >= m->size - m->count) {
		m->count = m->size;
		return;
	}
	memcpy(m->buf + m->count, data, n);
	m->count += n;
}

/* A string without its 0. */
void seq_puts(struct seq_file *m, const char *s)
{
	seq_write(m, s, strlen(s));
}

/* One character. */
void seq_putc(struct seq_file *m, char c)
{
	seq_write(m, &c, 1);
}

/* Characters that would end a field are written in octal, as \012. */
void seq_path(struct seq_file *m, const struct path *path)
{
	char *buf = names_alloc(), *p;

	if (!buf)
		return;
	for (p = d_path(path, buf, PATH_MAX); *p; p++) {
		if (*p == '\n' || *p == '\\')
			seq_printf(m, "\\%03o", (unsigned char)*p);
		else
			seq_putc(m, *p);
	}
	putname(buf);
}

/* No text yet: who opens a file and never reads it costs little. */
int single_open(struct file *f, int (*show)(struct seq_file *m, void *v), void *data)
{
	struct single *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	mutex_init(&s->lock, RANK_SEQ, "seq_file");
	s->show = show;
	s->m.file = f;
	s->m.private = data;
	f->private_data = s;
	return 0;
}

/* The last close. */
void single_release(struct inode *inode, struct file *f)
{
	struct single *s = f->private_data;

	seq_free(&s->m);
	kfree(s);
}

/* => s->lock held. */
static int seq_make(struct single *s)
{
	size_t size = s->m.size ? s->m.size : PAGE_SIZE;
	int err;

	for (;; size *= 2) {
		if (size != s->m.size) {
			seq_free(&s->m);
			err = size > SEQ_MAX ? -EFBIG : seq_alloc(&s->m, size);
			if (err)
				return err;
		}
		s->m.count = 0;
		err = s->show(&s->m, s->m.private);
		if (err || !seq_overflow(&s->m))
			break;
	}
	s->made = !err;
	return err;
}

/* A read at 0 shows the state of now: tools rewind and read again. */
ssize_t seq_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct single *s = iocb->ki_filp->private_data;
	ssize_t ret = 0;
	size_t n;

	mutex_lock(&s->lock);
	if (!s->made || iocb->ki_pos == 0)
		ret = seq_make(s);
	if (!ret && iocb->ki_pos < (loff_t)s->m.count) {
		n = min_t(size_t, to->count, s->m.count - iocb->ki_pos);
		ret = copy_to_iter(s->m.buf + iocb->ki_pos, n, to);
		if (!ret && n)
			ret = -EFAULT;
	}
	mutex_unlock(&s->lock);
	if (ret > 0)
		iocb->ki_pos += ret;
	return ret;
}
