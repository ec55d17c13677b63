/** A report's page in a real browser: it fits a phone, is read in the dark, and asks nobody for anything. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Report } from '../../domain/report/report.ts'
import { renderReport } from '../../reports/formats.ts'
import { hostileReports, plainReport } from '../reports/made-report.ts'
import { openBrowser, type Browser } from './browser.ts'

vi.setConfig({ testTimeout: 60_000 })

let browser: Browser
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-test-'))
  browser = await openBrowser()
  for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await browser.send(`${domain}.enable`)
}, 60_000)
afterAll(async () => {
  await browser.close()
  await rm(folder, { recursive: true })
})

/** Opens a page as so wide a window of a reader's shows it. */
async function open(page: string, width = 400, scheme: 'light' | 'dark' = 'light'): Promise<void> {
  const file = join(folder, 'report.html')
  await writeFile(file, page)
  await browser.send('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false })
  await browser.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
  const loaded = browser.next('Page.loadEventFired')
  await browser.send('Page.navigate', { url: pathToFileURL(file).href })
  await loaded
}

async function inPage<T>(expression: string): Promise<T> {
  const { result, exceptionDetails } = await browser.send<{
    result: { value: T }
    exceptionDetails?: { text: string }
  }>('Runtime.evaluate', { expression, returnByValue: true })
  if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails))
  return result.value
}

/** The contrast of each text that is shown with its ground, by the formula of WCAG 2.2; those that are too low. */
const lowContrast = `(() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number)
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    return 0.2126 * x + 0.7152 * y + 0.0722 * z
  }
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor)
      if (colour.length === 3 || colour[3] > 0) return colour
    }
    return [255, 255, 255]
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const low = []
  let count = 0
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!node.data.trim() || element.closest('svg') || !element.checkVisibility()) continue
    count++
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))]
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (contrast < 4.5) low.push([element.className, node.data.trim().slice(0, 40), contrast])
  }
  return { count, low }
})()`

const sizes = [
  [400, 'light'],
  [400, 'dark'],
  [1200, 'light'],
  [1200, 'dark'],
] as const

it.each(sizes)(
  'at %i pixels, %s, the page does not scroll sideways and each text is readable',
  async (width, scheme) => {
    await open(renderReport(plainReport('nightly'), 'html'), width, scheme)
    expect(await inPage('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    const { count, low } = await inPage<{ count: number; low: unknown[] }>(lowContrast)
    expect(count).toBeGreaterThan(50)
    expect(low).toEqual([])
    // The policy knows the style by its hash: it is in force.
    const dark = scheme === 'dark' ? 'rgb(13, 17, 23)' : 'rgb(255, 255, 255)'
    expect(await inPage('getComputedStyle(document.body).backgroundColor')).toBe(dark)
  },
)

it('it asks for nothing but itself, and nothing of it is refused by its own policy', async () => {
  const before = browser.events('Network.requestWillBeSent').length
  await open(renderReport(plainReport('nightly'), 'html'))
  const asked = browser.events('Network.requestWillBeSent').slice(before) as { request: { url: string } }[]
  expect(asked.map(({ request }) => request.url)).toEqual([pathToFileURL(join(folder, 'report.html')).href])
  expect(browser.events('Log.entryAdded')).toEqual([])
})

it("a fragment of the address opens an attempt's findings, which are folded where all is well", async () => {
  await open(renderReport(plainReport(), 'html'))
  expect(await inPage('document.getElementById("attempt-12.2.2").open')).toBe(false)
  expect(await inPage('document.getElementById("attempt-12.1.1").open')).toBe(true)
  expect(await inPage('document.querySelectorAll("a[href^=\\"#cell-\\"]").length')).toBeGreaterThan(5)
})

it('whatever was said, nothing runs, nothing is asked for, and the page does not scroll sideways', async () => {
  const reports: Report[] = fc.sample(hostileReports, { seed: 20_261_130, numRuns: 30 })
  for (const report of reports) {
    const before = browser.events('Network.requestWillBeSent').length
    await open(renderReport(report, 'html'))
    const asked = browser.events('Network.requestWillBeSent').slice(before)
    expect(asked).toHaveLength(1)
    expect(await inPage('document.scripts.length + document.images.length')).toBe(0)
    expect(await inPage('document.querySelectorAll("article").length')).toBe(report.cells.length)
    expect(await inPage('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400)
  }
  expect(browser.events('Page.javascriptDialogOpening')).toEqual([])
})
