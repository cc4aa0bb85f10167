# A compiled model as an image, which Kubernetes copies into a volume that the backend reads (infra/kubernetes). Either of a folder, which
# is the build's context:
#   docker build -f infra/docker/model.Dockerfile -t tandem-model .tandem/served
# Or of a model of the Hugging Face hub, pulled and compiled in the build, for a machine that has nothing but Docker:
#   docker build -f infra/docker/model.Dockerfile --target pulled --build-arg MODEL=facebook/blenderbot-400M-distill \
#     --build-arg MODEL_TARGET=cuda -t tandem-model .
ARG BASE_IMAGE=debian:trixie-slim
# Only to build with: Node >= 22.18 and npm.
ARG BUILD_IMAGE=node:24-trixie-slim

# --- the compiler, and what it makes. A registry, its credentials, certificates and the hub's token come as build argument and secrets.
FROM ${BUILD_IMAGE} AS compiled
ARG NPM_CONFIG_REGISTRY
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=secret,id=certificates \
    if [ -f /run/secrets/certificates ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/certificates; fi; \
    npm ci --omit=dev --no-audit --no-fund --cache /tmp/npm && rm -rf /tmp/npm
COPY shared shared
COPY gpu-backend gpu-backend
# The command line imports its tokenizer.
COPY edge edge
COPY infra infra
# Its id, or id@revision.
ARG MODEL
# cuda for a GPU.
ARG MODEL_TARGET=cpu
ARG HF_ENDPOINT=https://huggingface.co
RUN --mount=type=secret,id=hf_token \
    --mount=type=secret,id=certificates \
    if [ -f /run/secrets/certificates ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/certificates; fi; \
    if [ -f /run/secrets/hf_token ]; then export HF_TOKEN="$(cat /run/secrets/hf_token)"; fi; \
    export HF_HOME=/tmp/hub; \
    node infra/cli.ts model pull "${MODEL:?is the id of a model, such as facebook/blenderbot-400M-distill}" \
 && node infra/cli.ts model build "${MODEL}" --target "${MODEL_TARGET}" --out /model \
 && rm -rf /tmp/hub node_modules

FROM ${BASE_IMAGE} AS pulled
COPY --from=compiled --chown=10001:10001 /model/ /model/
USER 10001:10001

# --- the last stage is what a build without --target makes
FROM ${BASE_IMAGE}
# The backend's user, whatever the folder's own rights.
COPY --chown=10001:10001 . /model/
USER 10001:10001
