#!/usr/bin/env bash
#
# The layering lint complains of every kind of wrong include, and of nothing else.
#     layering_notices.sh ROOT
set -euo pipefail

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# file | what it includes | right or wrong
cases='
common/map.c             | worker/core/record.h      | wrong
common/map.c             | common/loop.h             | right
worker/core/lanes.c      | worker/edge/source.h      | wrong
worker/core/lanes.c      | common/clock.h            | wrong
worker/core/lanes.c      | worker/core/ledger.h      | right
worker/core/lanes.c      | curl/curl.h               | wrong
worker/core/event.c      | jansson.h                 | right
worker/edge/source.c     | worker/edge/sink.h        | wrong
worker/edge/source.c     | worker/edge/kafka.h       | right
worker/edge/sink.c       | worker/edge/kafka_producer.h | right
worker/edge/mattermost.c | worker/edge/kafka.h       | wrong
worker/edge/mattermost_x.c | worker/edge/mattermost.h | right
worker/edge/download.c   | worker/edge/mattermost.h  | right
worker/edge/download_x.c | worker/edge/mattermost_x.h | right
worker/edge/download_x.c | curl/curl.h               | right
worker/edge/download.c   | worker/edge/kafka.h       | wrong
worker/edge/mattermost.c | worker/edge/download.h    | wrong
worker/edge/source.c     | worker/app/worker.h       | wrong
worker/app/worker.c      | worker/edge/source.h      | right
worker/app/worker.c      | worker/cmd/run.h          | wrong
worker/cmd/run.c         | worker/demo/standin.h     | wrong
worker/cmd/demo.c        | worker/demo/standin.h     | right
worker/demo/standin.c    | worker/edge/mattermost.h  | wrong
worker/main.c            | worker/edge/source.h      | wrong
worker/main.c            | worker/cmd/run.h          | right
'

failures=0
while IFS='|' read -r file included expected; do
    rm -rf "${tree:?}"/*
    mkdir -p "$tree/common" "$tree/worker" "$tree/$(dirname "$file")"
    printf '#include "%s"\n' "$included" >"$tree/$file"
    answer=right
    "$1/tests/lint/layering.sh" "$tree" >/dev/null || answer=wrong
    [ "$answer" = "$expected" ] && continue
    printf '%s including %s is said to be %s\n' "$file" "$included" "$answer"
    failures=1
done < <(tr -d ' ' <<<"$cases" | sed '/^$/d')
exit "$failures"
