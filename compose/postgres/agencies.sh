#!/bin/sh
# Runs once, when the server's volume is empty: a role and a database for each agency, which no other may enter.
set -eu

agency() { # name, password
  psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --quiet --set name="$1" --set password="$2" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
}

agency dvc "$DVC_PASSWORD"
agency land "$LAND_PASSWORD"
agency tax "$TAX_PASSWORD"
agency payment "$PAYMENT_PASSWORD"
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --quiet --command "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC"
