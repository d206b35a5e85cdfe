/* SPDX-License-Identifier: MIT */
/*
 * kstrtox.c - numbers from text.
 *
 * One scanner, scan_digits(), under both families; it says how many digits there were and
 * whether the value overflowed, and the callers decide what that means. No state, no locks.
 *
 * Linux: lib/kstrtox.c, lib/cmdline.c (memparse). Differs: see kstrtox.h.
 */
#include "lib/ctype.h"
#include "lib/errno.h"
#include "lib/kernel.h"
#include "lib/kstrtox.h"

/* The value of a digit in any base up to 36; 99 for what is no digit. */
static unsigned int digit_value(char c)
{
	if (isdigit((u8)c))
		return (unsigned int)(c - '0');
	if (isalpha((u8)c))
		return (unsigned int)(tolower((u8)c) - 'a' + 10);
	return 99;
}

/* Skip a base prefix, and find the base if *base is 0. */
static const char *skip_prefix(const char *s, unsigned int *base)
{
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && isxdigit((u8)s[2]);

	if (*base == 0)
		*base = hex ? 16 : s[0] == '0' ? 8 : 10;
	return hex && *base == 16 ? s + 2 : s;
}

/* Convert digits; returns how many, and sets *overflow if they do not fit. */
static size_t scan_digits(const char *s, unsigned int base, u64 *val, bool *overflow)
{
	size_t n;

	*val = 0;
	*overflow = false;
	for (n = 0; digit_value(s[n]) < base; n++) {
		if (check_mul_overflow(*val, (u64)base, val))
			*overflow = true;
		if (check_add_overflow(*val, (u64)digit_value(s[n]), val))
			*overflow = true;
	}
	return n;
}

/*
 * The strict form all the others are built on: sign, prefix, digits, newline, end. Overflow is
 * reported only for what is a number otherwise, as Linux does.
 */
int kstrtou64(const char *s, unsigned int base, u64 *res)
{
	bool overflow;
	size_t n;
	u64 val;

	if (*s == '+')
		s++;
	s = skip_prefix(s, &base);
	n = scan_digits(s, base, &val, &overflow);
	if (!n)
		return -EINVAL;
	s += n;
	if (*s == '\n')
		s++;
	if (*s)
		return -EINVAL;
	if (overflow)
		return -ERANGE;
	*res = val;
	return 0;
}

/* The same type on this machine, but callers should not have to know that. */
int kstrtoul(const char *s, unsigned int base, unsigned long *res)
{
	u64 val;
	int err = kstrtou64(s, base, &val);

	if (!err)
		*res = val;
	return err;
}

/*
 * Convert the magnitude and then fit it: LONG_MIN has a magnitude one above LONG_MAX, hence
 * `+ neg`; its negation is done unsigned, where it is defined.
 */
int kstrtol(const char *s, unsigned int base, long *res)
{
	bool neg = *s == '-';
	u64 val;
	int err;

	/* "-+1" is not a number. */
	if (neg && s[1] == '+')
		return -EINVAL;
	err = kstrtou64(s + neg, base, &val);
	if (err)
		return err;
	if (val > (u64)LONG_MAX + neg)
		return -ERANGE;
	*res = (long)(neg ? -val : val);
	return 0;
}

/* The narrow forms convert wide and then check the range. */
int kstrtouint(const char *s, unsigned int base, unsigned int *res)
{
	u64 val;
	int err = kstrtou64(s, base, &val);

	if (err)
		return err;
	if (val > UINT_MAX)
		return -ERANGE;
	*res = (unsigned int)val;
	return 0;
}

int kstrtoint(const char *s, unsigned int base, int *res)
{
	long val;
	int err = kstrtol(s, base, &val);

	if (err)
		return err;
	if (val < INT_MIN || val > INT_MAX)
		return -ERANGE;
	*res = (int)val;
	return 0;
}

/* "on" and "off" differ in the second letter only; what follows is not looked at. */
int kstrtobool(const char *s, bool *res)
{
	int first = tolower((u8)s[0]);
	int second = first ? tolower((u8)s[1]) : 0;

	if (first == 'y' || first == 't' || first == '1' || (first == 'o' && second == 'n'))
		*res = true;
	else if (first == 'n' || first == 'f' || first == '0' ||
		 (first == 'o' && second == 'f'))
		*res = false;
	else
		return -EINVAL;
	return 0;
}

/* No digits: 0, and *endp == s. Overflow wraps: the caller looks at *endp, not at us. */
unsigned long simple_strtoul(const char *s, char **endp, unsigned int base)
{
	bool overflow;
	u64 val;

	s = skip_prefix(s, &base);
	s += scan_digits(s, base, &val, &overflow);
	if (endp)
		*endp = (char *)s;
	return val;
}

long simple_strtol(const char *s, char **endp, unsigned int base)
{
	if (*s == '-')
		return (long)-simple_strtoul(s + 1, endp, base);
	return (long)simple_strtoul(s, endp, base);
}

/*
 * Each suffix is worth ten bits more than the one before. An unknown letter is left at
 * *retptr, where the command-line parser will complain about it.
 */
unsigned long memparse(const char *s, char **retptr)
{
	static const char suffixes[] = "kmgtpe";
	unsigned int i;
	char *end;
	unsigned long val = simple_strtoul(s, &end, 0);

	for (i = 0; suffixes[i]; i++) {
		if (tolower((u8)*end) != suffixes[i])
			continue;
		val <<= 10 * (i + 1);
		end++;
		break;
	}
	if (retptr)
		*retptr = end;
	return val;
}
