const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
/** The name of a month or a weekday in any language, shortened or not; a number comes with it in Chinese, Japanese and Korean. */
const anyName = String.raw`(?: ?\d{1,2})?[A-Za-z\u00aa-\uffff]{1,12}\.?`
const weekday = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const seconds = String.raw`\d\d:\d\d:\d\d`
const clock = String.raw`${seconds}(?:[.,:]\d{1,9})?`
const someHost = String.raw`[\w.:-]+`
/** What syslog and the journal have behind the time. */
const tagged = String.raw`(?:${someHost} )?(?:kernel|[\w./@()-]+\[\d+\]): `
const zone = String.raw`(?:Z| ?[+-]\d\d:?\d\d| UTC| [A-Z]{3,5}(?= ${tagged}))?`

/** dmesg --time-format iso (sys-utils/dmesg.c iso_8601_time()): the comma tells it from syslog's. */
const dmesgIso = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{6}[+-]\d\d:\d\d `

/** Sticky: what a mail, syslog, the journal, a terminal program or a CI system puts before a line, each to the blank before the line. */
export const around = new RegExp(
  [
    String.raw`(?:> ?)+`,
    // Indented, as code in a mail or a report of a bug.
    String.raw`\s{1,40}(?=(?:<\d+>)?\[ *\d+\.\d{6}\])`,
    // KernelCI numbers the lines of its logs, and each has a time.
    String.raw` *\d{1,7} ${clock} {1,2}`,
    String.raw`(?:${weekday} )?${month} [ \d]\d ${clock}(?: \d{4})? `,
    // In another language only with what follows.
    String.raw`${anyName} [ \d]\d ${clock} (?=${tagged})`,
    String.raw`(?!${dmesgIso})(?:${weekday} )?\[?\d{4}[-/]\d\d[-/]\d\d[T _]${clock}${zone}\]?:? `,
    String.raw`\[?${clock}\]?:? `,
    // Tera Term since the program or the connection began; grabserial since it began and since the line before.
    String.raw`\[\d{1,4} ${clock}\] `,
    String.raw`\[ *\d+\.\d{6} +\d+\.\d{6}\] `,
    // Tera Term in local time, with parts of a second, which dmesg -T has not.
    String.raw`\[${weekday} ${month} [ \d]\d ${seconds}[.,]\d{1,9} \d{4}\] `,
    // journalctl -o short-unix
    String.raw`\d{9,10}\.\d{3,9} (?=\S+ kernel: )`,
  ].join('|'),
  'y',
)

/** ctime(3) in a bracket, up to the year: dmesg -T, and terminal programs that stamp lines in local time. */
const calendar = String.raw`\[${anyName} ${anyName} [ \d]\d ${seconds} \d{4}`

/** Sticky: such a stamp alone. */
export const calendarStamp = new RegExp(String.raw`${calendar}\] `, 'y')

/** Sticky: what dmesg of util-linux makes of the kernel's stamp (sys-utils/dmesg.c print_record()): -T, -H, and facility and level of -x. */
export const dmesg = new RegExp(
  [
    String.raw`${calendar}(?: <[ +]*\d+\.\d+>)?\] `,
    String.raw`\[${month} ?\d\d? \d\d:\d\d\] `,
    String.raw`\[ *\+\d+\.\d{6}\] `,
    dmesgIso,
    String.raw`kern *:(?:emerg|alert|crit|err|warn|notice|info|debug) *: `,
  ].join('|'),
  'y',
)

/** What busybox and OpenWrt put behind the host, facility and level, and SONiC's rsyslog, the level. */
const severity = '(?:\\w+\\.\\w+|EMERG|ALERT|CRIT|ERR|WARNING|NOTICE|INFO|DEBUG)'
/** Sticky, behind syslog's time: a host and the kernel's tag. */
export const ofKernel = new RegExp(String.raw`(?:${someHost} )??(?:${severity} )?kernel(?:\[\d*\])?: `, 'y')
/** Sticky, behind syslog's time: the host of a line that a process said. */
export const ofProcess = new RegExp(String.raw`${someHost} (?:${severity} )?(?=[\w./@()-]+\[\d+\]: )`, 'y')
