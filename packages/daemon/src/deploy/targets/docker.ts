/** Docker: an image of the project in which `tetra start --foreground` runs. */
import { headerLines } from "../header.ts"
import type { DeployContext, DeployFile } from "../Target.ts"

/** Pinned: another Node is another image. */
const node = "26.10.0"
const port = 4700

/** The whole file; `node` hands signals on by itself, so that no init process is needed. */
export const dockerfile = (context: DeployContext): DeployFile => {
  const words = ["tetra", "start", "--foreground", "--timeout", `${context.drainSeconds}`, "--http", `${port}`]
  const command = context.environment === undefined ? words : [...words, "--env", context.environment]
  const probe = `fetch('http://127.0.0.1:${port}/health/live').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))`
  const lines = [
    "# syntax=docker/dockerfile:1",
    ...headerLines("docker", context, []).map((line) => `# ${line}`),
    "# Keep .env, .tetra and node_modules out of the image: list them in .dockerignore.",
    "",
    `FROM node:${node}-bookworm-slim AS build`,
    "WORKDIR /app",
    "COPY package.json package-lock.json* pnpm-lock.yaml* ./",
    "RUN if [ -f pnpm-lock.yaml ]; then npm install --global corepack && corepack enable && pnpm install --frozen-lockfile --prod; \\",
    "    else npm ci --omit=dev --ignore-scripts; fi",
    "COPY . .",
    "",
    `FROM node:${node}-bookworm-slim`,
    "ENV NODE_ENV=production TETRA_HOME=/data PATH=/app/node_modules/.bin:$PATH",
    "WORKDIR /app",
    "RUN mkdir /data && chown node:node /data",
    "COPY --from=build --chown=node:node /app /app",
    "USER node",
    "VOLUME /data",
    `EXPOSE ${port}`,
    `STOPSIGNAL SIGTERM`,
    `HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["node", "-e", ${JSON.stringify(probe)}]`,
    `ENTRYPOINT ["tetra"]`,
    `CMD ${JSON.stringify(command.slice(1)).replaceAll(",", ", ")}`
  ]
  return { path: "Dockerfile", text: `${lines.join("\n")}\n` }
}
