/** @file
  What has to be different in QEMU's ACPI tables when there is a secure world below.

  - With secure=on QEMU leaves PSCI to the firmware and says nothing about it in the FADT. A kernel that is booted by
    ACPI then has no PSCI, no SMCCC, no FF-A, no second CPU and no pKVM.
  - `-fw_cfg name=opt/hyplab/acpi/SIGN,file=...` puts a whole table in the place of QEMU's with the signature SIGN. A TPM
    whose device belongs to the secure world is described this way: QEMU only knows what it gave the machine.

  SPDX-License-Identifier: BSD-2-Clause-Patent
**/

#include <IndustryStandard/Acpi.h>
#include <Library/BaseLib.h>
#include <Library/BaseMemoryLib.h>
#include <Library/MemoryAllocationLib.h>
#include <Library/PrintLib.h>
#include <Library/QemuFwCfgLib.h>

#include "AdjustAcpiTable.h"

/** @return the table that fw_cfg has for a signature; NULL when it has none that is sound. **/
STATIC
EFI_ACPI_DESCRIPTION_HEADER *
TableFromFwCfg (
  IN CONST CHAR8  *Signature
  )
{
  CHAR8                        Name[32];
  FIRMWARE_CONFIG_ITEM         Item;
  UINTN                        Size;
  EFI_ACPI_DESCRIPTION_HEADER  *Table;

  AsciiSPrint (Name, sizeof (Name), "opt/hyplab/acpi/%-4.4a", Signature);
  if (EFI_ERROR (QemuFwCfgFindFile (Name, &Item, &Size)) || (Size < sizeof (*Table))) {
    return NULL;
  }

  Table = AllocatePool (Size);
  if (Table == NULL) {
    return NULL;
  }

  QemuFwCfgSelectItem (Item);
  QemuFwCfgReadBytes (Size, Table);
  if ((Table->Length != Size) || (CalculateSum8 ((UINT8 *)Table, Size) != 0) ||
      (CompareMem (&Table->Signature, Signature, sizeof (Table->Signature)) != 0))
  {
    FreePool (Table);
    return NULL;
  }

  return Table;
}

/** Says that PSCI is there, by SMC, where QEMU says nothing about it. **/
STATIC
VOID
AdjustFadt (
  IN OUT EFI_ACPI_6_3_FIXED_ACPI_DESCRIPTION_TABLE  *Fadt
  )
{
  if ((Fadt->Header.Length > OFFSET_OF (EFI_ACPI_6_3_FIXED_ACPI_DESCRIPTION_TABLE, MinorVersion)) &&
      (Fadt->ArmBootArch == 0))
  {
    Fadt->ArmBootArch     = EFI_ACPI_6_3_ARM_PSCI_COMPLIANT;
    // A checksum that counted itself would stay wrong.
    Fadt->Header.Checksum = 0;
    Fadt->Header.Checksum = CalculateCheckSum8 ((UINT8 *)Fadt, Fadt->Header.Length);
  }
}

VOID
AdjustAcpiTable (
  IN OUT VOID   **Table,
  IN OUT UINTN  *Size
  )
{
  EFI_ACPI_DESCRIPTION_HEADER  *Header;
  EFI_ACPI_DESCRIPTION_HEADER  *Other;

  Header = *Table;
  Other  = TableFromFwCfg ((CONST CHAR8 *)&Header->Signature);
  if (Other != NULL) {
    *Table = Other;
    *Size  = Other->Length;
  } else if (Header->Signature == EFI_ACPI_6_3_FIXED_ACPI_DESCRIPTION_TABLE_SIGNATURE) {
    AdjustFadt (*Table);
  }
}
