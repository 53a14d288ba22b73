# Foyer as an image: `server` (the default), `worker`, or any command of `foyer`.
#
#   docker build --tag foyer .
#   docker run foyer server
#
# It runs as the user 1000 and writes nothing but the folder /var/lib/foyer, which one server without a cluster keeps its files in: the rest of the
# file system can be read-only. In a cluster it writes nothing.

ARG NODE=node:24-bookworm-slim

FROM ${NODE} AS build
WORKDIR /app
# The SQLite module is compiled where no prebuilt one can be fetched.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts && npm rebuild better-sqlite3
COPY .swcrc ormconfig.ts ./
COPY scripts scripts
COPY libs libs
COPY apps apps
RUN node scripts/build.mjs
RUN npm prune --omit=dev --ignore-scripts

FROM ${NODE}
# As process 1, Node would not end when it is told to before it listens for that.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=1000 --group=1000 --mode=0700 /var/lib/foyer
ENV NODE_ENV=production \
    FOYER_DATA_DIR=/var/lib/foyer \
    PATH=/app:$PATH
WORKDIR /app
COPY deploy/image/foyer package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER 1000:1000
VOLUME /var/lib/foyer
EXPOSE 8080
# Alive, not ready: who restarts what is unhealthy would otherwise restart every server because the database is away.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "foyer"]
CMD ["server"]
