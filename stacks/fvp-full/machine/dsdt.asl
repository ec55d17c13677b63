/*
 * Devices of Arm's Base platform that Linux finds by ACPI: the processors, the first UART, and the TPM's buffers. UARTs 1
 * and 3 are the secure world's. Interrupts are those of TF-A's device tree, plus 32 for a shared one.
 */
DefinitionBlock ("dsdt.aml", "DSDT", 2, "HYPLAB", "FVP-BASE", 1)
{
    Scope (\_SB)
    {
        Device (CPU0) { Name (_HID, "ACPI0007") Name (_UID, 0) }
        Device (CPU1) { Name (_HID, "ACPI0007") Name (_UID, 1) }
        Device (CPU2) { Name (_HID, "ACPI0007") Name (_UID, 2) }
        Device (CPU3) { Name (_HID, "ACPI0007") Name (_UID, 3) }
        Device (CPU4) { Name (_HID, "ACPI0007") Name (_UID, 4) }
        Device (CPU5) { Name (_HID, "ACPI0007") Name (_UID, 5) }
        Device (CPU6) { Name (_HID, "ACPI0007") Name (_UID, 6) }
        Device (CPU7) { Name (_HID, "ACPI0007") Name (_UID, 7) }

        Device (COM0)
        {
            Name (_HID, "ARMH0011")
            Name (_UID, 0)
            Name (_CRS, ResourceTemplate ()
            {
                Memory32Fixed (ReadWrite, 0x1C090000, 0x1000)
                Interrupt (ResourceConsumer, Level, ActiveHigh, Exclusive) { 37 }
            })
        }

        /* A page for each of five localities; the TPM2 table says how a command is started. */
        Device (TPM0)
        {
            Name (_HID, "MSFT0101")
            Name (_UID, 0)
            Name (_STA, 0x0F)
            Name (_CRS, ResourceTemplate ()
            {
                Memory32Fixed (ReadWrite, 0xC0000000, 0x5000)
            })
        }
    }
}
