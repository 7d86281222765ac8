#!/usr/bin/env bash
#
# Who may include whom: main → cmd → app → edge → core → common, downwards only, and each outside
# library in as few files as possible.
#     layering.sh ROOT
set -euo pipefail
cd "$1"

# Patterns for a line "FILE INCLUDED": what is forbidden, and after the # what is right all the same.
rules='
^common/[^ ]+ worker/#
^worker/core/[^ ]+ worker/(edge|app|cmd|demo)/#
^worker/core/[^ ]+ common/(log|loop|clock|outlet)#
^worker/core/[^ ]+ (sys/(socket|epoll|stat)|fcntl|unistd|pthread)[.]h#
^worker/edge/[^ ]+ worker/(app|cmd|demo)/#
^worker/edge/[^ ]+ worker/edge/#^worker/edge/([a-z]+)[_.][^ ]* worker/edge/\1[_.]
^worker/app/[^ ]+ worker/(cmd|demo)/#
^worker/cmd/[^ ]+ worker/demo/#^worker/cmd/demo
^worker/demo/[^ ]+ worker/(edge|app|cmd)/#
^worker/main[.]c worker/(core|edge|demo)/#
 librdkafka/#^worker/(edge/(admin|kafka|source|sink|table)|cmd/demo|demo/)
 curl/#^worker/edge/(mattermost|download)
 libconfig[.]h#^worker/app/settings
 jansson[.]h#^worker/(core/(event|threads)|edge/mattermost|cmd/show_post|demo/)
 microhttpd[.]h#^worker/(edge/(listener|management)|demo/)
 openssl/#^common/digest
'

# What the Kafka edges have in common: how this project sets up a Kafka client.  An attachment's way
# ends in a request to Mattermost.
shared='^worker/edge/((admin|source|sink|table)[_.][^ ]* worker/edge/kafka(_producer)?[.]h|download[_.][^ ]* worker/edge/mattermost)'

includes() {
    grep -rEo --include='*.[ch]' '^ *# *include *[<"][^>"]+' common worker |
        sed -E 's/:.*[<"]/ /'
}

found=$(includes | sed -E "\\#$shared#d")
broken=0
while IFS='#' read -r forbidden right; do
    while read -r file included; do
        printf '%s must not include %s\n' "$file" "$included"
        broken=1
    done < <(grep -E "$forbidden" <<<"$found" | grep -vE "${right:-^$}")
done < <(sed '/^$/d' <<<"$rules")
exit "$broken"
