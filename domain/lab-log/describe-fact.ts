import type { LabFact } from './lab-fact.ts'
import { counted } from '../counted.ts'

/** A fact of the lab as people read it: one line. */
export function describeFact(fact: LabFact): string {
  const words = fact.words.replaceAll(/\s+/g, ' ').trim()
  return [`${fact.by} ${did(fact)}`, ...(words === '' ? [] : [words])].join(': ')
}

function did(fact: LabFact): string {
  switch (fact.about) {
    case 'power':
      return power(fact)
    case 'console':
      return {
        attached: 'was attached',
        gap: 'was away for a time',
        closed: `was let go of after ${counted(fact.bytes ?? 0, 'byte')}`,
        broken: 'broke',
      }[fact.is]
    case 'flash': {
      const file = fact.file ?? 'the flash'
      return {
        written: `has ${file}, read back`,
        offered: `offers ${file}`,
        loaded: `loaded ${file} and read it back`,
        unread: `took ${file}, which cannot be read back`,
        broken: `did not bring ${file} to the board`,
      }[fact.is]
    }
    case 'first byte':
      return fact.seconds === null
        ? `said nothing within ${seconds(fact.limit)} after power-on`
        : `said the first byte ${seconds(fact.seconds)} after power-on (limit ${seconds(fact.limit)})`
    case 'health':
      return fact.is === 'healthy' ? 'is healthy' : 'is ill'
  }
}

function power({ told, says }: Extract<LabFact, { about: 'power' }>): string {
  if (says === 'broken') return told === 'nothing' ? 'could not be asked' : `could not be switched ${told}`
  const read = says === 'unread' ? 'cannot be asked' : `says ${says}`
  return told === 'nothing' ? read : `was told ${told} and ${read}`
}

function seconds(count: number): string {
  return `${Number(count.toFixed(2))} s`
}
