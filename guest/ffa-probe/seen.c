// SPDX-License-Identifier: GPL-2.0
/* Static, so that nothing that was seen is lost for want of memory. */
#include "ffa-probe.h"

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/time64.h>

static char text[32768];
static size_t length;

void seen_forget(void)
{
	length = 0;
	text[0] = '\0';
}

const char *seen_text(void)
{
	return text;
}

void seen_line(const char *format, ...)
{
	va_list arguments;
	size_t wanted;

	va_start(arguments, format);
	wanted = vsnprintf(text + length, sizeof(text) - length, format, arguments);
	va_end(arguments);
	if (wanted + 1 >= sizeof(text) - length) {
		text[length] = '\0';
		pr_err("there is no room for a line of %zu\n", wanted);
		return;
	}
	length += wanted;
	text[length++] = '\n';
	text[length] = '\0';
}

void seconds_of(u64 ns, u64 *whole, u32 *micros)
{
	u32 rest;

	*whole = div_u64_rem(ns, NSEC_PER_SEC, &rest);
	*micros = rest / NSEC_PER_USEC;
}
