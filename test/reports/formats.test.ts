/** What holds of every format, whatever a console, a plan or a compiler said. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../domain/report/report.ts'
import { reportFormats, type ReportFormat } from '../../reports/format-names.ts'
import { renderReport } from '../../reports/formats.ts'
import { hostileReports, hostileTexts, makeReport, plainReport } from './made-report.ts'

/** How often each cell of the plain report is told by its number or name where cells are told. */
function cellsIn(text: string, { cells }: Report): number[] {
  return cells.map(({ result, id }) => [result, id].filter((name) => text.includes(name)).length)
}

describe.each(reportFormats)('%s', (format: ReportFormat) => {
  it.each([undefined, 'nightly'])('tells every cell of a run, of the night of %s', (schedule) => {
    const report = plainReport(schedule)
    expect(report.cells).toHaveLength(6)
    const text = renderReport(report, format)
    const lost = cellsIn(text, report).filter((times) => times === 0).length
    // A mail of a night counts those that are good, and names the others.
    const good = format === 'text' && schedule !== undefined ? 2 : 0
    expect(lost).toBe(good)
    if (good > 0) expect(text).toMatch(/^1 no result, 2 good, |, 2 good[,.]/m)
  })

  it('tells every attempt', () => {
    const report = plainReport()
    const text = renderReport(report, format)
    // A text for people tells the attempt that shows what its cell came to.
    const ids = report.cells.flatMap(({ attempts }) => attempts.map(({ id }) => id))
    expect(ids).toHaveLength(9)
    const told = ids.filter((id) => text.includes(id))
    if (format === 'text' || format === 'md') expect(told.length).toBeGreaterThanOrEqual(4)
    else if (format === 'kcidb') expect(text.match(/"path": "boot"/g)).toHaveLength(ids.length + 1)
    else expect(told).toEqual(ids)
  })

  it('says of a run that goes on that there is more to come', () => {
    const [cell] = plainReport().cells
    const { id, axes, expectations } = cell!
    const report = makeReport([{ id, axes, expectations, attempts: [], log: [], unjudged: 'open' }])
    const text = renderReport(report, format).replaceAll(/\s+/g, ' ')
    if (format === 'json') expect(JSON.parse(text)).toMatchObject({ run: { state: 'running' } })
    else if (format === 'kcidb') expect(text).toContain('"status": "MISS"')
    else expect(text).toContain('The run has not finished: 0 of 1 cell judged at 2026-12-01 01:31 UTC')
  })

  it('says why a night did not begin', () => {
    const { night } = plainReport('nightly')
    const fault = 'plan.yaml:1:1: it is empty'
    const story = { red: false, incomplete: false, groups: [], notes: [], counts: {} }
    const report: Report = { ...plainReport(), night: { ...night!, run: null, fault }, story, run: null, cells: [] }
    const text = renderReport({ ...report, builds: [], strips: [] }, format)
    if (format === 'kcidb') expect(JSON.parse(text)).toMatchObject({ tests: [] })
    else expect(text).toContain(fault)
  })

  it('passes on no control character and nothing that is no text, whatever was said', () => {
    const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/
    fc.assert(
      fc.property(hostileReports, (report) => {
        const text = renderReport(report, format)
        // Programs get what was said, and JSON has a way to write it.
        if (format === 'json') expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(report))
        else expect(text).not.toMatch(forbidden)
        expect(text.isWellFormed()).toBe(true)
      }),
      { numRuns: 25 },
    )
  })

  it('tells the same report in the same words', () => {
    expect(renderReport(plainReport('nightly'), format)).toBe(renderReport(plainReport('nightly'), format))
  })
})

it('the hostile texts are hostile to each format', () => {
  for (const sign of ['<script', ']]>', ' # SKIP', '```', '\0', '\ud800', 'reboot: System halted', '"'])
    expect(hostileTexts.some((text) => text.includes(sign))).toBe(true)
})
