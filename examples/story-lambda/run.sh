#!/bin/sh
# Applies the spec and calls a model as the function's role, with its guardrail and without: in the sandbox, or with flags in your account.
set -eu
here="$(dirname "$0")"
yes=
[ $# -gt 0 ] || { set -- --sandbox; yes=--yes; }

bedrail apply -f "$here" $yes "$@"
echo
bedrail verify -f "$here" --invoke "${MODEL:-amazon.nova-lite-v1:0}" "$@"
