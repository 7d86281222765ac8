#!/usr/bin/env bash
#
# Nothing in the project speaks of one machine's folders, or of work that is left for later.
#     project_speaks_of_itself.sh ROOT
set -euo pipefail
cd "$1"

# The brackets keep this file from finding itself.
machines='(^|[^[:alnum:]_.-])/(wor[k]|roo[t]|far[m]|tmp/lea[d]|tmp/w[t])/'
unfinished='\<(TOD[O]|FIXM[E]|XX[X]|HAC[K])\>'

! grep -rInE "$machines|$unfinished" . \
    --exclude-dir=build --exclude-dir=.cache --exclude-dir=.git --exclude=.git
