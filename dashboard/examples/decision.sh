#!/bin/sh
# Asks for one decision. Needs curl 7.84 or newer.
: "${DECISION_API_KEY:?is not set: set this environment variable first.}"

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# The key goes by a pipe: other programs can read a command line.
# Too fast, or a fault that passes: curl waits as told, and tries once more.
if printf 'X-API-Key: %s\n' "$DECISION_API_KEY" | curl \
  --header @- --header 'Content-Type: application/json' \
  --data '{
    "category": "FINANCIAL",
    "amount": 1000,
    "description": "Renew the design tool"
  }' \
  --retry 1 --retry-max-time 60 --max-time 30 \
  --silent --show-error --fail-with-body --output "$answer" \
  --write-out '%{stderr}RateLimit: %header{ratelimit}\n' \
  'https://api.example.com/decisions/evaluate'
then
  cat "$answer"
else
  # Errors are JSON too: title and detail are written for people.
  echo 'No decision. What came back says why, and what to do:' >&2
  cat "$answer" >&2
  exit 1
fi
