#!/bin/sh
# Applies the spec and asks the guardrail three prompts: in the sandbox, or with flags in your account.
set -eu
here="$(dirname "$0")"
yes=
[ $# -gt 0 ] || { set -- --sandbox; yes=--yes; }

bedrail apply -f "$here" --require-tests "$here/assistant.test.yaml" $yes "$@"
echo
bedrail test -f "$here" "$here/assistant.test.yaml" --every-case "$@"
