import { DatabaseSync } from "node:sqlite"
const proto: any = DatabaseSync.prototype
const prepare = proto.prepare
const stats = new Map<string, { n: number; wall: number; cpu: number }>()
proto.prepare = function (sql: string) {
  const st = prepare.call(this, sql)
  const key = sql.replace(/\s+/g, " ").slice(0, 70)
  return new Proxy(st, { get(t, k) { const v = t[k]; if (typeof v !== "function") return v
    return (...a: any[]) => { const w = performance.now(), c = process.threadCpuUsage(); try { return v.apply(t, a) } finally { const d = process.threadCpuUsage(c); const s = stats.get(key) ?? { n: 0, wall: 0, cpu: 0 }; s.n++; s.wall += performance.now() - w; s.cpu += (d.user + d.system) / 1000; stats.set(key, s) } } } })
}
process.on("exit", () => { for (const [k, s] of [...stats].sort((a, b) => b[1].cpu - a[1].cpu)) console.log(s.n, "wall", s.wall.toFixed(0), "cpu", s.cpu.toFixed(0), "us each", (1000 * s.cpu / s.n).toFixed(0), k) })
