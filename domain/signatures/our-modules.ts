import { kernels, type Signature } from './signature.ts'

/** What our own kernel modules print; what they found comes as records. */
export const ourModules: Signature[] = [
  {
    id: 'fuzz.begin',
    pattern: /^hyplab-ffa-fuzz: seed (?<seed>\d+), (?<ms>\d+) ms$/,
    world: 'NS',
    kind: 'order',
    known: kernels,
    source: 'guest/ffa-fuzz/main.c ffa_fuzz_init()',
  },
  {
    id: 'fuzz.end',
    pattern: /^hyplab-ffa-fuzz: done$/,
    world: 'NS',
    kind: 'order',
    known: kernels,
    source: 'guest/ffa-fuzz/main.c ffa_fuzz_init()',
  },
]
