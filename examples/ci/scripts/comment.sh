#!/usr/bin/env bash
# comment.sh FILE: makes FILE, what `bedrail plan --format markdown` wrote, the comment of a pull request: the one that is
# there already for this stack, or a new one.
#
# GH_TOKEN, GITHUB_REPOSITORY  as everywhere on GitHub
# BEDRAIL_PULL_REQUEST         the number of the pull request
# BEDRAIL_COMMIT               the commit that the plan is of
# BEDRAIL_AUTHOR               whose comments may be written over (default: github-actions[bot])
set -euo pipefail

file="${1:?usage: comment.sh FILE}"
pull="${BEDRAIL_PULL_REQUEST:?BEDRAIL_PULL_REQUEST is the number of the pull request}"
author="${BEDRAIL_AUTHOR:-github-actions[bot]}"
[[ "$pull" =~ ^[0-9]+$ ]] || { printf '::error::there is no pull request to comment\n'; exit 1; }

# The marker without its digest: the comment of an earlier plan of the same stack is the same comment.
marker="$(sed -n '1s/^\(<!-- bedrail:plan stack=[A-Za-z0-9-]* \)digest=.*$/\1/p' "$file")"
[[ -n "$marker" ]] || { printf '::error::%s does not begin with the marker of a plan\n' "$file"; exit 1; }

body="$(mktemp)"
trap 'rm -f "$body"' EXIT
cat "$file" >"$body"
if [[ "${BEDRAIL_COMMIT:-}" =~ ^[0-9a-f]{40}$ ]]; then
  printf '\n<sub>Plan of %s, made by [this run](%s/%s/actions/runs/%s).</sub>\n' "$BEDRAIL_COMMIT" \
    "${GITHUB_SERVER_URL:-https://github.com}" "$GITHUB_REPOSITORY" "${GITHUB_RUN_ID:-}" >>"$body"
fi

# Only a comment of the same author: who quotes the marker does not get the quotation written over.
comments="repos/$GITHUB_REPOSITORY/issues/$pull/comments"
id="$(gh api --paginate "$comments?per_page=100" | jq -rs --arg marker "$marker" --arg author "$author" \
  '[.[][] | select(.user.login == $author and (.body | startswith($marker)))] | first | .id // empty')"
if [[ -n "$id" ]]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" -F "body=@$body" >/dev/null
  printf 'Updated comment %s of #%s\n' "$id" "$pull"
else
  gh api --method POST "$comments" -F "body=@$body" >/dev/null
  printf 'Commented #%s\n' "$pull"
fi
