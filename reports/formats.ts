import type { Report } from '../domain/report/report.ts'
import { usualOrigin, type ReportFormat } from './format-names.ts'
import { reportHtml } from './html/page.ts'
import { reportJunit } from './junit.ts'
import { reportKcidb } from './kcidb/submission.ts'
import { reportKtap } from './ktap.ts'
import { reportMarkdown } from './markdown.ts'
import { reportText } from './report-text.ts'

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
