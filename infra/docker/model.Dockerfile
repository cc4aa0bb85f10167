# A compiled model as an image: docker build -f infra/docker/model.Dockerfile -t tandem-model .tandem/served
# The build's context is the model's folder. Kubernetes copies it into a volume that the backend reads (infra/kubernetes).
ARG BASE_IMAGE=debian:trixie-slim
FROM ${BASE_IMAGE}
# The backend's user, whatever the folder's own rights.
COPY --chown=10001:10001 . /model/
USER 10001:10001
