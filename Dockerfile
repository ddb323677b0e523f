# The worker and the command line in one image. Not run by us: there was no container engine at hand.
# Debian, not Alpine: Temporal's native part is built for glibc.
FROM node:20.19-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:20.19-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:20.19-bookworm-slim
# Else the C library keeps freed memory apart for each of the worker's threads: 35 MiB more at a school (docs/bench.md)
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
USER node
# node itself, not npm: signals must reach the worker, which then finishes or hands back what it does
ENTRYPOINT ["node"]
CMD ["dist/workers/main.js"]
