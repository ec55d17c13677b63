import { describe, expect, test } from 'vitest'
import { httpProfileNames, snmpProfileNames } from '../../../domain/lab/profile-names.ts'
import { blocksOf, pageText } from '../../docs/markdown.ts'
import { errorsOf, lab } from './labs.ts'

const page = 'docs/running-a-lab.md'
const [example] = blocksOf(page).filter(({ language }) => language === 'yaml')

describe(`the lab in ${page}`, () => {
  test('is read, and shows each kind of thing', () => {
    const { hosts, pdus, classes, places } = lab(example!.text)
    expect(Object.keys(hosts)).toEqual(['here', 'gate', 'bench'])
    expect(Object.values(pdus).map(({ kind }) => kind)).toEqual(['snmp', 'http', 'command'])
    expect(Object.values(classes).map(({ kind, loader }) => loader?.kind ?? kind)).toEqual(['u-boot', 'self', 'fvp'])
    expect(places['rock-2']).toMatchObject({
      host: 'bench',
      tags: ['tpm', 'pcie'],
      flash: { kind: 'tftp', folder: '/var/lib/tftp' },
      limits: { firstByte: 15, offSilence: 5 },
      health: { says: 'U-Boot 20\\d\\d' },
    })
    expect(Object.keys(places)).toEqual(['rock-1', 'rock-2', 'pi-1', 'model-1'])
  })

  test('takes each way to flash that the page shows, in place of its own', () => {
    const ways = blocksOf(page).filter(({ text }) => /^ +(firmware: takes\n +)?flash:$/m.test(text.split('\n\n')[0]!))
    const shown = ways.filter((block) => block !== example)
    expect(shown.length).toBeGreaterThan(2)
    for (const { text } of shown) {
      const uefi = text.includes('uefi-http:')
      const own = /    firmware: installed .*\n|    flash: &tftp\n.*\n/g
      const inPlace = example!.text
        .replace(own, '')
        .replace(/  rock-2:\n(?: {4}.*\n)+/, '')
        .replace(/(?= {4}health: )/, text)
        .replace(/    loader: #.*\n(?: {6,}.*\n)+/, uefi ? '    loader: uefi\n' : '$&')
      expect(errorsOf(inPlace), text).toEqual([])
    }
  })

  test('has the mistake that the page shows, when it is made', () => {
    const shown = blocksOf(page)
      .find(({ text }) => text.startsWith('labs/bench.yaml:'))!
      .text.trim()
    const wrong = example!.text.replace('{ pdu: pdu1, outlet: 3 }', '{ pdu: pdu2, outlet: 3 }')
    expect(errorsOf(wrong).map((said) => said.replace('labs/x.yaml', 'labs/bench.yaml'))).toEqual([shown])
  })
})

test('the page names every profile that there is', () => {
  for (const name of [...snmpProfileNames, ...httpProfileNames]) expect(pageText(page)).toContain(name)
})
