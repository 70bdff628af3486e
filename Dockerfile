# Two stages: what builds stays behind. The newest Python on which the tests have been run.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/cohort-bot
COPY requirements.txt ./
RUN /opt/cohort-bot/bin/python -m pip install --no-cache-dir --require-hashes -r requirements.txt
COPY requirements-build.txt ./
RUN python -m pip install --no-cache-dir --require-hashes -r requirements-build.txt
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY content content
COPY locales locales
COPY migrations migrations
COPY src src
RUN python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /src/wheels . \
    && /opt/cohort-bot/bin/python -m pip install --no-cache-dir --no-deps --no-index --find-links /src/wheels cohort-bot

FROM python:3.13-slim
# A font for the pictures on Discord. Debian keeps one version at a time, so it has none to pin.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends fonts-dejavu-core && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /data --create-home cohort-bot
COPY --from=build /opt/cohort-bot /opt/cohort-bot
ENV PATH=/opt/cohort-bot/bin:$PATH \
    DATABASE_URL=sqlite+aiosqlite:////data/cohort-bot.db \
    HOST=0.0.0.0 \
    PORT=8000
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["cohort-bot"]
CMD ["run"]
