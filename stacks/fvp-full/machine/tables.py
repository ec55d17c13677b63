"""ACPI tables of Arm's Base platform that are no AML: FADT, MADT, GTDT, SPCR (ACPI 6.3, 5.2) and TPM2 (TCG ACPI
Specification 1.4). Written by hand, since what iasl takes for such tables differs by its version.

    tables.py FOLDER TPM_PARTITION    writes FOLDER/{facp,apic,gtdt,spcr,tpm2}.aml
"""

import struct
import sys
from pathlib import Path

UART = 0x1C090000
UART_INTERRUPT = 37  # SPI 5
GIC_DISTRIBUTOR = 0x2F000000
GIC_REDISTRIBUTORS = 0x2F100000
GIC_REDISTRIBUTORS_SIZE = 0x200000
CLUSTERS = 2
CORES = 4  # of each cluster
# Private interrupts: 16 and the number that the device tree has.
MAINTENANCE = 25
PERFORMANCE = 23
TIMERS = (29, 30, 27, 26)  # secure, non-secure, virtual, EL2
LEVEL_LOW = 0b10
TPM_CONTROL_AREA = 0xC0000040  # behind the registers of locality 0


def table(signature, revision, body):
    head = struct.pack('<4sIBB6s8sI4sI', signature, 36 + len(body), revision, 0, b'HYPLAB', b'FVP-BASE', 1, b'HLAB', 1)
    whole = bytearray(head + body)
    whole[9] = -sum(whole) & 0xFF
    return bytes(whole)


def facp():
    """Hardware-reduced, without any register; PSCI by SMC."""
    body = bytearray(276 - 36)
    put(body, 45, '<B', 4)  # an enterprise server: what differs is that nobody looks for a battery
    put(body, 112, '<I', 1 << 20 | 1 << 12)  # hardware-reduced, headless
    put(body, 129, '<HB', 1, 3)  # PSCI; minor revision
    return table(b'FACP', 6, bytes(body))


def put(body, at, form, *values):
    """At an offset that the specification counts from the table's start."""
    struct.pack_into(form, body, at - 36, *values)


def apic():
    body = struct.pack('<II', 0, 0)
    for cpu in range(CLUSTERS * CORES):
        # RevC's cores have threads: cluster, core and thread are one level further up than elsewhere.
        mpidr = cpu // CORES << 16 | cpu % CORES << 8
        body += struct.pack('<BBHIIIIIQQQQIQQBBH', 0x0B, 80, 0, cpu, cpu, 1, 0, PERFORMANCE, 0, 0, 0, 0, MAINTENANCE, 0,
                            mpidr, 0, 0, 0)
    body += struct.pack('<BBHIQIB3x', 0x0C, 24, 0, 0, GIC_DISTRIBUTOR, 0, 3)
    body += struct.pack('<BBHQI', 0x0E, 16, 0, GIC_REDISTRIBUTORS, GIC_REDISTRIBUTORS_SIZE)
    return table(b'APIC', 5, body)


def gtdt():
    none = 0xFFFFFFFFFFFFFFFF
    timers = b''.join(struct.pack('<II', number, LEVEL_LOW) for number in TIMERS)
    # No platform timers; no virtual timer at EL2.
    return table(b'GTDT', 3, struct.pack('<QI', none, 0) + timers + struct.pack('<QIIII', none, 0, 0, 0, 0))


def spcr():
    pl011, gic, baud_115200, vt_utf8 = 3, 8, 7, 2
    register = struct.pack('<BBBBQ', 0, 32, 0, 3, UART)
    body = struct.pack('<B3x', pl011) + register
    body += struct.pack('<BBIBBBBBB', gic, 0, UART_INTERRUPT, baud_115200, 0, 1, 0, vt_utf8, 0)
    body += struct.pack('<HHBBBIBI', 0xFFFF, 0xFFFF, 0, 0, 0, 0, 0, 0)
    return table(b'SPCR', 2, body)


def tpm2(partition):
    """Platform class 0, a client, whose log has no pointer here: Linux takes it from EFI. Start method 15: CRB with FF-A."""
    parameters = struct.pack('<HHQ', 0, partition, 0)
    return table(b'TPM2', 4, struct.pack('<HHQI', 0, 0, TPM_CONTROL_AREA, 15) + parameters + struct.pack('<IQ', 0, 0))


folder, partition = Path(sys.argv[1]), int(sys.argv[2], 0)
for name, made in {'apic': apic(), 'gtdt': gtdt(), 'spcr': spcr(), 'tpm2': tpm2(partition), 'facp': facp()}.items():
    (folder / f'{name}.aml').write_bytes(made)
