#!/usr/bin/env bash
#
# A file of more than 350 lines probably holds two things.  One that does not is named in long_files
# beside this, with the reason.
#     file_length.sh ROOT
set -euo pipefail
cd "$1"

most=350
excused=$(sed -E '/^(#|$)/d; s/ .*//' tests/lint/long_files)
long=$(find common worker tests -regex '.*[.]\([ch]\|py\|sh\)' -exec wc -l {} + |
    awk -v most="$most" '$1 > most && $2 != "total" { print $2 }')

failures=0
while read -r file; do
    printf '%s: %s lines, more than %s\n' "$file" "$(wc -l <"$file")" "$most"
    failures=1
done < <(comm -23 <(sort <<<"$long") <(sort <<<"$excused") | sed '/^$/d')
while read -r file; do
    printf '%s is excused in long_files and need not be\n' "$file"
    failures=1
done < <(comm -13 <(sort <<<"$long") <(sort <<<"$excused") | sed '/^$/d')
exit "$failures"
