#!/bin/sh
# npm run check: types, lint and the pure tests, side by side. Needs nothing but npm; takes under half a minute on two cores.
set -eu
cd "$(dirname "$0")/.."
sh setup/node.sh
PATH=$PWD/node_modules/.bin:$PATH
export PATH
# oxlint finds what tsc does while it reads the types for its rules; npm test has tsc itself say so, too.
exec node setup/side-by-side.ts 'oxlint --type-aware --type-check' 'vitest run --project pure --reporter=default'
