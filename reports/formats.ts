import type { Report } from '../domain/report/report.ts'
import { reportHtml } from './html/page.ts'
import { reportJunit } from './junit.ts'
import { reportKcidb } from './kcidb/submission.ts'
import { reportKtap } from './ktap.ts'
import { reportMarkdown } from './markdown.ts'
import { reportText } from './report-text.ts'

/** What a report can be told as. */
export const reportFormats = ['text', 'md', 'html', 'junit', 'ktap', 'kcidb', 'json'] as const
export type ReportFormat = (typeof reportFormats)[number]

/** What a CI system is called in KCIDB when nobody says: small letters, digits, underscores. */
export const usualOrigin = 'hyplab'

/** Takes a report and the format; returns it as text. @param origin for KCIDB, the name of the CI system there */
export function renderReport(report: Report, format: ReportFormat, origin = usualOrigin): string {
  switch (format) {
    case 'text':
      return reportText(report)
    case 'md':
      return reportMarkdown(report)
    case 'html':
      return reportHtml(report)
    case 'junit':
      return reportJunit(report)
    case 'ktap':
      return reportKtap(report)
    case 'kcidb':
      return reportKcidb(report, origin)
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`
  }
}
