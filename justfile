# `just` lists the recipes; each is one command that works without just, too.

set positional-arguments

_default:
    @just --list --unsorted

# run every test; arguments go to the test binary
test *args:
    cargo test --workspace "$@"

# format and lint, warnings denied
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# lint action.yml and examples/ci, with linters that it installs
lint-ci:
    examples/ci/lint

# build the API docs, warnings denied
docs:
    RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" cargo doc --workspace --no-deps --document-private-items

# licences, bans, sources and advisories of the dependencies
deny:
    .ci/deny

# drive the local AWS with boto3 and the AWS CLI; `just conformance --write` renews the table of localstack/README.md
conformance *args:
    localstack/conformance/run "$@"

# what CI runs
ci:
    .ci/run

# find misspelt words (needs typos)
spell:
    typos

# install the other YAML parsers that the tests compare with
yaml:
    tests/yaml/install
    tests/it/permissions/install

# install the browser that the tests open pages with, unless there is one
browser:
    tests/browser/install

# write what the tests expect anew: plans of the examples, console blocks, docs/codes.md, snapshots
bless:
    cargo test -p bedrail --lib write_codes -- --ignored
    BEDRAIL_BLESS=1 INSTA_UPDATE=always cargo test --workspace

# time and memory, as a release build: `validate` on the largest example, the local AWS with a large organization, a suite at the quota
bench:
    benches/validate
    benches/emulator
    benches/suite
