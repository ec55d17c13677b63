#!/bin/sh
# Creates Temporal's two databases, or brings their schema up to this server's version. Safe to run again.
set -eu
for database in temporal temporal_visibility; do
  versions=$database
  [ "$database" = temporal_visibility ] && versions=visibility
  temporal-sql-tool --db "$database" create
  # Fails on a database that has a schema already; update-schema then finds where it stands.
  temporal-sql-tool --db "$database" setup-schema -v 0.0 || echo "$database has a schema already"
  temporal-sql-tool --db "$database" update-schema -d "$SCHEMA/$versions/versioned"
done
