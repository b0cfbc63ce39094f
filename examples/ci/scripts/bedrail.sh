#!/usr/bin/env bash
# bedrail.sh plan|apply|drift|validate: one command of bedrail in a pipeline, with its results as files and its exit code
# in words.
#
# BEDRAIL_SPEC    files or folders of the spec, one a line (default: bedrail.yaml)
# BEDRAIL_ARGS    further arguments, one a line: a line is one argument, whatever stands in it
# BEDRAIL_ALLOW   for plan and apply: hazards to allow, one a line; a line is a hazard and never another flag
# BEDRAIL_OUT     the folder of the results (default: bedrail-out)
# BEDRAIL_PLAN    for apply: the saved plan to carry out
# BEDRAIL_DIGEST  for apply: the digest of the plan that was reviewed; any other plan is refused
# BEDRAIL_IGNORE  for drift: the list of what is ignored, in place of the one beside the spec; a file that is not there
#                 ignores nothing
#
# Writes into BEDRAIL_OUT: plan.json and plan.md, drift.md, audit.jsonl, and in any case `outputs`, lines of name=value.
# Exits as bedrail does, but for plan's 2: that there is something to do is no failure of a plan. The code itself is among
# the outputs.
set -euo pipefail

command="${1:?usage: bedrail.sh plan|apply|drift|validate}"
out="${BEDRAIL_OUT:-bedrail-out}"
mkdir -p "$out"

# A line for the log of the pipeline, as an annotation where there are such.
tell() {
  if [[ "${GITHUB_ACTIONS:-}" == true ]]; then
    printf '::%s title=bedrail %s::%s\n' "$1" "$command" "$2"
  else
    printf '%s: %s\n' "$(tr '[:lower:]' '[:upper:]' <<<"$1")" "$2" >&2
  fi
}

lines() {
  local line
  while IFS= read -r line || [[ -n "$line" ]]; do
    line="${line%$'\r'}"
    [[ -z "$line" ]] || printf '%s\0' "$line"
  done <<<"$1"
}

arguments=("$command")
while IFS= read -r -d '' spec; do arguments+=("--spec=$spec"); done < <(lines "${BEDRAIL_SPEC:-bedrail.yaml}")
while IFS= read -r -d '' argument; do arguments+=("$argument"); done < <(lines "${BEDRAIL_ARGS:-}")
if [[ "$command" == plan || "$command" == apply ]]; then
  while IFS= read -r -d '' hazard; do arguments+=("--allow=$hazard"); done < <(lines "${BEDRAIL_ALLOW:-}")
fi

comment=''
case "$command" in
plan)
  comment="$out/plan.md"
  rm -f "$out/plan.json" "$comment"
  # One reading of AWS makes both, so what is commented is what is saved.
  arguments+=(--detailed-exitcode --out "$out/plan.json" --format markdown --output "$comment")
  ;;
drift)
  comment="$out/drift.md"
  rm -f "$comment"
  if [[ -n "${BEDRAIL_IGNORE:-}" ]]; then
    ignore="$BEDRAIL_IGNORE"
    # Not the list beside the spec: what was taken out of the newer one is agreed to no longer.
    [[ -e "$ignore" ]] || { ignore="$out/ignore.yaml" && : >"$ignore"; }
    arguments+=("--ignore=$ignore")
  fi
  arguments+=(--format markdown --output "$comment")
  ;;
apply)
  plan="${BEDRAIL_PLAN:?BEDRAIL_PLAN is the saved plan that is carried out}"
  rm -f "$out/audit.jsonl"
  if [[ -n "${BEDRAIL_DIGEST:-}" ]]; then arguments+=("--digest=$BEDRAIL_DIGEST"); fi
  arguments+=(--audit-log "$out/audit.jsonl" -- "$plan")
  ;;
validate)
  if [[ "${GITHUB_ACTIONS:-}" == true ]]; then arguments+=(--format github); fi
  ;;
*)
  tell error "\`$command\` is not run by this script: plan, apply, drift, validate"
  exit 64
  ;;
esac

code=0
bedrail "${arguments[@]}" || code=$?

# The first line of a comment is its marker, whose digest is the identity of what the plan does.
digest=''
if [[ -n "$comment" && -s "$comment" ]]; then
  digest="$(sed -n '1s/^<!-- bedrail:[a-z]* stack=[A-Za-z0-9-]* digest=\(sha256:[0-9a-f]\{64\}\) -->$/\1/p' "$comment")"
else
  comment=''
fi

{
  printf 'exit-code=%s\n' "$code"
  printf 'digest=%s\n' "$digest"
  printf 'comment-path=%s\n' "$comment"
  if [[ "$command" == plan && -s "$out/plan.json" ]]; then
    printf 'plan-path=%s\n' "$out/plan.json"
    # As many accounts as the widest change reaches, or as enforce something of their own.
    jq -r '"changes=\(.actions | length)",
      "weakens=\(.summary.hazards.weakens // 0)",
      "accounts=\([
        ([.actions[].reach.accounts // 0] | max // 0),
        ([.actions[] | select(.kind == "account-enforcement" and (.reach.accounts // 0) > 0) | .account] | unique | length)
      ] | max)"' "$out/plan.json"
  fi
} >"$out/outputs"

case "$command-$code" in
plan-0) tell notice "nothing to do" ;;
plan-2) tell notice "there is something to do; the plan is saved" ;;
drift-0) tell notice "AWS is as the spec says" ;;
drift-2) tell warning "AWS is not as the spec says" ;;
apply-0) tell notice "done" ;;
validate-0) tell notice "the spec is sound" ;;
plan-1 | drift-1) tell error "failed: a fault of the spec, an error of AWS, the wrong account, or something that could not be read. What could not be read is not taken for unchanged. Nothing was changed." ;;
*-1) tell error "failed, and nothing was changed; the lines above say why" ;;
plan-3) tell error "the plan carries what --fail-on names" ;;
*-3) tell error "refused, and nothing was changed. The lines above name each hazard and the --allow that permits it; it takes a person to permit it." ;;
*-4) tell error "the plan is stale, and nothing was changed: what it was made for has moved since it was reviewed. The lines above name what moved. Plan anew, and have that plan reviewed." ;;
*-5) tell error "incomplete: something was done, and something failed, was held or could not be seen; all of it is listed above. Run the same again to go on with the rest." ;;
*-64) tell error "bedrail does not know these arguments" ;;
*-130) tell error "interrupted: calls in flight were finished, the rest was skipped. Run the same again to go on." ;;
*) tell error "ended with the exit code $code" ;;
esac

if [[ "$command-$code" == plan-2 ]]; then exit 0; fi
exit "$code"
