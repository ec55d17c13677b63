import type { Migration } from 'kysely/migration'
import * as results from './0001-results.ts'
import * as stageSeconds from './0002-stage-seconds.ts'
import * as because from './0003-because.ts'
import * as formerJudgements from './0004-former-judgements.ts'
import * as runOptions from './0005-run-options.ts'
import * as leases from './0006-leases.ts'
import * as nights from './0007-nights.ts'
import * as telling from './0008-telling.ts'
import * as nightCells from './0009-night-cells.ts'
import * as keeping from './0010-keeping.ts'

/** Every migration by name. A name, once released, is never changed, and a new one sorts after all earlier ones. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-results': results,
  '0002-stage-seconds': stageSeconds,
  '0003-because': because,
  '0004-former-judgements': formerJudgements,
  '0005-run-options': runOptions,
  '0006-leases': leases,
  '0007-nights': nights,
  '0008-telling': telling,
  '0009-night-cells': nightCells,
  '0010-keeping': keeping,
}
