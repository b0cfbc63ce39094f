#!/usr/bin/env bash
# role.sh: prints what lets bedrail enter BEDRAIL_ROLE_ARN with the credentials of the container it runs in, to be read with
# `eval`. The SDK then enters the role itself and renews the session, which a session in environment variables is not.
set -euo pipefail

role="${BEDRAIL_ROLE_ARN:?BEDRAIL_ROLE_ARN is the role that bedrail has to enter}"
[[ "$role" =~ ^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$ ]] ||
  { printf 'ERROR: BEDRAIL_ROLE_ARN is not the ARN of a role\n' >&2; exit 1; }
config="$(mktemp)"
cat >"$config" <<END
[profile bedrail]
role_arn = $role
role_session_name = bedrail
credential_source = EcsContainer
END
printf 'export AWS_CONFIG_FILE=%q AWS_PROFILE=bedrail\n' "$config"
