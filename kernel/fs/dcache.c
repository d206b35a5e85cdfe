/* SPDX-License-Identifier: MIT */
/*
 * The dentry cache: names that were looked up, in a hash table by (directory,
 * name), and as a tree by d_parent and d_children.
 *
 * Three ways to live:
 *   pinned     in-memory file systems: a name that exists holds one count on
 *              itself, so the tree of dentries IS the directory;
 *   cached     disk file systems: with no users left it goes to the LRU list,
 *              from which dcache_shrink() frees it; it keeps its inode alive;
 *   transient  proc, negative names of memory file systems, anything unhashed:
 *              freed with the last user.
 *
 * Invariant: d_count goes from 1 to 0 only under dcache_lock, and d_lookup()
 * takes its count under it, so what is in the table is never being freed. A
 * dentry holds a count on its parent; so an ancestor outlives it.
 *
 * Locks: dcache_lock guards table, tree, names and LRU. d_parent and d_name
 * change only with both directories' i_rwsem held too.
 *
 * Linux: fs/dcache.c. Differs: one lock, no RCU, no per-dentry seqcount.
 */
#include "kernel/fs/internal.h"
#include "lib/hash.h"
#include "lib/string.h"
#include "mm/slab.h"

#define DCACHE_HASH_BITS 11
static struct hlist_head dentry_hashtable[1 << DCACHE_HASH_BITS];
DEFINE_SPINLOCK(dcache_lock, RANK_DCACHE);
static LIST_HEAD(dentry_lru);			/* (dcache_lock) unused, oldest first */
static loff_t next_d_off = 2;			/* (dcache_lock) 0 and 1 are . and .. */
static struct kmem_cache *dentry_cache;

/* Before anything is mounted. */
void dcache_init(void)
{
	dentry_cache = kmem_cache_create("dentry", sizeof(struct dentry), 8,
					 SLAB_RECLAIM_ACCOUNT | SLAB_PANIC, NULL);
}

/* The low bits of the hash choose; full_name_hash() has mixed the directory in. */
static struct hlist_head *d_bucket(u32 hash)
{
	return &dentry_hashtable[hash & ((1 << DCACHE_HASH_BITS) - 1)];
}

/* Short names, most of them, live in the dentry itself. */
static bool dentry_set_name(struct dentry *d, const char *name, int len)
{
	d->d_name = d->d_iname;
	if (len >= (int)sizeof(d->d_iname)) {
		d->d_name = kmalloc(len + 1, GFP_KERNEL);
		if (!d->d_name)
			return false;
	}
	memcpy(d->d_name, name, len);
	d->d_name[len] = 0;
	d->d_len = len;
	return true;
}

/* A dentry in no table: negative, unhashed, one count, and one count on its parent. */
struct dentry *d_alloc(struct dentry *parent, const char *name, int len)
{
	struct dentry *d = kmem_cache_zalloc(dentry_cache, GFP_KERNEL);

	if (!d)
		return NULL;
	if (!dentry_set_name(d, name, len)) {
		kmem_cache_free(dentry_cache, d);
		return NULL;
	}
	atomic_set(&d->d_count, 1);
	d->d_flags = DCACHE_UNHASHED;
	INIT_LIST_HEAD(&d->d_children);
	INIT_LIST_HEAD(&d->d_sibling);
	INIT_LIST_HEAD(&d->d_lru);
	d->d_parent = d;
	if (parent) {
		d->d_parent = dget(parent);
		d->d_sb = parent->d_sb;
		d->d_name_hash = full_name_hash(parent, name, len);
	}
	return d;
}

/* The root of a file system is its own parent and never hashed. */
struct dentry *d_make_root(struct inode *inode)
{
	struct dentry *d = inode ? d_alloc(NULL, "/", 1) : NULL;

	if (!d) {
		iput(inode);
		return NULL;
	}
	d->d_sb = inode->i_sb;
	d->d_inode = inode;
	return d;
}

/* Nobody can reach it any more. */
static void free_dentry(struct dentry *d)
{
	if (d->d_name != d->d_iname)
		kfree(d->d_name);
	kmem_cache_free(dentry_cache, d);
}

/* ---- table and tree. => dcache_lock ---- */

/* Into the table, and into the parent's list of children. */
static void __d_hash(struct dentry *d)
{
	VM_BUG_ON(!(d->d_flags & DCACHE_UNHASHED));
	d->d_flags &= ~DCACHE_UNHASHED;
	hlist_add_head(&d->d_hash, d_bucket(d->d_name_hash));
	/*
	 * Always at the end with a larger number: a readdir that stopped at one goes on behind
	 * it.
	 */
	d->d_off = next_d_off++;
	list_add_tail(&d->d_sibling, &d->d_parent->d_children);
}

/* Out of the table, so that no walk finds it; those who hold it keep it. */
static void __d_drop(struct dentry *d)
{
	if (d->d_flags & DCACHE_UNHASHED)
		return;
	d->d_flags |= DCACHE_UNHASHED;
	hlist_del(&d->d_hash);
	list_del_init(&d->d_sibling);
}

/* It is used again, or being freed. */
static void lru_del(struct dentry *d)
{
	if (d->d_flags & DCACHE_LRU) {
		d->d_flags &= ~DCACHE_LRU;
		list_del_init(&d->d_lru);
	}
}

/* The name exists now. Hashes the dentry if it is not: memory file systems need no more. */
void d_instantiate(struct dentry *d, struct inode *inode)
{
	spin_lock(&dcache_lock);
	d->d_inode = inode;
	if (d->d_flags & DCACHE_UNHASHED)
		__d_hash(d);
	spin_unlock(&dcache_lock);
}

/* What ->lookup() calls with its answer, an inode or NULL. */
void d_add(struct dentry *d, struct inode *inode)
{
	d_instantiate(d, inode);
}

/*
 * Counts are taken under the lock, see the invariant. The caller checks d_inode: the
 * answer may be "known not to exist".
 */
struct dentry *d_lookup(struct dentry *parent, const char *name, int len)
{
	u32 hash = full_name_hash(parent, name, len);
	struct dentry *d;

	spin_lock(&dcache_lock);
	hlist_for_each_entry(d, d_bucket(hash), d_hash) {
		/* Hashes collide, names do not. */
		if (d->d_name_hash == hash && d->d_parent == parent && d->d_len == len &&
		    !memcmp(d->d_name, name, len))
			break;
	}
	if (d)
		atomic_inc(&d->d_count);
	spin_unlock(&dcache_lock);
	return d;
}

/*
 * What a walk may step on without doing anything about it, if `more` follows: a link in the last
 * place is one only for who follows it.
 */
static inline bool d_plain(const struct dentry *d, bool more, unsigned int flags)
{
	const struct inode *inode = d->d_inode;

	if (!inode || d->d_flags & (DCACHE_MOUNTED | DCACHE_NOCACHE) ||
	    (d->d_op && d->d_op->d_revalidate))
		return false;
	return !S_ISLNK(inode->i_mode) || !(more || flags & LOOKUP_FOLLOW);
}

/* A component of a path in words, as dentries hold short names, so that it is read but once. */
struct component {
	u64 word[DNAME_INLINE_LEN / 8];
	u64 *last;			/* the word with the 0 behind the name */
	u32 hash;
};

/* Returns what follows the component that begins at p; NULL: it is too long for us. */
static inline const char *read_component(const struct dentry *dir, const char *p,
					 struct component *name)
{
	u64 hash = name_hash_begin(dir), *word = name->word, w;
	unsigned int shift;

	do {
		if (word == name->word + ARRAY_SIZE(name->word))
			return NULL;
		w = shift = 0;
		while (shift < 64 && *p && *p != '/') {
			w |= (u64)(u8)*p++ << shift;
			shift += 8;
		}
		hash = name_hash_word(hash, w);
		*word++ = w;
	} while (shift == 64);
	name->last = word - 1;
	name->hash = name_hash_end(hash);
	return p;
}

/* => dcache_lock held; not counted. A long name's d_iname is empty, so it is not found. */
static inline struct dentry *d_lookup_words(const struct dentry *parent,
					    const struct component *name)
{
	struct dentry *d;

	hlist_for_each_entry(d, d_bucket(name->hash), d_hash) {
		const u64 *a = (const u64 *)d->d_iname, *b = name->word;

		if (d->d_name_hash != name->hash || d->d_parent != parent)
			continue;
		for (; *a == *b; a++, b++) {
			if (b == name->last)
				return d;
		}
	}
	return NULL;
}

/*
 * One hold of the lock for all components, and one count for the last: a walk through
 * what is cached, which most are, costs little more than reading the name.
 */
struct dentry *d_walk_cached(struct dentry *dir, const char **name, unsigned int flags)
{
	struct dentry *d = dir, *child;
	const struct inode *inode;
	struct component comp;
	const char *p, *end;

	spin_lock(&dcache_lock);
	for (;; d = child, *name = end) {
		p = skip_slashes(*name);
		inode = d->d_inode;
		if (!*p || *p == '.' || !inode || !S_ISDIR(inode->i_mode) ||
		    inode->i_op->permission)
			break;
		end = read_component(d, p, &comp);
		if (!end || (flags & LOOKUP_PARENT && !*skip_slashes(end)))
			break;
		child = d_lookup_words(d, &comp);
		if (!child || !d_plain(child, *end, flags))
			break;
	}
	atomic_inc(&d->d_count);
	spin_unlock(&dcache_lock);
	return d;
}

/* Forget a name without touching the file: it may be looked up anew. */
void d_drop(struct dentry *d)
{
	spin_lock(&dcache_lock);
	__d_drop(d);
	spin_unlock(&dcache_lock);
}

/* ---- the end of a dentry ---- */

/* Does it stay cached although nobody uses it? */
static bool d_keep(const struct dentry *d)
{
	const struct dentry *parent = d->d_parent;

	if (d->d_flags & (DCACHE_UNHASHED | DCACHE_NOCACHE | DCACHE_PINNED))
		return false;
	/* In a directory that was removed nobody can look it up any more. */
	if ((parent->d_flags & DCACHE_UNHASHED) && parent != parent->d_parent)
		return false;
	return d->d_sb->s_bdev != NULL;
}

/* => dcache_lock held, count 0; dropped. Returns the parent whose count is now ours to drop. */
static struct dentry *d_kill(struct dentry *d) __releases(&dcache_lock)
{
	struct dentry *parent = d->d_parent;
	struct inode *inode = d->d_inode;

	VM_BUG_ON(!list_empty(&d->d_children));
	__d_drop(d);
	lru_del(d);
	d->d_inode = NULL;
	spin_unlock(&dcache_lock);
	iput(inode);
	free_dentry(d);
	return parent == d ? NULL : parent;
}

/* To the end of the list, unless it is there already: ls -l looks at each name twice. */
static void lru_add(struct dentry *d)
{
	if (list_is_last(&d->d_lru, &dentry_lru))
		return;
	lru_del(d);
	d->d_flags |= DCACHE_LRU;
	list_add_tail(&d->d_lru, &dentry_lru);
}

/*
 * Dropping the last count of a leaf may drop its parent's last, and so on up: a
 * loop, since the tree can be deeper than the stack.
 */
static noinline void dput_last(struct dentry *d)
{
	do {
		spin_lock(&dcache_lock);
		if (!atomic_dec_and_test(&d->d_count)) {
			spin_unlock(&dcache_lock);
			return;
		}
		if (d_keep(d)) {
			lru_add(d);
			spin_unlock(&dcache_lock);
			return;
		}
		d = d_kill(d);
	} while (d && !dec_unless_last(&d->d_count));
}

/* NULL is ignored. */
void dput(struct dentry *d)
{
	if (d && !dec_unless_last(&d->d_count))
		dput_last(d);
}

/*
 * The name is gone from its directory. If only the caller uses the dentry it
 * becomes negative, else it stays with its inode, unhashed, for who has it open.
 */
void d_delete(struct dentry *d)
{
	struct inode *inode = NULL;
	bool unpin;

	spin_lock(&dcache_lock);
	unpin = d->d_flags & DCACHE_PINNED;
	d->d_flags &= ~DCACHE_PINNED;
	if (atomic_read(&d->d_count) == 1 + unpin && !unpin) {
		inode = d->d_inode;
		d->d_inode = NULL;
	} else {
		__d_drop(d);
	}
	spin_unlock(&dcache_lock);
	iput(inode);
	if (unpin)
		dput(d);
}

/* Names change places or move: the hash depends on the parent. => dcache_lock. */
static void __d_rehash_at(struct dentry *d, struct dentry *parent)
{
	d->d_parent = parent;
	d->d_name_hash = full_name_hash(parent, d->d_name, d->d_len);
	__d_hash(d);
}

/* Two dentries exchange names; names too long for d_iname only exchange pointers. */
static void swap_names(struct dentry *a, struct dentry *b)
{
	char tmp[sizeof(a->d_iname)];
	char *a_name = a->d_name == a->d_iname ? NULL : a->d_name;
	char *b_name = b->d_name == b->d_iname ? NULL : b->d_name;

	memcpy(tmp, a->d_iname, sizeof(tmp));
	memcpy(a->d_iname, b->d_iname, sizeof(tmp));
	memcpy(b->d_iname, tmp, sizeof(tmp));
	a->d_name = b_name ? b_name : a->d_iname;
	b->d_name = a_name ? a_name : b->d_iname;
	swap(a->d_len, b->d_len);
}

/* d takes the name and place of target, which is unhashed (its file is unlinked by the caller). */
void d_move(struct dentry *d, struct dentry *target)
{
	struct dentry *old_parent, *new_parent = target->d_parent;

	spin_lock(&dcache_lock);
	old_parent = d->d_parent;
	__d_drop(d);
	__d_drop(target);
	swap_names(d, target);
	__d_rehash_at(d, new_parent);
	/* target keeps a parent: the references just change places. */
	target->d_parent = old_parent;
	target->d_name_hash = full_name_hash(old_parent, target->d_name, target->d_len);
	spin_unlock(&dcache_lock);
}

/* RENAME_EXCHANGE: both stay positive and hashed, at each other's place. */
void d_exchange(struct dentry *a, struct dentry *b)
{
	struct dentry *a_parent = a->d_parent, *b_parent = b->d_parent;

	spin_lock(&dcache_lock);
	__d_drop(a);
	__d_drop(b);
	swap_names(a, b);
	__d_rehash_at(a, b_parent);
	__d_rehash_at(b, a_parent);
	spin_unlock(&dcache_lock);
}

/* ---- walking the tree ---- */

/* Up from b; the caller keeps the tree from changing. */
bool d_ancestor(const struct dentry *a, const struct dentry *b)
{
	for (;; b = b->d_parent) {
		if (a == b)
			return true;
		if (b == b->d_parent)
			return false;
	}
}

/* For rmdir of memory file systems, whose children are all in the list. */
bool d_has_children(struct dentry *dir)
{
	struct dentry *child;
	bool found = false;

	spin_lock(&dcache_lock);
	list_for_each_entry(child, &dir->d_children, d_sibling) {
		found = child->d_inode != NULL;
		if (found)
			break;
	}
	spin_unlock(&dcache_lock);
	return found;
}

int sysctl_vfs_cache_pressure = 100;
static DECLARE_WAIT_QUEUE_HEAD(shrink_wait);	/* an s_shrinking of a dying file system is 0 */

/*
 * The oldest, for shrink_one(). Not one that was found again meanwhile, and not one of a file
 * system without mounts, whose names all go anyway. => dcache_lock held.
 */
static struct dentry *lru_take(void)
{
	struct dentry *d;

	while (!list_empty(&dentry_lru)) {
		d = list_first_entry(&dentry_lru, struct dentry, d_lru);
		lru_del(d);
		if (!atomic_read(&d->d_count) && atomic_read(&d->d_sb->s_active))
			return d;
	}
	return NULL;
}

/* Its inode and its parent are of the file system too: umount(2) waits until they are put. */
static void shrink_one(struct dentry *d) __releases(&dcache_lock)
{
	struct super_block *sb = d->d_sb;
	bool last;

	sb->s_shrinking++;
	dput(d_kill(d));
	spin_lock(&dcache_lock);
	last = !--sb->s_shrinking && !atomic_read(&sb->s_active);
	spin_unlock(&dcache_lock);
	if (last)
		wake_up_all(&shrink_wait);
}

/*
 * Oldest first. Freeing a dentry drops its inode and so its page cache: this is how
 * memory of closed disk files comes back.
 */
unsigned long dcache_shrink(unsigned long nr)
{
	unsigned long freed;

	for (freed = 0; freed < nr; freed++) {
		struct dentry *d;

		spin_lock(&dcache_lock);
		d = lru_take();
		if (!d) {
			spin_unlock(&dcache_lock);
			break;
		}
		shrink_one(d);
	}
	return freed;
}

static bool is_shrinking(struct super_block *sb)
{
	bool is;

	spin_lock(&dcache_lock);
	is = sb->s_shrinking;
	spin_unlock(&dcache_lock);
	return is;
}

/*
 * An empty directory is removed: the names known not to exist in it would keep it in
 * memory, and with it its inode.
 */
void d_prune_children(struct dentry *dir)
{
	struct dentry *child, *found;

	do {
		found = NULL;
		spin_lock(&dcache_lock);
		list_for_each_entry(child, &dir->d_children, d_sibling) {
			if (!atomic_read(&child->d_count) && !child->d_inode) {
				found = child;
				break;
			}
		}
		if (!found) {
			spin_unlock(&dcache_lock);
			break;
		}
		dput(d_kill(found));
	} while (true);
}

/* A leaf of the tree below root, or root itself. => dcache_lock. */
static struct dentry *d_leaf(struct dentry *root)
{
	while (!list_empty(&root->d_children))
		root = list_first_entry(&root->d_children, struct dentry, d_sibling);
	return root;
}

/*
 * Nobody can reach the file system any more: all names go, leaves first. A
 * pinned name loses the count it held on itself.
 */
void shrink_dcache_for_umount(struct super_block *sb)
{
	struct dentry *root = sb->s_root, *d;

	wait_event(shrink_wait, !is_shrinking(sb));
	for (;;) {
		spin_lock(&dcache_lock);
		d = d_leaf(root);
		if (d == root) {
			spin_unlock(&dcache_lock);
			break;
		}
		if (d->d_flags & DCACHE_PINNED) {
			d->d_flags &= ~DCACHE_PINNED;
			atomic_dec(&d->d_count);
		}
		if (WARN_ON(atomic_read(&d->d_count))) {
			__d_drop(d);		/* somebody leaked it: out of our way */
			spin_unlock(&dcache_lock);
			continue;
		}
		/* The parent has more counts: ours, its own pin, or it is the root. */
		d = d_kill(d);
		atomic_dec(&d->d_count);
	}
	sb->s_root = NULL;
	dput(root);
}
