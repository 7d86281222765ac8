#!/usr/bin/env bash
#
# No function has a cyclomatic complexity above 10 or more than 50 lines.  (Where <sys/queue.h> is at
# work pmccabe grumbles about a "class scope", and counts all the same.)
#     complexity.sh ROOT
set -euo pipefail
cd "$1"

find common worker tests -name '*.c' -print0 | sort -z | xargs -0 pmccabe |
    awk -F '\t' '
        $1 > 10 { print $6 ": complexity " $1 ", more than 10"; bad = 1 }
        $5 > 50 { print $6 ": " $5 " lines, more than 50"; bad = 1 }
        END { exit bad }'
