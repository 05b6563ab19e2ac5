import { runLab } from "./project.ts"
const t0 = Date.now()
const ran = await runLab("misbehaving", {
  isolation: process.argv[2] === "process" ? "process" : "thread",
  hows: ["a", "throws", "fails", "exits", "a2", "rejects", "floods", "prints", "leaks", "heap", "b"]
})
for (const e of ran.events)
  if ("partition" in e || e._tag === "RunEnded" || e._tag === "RunRequested")
    console.log(e.at - t0, e._tag, "partition" in e ? e.partition : "")
console.log(Date.now() - t0)
