import type { LocatedYaml, Path } from '../../yaml/yaml-text.ts'
import type { Inventory, LabHost, SshAccess } from '../inventory.ts'
import { here } from './check.ts'
import { readClass } from './read-classes.ts'
import { readPdu } from './read-pdus.ts'
import { readPlace } from './read-places.ts'
import { mapValues, readingOf, stemOf, type LabFiles, type Reading } from './reading.ts'
import type { FileHost, LabFile } from './schema.ts'

/** @returns the lab that a file without mistakes means */
export function readLab(lab: LabFile, yaml: LocatedYaml, file: string, files: LabFiles): Inventory {
  const reading = readingOf(yaml, file, files)
  const classes = mapValues(lab.classes, (given, name) => readClass(name, given, ['classes', name], reading))
  const hosts = mapValues(lab.hosts, (given, name) => readHost(name, given, ['hosts', name], reading))
  return {
    name: stemOf(file),
    file: files.resolve(file, file.replace(/^.*\//, '')),
    hosts: { [here]: { name: here, at: reading.at([], 'value') }, ...hosts },
    pdus: mapValues(lab.pdus, (given, name) => readPdu(name, given, ['pdus', name], reading)),
    classes,
    places: mapValues(lab.places, (given, name) =>
      readPlace(name, given, ['places', name], { reading, hosts: lab.hosts, placeClass: classes[given.class]! }),
    ),
  }
}

function readHost(name: string, { ssh }: FileHost, path: Path, reading: Reading): LabHost {
  const access: SshAccess = {
    address: ssh.address,
    port: ssh.port,
    user: ssh.user,
    key: ssh.key === 'agent' ? { agent: true } : { file: reading.absolute(ssh.key.file) },
    hostKey: ssh['host-key'],
    ...(ssh.jump !== undefined && { jump: ssh.jump }),
  }
  return { name, at: reading.at(path), ssh: access }
}
