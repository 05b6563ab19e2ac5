import { DatabaseSync } from "node:sqlite"
import * as fs from "node:fs"
const proto: any = DatabaseSync.prototype
const exec = proto.exec
proto.exec = function (sql: string) { const r = exec.call(this, sql); if (sql.includes("synchronous = full")) exec.call(this, process.env["PRAGMA"] ?? "select 1"); return r }
const close = proto.close
proto.close = function () { try { const f = this.location?.("orchestration"); if (f) console.log("wal", fs.statSync(f + "-wal").size, "db", fs.statSync(f).size) } catch (e) { console.log(e) } return close.call(this) }
