# lgsp-sim as an image: without a command everything but a Kafka of yours, in one process (docs/containers.md).
ARG PYTHON_IMAGE=python:3.12-slim

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_COMPILE=1 PIP_ROOT_USER_ACTION=ignore
RUN python3 -m venv --without-pip /opt/lgsp
# what is installed changes less often than our own code, so it is a layer of its own
COPY requirements-image.lock /src/
RUN python3 -m pip --python /opt/lgsp/bin/python install --require-hashes --only-binary :all: -r /src/requirements-image.lock
COPY . /src
RUN python3 -m pip --python /opt/lgsp/bin/python install --no-deps /src
# compiled here, once: the container's user may not write there, and nothing looks at the files' times
RUN /opt/lgsp/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/lgsp/lib

FROM ${PYTHON_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="lgsp-sim" \
      org.opencontainers.image.description="A test partner for Vietnamese government systems: mock agencies exchanging contract-validated messages over Kafka" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# a number that no host gives to a person; the state folder is the only place this user can write to
RUN groupadd --gid 10001 lgsp \
    && useradd --uid 10001 --gid lgsp --no-create-home --home-dir /var/lib/lgsp --shell /usr/sbin/nologin lgsp \
    && install -d -o lgsp -g lgsp -m 0750 /var/lib/lgsp
COPY --from=build /opt/lgsp /opt/lgsp
ENV PATH=/opt/lgsp/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LGSP_STATE=/var/lib/lgsp \
    LGSP_HOST=0.0.0.0 \
    LGSP_BROKER_NETWORK_PORT=9092 \
    LGSP_BROKER_HOST_PORT=29092 \
    LGSP_SUPERVISOR_PORT=8080 \
    LGSP_LOG=json
WORKDIR /var/lib/lgsp
USER 10001:10001
VOLUME /var/lib/lgsp
EXPOSE 9092 29092 8080
HEALTHCHECK --interval=2s --timeout=5s --start-period=30s --retries=5 CMD ["python", "-m", "app.alive"]
ENTRYPOINT ["lgsp"]
CMD ["up", "--compact"]
