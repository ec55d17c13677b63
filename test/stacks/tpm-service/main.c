/*
 * The TPM service on this host, before a TPM in registers (CFG_HYPLAB_TPM_TIS_BASE) or at the other end of a UART
 * (CFG_HYPLAB_TPM_UART_BASE), whose wire is the file descriptor WIRE_FD where there is one: told by lines on standard input what to do, one line of answer each.
 *   call 32|64|2 X1 X2 X4 X5 X6      -> x0 x1 x2 x4 x5
 *   write LOCALITY OFFSET VALUE      -> ok
 *   read LOCALITY OFFSET             -> value
 *   command LOCALITY HEX             -> ok; the bytes go to the data buffer
 *   answer LOCALITY COUNT            -> hex
 *   tpm well|deaf|silent|long|short  -> ok; from now on the TPM behaves so
 *   busy 0|1                         -> ok; whether another CPU is in the service
 *   race SEED                        -> ok; from now on what is read from the buffers is something else now and then
 *   sent                             -> how many commands reached the TPM, and the locality of the last
 */
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define CRB CFG_HYPLAB_TPM_CRB_BASE
#define CRB_SIZE 0x4000
#ifdef CFG_HYPLAB_TPM_TIS_BASE
#define DEVICE CFG_HYPLAB_TPM_TIS_BASE
#define DEVICE_SIZE 0x5000
#define device_read tis_read
#define device_write tis_write
#else
#define DEVICE CFG_HYPLAB_TPM_UART_BASE
#define DEVICE_SIZE 0x1000
#define device_read uart_read
#define device_write uart_write
#endif

static uint8_t crb[CRB_SIZE];
static struct spmc_lsp_desc *service;
unsigned int busy;
static uint64_t now;
static uint64_t race;

/* The TPM. */
static const char *mood = "well";
static int owner = -1;
static unsigned int commands, last_locality;
static uint8_t fifo[0x2000];
static size_t filled, taken, ready_size;
static enum { IDLE, READY, TAKING, DONE } state;

static uint32_t size_in(const uint8_t *header)
{
	return (uint32_t)header[2] << 24 | header[3] << 16 | header[4] << 8 | header[5];
}

static void run(void)
{
	static const uint8_t success[] = { 0x80, 0x01, 0, 0, 0, 10, 0, 0, 0, 0 };

	commands++;
	last_locality = owner;
	memcpy(fifo, success, sizeof(success));
	ready_size = sizeof(success);
	if (!strcmp(mood, "long")) {
		fifo[4] = 0x10;
		ready_size = 0x100a;
	} else if (!strcmp(mood, "short")) {
		fifo[5] = 3;
	}
	taken = 0;
	state = strcmp(mood, "silent") ? DONE : IDLE;
}

#ifdef CFG_HYPLAB_TPM_TIS_BASE
static uint32_t tis_read(unsigned int locality, unsigned int at, unsigned int width)
{
	uint32_t sts = 0x80 | 64 << 8;

	(void)width;
	if (at == 0x00)
		return 0x81 | (owner == (int)locality ? 0x20 : 0);
	if (at == 0xf00)
		return 0x00011014;
	if (owner != (int)locality)
		return 0xffffffff;
	if (at == 0x24)
		return state == DONE && taken < ready_size ? fifo[taken++ % sizeof(fifo)] : 0xff;
	if (at != 0x18)
		return 0;
	if (state == READY)
		sts |= 0x40;
	if (state == TAKING && (filled < 6 || filled < size_in(fifo)))
		sts |= 0x08;
	if (state == DONE)
		sts |= taken < ready_size ? 0x10 : 0;
	return sts;
}

static void tis_write(unsigned int locality, unsigned int at, uint32_t value)
{
	if (at == 0x00 && (value & 0x02) && owner < 0 && strcmp(mood, "deaf"))
		owner = locality;
	if (owner != (int)locality)
		return;
	if (at == 0x00 && (value & 0x20))
		owner = -1;
	if (at == 0x18 && (value & 0x40)) {
		state = READY;
		filled = 0;
	} else if (at == 0x18 && (value & 0x20)) {
		run();
	} else if (at == 0x24 && (state == READY || state == TAKING) && filled < sizeof(fifo)) {
		state = TAKING;
		fifo[filled++] = value;
	}
}

#else
static int wire = -1;
static unsigned int wire_locality;
static bool sending;

/* A PL011 that is set up as it must be, or it neither takes nor gives a byte. */
static uint32_t line_control, control;

static bool is_set_up(void)
{
	return line_control == 0x70 && control == 0x301;
}

/* A byte came over the wire. The TPM answers when it is the last of a command. */
static void hear(uint8_t byte)
{
	static const uint8_t set_locality[] = { 0x80, 0x01, 0, 0, 0, 11, 0x20, 0x00, 0x10, 0x00 };
	static const uint8_t success[] = { 0x80, 0x01, 0, 0, 0, 10, 0, 0, 0, 0 };

	if (state != TAKING)
		filled = 0;
	state = TAKING;
	if (filled < sizeof(fifo))
		fifo[filled++] = byte;
	if (filled < 6 || filled < size_in(fifo))
		return;
	if (getenv("NO_TPM") || !strcmp(mood, "deaf")) {
		state = IDLE;
		return;
	}
	if (!memcmp(fifo, set_locality, sizeof(set_locality))) {
		wire_locality = fifo[10];
		memcpy(fifo, success, sizeof(success));
		ready_size = sizeof(success);
		taken = 0;
		state = DONE;
		return;
	}
	owner = wire_locality;
	run();
}

static uint32_t uart_read(unsigned int locality, unsigned int at, unsigned int width)
{
	static bool again;
	struct pollfd readable = { .fd = wire, .events = POLLIN };
	/* Who only looks whether the wire takes a byte looks once. */
	int patience = again ? 100 : 0;
	uint8_t byte = 0xff;

	(void)locality;
	(void)width;
	if (!is_set_up())
		return at == 0x18 ? 0x30 : 0;
	again = at == 0x18 && !sending;
	sending = false;
	if (at == 0x18 && wire >= 0)
		return poll(&readable, 1, patience) == 1 ? 0 : 0x10;
	if (at == 0x18)
		return state == DONE && taken < ready_size ? 0 : 0x10;
	if (at == 0x00 && wire >= 0)
		return read(wire, &byte, 1) == 1 ? byte : 0xff;
	if (at == 0x00)
		return state == DONE && taken < ready_size ? fifo[taken++ % sizeof(fifo)] : 0xff;
	return 0;
}

static void uart_write(unsigned int locality, unsigned int at, uint32_t value)
{
	uint8_t byte = value;

	(void)locality;
	sending = at == 0x00;
	if (at == 0x2c)
		line_control = value;
	else if (at == 0x30)
		control = value;
	else if (at == 0x00 && is_set_up() && wire >= 0)
		commands += write(wire, &byte, 1) != 1;
	else if (at == 0x00 && is_set_up())
		hear(byte);
}
#endif

static uint64_t noise(void)
{
	race ^= race << 13;
	race ^= race >> 7;
	return race ^= race << 17;
}

static uint32_t io(vaddr_t at, unsigned int width, const uint32_t *value)
{
	uint32_t word = 0;

	if (at >= DEVICE && at + width <= DEVICE + DEVICE_SIZE) {
		if (!value)
			return device_read((at - DEVICE) / 0x1000, at % 0x1000, width);
		device_write((at - DEVICE) / 0x1000, at % 0x1000, *value);
		return 0;
	}
	if (at < CRB || at + width > CRB + CRB_SIZE || at % width) {
		fprintf(stderr, "an access of %u bytes at %#" PRIxPTR "\n", width, at);
		abort();
	}
	if (value)
		memcpy(crb + (at - CRB), value, width);
	else
		memcpy(&word, crb + (at - CRB), width);
	if (!value && race && noise() % 8 == 0)
		word = noise() % 4 ? noise() % 4 : noise();
	return word;
}

uint8_t io_read8(vaddr_t at)
{
	return io(at, 1, NULL);
}

uint32_t io_read32(vaddr_t at)
{
	return io(at, 4, NULL);
}

void io_write8(vaddr_t at, uint8_t value)
{
	uint32_t word = value;

	io(at, 1, &word);
}

void io_write32(vaddr_t at, uint32_t value)
{
	io(at, 4, &value);
}

uint64_t timeout_init_us(uint32_t us)
{
	return now + us;
}

bool timeout_elapsed(uint64_t end)
{
	now += 100000;
	return now >= end;
}

int fdt_node_offset_by_compatible(const void *fdt, int from, const char *compatible)
{
	(void)fdt;
	return strcmp(compatible, "tcg,tpm-tis-mmio") || getenv("NO_TPM") ? -1 : from + 2;
}

TEE_Result spmc_register_lsp(struct spmc_lsp_desc *desc)
{
	service = desc;
	return TEE_SUCCESS;
}

static void bytes_in(unsigned int locality, const char *hex)
{
	for (size_t n = 0; hex[2 * n] && hex[2 * n + 1] && n < 0xf80; n++)
		sscanf(hex + 2 * n, "%2hhx", &crb[locality * 0x1000 + 0x80 + n]);
}

static void call(const char *rest)
{
	struct thread_smc_1_2_regs args = { 0 };
	unsigned int kind = 0;

	sscanf(rest, "%u %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64, &kind, &args.a1, &args.a2, &args.a4,
	       &args.a5, &args.a6);
	args.a0 = kind == 2 ? FFA_MSG_SEND_DIRECT_REQ2 : kind == 64 ? FFA_MSG_SEND_DIRECT_REQ_64 : FFA_MSG_SEND_DIRECT_REQ_32;
	service->direct_req(&args);
	printf("%#" PRIx64 " %#" PRIx64 " %d %#" PRIx64 " %#" PRIx64 "\n", args.a0, args.a1, (int32_t)args.a2, args.a4,
	       args.a5);
}

int main(void)
{
	static char line[0x3000], word[0x3000];
	unsigned int locality, offset, value;

#ifdef CFG_HYPLAB_TPM_UART_BASE
	if (getenv("WIRE_FD"))
		wire = atoi(getenv("WIRE_FD"));
#endif
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (service_init())
		return 1;
	if (!service) {
		printf("no service\n");
		return 0;
	}
	printf("properties %#x\n", service->properties);
	while (fgets(line, sizeof(line), stdin)) {
		if (!strncmp(line, "call ", 5)) {
			call(line + 5);
			continue;
		}
		if (sscanf(line, "read %u %x", &locality, &offset) == 2 && locality < 4 && offset <= 0xffc) {
			memcpy(&value, crb + locality * 0x1000 + offset, sizeof(value));
			printf("%#x\n", value);
			continue;
		}
		if (sscanf(line, "answer %u %u", &locality, &value) == 2) {
			for (unsigned int n = 0; n < value; n++)
				printf("%02x", crb[locality * 0x1000 + 0x80 + n]);
			printf("\n");
			continue;
		}
		if (!strncmp(line, "sent", 4)) {
			printf("%u %u\n", commands, last_locality);
			continue;
		}
		if (sscanf(line, "write %u %x %x", &locality, &offset, &value) == 3 && locality < 4 && offset <= 0xffc)
			memcpy(crb + locality * 0x1000 + offset, &value, sizeof(value));
		else if (sscanf(line, "command %u %s", &locality, word) == 2 && locality < 4)
			bytes_in(locality, word);
		else if (sscanf(line, "tpm %s", word) == 1)
			mood = strdup(word);
		else if (sscanf(line, "race %" SCNx64, &race) != 1 && sscanf(line, "busy %u", &busy) != 1)
			return 2;
		printf("ok\n");
	}
	return 0;
}
