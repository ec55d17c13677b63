"""
The parameters that the stand-in knows, with their types: those that TF-A's documentation and CI, Hafnium's, LAVA's and
shrinkwrap's command lines use on FVP_Base_RevC-2xAEMvA. Braces stand for several names. The real model has thousands.
"""
import re

TEXT = """
bool bp.secure_memory cache_state_modelled bp.tzc_400.diagnostics bp.dram_metadata.is_enabled cci550.force_on_from_start
bool bp.vis.{disable_visualisation,rate_limit-enable} bp.smsc_91c111.enabled bp.virtio_rng.enabled has-gicv4.1
bool bp.refcounter.{non_arch_start_at_default,use_real_time} bp.hostbridge.userNetworking
bool bp.virtio_net.{enabled,hostbridge.userNetworking} bp.ve_sysregs.exit_on_shutdown
bool bp.trusted_nv_counter.diagnostics
int bp.trusted_nv_counter.version bp.dram_size bp.ve_sysregs.mmbSiteDefault bp.secureSRAM.{fill1,fill2}
text bp.secureflashloader.fname bp.flashloader{0,1}.{fname,fnameWrite} bp.virtioblockdevice.image_path
text bp.virtiop9device.root_path bp.hostbridge.{userNetPorts,interfaceName} bp.mmc.p_mmc_file bp.virtio_rng.seed
text bp.virtio_net.{transport,hostbridge.userNetPorts,hostbridge.interfaceName}
startup pctl.startup

int bp.terminal_{0,1,2,3}.start_port
bool bp.terminal_{0,1,2,3}.{start_telnet,quiet}
mode bp.terminal_{0,1,2,3}.mode
text bp.terminal_{0,1,2,3}.terminal_command
text bp.pl011_uart{0,1,2,3}.{out_file,in_file,shutdown_tag}
bool bp.pl011_uart{0,1,2,3}.{unbuffered_output,untimed_fifos,shutdown_on_eot,uart_enable}

cores cluster{0,1}.NUM_CORES
bool cluster{0,1}.has_arm_v8-{1,2,3,4,5,6,7,8,9} cluster{0,1}.has_arm_v9-{0,1,2,3,4,5,6,7} bp.has_rme
bool cluster{0,1}.{has_el2,has_el3,has_amu,has_rme,has_rndr,has_large_va,has_large_system_ext,has_branch_target_exception}
bool cluster{0,1}.{has_sve,sve.has_sve2,sve.has_sme,sve.has_sme2,has_16k_granule,has_ecv,has_fgt,has_mpam,has_trbe,has_ete}
bool cluster{0,1}.{has_brbe,has_brbe_v1p1,has_const_pac,has_f16f32dot,has_f16f32mm,has_f16mm,has_gcs,has_hpmn0,has_lsfe}
bool cluster{0,1}.has_permission_{indirection,overlay}_{s1,s2} cluster{0,1}.sve.has_b16mm
int cluster{0,1}.{sve.sme2_version,sve.sve2_version,pmb_idr_external_abort}
text cluster{0,1}.output_attributes
int cluster{0,1}.{PA_SIZE,memory_tagging_support_level,bti_support_level,stage12_tlb_size,check_memory_attributes}
int cluster{0,1}.{clear_reg_top_eret,max_32bit_el,has_pointer_authentication,ecv_support_level,enhanced_pac2_level}
int cluster{0,1}.{register_reset_data,has_ras,number_of_error_records,has_v8_7_pmu_extension,restriction_on_speculative_execution}
int cluster{0,1}.{restriction_on_speculative_execution_aarch32,gicv3.cpuintf-mmap-access-level,gicv3.without-DS-support}
int cluster{0,1}.{gicv4.mask-virtual-interrupt,gicv3.extended-interrupt-range-support,brbe_disable_recording,rme_support_level}
text cluster{0,1}.cpu{0,1,2,3}.{RVBAR,semihosting-cwd,semihosting-cmd_line}
bool cluster{0,1}.cpu{0,1,2,3}.{CONFIG64,semihosting-enable}

int gic_distributor.{ARE-fixed-to-one,extended-ppi-count,extended-spi-count,ITS-count,ITS-device-bits,SPI-count}
bool gic_distributor.{virtual-lpi-support,has_nmi}
bool gicv3.gicv2-only gicv3.extended-interrupt-range-support
int pci.pci_smmuv3.mmu.SMMU_{AIDR,IDR0,IDR1,IDR3,IDR5,S_IDR1,S_IDR2,S_IDR3,ROOT_IDR0,ROOT_IIDR}
int pci.pci_smmuv3.mmu.root_register_page_offset
bool pci.dma330x4.use_smmuv3testengine_not_dmacs
"""

CORES = [f"cluster{cluster}.cpu{cpu}" for cluster in (0, 1) for cpu in (0, 1, 2, 3)]
INSTANCES = {*CORES, "cluster0", "cluster1"}

TYPES = {
    "bool": re.compile(r"0|1|0x0|0x1|true|false", re.IGNORECASE),
    "int": re.compile(r"-?(0x[0-9a-fA-F]+|\d+)"),
    "cores": re.compile(r"(0x)?[0-4]"),
    "mode": re.compile(r"telnet|raw"),
    "startup": re.compile(r"(\d+|\*)(\.(\d+|\*)){3}"),
    "text": re.compile(r".*"),
}


def expand(name):
    head, brace, rest = name.partition("{")
    if not brace:
        return [name]
    inside, _, tail = rest.partition("}")
    return [full for one in inside.split(",") for full in expand(head + one + tail)]


def read(text):
    parameters = {}
    for line in text.split("\n"):
        kind, *names = line.split() or [""]
        for name in names:
            parameters.update(dict.fromkeys(expand(name), kind))
    return parameters


PARAMETERS = read(TEXT)


def fits(kind, value):
    return TYPES[kind].fullmatch(value) is not None
