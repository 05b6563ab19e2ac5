/** What stands beside the run, looked up by the server that the dashboard is attached to. */
import type { ChartPane, Fact } from "@tetra/tui"
import type { Source } from "../dashboard/source.ts"
import { inHand } from "../alerts/inHand.ts"
import { chartsOfWire, deskOf } from "../dashboard/wire.ts"
import { ask, type Remote } from "./client.ts"

const query = (values: Readonly<Record<string, string | undefined>>): string =>
  new URLSearchParams(Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== undefined)).toString()

export const remoteSource = (remote: Remote): Source => {
  const get = async <A>(what: string, values: Readonly<Record<string, string | undefined>> = {}): Promise<A> => {
    const { body } = await ask<{ readonly body: A }>(remote, { method: "GET", path: `/api/v1/desk/${what}?${query(values)}` })
    return body
  }
  const charts = async (what: string, values: Readonly<Record<string, string | undefined>>) =>
    chartsOfWire(await get<ReadonlyArray<ChartPane>>(what, values))
  return {
    view: async (view) => deskOf(await get(`views/${view}`)),
    charts: (run, before) => charts("charts", { run, before }),
    column: (asset, column) => charts("column", { asset, column }),
    compare: async (runs, before, after) => {
      const { runs: both = [], ...rest } = deskOf(await get("compare", { before, after }))
      return { ...rest, runs: runs.map((run) => both?.find(({ row }) => row.id === run.row.id) ?? run) }
    },
    why: (run, stage) => get<ReadonlyArray<Fact>>("why", { run, stage }),
    schedule: async (action, id) => {
      const asked = { method: "POST", path: `/api/v1/desk/schedules/${encodeURIComponent(id)}/${action}`, body: {} } as const
      return (await ask<{ readonly body: string }>(remote, asked)).body
    },
    acknowledge: async (id) => {
      const path = `/api/v1/alerts/${encodeURIComponent(id)}/ack`
      const { ack } = await ask<{ readonly ack: { readonly until: number } }>(remote, { method: "POST", path, body: {} })
      return inHand(id, ack.until)
    },
    dryRun: async (request, line) => {
      const asked = { method: "POST", path: "/api/v1/desk/dry-run", body: { request, line } } as const
      return (await ask<{ readonly body: ReadonlyArray<Fact> }>(remote, asked)).body
    }
  }
}
