# The images `service` and `delivery`: one file per program on a distroless Node. `./fairlead image` builds both, and proves
# what is said here. Renovate moves the two digests; where no registry can be reached, the arguments name local images.
ARG NODE_IMAGE=node:24-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot@sha256:14d42e2511532589a7c7e01a753667a74fcc96266e137e8125006b87b0c32d0a

# Runs on the builder's own platform: what it makes is JavaScript, the same for amd64 and arm64.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
WORKDIR /build
# The packages are a layer of their own, made again only when the lockfile changes.
COPY package.json package-lock.json ./
COPY third-party/node third-party/node
COPY third-party/postgres third-party/postgres
# An .npmrc or certificates of the machine, where its registry needs them, are seen by this command only.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=secret,id=ca,target=/run/secrets/ca.pem \
    if [ -s /run/secrets/ca.pem ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca.pem; fi; \
    npm ci --no-audit --no-fund
COPY . .
# Below, every file and folder gets this time: times are part of a layer, and the same sources are to give the same layers.
ARG SOURCE_DATE_EPOCH=0
ENV SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH
RUN node toolkit/cli.ts bundle --out /bundle

FROM ${RUNTIME_IMAGE} AS runtime
# The distroless user, by number: Kubernetes refuses to judge a name. Any other does as well: nothing here is written to.
USER 65532:65532
# Half of the memory limit for V8's heap; without it Node 24 takes no notice of small limits.
ENV NODE_ENV=production NODE_OPTIONS="--max-old-space-size-percentage=50 --enable-source-maps"
EXPOSE 8080
STOPSIGNAL SIGTERM

FROM build AS service-files
WORKDIR /image/app
# package.json says that the files are modules; ../migrations is where the programs look for them. bom.cdx.json, beside the
# programs, is found by Trivy and Syft by how its name ends (Trivy: pkg/fanal/analyzer/sbom; Syft: cataloger/sbom).
RUN cp -r /bundle/package.json /bundle/migrations /bundle/service . \
    && find /image -exec touch --no-dereference --date=@$SOURCE_DATE_EPOCH {} +

FROM runtime AS service
COPY --from=service-files /image /
WORKDIR /app
# Whoever deploys says where this is; who forgets gets the strictest rules.
ENV ENVIRONMENT=prod
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/nodejs/bin/node", "/app/service/healthcheck.js"]
CMD ["/app/service/main.js"]
# Last, because they differ from commit to commit.
ARG REVISION=unknown
ARG VERSION=0.0.0
ENV REVISION=$REVISION
LABEL org.opencontainers.image.title="hello-world" \
      org.opencontainers.image.description="A service that goes from commit to production" \
      org.opencontainers.image.source="https://github.com/acme/hello-world" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION

# === delivery
FROM build AS delivery-files
WORKDIR /image/app
# /var/lib/fairlead is where a volume for the outbox of SQLite belongs; a new one takes over that the folder is the user's.
RUN cp -r /bundle/package.json /bundle/delivery . \
    && mkdir -p /image/var/lib && install --directory --owner=65532 --group=65532 /image/var/lib/fairlead \
    && find /image -exec touch --no-dereference --date=@$SOURCE_DATE_EPOCH {} +

FROM runtime AS delivery
COPY --from=delivery-files /image /
WORKDIR /app
ENV OUTBOX_PATH=/var/lib/fairlead/outbox.db
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/nodejs/bin/node", "/app/delivery/healthcheck.js"]
CMD ["/app/delivery/main.js"]
ARG REVISION=unknown
ARG VERSION=0.0.0
ENV REVISION=$REVISION
LABEL org.opencontainers.image.title="fairlead-delivery" \
      org.opencontainers.image.description="Tells people what happened in the cluster, at least once" \
      org.opencontainers.image.source="https://github.com/acme/hello-world" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION
