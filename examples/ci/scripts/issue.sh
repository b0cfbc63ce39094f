#!/usr/bin/env bash
# issue.sh FILE CODE: keeps one issue about the drift of a stack. FILE is what `bedrail drift --format markdown` wrote, CODE
# its exit code: 2 opens the issue or updates it, 0 closes it, and after any other nothing is known and nothing is touched.
#
# GH_TOKEN, GITHUB_REPOSITORY  as everywhere on GitHub
# BEDRAIL_LABEL                the label of the issue (default: bedrail-drift)
# BEDRAIL_AUTHOR               whose issues are taken for it (default: github-actions[bot])
set -euo pipefail

file="${1:?usage: issue.sh FILE CODE}"
code="${2:?usage: issue.sh FILE CODE}"
label="${BEDRAIL_LABEL:-bedrail-drift}"
author="${BEDRAIL_AUTHOR:-github-actions[bot]}"
issues="repos/$GITHUB_REPOSITORY/issues"
# It stands in an address.
[[ "$label" =~ ^[A-Za-z0-9._-]+$ ]] || { printf '::error::the label has other characters than letters, digits and ._-\n'; exit 1; }

if [[ "$code" != 0 && "$code" != 2 ]]; then
  printf 'What is there is not known, so no issue is opened or closed\n'
  exit 0
fi

first="$(head -n 1 "$file")"
marker="$(sed -n 's/^\(<!-- bedrail:drift stack=[A-Za-z0-9-]* \)digest=.*$/\1/p' <<<"$first")"
[[ -n "$marker" ]] || { printf '::error::%s does not begin with the marker of a drift\n' "$file"; exit 1; }
stack="${marker#*stack=}"
stack="${stack% }"
run="${GITHUB_SERVER_URL:-https://github.com}/$GITHUB_REPOSITORY/actions/runs/${GITHUB_RUN_ID:-}"

# The number of the open issue, and the first line of it. Only one of the same author: who opens an issue can edit it, and so
# could have it tell of the drift of tonight before there is any.
open="$(gh api --paginate "$issues?state=open&labels=$label&per_page=100" | jq -cs --arg marker "$marker" --arg author "$author" \
  '[.[][] | select(.pull_request == null and .user.login == $author and (.body // "" | startswith($marker)))] | sort_by(.number) | first // empty')"
number=''
known=''
if [[ -n "$open" ]]; then
  number="$(jq -r '.number' <<<"$open")"
  known="$(jq -r '.body | split("\n") | first | rtrimstr("\r")' <<<"$open")"
fi

say() {
  gh api --method POST "$issues/$number/comments" -f "body=$1" >/dev/null
}

case "$code-${number:+open}" in
2-)
  number="$(gh api --method POST "$issues" -f "title=bedrail: drift of $stack" -F "body=@$file" -f "labels[]=$label" | jq -r '.number')"
  printf 'Opened #%s\n' "$number"
  ;;
2-open)
  if [[ "$known" == "$first" ]]; then
    printf '#%s tells of it already\n' "$number"
  else
    # An edit notifies nobody, a comment does.
    gh api --method PATCH "$issues/$number" -F "body=@$file" >/dev/null
    say "The drift has changed; the description is that of [this run]($run)."
    printf 'Updated #%s\n' "$number"
  fi
  ;;
0-open)
  say "AWS is as the spec says again, as of [this run]($run)."
  gh api --method PATCH "$issues/$number" -f state=closed -f state_reason=completed >/dev/null
  printf 'Closed #%s\n' "$number"
  ;;
0-) printf 'No drift, and no issue about it\n' ;;
esac
