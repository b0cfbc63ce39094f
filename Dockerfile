# bedrail in a container: the static binary and the certificates of authorities, no shell, no root.
#
#   docker build --build-arg BEDRAIL_COMMIT="$(git rev-parse HEAD)" --tag bedrail .
#   docker run --rm --volume "$PWD:/work:ro" --env AWS_REGION --env AWS_ACCESS_KEY_ID --env AWS_SECRET_ACCESS_KEY --env AWS_SESSION_TOKEN bedrail plan

FROM rust:1.95-slim-bookworm@sha256:d7482085ff5b415f84dba5647ae71606650bdef00db7aeb69f4b3d170c3e4082 AS build
# aws-lc is C. Debian keeps no older versions, so a pinned one would break the build one day.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends binutils musl-tools \
    && rm -rf /var/lib/apt/lists/* \
    && rustup target add x86_64-unknown-linux-musl
WORKDIR /src
COPY Cargo.toml Cargo.lock build.rs ./
COPY packaging/build packaging/build
COPY data data
COPY localstack localstack
COPY src src
# There is no git in here to ask.
ARG BEDRAIL_COMMIT=""
# The caches stay with the builder: a change of the sources compiles those only.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    packaging/build && cp target/x86_64-unknown-linux-musl/release/bedrail /usr/local/bin/bedrail

FROM gcr.io/distroless/static-debian12:nonroot@sha256:d093aa3e30dbadd3efe1310db061a14da60299baff8450a17fe0ccc514a16639
COPY --from=build /usr/local/bin/bedrail /usr/local/bin/bedrail
# The user `nonroot` of the image, by number, so that Kubernetes sees that it is not root.
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/bedrail"]
