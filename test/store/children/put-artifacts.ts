// `copy FILE`: puts one file. `move FOLDER`: makes files there without end, moves each into the artifacts and says so.
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { putArtifact } from '../../../store/artifacts.ts'

const [folder = '', mode = '', path = ''] = process.argv.slice(2)
if (mode === 'copy') console.log((await putArtifact({ folder }, path)).sha256)
for (let number = 0; mode === 'move'; number++) {
  const file = join(path, `${number}`)
  await writeFile(file, randomBytes(300_000 + number))
  console.log((await putArtifact({ folder }, file, { move: number % 2 === 0 })).sha256)
}
