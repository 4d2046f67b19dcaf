# syntax=docker/dockerfile:1

# Production packages only, from the lock file.
FROM oven/bun:1.4.5-slim AS packages
WORKDIR /app
COPY package.json bun.lock bunfig.toml ./
# Peers here are compilers and drivers that the service does not load.
RUN bun install --production --omit=peer --frozen-lockfile

FROM oven/bun:1.4.5-slim AS production
RUN groupadd --system gonogo \
 && useradd --system --gid gonogo --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin gonogo
WORKDIR /app
# Code belongs to root and is only read; the one folder that the service writes is its own.
COPY --from=packages /app/node_modules ./node_modules
COPY . .
RUN install --directory --owner=gonogo --group=gonogo --mode=0700 /app/data
USER gonogo
ENV NODE_ENV=production \
    GDPR_MODE=production \
    HOST=0.0.0.0 \
    PORT=8000
VOLUME /app/data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["bun", "--no-env-file", "-e", "const { ok } = await fetch(`http://127.0.0.1:${process.env.PORT}/health/live`); process.exit(ok ? 0 : 1)"]
CMD ["bun", "src/app/main.ts"]
