#!/bin/sh
# From nothing to a call from a member account that is held to the guardrail: in the sandbox, or with flags in your organization.
set -eu
here="$(dirname "$0")"
yes=
[ $# -gt 0 ] || { set -- --sandbox; yes=--yes; }

bedrail apply -f "$here" $yes "$@"
echo
bedrail verify -f "$here" --invoke "${MODEL:-amazon.nova-lite-v1:0}" "$@"
echo
bedrail explain -f "$here" --account "${MEMBER:-555566667777}" --region us-east-1 "$@"
