/*
 * The smallest thing that a boot loader takes for an arm64 kernel: it says on the PL011 of QEMU's virt machine which command
 * line and which initrd it was given, and powers off. MMU and caches are off, so every access is aligned. With RASPI4 it
 * speaks on a Raspberry Pi 4's mini-UART, and halts in Linux's words: that board has no power-off.
 */
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

/* Documentation/arch/arm64/booting.rst: the header of an Image, relocatable (flags bit 3), 4K pages (bit 1). */
__asm__(".pushsection .head,\"ax\"\n"
	".global _start\n"
	"_start: b 1f\n"
	".long 0\n"
	".quad 0\n"
	".quad _end - _start\n"
	".quad 0xa\n"
	".quad 0, 0, 0\n"
	".ascii \"ARM\\x64\"\n"
	".long 0\n"
	"1: adr x1, _stack\n"
	"mov sp, x1\n"
	"bl main\n"
	".popsection\n");

#ifdef RASPI4
/* BCM2711 ARM peripherals, 2.2: AUX_MU_IO, and bit 5 of AUX_MU_LSR: room for a byte. */
static volatile u32 *const uart = (u32 *)0xfe215040;
static int full(void) { return !(uart[0x14 / 4] & 0x20); }
#else
static volatile u32 *const uart = (u32 *)0x09000000;
static int full(void) { return uart[0x18 / 4] & 0x20; }
#endif

static void say(const u8 *text, u32 length)
{
	while (length--) {
		while (full())
			;
		uart[0] = *text++;
	}
}

static void say_text(const char *text)
{
	u32 length = 0;

	while (text[length])
		length++;
	say((const u8 *)text, length);
}

static void say_hex(u32 value)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		say((const u8 *)"0123456789abcdef" + (value >> shift & 15), 1);
}

static u32 big(const u8 *at)
{
	return (u32)at[0] << 24 | (u32)at[1] << 16 | (u32)at[2] << 8 | at[3];
}

static int same(const u8 *a, const char *b)
{
	while (*b && *a == (u8)*b)
		a++, b++;
	return *a == (u8)*b;
}

static u64 number(const u8 *at, u32 length)
{
	return length == 8 ? (u64)big(at) << 32 | big(at + 4) : big(at);
}

/* The same CRC-32 as U-Boot's and zlib's, bit by bit: the table would be relocated. */
static u32 crc32(const u8 *at, u64 length)
{
	u32 crc = ~0u;

	while (length--) {
		crc ^= *at++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* Devicetree specification 0.4, chapter 5: FDT_PROP is 3, FDT_BEGIN_NODE 1, FDT_END 9. */
void main(const u8 *tree)
{
	const u8 *at = tree + big(tree + 8);
	const u8 *strings = tree + big(tree + 12);
	u64 start = 0, end = 0;

	say_text("\r\nTINY kernel\r\n");
	for (u32 token; (token = big(at)) != 9;) {
		at += 4;
		if (token == 1) {
			u32 length = 0;

			while (at[length])
				length++;
			at += (length + 4) & ~3u;
		}
		if (token != 3)
			continue;
		u32 length = big(at);
		const u8 *name = strings + big(at + 4);
		const u8 *value = at + 8;

		if (same(name, "bootargs")) {
			say_text("TINY cmdline=");
			say(value, length - 1);
			say_text("\r\n");
		}
		if (same(name, "linux,initrd-start"))
			start = number(value, length);
		if (same(name, "linux,initrd-end"))
			end = number(value, length);
		at = value + ((length + 3) & ~3u);
	}
	say_text("TINY initrd=");
	say_hex((u32)(end - start));
	say_text(" ");
	say_hex(crc32((const u8 *)start, end - start));
	say_text("\r\nTINY off\r\n");
#ifdef RASPI4
	say_text("reboot: System halted\r\n");
#else
	/* PSCI SYSTEM_OFF (Arm DEN0022). */
	__asm__ volatile("mov x0, %0\nhvc #0" : : "r"(0x84000008ul) : "x0", "x1", "x2", "x3");
#endif
	for (;;)
		__asm__ volatile("wfi");
}

__asm__(".pushsection .bss\n.balign 16\n.space 4096\n_stack:\n.popsection\n");
