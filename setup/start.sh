#!/bin/sh
# npm start: sets the machine up, then builds, boots and judges the first plan.
set -eu
checkout=$(cd "$(dirname "$0")/.." && pwd)
sh "$checkout/setup/node.sh"
"$checkout/node_modules/.bin/node" "$checkout/setup/main.ts"
exec "$checkout/bin/hyplab" run "$checkout/plans/first-look.yaml" "$@"
