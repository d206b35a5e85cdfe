/* SPDX-License-Identifier: MIT */
/*
 * vsprintf.c - printf into a buffer.
 *
 * vsnprintf() walks the format; parse_spec() decodes one conversion; put_number() and
 * put_string() lay it out. All output goes through struct out, which counts every
 * character and stores those that fit, so the length is right even when nothing fits.
 *
 * No state, no locks: printk calls it from anywhere, panic included.
 *
 * Linux: lib/vsprintf.c. Differs: see vsprintf.h.
 */
#include "lib/ctype.h"
#include "lib/kernel.h"
#include "lib/string.h"
#include "lib/vsprintf.h"

struct out {
	char *buf;
	size_t size;		/* of buf, with the NUL */
	size_t len;		/* characters so far, stored or not */
};

struct spec {
	bool left, plus, space, alt, zero;	/* flags - + space # 0 */
	bool upper;
	int width;
	int precision;				/* -1: none given */
	char size;				/* 'H' hh, 'h', 0 int, 'l' 64 bits */
};

/* An unsigned 64-bit number in octal has 22 digits. */
#define MAX_DIGITS	24

/* Every character goes through here or is counted here: len is what snprintf returns. */
static void put_char(struct out *out, char c)
{
	if (out->len < out->size)
		out->buf[out->len] = c;
	out->len++;
}

/* Padding; a negative @n, from a text wider than its field, is none. */
static void put_repeat(struct out *out, char c, int n)
{
	while (n-- > 0)
		put_char(out, c);
}

/* Text of known length; s need not have a NUL. */
static void put_bytes(struct out *out, const char *s, size_t n)
{
	while (n--)
		put_char(out, *s++);
}

/* The digits of @val at the end of @buf; returns the first. Zero has no digits. */
static char *format_digits(char *end, u64 val, unsigned int base, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";

	/* Constant divisors become multiplications and shifts. */
	if (base == 10) {
		for (; val; val /= 10)
			*--end = digits[val % 10];
	} else if (base == 16) {
		for (; val; val >>= 4)
			*--end = digits[val & 15];
	} else {
		for (; val; val >>= 3)
			*--end = digits[val & 7];
	}
	return end;
}

/* Lay out @val with the @prefix (sign, or 0x) that goes in front of any zeros. */
static void put_number(struct out *out, const struct spec *spec, u64 val, unsigned int base,
		       const char *prefix)
{
	char buf[MAX_DIGITS];
	char *end = buf + sizeof(buf);
	char *digits = format_digits(end, val, base, spec->upper);
	int nr = (int)(end - digits);
	int prefix_len = (int)strlen(prefix);
	int zeros = max(spec->precision < 0 ? 1 : spec->precision, nr) - nr;
	int pad;

	/* %#o: the first digit must be a zero. */
	if (spec->alt && base == 8 && !zeros && (!nr || *digits != '0'))
		zeros = 1;
	pad = spec->width - prefix_len - zeros - nr;
	if (spec->zero && !spec->left && spec->precision < 0 && pad > 0) {
		zeros += pad;
		pad = 0;
	}
	if (!spec->left)
		put_repeat(out, ' ', pad);
	put_bytes(out, prefix, (size_t)prefix_len);
	put_repeat(out, '0', zeros);
	put_bytes(out, digits, (size_t)nr);
	if (spec->left)
		put_repeat(out, ' ', pad);
}

/* The precision bounds how far @s is read: "%.*s" prints what has no NUL. */
static void put_string(struct out *out, const struct spec *spec, const char *s)
{
	size_t max = spec->precision < 0 ? SIZE_MAX : (size_t)spec->precision;
	size_t len;
	int pad;

	if (!s)
		s = "(null)";
	len = strnlen(s, max);
	pad = len < INT_MAX ? spec->width - (int)len : 0;
	if (!spec->left)
		put_repeat(out, ' ', pad);
	put_bytes(out, s, len);
	if (spec->left)
		put_repeat(out, ' ', pad);
}

/* Flags, up to the first character that is none. */
static const char *parse_flags(const char *fmt, struct spec *spec)
{
	for (;; fmt++) {
		switch (*fmt) {
		case '-': spec->left = true; break;
		case '+': spec->plus = true; break;
		case ' ': spec->space = true; break;
		case '#': spec->alt = true; break;
		case '0': spec->zero = true; break;
		default: return fmt;
		}
	}
}

/*
 * A decimal number or *, from the format or the arguments. A number too large to be meant is
 * held at INT_MAX / 2, so that sums with it do not overflow.
 */
static const char *parse_int(const char *fmt, int *val, va_list *args)
{
	int v = 0;

	if (*fmt == '*') {
		*val = va_arg(*args, int);
		return fmt + 1;
	}
	for (; isdigit((u8)*fmt); fmt++)
		v = v < INT_MAX / 10 - 1 ? v * 10 + (*fmt - '0') : INT_MAX / 2;
	*val = v;
	return fmt;
}

/* hh h l ll z t j; all but the first two are 64 bits here. */
static const char *parse_size(const char *fmt, struct spec *spec)
{
	spec->size = 0;
	if (*fmt == 'h') {
		spec->size = fmt[1] == 'h' ? 'H' : 'h';
		return fmt + (fmt[1] == 'h' ? 2 : 1);
	}
	while (*fmt == 'l' || *fmt == 'z' || *fmt == 't' || *fmt == 'j') {
		spec->size = 'l';
		fmt++;
	}
	return fmt;
}

/* Decode what is between % and the conversion character; returns the latter. */
static const char *parse_spec(const char *fmt, struct spec *spec, va_list *args)
{
	*spec = (struct spec){ .precision = -1 };
	fmt = parse_flags(fmt, spec);
	fmt = parse_int(fmt, &spec->width, args);
	if (spec->width < 0) {
		/* A negative * means "left-aligned". */
		spec->left = true;
		spec->width = spec->width == INT_MIN ? 0 : -spec->width;
	}
	if (*fmt == '.') {
		fmt = parse_int(fmt + 1, &spec->precision, args);
		if (spec->precision < 0)
			spec->precision = -1;
	}
	return parse_size(fmt, spec);
}

/*
 * The argument was promoted to int (or is 64 bits wide); h and hh cut it back to what the
 * caller meant. The magnitude is formed unsigned, where negating the smallest is defined.
 */
static void put_signed(struct out *out, struct spec *spec, va_list *args)
{
	s64 val = spec->size == 'l' ? va_arg(*args, s64) : va_arg(*args, int);
	const char *sign = spec->plus ? "+" : spec->space ? " " : "";

	if (spec->size == 'h')
		val = (s16)val;
	else if (spec->size == 'H')
		val = (s8)val;
	if (val < 0)
		sign = "-";
	put_number(out, spec, val < 0 ? -(u64)val : (u64)val, 10, sign);
}

/* u o x X: one path, the base and the prefix differ. */
static void put_unsigned(struct out *out, struct spec *spec, char conv, va_list *args)
{
	u64 val = spec->size == 'l' ? va_arg(*args, u64) : va_arg(*args, unsigned int);
	unsigned int base = conv == 'o' ? 8 : conv == 'u' ? 10 : 16;
	const char *prefix = "";

	if (spec->size == 'h')
		val = (u16)val;
	else if (spec->size == 'H')
		val = (u8)val;
	spec->upper = conv == 'X';
	if (spec->alt && base == 16 && val)
		prefix = spec->upper ? "0X" : "0x";
	put_number(out, spec, val, base, prefix);
}

/* All 16 digits, so that columns of addresses line up. */
static void put_pointer(struct out *out, struct spec *spec, const void *ptr)
{
	spec->precision = 2 * (int)sizeof(ptr);
	put_number(out, spec, (uintptr_t)ptr, 16, "");
}

/* One conversion; @fmt is behind the %. Returns what follows it. */
static const char *put_conversion(struct out *out, const char *fmt, va_list *args)
{
	const char *start = fmt;
	struct spec spec;
	char c;

	fmt = parse_spec(fmt, &spec, args);
	switch (*fmt) {
	case 'd': case 'i':
		put_signed(out, &spec, args);
		break;
	case 'u': case 'x': case 'X': case 'o':
		put_unsigned(out, &spec, *fmt, args);
		break;
	case 'p':
		put_pointer(out, &spec, va_arg(*args, void *));
		fmt += fmt[1] == 'x';
		break;
	case 's':
		put_string(out, &spec, va_arg(*args, const char *));
		break;
	case 'c':
		c = (char)va_arg(*args, int);
		put_repeat(out, ' ', spec.left ? 0 : spec.width - 1);
		put_char(out, c);
		put_repeat(out, ' ', spec.left ? spec.width - 1 : 0);
		break;
	case '%':
		put_char(out, '%');
		break;
	default:
		/* Not ours: show it as it stands, the arguments no longer match. */
		put_char(out, '%');
		return start;
	}
	return fmt + 1;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out out = { .buf = buf, .size = size };
	va_list copy;

	/* A va_list may be an array type; only a copy of our own can be passed by address. */
	va_copy(copy, args);
	while (*fmt) {
		if (*fmt == '%')
			fmt = put_conversion(&out, fmt + 1, &copy);
		else
			put_char(&out, *fmt++);
	}
	va_end(copy);
	if (size)
		buf[min(out.len, size - 1)] = '\0';
	return (int)min_t(size_t, out.len, INT_MAX);
}

/* The variadic forms only collect their arguments: the work is in the v forms. */
int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

/* Nothing was written if there is no room even for the NUL. */
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	int len = vsnprintf(buf, size, fmt, args);

	if ((size_t)len < size)
		return len;
	return size ? (int)(size - 1) : 0;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}
